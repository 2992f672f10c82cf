package walk_test

import (
	"cmp"
	"flag"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/valid"
	"gridatlas/geo/walk"
)

var originsFlag = flag.Int("origins", 0, "origins of each city in TestAccuracy; 0: a few")

const (
	// nearBorder is how near its border an outline may be wrong about the ground,
	// narrow how wide a wedge must be to be drawn, in metres; farOutside is how far
	// outside the largest outline ground is still asked about.
	nearBorder = 10.0
	narrow     = 5.0
	farOutside = 300.0
)

// judge counts how well outlines agree with the truth.
type judge struct {
	origins, rings, corners      int
	points, wrong, far           int // ground points in all bands
	excused                      int // far, and in a narrow wedge or at a crossing of levels
	buildings, wrongBuildings    int
	originsInside, originsWithin int
	byDistance, byDistanceWrong  [6]int // of the border: 0-2, 2-4, 4-6, 6-8, 8-10 m, beyond
	twins                        int    // buildings on the wrong side that stand on the pole of another
	worst                        float64
}

// circle judges one circle: rings, nesting, the origin, every building and so
// many random ground points, half of them within 50 m of an outline.
func (j *judge) circle(t *testing.T, rng *rand.Rand, m *walk.Map, q walk.Query, points int) {
	t.Helper()
	c, err := m.Circle(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	truth := m.Truth(t, q)
	j.origins++
	box := geo.NoBox
	borders := make([]border, len(c.Bands))
	for i, band := range c.Bands {
		for _, fault := range valid.Check(band.Outline) {
			t.Errorf("outline of %d minutes from %v: %+v", band.Minutes, q.Origin, fault)
		}
		borders[i] = newBorder(band.Outline)
		j.rings += band.Outline.NumParts()
		j.corners += len(band.Outline.Points())
		box = box.Union(band.Outline.Box())
		if c.Origin.AccessMetres <= float64(band.Minutes)*60*c.SpeedMPS && !unreachedBeside(m, truth, q.Origin, band.Minutes) {
			j.originsWithin++
			if borders[i].covers(q.Origin) {
				j.originsInside++
			}
		}
		if i == 0 {
			continue
		}
		inner := c.Bands[i-1]
		for _, p := range inner.Outline.Points() {
			if !borders[i].covers(p) {
				t.Errorf("from %v: %v is within %d minutes and not within %d", q.Origin, p, inner.Minutes, band.Minutes)
				break
			}
		}
		if inner.Buildings > band.Buildings || inner.AreaM2 > band.AreaM2 || inner.MetresWalkedMax > band.MetresWalkedMax {
			t.Errorf("from %v: %d minutes reach more than %d", q.Origin, inner.Minutes, band.Minutes)
		}
	}
	if box.Empty() {
		return
	}
	largest := c.Bands[len(c.Bands)-1].Outline
	local := crs.NewLocal(q.Origin)
	box = box.Grown(local.Steps(farOutside))
	for k := range points {
		p := geo.Point{X: box.W + rng.Int32N(box.E-box.W), Y: box.S + rng.Int32N(box.N-box.S)}
		if k%2 == 0 {
			p = besideBorder(rng, c.Bands[rng.IntN(len(c.Bands))].Outline, 50)
		}
		if !borders[len(borders)-1].covers(p) && toBorder(largest, p) > farOutside {
			continue
		}
		ms := truth.Ground(p)
		for i, band := range c.Bands {
			j.ground(m, truth, band, borders[i], p, ms)
		}
	}
	for b := range snapshot.Search[*geo.Building](m.Snapshot(), box) {
		pole, ms := walk.Pole(b.Shape), truth.Place(b)
		for i, band := range c.Bands {
			j.buildings++
			switch in := ms <= float64(band.Minutes)*60_000; {
			case borders[i].covers(pole) == in:
			case m.TwinPole(b):
				j.twins++
			default:
				j.wrongBuildings++
				t.Logf("from %v: building %d at %v is reached in %.4f minutes; within the outline of %d: %v",
					q.Origin, b.ID, pole, ms/60_000, band.Minutes, !in)
			}
		}
	}
}

// unreachedBeside reports whether the pole of a building that is not reached
// stands within some metres of a point: the outline leaves it out, and may leave
// out the point. So it is where a long leg leads from the origin to the street
// and the same leg back.
func unreachedBeside(m *walk.Map, truth *walk.Truth, p geo.Point, minutes int) bool {
	const beside = 12
	for b := range snapshot.Search[*geo.Building](m.Snapshot(), geo.NoBox.With(p).Grown(crs.NewLocal(p).Steps(beside))) {
		if crs.Distance(p, walk.Pole(b.Shape)) < beside && truth.Place(b) > float64(minutes)*60_000 {
			return true
		}
	}
	return false
}

// ground judges one ground point against one band.
func (j *judge) ground(m *walk.Map, truth *walk.Truth, band walk.Band, border border, p geo.Point, ms float64) {
	budget := float64(band.Minutes) * 60_000
	in := ms <= budget
	d := toBorder(band.Outline, p)
	bin := int(min(d/2, 5))
	j.points++
	j.byDistance[bin]++
	if border.covers(p) == in {
		return
	}
	j.wrong++
	j.byDistanceWrong[bin]++
	if d <= nearBorder {
		return
	}
	if m.NearRaised(p, nearBorder) || width(p, func(p geo.Point) bool { return (truth.Ground(p) <= budget) == in }) < narrow {
		j.excused++
		return
	}
	j.far++
	j.worst = max(j.worst, d)
}

// width returns the metres across the ground around p that is like p, in the
// direction in which it is narrowest; at most 2 x narrow.
func width(p geo.Point, like func(geo.Point) bool) float64 {
	local := crs.NewLocal(p)
	const step = 0.25
	least := 2 * narrow
	for turn := range 16 {
		sin, cos := math.Sincos(float64(turn) * math.Pi / 16)
		across := 0.0
		for _, way := range []float64{1, -1} {
			for d := step; d <= narrow && like(local.Point(way*d*cos, way*d*sin)); d += step {
				across += step
			}
		}
		least = min(least, across)
	}
	return least
}

// besideBorder returns a random point within so many metres of a random place on
// the rings of a shape.
func besideBorder(rng *rand.Rand, shape geo.Shape, metres float64) geo.Point {
	at := rng.IntN(len(shape.Points()))
	for part := range shape.Parts() {
		if n := len(part.Points); at >= n {
			at -= n
			continue
		}
		a, b := part.Points[at], part.Points[(at+1)%len(part.Points)]
		share := rng.Float64()
		local := crs.NewLocal(a)
		x, y := local.XY(b)
		sin, cos := math.Sincos(rng.Float64() * 2 * math.Pi)
		off := metres * math.Sqrt(rng.Float64())
		return local.Point(share*x+off*cos, share*y+off*sin)
	}
	panic("no corner")
}

// toBorder returns the metres to the nearest ring of a shape.
func toBorder(shape geo.Shape, p geo.Point) float64 {
	local := crs.NewLocal(p)
	least := math.Inf(1)
	for part := range shape.Parts() {
		for i := range part.Points {
			ax, ay := local.XY(part.Points[i])
			bx, by := local.XY(part.Points[(i+1)%len(part.Points)])
			dx, dy := bx-ax, by-ay
			share := 0.0
			if d := dx*dx + dy*dy; d > 0 {
				share = min(max(-(ax*dx+ay*dy)/d, 0), 1)
			}
			least = min(least, math.Hypot(ax+share*dx, ay+share*dy))
		}
	}
	return least
}

// border is a shape whose sides are asked for thousands of points: the edges of
// its rings by strips of latitude.
type border struct {
	box    geo.Box
	strips [][][2]geo.Point
}

const strips = 512

func newBorder(shape geo.Shape) border {
	b := border{box: shape.Box(), strips: make([][][2]geo.Point, strips)}
	for part := range shape.Parts() {
		for i, p := range part.Points {
			q := part.Points[(i+1)%len(part.Points)]
			for k := b.strip(min(p.Y, q.Y)); k <= b.strip(max(p.Y, q.Y)); k++ {
				b.strips[k] = append(b.strips[k], [2]geo.Point{p, q})
			}
		}
	}
	return b
}

func (b *border) strip(y int32) int {
	return int((int64(y) - int64(b.box.S)) * (strips - 1) / max(int64(b.box.N)-int64(b.box.S), 1))
}

// covers reports whether a point lies inside or on a ring, as Shape.Covers does.
func (b *border) covers(p geo.Point) bool {
	if b.box.Empty() || !b.box.Holds(p) {
		return false
	}
	in := false
	for _, e := range b.strips[b.strip(p.Y)] {
		low, high := e[0], e[1]
		if low.Y > high.Y {
			low, high = high, low
		}
		turn := geo.Cross(low, high, p)
		if turn == 0 && p.Y >= low.Y && p.Y <= high.Y && p.X >= min(low.X, high.X) && p.X <= max(low.X, high.X) {
			return true
		}
		if low.Y <= p.Y && p.Y < high.Y && turn > 0 {
			in = !in
		}
	}
	return in
}

// report logs the counts and holds them against what is promised: no building
// and at most one ground point in so many on the wrong side.
func (j *judge) report(t *testing.T, oneIn int) {
	t.Helper()
	share := func(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }
	t.Logf("%d origins; %d rings, %d corners; %d of %d outlines hold their origin", j.origins, j.rings, j.corners, j.originsInside, j.originsWithin)
	t.Logf("%d ground points, %.2f %% wrong, %d beyond 10 m (%.4f %%, the farthest %.1f m), %d more in narrow wedges and at crossings of levels; %d buildings, %d wrong, %d more on the pole of another",
		j.points, share(j.wrong, j.points), j.far, share(j.far, j.points), j.worst, j.excused,
		j.buildings, j.wrongBuildings, j.twins)
	for i, name := range []string{"0-2 m", "2-4 m", "4-6 m", "6-8 m", "8-10 m", "beyond"} {
		t.Logf("  %-6s from the border: %d points, %.2f %% wrong", name, j.byDistance[i], share(j.byDistanceWrong[i], j.byDistance[i]))
	}
	if j.wrongBuildings > 0 {
		t.Errorf("%d of %d buildings are on the wrong side", j.wrongBuildings, j.buildings)
	}
	// One wrong point may be chance where few are asked.
	if j.far > 1 && j.far*oneIn > j.points {
		t.Errorf("%d of %d ground points are wrong beyond 10 m of the border, more than 1 in %d", j.far, j.points, oneIn)
	}
	if j.originsInside < j.originsWithin {
		t.Errorf("%d of %d outlines do not hold their origin", j.originsWithin-j.originsInside, j.originsWithin)
	}
}

// TestAccuracy holds the outlines of real cities and of the demo city against
// the truth: the snapping rule and the search. In full: -origins=1000.
func TestAccuracy(t *testing.T) {
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			rng := seedtest.New(t)
			m := mapOf(t, name)
			t.Log(m.Mesh())
			homes := m.Poles()
			var j judge
			for j.origins < cmp.Or(*originsFlag, 8) {
				q := walk.Query{
					Origin: homes[rng.IntN(len(homes))], Minutes: []int{5, 10, 15}, SpeedMPS: walk.AdultSpeed,
					At: noon, Outlines: true,
				}
				if m.Joins(q.Origin) {
					j.circle(t, rng, m, q, 200)
				}
			}
			j.report(t, 10_000)
		})
	}
}
