package walk

import (
	"fmt"
	"slices"
	"strings"

	"gridatlas/geo"
)

// Category is a kind of place that people walk to.
type Category struct {
	Word  string // as asked: booths, booths.shoe
	Layer geo.Layer
	Kind  string // empty: every kind
}

// ParseCategories reads a comma list of layers and layer.kind words. The empty
// text gives every service layer of the catalog. Words that name no service
// layer or no kind of it are an error that lists them.
func ParseCategories(of string) ([]Category, error) {
	var list []Category
	if strings.TrimSpace(of) == "" {
		for _, schema := range geo.Catalog() {
			if schema.Service {
				list = append(list, Category{Word: string(schema.Layer), Layer: schema.Layer})
			}
		}
		return list, nil
	}
	var unknown []string
	for word := range strings.SplitSeq(of, ",") {
		word = strings.TrimSpace(word)
		category, ok := parseCategory(word)
		switch {
		case !ok:
			unknown = append(unknown, fmt.Sprintf("%q", word))
		case !slices.Contains(list, category):
			list = append(list, category)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("no such kind of place: %s", strings.Join(unknown, ", "))
	}
	return list, nil
}

func parseCategory(word string) (Category, bool) {
	layer, kind, hasKind := strings.Cut(word, ".")
	schema, ok := geo.SchemaOf(geo.Layer(layer))
	if !ok || !schema.Service {
		return Category{}, false
	}
	if hasKind {
		field, ok := schema.Field(schema.KindField)
		if !ok {
			return Category{}, false
		}
		if _, ok := field.Term(kind); !ok {
			return Category{}, false
		}
	}
	return Category{Word: word, Layer: schema.Layer, Kind: kind}, true
}

// has reports whether a place is of the category.
func (c *Category) has(p *place) bool {
	return p.layer == c.Layer && (c.Kind == "" || slices.Contains(p.kinds, c.Kind))
}

// wanted reports whether a place is of one of some categories.
func wanted(of []Category, p *place) bool {
	for k := range of {
		if of[k].has(p) {
			return true
		}
	}
	return false
}
