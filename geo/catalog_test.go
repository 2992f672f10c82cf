package geo_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
)

// The layers in their fixed order, once more by hand: paths, tables and tiles
// hang on these names.
var layers = []geo.Layer{
	geo.Places, geo.Grids, geo.Blocks, geo.Compounds, geo.Buildings, geo.Parking, geo.Booths, geo.Shelters,
	geo.Facilities, geo.Gates, geo.Barriers, geo.Streets, geo.Land, geo.Assignments, geo.Incidents, geo.Closures,
}

func TestCatalogHoldsEveryLayer(t *testing.T) {
	var got []geo.Layer
	for _, schema := range geo.Catalog() {
		got = append(got, schema.Layer)
		if found, ok := geo.SchemaOf(schema.Layer); !ok || found != schema || geo.MustSchema(schema.Layer) != schema {
			t.Errorf("%s is not found by its name", schema.Layer)
		}
		if feature := schema.New(); feature.Layer() != schema.Layer || feature.Common() == nil {
			t.Errorf("%s makes a feature of %s", schema.Layer, feature.Layer())
		}
		if schema.New() == schema.New() {
			t.Errorf("%s makes one feature twice", schema.Layer)
		}
	}
	if !slices.Equal(got, layers) {
		t.Errorf("layers %v, want %v", got, layers)
	}
	if _, ok := geo.SchemaOf("moons"); ok {
		t.Error("there is a layer of moons")
	}
}

func TestUniqueFields(t *testing.T) {
	for _, schema := range geo.Catalog() {
		want := []string{"code"}
		if schema.Layer == geo.Booths {
			want = append(want, "number") // on the plate
		}
		var got []string
		for _, field := range schema.UniqueFields() {
			got = append(got, field.Name)
			if field.Type != geo.Text {
				t.Errorf("%s.%s: %v that no two features share", schema.Layer, field.Name, field.Type)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v are unique, want %v", schema.Layer, got, want)
		}
	}
}

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// hasHan reports whether the text has a Chinese character.
func hasHan(text string) bool { return regexp.MustCompile(`\p{Han}`).MatchString(text) }

func TestFieldsAreDescribed(t *testing.T) {
	for _, schema := range geo.Catalog() {
		if !hasHan(schema.Zh) || schema.En == "" || hasHan(schema.En) {
			t.Errorf("%s: titles %q, %q", schema.Layer, schema.Zh, schema.En)
		}
		seen := map[string]bool{}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			at := string(schema.Layer) + "." + field.Name
			if !snakeCase.MatchString(field.Name) {
				t.Errorf("%s: not snake_case", at)
			}
			if seen[field.Name] {
				t.Errorf("%s: twice", at)
			}
			seen[field.Name] = true
			if !hasHan(field.Zh) || field.En == "" || hasHan(field.En) {
				t.Errorf("%s: titles %q, %q", at, field.Zh, field.En)
			}
			if found, ok := schema.Field(field.Name); !ok || found != field {
				t.Errorf("%s: not found by its name", at)
			}
			if !slices.Contains(geo.AllFieldTypes, field.Type) {
				t.Errorf("%s: type %d is not in the closed list", at, field.Type)
			}
			if (field.Terms != nil || field.Refs != nil) && field.Type != geo.Text && field.Type != geo.List {
				t.Errorf("%s: terms or references on a %v", at, field.Type)
			}
			for _, layer := range field.Refs {
				if _, ok := geo.SchemaOf(layer); !ok {
					t.Errorf("%s refers to %q, which is no layer", at, layer)
				}
			}
			if isNumber := field.Type == geo.Integer || field.Type == geo.Number; isNumber != (field.Least < field.Most) {
				t.Errorf("%s: a %s lies between %v and %v", at, field.Type, field.Least, field.Most)
			}
			// A name that ends with a unit says so in its unit too.
			for suffix, unit := range map[string]string{"_m2": "m2", "_m": "m", "_yuan_month": "元/月"} {
				if strings.HasSuffix(field.Name, suffix) && field.Unit != unit {
					t.Errorf("%s: unit %q, want %q", at, field.Unit, unit)
				}
			}
		}
		for _, name := range []string{"id", "version", "revision", "shape", "geometry", "layer"} {
			if seen[name] {
				t.Errorf("%s: field %q takes the name of a member that every feature has", schema.Layer, name)
			}
		}
		if _, ok := schema.Field("no_such_field"); ok {
			t.Errorf("%s has any field", schema.Layer)
		}
	}
}

// Members of a layer struct without titles are only those of Base that are not
// attributes: nothing is left out of the catalog by a forgotten tag.
func TestEveryMemberIsAField(t *testing.T) {
	for _, schema := range geo.Catalog() {
		count := 0
		var walk func(reflect.Type)
		walk = func(members reflect.Type) {
			for i := range members.NumField() {
				member := members.Field(i)
				if member.Anonymous {
					walk(member.Type)
					continue
				}
				switch member.Name {
				case "ID", "Version", "Revision", "Shape":
					continue
				}
				count++
				for _, tag := range []string{"zh", "en"} {
					if member.Tag.Get(tag) == "" {
						t.Errorf("%s: %s has no %s title", schema.Layer, member.Name, tag)
					}
				}
				if v, ok := member.Tag.Lookup("visible"); ok && v != "staff" {
					t.Errorf("%s: %s is visible to %q", schema.Layer, member.Name, v)
				}
				for _, key := range regexp.MustCompile(`(\w+):"`).FindAllStringSubmatch(string(member.Tag), -1) {
					if !slices.Contains([]string{"zh", "en", "unit", "terms", "ref", "visible", "unique", "col", "range", "plate", "photo"}, key[1]) {
						t.Errorf("%s: %s has a tag %q that nobody reads", schema.Layer, member.Name, key[1])
					}
				}
			}
		}
		walk(reflect.TypeOf(schema.New()).Elem())
		if count != len(schema.Fields) {
			t.Errorf("%s: %d members, %d fields", schema.Layer, count, len(schema.Fields))
		}
	}
}

