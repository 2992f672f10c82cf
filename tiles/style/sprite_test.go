package style_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/tiles/style"
)

// Every value that chooses a picture has one of its own, and no picture waits for a
// value that is never there.
func TestEveryValueHasAPicture(t *testing.T) {
	chosen := map[geo.Layer]string{geo.Booths: "trades", geo.Shelters: "state", geo.Facilities: "kind", geo.Parking: "kind"}
	wanted := []string{"booths", "booths-retired", "gates-gate", "closures", "hatch-closure", "hatch-closure-night", "hatch-gained", "hatch-gained-night"}
	for layer, name := range chosen {
		field, ok := geo.MustSchema(layer).Field(name)
		if !ok {
			t.Fatalf("%s has no %s", layer, name)
		}
		for _, term := range field.Terms {
			wanted = append(wanted, string(layer)+"-"+term.Value)
		}
	}
	slices.Sort(wanted)
	if got := style.Pictures(); !slices.Equal(got, wanted) {
		t.Errorf("pictures\n%q\nwanted\n%q", got, wanted)
	}
}

// The body says the class: the path of the first shape is one of four, and each
// layer has its own.
func TestBodiesCarryTheClass(t *testing.T) {
	body := regexp.MustCompile(`(?s)^<svg [^>]*>\s*<path [^>]*paint-order="stroke" d="([^"]*)"`)
	classes := map[string]string{} // the path of each class
	for _, name := range style.Pictures() {
		if strings.HasPrefix(name, "hatch-") {
			continue
		}
		class, _, _ := strings.Cut(name, "-")
		switch {
		case class == "parking" || class == "shelters":
			class = "square"
		case class == "closures" || strings.HasPrefix(name, "facilities-camera"):
			class = "diamond"
		case class == "gates" || class == "facilities":
			class = "circle"
		}
		text, ok := style.Picture(name)
		path := body.FindSubmatch(text)
		if !ok || path == nil {
			t.Errorf("%s has no body with a white ring", name)
			continue
		}
		if known, ok := classes[class]; ok && known != string(path[1]) {
			t.Errorf("%s has another body than the rest of %s", name, class)
		}
		classes[class] = string(path[1])
	}
	seen := map[string]bool{}
	for _, path := range classes {
		seen[path] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d bodies for the classes %v", len(seen), classes)
	}
	if _, ok := style.Picture("booths-none"); ok {
		t.Error("a picture that is not there was found")
	}
}

// Every picture that a style names, in words or by a value, is one of the sprite.
func TestStylesNamePicturesOfTheSprite(t *testing.T) {
	pictures := style.Pictures()
	check := func(where, name string) {
		if !slices.Contains(pictures, name) {
			t.Errorf("%s: no picture %q", where, name)
		}
	}
	var walk func(where string, expr any)
	walk = func(where string, expr any) {
		switch expr := expr.(type) {
		case string:
			check(where, expr)
		case []any:
			switch expr[0] {
			case "get": // results carry the name of a picture
			case "case":
				walk(where, expr[2])
				walk(where, expr[3])
			case "match":
				prefix := expr[3].([]any)[1].(string)
				for _, value := range expr[2].([]any) {
					check(where, prefix+value.(string))
				}
				walk(where, expr[4])
			default:
				t.Errorf("%s: an image by %v", where, expr[0])
			}
		}
	}
	for _, name := range style.Names() {
		for _, layer := range load(t, name).Layers {
			for _, part := range []any{layer.Layout["icon-image"], layer.Paint["fill-pattern"]} {
				if part != nil {
					walk(name+" "+layer.ID, part)
				}
			}
		}
	}
}
