package cql_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
)

// Both encodings of one filter, after the examples of OGC 21-065r2.
var both = []struct{ name, text, json string }{
	{"equal", `name = 'O''Brien \'s'`, `{"op":"=","args":[{"property":"name"},"O'Brien 's"]}`},
	{"numbers", `levels <> -1.5E+2`, `{"args":[{"property":"levels"},-150],"op":"<>"}`},
	{"and or not", `a=1 AND b=2 and NOT c=3 OR "d" = true`,
		`{"op":"or","args":[{"op":"and","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"=","args":[{"property":"b"},2]},
		{"op":"not","args":[{"op":"=","args":[{"property":"c"},3]}]}]},{"op":"=","args":[{"property":"d"},true]}]}`},
	{"brackets", `a AND (b AND c)`, `{"op":"and","args":[{"property":"a"},{"op":"and","args":[{"property":"b"},{"property":"c"}]}]}`},
	{"not like", `name NOT LIKE 'S\_m%'`, `{"op":"not","args":[{"op":"like","args":[{"property":"name"},"S\\_m%"]}]}`},
	{"between", `depth BETWEEN 100.0 and 150.0`, `{"op":"between","args":[{"property":"depth"},100,150]}`},
	{"in", `city IN ('北京', 'Toronto')`, `{"op":"in","args":[{"property":"city"},["北京","Toronto"]]}`},
	{"not in", `c not in (1)`, `{"op":"not","args":[{"op":"in","args":[{"property":"c"},[1]]}]}`},
	{"is not null", `c IS NOT NULL`, `{"op":"not","args":[{"op":"isNull","args":[{"property":"c"}]}]}`},
	{"casei", `casei(road) IN (CASEI('Οδος'))`, `{"op":"in","args":[{"op":"casei","args":[{"property":"road"}]},[{"op":"casei","args":["Οδος"]}]]}`},
	{"date", `built < DATE('1969-12-31')`, `{"op":"<","args":[{"property":"built"},{"date":"1969-12-31"}]}`},
	{"timestamp", `at >= TIMESTAMP('2022-04-16T10:13:19.5Z')`, `{"op":">=","args":[{"property":"at"},{"timestamp":"2022-04-16T10:13:19.5Z"}]}`},
	{"interval", `T_DURING(at, INTERVAL('2017-06-10T07:30:00Z', '..'))`, `{"op":"t_during","args":[{"property":"at"},{"interval":["2017-06-10T07:30:00Z",".."]}]}`},
	{"interval of properties", `t_metby(INTERVAL(a, "b"), INTERVAL('..', '2005-01-10'))`,
		`{"op":"t_metBy","args":[{"interval":[{"property":"a"},{"property":"b"}]},{"interval":["..","2005-01-10"]}]}`},
	{"arrays", `A_CONTAINEDBY(tags, ('a', 'b'))`, `{"op":"a_containedBy","args":[{"property":"tags"},["a","b"]]}`},
	{"empty array", `a_equals([], tags)`, `{"op":"a_equals","args":[[],{"property":"tags"}]}`},
	{"collection", `NOT S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 2), GEOMETRYCOLLECTION(LINESTRING(1 2, 3 4)), POINT(5 6)))`,
		`{"op":"not","args":[{"op":"s_intersects","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":[
		{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[5,6]}]}]}]}]}`},
	{"collection first", `S_DISJOINT(GEOMETRYCOLLECTION(POINT(1 2), POINT(3 4)), geometry)`,
		`{"op":"and","args":[{"op":"s_disjoint","args":[{"type":"Point","coordinates":[1,2]},{"property":"geometry"}]},
		{"op":"s_disjoint","args":[{"type":"Point","coordinates":[3,4]},{"property":"geometry"}]}]}`},
	{"point", `S_INTERSECTS(geometry, POINT(36.319836 -32.288087))`, `{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[36.319836,-32.288087]}]}`},
	{"heights", `s_equals(POINT Z (1 2 3), multipoint(1 2))`, `{"op":"s_equals","args":[{"type":"Point","coordinates":[1,2,3]},{"type":"MultiPoint","coordinates":[[1,2]]}]}`},
	{"lines", `S_CROSSES(geometry, MULTILINESTRING((0 0, 1 1.5),(2 2, 3 3)))`, `{"op":"s_crosses","args":[{"property":"geometry"},{"type":"MultiLineString","coordinates":[[[0,0],[1,1.5]],[[2,2],[3,3]]]}]}`},
	{"polygon", `S_WITHIN(geometry, POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 1 1)))`,
		`{"op":"s_within","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[1,2],[2,2],[1,1]]]}]}`},
	{"polygons", `S_TOUCHES(MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5))), geometry)`,
		`{"op":"s_touches","args":[{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]},{"property":"geometry"}]}`},
	{"bbox", `S_DISJOINT(geometry, BBOX(160.6, -55.95, 170, -25.89))`, `{"op":"s_disjoint","args":[{"property":"geometry"},{"bbox":[160.6,-55.95,170,-25.89]}]}`},
	{"bbox over 180 degrees", `S_OVERLAPS(geometry, BBOX(160.6, -55.95, 0, -170, -25.89, 9))`, `{"op":"s_overlaps","args":[{"property":"geometry"},{"bbox":[160.6,-55.95,-170,-25.89]}]}`},
	{"bbox without width", `S_CONTAINS(geometry, BBOX(1, 2, 1, 3))`, `{"op":"s_contains","args":[{"property":"geometry"},{"type":"LineString","coordinates":[[1,2],[1,3]]}]}`},
	{"literal", `true`, `true`},
	{"a truth compared", `(a > 1) = FALSE`, `{"op":"=","args":[{"op":">","args":[{"property":"a"},1]},false]}`},
}

