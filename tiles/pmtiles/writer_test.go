package pmtiles_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles"
	"gridatlas/tiles/pmtiles"
)

// Numbers that npm's pmtiles 4.5.0 gives (zxyToTileId).
func TestID(t *testing.T) {
	for _, test := range []struct {
		tile tiles.Address
		want uint64
	}{
		{tiles.Address{}, 0},
		{tiles.Address{Z: 1, X: 0, Y: 0}, 1},
		{tiles.Address{Z: 1, X: 0, Y: 1}, 2},
		{tiles.Address{Z: 1, X: 1, Y: 1}, 3},
		{tiles.Address{Z: 1, X: 1, Y: 0}, 4},
		{tiles.Address{Z: 2, X: 0, Y: 0}, 5},
		{tiles.Address{Z: 2, X: 3, Y: 0}, 20},
		{tiles.Address{Z: 12, X: 3423, Y: 1763}, 19078479},
		{tiles.Address{Z: 14, X: 13613, Y: 6384}, 304654504},
		{tiles.Address{Z: 16, X: 54460, Y: 25540}, 4874472117},
		{tiles.Address{Z: 22, X: 0, Y: 4194303}, 11728124029610},
		{tiles.Address{Z: 22, X: 3485184, Y: 1634560}, 19965837901823},
		{tiles.Address{Z: 22, X: 4194303, Y: 4194303}, 17592186044415},
	} {
		if got := pmtiles.ID(test.tile); got != test.want {
			t.Errorf("%v: %d, want %d", test.tile, got, test.want)
		}
	}
}

// Along the numbers of a zoom, each tile is once, beside the one before; the four
// tiles below a tile follow each other.
func TestIDsAreACurve(t *testing.T) {
	first := uint64(0)
	for z := range uint32(8) {
		side := uint32(1) << z
		byID := make([]*tiles.Address, side*side)
		for x := range side {
			for y := range side {
				a := tiles.Address{Z: z, X: x, Y: y}
				place := pmtiles.ID(a) - first
				if place >= uint64(len(byID)) || byID[place] != nil {
					t.Fatalf("%v has the number %d as well", a, pmtiles.ID(a))
				}
				byID[place] = &a
				if got := pmtiles.TileAt(z, place); got != a {
					t.Fatalf("%v comes back as %v", a, got)
				}
				if z > 0 {
					above := pmtiles.ID(tiles.Address{Z: z - 1, X: x / 2, Y: y / 2})
					if above-(first-uint64(len(byID)/4)) != place/4 {
						t.Fatalf("%v does not lie in the order of the tile above", a)
					}
				}
			}
		}
		for i := 1; i < len(byID); i++ {
			dx, dy := int(byID[i].X)-int(byID[i-1].X), int(byID[i].Y)-int(byID[i-1].Y)
			if dx*dx+dy*dy != 1 {
				t.Fatalf("%v comes after %v", byID[i], byID[i-1])
			}
		}
		first += uint64(len(byID))
	}
}

var zipper = gzip.NewWriter(nil)

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipper.Reset(&packed)
	if _, err := zipper.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zipper.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// Any choice of tiles, many of them equal, comes back tile by tile; what is not in
