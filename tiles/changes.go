package tiles

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles/mvt"
)

// Changes is where two maps differ in what a view shows.
type Changes struct {
	All    bool           // anywhere: it is not known where, or nearly everywhere
	Layers []LayerChanges // in catalog order, those in which something differs
}

// LayerChanges is where one layer differs. Features without geometry that differ
// leave no touch.
type LayerChanges struct {
	Layer   geo.Layer
	Touches []Touch
}

// Touch is a box of ground that a feature covers which is other than before, or
// covered then.
type Touch struct {
	Box geo.Box
	// From and To are the zooms at which tiles differ, From less where their set
	// draws the layer earlier; above MaxZoom: only attributes differ that tiles do
	// not have.
	From, To int
	exact    bool // From and To hold for every set
	ground
}

// mostCompared is how many features are looked at before everything is said to
// differ: then it is an import of a city, and who kept something of the map had
// better ask again for all of it.
const mostCompared = 50_000

// Between returns where two maps differ for a view. Maps that are not of one
// history, the later one after, differ everywhere. It costs about what changed.
func Between(view View, before, after *snapshot.Snapshot) Changes {
	if before == after {
		return Changes{}
	}
	if before == nil || before.Head().Epoch != after.Head().Epoch || before.Head().Revision >= after.Head().Revision {
		return Changes{All: true}
	}
	var changes Changes
	compared := 0
	for i, layer := range after.Layers() {
		found := comparison{view: view, schema: layer.Schema(), rule: ruleOf(layer.Schema().Layer)}
		for old, now := range snapshot.Differences(before.Layers()[i], layer) {
			if compared++; compared > mostCompared {
				return Changes{All: true}
			}
			found.compare(old, now)
		}
		if found.differs {
			changes.Layers = append(changes.Layers, LayerChanges{layer.Schema().Layer, found.touches})
		}
	}
	return changes
}

// comparison gathers the touches of one layer.
type comparison struct {
	view    View
	schema  *geo.Schema
	rule    *rule // nil: tiles do not have the layer
	differs bool
	touches []Touch
}

// compare notes where a feature differs before and after; nil: it was not there.
func (c *comparison) compare(old, now geo.Feature) {
	if old != nil && !c.view.shows(old) {
		old = nil
	}
	if now != nil && !c.view.shows(now) {
		now = nil
	}
	if old != nil && now != nil { // a mark alone is nothing that anybody sees
		old, now = estimate.Unmarked(old), estimate.Unmarked(now)
	}
	if old == nil && now == nil || old != nil && now != nil && same(old, now, geojson.Fields(c.schema, false)) {
		return
	}
	c.differs = true
	from := MaxZoom + 1
	if c.rule != nil && (old == nil || now == nil || !same(old, now, c.rule.fields)) {
		for _, f := range [2]geo.Feature{old, now} {
			if f != nil {
				from = min(from, c.rule.first(f))
			}
		}
	}
	for _, f := range [2]geo.Feature{old, now} {
		if f == nil || f.Common().Shape.IsZero() {
			continue
		}
		box := f.Common().Shape.Box()
		if n := len(c.touches); n > 0 && f == now && old != nil && c.touches[n-1].Box == box {
			continue // it stayed where it was
		}
		c.touches = append(c.touches, Touch{Box: box, From: from, To: MaxZoom, ground: groundOf(worldBoxOf(box))})
	}
}

// same reports whether two states of a feature have equal shapes and attributes.
func same(old, now geo.Feature, fields []*geo.Field) bool {
	return old.Common().Shape.Equal(now.Common().Shape) && !slices.ContainsFunc(fields, func(f *geo.Field) bool {
		a, b := f.Get(old), f.Get(now)
		if list, ok := a.([]string); ok {
			other, ok := b.([]string)
			return !ok || !slices.Equal(list, other)
		}
		_, list := b.([]string)
		return list || a != b
	})
}

// Zooms returns the zooms at which tiles of some named set differ; from is above to
// when none does.
func (t *Touch) Zooms(layer geo.Layer) (from, to int) {
	if t.exact || t.From > t.To {
		return t.From, t.To
	}
	return max(t.From-earliest(layer), 0), t.To
}

// add adds a touch of a layer.
func (c *Changes) add(layer geo.Layer, t Touch) {
	i := slices.IndexFunc(c.Layers, func(l LayerChanges) bool { return l.Layer == layer })
	if i < 0 {
		i = len(c.Layers)
		c.Layers = append(c.Layers, LayerChanges{Layer: layer})
	}
	c.Layers[i].Touches = append(c.Layers[i].Touches, t)
}

// touch reports whether a tile of a set may differ.
func (c Changes) touch(set *Set, a Address) bool {
	return c.All || slices.ContainsFunc(c.Layers, func(l LayerChanges) bool {
		r := set.rule(l.Layer)
		return r != nil && slices.ContainsFunc(l.Touches, func(t Touch) bool { return t.reaches(r, a) })
	})
}

// reaches reports whether a tile that is drawn by a rule may show what lies there.
func (t *Touch) reaches(r *rule, a Address) bool {
	from := t.From
	if !t.exact {
		from -= r.earlier
	}
	return from <= int(a.Z) && int(a.Z) <= t.To && t.meets(a, r.buffer)
}

// ground is a box in units of crs.World, borders included.
type ground struct{ w, n, e, s int64 }

func groundOf(box mvt.Box) ground {
	return ground{int64(box.Min.X), int64(box.Min.Y), int64(box.Max.X), int64(box.Max.Y)}
}

// meets reports whether the ground meets a tile with so many units around it. One
// unit more is for what was rounded.
func (g *ground) meets(a Address, buffer int) bool {
	side := int64(1) << (32 - a.Z)
	grow := side*int64(buffer+1)/Extent + 1
	w, n := int64(a.X)*side, int64(a.Y)*side
	return g.w <= w+side+grow && g.e >= w-grow && g.n <= n+side+grow && g.s >= n-grow
}
