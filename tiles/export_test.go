package tiles

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Twin is what Append is held against.
func Twin(s *snapshot.Snapshot, set *Set, a Address, at geo.Instant) (map[string][]*geojson.Feature, geo.Instant) {
	return twin(s, set, a, at)
}

// Uncut returns a shape in rounded units of a tile.
func (a Address) Uncut(s geo.Shape) orb.Geometry { return a.cut(s, 1<<40) }

// Whole returns a set that shows every feature of its layers at every zoom, and no
// label points.
func (s *Set) Whole() *Set {
	whole := &Set{Name: s.Name + ",whole", view: s.view}
	for _, r := range s.rules {
		all := *r
		all.earlier, all.label = MaxZoom, 0
		whole.rules = append(whole.rules, &all)
	}
	return whole
}

// Columns returns the layers of a set with their attributes, as a table may hold
// them, their buffers, and the zoom at which a feature appears.
func (s *Set) Columns() (layers []LayerColumns) {
	for _, r := range s.rules {
		layers = append(layers, LayerColumns{r.layer, r.buffer, r.fields, func(f geo.Feature) int { return r.first(f) - r.earlier }})
	}
	return layers
}

// LayerColumns is a layer of a set.
type LayerColumns struct {
	Layer  geo.Layer
	Buffer int
	Fields []*geo.Field
	First  func(geo.Feature) int
}

// Drawn reports which layers of a map are drawn for the public.
func (c *Cache) Drawn(s *snapshot.Snapshot) (layers []geo.Layer) {
	c.atlas.mu.Lock()
	defer c.atlas.mu.Unlock()
	for _, schema := range geo.Catalog() {
		if l := c.atlas.layers[sheet{Public.name, schema.Layer}]; l != nil && l.newest.layer == s.Layer(schema.Layer) {
			layers = append(layers, schema.Layer)
		}
	}
	return layers
}
