package tiles_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// scene is a map that is changed step by step, and what it holds.
type scene struct {
	r        *rand.Rand
	snap     *snapshot.Snapshot
	features map[geo.Key]geo.Feature
	next     int64
}

// somewhere is a place in the few square kilometres of a scene. Many features are
// near the middle, so that there the curve is crowded.
func (c *scene) somewhere() (x, y float64) {
	spread := 4000.0
	if c.r.IntN(2) == 0 {
		spread = 300
	}
	return c.r.NormFloat64() * spread, c.r.NormFloat64() * spread
}

// feature makes a feature of some layer: an area, a line or a point, some of them
// in effect for a while only, some of several parts, some large.
func (c *scene) feature(layer geo.Layer, id int64) geo.Feature {
	x, y := c.somewhere()
	base := geo.Base{ID: id, Version: 1, Code: fmt.Sprint(id), Name: []string{"", "", "甲", fmt.Sprint("乙", id%7)}[c.r.IntN(4)]}
	if c.r.IntN(10) == 0 {
		base.From, base.Until = noon-geo.Instant(c.r.IntN(100)), noon+geo.Instant(c.r.IntN(100))
	}
	switch layer {
	case geo.Streets:
		base.Shape = geo.LineShape(ring(x, y, x+c.r.Float64()*200, y+50, x+c.r.Float64()*1000, y+100))
		return &geo.Street{Base: base, Class: []string{"main", "lane"}[c.r.IntN(2)], Foot: "yes", WidthM: geo.Some(float64(c.r.IntN(30)))}
	case geo.Facilities:
		base.Shape = geo.PointShape(ring(x, y)[0])
		return &geo.Facility{Base: base, Kind: []string{"hospital", "clinic", "camera_high"}[c.r.IntN(3)]}
	case geo.Compounds:
		base.Shape = geo.MakeShape(geo.Polygons, []geo.Part{
			{Points: star(c.r, x, y, 300).Points()}, {Points: box(x+400, y, x+500, y+100)}, {Points: box(x+420, y+20, x+440, y+40), Hole: true},
		})
		return &geo.Compound{Base: base, Community: fmt.Sprint(id % 5)}
	}
	base.Shape = star(c.r, x, y, 5+c.r.ExpFloat64()*20)
	return &geo.Building{Base: base, Number: fmt.Sprint(id % 40), Levels: geo.Some(int32(id % 9))}
}

var sceneLayers = []geo.Layer{geo.Buildings, geo.Buildings, geo.Buildings, geo.Compounds, geo.Facilities, geo.Streets}

func (c *scene) start(n int) {
	c.features, c.snap = map[geo.Key]geo.Feature{}, snapshot.Empty()
	c.edit(n, 0)
}

// edit adds, changes and takes out features.
func (c *scene) edit(adds, changes int) {
	delta := geo.Delta{Head: geo.Head{Epoch: 1, Revision: c.snap.Head().Revision + 1}}
	put := func(f geo.Feature) {
		delta.Changed = append(delta.Changed, f)
		c.features[geo.KeyOf(f)] = f
	}
	old := c.keys()
	c.r.Shuffle(len(old), func(i, j int) { old[i], old[j] = old[j], old[i] })
	for _, key := range old[:min(changes, len(old))] {
		switch c.r.IntN(4) {
		case 0:
			delta.Deleted = append(delta.Deleted, key)
			delete(c.features, key)
		case 1: // elsewhere
			put(c.feature(key.Layer, key.ID))
		case 2: // the same with another name
			f := geo.Clone(c.features[key])
			f.Common().Name = "丙"
			put(f)
		case 3: // written again as it is
			put(geo.Clone(c.features[key]))
		}
	}
	for range adds {
		c.next++
		put(c.feature(sceneLayers[c.r.IntN(len(sceneLayers))], c.next))
	}
	c.snap = c.snap.Advance(delta)
}

