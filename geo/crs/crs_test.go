package crs_test

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

func randomPoint(rng *rand.Rand) geo.Point {
	return geo.Point{X: int32(rng.Int64N(360e7+1) - 180e7), Y: int32(rng.Int64N(180e7+1) - 90e7)}
}

func TestLatticeRoundTrip(t *testing.T) {
	rng := seedtest.New(t)
	points := []geo.Point{{}, {X: 180e7, Y: 90e7}, {X: -180e7, Y: -90e7}, {X: 1, Y: -1}}
	for range 200000 {
		points = append(points, randomPoint(rng))
	}
	for _, p := range points {
		lon, lat := crs.ToDegrees(p)
		if q, err := crs.ToLattice(lon, lat); err != nil || q != p {
			t.Fatalf("%v comes back as %v, %v", p, q, err)
		}
		if q := crs.At(lon, lat); q != p {
			t.Fatalf("%v comes back from At as %v", p, q)
		}
	}
	// Seven decimals in a text say the same.
	for _, p := range points[:2000] {
		lon, lat := crs.ToDegrees(p)
		var x, y float64
		if _, err := fmt.Sscan(fmt.Sprintf("%.7f %.7f", lon, lat), &x, &y); err != nil {
			t.Fatal(err)
		}
		if q, err := crs.ToLattice(x, y); err != nil || q != p {
			t.Fatalf("%v comes back from text as %v, %v", p, q, err)
		}
	}
}

func TestToLatticeRoundsToTheNearest(t *testing.T) {
	rng := seedtest.New(t)
	for range 100000 {
		lon, lat := rng.Float64()*360-180, rng.Float64()*180-90
		p, err := crs.ToLattice(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		x, y := crs.ToDegrees(p)
		if math.Abs(x-lon) > 0.5000001e-7 || math.Abs(y-lat) > 0.5000001e-7 {
			t.Fatalf("%v, %v became %v, %v", lon, lat, x, y)
		}
	}
}

func TestOutsideTheWorld(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		lon, lat float64
		cut      geo.Point
	}{
		{180.0000001, 0, geo.Point{X: 180e7}}, {-181, 0, geo.Point{X: -180e7}}, {0, 90.0000001, geo.Point{Y: 90e7}},
		{0, -91, geo.Point{Y: -90e7}}, {1e300, 1e300, geo.Point{X: 180e7, Y: 90e7}}, {inf, -inf, geo.Point{X: 180e7, Y: -90e7}},
		{nan, 36, geo.Point{}}, {119, nan, geo.Point{}},
	} {
		if p, err := crs.ToLattice(c.lon, c.lat); err == nil {
			t.Errorf("%v, %v is taken as %v", c.lon, c.lat, p)
		}
		if p := crs.At(c.lon, c.lat); p != c.cut {
			t.Errorf("%v, %v is cut to %v, want %v", c.lon, c.lat, p, c.cut)
		}
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.6f, want %.6f within %g", what, got, want, tolerance)
	}
}

// Lengths of PROJ 9 (geodesics after Karney), written down once.
func TestDistanceKnown(t *testing.T) {
	for _, c := range []struct{ lon1, lat1, lon2, lat2, metres float64 }{
		{119.1, 36.7, 119.2, 36.7, 8936.014356},
		{119.1, 36.7, 119.1, 36.78, 8877.822081},
		{119.1, 36.7, 119.17, 36.75, 8359.996423},
		{0, 0, 0.05, 0.07, 9533.663681},
		{25, 70, 25.1, 70.04, 5870.944782},
	} {
		a, b := crs.At(c.lon1, c.lat1), crs.At(c.lon2, c.lat2)
		near(t, fmt.Sprint(c), crs.Distance(a, b), c.metres, c.metres*1e-6)
		if crs.Distance(a, b) != crs.Distance(b, a) || crs.Distance(a, a) != 0 {
			t.Errorf("%v: not symmetric, or not zero at one place", c)
		}
		near(t, "two legs", crs.Length([]geo.Point{a, b, a}), 2*c.metres, c.metres*2e-6)
	}
	if crs.Length(nil) != 0 || crs.Length([]geo.Point{{X: 1}}) != 0 {
		t.Error("a line without legs has a length")
	}
}

