package tiles

import (
	"fmt"
	"slices"
	"strings"

	"gridatlas/geo"
)

// Set is a list of layers that one tile holds, in catalog order, as one view shows
// them.
type Set struct {
	// Name is a named set or the comma list of the layers; sets of equal content
	// and view have equal names.
	Name  string
	view  View
	rules []*rule
}

// named are the sets with a name of their own. In some a layer begins earlier than
// elsewhere, by so many zooms.
var named = []struct {
	name  string
	rules []*rule
}{
	{"map", rulesOf([]geo.Layer{
		geo.Places, geo.Grids, geo.Compounds, geo.Buildings, geo.Parking, geo.Booths, geo.Shelters,
		geo.Facilities, geo.Gates, geo.Barriers, geo.Streets, geo.Land, geo.Incidents, geo.Closures,
	}, nil)},
	{"planner", rulesOf([]geo.Layer{
		geo.Places, geo.Grids, geo.Blocks, geo.Compounds, geo.Buildings,
		geo.Gates, geo.Barriers, geo.Streets, geo.Land,
	}, map[geo.Layer]int{geo.Places: 1, geo.Grids: 2, geo.Blocks: 1, geo.Streets: 1})},
	{"emergency", rulesOf([]geo.Layer{
		geo.Places, geo.Compounds, geo.Buildings, geo.Shelters, geo.Facilities,
		geo.Gates, geo.Barriers, geo.Streets, geo.Land, geo.Incidents, geo.Closures,
	}, map[geo.Layer]int{geo.Shelters: 2, geo.Streets: 1})},
}

// mostLayers is how many layers a list may name: who wants more takes a named set.
const mostLayers = 8

// Names returns the named sets.
func Names() []string {
	names := make([]string, len(named))
	for i, set := range named {
		names[i] = set.name
	}
	return names
}

// ParseSet reads the name of a set or a comma list of layers, in any order, as
// somebody is to see them. An unknown word is geo.ErrNotFound, a layer named twice
// or too many of them another error.
func ParseSet(view View, text string) (*Set, error) {
	for _, set := range named {
		if set.name == text {
			return &Set{text, view, set.rules}, nil
		}
	}
	if len(text) > 200 {
		return nil, fmt.Errorf("tile set: %w", geo.ErrNotFound)
	}
	var layers []geo.Layer
	for word := range strings.SplitSeq(text, ",") {
		layer := geo.Layer(word)
		if ruleOf(layer) == nil {
			return nil, fmt.Errorf("tile layer %q: %w", word, geo.ErrNotFound)
		}
		if slices.Contains(layers, layer) {
			return nil, fmt.Errorf("tile layer %q is named twice", word)
		}
		if layers = append(layers, layer); len(layers) > mostLayers {
			return nil, fmt.Errorf("more than %d tile layers are named", mostLayers)
		}
	}
	set := &Set{view: view, rules: rulesOf(layers, nil)}
	words := make([]string, len(set.rules))
	for i, r := range set.rules {
		words[i] = string(r.layer)
	}
	set.Name = strings.Join(words, ",")
	return set, nil
}

// rulesOf returns the rules of layers in catalog order, begun earlier where that
// is said.
func rulesOf(layers []geo.Layer, earlier map[geo.Layer]int) []*rule {
	var list []*rule
	for i := range rules {
		r := &rules[i]
		if !slices.Contains(layers, r.layer) {
			continue
		}
		if earlier[r.layer] != 0 {
			moved := *r
			moved.earlier = earlier[r.layer]
			r = &moved
		}
		list = append(list, r)
	}
	return list
}

// Layers returns the layers of the set in catalog order.
func (s *Set) Layers() []geo.Layer {
	layers := make([]geo.Layer, len(s.rules))
	for i, r := range s.rules {
		layers[i] = r.layer
	}
	return layers
}

// rule returns how the set draws a layer, nil when it does not.
func (s *Set) rule(layer geo.Layer) *rule {
	for _, r := range s.rules {
		if r.layer == layer {
			return r
		}
	}
	return nil
}
