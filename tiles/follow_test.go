package tiles_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// scatter makes features of many layers around the middle, and changes them.
type scatter struct {
	*rand.Rand
	snap *snapshot.Snapshot
	last int64 // id
}

// near returns metres from the middle: mostly a few hundred, some kilometres.
func (r *scatter) near() float64 {
	reach := 400.0
	if r.IntN(4) == 0 {
		reach = 6000
	}
	return (r.Float64()*2 - 1) * reach
}

// feature returns a new feature of a random layer, or one with the id and of the
// layer of another.
func (r *scatter) feature(like geo.Feature) geo.Feature {
	x, y, size := r.near(), r.near(), r.Float64()*r.Float64()*300
	point := func() geo.Shape { return geo.PointShape(ring(x, y)[0]) }
	area := func() geo.Shape { return geo.PolygonShape(ring(x, y, x+size, y, x+size*1.3, y+size/2, x, y+size)) }
	line := func() geo.Shape { return geo.LineShape(ring(x, y, x+size, y+r.near()/9, x+2*size, y)) }
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	base := geo.Base{Version: 1, Name: pick("", "甲", "乙")}
	if r.IntN(6) == 0 {
		base.From = noon + geo.Instant(r.IntN(40)-20)
	}
	layers := []geo.Layer{
		geo.Places, geo.Grids, geo.Buildings, geo.Booths, geo.Facilities, geo.Gates, geo.Streets, geo.Land, geo.Assignments,
	}
	layer := layers[r.IntN(len(layers))]
	if like != nil {
		layer, base.ID = like.Layer(), like.Common().ID
	} else {
		r.last++
		base.ID = r.last
	}
	var f geo.Feature
	switch layer {
	case geo.Places:
		f = &geo.Place{Base: base, Kind: pick("district", "street", "community")}
	case geo.Grids:
		f = &geo.Grid{Base: base}
	case geo.Buildings:
		f = &geo.Building{Base: base, Number: pick("", "3", "17"), Use: pick("residential", "")}
	case geo.Booths:
		f = &geo.Booth{Base: base, Trades: slices.Clone([][]string{nil, {"shoe"}, {"shoe", "key"}}[r.IntN(3)])}
	case geo.Facilities:
		f = &geo.Facility{Base: base, Kind: pick("hospital", "toilet", "camera_police")}
	case geo.Gates:
		f = &geo.Gate{Base: base}
	case geo.Streets:
		f = &geo.Street{Base: base, Class: pick("main", "lane"), Steps: r.IntN(5) == 0}
	case geo.Land:
		f = &geo.LandArea{Base: base, Kind: pick("park", "water")}
	case geo.Assignments:
		return &geo.Assignment{Base: base}
	}
	switch layer {
	case geo.Booths, geo.Facilities, geo.Gates:
		f.Common().Shape = point()
	case geo.Streets:
		f.Common().Shape = line()
	default:
		f.Common().Shape = area()
	}
	return f
}

// any returns a random feature of the map.
func (r *scatter) any() geo.Feature {
	var all []geo.Feature
	for _, layer := range r.snap.Layers() {
		all = slices.AppendSeq(all, layer.After(0))
	}
	return all[r.IntN(len(all))]
}

// edit makes one change set, and returns what it replaced and put in its place.
func (r *scatter) edit() (touched []geo.Feature) {
	head := r.snap.Head()
	delta := geo.Delta{Since: head.Revision, Head: geo.Head{Epoch: head.Epoch, Revision: head.Revision + 1}}
	edited := map[geo.Key]bool{}
	for range 1 + r.IntN(3) {
		old := r.any()
		key := geo.Key{Layer: old.Layer(), ID: old.Common().ID}
		if edited[key] {
			continue
		}
		edited[key] = true
		now := geo.Clone(old)
		switch r.IntN(6) {
		case 0: // written again unchanged: touches nothing
			delta.Changed = append(delta.Changed, now)
			continue
		case 1: // what staff alone see
			now.Common().SurveyedBy = fmt.Sprint(r.IntN(1000))
			delta.Changed = append(delta.Changed, now)
			continue
		case 2:
			delta.Deleted = append(delta.Deleted, key)
			touched = append(touched, old)
		case 3:
			now = r.feature(nil)
			delta.Changed, touched = append(delta.Changed, now), append(touched, now)
		case 4:
			now.Common().Name += "x"
			delta.Changed, touched = append(delta.Changed, now), append(touched, old, now)
		case 5:
			now = r.feature(old)
			delta.Changed, touched = append(delta.Changed, now), append(touched, old, now)
		}
	}
	r.snap = r.snap.Advance(delta)
	return touched
}

