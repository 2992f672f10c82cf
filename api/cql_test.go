package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
)

// filtered asks for the ids that a filter takes.
func filtered(t testing.TB, n *node, layer geo.Layer, lang, filter string) []int64 {
	t.Helper()
	q := url.Values{"filter": {filter}, "limit": {"1000"}}
	if lang != "" {
		q.Set("filter-lang", lang)
	}
	return pages(t, n, "/collections/"+string(layer)+"/items?"+q.Encode(), nil)
}

// operand is a value that queryables of a type are compared with.
type operand struct{ text, json string }

// operands by what a queryable says of its type, as the abstract tests of OGC
// 21-065r2 have them.
func operandOf(queryable map[string]any) (operand, bool) {
	kind := queryable["type"]
	if list, ok := kind.([]any); ok {
		kind = list[0]
	}
	switch fmt.Sprint(kind, queryable["format"]) {
	case "string<nil>":
		return operand{`'foo'`, `"foo"`}, true
	case "boolean<nil>":
		return operand{`true`, `true`}, true
	case "number<nil>":
		return operand{`3.14`, `3.14`}, true
	case "integer<nil>":
		return operand{`1`, `1`}, true
	case "stringdate-time":
		return operand{`TIMESTAMP('2022-04-14T14:48:46Z')`, `{"timestamp":"2022-04-14T14:48:46Z"}`}, true
	case "stringdate":
		return operand{`DATE('2022-04-14')`, `{"date":"2022-04-14"}`}, true
	}
	return operand{}, false
}

// literalTexts and literalJSONs are geometries of every type in both languages.
var (
	literalTexts = []string{
		"POINT(119.1 36.7)", "MULTIPOINT((119.1 36.7),(119.1001119 36.7027034))", "LINESTRING(119.09 36.7,119.1 36.7)",
		"MULTILINESTRING((119.09 36.7,119.1 36.7),(119.1 36.71,119.11 36.71))", "POLYGON((119.09 36.69,119.11 36.69,119.11 36.701,119.09 36.69))",
		"MULTIPOLYGON(((119.09 36.69,119.11 36.69,119.11 36.701,119.09 36.69)),((10 10,20 10,20 20,10 10)))", "BBOX(119.099,36.699,119.101,36.701)",
		"GEOMETRYCOLLECTION(POINT(119.1 36.7),POLYGON((119.09 36.69,119.11 36.69,119.11 36.701,119.09 36.69)))",
	}
	literalJSONs = []string{
		`{"type":"Point","coordinates":[119.1,36.7]}`, `{"type":"MultiPoint","coordinates":[[119.1,36.7],[119.1001119,36.7027034]]}`,
		`{"type":"LineString","coordinates":[[119.09,36.7],[119.1,36.7]]}`, `{"type":"MultiLineString","coordinates":[[[119.09,36.7],[119.1,36.7]],[[119.1,36.71],[119.11,36.71]]]}`,
		`{"type":"Polygon","coordinates":[[[119.09,36.69],[119.11,36.69],[119.11,36.701],[119.09,36.69]]]}`,
		`{"type":"MultiPolygon","coordinates":[[[[119.09,36.69],[119.11,36.69],[119.11,36.701],[119.09,36.69]]],[[[10,10],[20,10],[20,20],[10,10]]]]}`, `{"bbox":[119.099,36.699,119.101,36.701]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[119.1,36.7]},{"type":"Polygon","coordinates":[[[119.09,36.69],[119.11,36.69],[119.11,36.701],[119.09,36.69]]]}]}`,
	}
)

