package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"gridatlas/geo"
)

// No answer holds what is for staff: every route is crawled over a town whose
// staff fields hold a text and a number that occur nowhere else.
func TestNothingForStaffIsShown(t *testing.T) {
	n := newTown(t)
	var paths []string
	for _, test := range good {
		paths = append(paths, test.path)
	}
	for _, schema := range geo.Catalog() {
		base := "/collections/" + string(schema.Layer)
		paths = append(paths, base, base+"/items?limit=1000", base+"/items?f=csv", base+"/schema", base+"/queryables")
		for id := range 300 {
			paths = append(paths, fmt.Sprintf("%s/items/%d", base, id))
		}
	}
	for _, q := range []string{canaryText, "鹰眼", fmt.Sprint(canaryNumber), "南关", "号楼"} {
		paths = append(paths, "/search?limit=50&q="+q)
	}
	for z := range 18 {
		for _, set := range []string{"map", "planner", "emergency", "blocks,buildings,facilities"} {
			a := tileAt(z)
			paths = append(paths, fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", set, z, a[0], a[1]), "/tiles/"+set+".json")
		}
	}
	for _, of := range []string{"", "&of=facilities", "&of=facilities,shelters,booths,parking"} {
		for _, more := range []string{"", "&routes=1", "&direction=to"} {
			paths = append(paths,
				"/walk/circle?lon=119.1&lat=36.7&minutes=5,10,15,30"+of+more,
				"/walk/nearest?lon=119.1&lat=36.7&limit=50"+of+more)
		}
	}
	var staff []string
	for _, schema := range geo.Catalog() {
		for _, field := range schema.Fields {
			if _, shown := shownSomewhere[field.Name]; field.Staff && !shown {
				staff = append(staff, field.Name)
			}
		}
	}
	if len(staff) < 2 {
		t.Fatalf("only %v are for staff", staff)
	}
	for _, path := range paths {
		w := n.get(t, path)
		body := w.Body.String()
		// The question itself may be repeated in the answer.
		body = strings.ReplaceAll(body, `"q":"`+canaryText+`"`, "")
		body = strings.ReplaceAll(body, fmt.Sprintf(`"q":"%d"`, canaryNumber), "")
		if strings.Contains(body, canaryText) || strings.Contains(body, fmt.Sprint(canaryNumber)) {
			t.Errorf("%s shows what is for staff: %s", path, body[:min(len(body), 300)])
		}
		for _, name := range staff {
			if strings.Contains(body, `"`+name+`"`) {
				t.Errorf("%s names the field %s", path, name)
			}
		}
		if strings.HasSuffix(path, ".mvt") && w.Code == 200 {
			checkTile(t, path, w.Body.Bytes())
		}
	}
}

// shownSomewhere are names of staff fields that another layer shows.
var shownSomewhere = map[string]struct{}{"households": {}, "residents": {}, "work": {}}

func checkTile(t *testing.T, path string, data []byte) {
	t.Helper()
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		schema := geo.MustSchema(geo.Layer(strings.TrimSuffix(layer.Name, "_label")))
		for _, f := range layer.Features {
			for name, value := range f.Properties {
				field, ok := schema.Field(name)
				if !ok || field.Staff {
					t.Errorf("%s: %s has %s", path, layer.Name, name)
				}
				if slices.Contains([]any{canaryText, float64(canaryNumber)}, value) {
					t.Errorf("%s: %s.%s is %v", path, layer.Name, name, value)
				}
			}
		}
	}
}
