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
	rules []rule
}

// named are the sets with a name of their own, and how much earlier than
// elsewhere a layer begins in them, in zooms.
var named = []struct {
	name    string
	layers  []geo.Layer
	earlier map[geo.Layer]int
}{
	{
		name: "map",
		layers: []geo.Layer{
			geo.Places, geo.Grids, geo.Compounds, geo.Buildings, geo.Parking, geo.Booths, geo.Shelters,
			geo.Facilities, geo.Gates, geo.Barriers, geo.Streets, geo.Land, geo.Incidents, geo.Closures,
		},
	},
	{
		name: "planner",
		layers: []geo.Layer{
			geo.Places, geo.Grids, geo.Blocks, geo.Compounds, geo.Buildings,
			geo.Gates, geo.Barriers, geo.Streets, geo.Land,
		},
		earlier: map[geo.Layer]int{geo.Places: 1, geo.Grids: 2, geo.Blocks: 1, geo.Streets: 1},
	},
	{
		name: "emergency",
		layers: []geo.Layer{
			geo.Places, geo.Compounds, geo.Buildings, geo.Shelters, geo.Facilities,
			geo.Gates, geo.Barriers, geo.Streets, geo.Land, geo.Incidents, geo.Closures,
		},
		earlier: map[geo.Layer]int{geo.Shelters: 2, geo.Streets: 1},
	},
}

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
// another error.
func ParseSet(view View, text string) (*Set, error) {
	for _, set := range named {
		if set.name == text {
			return newSet(view, text, set.layers, set.earlier), nil
		}
	}
	if len(text) > 200 {
		return nil, fmt.Errorf("tile set: %w", geo.ErrNotFound)
	}
	var layers []geo.Layer
	for word := range strings.SplitSeq(text, ",") {
		layer := geo.Layer(word)
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.layer == layer }) {
			return nil, fmt.Errorf("tile layer %q: %w", word, geo.ErrNotFound)
		}
		if slices.Contains(layers, layer) {
			return nil, fmt.Errorf("tile layer %q is named twice", word)
		}
		layers = append(layers, layer)
	}
	set := newSet(view, "", layers, nil)
	words := make([]string, len(set.rules))
	for i, r := range set.rules {
		words[i] = string(r.layer)
	}
	set.Name = strings.Join(words, ",")
	return set, nil
}

func newSet(view View, name string, layers []geo.Layer, earlier map[geo.Layer]int) *Set {
	set := &Set{Name: name, view: view}
	for _, r := range rules {
		if slices.Contains(layers, r.layer) {
			r.earlier = earlier[r.layer]
			set.rules = append(set.rules, r)
		}
	}
	return set
}

// Layers returns the layers of the set in catalog order.
func (s *Set) Layers() []geo.Layer {
	layers := make([]geo.Layer, len(s.rules))
	for i, r := range s.rules {
		layers[i] = r.layer
	}
	return layers
}