// clear takes out all but a few features.
func (c *scene) clear() {
	delta := geo.Delta{Head: geo.Head{Epoch: 1, Revision: c.snap.Head().Revision + 1}}
	for i, key := range c.keys() {
		if i%50 > 0 {
			delta.Deleted = append(delta.Deleted, key)
			delete(c.features, key)
		}
	}
	c.snap = c.snap.Advance(delta)
}

// keys returns the names of all features, in order.
func (c *scene) keys() []geo.Key {
	var keys []geo.Key
	for key := range c.features {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b geo.Key) int {
		if a.Layer != b.Layer {
			return bytes.Compare([]byte(a.Layer), []byte(b.Layer))
		}
		return int(a.ID - b.ID)
	})
	return keys
}

// afresh builds the map that a scene has come to from nothing.
func (c *scene) afresh() *snapshot.Snapshot {
	var all []geo.Feature
	for _, key := range c.keys() {
		all = append(all, c.features[key])
	}
	return build(all...)
}

// Equal maps give equal tiles, byte for byte, whatever was edited before: an atlas
// that followed a map through edits, large and small, against one that sees only
// where it came to. Maps from before are asked for now and then.
func TestTilesForgetTheirHistory(t *testing.T) {
	c := &scene{r: seedtest.New(t)}
	c.start(4000)
	atlas, set := new(tiles.Atlas), mustSet(t, "map")
	var older []*snapshot.Snapshot
	compare := func(snap, fresh *snapshot.Snapshot) {
		t.Helper()
		other := new(tiles.Atlas)
		for range 12 {
			a := tileOf(12+c.r.Uint32N(6), ring(c.somewhere())[0])
			for _, at := range []geo.Instant{noon, noon + 50} {
				got, until, err := atlas.Append(t.Context(), nil, snap, set, a, at)
				if err != nil {
					t.Fatal(err)
				}
				want, wantUntil, err := other.Append(t.Context(), nil, fresh, set, a, at)
				if err != nil || until != wantUntil || !bytes.Equal(got, want) {
					t.Fatalf("%v: %d bytes, true until %v; afresh %d, until %v (%v)", a, len(got), until, len(want), wantUntil, err)
				}
			}
		}
	}
	for step := range 60 {
		switch {
		case step%20 == 10:
			c.clear()
		case step%20 == 12:
			c.edit(3000, 0)
		case step%7 == 0:
			c.edit(300, 400)
		default:
			c.edit(c.r.IntN(3), 1+c.r.IntN(3))
		}
		older = append(older, c.snap)
		compare(c.snap, c.afresh())
		if step%5 == 0 {
			was := older[max(0, len(older)-1-c.r.IntN(10))]
			var all []geo.Feature
			for _, layer := range was.Layers() {
				for f := range layer.After(0) {
					all = append(all, f)
				}
			}
			compare(was, build(all...))
		}
	}
}

// Many goroutines ask for tiles of many states at once, some of them giving up;
// each gets the tile of the state it holds.
func TestAtlasUnderReaders(t *testing.T) {
	c := &scene{r: seedtest.New(t)}
	c.start(1500)
	set, a := mustSet(t, "map"), tileOf(14, crs.At(middleLon, middleLat))
	var states []*snapshot.Snapshot
	var want [][]byte
	for range 12 {
		states, want = append(states, c.snap), append(want, mustAppend(t, c.snap, "map", a))
		c.edit(1, 2)
	}
	atlas := new(tiles.Atlas)
	var readers sync.WaitGroup
	for reader := range 8 {
		readers.Go(func() {
			for i := range 50 {
				pick := (i + reader*3) % len(states)
				data, _, err := atlas.Append(t.Context(), nil, states[pick], set, a, noon)
				if err != nil || !bytes.Equal(data, want[pick]) {
					t.Errorf("state %d: another tile (%v)", pick, err)
				}
			}
		})
	}
	readers.Wait()
}
