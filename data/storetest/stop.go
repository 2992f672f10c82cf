package storetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
)

// errStopped is the error that streams and callbacks of these tests end with.
var errStopped = errors.New("stopped half way")

// stream gives n booths and then an error, or nothing more when err is nil;
// between calls before each of them.
func stream(n int, err error, between func(i int)) func(func(geo.Change, error) bool) {
	return func(yield func(geo.Change, error) bool) {
		for i := range n {
			if between != nil {
				between(i)
			}
			if !yield(geo.Insert(booth("streamed", int32(i), 0)), nil) {
				return
			}
		}
		if err != nil {
			yield(geo.Change{}, err)
		}
	}
}

// testStreamError breaks a stream early, within a batch and after several: all
// or nothing, and the store goes on.
func testStreamError(t *testing.T, b Backend) {
	s := fresh(t, b)
	old := booth("old", 1, 1)
	head := apply(t, s, geo.Insert(old))
	for _, n := range []int{0, 1, 999, 1000, 4500} {
		_, err := s.Apply(t.Context(), geo.ChangeSet{IdempotencyKey: "k", Changes: stream(n, errStopped, nil)})
		if !errors.Is(err, errStopped) {
			t.Errorf("after %d changes: got %v, want the error of the stream", n, err)
		}
	}
	got, now := load(t, s)
	if now != head {
		t.Errorf("head moved to %+v", now)
	}
	sameSet(t, got, map[geo.Key]geo.Feature{geo.KeyOf(old): old})
	next := applySet(t, s, geo.ChangeSet{IdempotencyKey: "k", Changes: stream(4500, nil, nil)})
	if got, _ := load(t, s); len(got) != 4501 || next.Revision != 2 {
		t.Errorf("the whole stream: %d features at revision %d", len(got), next.Revision)
	}
	if past, err := s.History(t.Context(), geo.Key{Layer: geo.Booths, ID: 2}); err != nil || len(past) != 1 {
		t.Errorf("ids of a broken stream are spent: %d states of booth 2, %v", len(past), err)
	}
	sound(t, s)
}

func testCancelled(t *testing.T, b Backend) {
	s := fresh(t, b)
	head := applySet(t, s, geo.ChangeSet{Changes: stream(3000, nil, nil)})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func(context.Context) error{
		"load": func(ctx context.Context) error {
			_, err := s.Load(ctx, func(geo.Feature) error { return nil })
			return err
		},
		"apply": func(ctx context.Context) error {
			_, err := s.Apply(ctx, geo.ChangeSet{Changes: stream(1, nil, nil)})
			return err
		},
		"changes": func(ctx context.Context) error { _, err := s.Changes(ctx, 0); return err },
		"log":     func(ctx context.Context) error { _, err := s.Log(ctx, 0, 0); return err },
		"history": func(ctx context.Context) error {
			_, err := s.History(ctx, geo.Key{Layer: geo.Booths, ID: 1})
			return err
		},
		"at": func(ctx context.Context) error {
			_, err := s.At(ctx, 1, func(geo.Feature) error { return nil })
			return err
		},
		"records": func(ctx context.Context) error { return s.Records(ctx, "test", func(geo.Record) error { return nil }) },
		"record":  func(ctx context.Context) error { _, err := s.Record(ctx, "test", "a"); return err },
		"archive": func(ctx context.Context) error {
			return s.Archive(ctx, func(a data.Archive) error {
				for _, err := range a.Live {
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
		"check": func(ctx context.Context) error { _, err := s.Check(ctx); return err },
	}
	for name, call := range calls {
		if err := call(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v", name, err)
		}
	}
	// In the middle of a stream of changes.
	for _, n := range []int{10, 2500} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := s.Apply(ctx, geo.ChangeSet{Changes: stream(5000, nil, func(i int) {
			if i == n {
				cancel()
			}
		})})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("apply cancelled after %d changes: %v", n, err)
		}
		cancel()
	}
	// While another writer holds the store.
	entered, leave, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: stream(1, errStopped, func(int) { close(entered); <-leave })})
		done <- err
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	start := time.Now()
	if _, err := s.Apply(ctx, geo.ChangeSet{Changes: stream(1, nil, nil)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("apply that waits for another: %v", err)
	}
	if waited := time.Since(start); waited > hintLost {
		t.Errorf("it went on waiting for %v", waited)
	}
	cancel()
	close(leave)
	if err := <-done; !errors.Is(err, errStopped) {
		t.Errorf("the first writer: %v", err)
	}

	got, now := load(t, s)
	if len(got) != 3000 || now != head {
		t.Errorf("%d features at %+v, want 3000 at %+v", len(got), now, head)
	}
	if next := applySet(t, s, geo.ChangeSet{Changes: stream(1, nil, nil)}); next.Revision != 2 {
		t.Errorf("the store goes on at revision %d, want 2", next.Revision)
	}
	sound(t, s)
}

// testLoadStops ends a load from its callback and by its context, many times:
// nothing may be left open.
func testLoadStops(t *testing.T, b Backend) {
	s := fresh(t, b)
	applySet(t, s, geo.ChangeSet{Changes: stream(20000, nil, nil)})
	for round := range 30 {
		n := 0
		_, err := s.Load(t.Context(), func(geo.Feature) error {
			if n++; n > round*50 {
				return errStopped
			}
			return nil
		})
		if !errors.Is(err, errStopped) {
			t.Fatalf("the callback's error: got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		n = 0
		_, err = s.Load(ctx, func(geo.Feature) error {
			if n++; n == 1 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled at the first feature: got %v after %d of 20000", err, n)
		}
	}
	if got, _ := load(t, s); len(got) != 20000 {
		t.Errorf("%d features, want 20000", len(got))
	}
}

// testClose closes a store while people read, write and watch.
func testClose(t *testing.T, b Backend) {
	address := b.New(t)
	s, err := b.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	applySet(t, s, geo.ChangeSet{Changes: stream(5000, nil, nil)})
	before := runtime.NumGoroutine()
	hints, err := s.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reading, writing := make(chan struct{}), make(chan struct{})
	ends := make(chan error, 2)
	go func() {
		n := 0
		_, err := s.Load(t.Context(), func(geo.Feature) error {
			if n++; n == 1 {
				close(reading)
			}
			time.Sleep(time.Millisecond)
			return nil
		})
		ends <- err
	}()
	go func() {
		_, err := s.Apply(t.Context(), geo.ChangeSet{Changes: stream(5000, nil, func(i int) {
			if i == 1 {
				close(writing)
			}
			time.Sleep(time.Millisecond)
		})})
		ends <- err
	}()
	<-reading
	<-writing
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Errorf("close: %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("close does not end")
	}
	for range 2 {
		if err := <-ends; err == nil {
			t.Error("a call that the close cut short ended without an error")
		}
	}
	for range hints { // must be closed
	}
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: stream(1, nil, nil)}); err == nil {
		t.Error("apply after close")
	}
	if _, err := s.Load(t.Context(), func(geo.Feature) error { return nil }); err == nil {
		t.Error("load after close")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	for range 100 { // goroutines of the store end with it
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	again := open(t, b, address)
	if got, _ := load(t, again); len(got) != 5000 {
		t.Errorf("%d features after the close, want 5000", len(got))
	}
	sound(t, again)
}
