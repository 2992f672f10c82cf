package crs_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

func from(t *testing.T, s crs.System, lon, lat float64) (x, y float64) {
	t.Helper()
	x, y, err := s.FromWGS84(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	return x, y
}

func to(t *testing.T, s crs.System, x, y float64) (lon, lat float64) {
	t.Helper()
	lon, lat, err := s.ToWGS84(x, y)
	if err != nil {
		t.Fatal(err)
	}
	return lon, lat
}

// Metres as PROJ gives them for the middle of Weifang.
func TestKnownMetres(t *testing.T) {
	const lon, lat = 119.107, 36.7093
	for text, want := range map[string][2]float64{
		"EPSG:4549": {420210.071, 4064622.264}, "4528": {40420210.071, 4064622.264}, "epsg:3857": {13258930.590, 4398664.046},
	} {
		s, err := crs.ParseSystem(text)
		if err != nil {
			t.Fatal(err)
		}
		x, y := from(t, s, lon, lat)
		near(t, text+" x", x, want[0], 0.0006)
		near(t, text+" y", y, want[1], 0.0006)
		x, y = to(t, s, want[0], want[1])
		near(t, text+" lon", x, lon, 1e-8)
		near(t, text+" lat", y, lat, 1e-8)
	}
}

// Published vectors: the tests of coordtransform (Beijing) and eviltransform
// (Shanghai), and what AMap and Baidu themselves say of Weifang, to a metre.
func TestKnownShifts(t *testing.T) {
	for _, c := range []struct {
		what                      string
		system                    crs.System
		lon, lat, x, y, tolerance float64
	}{
		{"coordtransform", crs.GCJ02, 116.404, 39.915, 116.41024449916938, 39.91640428150164, 1e-11},
		{"eviltransform", crs.GCJ02, 121.5272106, 31.1774276, 121.531541859215, 31.17530398364597, 1e-11},
		{"AMap", crs.GCJ02, 119.1558626, 36.7063222, 119.1617632, 36.7067803, 0.9e-5},
		{"Baidu", crs.BD09, 119.1558626, 36.7063222, 119.1681414, 36.7131325, 0.9e-5},
	} {
		x, y := from(t, c.system, c.lon, c.lat)
		near(t, c.what+" x", x, c.x, c.tolerance)
		near(t, c.what+" y", y, c.y, c.tolerance)
		lon, lat := to(t, c.system, c.x, c.y)
		near(t, c.what+" lon", lon, c.lon, c.tolerance+1e-9)
		near(t, c.what+" lat", lat, c.lat, c.tolerance+1e-9)
	}
	// coordtransform's BD-09 starts from GCJ-02; its inverse is a formula that is
	// off by up to 0.2 m, ours is exact.
	lon, lat := to(t, crs.GCJ02, 116.404, 39.915)
	x, y := from(t, crs.BD09, lon, lat)
	near(t, "BD-09 x", x, 116.41036949371029, 1e-9)
	near(t, "BD-09 y", y, 39.92133699351021, 1e-9)
	lon, lat = to(t, crs.BD09, 116.404, 39.915)
	x, y = from(t, crs.GCJ02, lon, lat)
	near(t, "GCJ-02 of BD-09 x", x, 116.39762729119315, 2e-6)
	near(t, "GCJ-02 of BD-09 y", y, 39.90865673957631, 2e-6)
}

// Both ways are within a thousandth of a millimetre of where they started, and
// the shift is as large as it is known to be.
func TestShiftRoundTrip(t *testing.T) {
	rng := seedtest.New(t)
	for system, most := range map[crs.System]float64{crs.GCJ02: 720, crs.BD09: 1600} {
		worst := 0.0
		for range 50_000 {
			lon, lat := 73.5+rng.Float64()*61.6, 18+rng.Float64()*35.6
			x, y := from(t, system, lon, lat)
			if shift := metres(lon, lat, x, y); shift < 15 || shift > most {
				t.Fatalf("%v shifts %v, %v by %v m", system, lon, lat, shift)
			}
			backLon, backLat := to(t, system, x, y)
			worst = max(worst, metres(lon, lat, backLon, backLat))
			u, v := from(t, system, backLon, backLat)
			worst = max(worst, metres(x, y, u, v))
		}
		t.Logf("%v: worst round trip %.2g m", system, worst)
		if worst > 1e-6 {
			t.Errorf("%v: a round trip ends %.2g m away", system, worst)
		}
	}
}

// metres between positions that may differ by less than the lattice.
func metres(lon, lat, lon2, lat2 float64) float64 {
	return math.Hypot((lon2-lon)*math.Cos(lat*math.Pi/180), lat2-lat) * 111_320
}

func TestNoShiftOutsideTheBox(t *testing.T) {
	for _, p := range [][2]float64{{24.94, 60.17}, {7.42, 43.73}, {-120, 35}, {72, 36}, {138, 36}, {119, 0.5}, {119, 56}, {119, -36}} {
		for _, system := range []crs.System{crs.GCJ02, crs.BD09} {
			if x, y := from(t, system, p[0], p[1]); x != p[0] || y != p[1] {
				t.Errorf("%v moves %v to %v, %v", system, p, x, y)
			}
			if lon, lat := to(t, system, p[0], p[1]); lon != p[0] || lat != p[1] {
				t.Errorf("%v is moved back from %v to %v, %v", p, system, lon, lat)
			}
		}
	}
}

func TestZoneRoundTrip(t *testing.T) {
	rng := seedtest.New(t)
	for range 50_000 {
		lon, lat := 75+rng.Float64()*60, rng.Float64()*60
		system := crs.Zone(lon, rng.IntN(2) == 0)
		x, y := from(t, system, lon, lat)
		if backLon, backLat := to(t, system, x, y); metres(lon, lat, backLon, backLat) > 1e-7 {
			t.Fatalf("%v: %v, %v comes back as %v, %v", system, lon, lat, backLon, backLat)
		}
	}
}

// What is no place in a system is an error that says what it looks like.
func TestMisfits(t *testing.T) {
	const e, n = 420210.071, 4064622.264
	nan := math.NaN()
	for _, c := range []struct {
		system string
		x, y   float64
		says   string
	}{
		{"4549", 40e6 + e, n, "easting 40420210.071 has a zone number: EPSG:4528?"},
		{"4549", 39e6 + e, n, "EPSG:4527?"},
		{"4528", e, n, "easting 420210.071 has no zone number: EPSG:4549?"},
		{"4528", 39e6 + e, n, "has a zone number: EPSG:4527?"},
		{"4549", n, e, "swapped"},
		{"4528", n, 40e6 + e, "swapped"},
		{"4549", n, 40e6 + e, "swapped (x is the longitude or easting), and easting 40420210.071 has a zone number: EPSG:4528?"},
		{"4549", 119.107, 36.7093, "degrees: EPSG:4326, gcj02 or bd09?"},
		{"4549", 36.7093, 119.107, "degrees"},
		{"4549", 13258930.59, 4398664.046, "web mercator: EPSG:3857?"},
		{"4549", 1e9, n, "too far from the central meridian 120 E"},
		{"4549", 900000, n, "too far"},
		{"4549", e, -5, "too far"},
		{"wgs84", e, n, "Gauss-Krueger"},
		{"wgs84", 36.7093, 119.107, "swapped"},
		{"gcj02", 36.7093, 119.107, "swapped"},
		{"bd09", 40e6 + e, n, "EPSG:4528?"},
		{"cgcs2000", 13258930.59, 4398664.046, "EPSG:3857?"},
		{"3857", 40e6 + e, n, "EPSG:4528?"},
		{"wgs84", nan, 36, "not finite"},
		{"4549", math.Inf(1), n, "not finite"},
		{"wgs84", 181, -91, "outside the world"},
	} {
		system, err := crs.ParseSystem(c.system)
		if err != nil {
			t.Fatal(err)
		}
		lon, lat, err := system.ToWGS84(c.x, c.y)
		if err == nil || !strings.Contains(err.Error(), c.says) || lon != 0 || lat != 0 {
			t.Errorf("%s of %v, %v is %v, %v, %v; wanted %q", c.system, c.x, c.y, lon, lat, err, c.says)
		}
	}
	for _, c := range []struct {
		system   string
		lon, lat float64
		says     string
	}{
		{"4547", 119.107, 36.7093, "5.1 degrees from the central meridian 114 E of EPSG:4547; the zone there is EPSG:4549"},
		{"4526", 119.107, 36.7093, "EPSG:4528"},
		{"4549", 36.7, 119.1, "swapped"},
		{"4549", 120, -36, "EPSG:4549"},
		{"3857", 119, 86, "not reached by EPSG:3857"},
		{"gcj02", nan, 36, "not finite"},
	} {
		system, err := crs.ParseSystem(c.system)
		if err != nil {
			t.Fatal(err)
		}
		if x, y, err := system.FromWGS84(c.lon, c.lat); err == nil || !strings.Contains(err.Error(), c.says) || x != 0 || y != 0 {
			t.Errorf("%v, %v in %s is %v, %v, %v; wanted %q", c.lon, c.lat, c.system, x, y, err, c.says)
		}
	}
}

// Random numbers: no system panics, and what it takes lies in the world.
func TestAnyNumbers(t *testing.T) {
	rng := seedtest.New(t)
	systems := []crs.System{crs.WGS84, crs.CGCS2000, crs.WebMercator, crs.GCJ02, crs.BD09, crs.Zone(120, false), crs.Zone(120, true), localSystem(t)}
	any := func() float64 {
		return (rng.Float64()*2 - 1) * math.Pow(10, rng.Float64()*310)
	}
	for range 5_000 {
		for _, system := range systems {
			x, y := any(), any()
			if rng.IntN(2) == 0 {
				x, y = 5e5+any()*1e-3, 4e6+any()*1e-3
			}
			lon, lat, err := system.ToWGS84(x, y)
			if err == nil && !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
				t.Fatalf("%v takes %v, %v for %v, %v", system, x, y, lon, lat)
			}
		}
	}
}

