package crs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// randomShape returns a shape of one or more parts whose corners differ from
// their neighbours; polygons are squares, some with a hole.
func randomShape(rng *rand.Rand, kind geo.Kind) geo.Shape {
	var parts []geo.Part
	square := func(w, s, size int32) []geo.Point {
		return []geo.Point{{X: w, Y: s}, {X: w + size, Y: s}, {X: w + size, Y: s + size}, {X: w, Y: s + size}}
	}
	for range 1 + rng.IntN(3) {
		p := randomPoint(rng)
		switch kind {
		case geo.Points:
			parts = append(parts, geo.Part{Points: []geo.Point{p}})
		case geo.Lines:
			line := []geo.Point{p}
			for range 1 + rng.IntN(5) {
				line = append(line, randomPoint(rng))
			}
			parts = append(parts, geo.Part{Points: line})
		case geo.Polygons:
			w, s := p.X/2, p.Y/2
			parts = append(parts, geo.Part{Points: square(w, s, 1000)})
			if rng.IntN(2) == 0 {
				parts = append(parts, geo.Part{Points: square(w+100, s+100, 300), Hole: true}, geo.Part{Points: square(w+500, s+500, 300), Hole: true})
			}
		}
	}
	return geo.MakeShape(kind, parts)
}

func TestOrbRoundTrip(t *testing.T) {
	rng := seedtest.New(t)
	types := map[string]bool{}
	for _, kind := range geo.AllKinds {
		for range 2000 {
			shape := randomShape(rng, kind)
			g := crs.ToOrb(shape)
			if kind == geo.NoShape {
				if g != nil {
					t.Fatalf("no shape became %v", g)
				}
			} else {
				types[g.GeoJSONType()] = true
			}
			again, err := crs.FromOrb(g)
			if err != nil || !again.Equal(shape) {
				t.Fatalf("%v %v comes back from %v as %v, %v", kind, shape.Points(), g, again.Points(), err)
			}
		}
	}
	for _, name := range []string{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"} {
		if !types[name] {
			t.Errorf("no shape became a %s", name)
		}
	}
}

func TestFromOrb(t *testing.T) {
	ring := orb.Ring{{119, 36}, {119, 37}, {120, 37}, {120, 36}, {119, 36}} // clockwise
	hole := orb.Ring{{119.2, 36.2}, {119.4, 36.2}, {119.4, 36.4}, {119.2, 36.2}}
	square := geo.PolygonShape([]geo.Point{{X: 120e7, Y: 36e7}, {X: 120e7, Y: 37e7}, {X: 119e7, Y: 37e7}, {X: 119e7, Y: 36e7}})
	withHole, err := crs.FromOrb(orb.Polygon{ring, hole})
	if err != nil || withHole.NumParts() != 2 || !withHole.Part(1).Hole || withHole.Part(0).Hole {
		t.Errorf("polygon with a hole: %+v, %v", withHole, err)
	}
	for name, c := range map[string]struct {
		g    orb.Geometry
		want geo.Shape
	}{
		"nil":            {nil, geo.Shape{}},
		"ring":           {ring, square},
		"polygon":        {orb.Polygon{ring}, square},
		"single in many": {orb.MultiPolygon{{ring}}, square},
		"bound":          {orb.Bound{Min: orb.Point{119, 36}, Max: orb.Point{120, 37}}, square},
		"rounded":        {orb.Point{119.00000004, 35.99999996}, geo.PointShape(geo.Point{X: 119e7, Y: 36e7})},
		"corners that fall together": {
			orb.LineString{{119, 36}, {119.00000001, 36}, {119, 37}}, geo.LineShape([]geo.Point{{X: 119e7, Y: 36e7}, {X: 119e7, Y: 37e7}}),
		},
	} {
		got, err := crs.FromOrb(c.g)
		if err != nil || got.Kind() != c.want.Kind() || got.Box() != c.want.Box() || len(got.Points()) != len(c.want.Points()) ||
			crs.Area(got) != crs.Area(c.want) {
			t.Errorf("%s: %v, %v; want %v", name, got.Points(), err, c.want.Points())
		}
	}
}

func TestFromOrbRefuses(t *testing.T) {
	nan := math.NaN()
	for name, g := range map[string]orb.Geometry{
		"collection":         orb.Collection{orb.Point{1, 2}},
		"longitude":          orb.Point{180.1, 0},
		"latitude":           orb.LineString{{1, 2}, {3, 90.5}},
		"metres for degrees": orb.Polygon{{{13258930, 4398664}, {13258940, 4398664}, {13258940, 4398674}, {13258930, 4398664}}},
		"not a number":       orb.MultiPoint{{1, 2}, {nan, 2}},
		"infinite":           orb.Point{math.Inf(1), 2},
		"empty line":         orb.LineString{},
		"no line":            orb.LineString(nil),
		"empty ring":         orb.Polygon{{{1, 2}, {3, 4}, {5, 0}, {1, 2}}, {}},
		"empty among many":   orb.MultiLineString{{{1, 2}, {3, 4}}, {}},
		"fault in the last":  orb.MultiPolygon{{{{1, 2}, {3, 4}, {5, 0}, {1, 2}}}, {{{1, 2}, {3, 4}, {500, 0}, {1, 2}}}},
	} {
		if shape, err := crs.FromOrb(g); err == nil || !shape.IsZero() {
			t.Errorf("%s: taken as %v, %v", name, shape.Points(), err)
		}
	}
}
