package gpkg_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// plain opens a file as any SQLite program would.
func plain(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func ask[T any](tb testing.TB, db *sql.DB, query string, args ...any) (v T) {
	tb.Helper()
	if err := db.QueryRowContext(tb.Context(), query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

// TestRTree holds that SQLite finds the packed tree sound, after the load and
// after ordinary writes, and that it answers as a search through all boxes does.
func TestRTree(t *testing.T) {
	for _, n := range []int{200, 201, 2300, 30000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rng := seedtest.New(t)
			path := filepath.Join(t.TempDir(), "city.gpkg")
			s, err := gpkg.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			shape := func() geo.Shape {
				x, y := rng.Int32N(2e7)+119e7, rng.Int32N(2e7)+36e7
				return geo.PolygonShape([]geo.Point{{X: x, Y: y}, {X: x + 1 + rng.Int32N(9000), Y: y}, {X: x, Y: y + 1 + rng.Int32N(9000)}})
			}
			boxes := map[int64]geo.Box{}
			write := func(changes ...geo.Change) {
				t.Helper()
				if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)}); err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					if c.After == nil {
						delete(boxes, c.Key.ID)
					} else {
						boxes[c.After.Common().ID] = c.After.Common().Shape.Box()
					}
				}
			}
			var first []geo.Change
			for range n {
				first = append(first, geo.Insert(&geo.LandArea{Base: geo.Base{Shape: shape()}}))
			}
			write(first...)
			check := func() {
				t.Helper()
				db := plain(t, path)
				if answer := ask[string](t, db, "SELECT rtreecheck('rtree_land_geom')"); answer != "ok" {
					t.Fatalf("rtreecheck: %s", answer)
				}
				if got := ask[int](t, db, "SELECT count(*) FROM rtree_land_geom"); got != len(boxes) {
					t.Errorf("%d boxes in the tree, want %d", got, len(boxes))
				}
				for range 50 {
					w, south := rng.Int32N(2e7)+119e7, rng.Int32N(2e7)+36e7
					box := geo.Box{W: w, S: south, E: w + rng.Int32N(1e6), N: south + rng.Int32N(1e6)}
					want := 0
					for _, b := range boxes {
						if b.Intersects(box) {
							want++
						}
					}
					const query = `SELECT count(*) FROM rtree_land_geom WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?`
					got := ask[int](t, db, query, float64(box.E)/1e7, float64(box.W)/1e7, float64(box.N)/1e7, float64(box.S)/1e7)
					if got < want || got > want+want/10+3 { // the tree rounds outwards to 32 bits
						t.Errorf("%d in %v, want %d", got, box, want)
					}
				}
			}
			check()
			var second []geo.Change
			for i, c := range first[:150] {
				switch i % 3 {
				case 0:
					second = append(second, geo.Delete(c.After))
				case 1:
					next := geo.Clone(c.After)
					next.Common().Shape = shape()
					second = append(second, geo.Replace(next))
				default:
					second = append(second, geo.Insert(&geo.LandArea{Base: geo.Base{Shape: shape()}}))
				}
			}
			write(second...)
			check()
		})
	}
}

// ogrinfo runs GDAL's reader of GeoPackages, the outside judge of the format.
func ogrinfo(tb testing.TB, args ...string) string {
	tb.Helper()
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal("ogrinfo is not installed, and CI must have it (apt install gdal-bin)")
		}
		tb.Skip("ogrinfo is not installed (apt install gdal-bin)")
	}
	cmd := exec.CommandContext(tb.Context(), program, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		tb.Fatalf("ogrinfo %v: %v: %s%s", args, err, out, complaints.String())
	}
	return string(out)
}

