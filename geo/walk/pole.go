package walk

import (
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// polePrecision is how much farther from the outline the true pole may be.
const polePrecision = 0.5

// Pole returns the pole of inaccessibility of a polygon: the point inside it
// that is farthest from its outline, to within half a metre. It stands for a
// building whose entrances nobody recorded. The method is the quartering of
// cells by their best possible distance (as in Mapbox's polylabel).
func Pole(shape geo.Shape) geo.Point {
	box := shape.Box()
	centre := box.Centre()
	local := crs.NewLocal(centre)
	// depth is the distance to the outline, negative outside.
	depth := func(x, y float64) float64 {
		p := local.Point(x, y)
		d := crs.ToOutline(shape, p)
		if !shape.Covers(p) {
			return -d
		}
		return d
	}
	east, north := local.XY(geo.Point{X: box.E, Y: box.N})
	west, south := local.XY(geo.Point{X: box.W, Y: box.S})
	side := max(min(east-west, north-south), polePrecision)
	type cell struct{ x, y, half, depth, most float64 }
	var queue []cell // a heap would not pay: a building takes a few dozen cells
	add := func(x, y, half float64) {
		d := depth(x, y)
		queue = append(queue, cell{x, y, half, d, d + half*math.Sqrt2})
	}
	best := cell{depth: math.Inf(-1)}
	for x := west; x < east; x += side {
		for y := south; y < north; y += side {
			add(x+side/2, y+side/2, side/2)
		}
	}
	add(0, 0, 0)
	for len(queue) > 0 {
		top := 0
		for i := range queue {
			if queue[i].most > queue[top].most {
				top = i
			}
		}
		c := queue[top]
		queue[top] = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if c.depth > best.depth {
			best = c
		}
		if c.most-best.depth <= polePrecision {
			break
		}
		if half := c.half / 2; half > 0 {
			add(c.x-half, c.y-half, half)
			add(c.x+half, c.y-half, half)
			add(c.x-half, c.y+half, half)
			add(c.x+half, c.y+half, half)
		}
	}
	return local.Point(best.x, best.y)
}
