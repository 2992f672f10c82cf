package arc

import (
	"cmp"
	"context"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/planar"
	"gridatlas/tiles/mvt"
)

// drawing is the work on one zoom.
type drawing struct {
	ctx    context.Context
	ground *ground
	zoom   int8
	unit   int64 // of the zoom, in world units

	// Corners are the middles of hot units, the tile units with a site in them.
	corners  []geo.Point
	cornerOf []int32           // by site; only of sites that count at the zoom
	bends    map[int32][]int32 // by edge: the corners between its ends; only looked up
	graph

	metBy []int32 // by corner: the last area on whose rings it lay
	area  int32   // the number of the area, from 1

	// Where the ground was patched, the drawing before that, and the sites that
	// count in one of both.
	seed    *drawing
	changed *planar.Tree[site]
}

// draw makes one zoom.
func (b *Borders) draw(ctx context.Context, zoom int) (*Zoom, error) {
	d := &drawing{ctx: ctx, ground: b.ground, zoom: int8(zoom), unit: 1 << (MaxZoom - zoom)}
	if seed := b.zooms[zoom].seed; seed == nil || !d.resume(seed) {
		d.heat()
		for e := range b.ground.edges {
			if e%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			d.lead(int32(e))
		}
	}
	d.metBy = make([]int32, len(d.corners))
	areas := make([][]loop, len(b.areas))
	for i, a := range b.areas {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if a.From <= zoom {
			areas[i] = d.loops(b.ground.rings[i])
		}
	}
	d.graph = makeGraph(len(d.corners), areas)
	if err := d.simplify(); err != nil {
		return nil, err
	}
	d.ctx, d.metBy, d.seed, d.changed, d.joined = nil, nil, nil, nil, nil
	z := &Zoom{borders: b, drawing: d}
	for _, loops := range areas {
		z.first = append(z.first, int32(len(z.parts)))
		box := mvt.NoBox
		for _, l := range loops {
			part := mvt.Offset(len(z.corners))
			if l.hole {
				part |= mvt.Hole
			}
			z.parts = append(z.parts, part)
			for _, c := range l.corners {
				if d.kept[c] {
					at := world(d.corners[c])
					z.corners = append(z.corners, at)
					box = box.Extend(at)
				}
			}
		}
		z.boxes = append(z.boxes, box)
	}
	z.first = append(z.first, int32(len(z.parts)))
	z.parts = append(z.parts, mvt.Offset(len(z.corners)))
	return z, nil
}

// heat finds the hot units: the middle of each is a corner.
func (d *drawing) heat() {
	g := d.ground
	known := make(map[geo.Point]int32, len(g.sites)) // only looked up
	d.cornerOf = make([]int32, len(g.sites))
	for i, p := range g.sites {
		if !d.counts(int32(i)) {
			continue
		}
		middle := d.middle(p)
		corner, ok := known[middle]
		if !ok {
			corner = int32(len(d.corners))
			d.corners = append(d.corners, middle)
			known[middle] = corner
		}
		d.cornerOf[i] = corner
	}
}

// middle returns the middle of the unit around a place. At the far end of the world
// there is no world unit for it but the last.
func (d *drawing) middle(p geo.Point) geo.Point { return place(mvt.Round(world(p), uint8(d.zoom))) }

// lead takes an edge through the hot units it passes.
func (d *drawing) lead(number int32) {
	// An edge is led twice at least, the second time half a diagonal off its way,
	// and passes the units of sites that are a diagonal off: 2.2 units at most.
	reach := float32(d.unit) * 2.2
	e := &d.ground.edges[number]
	a, b := d.cornerOf[e.a], d.cornerOf[e.b]
	if e.from > d.zoom || a == b || reach < farthest && e.clear > reach {
		return
	}
	chain := d.route(nil, way{d.ground.sites[e.a], d.ground.sites[e.b]}, a, b)
	if len(chain) == 1 {
		chain = d.route(nil, way{d.corners[a], d.corners[b]}, a, b)
	}
	if len(chain) > 1 {
		if d.bends == nil {
			d.bends = map[int32][]int32{}
		}
		d.bends[number] = chain[:len(chain)-1]
	}
}

// way is a straight line.
type way struct{ a, b geo.Point }

// route appends the corners on a way that ends in the units of corners a and b,
// without a and with b. The pieces between middles lie a little off the way and may
// pass other hot units, so each is routed again; it is shorter, so this ends.
func (d *drawing) route(chain []int32, w way, a, b int32) []int32 {
	var hits []int32
	d.ground.near(grown(w.a, w.b, d.unit), func(s site) {
		if d.ground.from[s.number] > d.zoom {
			return
		}
		if c := d.cornerOf[s.number]; c != a && c != b && w.passes(d.corners[c], d.unit) {
			hits = append(hits, c)
		}
	})
	if len(hits) == 0 {
		return append(chain, b)
	}
	// A straight line goes through units like over stairs, so the sum of both
	// ways grows from each to the next.
	right, down := int64(cmp.Compare(w.b.X, w.a.X)), int64(cmp.Compare(w.b.Y, w.a.Y))
	stairs := func(c int32) int64 { return right*int64(d.corners[c].X) + down*int64(d.corners[c].Y) }
	slices.SortFunc(hits, func(c, e int32) int { return cmp.Or(cmp.Compare(stairs(c), stairs(e)), cmp.Compare(c, e)) })
	for _, hit := range append(slices.Compact(hits), b) {
		chain = d.route(chain, way{d.corners[a], d.corners[hit]}, a, hit)
		a = hit
	}
	return chain
}

// passes reports whether a way goes through the unit around a middle, the western
// and northern sides of which belong to it.
func (w way) passes(middle geo.Point, unit int64) bool {
	x, y := int64(middle.X), int64(middle.Y)
	if 2*x-unit > 2*int64(max(w.a.X, w.b.X)) || 2*x+unit <= 2*int64(min(w.a.X, w.b.X)) ||
		2*y-unit > 2*int64(max(w.a.Y, w.b.Y)) || 2*y+unit <= 2*int64(min(w.a.Y, w.b.Y)) {
		return false
	}
	// The way is as far from the middle as its area with it says; the corner of the
	// unit that is nearest to it, as the sum of the sides says.
	off := geo.Cross(w.a, w.b, middle)
	dx, dy := int64(w.b.X)-int64(w.a.X), int64(w.b.Y)-int64(w.a.Y)
	reach := (max(dx, -dx) + max(dy, -dy)) * unit
	if twice := 2 * max(off, -off); twice != reach {
		return twice < reach
	}
	// It touches a corner, of which only the one in the north-west belongs to the
	// unit: the way goes up to the right, and the middle lies below it.
	if dx < 0 {
		dy, off = -dy, -off
	}
	return dy < 0 && off > 0
}