func TestSystemText(t *testing.T) {
	for _, c := range []struct {
		system     crs.System
		text       string
		epsg       int
		geographic bool
	}{
		{crs.System{}, "EPSG:4326", 4326, true},
		{crs.CGCS2000, "EPSG:4490", 4490, true},
		{crs.WebMercator, "EPSG:3857", 3857, false},
		{crs.GCJ02, "gcj02", 0, true},
		{crs.BD09, "bd09", 0, true},
		{crs.Zone(119.1, false), "EPSG:4549", 4549, false},
		{crs.Zone(119.1, true), "EPSG:4528", 4528, false},
		{crs.Zone(0, false), "EPSG:4534", 4534, false},
		{crs.Zone(180, true), "EPSG:4533", 4533, false},
	} {
		again, err := crs.ParseSystem(c.system.String())
		if c.system.String() != c.text || c.system.EPSG() != c.epsg || c.system.Geographic() != c.geographic || err != nil || again != c.system || c.system.Title() == "" {
			t.Errorf("%q: %v, %d, %v, read again %v, %v", c.text, c.system, c.system.EPSG(), c.system.Geographic(), again, err)
		}
	}
	if title, want := crs.Zone(120, true).Title(), "CGCS2000 3-degree Gauss-Krueger, central meridian 120 E, zone number 40 in the easting"; title != want {
		t.Errorf("%q, want %q", title, want)
	}
}

// BenchmarkSystem is what one position of a large file costs, both ways.
func BenchmarkSystem(b *testing.B) {
	for _, system := range []crs.System{crs.WGS84, crs.WebMercator, crs.GCJ02, crs.BD09, crs.Zone(120, false), localSystem(b)} {
		name := system.String()
		if system.WKT() == "" && !system.Geographic() {
			name = "local"
		}
		x, y, err := system.FromWGS84(119.107, 36.7093)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/to", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := system.ToWGS84(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/from", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := system.FromWGS84(119.107, 36.7093); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleParseSystem() {
	system, err := crs.ParseSystem("EPSG:4549")
	if err != nil {
		fmt.Println(err)
		return
	}
	lon, lat, err := system.ToWGS84(420210.071, 4064622.264)
	fmt.Printf("%.7f %.7f %v\n", lon, lat, err)
	_, _, err = system.ToWGS84(40420210.071, 4064622.264)
	fmt.Println(err)
	// Output:
	// 119.1070000 36.7093000 <nil>
	// 40420210.071, 4064622.264 is no place in EPSG:4549: easting 40420210.071 has a zone number: EPSG:4528?
}
