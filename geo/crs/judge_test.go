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

	"github.com/jackc/pgx/v5"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// judged are systems that PostGIS and PROJ know too, each with the longitudes in
// which it is tried: the zones of eastern China and two others by chance.
func judged(rng *rand.Rand) map[crs.System][2]float64 {
	systems := map[crs.System][2]float64{crs.CGCS2000: {73, 136}, crs.WebMercator: {-180, 180}}
	for _, meridian := range []float64{114, 117, 120, 123, 75 + 3*float64(rng.IntN(21))} {
		for _, numbered := range []bool{false, true} {
			systems[crs.Zone(meridian, numbered)] = [2]float64{meridian - 3, meridian + 3}
		}
	}
	return systems
}

// transform lets PostGIS do what a system does, on all points at once.
func transform(t *testing.T, conn *pgx.Conn, points [][2]float64, from, to int) [][2]float64 {
	t.Helper()
	xs, ys := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		xs[i], ys[i] = p[0], p[1]
	}
	rows, err := conn.Query(t.Context(), `SELECT ST_X(g), ST_Y(g) FROM (
		SELECT n, ST_Transform(ST_SetSRID(ST_MakePoint(x, y), $3::int), $4::int) AS g
		FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS p(x, y, n)) q ORDER BY n`, xs, ys, from, to)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p [2]float64, err error) {
		return p, row.Scan(&p[0], &p[1])
	})
	if err != nil || len(out) != len(points) {
		t.Fatalf("%d answers for %d points: %v", len(out), len(points), err)
	}
	return out
}

// 10,000 random points in EPSG:4549 and in 4528, and some in the other systems, to
// and fro, before any rounding: PostGIS says the same within a tenth of a
// which a wrong term of the series in n^4 is not. Degrees of WGS84 and of CGCS2000
// are one to it, too.
func TestAgainstPostGIS(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rng := seedtest.New(t)
	worst := 0.0
	for system, lons := range judged(rng) {
		n := 1000
		if system.EPSG() == 4549 || system.EPSG() == 4528 {
			n = 10_000
		}
		degrees, metres := make([][2]float64, n), make([][2]float64, n)
		for i := range degrees {
			lon, lat := lons[0]+rng.Float64()*(lons[1]-lons[0]), rng.Float64()*60
			if system == crs.WebMercator {
				lat = rng.Float64()*2*crs.MaxLat - crs.MaxLat
			}
			x, y, err := system.FromWGS84(lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			degrees[i], metres[i] = [2]float64{lon, lat}, [2]float64{x, y}
		}
		for i, p := range transform(t, conn, degrees, 4326, system.EPSG()) {
			off := math.Hypot(p[0]-metres[i][0], p[1]-metres[i][1])
			if worst = max(worst, off); !(off < 2e-7) {
				t.Fatalf("%v of %v is %v, PostGIS says %v", system, degrees[i], metres[i], p)
			}
		}
		for i, p := range transform(t, conn, metres, system.EPSG(), 4326) {
			lon, lat, err := system.ToWGS84(metres[i][0], metres[i][1])
			if err != nil {
				t.Fatal(err)
			}
			off := math.Hypot(p[0]-lon, p[1]-lat) * 111_320
			if worst = max(worst, off); !(off < 2e-7) {
				t.Fatalf("%v from %v is %v, %v, PostGIS says %v", metres[i], system, lon, lat, p)
			}
		}
	}
	t.Logf("worst difference %.2g m", worst)
}

// PROJ names the meridian and the false easting of each code as we do.
func TestCodesAgainstPROJ(t *testing.T) {
	projinfo, err := exec.LookPath("projinfo")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("PROJ's projinfo is not installed")
		}
		t.Skip("PROJ's projinfo is not installed")
	}
	for system := range judged(seedtest.New(t)) {
		for _, form := range []string{"WKT1_ESRI", "WKT1_GDAL", "WKT2:2015", "WKT2:2019"} {
			out, err := exec.Command(projinfo, fmt.Sprintf("EPSG:%d", system.EPSG()), "-q", "-o", form).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := crs.SystemOfWKT(string(out)); err != nil || got != system {
				t.Errorf("%v in %s is read as %v, %v", system, form, got, err)
			}
		}
		// And what we write is what PROJ knows by that code.
		read := exec.Command(projinfo, "--identify", system.WKT())
		out, err := read.CombinedOutput()
		if want := fmt.Sprintf("EPSG:%d: 100 %%", system.EPSG()); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("PROJ identifies our description of %v as %s, %v", system, out, err)
		}
	}
}

// Zones without a code, against cct.
func TestOwnZonesAgainstPROJ(t *testing.T) {
	cct, err := exec.LookPath("cct")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("PROJ's cct is not installed")
		}
		t.Skip("PROJ's cct is not installed")
	}
	rng := seedtest.New(t)
	for range 4 {
		meridian, scale := math.Round(75e4+rng.Float64()*60e4)/1e4, 0.9996+rng.Float64()*0.0006
		easting, northing := math.Round(rng.Float64()*600_000), math.Round(rng.Float64()*-4e6)
		system, err := crs.SystemOfWKT(fmt.Sprintf(`PROJCS["city",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",
			SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],
			PARAMETER["False_Easting",%v],PARAMETER["False_Northing",%v],PARAMETER["Central_Meridian",%v],PARAMETER["Scale_Factor",%v],
			PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1.0]]`, easting, northing, meridian, scale))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := crs.ParseSystem(system.String()); err != nil || again != system {
			t.Errorf("%v is read again as %v, %v", system, again, err)
		}
		var degrees [][2]float64
		var input strings.Builder
		for range 500 {
			lon, lat := meridian+rng.Float64()*8-4, rng.Float64()*60
			degrees = append(degrees, [2]float64{lon, lat})
			fmt.Fprintf(&input, "%.15g %.15g\n", lon, lat)
		}
		run := exec.Command(cct, "-d", "9", "-z", "0", "-t", "0", "+proj=tmerc", "+ellps=GRS80", fmt.Sprintf("+lon_0=%v", meridian),
			fmt.Sprintf("+k=%v", scale), fmt.Sprintf("+x_0=%v", easting), fmt.Sprintf("+y_0=%v", northing))
		run.Stdin = strings.NewReader(input.String())
		output, err := run.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(strings.NewReader(string(output)))
		for _, p := range degrees {
			var x, y float64
			if !lines.Scan() {
				t.Fatal("cct answered too few lines")
			}
			if _, err := fmt.Sscan(lines.Text(), &x, &y); err != nil {
				t.Fatal(err)
			}
			gotX, gotY, err := system.FromWGS84(p[0], p[1])
			if err != nil || math.Hypot(gotX-x, gotY-y) > 1e-6 {
				t.Fatalf("%s of %v: %v, %v, %v; PROJ says %v, %v", system.Title(), p, gotX, gotY, err, x, y)
			}
			lon, lat, err := system.ToWGS84(gotX, gotY)
			if err != nil || math.Hypot(lon-p[0], lat-p[1]) > 1e-12 {
				t.Fatalf("%s: %v comes back as %v, %v, %v", system.Title(), p, lon, lat, err)
			}
		}
	}
}
