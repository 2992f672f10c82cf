package tiles

import (
	"math"

	"gridatlas/tiles/mvt"
)

// zooms is a set of zooms.
type zooms uint32

func (z zooms) has(zoom int) bool { return z>>zoom&1 != 0 }

// flaws returns the zooms, from lowest on, at which the polygons of a shape cross
// or touch one another or themselves after rounding.
func flaws(mender *mvt.Mender, s *mvt.Shape, lowest int) (set zooms) {
	room := 0.0
	if len(s.Corners) <= fewCorners {
		room = clearance(s)
	}
	for zoom := lowest; zoom <= MaxZoom; zoom++ {
		unit := math.Exp2(float64(20 - zoom))
		// A corner moves by half a unit at most along each axis, so what is more than
		// the diagonal of a unit apart does not meet. Units below that of the grid
		// move nothing.
		if room > math.Sqrt2*unit || unit < 1 {
			break
		}
		if !mender.Simple(s, uint8(zoom)) {
			set |= 1 << zoom
		}
	}
	return set
}

// fewCorners is how many corners are compared with all edges, one by one.
const fewCorners = 256

// clearance returns the least distance of a corner of polygons from an edge that it
// does not belong to, in units of the grid. Where no ring crosses another or itself,
// no two edges without a common corner are nearer.
func clearance(s *mvt.Shape) float64 {
	nearest := math.Inf(1)
	for part := range len(s.Parts) - 1 {
		start, end := s.Parts[part].At(), s.Parts[part+1].At()
		from := end - 1
		for to := start; to < end; to++ {
			a, b := s.Corners[from], s.Corners[to]
			dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
			length2 := dx*dx + dy*dy
			for i, c := range s.Corners {
				if i == from || i == to {
					continue
				}
				px, py := float64(c.X)-float64(a.X), float64(c.Y)-float64(a.Y)
				along := 0.0 // of the edge, where it is nearest
				if length2 > 0 {
					along = min(max((px*dx+py*dy)/length2, 0), 1)
				}
				px, py = px-along*dx, py-along*dy
				nearest = min(nearest, px*px+py*py)
			}
			from = to
		}
	}
	return math.Sqrt(nearest)
}
