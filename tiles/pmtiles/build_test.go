package pmtiles_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
	"gridatlas/tiles/pmtiles"
)

var noon = geo.InstantOf(time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC))

// around are places in metres from the middle of a town.
func around(metres ...float64) []geo.Point {
	local := crs.NewLocal(crs.At(119.1, 36.7))
	var points []geo.Point
	for i := 0; i < len(metres); i += 2 {
		points = append(points, local.Point(metres[i], metres[i+1]))
	}
	return points
}

// town is a district that fills many tiles alone, and small things in it, some
// along the borders of tiles.
func town(t testing.TB) *snapshot.Snapshot {
	t.Helper()
	r := seedtest.New(t)
	features := []geo.Feature{
		&geo.Place{Base: geo.Base{ID: 1, Version: 1, Code: "370705", Name: "奎文区", Shape: geo.PolygonShape(around(-9000, -9000, 9000, -9000, 9000, 9000, -9000, 9000))}, Kind: "district"},
	}
	for id := range int64(200) {
		x, y := r.Float64()*6000-3000, r.Float64()*6000-3000
		features = append(features,
			&geo.Building{Base: geo.Base{ID: id + 1, Version: 1, Shape: geo.PolygonShape(around(x, y, x+40, y, x+40, y+12, x, y+12))}, Number: fmt.Sprint(id)},
			&geo.Booth{Base: geo.Base{ID: id + 1, Version: 1, Name: "小蓝棚", Shape: geo.PointShape(around(x-60, y)[0])}, Trades: []string{"shoe"}},
			&geo.Street{Base: geo.Base{ID: id + 1, Version: 1, Name: "街", Shape: geo.LineShape(around(x, y-20, x+r.Float64()*500, y+r.Float64()*500))}, Class: "lane"},
		)
	}
	// Far from everything, a few metres from the corner of four tiles of every zoom from
	// 10: the buffers of three of them reach it.
	corner := crs.NewLocal(crs.FromMercator(850.0/1024, 400.0/1024)).Point(5, -5)
	features = append(features,
		&geo.Booth{Base: geo.Base{ID: 1000, Version: 1, Until: noon + 900, Shape: geo.PointShape(corner)}},
		&geo.Booth{Base: geo.Base{ID: 1001, Version: 1, Until: noon + 600, Shape: geo.PointShape(around(10, 20)[0])}},
	)
	b := snapshot.NewBuilder()
	for _, f := range features {
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 7})
}

