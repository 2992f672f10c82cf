package geo_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"gridatlas/geo"
)

// samples holds for each field type values as they come in, and what Get gives
// back for them.
var samples = map[geo.FieldType][][2]any{
	geo.Text: {
		{"西南关", "西南关"}, {"  two words ", "two words"}, {json.Number("12"), "12"}, {12.5, "12.5"}, {int64(7), "7"}, {"", nil}, {" ", nil},
	},
	geo.List: {
		{"shoe,key", []string{"shoe", "key"}}, {"修鞋、配钥匙；磨刀", []string{"修鞋", "配钥匙", "磨刀"}},
		{[]any{"shoe", "key"}, []string{"shoe", "key"}}, {[]string{"shoe"}, []string{"shoe"}}, {[]any{}, nil}, {"", nil},
		{`["a;b","c"]`, []string{"a;b", "c"}}, {`[]`, nil}, {`["a",1]`, []string{`["a"`, "1]"}},
	},
	geo.Integer: {
		{12.0, int64(12)}, {int64(-3), int64(-3)}, {5, int64(5)}, {"42", int64(42)}, {json.Number("9"), int64(9)}, {0.0, int64(0)},
		{float64(math.MaxInt32), int64(math.MaxInt32)}, {"", nil},
	},
	geo.Number: {
		{12.25, 12.25}, {int64(3), 3.0}, {"1e3", 1000.0}, {json.Number("-0.5"), -0.5}, {0.0, 0.0}, {" ", nil},
	},
	geo.Boolean: {
		{true, true}, {false, false}, {"yes", true}, {"NO", false}, {"是", true}, {"否", false}, {"1", true}, {json.Number("0"), false}, {"", nil},
	},
	geo.Flag: {
		{true, true}, {false, false}, {"true", true}, {"", false},
	},
	geo.Day: {
		{"2026-03-04", "2026-03-04"}, {"1949-10-01", "1949-10-01"}, {"", nil},
	},
	geo.Moment: {
		{"2026-03-04T10:00:59+08:00", "2026-03-04T02:00:00Z"}, {"2026-03-04", "2026-03-04T00:00:00Z"}, {"", nil},
	},
	geo.OpeningHours: {
		{"Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00"}, {"", nil},
	},
}

// refused holds values that no field of the type takes.
var refused = map[geo.FieldType][]any{
	geo.Text:         {true, []any{"a"}, map[string]any{}},
	geo.List:         {true, 1.5, []any{true}, []any{[]any{}}},
	geo.Integer:      {"twelve", 1.5, "1.5", true, math.NaN(), math.Inf(1), float64(1 << 31), []any{}},
	geo.Number:       {"wide", false, "NaN", math.Inf(-1), []any{1.0}},
	geo.Boolean:      {"maybe", 2.0, []any{}},
	geo.Flag:         {"maybe", json.Number("2")},
	geo.Day:          {"2026-02-30", "4 March", true, 20260304.0},
	geo.Moment:       {"2026-03-04 10:00", "noon", false},
	geo.OpeningHours: {true, []any{"Mo"}},
}

func TestClosedListOfFieldTypes(t *testing.T) {
	for _, typ := range geo.AllFieldTypes {
		if typ.String() == "" || len(samples[typ]) == 0 || len(refused[typ]) == 0 {
			t.Errorf("field type %d has no name or no samples", typ)
		}
	}
	if len(samples) != len(geo.AllFieldTypes) {
		t.Errorf("%d types have samples, %d are listed", len(samples), len(geo.AllFieldTypes))
	}
}

// nothing is what Get gives for an unknown value of a type.
func nothing(typ geo.FieldType) any {
	if typ == geo.Flag {
		return false
	}
	return nil
}