// Random pairs up to 10 km apart in the latitudes of China, against PROJ's geod
// where it is installed (Debian: proj-bin).
func TestDistanceAgainstPROJ(t *testing.T) {
	geod, err := exec.LookPath("geod")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("PROJ's geod is not installed")
		}
		t.Skip("PROJ's geod is not installed")
	}
	rng := seedtest.New(t)
	var pairs [][2]geo.Point
	var input strings.Builder
	for len(pairs) < 2000 {
		a := crs.At(73+rng.Float64()*62, rng.Float64()*54)
		radius := math.Exp(rng.Float64()*7 + math.Log(9)) // 9 m to 10 km
		b := crs.NewLocal(a).Point((rng.Float64()*2-1)*0.7*radius, (rng.Float64()*2-1)*0.7*radius)
		pairs = append(pairs, [2]geo.Point{a, b})
		lonA, latA := crs.ToDegrees(a)
		lonB, latB := crs.ToDegrees(b)
		fmt.Fprintf(&input, "%.7f %.7f %.7f %.7f\n", latA, lonA, latB, lonB)
	}
	run := exec.Command(geod, "+ellps=WGS84", "-I", "-F", "%.9f")
	run.Stdin = strings.NewReader(input.String())
	output, err := run.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines, worst := bufio.NewScanner(strings.NewReader(string(output))), 0.0
	for _, pair := range pairs {
		var metres float64
		if !lines.Scan() {
			t.Fatal("geod answered too few lines")
		}
		fields := strings.Fields(lines.Text())
		if _, err := fmt.Sscan(fields[len(fields)-1], &metres); err != nil {
			t.Fatal(err)
		}
		got := crs.Distance(pair[0], pair[1])
		if off := math.Abs(got - metres); off > metres*1e-6+1e-6 {
			t.Fatalf("%v: %.6f m, PROJ says %.6f", pair, got, metres)
		} else if metres > 100 {
			worst = max(worst, off/metres)
		}
	}
	t.Logf("worst of %d: %.2g of the length", len(pairs), worst)
}

func TestLocal(t *testing.T) {
	rng := seedtest.New(t)
	for range 20000 {
		origin := crs.At(rng.Float64()*340-170, rng.Float64()*55)
		local := crs.NewLocal(origin)
		if x, y := local.XY(origin); x != 0 || y != 0 {
			t.Fatalf("the origin lies at %v, %v", x, y)
		}
		angle, radius := rng.Float64()*2*math.Pi, rng.Float64()*10_000
		place := func() geo.Point { return local.Point(radius*math.Cos(angle), radius*math.Sin(angle)) }
		p := place()
		x, y := local.XY(p)
		if local.Point(x, y) != p {
			t.Fatalf("%v comes back as %v", p, local.Point(x, y))
		}
		true1 := crs.Distance(origin, p)
		if got := math.Hypot(x, y); math.Abs(got-true1) > true1/2000+0.02 {
			t.Fatalf("from %v to %v: %v m, want %v", origin, p, got, true1)
		}
		angle, radius = rng.Float64()*2*math.Pi, rng.Float64()*10_000
		q := place()
		u, v := local.XY(q)
		true2 := crs.Distance(p, q)
		if got := math.Hypot(u-x, v-y); math.Abs(got-true2) > true2/400+0.02 {
			t.Fatalf("around %v from %v to %v: %v m, want %v", origin, p, q, got, true2)
		}
		// Steps reach at least as far as asked, and one step less does not.
		metres := rng.Float64() * 1000
		dx, dy := local.Steps(metres)
		east, north := local.XY(geo.Point{X: origin.X + dx, Y: origin.Y + dy})
		if east < metres-1e-6 || north < metres-1e-6 || east > metres+0.02 || north > metres+0.02 {
			t.Fatalf("%v m are %d, %d steps, which are %v, %v m", metres, dx, dy, east, north)
		}
	}
}