func mustSet(t testing.TB, text string) *tiles.Set {
	t.Helper()
	set, err := tiles.ParseSet(tiles.Public, text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func build(t testing.TB, s *snapshot.Snapshot, set string, o pmtiles.Options) ([]byte, pmtiles.Written) {
	t.Helper()
	var file memory
	written, err := pmtiles.Build(t.Context(), &file, s, mustSet(t, set), o)
	if err != nil {
		t.Fatal(err)
	}
	return file.raw, written
}

// An archive has every tile of the ground in which something appears, with the
// bytes that are served, and no other: held against all tiles of the low zooms and
// all tiles near the town of the deep ones.
func TestArchiveHoldsEveryTile(t *testing.T) {
	s := town(t)
	raw, written := build(t, s, "map", pmtiles.Options{MaxZoom: 16, At: noon})
	a := openArchive(t, raw)
	set := mustSet(t, "map")
	var atlas tiles.Atlas
	found := map[tiles.Address]bool{}
	check := func(at tiles.Address) {
		t.Helper()
		want, _, err := atlas.Append(t.Context(), nil, s, set, at, noon)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.tile(t, pmtiles.ID(at)); !bytes.Equal(got, want) {
			t.Fatalf("tile %v has %d bytes, want %d", at, len(got), len(want))
		}
		if len(want) > 0 {
			found[at] = true
		}
	}
	for z := range uint32(17) {
		side := uint32(1) << z
		west, north, east, south := uint32(0), uint32(0), side-1, side-1
		if z > 5 { // the town with some empty ground, and the booth far off
			box := s.Layer(geo.Places).Box()
			n := math.Exp2(float64(z))
			x, y := crs.Mercator(geo.Point{X: box.W, Y: box.N})
			west, north = uint32(x*n)-2, uint32(y*n)-2
			x, y = crs.Mercator(geo.Point{X: box.E, Y: box.S})
			east, south = uint32(x*n)+2, uint32(y*n)+2
			if z >= 10 {
				x, y := uint32(850)<<(z-10), uint32(400)<<(z-10)
				for dx := range uint32(6) {
					for dy := range uint32(6) {
						check(tiles.Address{Z: z, X: x + dx - 3, Y: y + dy - 3})
					}
				}
			}
		}
		for x := west; x <= east; x++ {
			for y := north; y <= south; y++ {
				check(tiles.Address{Z: z, X: x, Y: y})
			}
		}
	}
	// Below zoom 10 the booth lies in tiles that were not asked for, and does not
	// appear there.
	if len(found) != int(written.Tiles) || written.MinZoom != 6 || written.MaxZoom != 16 {
		t.Errorf("%+v, and there are %d tiles", written, len(found))
	}
	if a.entries >= a.addressed || a.contents >= a.entries {
		t.Errorf("%d tiles, %d entries, %d contents: ground that looks alike is not shared", a.addressed, a.entries, a.contents)
	}
}

// The bytes depend neither on the cores nor on the minute.
func TestArchiveIsAlwaysTheSame(t *testing.T) {
	s := town(t)
	o := pmtiles.Options{MinZoom: 8, MaxZoom: 15, At: noon, Name: "城", Workers: 1}
	first, _ := build(t, s, "map", o)
	o.Workers, o.At = 5, noon+1
	if again, _ := build(t, s, "map", o); !bytes.Equal(first, again) {
		t.Error("built again, it is another")
	}
	o.At = noon + 600 // a booth is gone
	if later, _ := build(t, s, "map", o); bytes.Equal(first, later) {
		t.Error("what is no longer in effect is still there")
	}
}

func TestArchiveSaysWhatItIs(t *testing.T) {
	s := town(t)
	raw, _ := build(t, s, "booths,places,parking", pmtiles.Options{
		MinZoom: 5, MaxZoom: 13, At: noon, Name: "潍坊", Description: "网格图", Attribution: "某测绘院", Mark: "演示数据",
		DataTime: time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 8*3600)),
	})
	a := openArchive(t, raw)
	m := a.metadata(t)
	for name, want := range map[string]any{
		"name": "潍坊", "description": "网格图", "attribution": "某测绘院", "mark": "演示数据", "type": "baselayer", "version": "7",
		"revision": 7.0, "set": "places,parking,booths", "data_time": "2026-03-01T00:00:00Z", "true_until": (noon + 600).String(),
	} {
		if m[name] != want {
			t.Errorf("%s is %v, want %v", name, m[name], want)
		}
	}
	// Parking begins at zoom 15 and is not told; districts begin at 6.
	var layers []string
	for _, layer := range m["vector_layers"].([]any) {
		l := layer.(map[string]any)
		layers = append(layers, fmt.Sprint(l["id"], " ", l["minzoom"], " ", l["maxzoom"]))
	}
	if want := []string{"places 5 13", "places_label 5 13", "booths 11 13"}; !slices.Equal(layers, want) {
		t.Errorf("layers %q, want %q", layers, want)
	}
	if a.minZoom != 6 || a.maxZoom != 13 || a.zoom != 12 {
		t.Errorf("zooms %d to %d, at first %d", a.minZoom, a.maxZoom, a.zoom)
	}
	if box := (geo.Box{W: a.bounds[0], S: a.bounds[1], E: a.bounds[2], N: a.bounds[3]}); !box.Covers(s.Layer(geo.Places).Box()) || box.Centre() != (geo.Point{X: a.centre[0], Y: a.centre[1]}) {
		t.Errorf("bounds %v, centre %v", a.bounds, a.centre)
	}
}

func TestBuildStops(t *testing.T) {
	s := town(t)
	ctx, cancel := context.WithCancel(t.Context())
	var file memory
	last := int64(0)
	_, err := pmtiles.Build(ctx, &file, s, mustSet(t, "map"), pmtiles.Options{MaxZoom: 18, At: noon, Progress: func(done, total int64) {
		if done > total || done < last {
			t.Errorf("%d of %d done, after %d", done, total, last)
		}
		if last = done; done == 100 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || last > 1000 {
		t.Errorf("got %v after %d tiles", err, last)
	}
	if _, err := pmtiles.Build(t.Context(), &file, snapshot.Empty(), mustSet(t, "map"), pmtiles.Options{MaxZoom: 16}); !errors.Is(err, pmtiles.ErrEmpty) {
		t.Errorf("an empty map: %v", err)
	}
	broken := errors.New("no room")
	if _, err := pmtiles.Build(t.Context(), &full{err: broken}, s, mustSet(t, "map"), pmtiles.Options{MaxZoom: 16, At: noon}); !errors.Is(err, broken) {
		t.Errorf("a full disk: %v", err)
	}
}

// full is a disk without room.
type full struct {
	memory
	err error
}

func (f *full) Write([]byte) (int, error) { return 0, f.err }