// TestOgrinfo holds that GDAL lists our layers and nothing else, counts and
// bounds them as we do, finds features by place, and reads values and titles.
func TestOgrinfo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 1000)
	booth := &geo.Booth{Number: "001", Trades: []string{"shoe", "key"}, LastChecked: 20000, Status: "open"}
	booth.Shape, booth.Code, booth.From = geo.PointShape(geo.Point{X: 1191071234, Y: 367081240}), "B-1", 29000001
	hall := &geo.Shelter{Capacity: geo.Some(int32(450)), EffectiveM2: geo.Some(900.5), Indoor: geo.Some(true)}
	hall.Shape = geo.PolygonShape(
		[]geo.Point{{X: 1191000000, Y: 367000000}, {X: 1191001000, Y: 367000000}, {X: 1191001000, Y: 367001000}, {X: 1191000000, Y: 367001000}},
		[]geo.Point{{X: 1191000100, Y: 367000100}, {X: 1191000100, Y: 367000200}, {X: 1191000200, Y: 367000200}},
	)
	duty := &geo.Assignment{Role: "grid_head", Who: "党群服务站"}
	changes := []geo.Change{geo.Insert(booth), geo.Insert(hall), geo.Insert(duty)}
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	list := ogrinfo(t, path)
	for _, schema := range geo.Catalog() {
		name := ": " + string(schema.Layer)
		if !strings.Contains(list, name+" (") && !strings.Contains(list, name+"\n") { // no type is shown for mixed layers
			t.Errorf("ogrinfo does not list %s:\n%s", schema.Layer, list)
		}
	}
	if got := strings.Count(list, "\n") - 2; got != len(geo.Catalog()) { // two lines stand before the list
		t.Errorf("ogrinfo lists %d layers, want %d:\n%s", got, len(geo.Catalog()), list)
	}
	summary := ogrinfo(t, "-al", "-so", path)
	for _, want := range []string{
		"Layer name: buildings\nMetadata:\n  DESCRIPTION=Buildings\n  IDENTIFIER=楼栋\nGeometry: Multi Polygon\nFeature Count: 1000\nExtent: (119.000000, 36.700000) - (119.399800, 36.700150)",
		"Geometry: Multi Point\nFeature Count: 1\nExtent: (119.107123, 36.708124) - (119.107123, 36.708124)",
		"Geometry: Unknown (any)\nFeature Count: 1\nExtent: (119.100000, 36.700000) - (119.100100, 36.700100)",
		"Layer name: assignments\nMetadata:\n  DESCRIPTION=Assignments\n  IDENTIFIER=责任分工\nGeometry: None\nFeature Count: 1",
		`ID["EPSG",4326]`,
		"FID Column = fid",
		"Geometry Column NOT NULL = geom",
		"last_checked: Date (0.0)",
		"from: DateTime (0.0)",
		"indoor: Integer(Boolean) (0.0)",
		"height_m: Real (0.0)",
	} {
		if !strings.Contains(summary, want) {
			t.Errorf("ogrinfo does not say\n%s\nbut\n%s", want, clipped(summary))
		}
	}
	found := ogrinfo(t, "-al", "-q", "-spat", "118.99999", "36.69999", "119.00095", "36.70001", path, "buildings")
	if got := strings.Count(found, "OGRFeature(buildings)"); got != 3 { // a house every 0.0004 degrees
		t.Errorf("ogrinfo finds %d houses in the box, want 3:\n%s", got, clipped(found))
	}
	one := ogrinfo(t, "-al", "-q", "-where", "code = 'B-1'", path, "booths")
	for _, want := range []string{
		`trades (String) = ["shoe","key"]`, "last_checked (Date) = 2024/10/04", "status (String) = open",
		"from (DateTime) = 2025/02/19 21:21:00+00", "MULTIPOINT ((119.1071234 36.708124))",
	} {
		if !strings.Contains(one, want) {
			t.Errorf("ogrinfo does not say %q but\n%s", want, one)
		}
	}
	if ring := ogrinfo(t, "-al", "-q", path, "shelters"); !strings.Contains(ring, "POLYGON ((119.1 36.7,119.1001 36.7,119.1001 36.7001,119.1 36.7001,119.1 36.7),(119.10001 36.70001,") {
		t.Errorf("the polygon with a hole:\n%s", ring)
	}
	domain := ogrinfo(t, "-fielddomain", "booths_status", path)
	if !strings.Contains(domain, "open: 出摊中") {
		t.Errorf("the closed list of booths.status:\n%s", domain)
	}
}

