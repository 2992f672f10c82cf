package cql_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/demo"
	"gridatlas/data/postgis"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/table"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// judged are the layers that filters are asked of, with points, lines and polygons
// and all types of fields between them.
var judged = []geo.Layer{geo.Booths, geo.Streets, geo.Buildings, geo.Compounds, geo.Shelters}

// seeded takes up to 400 features of each judged layer from the demo city and gives
// them times and names of all sorts, some unknown.
func seeded(t *testing.T, r *rand.Rand) map[geo.Layer][]geo.Feature {
	t.Helper()
	layers := map[geo.Layer][]geo.Feature{}
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		f := change.After
		if layer := f.Layer(); slices.Contains(judged, layer) && len(layers[layer]) < 400 {
			f = geo.Clone(f)
			base := f.Common()
			schema := geo.MustSchema(layer)
			for i := range schema.Fields { // what they refer to is left out
				if field := &schema.Fields[i]; field.Refs != nil {
					if err := field.Set(f, nil); err != nil {
						t.Fatal(err)
					}
				}
			}
			if r.IntN(3) > 0 {
				base.From = geo.Instant(28_000_000 + r.IntN(50)*1440)
			}
			if r.IntN(3) > 0 {
				base.Until = max(base.From, 28_000_000) + geo.Instant(r.IntN(50)*1440)
			}
			if r.IntN(4) > 0 {
				base.SurveyedOn = geo.Date(20_000 + r.IntN(60))
			}
			if r.IntN(4) > 0 {
				base.DueOn = base.SurveyedOn + geo.Date(r.IntN(40))
			}
			if r.IntN(2) == 0 {
				base.Source = []string{"Survey", "SURVEY 50%", "survey_b", `C:\gis`}[r.IntN(4)]
			}
			layers[layer] = append(layers[layer], f)
		}
	}
	return layers
}

