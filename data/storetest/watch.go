package storetest

import (
	"context"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
)

// hintWithin is how long a hint about another program's commit may take on an
// idle machine. Tests wait longer before they call it lost, and a median over
// several commits keeps one late wake-up from deciding.
const (
	hintWithin = 250 * time.Millisecond
	hintLost   = 10 * time.Second
)

// testWatch writes through one handle and waits for the hint on both.
func testWatch(t *testing.T, b Backend) {
	address := b.New(t)
	here, there := open(t, b, address), open(t, b, address)
	for name, watcher := range map[string]data.Store{"own commit": here, "commit of another handle": there} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			hints, err := watcher.Watch(ctx)
			if err != nil {
				t.Fatal(err)
			}
			const rounds = 5
			late := 0
			for round := range rounds {
				drain(hints)
				start := time.Now()
				apply(t, here, geo.Insert(booth(name, int32(round), 0)))
				select {
				case _, open := <-hints:
					if !open {
						t.Fatal("the channel closed")
					}
				case <-time.After(hintLost):
					t.Fatalf("no hint within %v", hintLost)
				}
				if time.Since(start) > hintWithin {
					late++
				}
			}
			if late > rounds/2 {
				t.Errorf("%d of %d hints came later than %v", late, rounds, hintWithin)
			}
			cancel()
			timeout := time.After(hintLost)
			for {
				select {
				case _, open := <-hints:
					if !open {
						return
					}
				case <-timeout:
					t.Fatal("the channel is still open after its context ended")
				}
			}
		})
	}
}

// drain takes hints that are late or too many, until none came for a moment.
func drain(hints <-chan struct{}) {
	for {
		select {
		case _, open := <-hints:
			if !open {
				return
			}
		case <-time.After(hintWithin):
			return
		}
	}
}
