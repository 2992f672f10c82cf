package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// together has requests that ask the same at the same time share the work: when a
// city is told of one place, thousands ask for the same circle at once. Its zero value
// is ready.
type together struct {
	mu    sync.Mutex
	under map[string]*common
}

// common is work under way for some requests.
type common struct {
	asking int // requests that wait for it; when the last has left, it ends
	cancel context.CancelFunc
	done   chan struct{} // closed when the rest is there
	answer draft
	err    error
}

// questionOf names what a request asks; empty: it is for itself. Only what everybody
// may see is shared, and only on the map that stands now: who has just written must
// not be told of the map before.
func (s *server) questionOf(r *http.Request) string {
	if r.Method != http.MethodGet || !isAnonymous(r) {
		return ""
	}
	current, walking := s.Live.Current(), s.Walk()
	if current == nil || walking == nil {
		return ""
	}
	return strings.Join([]string{
		r.Host, r.URL.RequestURI(), r.Header.Get("If-None-Match"), r.Header.Get("Accept"), current.Head().Name(), walking.Snapshot().Head().Name(),
		s.Clock().Truncate(time.Minute).String(),
	}, "\n")
}

// work answers a request with work that is shared with those who ask the same. The
// work goes on while one of them waits.
func (t *together) work(question string, out *draft, r *http.Request, do func(ctx context.Context, w *draft) error) error {
	ctx := r.Context()
	t.mu.Lock()
	c := t.under[question]
	if c == nil {
		// The log of the request that began is written when that request ends, maybe
		// before the work does.
		rec := recordOf(r)
		working, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), recordKey{}, &record{id: rec.id, route: rec.route}))
		c = &common{cancel: cancel, done: make(chan struct{})}
		c.answer.ResponseWriter = headerOnly{}
		if t.under == nil {
			t.under = map[string]*common{}
		}
		t.under[question] = c
		go t.run(working, question, c, do)
	}
	c.asking++
	t.mu.Unlock()
	select {
	case <-c.done:
		maps.Copy(out.Header(), c.answer.Header())
		out.status, out.body = c.answer.status, c.answer.body
		return c.err
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		if c.asking--; c.asking == 0 {
			c.cancel()
			if t.under[question] == c { // who comes now begins anew
				delete(t.under, question)
			}
		}
		return ctx.Err()
	}
}

func (t *together) run(ctx context.Context, question string, c *common, do func(context.Context, *draft) error) {
	defer c.cancel()
	defer close(c.done)
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.under[question] == c {
			delete(t.under, question)
		}
	}()
	defer func() {
		if fault := recover(); fault != nil {
			c.err = fmt.Errorf("panic in shared work: %v\n%s", fault, debug.Stack())
		}
	}()
	c.err = do(ctx, &c.answer)
}

// headerOnly is what a draft lies over that nobody is sent.
type headerOnly http.Header

func (h headerOnly) Header() http.Header       { return http.Header(h) }
func (headerOnly) WriteHeader(int)             {}
func (headerOnly) Write(b []byte) (int, error) { return len(b), nil }
