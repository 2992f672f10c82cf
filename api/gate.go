package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"gridatlas/api/problem"
)

// gate lets so many requests work at the same time and so many wait; who comes
// after those is sent away at once, so that a flood makes nobody's answer late
// without bound. A nil gate stands open.
type gate struct {
	working chan struct{}
	waiting atomic.Int64
	refused atomic.Int64
	queue   int64
}

func newGate(working, queue int) *gate {
	return &gate{working: make(chan struct{}, working), queue: int64(queue)}
}

// enter waits for a turn. The error is ctx's, or a problem when the queue is full.
func (g *gate) enter(ctx context.Context) error {
	if g == nil || ctx.Err() != nil { // who has left needs no turn
		return ctx.Err()
	}
	select {
	case g.working <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		g.refused.Add(1)
		return overloaded()
	}
	defer g.waiting.Add(-1)
	select {
	case g.working <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// overloaded says that more is asked than can be answered. The time to wait is spread,
// so that those who were sent away together do not come back together.
func overloaded() error {
	return &problem.Problem{
		Name: "overloaded", Status: http.StatusServiceUnavailable, Title: "Too many questions at once",
		RetryAfter: 2*time.Second + rand.N(3*time.Second),
	}
}

func (g *gate) leave() {
	if g != nil {
		<-g.working
	}
}