func TestTerms(t *testing.T) {
	used := map[*geo.Term]bool{}
	for _, schema := range geo.Catalog() {
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if field.Terms == nil {
				continue
			}
			used[&field.Terms[0]] = true
			seen := map[string]bool{}
			for _, term := range field.Terms {
				at := string(schema.Layer) + "." + field.Name + " " + term.Value
				if !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(term.Value) || seen[term.Value] {
					t.Errorf("%s: not a name, or twice", at)
				}
				seen[term.Value] = true
				if !regexp.MustCompile(`[\p{Han}Ⅰ-Ⅳ]`).MatchString(term.Zh) || term.En == "" || hasHan(term.En) {
					t.Errorf("%s: titles %q, %q", at, term.Zh, term.En)
				}
				if found, ok := field.Term(term.Value); !ok || found != term {
					t.Errorf("%s: not found by its value", at)
				}
			}
			if _, ok := field.Term("no such term"); ok {
				t.Errorf("%s.%s has any term", schema.Layer, field.Name)
			}
		}
	}
	// The lists are private: those that stand in the source are counted there.
	source, err := os.ReadFile("terms.go")
	if err != nil {
		t.Fatal(err)
	}
	if lists := len(regexp.MustCompile(`(?m)^\t"\w+": \{$`).FindAll(source, -1)); lists != len(used) {
		t.Errorf("%d term lists, %d of them in use", lists, len(used))
	}
}

func TestSchemaFacts(t *testing.T) {
	coverage, service, kindless := []geo.Layer{}, []geo.Layer{}, []geo.Layer{}
	for _, schema := range geo.Catalog() {
		if len(schema.Kinds) == 0 {
			t.Errorf("%s allows no geometry at all", schema.Layer)
		}
		for _, kind := range geo.AllKinds {
			if schema.Allows(kind) != slices.Contains(schema.Kinds, kind) {
				t.Errorf("%s allows %v: %v", schema.Layer, kind, schema.Allows(kind))
			}
		}
		if schema.Coverage {
			coverage = append(coverage, schema.Layer)
			if !schema.Allows(geo.Polygons) {
				t.Errorf("%s covers ground without polygons", schema.Layer)
			}
		}
		if schema.Service {
			service = append(service, schema.Layer)
		}
		if schema.KindField == "" {
			kindless = append(kindless, schema.Layer)
			continue
		}
		field, ok := schema.Field(schema.KindField)
		if !ok || field.Terms == nil || field.Staff {
			t.Errorf("%s: kind field %q is missing, open or hidden", schema.Layer, schema.KindField)
		}
	}
	for name, c := range map[string][2][]geo.Layer{
		"coverage":     {coverage, {geo.Places, geo.Grids, geo.Blocks}},
		"service":      {service, {geo.Parking, geo.Booths, geo.Shelters, geo.Facilities}},
		"without kind": {kindless, {geo.Blocks, geo.Compounds, geo.Closures}},
	} {
		if !slices.Equal(c[0], c[1]) {
			t.Errorf("%s layers: %v, want %v", name, c[0], c[1])
		}
	}
}

// Figures about the people of a building or block, and who surveyed, are for
// staff; nothing else is hidden.
func TestStaffFields(t *testing.T) {
	want := map[geo.Layer][]string{
		geo.Blocks:    {"households", "residents", "work"},
		geo.Buildings: {"households", "residents", "rental_dwellings"},
	}
	for _, schema := range geo.Catalog() {
		var staff []string
		for _, field := range schema.Fields {
			if field.Staff {
				staff = append(staff, field.Name)
			}
		}
		if expect := append([]string{"surveyed_by"}, want[schema.Layer]...); !slices.Equal(staff, expect) {
			t.Errorf("%s hides %v, want %v", schema.Layer, staff, expect)
		}
	}
}

func TestCloneIsIndependent(t *testing.T) {
	for _, schema := range geo.Catalog() {
		original := schema.New()
		fill(t, schema, original)
		original.Common().ID = 7
		before := string(geo.AppendCanonical(nil, original))
		clone := geo.Clone(original)
		if !reflect.DeepEqual(clone, original) || clone == original {
			t.Errorf("%s: the clone differs or is the same", schema.Layer)
		}
		for i := range schema.Fields {
			if err := schema.Fields[i].Set(clone, nil); err != nil {
				t.Error(err)
			}
		}
		clone.Common().ID, clone.Common().Shape = 8, geo.PointShape(geo.Point{X: 9, Y: 9})
		if after := string(geo.AppendCanonical(nil, original)); after != before {
			t.Errorf("%s: emptying the clone changed the original:\n%s\n%s", schema.Layer, before, after)
		}
	}
}
