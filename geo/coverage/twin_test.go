package coverage_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geos"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/coverage"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/valid"
)

// Random edits of the demo city's grids and places are judged as a plain twin judges
// them that looks at whole layers before and after: ground with GEOS, corners by
// going through all of them.
func TestAgreesWithWholeLayers(t *testing.T) {
	e := &editor{rng: seedtest.New(t), stands: part(t)}
	twin := newTwin(e.stands)
	rounds, compared, refused, unsure := 200, 0, 0, 0
	byRule, byKind := map[string]int{}, map[string]int{}
	before := twin.look(e.stands)
	for round := range rounds {
		kind, changes := e.edit()
		if changes == nil {
			continue
		}
		s := mapOf(e.stands)
		verdict, err := coverage.Judge(t.Context(), s, changes, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		left := carriedOut(e.stands, changes)
		after := twin.look(left)
		made, sure := twin.made(before, after)
		compared++
		byKind[kind]++
		switch isRefused := len(verdict.Faults) > 0; {
		case !sure:
			unsure++
		case isRefused != (made != ""):
			t.Errorf("round %d, %s: judged %v, the twin says %q", round, kind, verdict.Faults, made)
		}
		if len(verdict.Faults) > 0 {
			refused++
			byRule[verdict.Faults[0].Rule]++
		}
		// Now and then a fault comes in all the same, and stands as an old one.
		if len(verdict.Faults) == 0 || e.rng.IntN(10) == 0 {
			e.stands, before = left, after
		}
	}
	t.Logf("%d edits %v, %d refused %v, %d unsure", compared, byKind, refused, byRule, unsure)
	if compared < rounds/2 || refused < compared/5 || refused > compared*9/10 || unsure > compared/4 {
		t.Error("that proves little")
	}
}

// part is a few communities of the demo city with their grids and all that is above.
func part(t *testing.T) map[geo.Key]geo.Feature {
	t.Helper()
	city := demotest.City(t, 0)
	list := map[geo.Key]geo.Feature{}
	some := map[string]bool{}
	for p := range snapshot.All[*geo.Place](city) {
		if p.Kind == "community" && len(some) == 8 {
			continue
		}
		if p.Kind == "community" {
			some[p.Code] = true
		}
		list[geo.KeyOf(p)] = p
	}
	for g := range snapshot.All[*geo.Grid](city) {
		if some[g.Community] {
			list[geo.KeyOf(g)] = g
		}
	}
	return list
}

func mapOf(features map[geo.Key]geo.Feature) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, key := range inOrder(features) {
		b.Add(features[key])
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

func inOrder(features map[geo.Key]geo.Feature) []geo.Key {
	return slices.SortedFunc(maps.Keys(features), func(a, b geo.Key) int {
		if a.Layer != b.Layer {
			return strings.Compare(string(a.Layer), string(b.Layer))
		}
		return int(a.ID - b.ID)
	})
}

// carriedOut is the map after changes; new features get ids of their own.
func carriedOut(features map[geo.Key]geo.Feature, changes []geo.Change) map[geo.Key]geo.Feature {
	left := maps.Clone(features)
	for _, c := range changes {
		switch {
		case c.After == nil:
			delete(left, c.Key)
		case c.Key.ID == 0:
			f := geo.Clone(c.After)
			for f.Common().ID = 10_000; left[geo.KeyOf(f)] != nil; {
				f.Common().ID++
			}
			f.Common().Version = 1
			left[geo.KeyOf(f)] = f
		default:
			left[c.Key] = c.After
		}
	}
	return left
}

// editor makes random edits of a map.
type editor struct {
	rng    *rand.Rand
	stands map[geo.Key]geo.Feature
}

// edit returns nil when what it makes is broken by itself.
func (e *editor) edit() (kind string, changes []geo.Change) {
	keys := inOrder(e.stands)
	grids := slices.DeleteFunc(slices.Clone(keys), func(k geo.Key) bool { return k.Layer != geo.Grids })
	some := e.stands[grids[e.rng.IntN(len(grids))]]
	corners := some.Common().Shape.Points()
	at := e.rng.IntN(len(corners))
	from := corners[at]
	reach := []int32{1, 3, 300, 3000}[e.rng.IntN(4)]
	to := geo.Point{X: from.X + e.rng.Int32N(2*reach+1) - reach, Y: from.Y + e.rng.Int32N(2*reach+1) - reach}
	replace := func(f geo.Feature, shape geo.Shape) {
		f = geo.Clone(f)
		f.Common().Shape = shape
		changes = append(changes, geo.Replace(f))
	}
	switch e.rng.IntN(10) {
	case 0, 1:
		kind = "a corner of one"
		replace(some, moved(some.Common().Shape, from, to))
	case 2, 3, 4:
		kind = "a corner of all"
		for _, key := range keys {
			if shape := e.stands[key].Common().Shape; slices.Contains(shape.Points(), from) {
				replace(e.stands[key], moved(shape, from, to))
			}
		}
	case 5:
		kind = "a corner of all grids"
		for _, key := range grids {
			if shape := e.stands[key].Common().Shape; slices.Contains(shape.Points(), from) {
				replace(e.stands[key], moved(shape, from, to))
			}
		}
	case 6:
		kind = "taken away"
		changes = append(changes, geo.Delete(some))
	case 7:
		kind = "to another community"
		f := geo.Clone(some).(*geo.Grid)
		f.Community = e.stands[grids[e.rng.IntN(len(grids))]].(*geo.Grid).Community
		changes = append(changes, geo.Replace(f))
	case 8:
		kind = "cut in two"
		one, two := halves(some.Common().Shape, e.rng)
		if one.IsZero() {
			return kind, nil
		}
		replace(some, one)
		f := geo.Clone(some).(*geo.Grid)
		*f.Common() = geo.Base{Shape: two}
		if e.rng.IntN(3) > 0 {
			changes = append(changes, geo.Insert(f))
		}
	case 9:
		kind = "a new corner"
		shape := some.Common().Shape
		next := shape.Part(0).Points
		i := e.rng.IntN(len(next))
		a, b := next[i], next[(i+1)%len(next)]
		between := geo.Point{X: int32((int64(a.X) + int64(b.X)) / 2), Y: int32((int64(a.Y) + int64(b.Y)) / 2)}
		all := e.rng.IntN(2) == 0
		for _, key := range keys {
			f := e.stands[key]
			if with, has := cornered(f.Common().Shape, a, b, between); has && (all || f == some) {
				replace(f, with)
			}
		}
	}
	for _, c := range changes {
		if c.After != nil && (len(valid.Check(c.After.Common().Shape)) > 0 || c.After.Common().Shape.Equal(geo.Shape{})) {
			return kind, nil
		}
	}
	return kind, changes
}

// drawn makes a shape of its parts with other corners.
func drawn(s geo.Shape, with func([]geo.Point) []geo.Point) geo.Shape {
	var parts []geo.Part
	for part := range s.Parts() {
		parts = append(parts, geo.Part{Points: with(part.Points), Hole: part.Hole})
	}
	return geo.MakeShape(s.Kind(), parts)
}

func moved(s geo.Shape, from, to geo.Point) geo.Shape {
	return drawn(s, func(points []geo.Point) []geo.Point {
		points = slices.Clone(points)
		for i, p := range points {
			if p == from {
				points[i] = to
			}
		}
		return points
	})
}

// cornered puts a corner on the side between two.
func cornered(s geo.Shape, a, b, between geo.Point) (with geo.Shape, has bool) {
	return drawn(s, func(points []geo.Point) []geo.Point {
		var out []geo.Point
		for i, p := range points {
			out = append(out, p)
			next := points[(i+1)%len(points)]
			if (p == a && next == b || p == b && next == a) && between != a && between != b {
				out, has = append(out, between), true
			}
		}
		return out
	}), has
}

// halves cuts a ring along a diagonal that lies in it.
func halves(s geo.Shape, rng *rand.Rand) (one, two geo.Shape) {
	if s.NumParts() > 1 {
		return geo.Shape{}, geo.Shape{}
	}
	ring := s.Part(0).Points
	for range 20 {
		i, j := rng.IntN(len(ring)), rng.IntN(len(ring))
		i, j = min(i, j), max(i, j)
		if j-i < 2 || len(ring)-(j-i) < 2 {
			continue
		}
		one, two = geo.PolygonShape(slices.Clone(ring[i:j+1])), geo.PolygonShape(slices.Concat(ring[j:], ring[:i+1]))
		area := geo.RingArea2(one.Part(0).Points) + geo.RingArea2(two.Part(0).Points)
		if valid.Check(one) == nil && valid.Check(two) == nil && area == geo.RingArea2(ring) {
			return one, two
		}
	}
	return geo.Shape{}, geo.Shape{}
}

// twin looks at whole layers.
type twin struct {
	geos   *geos.Context
	origin geo.Point
	drawn  map[geo.Feature]*geos.Geom
	pairs  map[[2]geo.Feature]pair // what was found before of two features
}

// pair is what there is between two features of one level, or a feature and its
// parent.
type pair struct {
	common, beyond *geos.Geom
	lacks          []geo.Point // corners of the second that the first lacks
	unsure         bool
}

func newTwin(features map[geo.Key]geo.Feature) *twin {
	tw := &twin{geos: geos.NewContext(), drawn: map[geo.Feature]*geos.Geom{}, pairs: map[[2]geo.Feature]pair{}}
	for _, key := range inOrder(features)[:1] {
		tw.origin = features[key].Common().Shape.Points()[0]
	}
	return tw
}

func (tw *twin) geom(f geo.Feature) *geos.Geom {
	if g := tw.drawn[f]; g != nil {
		return g
	}
	var polygons [][][][]float64
	for part := range f.Common().Shape.Parts() {
		var ring [][]float64
		for i := range len(part.Points) + 1 {
			p := part.Points[i%len(part.Points)]
			ring = append(ring, []float64{float64(p.X - tw.origin.X), float64(p.Y - tw.origin.Y)})
		}
		if part.Hole {
			polygons[len(polygons)-1] = append(polygons[len(polygons)-1], ring)
		} else {
			polygons = append(polygons, [][][]float64{ring})
		}
	}
	geoms := make([]*geos.Geom, len(polygons))
	for i, rings := range polygons {
		geoms[i] = tw.geos.NewPolygon(rings)
	}
	g := geoms[0]
	if len(geoms) > 1 {
		g = tw.geos.NewCollection(geos.TypeIDMultiPolygon, geoms)
	}
	tw.drawn[f] = g
	return g
}

// sight is what is wrong with whole layers: ground by what is wrong with it, and
// corners that features lack.
type sight struct {
	ground map[string]*geos.Geom
	lacks  map[string]bool
	filled map[string]bool // parents that have members
}

// look finds what is wrong, everywhere.
func (tw *twin) look(features map[geo.Key]geo.Feature) sight {
	s := sight{map[string]*geos.Geom{}, map[string]bool{}, map[string]bool{}}
	add := func(what string, g *geos.Geom) {
		if g.Area() > 0 {
			s.ground[what] = g
		}
	}
	keys := inOrder(features)
	parents := map[string]geo.Feature{}
	for _, key := range keys {
		if f := features[key]; key.Layer == geo.Places {
			parents[f.Common().Code] = f
		}
	}
	union := map[string]*geos.Geom{}
	for i, key := range keys {
		f := features[key]
		level := fmt.Sprint(key.Layer, " ", coverage.LevelOf(f))
		for _, other := range keys[:i] {
			g := features[other]
			if level == fmt.Sprint(other.Layer, " ", coverage.LevelOf(g)) && f.Common().Shape.Box().Grown(2, 2).Intersects(g.Common().Shape.Box()) {
				one, two := tw.between(f, g), tw.between(g, f)
				add(fmt.Sprint("overlap ", other, " ", key), one.common)
				s.lack(key, one)
				s.lack(other, two)
			}
		}
		code := coverage.ParentOf(f)
		parent := parents[code]
		if parent == nil {
			continue
		}
		within := tw.between(f, parent)
		add(fmt.Sprint("outside ", code, " ", key), within.beyond)
		s.lack(key, within)
		if level != "places zone" {
			name := "gap " + code + " " + level
			s.filled[name] = true
			if union[name] == nil {
				union[name] = tw.geom(f)
			} else {
				union[name] = union[name].Union(tw.geom(f))
			}
		}
	}
	for code, parent := range parents {
		for _, level := range []string{"grids ", "places district", "places street", "places community"} {
			name := "gap " + code + " " + level
			if bare := tw.geom(parent); union[name] == nil {
				add(name, bare)
			} else {
				add(name, bare.Difference(union[name]))
			}
		}
	}
	return s
}

func (s sight) lack(key geo.Key, p pair) {
	for _, corner := range p.lacks {
		s.lacks[fmt.Sprint(key, corner)] = true
	}
	if p.unsure {
		s.lacks["unsure"] = true
	}
}

// between looks at two features. A side lacks a corner when it passes through the
// corner's cell.
func (tw *twin) between(f, other geo.Feature) pair {
	key := [2]geo.Feature{f, other}
	if p, known := tw.pairs[key]; known {
		return p
	}
	p := pair{common: tw.geom(f).Intersection(tw.geom(other)), beyond: tw.geom(f).Difference(tw.geom(other))}
	box := f.Common().Shape.Box().Grown(1, 1)
	for _, corner := range other.Common().Shape.Points() {
		if !box.Holds(corner) {
			continue
		}
		for part := range f.Common().Shape.Parts() {
			for i, a := range part.Points {
				b := part.Points[(i+1)%len(part.Points)]
				switch {
				case corner == a || corner == b:
				case passes(a, b, corner, 0.5-1e-9):
					p.lacks = append(p.lacks, corner)
				case passes(a, b, corner, 0.5+1e-9):
					p.unsure = true
				}
			}
		}
	}
	tw.pairs[key] = p
	return p
}

// passes reports whether a side meets the square around a place.
func passes(a, b, p geo.Point, half float64) bool {
	x, y := float64(a.X-p.X), float64(a.Y-p.Y)
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	low, high := 0.0, 1.0
	for _, axis := range [2][2]float64{{x, dx}, {y, dy}} {
		at, d := axis[0], axis[1]
		if d == 0 {
			if math.Abs(at) > half {
				return false
			}
			continue
		}
		one, two := (-half-at)/d, (half-at)/d
		low, high = max(low, min(one, two)), min(high, max(one, two))
	}
	return low <= high
}

// made says what is wrong that was not before; it is not sure of ground narrower
// than three steps, of which some is corners that are lacking and some is ground.
func (tw *twin) made(before, after sight) (what string, sure bool) {
	sure = true
	for lack := range after.lacks {
		if lack == "unsure" {
			sure = false
		} else if !before.lacks[lack] {
			what = "lacks " + lack
		}
	}
	for name, ground := range after.ground {
		if strings.HasPrefix(name, "gap ") && !after.filled[name] {
			continue
		}
		if old := before.ground[name]; old != nil {
			ground = ground.Difference(old)
		}
		if ground.Area() == 0 {
			continue
		}
		if ground.Buffer(-1.5, 2).Area() > 0 {
			return name, true
		}
		if what == "" {
			sure = false
		}
	}
	return what, sure || what != ""
}
