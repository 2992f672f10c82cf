package valid

import (
	"context"
	"fmt"
	"slices"

	"gridatlas/geo"
)

// MendCoverage makes the members share their borders and closes the faults that
// are narrower than size (see CoverageFault.Width). It returns the coverage and
// every fault the given one had, which say whether they were mended.
//
//   - A corner on a neighbour's edge is put into both, and edges that cross get a
//     common corner, rounded to the lattice. The parent gets its corners too.
//   - A narrow gap goes to the neighbour with which it has the longest border, of
//     equals to the first.
//   - A narrow overlap stays with that one of its members whose own ground it has
//     the longest border with, of equals with the first.
//   - What reaches beyond the parent and is narrow is cut off.
//   - Wide faults stay as they are, for a person to decide; so does
//     a narrow fault that has only such ground beside it, and one that is all that
//     is left of a member: nobody vanishes.
//
// The result consists of valid shapes. Members whose ground did not change are
// what they were, but for corners added on their edges; a second run finds only
// what the first left. A size of zero adds corners and closes nothing. Errors are
// those of CheckCoverage; then the coverage is the one given.
func MendCoverage(ctx context.Context, c Coverage, size geo.Metres) (Coverage, []CoverageFault, error) {
	s, err := surveyed(ctx, c, size)
	if err != nil {
		return c, nil, err
	}
	changed := s.close(size)
	mended, err := s.redrawn(ctx, changed)
	if err != nil {
		return c, nil, err
	}
	return mended, s.faults(), nil
}

// close gives narrow ground to one member each, and reports which members
// changed.
func (s *survey) close(size geo.Metres) []bool {
	faces := make([]int, len(s.coverage.Members)) // how many each has left
	for _, cover := range s.covers {
		for _, m := range cover {
			faces[m]++
		}
	}
	changed := make([]bool, len(faces))
	// Ground between narrow faults can be given once one of those is. Overlaps come
	// first, so that gaps see what their neighbours will be.
	for progress := true; progress; {
		progress = false
		for _, gaps := range []bool{false, true} {
			for _, g := range s.ground {
				if g.fault.Mended || g.fault.Width >= size || gaps != (g.fault.Kind == Gap) {
					continue
				}
				to, ok := s.heir(g)
				old := s.covers[g.face]
				if !ok || slices.ContainsFunc(old, func(m int32) bool { return m != to && faces[m] == 1 }) {
					continue
				}
				s.covers[g.face] = nil
				if to >= 0 {
					s.covers[g.face] = []int32{to}
				}
				for _, m := range old {
					faces[m]--
					changed[m] = changed[m] || m != to
				}
				if to >= 0 {
					faces[to]++
					changed[to] = changed[to] || len(old) == 0
				}
				g.fault.Mended, g.fault.GivenTo = true, int(to)
				progress = true
			}
		}
	}
	return changed
}

// heir returns the member that gets the ground, -1 for nobody; false when there is
// none to give it to.
func (s *survey) heir(g *piece) (int32, bool) {
	if g.fault.Kind == Beyond {
		return -1, true
	}
	best, longest := int32(-1), 0.0
	for m, metres := range s.borders(g.face) {
		if g.fault.Kind != Gap && !slices.Contains(s.covers[g.face], m) {
			continue
		}
		if metres > longest || metres == longest && m < best {
			best, longest = m, metres
		}
	}
	return best, best >= 0
}

// redrawn puts the members together again.
func (s *survey) redrawn(ctx context.Context, changed []bool) (Coverage, error) {
	faces := make([][]int32, len(s.coverage.Members))
	for face, cover := range s.covers {
		for _, m := range cover {
			faces[m] = append(faces[m], int32(face))
		}
	}
	mended := Coverage{Parent: s.coverage.Parent, Members: make([]geo.Shape, len(faces))}
	for m := range faces {
		if ctx.Err() != nil {
			return Coverage{}, ctx.Err()
		}
		shape := s.coverage.Members[m]
		switch {
		case len(faces[m]) == 0: // no polygon, or collapsed
		case changed[m]:
			shape = s.planar.Outline(faces[m])
		default:
			shape = s.noded(m, faces[m])
		}
		if left := polygonFaults(shape); len(left) > 0 {
			return Coverage{}, fmt.Errorf("member %d after mending: %v", m, left[0])
		}
		mended.Members[m] = shape
	}
	if s.parent >= 0 {
		var inside []int32
		for face := range s.planar.Faces() {
			if slices.Contains(s.planar.Cover(int32(face)), s.parent) {
				inside = append(inside, int32(face))
			}
		}
		mended.Parent = s.noded(int(s.parent), inside)
	}
	return mended, nil
}

// noded returns a polygon with the nodes on its border; drawn anew from its faces
// where noding folded a part of it that is thinner than the lattice.
func (s *survey) noded(number int, faces []int32) geo.Shape {
	shape := s.planar.Noded(number)
	if len(Check(shape)) > 0 {
		return s.planar.Outline(faces)
	}
	return shape
}