// clipped leaves out the many lines that tell what EPSG:4326 is.
func clipped(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "    ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestFormat holds what ogrinfo passes over.
func TestFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 300)
	db := plain(t, path)
	if id := ask[int](t, db, "PRAGMA application_id"); id != 0x47504B47 {
		t.Errorf("application_id %x", id)
	}
	if v := ask[int](t, db, "PRAGMA user_version"); v != 10300 {
		t.Errorf("user_version %d", v)
	}
	if bad := ask[int](t, db, "SELECT count(*) FROM pragma_foreign_key_check"); bad != 0 {
		t.Errorf("%d rows break a foreign key", bad)
	}
	for _, schema := range geo.Catalog() {
		place := !schema.Allows(geo.NoShape)
		layer := string(schema.Layer)
		if got := ask[bool](t, db, "SELECT EXISTS (SELECT 1 FROM gpkg_geometry_columns WHERE table_name = ? AND srs_id = 4326)", layer); got != place {
			t.Errorf("%s in gpkg_geometry_columns: %v", layer, got)
		}
		if got := ask[bool](t, db, "SELECT EXISTS (SELECT 1 FROM gpkg_extensions WHERE table_name = ? AND extension_name = 'gpkg_rtree_index')", layer); got != place {
			t.Errorf("%s in gpkg_extensions: %v", layer, got)
		}
		triggers := ask[int](t, db, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name LIKE 'rtree%'", layer)
		if want := map[bool]int{true: 7, false: 0}[place]; triggers != want {
			t.Errorf("%s has %d RTree triggers, want %d", layer, triggers, want)
		}
		if got := ask[int](t, db, "SELECT count(*) FROM gpkg_data_columns WHERE table_name = ?", layer); got != len(schema.Fields) {
			t.Errorf("%s has titles for %d columns, want %d", layer, got, len(schema.Fields))
		}
	}
	if own := ask[int](t, db, "SELECT count(*) FROM gpkg_contents WHERE table_name LIKE 'gridatlas%'"); own != 0 {
		t.Errorf("%d tables of our own are contents of the package", own)
	}
	names := ask[string](t, db, "SELECT json_group_array(name) FROM pragma_table_info('buildings')")
	var columns []string
	if err := json.Unmarshal([]byte(names), &columns); err != nil || columns[0] != "fid" || columns[1] != "geom" {
		t.Errorf("columns of buildings: %v", columns)
	}

	before := ask[string](t, db, "SELECT last_change || '' FROM gpkg_contents WHERE table_name = 'buildings'")
	far := &geo.Building{}
	far.Shape = geo.PolygonShape([]geo.Point{{X: -10, Y: -10}, {X: 0, Y: -10}, {X: 0, Y: 0}})
	if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(far))}); err != nil {
		t.Fatal(err)
	}
	if after := ask[string](t, db, "SELECT last_change || '' FROM gpkg_contents WHERE table_name = 'buildings'"); after <= before {
		t.Errorf("last_change went from %s to %s", before, after)
	}
	if west := ask[float64](t, db, "SELECT min_x FROM gpkg_contents WHERE table_name = 'buildings'"); west != -10/1e7 {
		t.Errorf("the bounds begin at %v", west)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestGuards holds that another program cannot write by mistake, and reads why.
// It has the functions that RTree triggers call, as QGIS and GDAL have.
func TestGuards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s := filled(t, path, 300)
	defer s.Close()
	brief := &geo.Building{Base: geo.Base{Shape: geo.PolygonShape([]geo.Point{{}, {X: 5}, {Y: 5}})}}
	for _, change := range []geo.Change{geo.Insert(brief), {Key: geo.Key{Layer: geo.Buildings, ID: 301}, Expect: 1}} { // something lies in every table
		_, err := s.Apply(t.Context(), geo.ChangeSet{
			Changes: geo.Changes(change),
			Records: geo.RecordChanges(geo.RecordChange{Kind: "test", Key: "a", Expect: geo.AnyVersion, Value: []byte(`1`)}),
		})
		must(t, err)
	}
	db, err := sql.Open("gridatlas_gpkg", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	statements := []string{
		"INSERT INTO buildings (fid, geom, version, revision) SELECT 9999, geom, 1, 1 FROM buildings LIMIT 1",
		"INSERT INTO assignments (fid, version, revision) VALUES (1, 1, 1)",
		"UPDATE buildings SET name = 'x'",
		"DELETE FROM buildings",
	}
	for table, column := range map[string]string{
		"head": "revision", "log": "note", "history": "ended", "counters": "last", "records": "value", "record_head": "version",
	} {
		table = "gridatlas_" + table
		statements = append(statements,
			fmt.Sprintf("INSERT OR REPLACE INTO %s SELECT * FROM %[1]s", table),
			fmt.Sprintf("UPDATE %s SET %s = 7", table, column),
			"DELETE FROM "+table,
		)
	}
	for _, statement := range statements {
		const want = "change it through its HTTP API or with gridatlas import"
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a refusal that says %q", statement, err, want)
		}
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("after refused writes: %v, %v", faults, err)
	}
}