// it is not there. 12,000 entries need leaf directories.
func TestAnyTilesComeBack(t *testing.T) {
	for _, n := range []int{1, 2, 4096, 4097, 12_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := seedtest.New(t)
			want := map[uint64]string{}
			var order []tiles.Address
			for len(order) < n {
				z := uint32(r.IntN(13))
				a := tiles.Address{Z: z, X: r.Uint32N(1 << z), Y: r.Uint32N(1 << z)}
				if _, known := want[pmtiles.ID(a)]; known {
					continue
				}
				// Half of the tiles are one of ten.
				text := fmt.Sprint(r.IntN(10))
				if r.IntN(2) == 0 {
					text = a.String()
				}
				want[pmtiles.ID(a)] = text
				order = append(order, a)
				if n < 20 {
					continue
				}
				// And some follow on an equal one.
				if a.X+1 < 1<<z {
					next := tiles.Address{Z: z, X: a.X + 1, Y: a.Y}
					if _, known := want[pmtiles.ID(next)]; !known {
						want[pmtiles.ID(next)] = text
						order = append(order, next)
					}
				}
			}
			slices.SortFunc(order, func(a, b tiles.Address) int { return int(pmtiles.ID(a)) - int(pmtiles.ID(b)) })
			var file memory
			w, err := pmtiles.NewWriter(&file)
			if err != nil {
				t.Fatal(err)
			}
			contents := map[string]bool{}
			for _, a := range order {
				text := want[pmtiles.ID(a)]
				contents[text] = true
				if err := w.Add(a, zipped(t, text)); err != nil {
					t.Fatal(err)
				}
			}
			box := geo.Box{W: -5, S: -6, E: 7, N: 8}
			written, err := w.Close(pmtiles.Frame{Metadata: map[string]any{"name": "试"}, Bounds: box, Centre: geo.Point{X: 1, Y: 2}, Zoom: 99})
			if err != nil {
				t.Fatal(err)
			}
			a := openArchive(t, file.raw)
			if written.Tiles != int64(len(order)) || written.Contents != int64(len(contents)) || written.Bytes != int64(len(file.raw)) {
				t.Errorf("it says %+v; there are %d tiles, %d contents, %d bytes", written, len(order), len(contents), len(file.raw))
			}
			if a.contents != uint64(len(contents)) || a.addressed != uint64(len(order)) {
				t.Errorf("%d contents of %d, %d tiles of %d", a.contents, len(contents), a.addressed, len(order))
			}
			if n > 20 && a.entries >= a.addressed {
				t.Error("equal neighbours do not share an entry")
			}
			if (n > 10_000) != (a.leafCount > 1) {
				t.Errorf("%d leaf directories", a.leafCount)
			}
			last := order[len(order)-1]
			if a.minZoom != int(order[0].Z) || a.maxZoom != int(last.Z) || a.zoom != a.maxZoom || a.bounds != [4]int32{-5, -6, 7, 8} || a.centre != [2]int32{1, 2} {
				t.Errorf("the header says zooms %d to %d, at first %d, bounds %v, centre %v", a.minZoom, a.maxZoom, a.zoom, a.bounds, a.centre)
			}
			if m := a.metadata(t); len(m) != 1 || m["name"] != "试" {
				t.Errorf("metadata %v", m)
			}
			end := pmtiles.ID(last) + 3
			for id := range min(end, 10_000) {
				if got := string(a.tile(t, id)); got != want[id] {
					t.Fatalf("tile %d is %q, want %q", id, got, want[id])
				}
			}
			for id, text := range want {
				if got := string(a.tile(t, id)); got != text {
					t.Fatalf("tile %d is %q, want %q", id, got, text)
				}
			}
		})
	}
}

// Leaves grow until the root fits into what readers fetch first.
func TestRootStaysSmall(t *testing.T) {
	r := seedtest.New(t)
	var want []entry
	id, offset := uint64(0), uint64(0)
	for range 50_000 {
		id += 1 + r.Uint64N(math.MaxUint32)
		e := entry{id, offset, 1 + r.Uint64N(1<<20), 1}
		want = append(want, e)
		offset += e.Length + r.Uint64N(1<<30)
	}
	root, leaves := pmtiles.Directories(t, want, 16)
	var got []entry
	heads := directory(t, root)
	for _, head := range heads {
		got = append(got, directory(t, leaves[head.Offset:head.Offset+head.Length])...)
	}
	if len(root) > 16384-127-1 || !slices.Equal(got, want) {
		t.Errorf("a root of %d bytes, %d leaves with %d entries", len(root), len(heads), len(got))
	}
	t.Logf("root %d bytes, %d leaves", len(root), len(heads))
}

func TestWriterRefuses(t *testing.T) {
	var file memory
	w, err := pmtiles.NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(pmtiles.Frame{}); !errors.Is(err, pmtiles.ErrEmpty) {
		t.Errorf("an empty archive: %v", err)
	}
	a := tiles.Address{Z: 3, X: 2, Y: 1}
	if err := w.Add(a, zipped(t, "a")); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(a, zipped(t, "b")); err == nil {
		t.Error("one tile twice")
	}
	if err := w.Add(tiles.Address{Z: 2}, zipped(t, "b")); err == nil {
		t.Error("a tile that comes too late")
	}
	if err := w.Add(tiles.Address{Z: 4}, nil); err == nil {
		t.Error("an empty tile")
	}
}
