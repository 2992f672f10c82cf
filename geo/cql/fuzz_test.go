package cql_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/seedtest"
)

func FuzzText(f *testing.F) {
	for _, test := range both {
		f.Add(test.text)
	}
	f.Add("((((((((((((((((((((((((((((((((((1")
	f.Add("a = 'x\\' or \"b\" = POINT Z (1 2 3 4)")
	f.Add("s_within(geometry, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))))")
	f.Fuzz(func(t *testing.T, text string) { fuzzed(t, text, cql.ParseText) })
}

func FuzzJSON(f *testing.F) {
	for _, test := range both {
		f.Add(test.json)
	}
	f.Add(strings.Repeat("[", 100))
	f.Add(`{"op":"s_within","args":[{"type":"MultiPoint","coordinates":[[[1]]]},{"bbox":[1,2,-3,4]}]}`)
	f.Fuzz(func(t *testing.T, text string) { fuzzed(t, text, cql.ParseJSON) })
}

// fuzzed reads a stranger's filter: a fault lies within it, and what is none comes
// back from JSON as it went in, compiles or has a fault, and takes features or not.
func fuzzed(t *testing.T, text string, parse func(string, cql.Position) (cql.Expr, error)) {
	t.Helper()
	e, err := parse(text, crs.ToLattice)
	if err != nil {
		inText(t, text, err)
		return
	}
	again, err := cql.ParseJSON(asJSON(e), crs.ToLattice)
	if err != nil {
		var fault *cql.Fault
		if !errors.As(err, &fault) || len(asJSON(e)) <= cql.MaxBytes {
			t.Fatalf("%s: %v", asJSON(e), err)
		}
		return
	}
	if !reflect.DeepEqual(bare(again), bare(e)) {
		t.Fatalf("%s comes back as %s", asJSON(e), asJSON(again))
	}
	for _, schema := range geo.Catalog() {
		filter, err := cql.Compile(e, schema, geojson.Fields(schema, false))
		if err != nil {
			inText(t, text, err)
			continue
		}
		f := schema.New()
		f.Common().Shape = geo.PointShape(geo.Point{X: 10, Y: 20})
		filter.Takes(f)
	}
}

func inText(t *testing.T, text string, err error) {
	t.Helper()
	var fault *cql.Fault
	if !errors.As(err, &fault) || fault.At < 0 || fault.At > len(text) || fault.Detail == "" {
		t.Fatalf("%q: %#v", text, err)
	}
}

// Random filters come back from both encodings as they were.
func TestRoundTrip(t *testing.T) {
	r := seedtest.New(t)
	schema := geo.MustSchema(geo.Booths)
	g := generator{r: r, schema: schema, fields: geojson.Fields(schema, false)}
	for i := range 20 {
		g.features = append(g.features, &geo.Booth{
			Base: geo.Base{
				Name: []string{"新华路", "it's", "a\"b", "50%", ""}[i%5], From: geo.Instant(i), SurveyedOn: geo.Date(i),
				Shape: geo.PointShape(geo.Point{X: r.Int32N(1e9), Y: -r.Int32N(5e8)}),
			},
			Trades: []string{"shoe", "key"}[:i%3],
		})
	}
	for i := range 3000 {
		roundTrip(t, g.filter(operators[i%len(operators)]))
	}
}
