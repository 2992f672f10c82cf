package files

import (
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
)

// Each synonym is written as columns are looked up, leads to something, and in
// no layer to two fields, of which chance would choose one.
func TestSynonyms(t *testing.T) {
	known := slices.Concat(placeTargets, wordTargets)
	for _, schema := range geo.Catalog() {
		owner := map[string]string{}
		columns := newColumns(schema, &Mapping{})
		for i := range schema.Fields {
			known = append(known, schema.Fields[i].Name)
		}
		for target, names := range synonyms {
			if columns.called[target] == nil {
				continue
			}
			for _, name := range names {
				if other := owner[name]; other != "" {
					t.Errorf("%s: %q leads to %s and to %s", schema.Layer, name, other, target)
				}
				owner[name] = target
			}
		}
	}
	for target, names := range synonyms {
		if !slices.Contains(known, target) {
			t.Errorf("%q is neither a field nor a place", target)
		}
		for _, name := range names {
			if name != strings.ToLower(strings.TrimSpace(name)) {
				t.Errorf("%q of %s is never found", name, target)
			}
		}
	}
}
