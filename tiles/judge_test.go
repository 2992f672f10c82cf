package tiles_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// judge is PostGIS with the layers of a set as tables in web mercator, packed in
// order of place, analysed, with an index on the boxes.
type judge struct {
	conn  *pgx.Conn
	query string // of one tile: zoom, column, row
}

func newJudge(t testing.TB, s *snapshot.Snapshot, set *tiles.Set) *judge {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	j := &judge{conn: conn}
	j.sql(t, `DO $$ BEGIN EXECUTE 'CREATE SCHEMA ' || split_part(current_setting('search_path'), ',', 1); END $$`)
	j.sql(t, `SET jit = off; SET max_parallel_workers_per_gather = 0`)
	var layers []string
	for _, columns := range set.Columns() {
		layers = append(layers, j.fill(t, s.Layer(columns.Layer), columns))
	}
	j.query = "SELECT " + strings.Join(layers, " || ")
	return j
}

func (j *judge) sql(t testing.TB, text string) {
	t.Helper()
	if _, err := j.conn.Exec(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// fill makes the table of a layer and returns the query of its part of a tile.
func (j *judge) fill(t testing.TB, layer *snapshot.Layer, columns tiles.LayerColumns) string {
	t.Helper()
	names, types := []string{"id", "zoom", "given"}, []string{"id bigint", "zoom integer", "given bytea"}
	for _, field := range columns.Fields {
		kind := "text"
		switch field.Type {
		case geo.Integer:
			kind = "integer"
		case geo.Number:
			kind = "double precision"
		case geo.Boolean, geo.Flag:
			kind = "boolean"
		}
		names, types = append(names, field.Name), append(types, fmt.Sprintf("%q %s", field.Name, kind))
	}
	var rows [][]any
	for f := range layer.After(0) {
		if !geo.ForPublic(f) || !f.Common().InEffect(noon) {
			continue
		}
		given, err := wkb.Marshal(crs.ToOrb(f.Common().Shape))
		if err != nil {
			t.Fatal(err)
		}
		row := []any{f.Common().ID, int32(columns.First(f)), given}
		for _, field := range columns.Fields {
			value := field.Get(f)
			switch v := value.(type) {
			case []string:
				value = strings.Join(v, ",")
			case bool:
				if !v && field.Type == geo.Flag {
					value = nil // as ours have it
				}
			}
			row = append(row, value)
		}
		rows = append(rows, row)
	}
	name := string(columns.Layer)
	j.sql(t, fmt.Sprintf("CREATE TABLE given_%s (%s)", name, strings.Join(types, ", ")))
	if n, err := j.conn.CopyFrom(t.Context(), pgx.Identifier{"given_" + name}, names, pgx.CopyFromRows(rows)); err != nil || n != int64(len(rows)) {
		t.Fatalf("%s: %d of %d rows: %v", name, n, len(rows), err)
	}
	quoted := strings.Join(strings.Fields(fmt.Sprintf("%q", names[3:])), ", ")
	quoted = strings.Trim(quoted, "[]")
	j.sql(t, fmt.Sprintf(`CREATE TABLE %[1]s AS SELECT id, zoom, %[2]s, ST_Transform(ST_GeomFromWKB(given, 4326), 3857) AS geom FROM given_%[1]s ORDER BY geom;
		CREATE INDEX ON %[1]s USING gist (geom); ANALYZE %[1]s; DROP TABLE given_%[1]s`, name, quoted))
	return fmt.Sprintf(`coalesce((SELECT ST_AsMVT(t, '%[1]s', 4096, 'geom', 'id') FROM (
		SELECT id, %[2]s, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, %[3]d, true) AS geom
		FROM %[1]s WHERE zoom <= $1 AND geom && ST_TileEnvelope($1, $2, $3, margin => %[3]d / 4096.0)) t WHERE geom IS NOT NULL), '')`,
		name, quoted, columns.Buffer)
}

func (j *judge) tile(t testing.TB, a tiles.Address) (data []byte) {
	t.Helper()
	if err := j.conn.QueryRow(t.Context(), j.query, int32(a.Z), int32(a.X), int32(a.Y)).Scan(&data); err != nil {
		t.Fatal(err)
	}
	return data
}

// Tiles hold what PostGIS makes of the same features.
func TestAsPostGIS(t *testing.T) {
	if testing.Short() {
		t.Skip("outside judges are asked in the full run")
	}
	middle := crs.At(119.107, 36.709)
	box := geo.Box{W: middle.X - 300_000, S: middle.Y - 300_000, E: middle.X + 300_000, N: middle.Y + 300_000}
	r, s, set := seedtest.New(t), part(weifang(), box), mustSet(t, sixLayers).Whole()
	j, atlas := newJudge(t, s, set), new(tiles.Atlas)
	compared, ours, theirs := 0, 0, 0
	for z := uint32(11); z <= 18; z++ {
		for range 1 << max(0, int(z)-13) {
			a := someTile(r, z, box)
			data, _, err := atlas.Append(t.Context(), nil, s, set, a, noon)
			if err != nil {
				t.Fatal(err)
			}
			given := j.tile(t, a)
			if z > 11 { // PostGIS leaves out more of what is small
				ours, theirs = ours+len(data), theirs+len(given)
			}
			got, want := decode(t, data), decode(t, given)
			for name, layer := range want {
				drawn := map[float64]*geojson.Feature{}
				if got[name] != nil {
					for _, f := range got[name].Features {
						drawn[f.ID.(float64)] = f
					}
				}
				for _, f := range layer.Features {
					asPostGIS(t, a, name, f, drawn[f.ID.(float64)])
					delete(drawn, f.ID.(float64))
					compared++
				}
				for id, f := range drawn {
					// PostGIS looks for what is smaller than half a unit, or lies outside,
					// before rounding.
					if area := planar.Area(f.Geometry); area > 4 || f.Geometry.Dimensions() != 2 && !onBorder(corners(f.Geometry)[0]) {
						t.Errorf("%v: %s %v is too much: %v", a, name, id, f.Geometry)
					}
				}
			}
		}
	}
	t.Logf("%d features; %d bytes, of PostGIS %d", compared, ours, theirs)
	if ours > theirs {
		t.Errorf("%d bytes, of PostGIS %d", ours, theirs)
	}
}

// part returns what of a map meets a box.
func part(s *snapshot.Snapshot, box geo.Box) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, layer := range s.Layers() {
		for f := range layer.Search(box) {
			b.Add(f)
		}
	}
	return b.Build(s.Head())
}

// asPostGIS compares a feature with that of PostGIS, which rounds after cutting.
func asPostGIS(t *testing.T, a tiles.Address, layer string, want, got *geojson.Feature) {
	t.Helper()
	if got == nil {
		if area := planar.Area(want.Geometry); area > 4 || want.Geometry.Dimensions() != 2 && !onBorder(corners(want.Geometry)[0]) {
			t.Errorf("%v: %s %v is missing: %v", a, layer, want.ID, want.Geometry)
		}
		return
	}
	if !cmp.Equal(got.Properties, want.Properties) {
		t.Fatalf("%v: %s %v (-want +got)\n%s", a, layer, want.ID, cmp.Diff(want.Properties, got.Properties))
	}
	if got.Geometry.Dimensions() != want.Geometry.Dimensions() {
		t.Fatalf("%v: %s %v is a %T, want a %T", a, layer, want.ID, got.Geometry, want.Geometry)
	}
	if area, theirs := planar.Area(got.Geometry), planar.Area(want.Geometry); math.Abs(area-theirs) > 4+planar.Length(want.Geometry) {
		t.Fatalf("%v: %s %v has an area of %v, want %v", a, layer, want.ID, area, theirs)
	}
	apart := 1.5 // a unit along each axis
	if a.Z < 13 {
		apart++ // both mend small rings, each in its way
	}
	for _, p := range corners(got.Geometry) {
		d := math.Inf(1)
		if got.Geometry.Dimensions() == 0 {
			for _, q := range corners(want.Geometry) {
				d = min(d, planar.Distance(p, q))
			}
		} else {
			d = distance(want.Geometry, p)
		}
		if d > apart && !onBorder(p) {
			t.Fatalf("%v: %s %v has a corner %v that is %v from PostGIS's: %v, want %v", a, layer, want.ID, p, d, got.Geometry, want.Geometry)
		}
	}
}

// BenchmarkBesidePostGIS cuts tiles of six layers of a city of 200,000 buildings, of
// ourselves and of ST_AsMVT, in turn in one run, from tables with the same features,
// attributes, clipping and buffers. Times are those of the processor, for each tile
// the least of three: "times" says how many tiles of ours, whole or thinned as the
// map has them, one of theirs is worth.
func BenchmarkBesidePostGIS(b *testing.B) {
	s, set := largeCity(), mustSet(b, sixLayers)
	j := newJudge(b, s, set.Whole())
	server := pgtest.Backend(b, j.conn)
	for _, z := range []struct {
		zoom  uint32
		tiles int
	}{{12, 20}, {14, 100}, {16, 300}} {
		b.Run(fmt.Sprintf("z%d", z.zoom), func(b *testing.B) {
			runtime.LockOSThread() // its processor time is ours
			defer runtime.UnlockOSThread()
			list := someTiles(s, z.zoom, z.tiles)
			for b.Loop() {
				theirs := measure(b, "postgis", list, server, func(a tiles.Address) []byte { return j.tile(b, a) })
				for _, own := range []struct {
					name string
					set  *tiles.Set
				}{{"whole", set.Whole()}, {"thinned", set}} {
					atlas, data := new(tiles.Atlas), []byte(nil)
					ours := measure(b, own.name, list, pgtest.Thread, func(a tiles.Address) []byte {
						var err error
						if data, _, err = atlas.Append(b.Context(), data[:0], s, own.set, a, noon); err != nil {
							b.Fatal(err)
						}
						return data
					})
					b.ReportMetric(float64(theirs)/float64(ours), "times-"+own.name)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measure makes tiles and returns what all of them take. It reports tiles a second
// and bytes a tile.
func measure(b *testing.B, name string, list []tiles.Address, used pgtest.Stopwatch, tile func(tiles.Address) []byte) time.Duration {
	least, bytes := make([]time.Duration, len(list)), 0
	for round := range 4 {
		for i, a := range list {
			start := used()
			data := tile(a)
			took := used() - start
			switch {
			case round == 0: // nothing was ready
				bytes += len(data)
			case round == 1 || took < least[i]:
				least[i] = took
			}
		}
	}
	var sum time.Duration
	for _, took := range least {
		sum += took
	}
	b.ReportMetric(float64(len(list))/sum.Seconds(), name+"-tiles/s")
	b.ReportMetric(float64(bytes)/float64(len(list)), name+"-B/tile")
	return sum
}
