package planar

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	"gridatlas/geo"
)

// ErrTooWide says that polygons lie farther apart than MaxExtent.
var ErrTooWide = errors.New("spreads over more than 100 degrees")

// Half is one direction of an edge; the face on its left is its own. Halves 2i
// and 2i+1 are the two directions of one edge.
type Half int32

// Twin returns the other direction.
func (h Half) Twin() Half { return h ^ 1 }

// Arrangement is the planar map of numbered polygons. Any number of goroutines
// may read it.
type Arrangement struct {
	points []geo.Point // of the nodes
	from   []int32     // by half: the node it starts at
	next   []Half      // by half: the next one around its face
	face   []int32     // by half

	rings  [][]Half  // by face: a half of each ring around it, the outer one first
	covers [][]int32 // by face: the polygons that cover it, in rising order
	runs   [][]use   // by edge: the lines that run along it; of Trace alone

	given given
}

// Build makes the map of polygons, each of which has passed valid.Check. Shapes
// of other kinds keep their number and cover nothing. Errors are ErrTooWide, more
// than MaxCrossings or MaxCovers, and a cancelled context.
func Build(ctx context.Context, shapes []geo.Shape) (*Arrangement, error) {
	box := geo.NoBox
	for _, s := range shapes {
		if s.Kind() == geo.Polygons {
			box = box.Union(s.Box())
		}
	}
	if tooWide(box) {
		return nil, ErrTooWide
	}
	n := &noder{ctx: ctx, nodeAt: map[geo.Point]int32{}}
	a := &Arrangement{}
	edges := a.given.read(n, shapes)
	var err error
	if a.given.chains, err = n.chains(edges); err != nil {
		return nil, err
	}
	a.points = n.points
	uses := a.connect(a.given.uses())
	a.turn()
	if err := a.enclose(ctx); err != nil {
		return nil, err
	}
	return a, a.label(ctx, uses)
}

func tooWide(box geo.Box) bool {
	return !box.Empty() && max(distance(box.W, box.E), distance(box.S, box.N)) > MaxExtent
}

// use says that a polygon lies left of the edge from the lower node to the higher
// (+1), or right of it (-1). A line counts as what lies on its left.
type use struct {
	low, high, shape int32
	left             int32
}

// useOf is the use of a shape that lies left of the way between two nodes.
func useOf(from, to, shape int32) use {
	if from < to {
		return use{from, to, shape, 1}
	}
	return use{to, from, shape, -1}
}

// connect makes an edge for every two nodes that a border runs between, and
// returns the uses by edge. Where a polygon collapsed to a line it lies on both
// sides of it, and uses cancel.
func (a *Arrangement) connect(all []use) [][]use {
	slices.SortFunc(all, func(s, t use) int {
		return cmp.Or(cmp.Compare(s.low, t.low), cmp.Compare(s.high, t.high), cmp.Compare(s.shape, t.shape))
	})
	kept := all[:0]
	for i := 0; i < len(all); {
		sum := all[i]
		for i++; i < len(all) && all[i].low == sum.low && all[i].high == sum.high && all[i].shape == sum.shape; i++ {
			sum.left += all[i].left
		}
		if sum.left != 0 {
			kept = append(kept, sum)
		}
	}
	var uses [][]use
	for len(kept) > 0 {
		n := 1
		for n < len(kept) && kept[n].low == kept[0].low && kept[n].high == kept[0].high {
			n++
		}
		a.from = append(a.from, kept[0].low, kept[0].high)
		uses = append(uses, kept[:n])
		kept = kept[n:]
	}
	return uses
}

// turn links each half to the next one around the face on its left: in the node
// where it ends, the first one clockwise from the way back.
func (a *Arrangement) turn() {
	out := make([]Half, len(a.from))
	for h := range out {
		out[h] = Half(h)
	}
	slices.SortFunc(out, func(g, h Half) int {
		if c := cmp.Compare(a.from[g], a.from[h]); c != 0 {
			return c
		}
		return a.compareAngles(g, h)
	})
	a.next = make([]Half, len(a.from))
	for start := 0; start < len(out); {
		end := start + 1
		for end < len(out) && a.from[out[end]] == a.from[out[start]] {
			end++
		}
		before := out[end-1]
		for _, h := range out[start:end] {
			a.next[h.Twin()] = before
			before = h
		}
		start = end
	}
}

// compareAngles orders halves out of one node counterclockwise from the east.
func (a *Arrangement) compareAngles(g, h Half) int {
	at, to := a.Ends(g)
	_, other := a.Ends(h)
	lower := func(p geo.Point) bool { return p.Y < at.Y || p.Y == at.Y && p.X < at.X }
	if lower(to) != lower(other) {
		if lower(other) {
			return -1
		}
		return 1
	}
	return -sign(geo.Cross(at, to, other))
}

// Ends returns the places a half runs from and to.
func (a *Arrangement) Ends(h Half) (from, to geo.Point) {
	return a.points[a.from[h]], a.points[a.from[h.Twin()]]
}

// Edges returns the number of edges; the halves are those below twice as many.
func (a *Arrangement) Edges() int { return len(a.from) / 2 }

// Faces returns the number of faces, the unbounded face 0 included.
func (a *Arrangement) Faces() int { return len(a.rings) }

// Face returns the face left of a half.
func (a *Arrangement) Face(h Half) int32 { return a.face[h] }

// Cover returns the polygons that cover a face, in rising order. The caller must
// not change it.
func (a *Arrangement) Cover(face int32) []int32 { return a.covers[face] }

// Next returns the half after another around their face: its twin where a line ends.
func (a *Arrangement) Next(h Half) Half { return a.next[h] }

// Around walks over the halves around a face, ring by ring.
func (a *Arrangement) Around(face int32) iter.Seq[Half] {
	return func(yield func(Half) bool) {
		for _, first := range a.rings[face] {
			for h := range a.ring(first) {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// ring walks over the halves of one ring.
func (a *Arrangement) ring(first Half) iter.Seq[Half] {
	return func(yield func(Half) bool) {
		for h := first; yield(h); {
			if h = a.next[h]; h == first {
				return
			}
		}
	}
}
