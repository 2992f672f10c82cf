package mvt_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geos"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// TestLines holds random lines against GEOS: what a tile gets lies about a unit from
// the line at most and misses nothing of it, and is the same when the line runs the
// other way, so that a border that two lines share is cut in one place.
func TestLines(t *testing.T) {
	r := seedtest.New(t)
	c := geos.NewContext()
	f := frame(64)
	f.KeepStraight = true
	box := c.NewGeomFromBounds(-64, -64, mvt.Extent+64, mvt.Extent+64)
	cut := 0
	for range 5_000 {
		at := place{r.Float64() * mvt.Extent, r.Float64() * mvt.Extent}
		line := star(r, at, 0, 4000*r.Float64(), 2+r.IntN(12))
		s := shapeOf([][]place{line})
		slices.Reverse(line)
		back := shapeOf([][]place{line})
		bytes := slices.Clone(f.Lines(&s))
		if len(bytes) == 0 {
			if len(f.Lines(&back)) > 0 {
				t.Fatalf("nothing one way, something the other\n%s", describe(s))
			}
			continue
		}
		parts := readBack(t, mvt.Lines, bytes).Parts
		reversed := readBack(t, mvt.Lines, f.Lines(&back)).Parts
		slices.Reverse(reversed)
		for _, p := range reversed {
			slices.Reverse(p.Corners)
		}
		if diff := cmp.Diff(parts, reversed); diff != "" {
			t.Fatalf("%s\n%s", diff, describe(s))
		}
		source := toGEOS(t, c, sidesOf(orb.MultiLineString{lineOf(s)}))
		got := toGEOS(t, c, sidesOf(geometryOf(mvt.Feature{Type: mvt.Lines, Parts: parts}).(orb.MultiLineString)))
		if !box.Contains(source) {
			cut++
		}
		// A side moves by half a diagonal, and its end on the border by half a unit.
		inside := source.Intersection(box.Buffer(-2, 1))
		if !inside.IsEmpty() && inside.Difference(got.Buffer(1.25, 8)).Length() > 0.01 {
			t.Fatalf("a part is missing\n%s\n%v", describe(s), parts)
		}
		if got.Difference(source.Buffer(1.25, 8)).Length() > 0.01 {
			t.Fatalf("a part is too much\n%s\n%v", describe(s), parts)
		}
	}
	t.Logf("%d lines were cut", cut)
}

// sidesOf returns lines side by side: GEOS takes the buffer of a line that ends where
// it began for that of a ring, which may miss the inside.
func sidesOf(lines orb.MultiLineString) (sides orb.MultiLineString) {
	for _, line := range lines {
		for i := range len(line) - 1 {
			sides = append(sides, line[i:i+2])
		}
	}
	return sides
}

// lineOf returns the one line of a shape in units of the tile under test.
func lineOf(s mvt.Shape) (line orb.LineString) {
	for _, p := range s.Corners {
		line = append(line, toOrb(local(p)))
	}
	return line
}