// The predicates of the abstract test suites behind /conformance, for every queryable
// of every collection, in both languages.
func TestFilterConformance(t *testing.T) {
	n := newTown(t)
	for _, schema := range geo.Catalog() {
		layer := schema.Layer
		all := filtered(t, n, layer, "", "true")
		if len(filtered(t, n, layer, "cql2-json", "false")) != 0 || len(filtered(t, n, layer, "cql2-json", "true")) != len(all) {
			t.Errorf("%s: true and false", layer)
		}
		// ask compares both languages and returns what the filter takes.
		ask := func(text, json string) []int64 {
			t.Helper()
			got := filtered(t, n, layer, "cql2-text", text)
			if again := filtered(t, n, layer, "cql2-json", json); !slices.Equal(got, again) {
				t.Errorf("%s: %s takes %v, %s takes %v", layer, text, got, json, again)
			}
			return got
		}
		apart := func(what string, a, b []int64) {
			t.Helper()
			if slices.ContainsFunc(a, func(id int64) bool { return slices.Contains(b, id) }) {
				t.Errorf("%s: %s have features in common", layer, what)
			}
		}
		queryables := n.getJSON(t, "/collections/"+string(layer)+"/queryables")["properties"].(map[string]any)
		var taken []string // filters to combine
		for name, of := range queryables {
			property := fmt.Sprintf(`{"property":%q}`, name)
			null := ask(name+" IS NULL", `{"op":"isNull","args":[`+property+`]}`)
			known := ask(name+" is not null", `{"op":"not","args":[{"op":"isNull","args":[`+property+`]}]}`)
			apart(name+": null and not null", null, known)
			if len(null)+len(known) != len(all) {
				t.Errorf("%s.%s: %d null, %d not, %d in all", layer, name, len(null), len(known), len(all))
			}
			taken = append(taken, name+" is null")
			queryable := of.(map[string]any)
			value, scalar := operandOf(queryable)
			if scalar {
				results := map[string][]int64{}
				for _, op := range []string{"=", "<>", "<", ">", "<=", ">="} {
					results[op] = ask(fmt.Sprintf("%s %s %s", name, op, value.text), fmt.Sprintf(`{"op":%q,"args":[%s,%s]}`, op, property, value.json))
					ask(fmt.Sprintf("%s %s %s", value.text, op, name), fmt.Sprintf(`{"op":%q,"args":[%s,%s]}`, op, value.json, property))
					same := ask(name+op+name, fmt.Sprintf(`{"op":%q,"args":[%s,%s]}`, op, property, property))
					if want := len(known); strings.Contains(op, "=") && len(same) != want || !strings.Contains(op, "=") && len(same) != 0 {
						t.Errorf("%s: %s%s%s takes %d of %d", layer, name, op, name, len(same), want)
					}
					want := 0
					if strings.Contains(op, "=") {
						want = len(all)
					}
					if got := len(filtered(t, n, layer, "", value.text+op+value.text)); got != want {
						t.Errorf("%s%s%s takes %d of %d", value.text, op, value.text, got, len(all))
					}
				}
				apart(name+" = and <>", results["="], results["<>"])
				apart(name+" > and <=", results[">"], results["<="])
				apart(name+" < and >=", results["<"], results[">="])
				ask(name+" in ("+value.text+")", `{"op":"in","args":[`+property+`,[`+value.json+`]]}`)
				taken = append(taken, name+" <> "+value.text)
			}
			switch {
			case queryable["format"] == "date":
				filtered(t, n, layer, "", name+" in ('2022-04-14', '2022-04-15')")
				for _, op := range []string{"after", "before", "disjoint", "equals", "intersects"} {
					ask("T_"+op+"("+name+", DATE('2022-04-24'))", `{"op":"t_`+op+`","args":[`+property+`,{"date":"2022-04-24"}]}`)
					ask("t_"+op+"("+name+", INTERVAL('2021-01-01','2021-12-31'))", `{"op":"t_`+op+`","args":[`+property+`,{"interval":["2021-01-01","2021-12-31"]}]}`)
				}
			case queryable["format"] == "date-time":
				filtered(t, n, layer, "", name+" in ('2022-04-14T14:52:56Z', '2022-04-14T15:52:56Z')")
				for _, op := range []string{
					"after", "before", "disjoint", "equals", "intersects", "contains", "during", "finishedBy", "finishes",
					"meets", "metBy", "overlappedBy", "overlaps", "startedBy", "starts",
				} {
					ask("T_"+strings.ToUpper(op)+"(INTERVAL("+name+",until), INTERVAL('2021-01-01T00:00:00Z','2021-12-31T23:59:59Z'))",
						`{"op":"t_`+op+`","args":[{"interval":[`+property+`,{"property":"until"}]},{"interval":["2021-01-01T00:00:00Z","2021-12-31T23:59:59Z"]}]}`)
				}
			case value.text == `'foo'`:
				some, empty := filtered(t, n, layer, "", name+" like '_%'"), filtered(t, n, layer, "", name+" like ''")
				apart(name+": like '_%' and ''", some, empty)
				one, two := ask(name+" LIKE '%'", `{"op":"like","args":[`+property+`,"%"]}`), filtered(t, n, layer, "", name+" like '%%'")
				if !slices.Equal(one, two) || len(one) != len(known) {
					t.Errorf("%s: %s like %% takes %d and %d of %d", layer, name, len(one), len(two), len(known))
				}
				filtered(t, n, layer, "", name+` like '\\%\\_'`)
				for _, pair := range [][2]string{{"= casei('foo')", "= CASEI('FOO')"}, {"LIKE casei('foo%')", "LIKE casei('FOO%')"}, {"IN (casei('foo'), casei('XLP-1'))", "in (CASEI('FOO'), casei('xlp-1'))"}} {
					one, two := filtered(t, n, layer, "", "CASEI("+name+") "+pair[0]), filtered(t, n, layer, "", "casei("+name+") "+pair[1])
					if !slices.Equal(one, two) {
						t.Errorf("%s: casei(%s) %s takes %v, and %s takes %v", layer, name, pair[0], one, pair[1], two)
					}
				}
			case value.text == "1" || value.text == "3.14":
				ask(name+" BETWEEN 0 AND 100", `{"op":"between","args":[`+property+`,0,100]}`)
				filtered(t, n, layer, "", name+" between 100.0 and 1.0")
			case queryable["items"] != nil:
				for _, op := range []string{"contains", "containedBy", "equals", "overlaps"} {
					ask("A_"+strings.ToUpper(op)+"("+name+",('foo','bar'))", `{"op":"a_`+op+`","args":[`+property+`,["foo","bar"]]}`)
				}
			case name == "geometry":
				if got := ask("S_INTERSECTS(geometry,BBOX(-180,-90,180,90))", `{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[-180,-90,180,90]}]}`); len(got) != len(known) {
					t.Errorf("%s: %d of %d lie in the world", layer, len(got), len(known))
				}
				ask("S_INTERSECTS(geometry,POINT(119.1 36.7))", `{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[119.1,36.7]}]}`)
				half := filtered(t, n, layer, "", "S_INTERSECTS(BBOX(90,-90,180,90),geometry) AND S_INTERSECTS(geometry,BBOX(-180,-90,-90,90))")
				if len(half) != 0 {
					t.Errorf("%s: %v lie on both sides of the world", layer, half)
				}
				for i, text := range literalTexts {
					ask("S_INTERSECTS(geometry,"+text+")", `{"op":"s_intersects","args":[{"property":"geometry"},`+literalJSONs[i]+`]}`)
					met, apartFrom := filtered(t, n, layer, "", "s_intersects("+text+",geometry)"), filtered(t, n, layer, "", "S_DISJOINT(geometry,"+text+")")
					apart("what meets "+text+" and what does not", met, apartFrom)
					if len(met)+len(apartFrom) != len(known) {
						t.Errorf("%s: %d meet %s, %d do not, of %d", layer, len(met), text, len(apartFrom), len(known))
					}
					if !strings.HasPrefix(text, "GEOMETRYCOLLECTION") {
						for _, op := range []string{"equals", "touches", "crosses", "within", "contains", "overlaps"} {
							ask("S_"+strings.ToUpper(op)+"(geometry,"+text+")", `{"op":"s_`+op+`","args":[{"property":"geometry"},`+literalJSONs[i]+`]}`)
						}
					}
				}
				w := n.get(t, "/collections/"+string(layer)+"/items?filter="+url.QueryEscape("S_INTERSECTS(geometry,POINT(90 180))"))
				if w.Code != http.StatusBadRequest {
					t.Errorf("%s: a place outside the world: %d", layer, w.Code)
				}
			}
		}
		slices.Sort(taken)
		for i := range 10 {
			p := func(j int) string { return taken[(i+j*3)%len(taken)] }
			filtered(t, n, layer, "", fmt.Sprintf("((NOT %s AND %s) OR (%s and NOT %s) or not (%s AND %s))", p(1), p(2), p(3), p(4), p(1), p(4)))
		}
	}
}

