package files

import (
	"cmp"
	"errors"
	"slices"
)

// maxNestingWork bounds the corners that are looked at to find the ring in which
// each hole lies.
const maxNestingWork = 100_000_000

// nestRings tells outer rings from holes where a format only gives them a
// direction, as the shapefile does: outer rings run clockwise. Holes come behind
// the smallest outer ring that they lie in; one that lies in none is an outer
// ring that somebody wrote the wrong way round.
func (g *Geometry) nestRings() error {
	if len(g.Parts) < 2 {
		return nil
	}
	type ring struct {
		points [][2]float64
		area   float64 // twice; negative clockwise
		holes  [][][2]float64
	}
	var outers []*ring
	var holes []*ring
	start := 0
	for _, part := range g.Parts {
		r := &ring{points: g.Points[start:part.End]}
		r.area = area2(r.points)
		if r.area > 0 {
			holes = append(holes, r)
		} else {
			outers = append(outers, r)
		}
		start = part.End
	}
	if len(holes) == 0 {
		return nil
	}
	work := 0
	bySize := slices.Clone(outers)
	slices.SortStableFunc(bySize, func(a, b *ring) int { return cmp.Compare(b.area, a.area) }) // smallest first: areas are negative
	for _, hole := range holes {
		var around *ring
		for _, outer := range bySize {
			if -outer.area < hole.area {
				continue
			}
			covers := ringCovers(outer.points, hole.points, &work)
			if work > maxNestingWork {
				return errors.New("it has too many rings inside of each other")
			}
			if covers {
				around = outer
				break
			}
		}
		if around == nil {
			outers = append(outers, hole)
		} else {
			around.holes = append(around.holes, hole.points)
		}
	}
	points := make([][2]float64, 0, len(g.Points))
	parts := g.Parts[:0]
	for _, outer := range outers {
		points = append(points, outer.points...)
		parts = append(parts, Part{End: len(points)})
		for _, hole := range outer.holes {
			points = append(points, hole...)
			parts = append(parts, Part{End: len(points), Hole: true})
		}
	}
	g.Points, g.Parts = points, parts
	return nil
}

// area2 is twice the signed area of a ring, positive counterclockwise. It is
// taken from the first corner, since northings of several million metres would
// eat up the digits.
func area2(ring [][2]float64) float64 {
	sum := 0.0
	for i := 1; i+1 < len(ring); i++ {
		ax, ay := ring[i][0]-ring[0][0], ring[i][1]-ring[0][1]
		bx, by := ring[i+1][0]-ring[0][0], ring[i+1][1]-ring[0][1]
		sum += ax*by - ay*bx
	}
	return sum
}

// ringCovers reports whether inner lies in outer, by the first corner of inner
// that is not on the border of outer.
func ringCovers(outer, inner [][2]float64, work *int) bool {
	for _, p := range inner {
		if *work += len(outer); *work > maxNestingWork {
			return false
		}
		if in, onBorder := ringHolds(outer, p); !onBorder {
			return in
		}
	}
	return true
}

func ringHolds(ring [][2]float64, p [2]float64) (in, onBorder bool) {
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[j], ring[i]
		turn := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if turn == 0 && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) && p[1] >= min(a[1], b[1]) && p[1] <= max(a[1], b[1]) {
			return false, true
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && (turn > 0) == (b[1] > a[1]) {
			in = !in
		}
	}
	return in, false
}