func TestTextAndJSONAgree(t *testing.T) {
	for _, test := range both {
		t.Run(test.name, func(t *testing.T) {
			fromText, err := cql.ParseText(test.text, crs.ToLattice)
			if err != nil {
				t.Fatal(err)
			}
			fromJSON, err := cql.ParseJSON(test.json, crs.ToLattice)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(bare(fromText), bare(fromJSON)) {
				t.Errorf("%s is not %s", asJSON(fromText), asJSON(fromJSON))
			}
			roundTrip(t, fromText)
		})
	}
}

// roundTrip writes an expression both ways and reads it again.
func roundTrip(t *testing.T, e cql.Expr) {
	t.Helper()
	again, err := cql.ParseText(asText(e), crs.ToLattice)
	if err != nil {
		t.Fatalf("%s: %v", asText(e), err)
	}
	if !reflect.DeepEqual(bare(again), bare(e)) {
		t.Errorf("text %s comes back as %s", asText(e), asText(again))
	}
	if again, err = cql.ParseJSON(asJSON(e), crs.ToLattice); err != nil {
		t.Fatalf("%s: %v", asJSON(e), err)
	}
	if !reflect.DeepEqual(bare(again), bare(e)) {
		t.Errorf("JSON %s comes back as %s", asJSON(e), asJSON(again))
	}
}

func TestFaultsOfText(t *testing.T) {
	for _, test := range []struct {
		text string
		at   int
		want string
	}{
		{"", 0, "the end stands where a value is expected"},
		{"name =", 6, "a value"},
		{"name = 'x", 7, "no closing quotation mark"},
		{`"name = 'x'`, 0, "no closing quotation mark"},
		{"a = 1 b", 6, "b stands where and, or, or the end is expected"},
		{"(a = 1", 6, "the end stands where ) is expected"},
		{"a = 1e999", 4, "too large"},
		{"a = - b", 6, "a number is expected"},
		{"a & b", 2, "'&' does not belong"},
		{"a + 1 = 2", 2, "+ is not supported"},
		{"a = 1 + 2", 6, "+ is not supported"},
		{"accenti(a) = 'b'", 0, "accenti is not supported"},
		{"buffer(a, 3) = 'b'", 0, `there is no function "buffer"`},
		{"a not null", 6, "like, between or in is expected"},
		{"a is 3", 5, "null is expected"},
		{"a between 1 or 2", 12, "and is expected"},
		{"a in 3", 5, "( is expected"},
		{"d = date('2022-13-01')", 9, "not a date"},
		{"d = timestamp('yesterday')", 14, "not an instant"},
		{"t_after(a, interval('2022-01-01'))", 11, "two bounds"},
		{"t_after(a)", 0, "needs 2 arguments, not 1"},
		{"casei('a', 'b')", 0, "needs 1 arguments, not 2"},
		{strings.Repeat("(", 40) + "a", 33, "more than 32 deep"},
		{strings.Repeat("not ", 40) + "a", 132, "more than 32 deep"},
		{"a in (" + strings.Repeat("1,", 1001) + "1)", 2002, "more than 1000 parts"},
		{"a = '\xff'", 0, "not UTF-8"},
		{"s_within(g, point(1))", 18, "2 or 3 numbers, not 1"},
		{"s_within(g, point(1 2, 3 4))", 17, "one position, not 2"},
		{"s_within(g, point(181 2))", 18, "outside the world"},
		{"s_within(g, linestring(1 2, 1 2))", 22, "two positions that differ"},
		{"s_within(g, polygon((1 2, 1 3, 2 3)))", 20, "four positions"},
		{"s_within(g, polygon((1 2, 1 3, 2 3, 1 1)))", 20, "does not end where it begins"},
		{"s_within(g, polygon((0 0, 1 1, 1 0, 0 1, 0 0)))", 12, "not valid: its borders cross"},
		{"s_within(g, polygon((0 0, 1 1, 1 0, 0 0), (5 5, 6 6, 6 5, 5 5)))", 12, "a hole lies outside"},
		{"s_within(g, polygon empty)", 20, "empty stands where ) is expected"},
		{"s_within(g, polygon())", 12, "is empty"},
		{"s_within(g, geometrycollection(point(1 2)))", 12, "by s_intersects and s_disjoint alone"},
		{"s_intersects(geometrycollection(point(1 2)), geometrycollection(point(1 2)))", 45, "by s_intersects and s_disjoint alone"},
		{"geometrycollection(point(1 2))", 0, "by s_intersects and s_disjoint alone"},
		{"a in (geometrycollection(point(1 2)))", 6, "by s_intersects and s_disjoint alone"},
		{"s_intersects(g, geometrycollection())", 16, "the geometry is empty"},
		{"s_intersects(g, geometrycollection(g))", 35, "a geometry stands in a collection"},
		{"s_intersects(g, geometrycollection(1))", 35, "a geometry stands in a collection"},
		{"s_intersects(g, geometrycollection(point(1 2)", 45, ""},
		{"s_within(g, bbox(1, 2, 3))", 12, "4 or 6 numbers, not 3"},
		{"s_within(g, bbox(1, 9, 3, 8))", 12, "south of where it begins"},
		{"s_within(g, linestring(" + strings.Repeat("1 2,", 5000) + "3 4))", 20023, "more than 5000 positions"},
	} {
		_, err := cql.ParseText(test.text, crs.ToLattice)
		checkFault(t, test.text, err, test.at, test.want)
	}
}

