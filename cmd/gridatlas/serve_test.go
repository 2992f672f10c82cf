package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"gridatlas/data"
)

// TestStopLetsRequestsEnd holds that a request under way when the program is told
// to stop gets its whole answer.
func TestStopLetsRequestsEnd(t *testing.T) {
	store, err := openStore(t.Context(), filepath.Join(t.TempDir(), "city.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	begun := make(chan struct{})
	slow := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		select {
		case <-r.Context().Done():
			t.Error("the request was cut off by the stop")
		case <-time.After(300 * time.Millisecond):
		}
		_, _ = io.WriteString(w, "whole")
	})}
	con := &console{out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	node := &node{open: func(context.Context) (data.Store, error) { return store, nil }}
	ended := make(chan error, 1)
	go func() { ended <- new(serveCommand).serve(ctx, con, slow, listener, node, func() {}) }()
	go func() {
		<-begun
		stop()
	}()
	answer, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "whole" {
		t.Errorf("the answer is %q, %v", body, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve ended with %v", err)
	}
}

func TestShownHidesThePassword(t *testing.T) {
	for location, want := range map[string]string{
		"city.gpkg":                       "city.gpkg",
		"postgres://ann:secret@host/city": "postgres://ann:xxxxx@host/city",
		"postgres://ann:se%zz@host/city":  "postgres://…",
	} {
		if got := shown(location); got != want {
			t.Errorf("shown(%q) is %q, want %q", location, got, want)
		}
	}
}