// shows reports whether a change of a feature can reach a tile, by what the test
// knows: its layer and its box with the widest buffer and a unit for rounding.
func shows(f geo.Feature, set *tiles.Set, a tiles.Address) bool {
	return geo.ForPublic(f) && slices.Contains(set.Layers(), f.Layer()) && a.Box(128+2).Intersects(f.Common().Shape.Box())
}

// sharesBorders reports whether a feature is an area that shares borders.
func sharesBorders(f geo.Feature) bool {
	layer := f.Layer()
	return layer == geo.Places || layer == geo.Grids || layer == geo.Blocks
}

// After each of many random changes every tile that the cache gives has the bytes
// of one built anew from the map asked for, older maps too, and only tiles that a
// change can reach are built again.
func TestKeptTilesAreTrue(t *testing.T) {
	r := &scatter{Rand: seedtest.New(t)}
	b := snapshot.NewBuilder()
	for range 150 {
		b.Add(r.feature(nil))
	}
	r.snap = b.Build(geo.Head{Epoch: 1, Revision: 1})
	middle := crs.At(middleLon, middleLat)
	type asked struct {
		set string
		a   tiles.Address
	}
	var all []asked
	for _, set := range []string{"map", "planner", "booths,streets", "gates"} {
		for z := uint32(9); z <= 18; z++ {
			a := tileOf(z, middle)
			for dx := range uint32(3) {
				for dy := range uint32(3) {
					all = append(all, asked{set, tiles.Address{Z: z, X: a.X + dx - 1, Y: a.Y + dy - 1}})
				}
			}
		}
	}
	c := tiles.NewCache(64<<20, 2)
	kept := map[asked]*tiles.Tile{}
	older := r.snap
	// Each map has an atlas of its own: drawn anew, from no other one.
	atlases := map[*snapshot.Snapshot]*tiles.Atlas{older: new(tiles.Atlas)}
	built, moved, needless, stayed := 0, 0, 0, 0
	for round := range 40 {
		before := r.snap
		touched := r.edit()
		atlases[r.snap] = new(tiles.Atlas)
		if round%2 == 0 { // else the first who asks brings the news
			c.Follow(r.snap)
		}
		for _, ask := range all {
			set := mustSet(t, ask.set)
			tile := mustGet(t, c, r.snap, ask.set, ask.a)
			data, err := tile.Bytes()
			if err != nil || !bytes.Equal(data, encodeWith(t, atlases[r.snap], r.snap, ask.set, ask.a)) {
				t.Fatalf("round %d: %s %v is not the tile of revision %d (%v)", round, ask.set, ask.a, r.snap.Head().Revision, err)
			}
			was := kept[ask]
			switch kept[ask] = tile; {
			case tile == was:
				stayed++
			case was == nil:
			case !slices.ContainsFunc(touched, func(f geo.Feature) bool { return shows(f, set, ask.a) }):
				// A border may have moved that it shares, or nothing in the box around
				// what did.
				if slices.ContainsFunc(touched, sharesBorders) && set.Layers()[0] == geo.Places {
					if wasData, err := was.Bytes(); err == nil && bytes.Equal(wasData, data) {
						needless++
					}
					moved++
					continue
				}
				t.Fatalf("round %d: %s %v was built again, and nothing touched it: %v", round, ask.set, ask.a, touched)
			default:
				built++
			}
		}
		for range 20 { // who still holds an older map
			held, ask := []*snapshot.Snapshot{before, older}[r.IntN(2)], all[r.IntN(len(all))]
			if got, err := mustGet(t, c, held, ask.set, ask.a).Bytes(); err != nil || !bytes.Equal(got, encodeWith(t, atlases[held], held, ask.set, ask.a)) {
				t.Fatalf("round %d: %s %v is not the tile of revision %d (%v)", round, ask.set, ask.a, held.Head().Revision, err)
			}
			if mustGet(t, c, r.snap, ask.set, ask.a) != kept[ask] {
				t.Fatalf("round %d: a reader of an older map drove %s %v out", round, ask.set, ask.a)
			}
		}
		if round%7 == 0 {
			older = before
		}
	}
	t.Logf("%d tiles stayed, %d were built again, %d more for borders, %d of them needlessly", stayed, built, moved, needless)
	if built == 0 || stayed < 10*built || needless > 20+built/10 {
		t.Error("this proves little")
	}
}