func TestFaultsOfJSON(t *testing.T) {
	for _, test := range []struct {
		text string
		at   int
		want string
	}{
		{"", 0, "ends too early"},
		{`{"op":"=","args":[{"property":"a"},1]`, 37, "ends too early"},
		{`{"op":"=" "args":[]}`, 9, "not JSON"},
		{`true false`, 5, "more follows"},
		{`{"op":"=","args":[1]}`, 0, "needs 2 arguments, not 1"},
		{`{"op":"like","op":"=","args":[]}`, 13, "stands twice"},
		{`{"op":"+","args":[1,2]}`, 6, "+ is not supported"},
		{`{"op":"st_buffer","args":[1,2]}`, 6, "no function"},
		{`{"op":"not","args":[true],"extra":1}`, 34, `"extra" does not belong`},
		{`{"op":3,"args":[true]}`, 6, "op is a string"},
		{`{"op":"not","args":true}`, 0, "args is an array"},
		{`{"op":"=","args":[{"property":7},1]}`, 30, "the name of a property"},
		{`{"op":"=","args":[{"property":"a"},null]}`, 35, "use isNull"},
		{`{"op":"=","args":[{"property":"a"},{"date":"x"}]}`, 35, "not a date"},
		{`{"op":"=","args":[{"property":"a"},{}]}`, 35, "no expression"},
		{`{"op":"=","args":[{"property":"a"},1e999]}`, 35, "too large"},
		{`{"op":"s_within","args":[{"type":"Curve","coordinates":[]},1]}`, 33, "type \"Curve\" is not supported"},
		{`{"op":"s_within","args":[{"type":"Point"},1]}`, 25, "no coordinates"},
		{`{"op":"s_within","args":[{"type":"Point","coordinates":[1,"2"]},1]}`, 58, "no number"},
		{`{"op":"s_within","args":[{"type":"LineString","coordinates":[1,2]},1]}`, 61, "array of numbers"},
		{`{"op":"s_within","args":[{"type":"Polygon","coordinates":[1,2]},1]}`, 58, "do not nest"},
		{strings.Repeat("[", 200), 71, "more than 32 deep"},
		{strings.Repeat(`{"op":"not","args":[`, 34) + "true" + strings.Repeat("]}", 34), 33 * 20, "more than 32 deep"},
	} {
		_, err := cql.ParseJSON(test.text, crs.ToLattice)
		checkFault(t, test.text, err, test.at, test.want)
	}
}

func checkFault(t *testing.T, text string, err error, at int, want string) {
	t.Helper()
	var fault *cql.Fault
	if !errors.As(err, &fault) {
		t.Errorf("%.60s: got %v", text, err)
	} else if fault.At != at || !strings.Contains(fault.Detail, want) {
		t.Errorf("%.60s: got %q at %d, want %q at %d", text, fault.Detail, fault.At, want, at)
	}
}
