package tiles_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

func mustGet(t testing.TB, c *tiles.Cache, s *snapshot.Snapshot, set string, a tiles.Address) *tiles.Tile {
	t.Helper()
	tile, err := c.Get(context.Background(), s, mustSet(t, set), a, noon)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

func TestCachedTileIsTheTile(t *testing.T) {
	s, a := build(town()...), tileOf(14, crs.At(middleLon, middleLat))
	c := tiles.NewCache(1<<20, 2)
	first := mustGet(t, c, s, "map", a)
	data, err := first.Bytes()
	if err != nil || !bytes.Equal(data, mustAppend(t, s, "map", a)) {
		t.Fatalf("other bytes (%v)", err)
	}
	if mustGet(t, c, s, "map", a) != first {
		t.Error("built twice")
	}
	if other := mustGet(t, c, s, "streets", a); other.Hash == first.Hash {
		t.Error("two sets share a tile")
	}
	if empty := mustGet(t, c, s, "map", tiles.Address{Z: 14}); !empty.Empty() {
		t.Errorf("not empty: %v", empty)
	}
}

func TestCacheIsBounded(t *testing.T) {
	s, middle := build(town()...), crs.At(middleLon, middleLat)
	a := tileOf(14, middle)
	size := len(mustGet(t, tiles.NewCache(1<<20, 1), s, "map", a).Gzip)
	c := tiles.NewCache(size+6000, 1) // room for this one and a few others
	full := mustGet(t, c, s, "map", a)
	mustGet(t, c, s, "booths", a)
	if mustGet(t, c, s, "map", a) != full {
		t.Fatal("dropped though there was room")
	}
	for z := uint32(12); z < 20; z++ {
		mustGet(t, c, s, "map", tileOf(z, middle))
		if held := c.Stats().Bytes; held > size+6000 {
			t.Errorf("%d bytes are held", held)
		}
	}
	if mustGet(t, c, s, "map", a) == full {
		t.Error("kept beyond the bound")
	}
}

// Whoever asks for all the tiles of the world, even twice, pushes out none that shows
// something.
func TestAbuse03AllTilesOfTheWorld(t *testing.T) {
	s, a := build(town()...), tileOf(14, crs.At(middleLon, middleLat))
	c := tiles.NewCache(100_000, 1)
	full := mustGet(t, c, s, "map", a)
	for x := range uint32(1000) {
		for range 2 {
			mustGet(t, c, s, "map", tiles.Address{Z: 14, X: x})
		}
	}
	if mustGet(t, c, s, "map", a) != full {
		t.Error("the tile of the town is dropped for tiles of nothing")
	}
	if stats := c.Stats(); stats.Bytes > 100_000 || stats.Tiles < 50 {
		t.Errorf("%+v", stats)
	}
}

func TestCacheStopsForWhoLeft(t *testing.T) {
	s, a := build(town()...), tileOf(14, crs.At(middleLon, middleLat))
	c := tiles.NewCache(1<<20, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Get(ctx, s, mustSet(t, "map"), a, noon); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if mustGet(t, c, s, "map", a).Empty() { // the next one is not harmed
		t.Error("an empty tile")
	}
}

// Many readers, a writer that publishes: each reader gets the tile of the map
// that it holds.
func TestCacheUnderReaders(t *testing.T) {
	a := tileOf(14, crs.At(middleLon, middleLat))
	maps := []*snapshot.Snapshot{build(town()...)}
	want := []string{""}
	for i := range 20 {
		booth := &geo.Booth{Base: geo.Base{ID: 44, Version: 1, Shape: geo.PointShape(ring(float64(i*5), 5)[0])}}
		maps = append(maps, maps[i].Advance(geo.Delta{Head: geo.Head{Epoch: 1, Revision: int64(i + 2)}, Changed: []geo.Feature{booth}}))
	}
	want = want[:0]
	for _, s := range maps {
		want = append(want, mustGet(t, tiles.NewCache(0, 1), s, "map", a).Hash)
	}
	c := tiles.NewCache(1<<20, 2)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := range 200 {
				pick := (i/8 + worker) % len(maps)
				ctx, cancel := context.WithCancel(context.Background())
				if i%7 == 0 {
					time.AfterFunc(50*time.Microsecond, cancel)
				}
				tile, err := c.Get(ctx, maps[pick], mustSet(t, "map"), a, noon)
				cancel()
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Errorf("%v", err)
					}
					continue
				}
				if tile.Hash != want[pick] {
					t.Errorf("map %d: another tile", pick)
				}
			}
		})
	}
	group.Wait()
}

// suburb is n houses of 12 corners on a square of ground 30 m each, with a lane
// before every tenth.
func suburb(t testing.TB, n int) *snapshot.Snapshot {
	t.Helper()
	b := snapshot.NewBuilder()
	side := 1
	for side*side < n {
		side++
	}
	for i := range n {
		x, y := float64(i%side-side/2)*30, float64(i/side-side/2)*30
		shape := geo.PolygonShape(ring(x, y, x+8, y, x+8, y+2, x+12, y+2, x+12, y, x+20, y,
			x+20, y+12, x+12, y+12, x+12, y+10, x+8, y+10, x+8, y+12, x, y+12))
		b.Add(&geo.Building{
			Base: geo.Base{ID: int64(i + 1), Shape: shape, Source: "demo"}, Number: "12",
			Use: "residential", Levels: geo.Some(int32(i%20 + 1)),
		})
		if i%10 == 0 {
			b.Add(&geo.Street{Base: geo.Base{ID: int64(i + 1), Shape: geo.LineShape(ring(x, y-5, x+300, y-5))}, Class: "lane", Foot: "yes"})
		}
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}