func TestSetAndGetEveryField(t *testing.T) {
	met := map[geo.FieldType]bool{}
	for _, schema := range geo.Catalog() {
		for i := range schema.Fields {
			field := &schema.Fields[i]
			met[field.Type] = true
			feature := schema.New()
			if got := field.Get(feature); got != nothing(field.Type) {
				t.Errorf("%s.%s of a new feature: %v", schema.Layer, field.Name, got)
			}
			for _, c := range samples[field.Type] {
				if err := field.Set(feature, c[0]); err != nil {
					t.Errorf("%s: %v", schema.Layer, err)
					continue
				}
				got := field.Get(feature)
				if !reflect.DeepEqual(got, c[1]) {
					t.Errorf("%s.%s set to %#v gives %#v, want %#v", schema.Layer, field.Name, c[0], got, c[1])
				}
				// What Get gives, Set takes, and it stays the same.
				if err := field.Set(feature, got); err != nil || !reflect.DeepEqual(field.Get(feature), got) {
					t.Errorf("%s.%s: %#v comes back as %#v, %v", schema.Layer, field.Name, got, field.Get(feature), err)
				}
			}
			if err := field.Set(feature, samples[field.Type][0][0]); err != nil {
				t.Error(err)
			}
			if err := field.Set(feature, nil); err != nil || field.Get(feature) != nothing(field.Type) {
				t.Errorf("%s.%s set to nil: %v, %v", schema.Layer, field.Name, field.Get(feature), err)
			}
			if reflect.DeepEqual(feature, schema.New()) != true {
				t.Errorf("%s.%s: setting it left something behind: %+v", schema.Layer, field.Name, feature)
			}
		}
	}
	for _, typ := range geo.AllFieldTypes {
		if !met[typ] {
			t.Errorf("no layer has a field of type %v", typ)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	for _, schema := range geo.Catalog() {
		for i := range schema.Fields {
			field := &schema.Fields[i]
			for _, value := range refused[field.Type] {
				err := field.Set(schema.New(), value)
				if err == nil {
					t.Errorf("%s.%s takes %#v", schema.Layer, field.Name, value)
				} else if !strings.HasPrefix(err.Error(), field.Name+": ") {
					t.Errorf("the message does not begin with %s: %v", field.Name, err)
				}
			}
		}
	}
}

// fill sets every field of the feature to the first sample of its type, or its
// first term.
func fill(t testing.TB, schema *geo.Schema, feature geo.Feature) {
	t.Helper()
	for i := range schema.Fields {
		field := &schema.Fields[i]
		value := samples[field.Type][0][0]
		if field.Terms != nil {
			value = field.Terms[0].Value
		}
		if err := field.Set(feature, value); err != nil {
			t.Fatal(err)
		}
	}
}

// Fields do not share their place: each keeps its own value when all are set.
func TestFieldsAreApart(t *testing.T) {
	for _, schema := range geo.Catalog() {
		feature := schema.New()
		fill(t, schema, feature)
		for i := range schema.Fields {
			emptied := &schema.Fields[i]
			clone := geo.Clone(feature)
			if err := emptied.Set(clone, nil); err != nil {
				t.Fatal(err)
			}
			for j := range schema.Fields {
				field := &schema.Fields[j]
				if i != j && !reflect.DeepEqual(field.Get(clone), field.Get(feature)) {
					t.Errorf("%s: emptying %s changed %s", schema.Layer, emptied.Name, field.Name)
				}
			}
		}
	}
}

func TestValues(t *testing.T) {
	for _, schema := range geo.Catalog() {
		feature := schema.New()
		for i := range schema.Fields {
			if got := schema.Fields[i].Values(feature); got != nil {
				t.Errorf("%s.%s is unknown and has values %v", schema.Layer, schema.Fields[i].Name, got)
			}
		}
		fill(t, schema, feature)
		for i := range schema.Fields {
			field := &schema.Fields[i]
			var want []string
			switch value := field.Get(feature).(type) {
			case string:
				want = []string{value}
			case []string:
				want = value
			}
			if got := field.Values(feature); !reflect.DeepEqual(got, want) {
				t.Errorf("%s.%s: values %v, want %v", schema.Layer, field.Name, got, want)
			}
		}
	}
}

// A full feature of each layer survives its canonical form.
func TestCanonicalRoundTrip(t *testing.T) {
	for _, schema := range geo.Catalog() {
		for _, kind := range schema.Kinds {
			feature := schema.New()
			fill(t, schema, feature)
			base := feature.Common()
			base.ID, base.Version = 12, 3
			if kind != geo.NoShape {
				base.Shape = geo.MakeShape(kind, []geo.Part{{Points: square(-5, -7, 100)}, {Points: square(200, 0, 30)}})
			}
			text := geo.AppendCanonical(nil, feature)
			again, err := geo.ParseCanonical(schema.Layer, text)
			if err != nil {
				t.Errorf("%s: %v", schema.Layer, err)
				continue
			}
			if !again.Common().Shape.Equal(base.Shape) || string(geo.AppendCanonical(nil, again)) != string(text) {
				t.Errorf("%s, %v: differs after the round trip: %s", schema.Layer, kind, text)
			}
		}
	}
}
