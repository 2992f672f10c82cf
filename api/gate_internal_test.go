package api

import (
	"context"
	"errors"
	"testing"

	"gridatlas/api/problem"
)

func TestGate(t *testing.T) {
	g := newGate(1, 1)
	ctx := context.Background()
	if err := g.enter(ctx); err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() { second <- g.enter(ctx) }()
	for g.waiting.Load() == 0 { // until it waits
	}
	var full *problem.Problem
	if err := g.enter(ctx); !errors.As(err, &full) || full.Status != 503 || full.RetryAfter == 0 {
		t.Fatalf("the third got %v", err)
	}
	g.leave()
	if err := <-second; err != nil {
		t.Fatalf("the second got %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := g.enter(gone); !errors.Is(err, context.Canceled) {
		t.Fatalf("who left got %v", err)
	}
	g.leave()
	if err := g.enter(ctx); err != nil { // nobody's turn was lost
		t.Fatal(err)
	}
	var open *gate
	if err := open.enter(ctx); err != nil {
		t.Fatal(err)
	}
	open.leave()
}
