package tiles_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// weifang is the demo city, made once for all tests.
var weifang = sync.OnceValue(func() *snapshot.Snapshot { return demotest.City(&testing.B{}, 0) })

// someTile returns a tile of a zoom somewhere in a box.
func someTile(r *rand.Rand, z uint32, box geo.Box) tiles.Address {
	return tileOf(z, geo.Point{X: box.W + r.Int32N(box.E-box.W), Y: box.S + r.Int32N(box.N-box.S)})
}

// Tiles of the demo city hold what the slow twin finds: the same features with the
// same attributes at the same places, and know until when.
func TestAsTheTwin(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole city is drawn in the full run")
	}
	r, s, atlas := seedtest.New(t), weifang(), new(tiles.Atlas)
	box := s.Layer(geo.Buildings).Box()
	for _, name := range []string{"map", "planner", "emergency", "land,gates,buildings"} {
		set := mustSet(t, name)
		for z := uint32(0); z <= tiles.MaxZoom; z++ {
			for range max(1, min(4, int(z)-10)) {
				a := someTile(r, z, box)
				want, wantUntil := tiles.Twin(s, set, a, noon)
				data, until, err := atlas.Append(t.Context(), nil, s, set, a, noon)
				if err != nil || until != wantUntil {
					t.Fatalf("%v of %s: true until %v, want %v (%v)", a, name, until, wantUntil, err)
				}
				got := decode(t, data)
				for layer, features := range want {
					drawn := map[int64]*geojson.Feature{}
					if got[layer] != nil {
						for _, f := range got[layer].Features {
							drawn[int64(f.ID.(float64))] = f
						}
					}
					for _, f := range features {
						sameFeature(t, s, a, layer, f, drawn[f.ID.(int64)])
						delete(drawn, f.ID.(int64))
					}
					for id, f := range drawn { // a shared border reaches in where it was not
						if slack(layer) > 1 && math.Abs(planar.Area(f.Geometry)) <= slack(layer)*planar.Length(f.Geometry) {
							delete(drawn, id)
						}
					}
					if len(drawn) > 0 {
						t.Fatalf("%v of %s: %s has %d features too many", a, name, layer, len(drawn))
					}
					delete(got, layer)
				}
				for layer := range got {
					t.Fatalf("%v of %s has a layer %s", a, name, layer)
				}
			}
		}
	}
}

// slack is how far, in tile units, a border may be from where it is: rounding and
// mending move it by one, and borders that areas share lose the corners within four.
func slack(layer string) float64 {
	switch geo.Layer(layer) {
	case geo.Places, geo.Grids, geo.Blocks:
		return 1 + 4
	}
	return 1
}

// sameFeature holds a drawn feature against the twin's.
func sameFeature(t *testing.T, s *snapshot.Snapshot, a tiles.Address, layer string, want, got *geojson.Feature) {
	t.Helper()
	if got == nil {
		area := math.Abs(planar.Area(want.Geometry))
		if want.Geometry.Dimensions() < 2 || area > 1 && (slack(layer) == 1 || area > slack(layer)*planar.Length(want.Geometry)) {
			t.Fatalf("%v: %s %v is missing, of an area of %v", a, layer, want.ID, area)
		}
		return
	}
	if !cmp.Equal(got.Properties, want.Properties) {
		t.Fatalf("%v: %s %v (-want +got)\n%s", a, layer, want.ID, cmp.Diff(want.Properties, got.Properties))
	}
	if want.Geometry.Dimensions() != got.Geometry.Dimensions() {
		t.Fatalf("%v: %s %v is a %T, want a %T", a, layer, want.ID, got.Geometry, want.Geometry)
	}
	// Mending moves corners by a unit; so does, seen from the other side, dropping
	// what has no area.
	if area, theirs := planar.Area(got.Geometry), planar.Area(want.Geometry); math.Abs(area-theirs) > 2+slack(layer)*planar.Length(want.Geometry) {
		t.Fatalf("%v: %s %v has an area of %v, want %v", a, layer, want.ID, area, theirs)
	}
	if want.Geometry.Dimensions() == 0 {
		if !slices.Equal(corners(got.Geometry), corners(want.Geometry)) {
			t.Fatalf("%v: %s %v at %v, want %v", a, layer, want.ID, got.Geometry, want.Geometry)
		}
		return
	}
	source, _ := s.Get(geo.Key{Layer: geo.Layer(layer), ID: want.ID.(int64)})
	uncut := a.Uncut(source.Common().Shape)
	for _, p := range corners(got.Geometry) {
		if d := distance(uncut, p); d > 1 && !onBorder(p) {
			t.Fatalf("%v: %s %v has a corner %v that is %v from where it should be", a, layer, want.ID, p, d)
		}
	}
}

// onBorder reports whether a place is where some clip box ends.
func onBorder(p orb.Point) bool {
	for _, buffer := range []float64{64, 128} {
		for _, v := range p {
			if v == -buffer || v == tiles.Extent+buffer {
				return true
			}
		}
	}
	return false
}

func corners(g orb.Geometry) (all []orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return []orb.Point{g}
	case orb.MultiPoint:
		return g
	}
	for _, line := range lines(g) {
		all = append(all, line...)
	}
	return all
}

// lines returns the lines or rings of a geometry.
func lines(g orb.Geometry) (all []orb.LineString) {
	switch g := g.(type) {
	case orb.LineString:
		return []orb.LineString{g}
	case orb.MultiLineString:
		return g
	case orb.Polygon:
		for _, ring := range g {
			all = append(all, orb.LineString(ring))
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			all = append(all, lines(polygon)...)
		}
	}
	return all
}

// distance returns how far a place is from the lines of a geometry.
func distance(g orb.Geometry, p orb.Point) float64 {
	nearest := math.Inf(1)
	for _, line := range lines(g) {
		nearest = min(nearest, planar.DistanceFrom(line, p))
	}
	return nearest
}