// Areas of PROJ 9 (geodesic polygons, which is what PostGIS computes for
// geography), edges cut into 500 pieces that lie straight in degrees.
func TestAreaKnown(t *testing.T) {
	for name, c := range map[string]struct {
		ring      [][2]float64
		m2        float64
		tolerance float64
	}{
		"a hectare or a hundred": {[][2]float64{{119.1, 36.7}, {119.11, 36.7}, {119.11, 36.71}, {119.1, 36.71}}, 991584.289, 1e-6},
		"a square of 20 km":      {[][2]float64{{119, 36.6}, {119.2, 36.6}, {119.2, 36.8}, {119, 36.8}}, 396658870.189, 1e-5},
		"a triangle of 50 km":    {[][2]float64{{118.9, 36.45}, {119.45, 36.45}, {118.9, 36.9}}, 1228728905.808, 2e-5},
		"a flag, heavy in the north": {[][2]float64{{119, 36.4}, {119.01, 36.4}, {119.01, 36.8}, {119.5, 36.8}, {119.5, 36.85}, {119, 36.85}},
			287231605.590, 2e-5},
		"the north of China": {[][2]float64{{122, 53}, {122.4, 53}, {122.4, 53.3}}, 447257850.553, 2e-5},
		"the equator":        {[][2]float64{{0, 0}, {0.3, 0}, {0.3, 0.3}, {0, 0.3}}, 1107811560.794, 2e-5},
	} {
		var ring []geo.Point
		for _, p := range c.ring {
			ring = append(ring, crs.At(p[0], p[1]))
		}
		near(t, name, crs.Area(geo.PolygonShape(ring)), c.m2, c.m2*c.tolerance)
	}
}

// zone is the area in square metres between two latitudes and two meridians on
// the ellipsoid, by the closed form (J. Snyder, Map Projections: A Working
// Manual, USGS 1395, equation 3-12).
func zone(degrees, south, north float64) float64 {
	const a, f = 6378137.0, 1 / 298.257223563
	e := math.Sqrt(f * (2 - f))
	q := func(lat float64) float64 {
		s := math.Sin(lat * math.Pi / 180)
		return (1 - e*e) * (s/(1-e*e*s*s) + math.Atanh(e*s)/e)
	}
	return a * a / 2 * degrees * math.Pi / 180 * (q(north) - q(south))
}

func TestAreaAgainstClosedForm(t *testing.T) {
	rng := seedtest.New(t)
	for range 5000 {
		w, s := rng.Float64()*300-150, rng.Float64()*54
		dx, dy := 0.0001+rng.Float64()*0.5, 0.0001+rng.Float64()*0.45
		sw, ne := crs.At(w, s), crs.At(w+dx, s+dy)
		outer := []geo.Point{sw, {X: ne.X, Y: sw.Y}, ne, {X: sw.X, Y: ne.Y}}
		_, south := crs.ToDegrees(sw)
		_, north := crs.ToDegrees(ne)
		want := zone(float64(ne.X-sw.X)/crs.PerDegree, south, north)
		if got := crs.Area(geo.PolygonShape(outer)); math.Abs(got-want) > want*2e-5 {
			t.Fatalf("%v: %.3f m2, want %.3f", outer, got, want)
		}
		// A hole in the northern half is taken out; two halves make the whole.
		mid := geo.Point{X: sw.X, Y: sw.Y + (ne.Y-sw.Y)/2}
		lower := geo.PolygonShape([]geo.Point{sw, {X: ne.X, Y: sw.Y}, {X: ne.X, Y: mid.Y}, mid})
		upper := []geo.Point{mid, {X: ne.X, Y: mid.Y}, ne, {X: sw.X, Y: ne.Y}}
		if got := crs.Area(geo.PolygonShape(outer, upper)); math.Abs(got-crs.Area(lower)) > want*2e-5 {
			t.Fatalf("%v without its northern half: %.3f m2, want %.3f", outer, got, crs.Area(lower))
		}
	}
	for name, s := range map[string]geo.Shape{
		"nothing": {}, "a point": geo.PointShape(geo.Point{X: 1}), "a line": geo.LineShape([]geo.Point{{X: 0}, {X: 9}, {X: 9, Y: 9}}),
		"a flat ring": geo.PolygonShape([]geo.Point{{X: 0}, {X: 9}, {X: 4}}),
	} {
		if got := crs.Area(s); got != 0 {
			t.Errorf("%s has %v m2", name, got)
		}
	}
}
