package postgis_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// buildings streams n footprints of 6 to 10 corners, in rows of 500, with the
// fields that the demo city fills.
func buildings(n int) iter.Seq2[geo.Change, error] {
	return func(yield func(geo.Change, error) bool) {
		for i := range n {
			b := &geo.Building{Number: fmt.Sprint(i % 40), Use: "residential"}
			b.Code = fmt.Sprintf("B%07d", i)
			b.Source = "benchmark"
			b.Levels, b.Units, b.Year = geo.Some(int32(i%30+1)), geo.Some(int32(i%5+1)), geo.Some(int32(1980+i%45))
			b.HeightM = geo.Some(float64(i%30)*2.9 + 3)
			b.Households, b.Residents = geo.Some(int32(i%90)), geo.Some(int32(i%250))
			x, y := int32(1190000000+i%500*4000), int32(367000000+i/500*3000)
			ring := []geo.Point{{X: x, Y: y}}
			steps := int32(2 + i%3) // a stepped front: 6, 8 or 10 corners
			for s := range steps {
				ring = append(ring, geo.Point{X: x + 2000, Y: y + s*300}, geo.Point{X: x + 2000 - s*100, Y: y + (s+1)*300})
			}
			ring = append(ring, geo.Point{X: x, Y: y + steps*300})
			b.Shape = geo.PolygonShape(ring)
			if !yield(geo.Insert(b), nil) {
				return
			}
		}
	}
}

func filled(b *testing.B, n int) (address string, s *postgis.Store) {
	b.Helper()
	address = pgtest.Start(b).URL(b)
	s = open(b, address)
	if _, err := s.Apply(context.Background(), geo.ChangeSet{Changes: buildings(n)}); err != nil {
		b.Fatal(err)
	}
	return address, s
}

const cityOfBuildings = 200_000

// BenchmarkImport writes 200,000 buildings as one change set, indexes and audit
// chain included.
func BenchmarkImport(b *testing.B) {
	for b.Loop() {
		filled(b, cityOfBuildings)
	}
	b.ReportMetric(float64(cityOfBuildings*b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkImportOGR has ogr2ogr write the same rows into the same server, by
// COPY and with its geometry index.
func BenchmarkImportOGR(b *testing.B) {
	ogr2ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		b.Skip("no ogr2ogr here: apt-get install gdal-bin")
	}
	address, _ := filled(b, cityOfBuildings)
	config, err := pgx.ParseConfig(address)
	if err != nil {
		b.Fatal(err)
	}
	schema, _, _ := strings.Cut(config.RuntimeParams["search_path"], ",")
	database := fmt.Sprintf("PG:host=%s user=%s dbname=%s active_schema=%s", config.Host, config.User, config.Database, schema)
	file := filepath.Join(b.TempDir(), "buildings.gpkg")
	if out, err := exec.Command(ogr2ogr, "-f", "GPKG", file, database, "buildings").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for b.Loop() {
		cmd := exec.Command(ogr2ogr, "-f", "PostgreSQL", database, file, "-nln", "copied", "-overwrite", "-lco", "GEOMETRY_NAME=geom")
		cmd.Env = append(os.Environ(), "PG_USE_COPY=YES")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	b.ReportMetric(float64(cityOfBuildings*b.N)/b.Elapsed().Seconds(), "features/s")
}

// psql runs statements with PostgreSQL's own client.
func psql(b *testing.B, address string, statements ...string) {
	b.Helper()
	program, err := exec.LookPath("psql")
	if err != nil {
		b.Skip("no psql here: apt-get install postgresql-client")
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		b.Fatal(err)
	}
	args := []string{"-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", config.Host, "-U", config.User, "-d", config.Database}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c search_path="+strings.ReplaceAll(config.RuntimeParams["search_path"], " ", ""))
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
}

// BenchmarkImportPsql copies the same rows from a file into a table with the same
// indexes: no ids are given, nothing is checked and no audit is kept.
func BenchmarkImportPsql(b *testing.B) {
	address, _ := filled(b, cityOfBuildings)
	file := filepath.Join(b.TempDir(), "buildings.copy")
	psql(b, address, `\copy buildings to '`+file+`'`)
	for b.Loop() {
		psql(b, address, `DROP TABLE IF EXISTS copied`, `CREATE TABLE copied (LIKE buildings INCLUDING ALL)`, `\copy copied from '`+file+`'`, `ANALYZE copied`)
	}
	b.ReportMetric(float64(cityOfBuildings*b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkLoadPsql has psql read every building and drop it as text.
func BenchmarkLoadPsql(b *testing.B) {
	address, _ := filled(b, cityOfBuildings)
	for b.Loop() {
		psql(b, address, `\copy buildings to '/dev/null'`)
	}
	b.ReportMetric(float64(cityOfBuildings*b.N)/b.Elapsed().Seconds(), "features/s")
}

// BenchmarkLoad streams every building and lets go of it.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{cityOfBuildings, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, s := filled(b, n)
			runtime.GC()
			b.ReportAllocs()
			for b.Loop() {
				count := 0
				_, err := s.Load(context.Background(), func(geo.Feature) error { count++; return nil })
				if err != nil || count != n {
					b.Fatalf("%d features, %v", count, err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}

// BenchmarkEdit replaces one feature a change set: what a planner waits for.
func BenchmarkEdit(b *testing.B) {
	_, s := filled(b, 1000)
	past, err := s.History(context.Background(), geo.Key{Layer: geo.Buildings, ID: 500})
	if err != nil {
		b.Fatal(err)
	}
	f := past[0].Feature
	for b.Loop() { // Apply writes the new version into f
		if _, err := s.Apply(context.Background(), geo.ChangeSet{Changes: geo.Changes(geo.Replace(f))}); err != nil {
			b.Fatal(err)
		}
	}
}
