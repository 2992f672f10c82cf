package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

// plain is the slow twin of a layer: a map and full scans.
type plain map[int64]*geo.Booth

func (p plain) search(box geo.Box) []int64 {
	var ids []int64
	for id, f := range p {
		if f.Shape.Box().Intersects(box) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func booth(rng *rand.Rand, id, revision int64) *geo.Booth {
	b := &geo.Booth{}
	b.ID, b.Revision, b.Version = id, revision, revision
	b.Shape = geo.PointShape(geo.Point{X: rng.Int32N(100_000), Y: rng.Int32N(100_000)})
	if rng.IntN(3) > 0 {
		b.Code = fmt.Sprintf("B%06d", id)
	}
	return b
}

// TestAgainstPlainTwin runs random revisions through the snapshot and a map, and
// compares every way of asking. Sizes are such that the overlay is folded into a
// new base several times.
func TestAgainstPlainTwin(t *testing.T) {
	rng := seedtest.New(t)
	twin := plain{}
	builder := snapshot.NewBuilder()
	for id := int64(1); id <= 5000; id++ {
		f := booth(rng, id, 1)
		twin[id] = f
		builder.Add(f)
	}
	s := builder.Build(geo.Head{Revision: 1})
	last := int64(5000)
	for revision := int64(2); revision < 60; revision++ {
		delta := geo.Delta{Since: revision - 1, Head: geo.Head{Revision: revision}}
		seen := map[int64]bool{}
		for range rng.IntN(120) {
			id := 1 + rng.Int64N(last+20)
			if seen[id] {
				continue
			}
			seen[id] = true
			if _, lives := twin[id]; lives && rng.IntN(3) == 0 {
				delete(twin, id)
				delta.Deleted = append(delta.Deleted, geo.Key{Layer: geo.Booths, ID: id})
				continue
			}
			last = max(last, id)
			twin[id] = booth(rng, id, revision)
			delta.Changed = append(delta.Changed, twin[id])
		}
		before, held := s, collectIDs(s.Layer(geo.Booths).After(0))
		s = s.Advance(delta)
		compare(t, rng, s, twin)
		if got := collectIDs(before.Layer(geo.Booths).After(0)); !slices.Equal(got, held) {
			t.Fatalf("revision %d changed the snapshot before it", revision)
		}
	}
}

func collectIDs(features func(func(geo.Feature) bool)) []int64 {
	var ids []int64
	for f := range features {
		ids = append(ids, f.Common().ID)
	}
	return ids
}

func compare(t *testing.T, rng *rand.Rand, s *snapshot.Snapshot, twin plain) {
	t.Helper()
	layer := s.Layer(geo.Booths)
	if layer.Len() != len(twin) {
		t.Fatalf("revision %d: Len %d, want %d", s.Head().Revision, layer.Len(), len(twin))
	}
	all := collectIDs(layer.After(0))
	if want := twin.search(geo.World); !slices.Equal(all, want) {
		t.Fatalf("After(0) gives %d ids out of order or wrong, want %d", len(all), len(want))
	}
	from := rng.Int64N(5200)
	rest := collectIDs(layer.After(from))
	start, _ := slices.BinarySearch(all, from+1)
	if !slices.Equal(rest, all[start:]) {
		t.Fatalf("After(%d) gives %d ids, want %d", from, len(rest), len(all[start:]))
	}
	for range 20 {
		x, y := rng.Int32N(100_000), rng.Int32N(100_000)
		box := geo.Box{W: x, S: y, E: x + rng.Int32N(20_000), N: y + rng.Int32N(20_000)}
		got := collectIDs(layer.Search(box))
		slices.Sort(got)
		if want := twin.search(box); !slices.Equal(got, want) {
			t.Fatalf("Search(%v) gives %v, want %v", box, got, want)
		}
	}
	for range 50 {
		id := 1 + rng.Int64N(5200)
		f, ok := layer.Get(id)
		want, lives := twin[id]
		if ok != lives || (ok && f != geo.Feature(want)) {
			t.Fatalf("Get(%d) gives %v, want %v", id, f, want)
		}
		code := fmt.Sprintf("B%06d", id)
		f, ok = layer.ByCode(code)
		if coded := lives && want.Code == code; ok != coded || (ok && f != geo.Feature(want)) {
			t.Fatalf("ByCode(%s) gives %v, want %v", code, f, coded)
		}
	}
	if f, ok := layer.ByCode(""); ok {
		t.Fatalf("the empty code finds %v", f)
	}
}

func TestEarlyEnd(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	builder := snapshot.NewBuilder()
	for id := int64(1); id <= 100; id++ {
		builder.Add(booth(rng, id, 1))
	}
	s := builder.Build(geo.Head{Revision: 1})
	s = s.Advance(geo.Delta{Head: geo.Head{Revision: 2}, Changed: []geo.Feature{booth(rng, 50, 2), booth(rng, 101, 2)}})
	for _, walk := range []func(func(geo.Feature) bool){s.Layer(geo.Booths).After(0), s.Layer(geo.Booths).Search(geo.World)} {
		for stop := 1; stop <= 101; stop++ {
			n := 0
			for range walk {
				if n++; n == stop {
					break
				}
			}
			if n != stop {
				t.Fatalf("walked %d features, wanted to stop at %d", n, stop)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	s := snapshot.Empty()
	for _, layer := range s.Layers() {
		if layer.Len() != 0 || !layer.Box().Empty() {
			t.Errorf("%s of the empty snapshot has %d features in %v", layer.Schema().Layer, layer.Len(), layer.Box())
		}
		for f := range layer.Search(geo.World) {
			t.Errorf("found %v in nothing", f)
		}
	}
	if _, ok := s.Get(geo.Key{Layer: geo.Grids, ID: 1}); ok {
		t.Error("found a grid in nothing")
	}
}

func TestUnchangedLayersAreShared(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	s := snapshot.Empty()
	next := s.Advance(geo.Delta{Head: geo.Head{Revision: 1}, Changed: []geo.Feature{booth(rng, 1, 1)}})
	if next.Layer(geo.Booths) == s.Layer(geo.Booths) {
		t.Error("the changed layer is the same")
	}
	if next.Layer(geo.Streets) != s.Layer(geo.Streets) {
		t.Error("an unchanged layer was copied")
	}
}

// TestNoMixedRevision lets 8 readers read while one writer publishes: every
// feature of a snapshot must be of the snapshot's own revision, since each
// revision rewrites all of them. One million reads in all.
func TestNoMixedRevision(t *testing.T) {
	const readers, features, reads = 8, 64, 1_000_000
	rng := rand.New(rand.NewPCG(7, 7))
	state := func(revision int64) []geo.Feature {
		list := make([]geo.Feature, features)
		for i := range list {
			list[i] = booth(rng, int64(i+1), revision)
		}
		return list
	}
	builder := snapshot.NewBuilder()
	for _, f := range state(1) {
		builder.Add(f)
	}
	var live snapshot.Live
	live.Publish(builder.Build(geo.Head{Revision: 1}))

	stop := make(chan struct{})
	var writer, crowd sync.WaitGroup
	writer.Go(func() {
		for revision := int64(2); ; revision++ {
			select {
			case <-stop:
				return
			default:
			}
			live.Publish(live.Current().Advance(geo.Delta{
				Since: revision - 1, Head: geo.Head{Revision: revision}, Changed: state(revision),
			}))
		}
	})
	var done atomic.Int64
	for range readers {
		crowd.Go(func() {
			last := int64(0)
			for done.Load() < reads {
				s := live.Current()
				revision := s.Head().Revision
				if revision < last {
					t.Errorf("the map went back from revision %d to %d", last, revision)
					return
				}
				last = revision
				n := 0
				for f := range s.Layer(geo.Booths).Search(geo.World) {
					n++
					if f.Common().Revision != revision {
						t.Errorf("feature of revision %d in the map of revision %d", f.Common().Revision, revision)
						return
					}
				}
				if n != features {
					t.Errorf("%d features at revision %d, want %d", n, revision, features)
					return
				}
				done.Add(int64(n))
			}
		})
	}
	crowd.Wait()
	close(stop)
	writer.Wait()
	t.Logf("%d reads over %d revisions", done.Load(), live.Current().Head().Revision)
}