// PostGIS takes the same features for 500 filters that use every operator.
func TestAgainstPostGIS(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	address := pgtest.Start(t).URL(t)
	r := seedtest.New(t)
	layers := seeded(t, r)
	store, err := postgis.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	var inserts []geo.Change
	for _, layer := range judged {
		for _, f := range layers[layer] {
			inserts = append(inserts, geo.Insert(f))
		}
	}
	if _, err := store.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(inserts...)}); err != nil {
		t.Fatal(err)
	}
	clear(layers)
	if _, err := store.Load(t.Context(), func(f geo.Feature) error {
		layers[f.Layer()] = append(layers[f.Layer()], f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, layer := range judged {
		// Whole steps of the lattice, which floats hold exactly.
		if _, err := conn.Exec(t.Context(), fmt.Sprintf(`ALTER TABLE %s ADD COLUMN lattice geometry;
			UPDATE %[1]s SET lattice = ST_SnapToGrid(ST_SetSRID(ST_Scale(geom, 1e7, 1e7), 0), 1)`, layer)); err != nil {
			t.Fatal(err)
		}
	}
	used := map[string]int{}
	telling, selected := 0, 0
	for i := 0; i < 500; {
		layer := judged[i%len(judged)]
		schema := geo.MustSchema(layer)
		g := generator{r: r, schema: schema, fields: geojson.Fields(schema, false), features: layers[layer]}
		e := g.filter(operators[i%len(operators)])
		if e == nil { // the layer has no such field
			layer = geo.Booths
			schema = geo.MustSchema(layer)
			g.schema, g.fields, g.features = schema, geojson.Fields(schema, false), layers[layer]
			e = g.filter(operators[i%len(operators)])
		}
		e = reparsed(t, e, i%2 == 0)
		filter, err := cql.Compile(e, schema, g.fields)
		if err != nil {
			t.Fatalf("%s: %v", asText(e), err)
		}
		var got []int64
		for _, f := range g.features {
			if filter.Takes(f) {
				got = append(got, f.Common().ID)
				checkIndex(t, e, filter, f)
			}
		}
		share := float64(len(got)) / float64(len(g.features))
		tells := share >= 0.01 && share <= 0.99
		if !tells && i-telling > 200 {
			continue // enough of those that take all or nothing
		}
		slices.Sort(got)
		query := fmt.Sprintf(`SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM %s WHERE %s`, layer, sqlOf(e))
		var want []int64
		if err := conn.QueryRow(t.Context(), query).Scan(&want); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s of %s takes %d features, PostGIS %d\n%v\n%v\n%s", asText(e), layer, len(got), len(want), got, want, query)
		}
		count(e, used)
		if i++; tells {
			telling++
		}
		selected += len(got)
	}
	for _, op := range operators {
		if used[op] < 5 {
			t.Errorf("%s was used %d times", op, used[op])
		}
	}
	t.Logf("%d of 500 filters take between 1 %% and 99 %%; %d features in all; %v", telling, selected, used)
	if telling < 250 {
		t.Errorf("only %d filters tell", telling)
	}
}

// reparsed sends an expression through text or JSON.
func reparsed(t *testing.T, e cql.Expr, text bool) cql.Expr {
	t.Helper()
	parse, written := cql.ParseJSON, asJSON(e)
	if text {
		parse, written = cql.ParseText, asText(e)
	}
	again, err := parse(written, crs.ToLattice)
	if err != nil {
		t.Fatalf("%s: %v", written, err)
	}
	return again
}

// checkIndex reports a feature that is taken and would not be found.
func checkIndex(t *testing.T, e cql.Expr, filter *cql.Filter, f geo.Feature) {
	t.Helper()
	base := f.Common()
	if codes, ok := filter.Codes(); ok && !slices.Contains(codes, base.Code) {
		t.Fatalf("%s takes %q, which is none of %q", asText(e), base.Code, codes)
	}
	if boxes, ok := filter.Boxes(); ok && !slices.ContainsFunc(boxes, base.Shape.Box().Intersects) {
		t.Fatalf("%s takes %d, which is in none of %v", asText(e), base.ID, boxes)
	}
}

func count(e cql.Expr, used map[string]int) {
	switch e := e.(type) {
	case *cql.Call:
		used[e.Op]++
		for _, arg := range e.Args {
			count(arg, used)
		}
	case *cql.List:
		for _, item := range e.Items {
			count(item, used)
		}
	}
}

// sqlOf writes an expression as SQL over the tables of data/postgis.
func sqlOf(e cql.Expr) string {
	switch e := e.(type) {
	case *cql.Property:
		if e.Name == cql.Geometry {
			return "lattice"
		}
		if field, ok := geo.MustSchema(geo.Places).Field(e.Name); ok && field.Type == geo.Text || e.Name == "number" || e.Name == "status" {
			return strconv.Quote(e.Name) + ` COLLATE "C"`
		}
		return strconv.Quote(e.Name)
	case *cql.List:
		items := make([]string, len(e.Items))
		for i, item := range e.Items {
			items[i] = sqlOf(item)
		}
		return "ARRAY[" + strings.Join(items, ", ") + "]::text[]"
	case *cql.Literal:
		switch v := e.Value.(type) {
		case float64:
			return strconv.FormatFloat(v, 'g', -1, 64) + "::float8"
		case bool:
			return strconv.FormatBool(v)
		case string:
			return "'" + strings.ReplaceAll(v, "'", "''") + "'::text"
		case cql.Day:
			return "DATE '" + dayText(v) + "'"
		case cql.Moment:
			return "TIMESTAMPTZ '" + momentText(v) + "'"
		case geo.Shape:
			steps := func(dst []byte, p geo.Point) []byte { return fmt.Appendf(dst, "%d %d", p.X, p.Y) }
			return "ST_GeomFromText('" + string(table.AppendWKT(nil, v, steps)) + "')"
		}
	case *cql.Call:
		return sqlOfCall(e)
	}
	panic(fmt.Sprintf("%T", e))
}

func sqlOfCall(c *cql.Call) string {
	if strings.HasPrefix(c.Op, "t_") {
		a, b := sqlSpan(c.Args[0])
		d, e := sqlSpan(c.Args[1])
		return "(" + strings.NewReplacer("a", a, "b", b, "c", d, "d", e).Replace(allen[c.Op]) + ")"
	}
	args := make([]string, len(c.Args))
	for i, arg := range c.Args {
		args[i] = sqlOf(arg)
	}
	switch c.Op {
	case "and", "or":
		return "(" + strings.Join(args, " "+c.Op+" ") + ")"
	case "not":
		return "(NOT " + args[0] + ")"
	case "isNull":
		return "(" + args[0] + " IS NULL)"
	case "between":
		return fmt.Sprintf("(%s BETWEEN %s AND %s)", args[0], args[1], args[2])
	case "in":
		var items []string
		for _, item := range c.Args[1].(*cql.List).Items {
			items = append(items, sqlOf(item))
		}
		return "(" + args[0] + " IN (" + strings.Join(items, ", ") + "))"
	case "casei":
		return "lower(" + args[0] + ")"
	case "a_contains":
		return "(" + args[0] + " @> " + args[1] + ")"
	case "a_containedBy":
		return "(" + args[0] + " <@ " + args[1] + ")"
	case "a_equals":
		return fmt.Sprintf("(%s @> %s AND %[1]s <@ %[2]s)", args[0], args[1])
	case "a_overlaps":
		return "(" + args[0] + " && " + args[1] + ")"
	}
	if name, ok := strings.CutPrefix(c.Op, "s_"); ok {
		return "ST_" + name + "(" + args[0] + ", " + args[1] + ")"
	}
	return "(" + args[0] + " " + c.Op + " " + args[1] + ")"
}

// allen are the relations of intervals a to b and c to d, written down a second time
// from OGC 21-065r2 with the operators of SQL.
var allen = map[string]string{
	"t_after": "a > d", "t_before": "b < c", "t_contains": "a < c AND b > d", "t_disjoint": "b < c OR a > d",
	"t_during": "c < a AND d > b", "t_equals": "a = c AND b = d", "t_finishedBy": "a < c AND b = d", "t_finishes": "a > c AND b = d",
	"t_intersects": "NOT (b < c OR a > d)", "t_meets": "b = c", "t_metBy": "a = d", "t_overlappedBy": "a > c AND a < d AND b > d",
	"t_overlaps": "a < c AND b > c AND b < d", "t_startedBy": "a = c AND b > d", "t_starts": "a = c AND b < d",
}

func sqlSpan(e cql.Expr) (from, until string) {
	i, ok := e.(*cql.Interval)
	if !ok {
		return sqlOf(e), sqlOf(e)
	}
	from, until = "'-infinity'", "'infinity'"
	if i.From != nil {
		from = "coalesce(" + sqlOf(i.From) + ", '-infinity')"
	}
	if i.Until != nil {
		until = "coalesce(" + sqlOf(i.Until) + ", 'infinity')"
	}
	return from, until
}
