package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"gridatlas/data"
	"gridatlas/geo"
)

// testOneWinner has 200 writers change one feature at once, from two handles,
// for several rounds: exactly one wins each, the others learn who.
func testOneWinner(t *testing.T, b Backend) {
	const writers, rounds = 200, 3
	address := b.New(t)
	handles := []data.Store{open(t, b, address), open(t, b, address)}
	prize := booth("prize", 1, 1)
	apply(t, handles[0], geo.Insert(prize))
	for round := range rounds {
		var winner atomic.Pointer[geo.Booth]
		var wg sync.WaitGroup
		start := make(chan struct{})
		losers := make([]*geo.Conflict, writers)
		for i := range writers {
			wg.Go(func() {
				mine := at(prize, int32(round), int32(i))
				<-start
				_, err := handles[i%2].Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Replace(mine))})
				switch {
				case err == nil:
					if other := winner.Swap(mine); other != nil {
						t.Errorf("round %d has two winners", round)
					}
				case !errors.As(err, &losers[i]):
					t.Errorf("round %d, writer %d: %v", round, i, err)
				}
			})
		}
		close(start)
		wg.Wait()
		prize = winner.Load()
		if prize == nil {
			t.Fatalf("round %d has no winner", round)
		}
		for _, conflict := range losers {
			if conflict != nil {
				same(t, conflict.Theirs[0], prize)
			}
		}
		if prize.Version != int64(round+2) {
			t.Errorf("round %d ends with version %d", round, prize.Version)
		}
	}
	past, err := handles[1].History(t.Context(), geo.KeyOf(prize))
	if err != nil || len(past) != rounds+1 {
		t.Errorf("%d states, %v; want %d", len(past), err, rounds+1)
	}
	sound(t, handles[0])
}

// testTwoHandles writes through two handles at once, as two programs would:
// every set gets a revision of its own and nobody fails.
func testTwoHandles(t *testing.T, b Backend) {
	address := b.New(t)
	handles := []data.Store{open(t, b, address), open(t, b, address)}
	const sets = 20
	var wg sync.WaitGroup
	for _, s := range handles {
		wg.Go(func() {
			for i := range sets {
				if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: stream(i*10, nil, nil)}); err != nil {
					t.Errorf("set %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	features, head := load(t, handles[0])
	want := 2 * 10 * sets * (sets - 1) / 2
	if len(features) != want || head.Revision != 2*(sets-1) { // the two empty sets count for nothing
		t.Errorf("%d features at revision %d, want %d at %d", len(features), head.Revision, want, 2*(sets-1))
	}
	for id := range int64(want) {
		if features[geo.Key{Layer: geo.Booths, ID: id + 1}] == nil {
			t.Fatalf("id %d was skipped", id+1)
		}
	}
	sound(t, handles[1])
}

// testLoadBesideWrites reads while somebody writes: a load or a delta never
// mixes two revisions, and a reader never holds up the writer.
func testLoadBesideWrites(t *testing.T, b Backend) {
	address := b.New(t)
	reader, writer := open(t, b, address), open(t, b, address)
	const crowd = 50 // booths that always carry one mark
	marked := make([]*geo.Booth, crowd)
	var changes []geo.Change
	for i := range marked {
		marked[i] = booth("0", int32(i), 0)
		changes = append(changes, geo.Insert(marked[i]))
	}
	apply(t, writer, changes...)
	step := func(name string) {
		changes := make([]geo.Change, crowd)
		for i := range marked {
			marked[i] = renamed(marked[i], name)
			changes[i] = geo.Replace(marked[i])
		}
		if _, err := writer.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)}); err != nil {
			t.Errorf("write beside readers: %v", err)
		}
	}

	// A write from within a load ends, and the load does not see it.
	n := 0
	head, err := reader.Load(t.Context(), func(f geo.Feature) error {
		if n++; n%10 == 1 {
			step("during")
		}
		if f.Common().Name != "0" || f.Common().Revision != 1 {
			t.Errorf("the load sees %q of revision %d", f.Common().Name, f.Common().Revision)
		}
		return nil
	})
	if err != nil || n != crowd || head.Revision != 1 {
		t.Fatalf("%d features at revision %d, %v", n, head.Revision, err)
	}

	const sets = 60
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range sets {
			step(string(rune('A' + i%26)))
		}
	}()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for running := true; running; {
				select {
				case <-done:
					running = false
				default:
				}
				revisions := map[int64]bool{}
				head, err := reader.Load(t.Context(), func(f geo.Feature) error {
					revisions[f.Common().Revision] = true
					return nil
				})
				if err != nil || len(revisions) != 1 || !revisions[head.Revision] {
					t.Errorf("a load at revision %d holds features of %v, %v", head.Revision, revisions, err)
					return
				}
				delta, err := reader.Changes(t.Context(), head.Revision-1)
				if err != nil || len(delta.Changed) != crowd {
					t.Errorf("a delta holds %d features, %v", len(delta.Changed), err)
					return
				}
				for _, f := range delta.Changed {
					if f.Common().Revision != delta.Head.Revision {
						t.Errorf("a delta to revision %d holds a feature of %d", delta.Head.Revision, f.Common().Revision)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	<-done
	sound(t, reader)
}
