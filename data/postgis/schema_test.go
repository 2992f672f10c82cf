package postgis_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
)

// TestGeometryAtServer has PostGIS itself tell what was stored.
func TestGeometryAtServer(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	point := func(x, y int32) geo.Point { return geo.Point{X: x, Y: y} }
	ring := func(x, y, size int32) []geo.Point {
		return []geo.Point{point(x, y), point(x+size, y), point(x+size, y+size), point(x, y+size)}
	}
	cases := []struct {
		layer geo.Layer
		shape geo.Shape
		text  string
	}{
		{geo.Booths, geo.PointShape(point(1191071234, 367081235)), "POINT(119.1071234 36.7081235)"},
		{geo.Booths, geo.PointShape(point(-180e7, 90e7)), "POINT(-180 90)"},
		{geo.Booths, geo.PointShape(point(1, -3)), "POINT(0.0000001 -0.0000003)"},
		{geo.Booths, geo.MakeShape(geo.Points, []geo.Part{{Points: []geo.Point{point(1e7, 2e7)}}, {Points: []geo.Point{point(3e7, 4e7)}}}), "MULTIPOINT((1 2),(3 4))"},
		{geo.Streets, geo.LineShape([]geo.Point{point(0, 0), point(5e6, 1e7)}), "LINESTRING(0 0,0.5 1)"},
		{geo.Streets, geo.MakeShape(geo.Lines, []geo.Part{{Points: ring(0, 0, 1e7)[:2]}, {Points: ring(2e7, 0, 1e7)[:2]}}), "MULTILINESTRING((0 0,1 0),(2 0,3 0))"},
		{geo.Land, geo.PolygonShape(ring(0, 0, 4e7), ring(1e7, 1e7, 1e7)), "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 2,2 2,2 1,1 1,1 2))"},
		{geo.Land, geo.MakeShape(geo.Polygons, []geo.Part{{Points: ring(0, 0, 1e7)}, {Points: ring(2e7, 0, 1e7)}}), "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((2 0,3 0,3 1,2 1,2 0)))"},
	}
	for _, c := range cases {
		f := geo.MustSchema(c.layer).New()
		f.Common().Shape = c.shape
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(f))}); err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		query := `SELECT ST_AsText(geom) || ' ' || ST_IsValid(geom) || ' ' || ST_SRID(geom) FROM ` + string(c.layer) + ` WHERE id = $1`
		got := ask[string](t, address, query, f.Common().ID)
		if want := c.text + " true 4326"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestTables reads the tables from PostgreSQL's own catalog: types, titles,
// indexes, and NULL where nothing is known.
func TestTables(t *testing.T) {
	address := pgtest.Start(t).URL(t)
	s := open(t, address)
	types := map[geo.FieldType]string{
		geo.Text: "text", geo.OpeningHours: "text", geo.List: "text[]", geo.Integer: "integer", geo.Number: "double precision",
		geo.Boolean: "boolean", geo.Flag: "boolean", geo.Day: "date", geo.Moment: "timestamp with time zone",
	}
	if len(types) != len(geo.AllFieldTypes) {
		t.Fatalf("%d field types, want %d", len(types), len(geo.AllFieldTypes))
	}
	for _, schema := range geo.Catalog() {
		table := string(schema.Layer)
		title := ask[string](t, address, `SELECT obj_description($1::regclass)`, table)
		if title != schema.Zh+" / "+schema.En {
			t.Errorf("%s is titled %q", table, title)
		}
		columns := columnsOf(t, address, table)
		for _, field := range schema.Fields {
			column := columns[field.Name]
			if column.kind != types[field.Type] {
				t.Errorf("%s.%s is %s, want %s", table, field.Name, column.kind, types[field.Type])
			}
			if !strings.HasPrefix(column.title, field.Zh+" / "+field.En) || !strings.Contains(column.title, field.Unit) {
				t.Errorf("%s.%s is titled %q", table, field.Name, column.title)
			}
		}
		want := ""
		if !schema.Allows(geo.NoShape) {
			want = "geometry(Geometry,4326)"
		}
		if columns["geom"].kind != want {
			t.Errorf("%s.geom is %q, want %q", table, columns["geom"].kind, want)
		}
		fill := schema.New()
		if want != "" {
			fill.Common().Shape = map[geo.Kind]geo.Shape{
				geo.Points:   geo.PointShape(geo.Point{}),
				geo.Lines:    geo.LineShape([]geo.Point{{}, {X: 1}}),
				geo.Polygons: geo.PolygonShape([]geo.Point{{}, {X: 1}, {Y: 1}}),
			}[schema.Kinds[0]]
		}
		if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(geo.Insert(fill))}); err != nil {
			t.Fatal(err)
		}
		known := ask[int](t, address, `SELECT num_nonnulls(`+quoted(schema)+`) FROM `+table)
		flags := 0
		for _, field := range schema.Fields {
			if field.Type == geo.Flag {
				flags++
			}
		}
		if known != flags {
			t.Errorf("an empty row of %s has %d values, want %d", table, known, flags)
		}
		for _, index := range []string{"(revision)", "UNIQUE INDEX", "USING gist (geom)"} {
			if index == "USING gist (geom)" && want == "" {
				continue
			}
			n := ask[int](t, address, `SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND tablename = $1 AND strpos(indexdef, $2) > 0`, table, index)
			if n == 0 {
				t.Errorf("%s has no index with %s", table, index)
			}
		}
	}
}

type column struct{ kind, title string }

func columnsOf(t *testing.T, address, table string) map[string]column {
	t.Helper()
	rows, err := connect(t, address).Query(context.Background(), `SELECT attname, format_type(atttypid, atttypmod), coalesce(col_description(attrelid, attnum), '')
		FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`, table)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]column{}
	var name string
	var c column
	if _, err := pgx.ForEachRow(rows, []any{&name, &c.kind, &c.title}, func() error { columns[name] = c; return nil }); err != nil {
		t.Fatal(err)
	}
	return columns
}

func quoted(schema *geo.Schema) string {
	var names []string
	for _, field := range schema.Fields {
		names = append(names, pgx.Identifier{field.Name}.Sanitize())
	}
	return strings.Join(names, ", ")
}
