package planar

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"gridatlas/geo"
)

// enclose finds the rings and puts those of one face together: a counterclockwise
// ring is the outer one of a face of its own; a clockwise one runs around a piece
// of the map and belongs to the face that the piece lies in.
func (a *Arrangement) enclose(ctx context.Context) error {
	const none = -1
	var rings []Half
	ringOf := make([]int32, len(a.from))
	for h := range ringOf {
		ringOf[h] = none
	}
	for h := range ringOf {
		if ringOf[h] != none {
			continue
		}
		for g := range a.ring(Half(h)) {
			ringOf[g] = int32(len(rings))
		}
		rings = append(rings, Half(h))
	}

	faceOf := make([]int32, len(rings)) // of each ring
	a.rings = [][]Half{nil}
	for r, first := range rings {
		faceOf[r] = none
		if a.area2(first) > 0 {
			faceOf[r] = int32(len(a.rings))
			a.rings = append(a.rings, []Half{first})
		}
	}
	below := a.viewer()
	for r := range rings {
		// From piece to piece downwards, until a face is known.
		var pieces []int32
		at, face := int32(r), int32(0)
		for {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if faceOf[at] != none {
				face = faceOf[at]
				break
			}
			pieces = append(pieces, at)
			seen, ok := below(a.lowest(rings[at]))
			if !ok {
				break
			}
			at = ringOf[seen]
		}
		for _, piece := range pieces {
			faceOf[piece] = face
			a.rings[face] = append(a.rings[face], rings[piece])
		}
	}
	a.face = make([]int32, len(a.from))
	for h, r := range ringOf {
		a.face[h] = faceOf[r]
	}
	return nil
}

// area2 is twice the area of a ring, negative when it runs clockwise.
func (a *Arrangement) area2(first Half) int64 {
	origin, _ := a.Ends(first)
	var sum int64
	for h := range a.ring(first) {
		from, to := a.Ends(h)
		sum += geo.Cross(origin, from, to)
	}
	return sum
}

// lowest returns the southernmost place of a ring, the westernmost of several.
func (a *Arrangement) lowest(first Half) geo.Point {
	low, _ := a.Ends(first)
	for h := range a.ring(first) {
		if p, _ := a.Ends(h); p.Y < low.Y || p.Y == low.Y && p.X < low.X {
			low = p
		}
	}
	return low
}

// eastward is an edge that is not vertical, as its half from west to east.
type eastward struct {
	line
	half Half
}

// viewer returns a function that looks straight down from a node and answers with
// the half it sees first, the face of which the node looks down through.
func (a *Arrangement) viewer() func(geo.Point) (Half, bool) {
	var edges []eastward
	for i := range a.Edges() {
		h := Half(2 * i)
		from, to := a.Ends(h)
		switch {
		case from.X < to.X:
			edges = append(edges, eastward{line{from, to}, h})
		case from.X > to.X:
			edges = append(edges, eastward{line{to, from}, h.Twin()})
		}
	}
	tree := NewTree(edges)
	return func(p geo.Point) (Half, bool) {
		var best eastward
		found := false
		tree.Within(geo.Box{W: p.X, S: geo.World.S, E: p.X, N: p.Y}, func(e eastward) {
			if e.b.X == p.X || geo.Cross(e.a, e.b, p) <= 0 {
				return
			}
			if !found || e.above(best) {
				best, found = e, true
			}
		})
		return best.half, found
	}
}

// above reports whether e lies above f where both are. They do not cross, so the
// start of the one that starts later decides; when they start together, the end.
func (e eastward) above(f eastward) bool {
	switch {
	case e.a == f.a:
		return geo.Cross(f.a, f.b, e.b) > 0
	case e.a.X >= f.a.X:
		return geo.Cross(f.a, f.b, e.a) > 0
	}
	return geo.Cross(e.a, e.b, f.a) < 0
}

// MaxCovers is how many numbers of polygons all the different covers may hold
// together: 20 MB. Hundreds of polygons on one heap have as many covers squared, of
// hundreds each, and are no coverage.
const MaxCovers = 5_000_000

// label finds which polygons cover each face, starting outside: over an edge the
// polygons on one side of it are left and those on the other side entered.
func (a *Arrangement) label(ctx context.Context, uses [][]use) error {
	a.covers = make([][]int32, a.Faces())
	known := map[string][]int32{} // equal covers share memory; only looked up
	reached := make([]bool, a.Faces())
	reached[0] = true
	queue := []int32{0}
	held := 0
	for steps := 0; len(queue) > 0; steps++ {
		if steps&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		face := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for h := range a.Around(face) {
			other := a.face[h.Twin()]
			if reached[other] {
				continue
			}
			cover := slices.Clone(a.covers[face])
			for _, u := range uses[h/2] {
				i, covered := slices.BinarySearch(cover, u.shape)
				// The half with an even number runs from the lower node to the higher.
				if leaves := (u.left > 0) == (h&1 == 0); leaves != covered {
					at, _ := a.Ends(h)
					return fmt.Errorf("polygon %d is not valid: it covers ground twice at %.7f, %.7f", u.shape, float64(at.X)/1e7, float64(at.Y)/1e7)
				} else if leaves {
					cover = slices.Delete(cover, i, i+1)
				} else {
					cover = slices.Insert(cover, i, u.shape)
				}
			}
			var key []byte
			for _, shape := range cover {
				key = binary.NativeEndian.AppendUint32(key, uint32(shape))
			}
			if same, ok := known[string(key)]; ok {
				cover = same
			} else {
				known[string(key)] = cover
				if held += len(cover); held > MaxCovers {
					at, _ := a.Ends(h)
					return fmt.Errorf("too many polygons lie over one another at %.7f, %.7f", float64(at.X)/1e7, float64(at.Y)/1e7)
				}
			}
			a.covers[other] = cover
			reached[other] = true
			queue = append(queue, other)
		}
	}
	return nil
}
