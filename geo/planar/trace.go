package planar

import (
	"context"
	"iter"

	"gridatlas/geo"
)

// Trace makes the map of numbered lines, which may cross, touch and end anywhere.
// Its faces are covered by no polygon; Along tells which lines run past them. A
// line that goes back over itself is not there. The errors are those of Build.
func Trace(ctx context.Context, lines [][]geo.Point) (*Arrangement, error) {
	box := geo.NoBox
	for _, points := range lines {
		for _, p := range points {
			box = box.With(p)
		}
	}
	if tooWide(box) {
		return nil, ErrTooWide
	}
	n := &noder{ctx: ctx, nodeAt: map[geo.Point]int32{}}
	var edges [][2]int32
	var of []int32 // by edge: its line
	for i, points := range lines {
		for j := 1; j < len(points); j++ {
			if a, b := n.node(points[j-1]), n.node(points[j]); a != b {
				edges, of = append(edges, [2]int32{a, b}), append(of, int32(i))
			}
		}
	}
	chains, err := n.chains(edges)
	if err != nil {
		return nil, err
	}
	var all []use
	for i, chain := range chains {
		for j := 1; j < len(chain); j++ {
			all = append(all, useOf(chain[j-1], chain[j], of[i]))
		}
	}
	a := &Arrangement{points: n.points}
	a.runs = a.connect(all)
	a.turn()
	if err := a.enclose(ctx); err != nil {
		return nil, err
	}
	a.covers = make([][]int32, a.Faces())
	return a, nil
}

// Along walks over the lines of a traced map that run along a half in its
// direction, in rising order.
func (a *Arrangement) Along(h Half) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for _, u := range a.runs[h/2] {
			if (u.left > 0) == (h&1 == 0) && !yield(u.shape) {
				return
			}
		}
	}
}
