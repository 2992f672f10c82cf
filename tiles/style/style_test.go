package style_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/tiles/style"
)

type document struct {
	Version int
	Sprite  string
	Sources map[string]struct{ Type, URL string }
	Layers  []layer
}

type layer struct {
	ID, Type, Source string
	SourceLayer      string `json:"source-layer"`
	Filter           any
	Layout, Paint    map[string]any
}

func load(t testing.TB, name string) document {
	t.Helper()
	text, ok := style.JSON(name, "https://map.example")
	if !ok {
		t.Fatalf("no style %q", name)
	}
	var doc document
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestNames(t *testing.T) {
	if got, want := style.Names(), []string{"day", "night", "planner", "planner-night", "emergency", "emergency-night"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	if _, ok := style.JSON("dusk", ""); ok {
		t.Error("a style that is not there was found")
	}
}

// Every source layer is a layer of the catalog or the label points of one, and
// every field that an expression reads is a field of it that the public may see.
func TestStylesUseTheCatalog(t *testing.T) {
	for _, name := range style.Names() {
		t.Run(name, func(t *testing.T) {
			doc := load(t, name)
			if url := doc.Sources["map"].URL; url != "https://map.example/tiles/map.json" {
				t.Errorf("tiles come from %q", url)
			}
			seen := map[string]bool{}
			for _, layer := range doc.Layers {
				if seen[layer.ID] {
					t.Errorf("two layers %q", layer.ID)
				}
				seen[layer.ID] = true
				if layer.Source == "" {
					continue
				}
				if _, ok := doc.Sources[layer.Source]; !ok {
					t.Errorf("%s: no source %q", layer.ID, layer.Source)
				}
				if layer.Source != "map" {
					continue
				}
				schema, ok := geo.SchemaOf(geo.Layer(strings.TrimSuffix(layer.SourceLayer, "_label")))
				if !ok {
					t.Errorf("%s: no layer %q in the catalog", layer.ID, layer.SourceLayer)
					continue
				}
				if strings.HasSuffix(layer.SourceLayer, "_label") && !schema.Allows(geo.Polygons) {
					t.Errorf("%s: %s has no label points", layer.ID, schema.Layer)
				}
				for _, part := range []any{layer.Filter, layer.Layout, layer.Paint} {
					checkFields(t, layer.ID, schema, part)
				}
			}
		})
	}
}

// checkFields walks over an expression: fields are public, and the values that
// they are compared with are terms of them.
func checkFields(t *testing.T, id string, schema *geo.Schema, part any) {
	t.Helper()
	switch part := part.(type) {
	case map[string]any:
		for _, value := range part {
			checkFields(t, id, schema, value)
		}
	case []any:
		if len(part) == 2 && part[0] == "get" {
			if field, ok := schema.Field(part[1].(string)); !ok || field.Staff {
				t.Errorf("%s: %s has no public field %q", id, schema.Layer, part[1])
			}
			return
		}
		if len(part) == 3 && (part[0] == "==" || part[0] == "in") {
			checkTerms(t, id, schema, part)
		}
		for _, value := range part {
			checkFields(t, id, schema, value)
		}
	}
}

func checkTerms(t *testing.T, id string, schema *geo.Schema, comparison []any) {
	t.Helper()
	getter, ok := comparison[1].([]any)
	if !ok || len(getter) != 2 || getter[0] != "get" {
		return
	}
	field, ok := schema.Field(getter[1].(string))
	if !ok || field.Terms == nil {
		return
	}
	values := []any{comparison[2]}
	if literal, ok := comparison[2].([]any); ok {
		values = literal[1].([]any)
	}
	for _, value := range values {
		if _, ok := field.Term(value.(string)); !ok {
			t.Errorf("%s: %s.%s is never %q", id, schema.Layer, field.Name, value)
		}
	}
}

// All casings of a deck lie below all its fills, or junctions are closed.
func TestCasingsLieBelowFills(t *testing.T) {
	for _, name := range style.Names() {
		lastCasing, firstFill := map[string]int{}, map[string]int{}
		pattern := regexp.MustCompile(`^street-(tunnel-|bridge-|)(lane|local|collector|main|trunk)(-casing)?$`)
		for i, layer := range load(t, name).Layers {
			m := pattern.FindStringSubmatch(layer.ID)
			switch {
			case m == nil:
			case m[3] != "":
				lastCasing[m[1]] = i
			default:
				if _, ok := firstFill[m[1]]; !ok {
					firstFill[m[1]] = i
				}
			}
		}
		if len(firstFill) != 3 {
			t.Fatalf("%s: decks %v", name, firstFill)
		}
		for deck, fill := range firstFill {
			if lastCasing[deck] > fill {
				t.Errorf("%s: deck %q: casing %d above fill %d", name, deck, lastCasing[deck], fill)
			}
		}
	}
}

// What the city is judged by: the order of the great parts, text that is never
// under 12 px, and no font that a device would have to fetch.
func TestOrderAndText(t *testing.T) {
	order := []string{
		"background", "land-green", "compound", "land-water", "building", "circle-band",
		"street-local-casing", "street-local", "street-main", "border-community", "circle-line-outer", "route",
		"label-building", "label-compound", "label-community", "icon-booths", "result",
	}
	doc := load(t, "day")
	last := -1
	for _, id := range order {
		i := slices.IndexFunc(doc.Layers, func(l layer) bool { return l.ID == id })
		if i <= last {
			t.Errorf("%s stands at %d, after %d wanted", id, i, last)
		}
		last = i
	}
	for _, layer := range doc.Layers {
		if size, ok := layer.Layout["text-size"]; ok && smallest(size) < 12 {
			t.Errorf("%s: text of %v px", layer.ID, smallest(size))
		}
	}
	text, _ := style.JSON("day", "")
	for _, word := range []string{`"glyphs"`, "http"} {
		if strings.Contains(string(text), word) {
			t.Errorf("the style names %s", word)
		}
	}
	if doc.Sprite != "https://map.example/sprites/map" {
		t.Errorf("the sprite is at %q", doc.Sprite)
	}
}

// smallest returns the least output of a number or of an interpolation by zoom.
func smallest(size any) float64 {
	if n, ok := size.(float64); ok {
		return n
	}
	expr := size.([]any)
	least := expr[4].(float64)
	for i := 6; i < len(expr); i += 2 {
		least = min(least, expr[i].(float64))
	}
	return least
}

// The flavours draw the same layers, but for those one of them leaves out.
func TestFlavoursShareTheirLayers(t *testing.T) {
	ids := func(name string) []string {
		var out []string
		for _, layer := range load(t, name).Layers {
			out = append(out, layer.ID)
		}
		return out
	}
	if !slices.Equal(ids("day"), ids("night")) {
		t.Error("day and night differ in more than colours")
	}
	if !slices.Contains(ids("planner"), "grid-under") || slices.Contains(ids("emergency"), "border-district") {
		t.Error("planner shows grid borders on white; emergency shows communities alone")
	}
}
