package style_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gridatlas/tiles/style"
)

// paints returns the paint of a name of the layers that are chosen, by their id.
func paints(doc document, name string, chosen func(id string) bool) map[string]any {
	out := map[string]any{}
	for _, layer := range doc.Layers {
		if value, ok := layer.Paint[name]; ok && chosen(layer.ID) {
			out[layer.ID] = value
		}
	}
	return out
}

// states are the colours that a layer steps through by a state.
func states(t *testing.T, doc document, id string) (out []colour) {
	t.Helper()
	expr, ok := paints(doc, "fill-color", func(l string) bool { return l == id })[id].([]any)
	if !ok {
		return nil
	}
	for i := 4; i < len(expr); i += 2 { // step, input, below the first break, break, colour …
		out = append(out, hex(t, expr[i].(string)))
	}
	return out
}

// onGround are the fills that names stand on, with those of the streets up to main
// roads, where names of streets lie.
func onGround(id string) bool {
	return strings.HasPrefix(id, "land-") || slices.Contains([]string{"compound", "building", "street-lane", "street-local", "street-collector", "street-main"}, id)
}

// Every name can be read on every ground, without counting its halo: 4.5 is what WCAG 2
// asks of text of ordinary size.
func TestNamesCanBeRead(t *testing.T) {
	for _, name := range style.Names() {
		doc := load(t, name)
		grounds := map[string]any{"background": doc.Layers[0].Paint["background-color"]}
		for _, paint := range []string{"fill-color", "line-color"} {
			for id, value := range paints(doc, paint, onGround) {
				grounds[id] = value
			}
		}
		if len(grounds) < 12 {
			t.Fatalf("%s: grounds %v", name, grounds)
		}
		texts := paints(doc, "text-color", func(string) bool { return true })
		if len(texts) < 12 {
			t.Fatalf("%s: names %v", name, texts)
		}
		for label, text := range texts {
			for ground, fill := range grounds {
				if got := contrast(hex(t, text.(string)), hex(t, fill.(string))); got < 4.5 {
					t.Errorf("%s: %s on %s: contrast %.2f", name, label, ground, got)
				}
			}
		}
	}
}

// On the tints of grids the number of the grid, the names of communities and those
// of streets can be read, and the borders of grids be seen.
func TestTintsCarryNames(t *testing.T) {
	for _, name := range []string{"planner", "planner-night"} {
		doc := load(t, name)
		tints := tinted(t, doc)
		for label, text := range paints(doc, "text-color", func(id string) bool {
			return slices.Contains([]string{"label-grid", "label-community", "label-main", "label-collector", "label-compound", "result-name"}, id)
		}) {
			for i, tint := range tints {
				if got := contrast(hex(t, text.(string)), tint); got < 4.5 {
					t.Errorf("%s: %s on tint %d: contrast %.2f", name, label, i, got)
				}
			}
		}
		for i, tint := range tints {
			if got := contrast(hex(t, paints(doc, "line-color", func(id string) bool { return id == "grid" })["grid"].(string)), tint); got < 4.5 {
				t.Errorf("%s: border on tint %d: contrast %.2f", name, i, got)
			}
		}
	}
}

// tinted are the tints of grids as they lie on the land at z15.
func tinted(t *testing.T, doc document) []colour {
	t.Helper()
	land := hex(t, doc.Layers[0].Paint["background-color"].(string))
	tints := states(t, doc, "grid-tint")
	opacity := paints(doc, "fill-opacity", func(id string) bool { return id == "grid-tint" })["grid-tint"].([]any)[6].(float64) // the stops are z13, z15, z17
	for i := range tints {
		tints[i] = tints[i].over(land, opacity)
	}
	return tints
}

// Whoever sees fewer colours than others sees every step of every list: what lies
// side by side differs for all four types of colour vision. A CIEDE2000 of 2.3 is
// what the eye just notices in patches that touch.
func TestListsPartForEveryEye(t *testing.T) {
	for _, name := range style.Names() {
		doc := load(t, name)
		land := hex(t, doc.Layers[0].Paint["background-color"].(string))
		apart := func(what string, list []colour, least float64) {
			t.Helper()
			worst := math.Inf(1)
			for sight, matrix := range sights {
				for i := range list {
					for j := range i {
						if got := difference(list[i].seen(matrix), list[j].seen(matrix)); got < least {
							t.Errorf("%s: %s %d and %d differ by %.1f for %s sight", name, what, j, i, got, sight)
						} else {
							worst = min(worst, got)
						}
					}
				}
			}
			t.Logf("%s: %s differ by %.1f at least", name, what, worst)
		}
		apart("shares", states(t, doc, "coverage-area"), 8.8)
		apart("classes of buildings", states(t, doc, "coverage-building"), 8.8)
		if strings.HasPrefix(name, "planner") {
			tints := tinted(t, doc)
			if len(tints) != 6 {
				t.Fatalf("%s: %d tints", name, len(tints))
			}
			apart("tints", tints, 5)
			continue
		}
		band := hex(t, paints(doc, "fill-color", func(id string) bool { return id == "circle-band" })["circle-band"].(string))
		opacity := paints(doc, "fill-opacity", func(id string) bool { return id == "circle-band" })["circle-band"].([]any)[4].(float64)
		for _, ground := range []string{"land-green", "land-water", "building"} {
			list := []colour{hex(t, paints(doc, "fill-color", func(id string) bool { return id == ground })[ground].(string))}
			for range 3 {
				list = append(list, band.over(list[len(list)-1], opacity))
			}
			apart("bands on "+ground, list, 4)
		}
		list := []colour{land}
		for range 3 {
			list = append(list, band.over(list[len(list)-1], opacity))
		}
		apart("bands on land", list, 4)
	}
}
