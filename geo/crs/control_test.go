package crs_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// town makes control points of a made-up local system: a plane of its own turned
// and scaled against a Gauss-Krueger zone, with an error a point.
func town(rng *rand.Rand, n int, degrees, scale, noise float64) []crs.Control {
	zone := crs.Zone(119.1, false)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	points := make([]crs.Control, n)
	for i := range points {
		lon, lat := 119+rng.Float64()*0.25, 36.6+rng.Float64()*0.2
		east, north, _ := zone.FromWGS84(lon, lat)
		east, north = (east-400_000)/scale, (north-4_050_000)/scale
		points[i] = crs.Control{
			X: 20_000 + cos*east + sin*north + noise*rng.NormFloat64(), Y: 50_000 - sin*east + cos*north + noise*rng.NormFloat64(),
			Lon: lon, Lat: lat,
		}
	}
	return points
}

func localSystem(t testing.TB) crs.System {
	t.Helper()
	system, _, err := crs.FitLocal(town(rand.New(rand.NewPCG(1, 1)), 5, 0.6, 1.00005, 0), crs.FitOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return system
}

// A system that is a similarity of a zone is found again: what is left is the
// difference of two projections, centimetres over 25 km.
func TestFitLocal(t *testing.T) {
	rng := seedtest.New(t)
	for range 50 {
		turn, scale := rng.Float64()*16-8, 1+rng.Float64()*0.002-0.001
		all := town(rng, 300, turn, scale, 0)
		for _, o := range []crs.FitOptions{{}, {Affine: true}} {
			system, residuals, err := crs.FitLocal(all[:6], o)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range residuals {
				if r.Control != all[i] || r.Off() > 0.5 {
					t.Fatalf("residual %+v of %+v", r, all[i])
				}
			}
			for _, p := range all {
				lon, lat := to(t, system, p.X, p.Y)
				if off := metres(p.Lon, p.Lat, lon, lat); off > 2 { // some lie far outside six random points
					t.Fatalf("turned by %v: %+v is put %v m away", turn, p, off)
				}
				x, y := from(t, system, lon, lat)
				if math.Hypot(x-p.X, y-p.Y) > 1e-6 {
					t.Fatalf("%v, %v comes back as %v, %v", p.X, p.Y, x, y)
				}
			}
			if system.Geographic() || system.EPSG() != 0 || system.WKT() != "" || system == crs.WGS84 {
				t.Errorf("a local system is %v with code %d", system, system.EPSG())
			}
		}
	}
}

// Least squares: no small change of the answer has smaller residuals. The twin
// moves, turns and stretches the control points a little.
func TestFitIsLeastSquares(t *testing.T) {
	rng := seedtest.New(t)
	points := town(rng, 12, 3, 1.0001, 0.2)
	sum := func(points []crs.Control, system crs.System) float64 {
		total := 0.0
		for _, p := range points {
			x, y := from(t, system, p.Lon, p.Lat)
			total += (x-p.X)*(x-p.X) + (y-p.Y)*(y-p.Y)
		}
		return total
	}
	for _, o := range []crs.FitOptions{{}, {Affine: true}} {
		system, _, err := crs.FitLocal(points, o)
		if err != nil {
			t.Fatal(err)
		}
		best := sum(points, system)
		for range 300 {
			changed := make([]crs.Control, len(points))
			turn, stretch, dx, dy := rng.NormFloat64()*1e-4, 1+rng.NormFloat64()*1e-4, rng.NormFloat64(), rng.NormFloat64()
			sin, cos := math.Sincos(turn)
			for i, p := range points {
				p.X, p.Y = dx+stretch*(cos*p.X-sin*p.Y), dy+stretch*(sin*p.X+cos*p.Y)
				changed[i] = p
			}
			other, _, err := crs.FitLocal(changed, crs.FitOptions{Affine: o.Affine, Allow: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := sum(points, other); got < best*(1-1e-6) {
				t.Fatalf("a system moved by %v, %v has %v, the fitted one %v", dx, dy, got, best)
			}
		}
	}
}

func TestFitLocalRefuses(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	change := func(f func(points []crs.Control) []crs.Control) []crs.Control { return f(town(rng, 6, 1, 1, 0)) }
	swap := func(points []crs.Control) []crs.Control {
		for i := range points {
			points[i].X, points[i].Y = points[i].Y, points[i].X
		}
		return points
	}
	for name, c := range map[string]struct {
		points  []crs.Control
		options crs.FitOptions
		says    string
	}{
		"none":          {nil, crs.FitOptions{}, "at least 2"},
		"one":           {town(rng, 1, 1, 1, 0), crs.FitOptions{}, "at least 2"},
		"two, affine":   {town(rng, 2, 1, 1, 0), crs.FitOptions{Affine: true}, "at least 3"},
		"one place":     {change(func(p []crs.Control) []crs.Control { return []crs.Control{p[0], p[0], p[0]} }), crs.FitOptions{}, "within a metre"},
		"a line":        {change(func(p []crs.Control) []crs.Control { return []crs.Control{p[0], p[1], p[0]} }), crs.FitOptions{Affine: true}, "on a line"},
		"wrong point":   {change(func(p []crs.Control) []crs.Control { p[3].X += 60; p[3].Name = "bridge"; return p }), crs.FitOptions{}, "control point 4 (bridge) is off by"},
		"tight bound":   {town(rng, 6, 1, 1, 0.3), crs.FitOptions{Bound: 0.01}, "more than 0.01 m"},
		"feet":          {town(rng, 6, 1, 0.3048, 0), crs.FitOptions{}, "a local metre would be 0.30"},
		"swapped":       {change(swap), crs.FitOptions{}, "fit with x and y swapped"},
		"swapped pair":  {swap(town(rng, 9, 1, 1, 0)[7:]), crs.FitOptions{}, "two points cannot tell"},
		"in the mirror": {change(swap), crs.FitOptions{Affine: true}, "x must be the easting"},
		"not finite":    {change(func(p []crs.Control) []crs.Control { p[1].X = math.NaN(); return p }), crs.FitOptions{}, "control point 2"},
		"no place":      {change(func(p []crs.Control) []crs.Control { p[1].Lat = 119; p[1].Lon = 36; return p }), crs.FitOptions{}, "swapped"},
		"far apart":     {change(func(p []crs.Control) []crs.Control { p[1].Lon = 70; return p }), crs.FitOptions{}, "degrees from the middle"},
	} {
		system, _, err := crs.FitLocal(c.points, c.options)
		if err == nil || !strings.Contains(err.Error(), c.says) || system != crs.WGS84 {
			t.Errorf("%s: %v, %v; wanted %q", name, system, err, c.says)
		}
	}
	// Allowed, the worst fit is a system.
	if system, residuals, err := crs.FitLocal(town(rng, 6, 1, 0.3048, 3), crs.FitOptions{Allow: true}); err != nil || system == crs.WGS84 || len(residuals) != 6 {
		t.Errorf("%v, %d residuals, %v", system, len(residuals), err)
	}
}

// A local system does not answer for places far away.
func TestLocalReach(t *testing.T) {
	system := localSystem(t)
	if _, _, err := system.FromWGS84(116.4, 39.9); err == nil || !strings.Contains(err.Error(), "km from the control points") {
		t.Error(err)
	}
	if _, _, err := system.ToWGS84(40420210, 4064622); err == nil || !strings.Contains(err.Error(), "EPSG:4528?") {
		t.Error(err)
	}
	if _, _, err := system.ToWGS84(-5e5, 1e5); err == nil || !strings.Contains(err.Error(), "km from its control points") {
		t.Error(err)
	}
}

func TestReadControls(t *testing.T) {
	points, err := crs.ReadControls(strings.NewReader("\ufeff点名,X,y,经度,纬度,备注\nA, 1.5,2,119.1,36.7,ok\nB,3,4,119.2,36.8,\n"), crs.WGS84)
	if want := (crs.Control{Name: "A", X: 1.5, Y: 2, Lon: 119.1, Lat: 36.7}); err != nil || len(points) != 2 || points[0] != want {
		t.Errorf("%+v, %v", points, err)
	}
	points, err = crs.ReadControls(strings.NewReader("x,y,east,north\n1,2,420210.071,4064622.264\n"), crs.Zone(120, false))
	if err != nil || len(points) != 1 || metres(points[0].Lon, points[0].Lat, 119.107, 36.7093) > 0.001 {
		t.Errorf("%+v, %v", points, err)
	}
	for text, says := range map[string]string{
		"":                                     "empty",
		"x,y\n1,2\n":                           "must name the columns x, y, lon, lat",
		"x,y,lon,lat,经度\n":                     "two columns for lon",
		"x,y,lon,lat\n1,2,119\n":               "line 2",
		"x,y,lon,lat\n1,2,119,36\n1,b,119,3\n": "line 3: y \"b\" is not a number",
		"x,y,lon,lat\n1,2,36,119\n":            "line 2: 36, 119 is no place in EPSG:4326: x and y look swapped",
		"x,y,\xbe\xad,lat\n":                   "not in UTF-8",
		"x,y,lon,lat\n1,2,NaN,36\n":            "line 2: lon \"NaN\"",
	} {
		if points, err := crs.ReadControls(strings.NewReader(text), crs.WGS84); err == nil || points != nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v; wanted %q", text, points, err, says)
		}
	}
}

func FuzzReadControls(f *testing.F) {
	f.Add([]byte("\ufeff点名,x,y,经度,纬度\nA,1,2,119.1,36.7\nB,3,4,119.2,36.8\nC,9,1,119.3,36.7\n"), false)
	f.Add([]byte("x,y,east,north\n1,2,420210.071,4064622.264\n"), true)
	f.Add([]byte("x,y,lon,lat\n\"1\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, metres bool) {
		base := crs.WGS84
		if metres {
			base = crs.Zone(120, false)
		}
		points, err := crs.ReadControls(strings.NewReader(string(text)), base)
		if err != nil {
			return
		}
		for _, o := range []crs.FitOptions{{}, {Affine: true}, {Allow: true}} {
			system, residuals, err := crs.FitLocal(points, o)
			if err != nil {
				continue
			}
			if len(residuals) != len(points) {
				t.Fatalf("%d residuals of %d points", len(residuals), len(points))
			}
			for i, p := range points {
				lon, lat, err := system.ToWGS84(p.X, p.Y)
				if err == nil && !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
					t.Errorf("control point %d comes to %v, %v", i, lon, lat)
				}
			}
		}
	})
}
