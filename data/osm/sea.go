package osm

import (
	"context"
	"fmt"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/planar"
)

const (
	// maxCoast is how many corners of coastlines may lie in the bounds: more than any
	// city has (Monaco 1,500), few enough that so many loose lines, the worst case,
	// take half a minute.
	maxCoast = 100_000
	// maxDrowned is the share of buildings and streets that may stand in one piece of
	// sea, on piers and in harbours. Where more do, the coast runs the wrong way round.
	maxDrowned = 0.05
	// maxWitnesses is how many buildings and streets are asked.
	maxWitnesses = 1000
)

// sea makes areas of water of what lies on the right of coastlines, up to the
// bounds of the file. Coastlines and bounds are one map of lines; a face of it is
// sea when all the coast around it has it on its right. A line that ends, runs the
// wrong way or crosses another has the same face on its left as well, or another
// line has: then nobody can tell how much of it is water. Such faces are reported
// and stay dry, with all that lie along their lines.
func (b *builder) sea(ctx context.Context) error {
	if len(b.coast.lines) == 0 {
		return nil
	}
	fault := func(r ref, at *geo.Point, format string, args ...any) {
		b.report.Coast.add(Item{Object: r.String(), Detail: fmt.Sprintf(format, args...), At: at})
	}
	if b.bounds.Empty() {
		fault(b.coast.of[0], nil, "the file states no bounds to close its coastlines along")
		return nil
	}
	b.coast.extend(b.bounds)
	near, corners := b.coast.near(b.bounds)
	if corners == 0 {
		return nil
	}
	if corners > maxCoast {
		fault(near.of[1], nil, "%d corners of coastlines lie in the bounds, more than %d", corners, maxCoast)
		return nil
	}
	plan, err := planar.Trace(ctx, near.lines)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fault(near.of[1], nil, "%v", err)
		return nil
	}
	witnesses := b.witnesses()
	for _, face := range facesOf(plan) {
		if face.beyond || face.right == 0 {
			continue
		}
		way := near.of[face.right]
		switch {
		case face.left != 0:
			at := suspect(plan, face.number)
			fault(near.of[face.left], &at, "the coastline ends, crosses another or runs the wrong way")
			continue
		case face.doubtful:
			fault(way, nil, "the coastline is at fault elsewhere, so that the water along it is left out")
			continue
		}
		shape := plan.Outline([]int32{face.number})
		if n := drowned(shape, witnesses); float64(n) > maxDrowned*float64(len(witnesses)) {
			at := shape.Points()[0]
			fault(way, &at, "the coastline runs the wrong way: %d of %d buildings and streets would stand in the sea", n, len(witnesses))
			continue
		}
		if shape, ok := b.polygon(way, nil, slices.Collect(shape.Parts())); ok {
			b.add(way, nil, shape, &geo.LandArea{Kind: "water"})
		}
	}
	return nil
}

// face is what is known of a face of a map of coastlines.
type face struct {
	number      int32
	right, left int32 // a line that has it on its right, and on its left; 0: none
	beyond      bool  // it lies outside of line 0, the bounds
	doubtful    bool  // it lies along a line with a fault
}

func facesOf(plan *planar.Arrangement) []face {
	faces := make([]face, plan.Faces())
	for i := range faces {
		faces[i].number = int32(i)
	}
	coastlines(plan, func(line, left, right int32) {
		faces[left].left, faces[right].right = line, line
	})
	for _, i := range outside(plan) {
		faces[i].beyond = true
	}
	atFault := map[int32]bool{} // lines
	coastlines(plan, func(line, left, right int32) {
		for _, f := range [2]face{faces[left], faces[right]} {
			if !f.beyond && f.left != 0 && f.right != 0 {
				atFault[line] = true
			}
		}
	})
	coastlines(plan, func(line, left, right int32) {
		if atFault[line] {
			faces[left].doubtful, faces[right].doubtful = true, true
		}
	})
	return faces
}

// coastlines visits every edge of every line but the bounds, with the faces beside
// it.
func coastlines(plan *planar.Arrangement, visit func(line, left, right int32)) {
	for h := range planar.Half(2 * plan.Edges()) {
		for line := range plan.Along(h) {
			if line != 0 {
				visit(line, plan.Face(h), plan.Face(h.Twin()))
			}
		}
	}
}

// outside returns the faces that can be reached without crossing line 0.
func outside(plan *planar.Arrangement) []int32 {
	bounds := func(h planar.Half) bool {
		for line := range plan.Along(h) {
			return line == 0 // the first of them
		}
		return false
	}
	reached, out := make([]bool, plan.Faces()), []int32{0}
	reached[0] = true
	for i := 0; i < len(out); i++ {
		for h := range plan.Around(out[i]) {
			if next := plan.Face(h.Twin()); !reached[next] && !bounds(h) && !bounds(h.Twin()) {
				reached[next] = true
				out = append(out, next)
			}
		}
	}
	return out
}

// suspect returns where a line ends in a face that has coast on both sides, else
// where one passes that has it on its left.
func suspect(plan *planar.Arrangement, face int32) (at geo.Point) {
	for h := range plan.Around(face) {
		from, to := plan.Ends(h)
		if plan.Next(h) == h.Twin() {
			return to
		}
		for line := range plan.Along(h) {
			if line != 0 {
				at = from
			}
		}
	}
	return at
}

// witnesses returns places that lie on land: a corner each of buildings and streets
// on the ground, evenly taken of all.
func (b *builder) witnesses() []geo.Point {
	var all []geo.Point
	for _, f := range b.features {
		switch f := f.(type) {
		case *geo.Building:
			all = append(all, f.Shape.Points()[0])
		case *geo.Street:
			if !f.Bridge && !f.Tunnel && f.Level.Or(0) == 0 {
				all = append(all, f.Shape.Points()[0])
			}
		}
	}
	step := len(all)/maxWitnesses + 1
	var some []geo.Point
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

func drowned(sea geo.Shape, witnesses []geo.Point) (n int) {
	box := sea.Box()
	for _, p := range witnesses {
		if box.Holds(p) && sea.Covers(p) {
			n++
		}
	}
	return n
}
