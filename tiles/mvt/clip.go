package mvt

import (
	"cmp"
	"math/bits"
	"slices"
)

// side is a set of sides of the clip box.
type side uint8

const (
	west side = 1 << iota
	east
	north
	south
)

// clipBox is a square about a tile, from low to high in tile units along each axis.
type clipBox struct{ low, high int64 }

func (c clipBox) grown(by int64) clipBox { return clipBox{c.low - by, c.high + by} }

// beyond returns the sides that a corner lies beyond. The border is inside.
func (c clipBox) beyond(v vertex) side {
	var s side
	if v.x < c.low {
		s = west
	} else if v.x > c.high {
		s = east
	}
	if v.y < c.low {
		s |= north
	} else if v.y > c.high {
		s |= south
	}
	return s
}

// clipper cuts rings by one side after another.
type clipper struct {
	crossings []crossing // of one polygon, ring after ring
	order     []int32    // of the crossings along the side
	open      []int32    // crossings that have no mate yet
}

// crossing is a place where a ring leaves the inside of a side or enters it. The
// rings are cut half a unit beyond the side, where no corner lies: all crossings
// of rings that do not touch differ, and their order is exact.
type crossing struct {
	whole     int64  // where along the side: whole units,
	rest, den uint64 // and the fraction rest/den of one
	at        vertex // where the edge meets the side itself, rounded

	corner     int // the last corner inside, or the first
	start, end int // of the corners of the ring
	leaves     bool
	done       bool
	next       int32 // the crossing after it in the ring
	mate       int32 // the crossing it is joined to along the side
}

// along orders crossings along the side.
func (c *crossing) along(d *crossing) int {
	if c.whole != d.whole {
		return cmp.Compare(c.whole, d.whole)
	}
	h1, l1 := bits.Mul64(c.rest, d.den)
	h2, l2 := bits.Mul64(d.rest, c.den)
	if h1 != h2 {
		return cmp.Compare(h1, h2)
	}
	return cmp.Compare(l1, l2)
}

// inward measures from one side of the clip box.
type inward struct {
	side side
	line int64 // its x or y
}

func (c clipBox) inward(s side) inward {
	if s == west || s == north {
		return inward{s, c.low}
	}
	return inward{s, c.high}
}

// of returns how far inside a corner lies, below zero when it is beyond the side,
// and where along the side.
func (i inward) of(v vertex) (distance, along int64) {
	switch i.side {
	case west:
		return v.x - i.line, v.y
	case east:
		return i.line - v.x, v.y
	case north:
		return v.y - i.line, v.x
	}
	return i.line - v.y, v.x
}

// on returns the corner at a place along the side.
func (i inward) on(along int64) vertex {
	if i.side == west || i.side == east {
		return vertex{i.line, along}
	}
	return vertex{along, i.line}
}

// side puts into to what of the rings lies inside one side.
func (c *clipper) side(to, from *rings, in inward) {
	to.reset()
	for i := 0; i < len(from.parts); {
		end := from.group(i)
		c.crossings = c.crossings[:0]
		for ; i < end; i++ {
			c.split(to, from, i, in)
		}
		if len(c.crossings) > 0 {
			c.pair()
			c.trace(to, from, from.parts[end-1].polygon)
		}
	}
}

// split keeps a ring that lies inside as it is, and notes the crossings of one
// that does not stay there.
func (c *clipper) split(to, from *rings, part int, in inward) {
	start, end := from.start(part), from.parts[part].end
	first := len(c.crossings)
	before := end - 1
	aDistance, aAlong := in.of(from.corners[before])
	for i := start; i < end; i++ {
		bDistance, bAlong := in.of(from.corners[i])
		if leaves := bDistance < 0; leaves != (aDistance < 0) {
			x := crossing{corner: i, start: start, end: end, leaves: leaves}
			if leaves {
				x.corner = before
			}
			x.whole, x.rest, x.den = divide(bAlong-aAlong, -1-2*aDistance, 2*(bDistance-aDistance))
			x.whole += aAlong
			x.at = in.on(between(aDistance, aAlong, bDistance, bAlong, 0))
			c.crossings = append(c.crossings, x)
		}
		aDistance, aAlong, before = bDistance, bAlong, i
	}
	found := c.crossings[first:]
	if len(found) == 0 {
		if aDistance >= 0 {
			to.corners = append(to.corners, from.corners[start:end]...)
			to.close(from.parts[part].polygon, from.parts[part].hole)
		}
		return
	}
	for i := range found {
		found[i].next = int32(first + (i+1)%len(found))
	}
}

// pair joins each crossing to another along the side, as brackets are: where rings
// do not cross themselves, those are neighbours, with the inside between them.
// Where they do, every stretch of the side is joined as many times as rings wind
// around it.
func (c *clipper) pair() {
	c.order = c.order[:0]
	for i := range c.crossings {
		c.order = append(c.order, int32(i))
	}
	slices.SortFunc(c.order, func(i, j int32) int {
		return cmp.Or(c.crossings[i].along(&c.crossings[j]), cmp.Compare(i, j))
	})
	c.open = c.open[:0]
	for _, i := range c.order {
		if n := len(c.open); n > 0 && c.crossings[c.open[n-1]].leaves != c.crossings[i].leaves {
			mate := c.open[n-1]
			c.open = c.open[:n-1]
			c.crossings[i].mate, c.crossings[mate].mate = mate, i
		} else {
			c.open = append(c.open, i)
		}
	}
}

// trace makes rings of the stretches inside and the ways along the side. They are
// outer rings: beyond the side lies nothing of the polygon.
func (c *clipper) trace(to, from *rings, polygon int) {
	for i := range c.crossings {
		if c.crossings[i].leaves || c.crossings[i].done {
			continue
		}
		for enter := &c.crossings[i]; !enter.done; {
			enter.done = true
			leave := &c.crossings[enter.next]
			to.corners = append(to.corners, enter.at)
			if enter.corner <= leave.corner {
				to.corners = append(to.corners, from.corners[enter.corner:leave.corner+1]...)
			} else { // around the end of the ring
				to.corners = append(to.corners, from.corners[enter.corner:enter.end]...)
				to.corners = append(to.corners, from.corners[enter.start:leave.corner+1]...)
			}
			to.corners = append(to.corners, leave.at)
			enter = &c.crossings[leave.mate]
		}
		to.close(polygon, false)
	}
}
