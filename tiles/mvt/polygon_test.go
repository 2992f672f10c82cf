package mvt_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/twpayne/go-geos"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// geometry returns polygons that were read.
func geometry(f mvt.Feature) orb.MultiPolygon {
	var polygons orb.MultiPolygon
	for _, p := range f.Parts {
		ring := make(orb.Ring, 0, len(p.Corners)+1)
		for _, c := range p.Corners {
			ring = append(ring, orb.Point{float64(c.X), float64(c.Y)})
		}
		ring = append(ring, ring[0])
		if p.Hole {
			polygons[len(polygons)-1] = append(polygons[len(polygons)-1], ring)
		} else {
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	return polygons
}

// source returns a shape in units of the tile under test.
func source(s mvt.Shape) orb.MultiPolygon {
	var polygons orb.MultiPolygon
	for i := range len(s.Parts) - 1 {
		var ring orb.Ring
		for _, p := range s.Corners[s.Parts[i].At():s.Parts[i+1].At()] {
			v := local(p)
			ring = append(ring, orb.Point{v.x, v.y})
		}
		ring = append(ring, ring[0])
		if s.Parts[i].IsHole() {
			polygons[len(polygons)-1] = append(polygons[len(polygons)-1], ring)
		} else {
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	return polygons
}

func toGEOS(t testing.TB, c *geos.Context, g orb.Geometry) *geos.Geom {
	t.Helper()
	bytes, err := wkb.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	geom, err := c.NewGeomFromWKB(bytes)
	if err != nil {
		t.Fatal(err)
	}
	return geom
}

// TestPolygons holds random polygons, cut and rounded, against GEOS: they are
// valid, and differ from the exact cut by a band of a unit about its border.
func TestPolygons(t *testing.T) {
	r := seedtest.New(t)
	c := geos.NewContext()
	var f mvt.Frame
	var m mvt.Mender
	const buffer = 64
	f.Reset(zoom, column, row, buffer)
	box := c.NewGeomFromBounds(-buffer, -buffer, mvt.Extent+buffer, mvt.Extent+buffer)
	count := 4_000
	if testing.Short() {
		count = 500
	}
	flawed, several := map[string]int{}, map[string]int{}
	for range count {
		kind, s := polygon(r)
		exact := toGEOS(t, c, source(s))
		if !exact.IsValid() {
			continue // too small for world units
		}
		s.Flawed = !m.Simple(&s, zoom)
		if s.Flawed {
			flawed[kind]++
		}
		cut := exact.Intersection(box)
		bytes := f.Polygons(&s)
		if len(bytes) == 0 {
			if area, border := cut.Area(), cut.Length(); area > 0.75*border+1 {
				t.Fatalf("%s of %g units is gone:\n%s", kind, area, describe(s))
			}
			continue
		}
		polygons := geometry(readBack(t, mvt.Polygons, bytes))
		if len(polygons) > 1 {
			several[kind]++
		}
		got := toGEOS(t, c, polygons)
		if !got.IsValid() {
			t.Fatalf("%s, flawed %v: %s\n%s\n%v", kind, s.Flawed, got.IsValidReason(), describe(s), polygons)
		}
		differs := got.SymDifference(cut).Area()
		if differs > cut.Length()+2 {
			t.Fatalf("%s differs by %g, with a border of %g\n%s", kind, differs, cut.Length(), describe(s))
		}
		border := exact.Boundary()
		for _, polygon := range polygons {
			for _, ring := range polygon {
				for _, p := range ring {
					// An edge moves by half a diagonal at most, where it meets the clip box
					// by half a unit more; mending adds as much again.
					near := math.Sqrt2/2 + 1e-6
					onX, onY := p[0] == -buffer || p[0] == mvt.Extent+buffer, p[1] == -buffer || p[1] == mvt.Extent+buffer
					if onX && onY {
						continue
					} else if onX || onY {
						near += 0.5
					}
					if s.Flawed {
						near++
					}
					if d := border.Distance(c.NewPoint(p[:])); d > near {
						t.Fatalf("%s: corner %v is %g away\n%s", kind, p, d, describe(s))
					}
				}
			}
		}
	}
	t.Logf("not simple %v, several polygons %v", flawed, several)
}

// TestTangles draws rings without any order on a small board across a corner of
// the clip box: what comes out is valid.
func TestTangles(t *testing.T) {
	r := seedtest.New(t)
	c := geos.NewContext()
	var f mvt.Frame
	var m mvt.Mender
	f.Reset(zoom, column, row, 64)
	empty := 0
	for range 20_000 {
		board := 2 + r.IntN(10)
		at := place{mvt.Extent + 64 - float64(r.IntN(board)), mvt.Extent + 64 - float64(r.IntN(board))}
		var parts [][]place
		var holes []int
		for i := range 1 + r.IntN(3) {
			ring := make([]place, 2+r.IntN(8))
			for j := range ring {
				ring[j] = place{at.x + float64(r.IntN(board)), at.y + float64(r.IntN(board))}
			}
			parts = append(parts, ring)
			if i > 0 && r.IntN(2) == 0 {
				holes = append(holes, i)
			}
		}
		s := shapeOf(parts, holes...)
		f.KeepStraight = r.IntN(2) == 0
		s.Flawed = !m.Simple(&s, zoom)
		bytes := f.Polygons(&s)
		if len(bytes) == 0 {
			empty++
			continue
		}
		polygons := geometry(readBack(t, mvt.Polygons, bytes))
		if got := toGEOS(t, c, polygons); !got.IsValid() {
			t.Fatalf("flawed %v: %s\n%s\n%v", s.Flawed, got.IsValidReason(), describe(s), polygons)
		}
	}
	t.Logf("%d empty", empty)
}

// TestNeighbours holds that two tiles side by side have the same corners where
// both see them.
func TestNeighbours(t *testing.T) {
	r := seedtest.New(t)
	var m mvt.Mender
	var west, east mvt.Frame
	const buffer = 256
	west.Reset(zoom, column, row, buffer)
	east.Reset(zoom, column+1, row, buffer)
	// Where an edge ends on the clip box it moves by half a unit, which can make a
	// corner one on a straight line.
	west.KeepStraight, east.KeepStraight = true, true
	seen := 0
	for range 10_000 {
		kind, s := polygon(r)
		s.Flawed = !m.Simple(&s, zoom)
		corners := func(f *mvt.Frame, shift int64) map[mvt.Corner]bool {
			found := map[mvt.Corner]bool{}
			bytes := f.Polygons(&s)
			if len(bytes) == 0 {
				return found
			}
			for _, p := range readBack(t, mvt.Polygons, bytes).Parts {
				for _, c := range p.Corners {
					c.X += shift
					// Where cutting cannot have moved an edge by half a unit.
					if c.X > mvt.Extent-buffer+1 && c.X < mvt.Extent+buffer-1 && c.Y > 1-buffer && c.Y < mvt.Extent+buffer-1 {
						found[c] = true
					}
				}
			}
			return found
		}
		inWest, inEast := corners(&west, 0), corners(&east, mvt.Extent)
		seen += len(inWest)
		if diff := cmp.Diff(inWest, inEast); diff != "" {
			t.Fatalf("%s, flawed %v: %s\n%s", kind, s.Flawed, diff, describe(s))
		}
	}
	t.Logf("%d corners", seen)
}