// Tiles that draw a changed feature not yet, or do not have what changed of it,
// stay; so does everything when a feature is written again as it was.
func TestWhatTilesDoNotShowStays(t *testing.T) {
	s, c := build(town()...), tiles.NewCache(1<<20, 1)
	middle := crs.At(middleLon, middleLat)
	gate := &geo.Gate{Base: geo.Base{ID: 90, Version: 1, Shape: geo.PointShape(middle)}}
	s = s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{gate}})
	low, deep := tileOf(14, middle), tileOf(16, middle)
	for i, test := range []struct {
		change func(*geo.Gate)
		low    bool
		deep   bool
		layers int
	}{
		{func(*geo.Gate) {}, true, true, 0},
		{func(g *geo.Gate) { g.SurveyedBy = "somebody" }, true, true, 0},
		{func(g *geo.Gate) { g.Source = "a list" }, true, true, 1}, // cards show it
		{func(g *geo.Gate) { g.Foot = "no" }, true, false, 1},
	} {
		one, other := mustGet(t, c, s, "map", low), mustGet(t, c, s, "map", deep)
		gate = geo.Clone(gate).(*geo.Gate)
		test.change(gate)
		s = s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: int64(i + 3)}, Changed: []geo.Feature{gate}})
		if changes := c.Follow(s); changes.All || len(changes.Layers) != test.layers {
			t.Errorf("%d: %+v", i, changes)
		}
		if mustGet(t, c, s, "map", low) == one != test.low || mustGet(t, c, s, "map", deep) == other != test.deep {
			t.Errorf("%d: other tiles than these stayed", i)
		}
	}
}

// A map that does not go on from the newest drops everything.
func TestAnotherHistoryDropsEverything(t *testing.T) {
	a := tileOf(14, crs.At(middleLon, middleLat))
	for _, head := range []geo.Head{{Epoch: 2, Revision: 9}, {Epoch: 1, Revision: 1}, {Epoch: 1, Revision: 0}} {
		c := tiles.NewCache(1<<20, 1)
		first := build(town()...)
		c.Follow(first)
		mustGet(t, c, first, "booths", a)
		b := snapshot.NewBuilder()
		b.Add(&geo.Booth{Base: geo.Base{ID: 1, Version: 1, Shape: geo.PointShape(ring(30, 30)[0])}})
		other := b.Build(head)
		if changes := c.Follow(other); !changes.All {
			t.Errorf("%+v: %+v", head, changes)
		}
		got, err := mustGet(t, c, other, "booths", a).Bytes()
		if err != nil || !bytes.Equal(got, mustAppend(t, other, "booths", a)) {
			t.Errorf("%+v: another tile (%v)", head, err)
		}
	}
}

// A build that a change overtakes answers those who wait for it and is not kept.
func TestOvertakenBuildIsNotKept(t *testing.T) {
	s := suburb(t, 20_000)
	a := tileOf(12, crs.At(middleLon, middleLat))
	for round := range 8 {
		c := tiles.NewCache(16<<20, 1)
		c.Follow(s)
		began := make(chan struct{})
		done := make(chan *tiles.Tile)
		go func() {
			close(began)
			tile, _ := c.Get(context.Background(), s, mustSet(t, "map"), a, noon)
			done <- tile
		}()
		<-began
		booth := &geo.Booth{Base: geo.Base{ID: 1, Version: 1, Shape: geo.PointShape(ring(float64(round), 5)[0])}}
		next := s.Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{booth}})
		c.Follow(next)
		if old := <-done; old == nil {
			t.Fatal("no tile")
		}
		if got, err := mustGet(t, c, next, "map", a).Bytes(); err != nil || !bytes.Equal(got, mustAppend(t, next, "map", a)) {
			t.Fatalf("another tile (%v)", err)
		}
	}
}

// BenchmarkFollow tells a full cache of one change after another: a booth that
// moves, a street that is renamed, a district that is.
func BenchmarkFollow(b *testing.B) {
	s := build(town()...)
	c := tiles.NewCache(256<<20, 2)
	middle := tileOf(18, crs.At(middleLon, middleLat))
	const side = 400
	for dx := range uint32(side) {
		for dy := range uint32(side) {
			mustGet(b, c, s, "map", tiles.Address{Z: 18, X: middle.X + dx - side/2, Y: middle.Y + dy - side/2})
		}
	}
	for _, layer := range []geo.Layer{geo.Booths, geo.Streets, geo.Places} {
		b.Run(string(layer), func(b *testing.B) {
			b.ReportAllocs()
			var f geo.Feature
			for f = range s.Layer(layer).After(0) {
				break
			}
			for i := 0; b.Loop(); i++ {
				f = geo.Clone(f)
				f.Common().Name = fmt.Sprint(i)
				head := s.Head()
				head.Revision++
				s = s.Advance(geo.Delta{Head: head, Changed: []geo.Feature{f}})
				c.Follow(s)
			}
		})
	}
}