// BenchmarkFilter takes the first 100 of 40,000 buildings, and counts all that match.
func BenchmarkFilter(b *testing.B) {
	n := newNode(b)
	n.publish(suburb(b))
	for name, filter := range map[string]string{
		"number":  "levels BETWEEN 5 AND 9 AND use = 'residential'",
		"like":    "number LIKE '1%' OR casei(source) = casei('BENCH')",
		"box":     "S_WITHIN(geometry, BBOX(119.1, 36.7, 119.11, 36.71))",
		"polygon": "S_INTERSECTS(geometry, POLYGON((119.09 36.69, 119.11 36.695, 119.12 36.71, 119.1 36.702, 119.09 36.69))) AND levels > 3",
		"apart":   "S_DISJOINT(geometry, POLYGON((119.09 36.69, 119.11 36.695, 119.12 36.71, 119.1 36.702, 119.09 36.69)))",
	} {
		path := "/collections/buildings/items?filter=" + url.QueryEscape(filter)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := n.get(b, path); w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	n := newTown(f)
	f.Add("name LIKE '%区' AND s_within(geometry, BBOX(119,36,120,37))", "cql2-text", "")
	f.Add(`{"op":"not","args":[{"op":"isNull","args":[{"property":"code"}]}]}`, "cql2-json", "http://www.opengis.net/def/crs/EPSG/0/4549")
	f.Add("code in ('370705', 'x', '370705')", "", "http://www.opengis.net/def/crs/OGC/1.3/CRS84")
	f.Fuzz(func(t *testing.T, filter, lang, system string) {
		q := url.Values{"filter": {filter}, "filter-lang": {lang}, "filter-crs": {system}}
		fuzzed(t, n, "/collections/places/items", q.Encode(), 200, 400, 414)
	})
}
