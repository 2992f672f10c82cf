package datum_test

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"gridatlas/data/demo"
	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/datum"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

// demoCity holds the features of the demo city, made once.
var demoCity = sync.OnceValues(func() ([]geo.Feature, error) {
	var features []geo.Feature
	ids := map[geo.Layer]int64{}
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			return nil, err
		}
		f := change.After
		ids[f.Layer()]++
		f.Common().ID = ids[f.Layer()]
		features = append(features, f)
	}
	return features, nil
})

func city(t testing.TB) []geo.Feature {
	t.Helper()
	features, err := demoCity()
	if err != nil {
		t.Fatal(err)
	}
	return features
}

// extract reads an OpenStreetMap extract from the folder of test data.
func extract(t testing.TB, name string) []geo.Feature {
	t.Helper()
	result, err := osm.ReadFile(context.Background(), osmtest.File(t, name), osm.Options{Repair: true})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[geo.Layer]int64{}
	for _, f := range result.Features {
		ids[f.Layer()]++
		f.Common().ID = ids[f.Layer()]
	}
	return result.Features
}

// without builds the map of all features but those left out.
func without(features []geo.Feature, out map[geo.Key]bool) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, f := range features {
		if !out[geo.KeyOf(f)] {
			b.Add(f)
		}
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

// pick takes n features of a layer by chance.
func pick(rng *rand.Rand, features []geo.Feature, layer geo.Layer, n int) []geo.Feature {
	var all []geo.Feature
	for _, f := range features {
		if f.Layer() == layer && !f.Common().Shape.IsZero() {
			all = append(all, f)
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// disguise writes features in a system, as another survey would: each corner some
// metres off, the whole thing some metres beside.
func disguise(t testing.TB, rng *rand.Rand, features []geo.Feature, system crs.System, swapped bool, noise float64) []datum.Claim {
	t.Helper()
	claims := make([]datum.Claim, 0, len(features))
	for _, f := range features {
		shape := f.Common().Shape
		local := crs.NewLocal(shape.Box().Centre())
		aside, up := rng.NormFloat64()*noise, rng.NormFloat64()*noise
		parts := []geo.Part{}
		for part := range shape.Parts() {
			moved := make([]geo.Point, len(part.Points))
			for i, p := range part.Points {
				x, y := local.XY(p)
				moved[i] = local.Point(x+aside+rng.NormFloat64()*noise/4, y+up+rng.NormFloat64()*noise/4)
			}
			parts = append(parts, geo.Part{Points: moved, Hole: part.Hole})
		}
		claims = append(claims, datum.Claim{Layer: f.Layer(), Shape: in(t, crs.ToOrb(geo.MakeShape(shape.Kind(), parts)), system, swapped)})
	}
	return claims
}

// in writes a geometry in a system.
func in(t testing.TB, g orb.Geometry, system crs.System, swapped bool) orb.Geometry {
	t.Helper()
	one := func(p orb.Point) orb.Point {
		x, y, err := system.FromWGS84(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		if swapped {
			x, y = y, x
		}
		return orb.Point{x, y}
	}
	line := func(points []orb.Point) []orb.Point {
		out := make([]orb.Point, len(points))
		for i, p := range points {
			out[i] = one(p)
		}
		return out
	}
	switch g := g.(type) {
	case orb.Point:
		return one(g)
	case orb.MultiPoint:
		return orb.MultiPoint(line(g))
	case orb.LineString:
		return orb.LineString(line(g))
	case orb.MultiLineString:
		out := orb.MultiLineString{}
		for _, l := range g {
			out = append(out, line(l))
		}
		return out
	case orb.Polygon:
		out := orb.Polygon{}
		for _, r := range g {
			out = append(out, line(r))
		}
		return out
	case orb.MultiPolygon:
		out := orb.MultiPolygon{}
		for _, p := range g {
			out = append(out, in(t, p, system, swapped).(orb.Polygon))
		}
		return out
	}
	t.Fatalf("no way to write a %T", g)
	return nil
}

// shifted writes features all pushed the same way, as those of another datum are.
func shifted(features []geo.Feature, east, north float64) []geo.Feature {
	moved := make([]geo.Feature, 0, len(features))
	for _, f := range features {
		f = geo.Clone(f)
		var parts []geo.Part
		for part := range f.Common().Shape.Parts() {
			points := make([]geo.Point, len(part.Points))
			for i, p := range part.Points {
				local := crs.NewLocal(p)
				points[i] = local.Point(east, north)
			}
			parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
		}
		f.Common().Shape = geo.MakeShape(f.Common().Shape.Kind(), parts)
		moved = append(moved, f)
	}
	return moved
}

// trial is a kind of sample that must be told, from so many things on.
type trial struct {
	layer geo.Layer
	known int // things that the map has, surveyed anew; 0: never asked for
	fresh int // things that the map does not have
}

// told examines samples in every system, as given and swapped. The right answer
// must come first and be clear for samples of the size of the trial; and whatever
// the size, no wrong answer may be clear, nor any for a sample of another datum.
func told(t *testing.T, features []geo.Feature, trials []trial) {
	rng := seedtest.New(t)
	whole := without(features, nil)
	lon, _ := crs.ToDegrees(whole.Box().Centre())
	systems := []crs.System{crs.WGS84, crs.GCJ02, crs.BD09, crs.WebMercator, crs.Zone(lon, false), crs.Zone(lon, true)}
	out, fresh := map[geo.Key]bool{}, map[geo.Layer][]geo.Feature{}
	for _, c := range trials {
		fresh[c.layer] = pick(rng, features, c.layer, max(c.fresh, 30))
		for _, f := range fresh[c.layer] {
			out[geo.KeyOf(f)] = true
		}
	}
	part := without(features, out)
	for _, c := range trials {
		for _, way := range []struct {
			name   string
			s      *snapshot.Snapshot
			from   []geo.Feature
			enough int
		}{
			{"known", whole, pick(rng, features, c.layer, max(c.known, 30)), c.known},
			{"new", part, fresh[c.layer], c.fresh},
		} {
			for n := 10; n <= len(way.from); n *= 3 {
				if way.enough > n && way.enough < 3*n {
					n = way.enough
				}
				right, clear := 0, 0
				for i, system := range systems {
					swapped := rng.IntN(2) == 0
					f := datum.Examine(way.s, disguise(t, rng, way.from[:n], system, swapped, 2))
					first := len(f.Candidates) > 0 && f.Candidates[0].System == system && f.Candidates[0].Swapped == swapped
					if f.Clear {
						clear++
					}
					if f.Clear && first {
						right++
					} else if f.Clear || way.enough > 0 && n >= way.enough {
						t.Errorf("%d %s %s in %v, swapped %v:\n%s", n, way.name, c.layer, system, swapped, strings.Join(f.Lines(), "\n"))
					}
					if i%3 == 0 && (c.layer != geo.Compounds || n >= 30) { // ten areas of 200 m hide a push of 40
						angle, far := rng.Float64()*2*math.Pi, 40+rng.Float64()*110
						east, north := far*math.Cos(angle), far*math.Sin(angle)
						if f := datum.Examine(way.s, disguise(t, rng, shifted(way.from[:n], east, north), system, swapped, 2)); f.Clear {
							t.Errorf("%d %s %s in %v, pushed %.0f, %.0f m:\n%s", n, way.name, c.layer, system, east, north, strings.Join(f.Lines(), "\n"))
						}
					}
				}
				t.Logf("%3d %-5s %-10s: %d of %d clear and right", n, way.name, c.layer, right, len(systems))
			}
		}
	}
}

func TestDemoCity(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	told(t, city(t), []trial{
		{geo.Streets, 30, 100}, {geo.Buildings, 30, 100}, {geo.Booths, 100, 100}, {geo.Facilities, 30, 100}, {geo.Gates, 90, 100}, {geo.Compounds, 30, 0},
	})
}

func TestRealCities(t *testing.T) {
	for name, trials := range map[string][]trial{
		"osm-china/guixi-jiangxi-city.osm":   {{geo.Streets, 30, 30}, {geo.Buildings, 30, 0}},
		"osm-china/shanghai-baoshan-shu.osm": {{geo.Streets, 30, 30}, {geo.Buildings, 30, 0}, {geo.Facilities, 30, 0}},
	} {
		t.Run(filepath.Base(name), func(t *testing.T) { told(t, extract(t, name), trials) })
	}
}

// Few things are enough when they have names that the map knows, or say in which
// community they are.
func TestNamesAndPlaces(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	rng := seedtest.New(t)
	features := city(t)
	s := without(features, nil)
	named := pick(rng, features, geo.Booths, 10)
	claims := disguise(t, rng, named, crs.GCJ02, false, 8)
	for i, f := range named {
		claims[i].Name = f.(*geo.Booth).Number
	}
	if f := datum.Examine(s, claims); !f.Clear || f.Candidates[0].System != crs.GCJ02 || f.Candidates[0].Fits < 0.9 {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
	// Points anywhere in communities, which are named by code.
	var places []datum.Claim
	for len(places) < 200 {
		p := pick(rng, features, geo.Places, 1)[0].(*geo.Place)
		if p.Kind != "community" || p.Shape.Kind() != geo.Polygons {
			continue
		}
		box := p.Shape.Box()
		at := geo.Point{X: box.W + rng.Int32N(box.E-box.W), Y: box.S + rng.Int32N(box.N-box.S)}
		if p.Shape.Covers(at) {
			lon, lat := crs.ToDegrees(at)
			places = append(places, datum.Claim{Shape: in(t, orb.Point{lon, lat}, crs.BD09, true), Place: p.Code})
		}
	}
	if f := datum.Examine(s, places); !f.Clear || f.Candidates[0].System != crs.BD09 || !f.Candidates[0].Swapped {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
}

// A push that lies between the candidates is named with its length.
func TestAnotherDatum(t *testing.T) {
	rng := seedtest.New(t)
	features := extract(t, "osm-china/guixi-jiangxi-city.osm")
	sample := disguise(t, rng, shifted(pick(rng, features, geo.Streets, 60), 70, -55), crs.Zone(117, true), false, 1)
	f := datum.Examine(without(features, nil), sample)
	if f.Clear || math.Abs(float64(f.East)+70) > 6 || math.Abs(float64(f.North)-55) > 6 || !strings.Contains(f.Why, "control points") {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
}

// Without a map, or beside it, the numbers alone are judged and nothing is clear.
func TestWithoutMap(t *testing.T) {
	const lon, lat = 119.107, 36.7093
	claim := func(system crs.System, swapped bool) []datum.Claim {
		return []datum.Claim{{Shape: in(t, orb.Point{lon, lat}, system, swapped)}, {Shape: nil}, {Shape: orb.Collection{}}, {Shape: orb.LineString{{1, 2}}}}
	}
	for _, c := range []struct {
		claims []datum.Claim
		says   string
		first  string
		count  int
	}{
		{nil, "no positions", "", 0},
		{claim(crs.WGS84, false), "degrees, and nothing tells WGS84, GCJ-02 and BD-09 apart", "EPSG:4326", 3},
		{claim(crs.WGS84, true), "nothing tells WGS84", "EPSG:4326, x and y swapped", 3},
		{claim(crs.Zone(120, true), false), "can only be EPSG:4528", "EPSG:4528", 1},
		{claim(crs.Zone(120, true), true), "can only be EPSG:4528, x and y swapped", "EPSG:4528, x and y swapped", 1},
		{claim(crs.WebMercator, false), "can only be EPSG:3857", "EPSG:3857", 1},
		{claim(crs.Zone(120, false), false), "nothing tells the central meridian", "EPSG:4534", 21},
		{[]datum.Claim{{Shape: orb.Point{1e9, 1e9}}}, "under no known system does the sample lie in China", "", 0},
	} {
		f := datum.Examine(snapshot.Empty(), c.claims)
		first := ""
		if len(f.Candidates) > 0 {
			first = f.Candidates[0].String()
		}
		if f.Clear || !strings.Contains(f.Why, c.says) || first != c.first || len(f.Candidates) != c.count || !strings.Contains(strings.Join(f.Lines(), "\n"), c.says) {
			t.Errorf("%v: %d candidates, first %s\n%s", c.claims, len(f.Candidates), first, strings.Join(f.Lines(), "\n"))
		}
	}
	// A map that is elsewhere, and one that knows nothing to compare with.
	street := &geo.Street{Class: "local"}
	street.ID, street.Shape = 1, geo.LineShape([]geo.Point{crs.At(7.4, 43.7), crs.At(7.5, 43.8)})
	far := snapshot.NewBuilder()
	far.Add(street)
	if f := datum.Examine(far.Build(geo.Head{}), claim(crs.WGS84, false)); f.Clear || len(f.Candidates) != 0 || !strings.Contains(f.Why, "under no known system does the sample lie on the map") {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
	land := &geo.LandArea{Kind: "green"}
	land.ID, land.Shape = 1, geo.PolygonShape([]geo.Point{crs.At(119, 36), crs.At(120, 36), crs.At(120, 37), crs.At(119, 37)})
	bare := snapshot.NewBuilder()
	bare.Add(land)
	if f := datum.Examine(bare.Build(geo.Head{}), claim(crs.GCJ02, false)); f.Clear || f.Judged != 0 || !strings.Contains(f.Why, "knows nothing near the sample") {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
}

// Abroad the shifted systems are WGS84, and not listed beside it.
func TestAbroad(t *testing.T) {
	rng := seedtest.New(t)
	features := extract(t, "osm/monaco-2016.osm.pbf")
	f := datum.Examine(without(features, nil), disguise(t, rng, pick(rng, features, geo.Streets, 100), crs.WGS84, false, 2))
	if !f.Clear || f.Candidates[0].System != crs.WGS84 || len(f.Candidates) > 2 {
		t.Error(strings.Join(f.Lines(), "\n"))
	}
}

// BenchmarkExamine looks at 1,000 things of the demo city.
func BenchmarkExamine(b *testing.B) {
	features := city(b)
	s := without(features, nil)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, layer := range []geo.Layer{geo.Streets, geo.Buildings, geo.Facilities} {
		sample := disguise(b, rng, pick(rng, features, layer, 1000), crs.GCJ02, false, 2)
		b.Run(string(layer), func(b *testing.B) {
			for b.Loop() {
				if f := datum.Examine(s, sample); !f.Clear {
					b.Fatal(f.Why)
				}
			}
		})
	}
}
