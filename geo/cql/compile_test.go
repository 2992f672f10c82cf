package cql_test

import (
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// What does not fit the fields of a layer is said, with its place.
func TestFaultsOfMeaning(t *testing.T) {
	for _, test := range []struct {
		layer geo.Layer
		text  string
		at    int
		want  string
	}{
		{geo.Booths, "name = 3", 5, "a text cannot be compared with a number"},
		{geo.Booths, "colour = 'red'", 0, `there is no field "colour"`},
		{geo.Booths, "name = 'x' and surveyed_by = 'y'", 15, `there is no field "surveyed_by"`}, // for staff
		{geo.Buildings, "levels > 3 or residents > 100", 14, `there is no field "residents"`},
		{geo.Assignments, "s_within(geometry, point(1 2))", 9, `there is no field "geometry"`},
		{geo.Booths, "name", 0, "a text is neither true nor false"},
		{geo.Booths, "not 3", 4, "a number is neither true nor false"},
		{geo.Booths, "trades = 'shoe'", 7, "use a_contains"},
		{geo.Booths, "geometry = point(1 2)", 9, "there are functions for it"},
		{geo.Booths, "surveyed_on > timestamp('2024-01-01T00:00:00Z')", 12, "a date cannot be compared with an instant"},
		{geo.Booths, "surveyed_on > 'soon'", 14, "not a date"},
		{geo.Booths, "t_after(from, date('2024-01-01'))", 0, "an instant cannot be compared with a date; an instant is written TIMESTAMP"},
		{geo.Booths, "t_after(name, date('2024-01-01'))", 8, "t_after needs a date, an instant or an interval, not a text"},
		{geo.Booths, "t_after(from, interval('2024-01-01', '2024-01-02T00:00:00Z'))", 37, "the bounds are a date and an instant"},
		{geo.Booths, "t_after(from, interval(name, '..'))", 23, "not a text"},
		{geo.Booths, "s_within(name, point(1 2))", 9, "s_within needs geometries, not a text"},
		{geo.Booths, "a_contains(name, ('x'))", 11, "a_contains needs arrays, not a text"},
		{geo.Booths, "a_contains(trades, (1))", 20, "texts in quotes"},
		{geo.Booths, "a_contains(trades, (name))", 20, "texts in quotes"},
		{geo.Booths, "casei(trades) = 'x'", 6, "casei needs a text, not a list"},
		{geo.Booths, "from like '2024%'", 0, "like needs a text, not an instant"},
		{geo.Booths, "name like landmark", 10, "a pattern is a text in quotes"},
		{geo.Booths, `{"op":"like","args":[{"property":"name"},"a\\"]}`, 41, "ends with a backslash"},
		{geo.Booths, "name in ()", 8, "at least one value"},
	} {
		parse := cql.ParseText
		if test.text[0] == '{' {
			parse = cql.ParseJSON
		}
		e, err := parse(test.text, crs.ToLattice)
		if err == nil {
			schema := geo.MustSchema(test.layer)
			_, err = cql.Compile(e, schema, geojson.Fields(schema, false))
		}
		checkFault(t, test.text, err, test.at, test.want)
	}
}

// What an unknown value makes of a claim, and how time and text are read.
func TestTruth(t *testing.T) {
	feature := &geo.Street{
		Base: geo.Base{Name: "健康街 Street", From: geo.Instant(28_000_000), SurveyedOn: geo.Date(20_000)},
		Foot: "yes", Bridge: true,
	}
	schema := geo.MustSchema(geo.Streets)
	for text, want := range map[string]bool{
		"class = 'main'": false, "not class = 'main'": false, "class is null": true, "class <> 'main' or bridge": true,
		"class = 'main' and not bridge": false, "not (class = 'main' and not bridge)": true,
		"class in ('main', 'path')": false, "foot in (class, 'yes')": true, "not foot in (class, 'no')": false,
		"bridge = true": true, "tunnel": false, "not tunnel": true, "oneway_foot = false": false, "tunnel < bridge": true,
		"level between 1 and 2": false, "not level between 1 and 2": false, "3 between 1 and 3": true, "3 not between 3 and 1": true,
		"name like '健康_ %'": true, "name like '健康街'": false, "name like '%eet'": true, "name like '%ee%ee%'": false,
		"name like ''": false, "'' like ''": true, `'50%' like '50\%'`: true, `'500' like '50\%'`: false, `'a\b' like 'a\\b'`: true,
		"casei(name) = casei('健康街 STREET')": true, "casei(name) like casei('%sTREET')": true, "name = '健康街 STREET'": false,
		"casei('ΟΔΟΣ') = casei('οδος')":    true, // sigma at the end of a word
		"surveyed_on = date('2024-10-04')": true, "surveyed_on > '2024-10-03'": true, "surveyed_on < '2024-10-04'": false,
		"from = timestamp('2023-03-28T10:40:00Z')": true, "from < timestamp('2023-03-28T10:40:00.5Z')": true, "from in ('2023-03-28T18:40:00+08:00')": true,
		"t_intersects(interval(from, until), interval('2030-01-01T00:00:00Z', '..'))": true, // unknown until: still in effect
		"t_before(due_on, date('2030-01-01'))":                                        false,
		"t_during(surveyed_on, interval('2024-10-03', '2024-10-05'))":                 true,
		"t_disjoint(surveyed_on, interval('..', '..'))":                               false,
		"s_intersects(geometry, bbox(-180,-90,180,90))":                               false, // it has none
		"s_disjoint(geometry, bbox(-180,-90,180,90))":                                 false,
		"geometry is null":                    true,
		"s_within(point(1 2), bbox(0,0,3,3))": true,
	} {
		e, err := cql.ParseText(text, crs.ToLattice)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		filter, err := cql.Compile(e, schema, geojson.Fields(schema, false))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := filter.Takes(feature); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
