package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// asking sends requests with one question and collects the bodies, or the errors.
func asking(ctx context.Context, t *together, n int, do func(context.Context, *draft) error) []string {
	answers := make([]string, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			w := httptest.NewRecorder()
			out := &draft{ResponseWriter: w}
			r := httptest.NewRequestWithContext(ctx, "GET", "/walk/circle", nil)
			err := t.work("question", out, r, do)
			answers[i] = fmt.Sprint(string(out.body), out.Header().Get("ETag"), out.status, err)
		})
	}
	wait.Wait()
	return answers
}

// TestTogether: many who ask the same at once get one piece of work, and the next one
// begins anew.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shared together
		var works atomic.Int32
		do := func(_ context.Context, w *draft) error {
			time.Sleep(time.Second)
			w.Header().Set("ETag", "tag")
			w.WriteHeader(http.StatusTeapot)
			_, _ = fmt.Fprintf(w, "answer %d ", works.Add(1))
			return nil
		}
		for round := 1; round <= 2; round++ {
			for _, answer := range asking(t.Context(), &shared, 50, do) {
				if answer != fmt.Sprintf("answer %d tag418 <nil>", round) {
					t.Fatalf("round %d: %q", round, answer)
				}
			}
		}
		if works.Load() != 2 || len(shared.under) != 0 {
			t.Errorf("%d works, %d left", works.Load(), len(shared.under))
		}
	})
}

// TestTogetherLeaving: the work ends with the last who waits for it, not before.
func TestTogetherLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var shared together
		ended := errors.New("")
		do := func(ctx context.Context, w *draft) error {
			select {
			case <-ctx.Done():
				ended = ctx.Err()
				return ctx.Err()
			case <-time.After(time.Minute):
				_, _ = w.Write([]byte("done "))
				return nil
			}
		}
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var patient []string
		var wait sync.WaitGroup
		wait.Go(func() { patient = asking(t.Context(), &shared, 1, do) })
		synctest.Wait()
		for _, answer := range asking(soon, &shared, 3, do) {
			if !strings.Contains(answer, context.DeadlineExceeded.Error()) {
				t.Errorf("who leaves gets %q", answer)
			}
		}
		wait.Wait()
		if !strings.HasPrefix(patient[0], "done ") {
			t.Errorf("who stays gets %q", patient[0])
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		asking(short, &shared, 3, do)
		synctest.Wait()
		if !errors.Is(ended, context.Canceled) || len(shared.under) != 0 {
			t.Errorf("nobody waits, and the work goes on: %v", ended)
		}
	})
}

// TestTogetherFailing: an error and a panic reach all who wait, and nothing is stuck.
func TestTogetherFailing(t *testing.T) {
	var shared together
	for want, do := range map[string]func(context.Context, *draft) error{
		"no street": func(context.Context, *draft) error { return errors.New("no street") },
		"panic in shared work: index": func(context.Context, *draft) error {
			panic("index")
		},
	} {
		for _, answer := range asking(t.Context(), &shared, 5, do) {
			if !strings.Contains(answer, want) {
				t.Errorf("%q, want %s", answer, want)
			}
		}
	}
}
