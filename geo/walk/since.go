package walk

import (
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// since says what of an older map is good no more.
type since struct {
	edges         *street.Changes
	field, before *field
	// stale has a bit for each block of the field within reach of what changed:
	// points there may join the network otherwise than they did.
	stale []uint64
	owned map[string]bool // codes of places whose gates changed
}

// whatChanged compares a map, of which network and field are made, with an older
// one.
func (m *Map) whatChanged(before *Map) *since {
	c := &since{edges: m.net.Changes(before.net), field: m.field, before: before.field, owned: map[string]bool{}}
	c.stale = make([]uint64, (int64(m.field.cols)*int64(m.field.rows)+63)/64)
	for _, box := range c.edges.Boxes {
		c.mark(box)
	}
	for old, now := range snapshot.Differences(before.snap.Layer(geo.Gates), m.snap.Layer(geo.Gates)) {
		for _, f := range []geo.Feature{old, now} {
			if gate, ok := f.(*geo.Gate); ok {
				c.owned[gate.Of] = true
				c.mark(gate.Shape.Box()) // it may be an entrance that names no owner
			}
		}
	}
	delete(c.owned, "")
	return c
}

// none reports whether all places join as they did.
func (c *since) none() bool {
	for _, word := range c.stale {
		if word != 0 {
			return false
		}
	}
	return c.edges.None() && len(c.owned) == 0
}

// mark makes stale what lies within reach of a box.
func (c *since) mark(box geo.Box) {
	if box.Empty() || c.field.dx == 0 {
		return
	}
	c.field.cells(street.Around(box), func(key int64) bool {
		c.stale[key>>6] |= 1 << (key & 63)
		return true
	})
}

// touches reports whether a box has stale ground, or ground outside the field.
func (c *since) touches(box geo.Box) bool {
	if !c.field.holds(box) {
		return true
	}
	fresh := c.field.cells(box, func(key int64) bool { return c.stale[key>>6]&(1<<(key&63)) == 0 })
	return !fresh
}

// keeps reports whether a place joins the network as it did.
func (c *since) keeps(p *place, doors map[string][]*geo.Gate) bool {
	common := p.feature.Common()
	box := common.Shape.Box()
	if common.Code != "" {
		if c.owned[common.Code] {
			return false
		}
		for _, gate := range doors[common.Code] {
			if c.touches(gate.Shape.Box()) {
				return false
			}
		}
	}
	return !c.touches(box)
}

// renumber returns the ways of a place by the edges of the network as it is now;
// false when one is no more.
func (c *since) renumber(ways []access) ([]access, bool) {
	now := ways
	for i := range ways {
		edge, ok := c.edges.Edge(ways[i].foot.Edge)
		if !ok {
			return nil, false
		}
		if edge == ways[i].foot.Edge {
			continue
		}
		if &now[0] == &ways[0] { // the older map goes on with its own
			now = append([]access(nil), ways...)
		}
		now[i].foot.Edge = edge
	}
	return now, true
}

// take takes over the blocks of an older field that are still good.
func (f *field) take(before *field, c *since) {
	if f.dx != before.dx || f.dy != before.dy || f.dx == 0 {
		return
	}
	columns := (int64(before.corner.X) - int64(f.corner.X)) / (int64(f.dx) * blockSide)
	rows := (int64(before.corner.Y) - int64(f.corner.Y)) / (int64(f.dy) * blockSide)
	before.each(func(wasColumn, wasRow int32, b *block) {
		column, row := int64(wasColumn)+columns, int64(wasRow)+rows
		if column < 0 || column >= int64(f.cols) || row < 0 || row >= int64(f.rows) {
			return
		}
		now := row*int64(f.cols) + column
		if c.stale[now>>6]&(1<<(now&63)) != 0 {
			return
		}
		if b, ok := b.renumbered(c); ok {
			f.row(int32(row))[column].Store(b)
		}
	})
}

// renumbered returns a block by the edges of the network as it is now.
func (b *block) renumbered(c *since) (*block, bool) {
	now := b
	for i, was := range b.edges {
		edge, ok := c.edges.Edge(was)
		if !ok {
			return nil, false
		}
		if edge == was {
			continue
		}
		if now == b {
			now = &block{edges: append([]int32(nil), b.edges...), samples: b.samples}
		}
		now.edges[i] = edge
	}
	return now, true
}
