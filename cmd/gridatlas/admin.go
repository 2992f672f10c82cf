package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"
)

// admin is what operators ask of a node, on a listener of its own that this machine
// alone reaches: /metrics and /debug/pprof.
type admin struct {
	listener net.Listener
	server   *http.Server
}

// openAdmin listens for operators; nil when no address is named. One that is not of
// this machine is a usage error: what is told there is not for everybody.
func openAdmin(ctx context.Context, address string, metrics http.Handler, log *slog.Logger) (*admin, error) {
	if address == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usagef("--admin-listen: %w", err)
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return nil, usagef("--admin-listen takes a loopback address, as 127.0.0.1:9090 or [::1]:9090")
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for operators: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return &admin{listener, &http.Server{
		Handler: ofThisMachine(mux), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}, nil
}

// ofThisMachine refuses names: a page in a browser of this machine may lead a name of
// its own here, but no address (DNS rebinding).
func ofThisMachine(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "ask by a loopback address", http.StatusMisdirectedRequest)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// serve answers until it is closed.
func (a *admin) serve(log *slog.Logger) {
	if a == nil {
		return
	}
	log.Info("serving operators", "url", "http://"+a.listener.Addr().String())
	go func() { _ = a.server.Serve(a.listener) }() // ends by close
}

func (a *admin) close() {
	if a != nil {
		_ = a.server.Close()
		_ = a.listener.Close() // also when it was never served
	}
}
