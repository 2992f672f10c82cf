package valid

import (
	"cmp"
	"container/heap"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// widthOf returns the diameter in metres of the largest circle that fits into a
// valid polygon shape, and the lattice point next to its middle. So a sliver of
// any length is as wide as its widest place, and a wedge is not thin because its
// tip is.
//
// The diameter is right to 1 % and 2 mm, and less than limit exactly when no
// circle of that diameter fits. If that cannot be told (within 0.1 mm of limit, or
// in a ragged sliver of kilometres that is everywhere almost as wide, within the
// bound on work), the answer is an upper bound, so that nothing passes for narrower
// than it is.
//
// The method is that of a pole of inaccessibility (V. Agafonkin, polylabel): the
// square that may hold the farthest place from all edges is cut in four, best
// first. Each square keeps the edges that may be nearest to a place in it.
func widthOf(s geo.Shape, limit float64) (float64, geo.Point) {
	box := s.Box()
	c := circles{local: crs.NewLocal(box.Centre())}
	for part := range s.Parts() {
		before := c.xy(part.Points[len(part.Points)-1])
		for _, p := range part.Points {
			next := c.xy(p)
			c.walls = append(c.walls, wall{before, next})
			before = next
		}
	}
	all := make([]int32, len(c.walls))
	for i := range all {
		all[i] = int32(i)
	}
	corner := c.xy(geo.Point{X: box.E, Y: box.N})
	c.add(xy{}, max(corner.x, corner.y)+1e-3, all)
	for len(c.squares) > 0 {
		q := heap.Pop(&c.squares).(square)
		undecided := c.radius < limit/2 && q.most >= limit/2
		if !undecided && q.most <= c.radius*1.01+0.001 {
			break // no other square promises more
		}
		if c.work > maxWidthWork || undecided && q.half < 5e-5 {
			if undecided {
				c.radius = q.most
			}
			break
		}
		half := q.half / 2
		for _, d := range [4]xy{{-half, -half}, {half, -half}, {-half, half}, {half, half}} {
			c.add(xy{q.at.x + d.x, q.at.y + d.y}, half, q.near)
		}
	}
	return 2 * c.radius, c.local.Point(c.middle.x, c.middle.y)
}

// maxWidthWork is how many distances one width may take; under 0.2 s.
const maxWidthWork = 2_000_000

// circles looks for the largest circle between walls.
type circles struct {
	local   crs.Local
	walls   []wall
	squares squares
	middle  xy // of the largest circle so far
	radius  float64
	work    int
	metres  []float64 // from one place to the walls near it
}

type xy struct{ x, y float64 } // metres

func (c *circles) xy(p geo.Point) xy {
	x, y := c.local.XY(p)
	return xy{x, y}
}

// wall is an edge with the inside on its left.
type wall struct{ a, b xy }

// distance returns how far p is from the wall, which side it is on (positive
// inside) and how much the nearest place lies ahead of an end of the wall rather
// than beside it (0 to 1).
func (w wall) distance(p xy) (metres, side, ahead float64) {
	u, v := xy{w.b.x - w.a.x, w.b.y - w.a.y}, xy{p.x - w.a.x, p.y - w.a.y}
	side = u.x*v.y - u.y*v.x
	along := (u.x*v.x + u.y*v.y) / (u.x*u.x + u.y*u.y)
	nearest := xy{w.a.x + along*u.x, w.a.y + along*u.y}
	switch {
	case along <= 0:
		nearest = w.a
	case along >= 1:
		nearest = w.b
	}
	d := xy{p.x - nearest.x, p.y - nearest.y}
	metres = math.Hypot(d.x, d.y)
	if metres > 0 {
		ahead = math.Abs(u.x*d.x+u.y*d.y) / (metres * math.Hypot(u.x, u.y))
	}
	return metres, side, ahead
}

// square is a piece of ground that may hold the middle of a larger circle.
type square struct {
	at   xy
	half float64 // of its side
	most float64 // no circle with its middle here has a larger radius
	near []int32 // walls that may be the nearest to a place in it
}

// look measures a place, of which near holds the nearest wall: how far that is, and
// whether the place lies inside.
func (c *circles) look(at xy, near []int32) (least float64, inside bool, nearest wall) {
	c.work += len(near)
	c.metres = c.metres[:0]
	least = math.Inf(1)
	slant := 0.0
	for _, n := range near {
		d, side, ahead := c.walls[n].distance(at)
		c.metres = append(c.metres, d)
		// In a corner both walls are equally far, and the one that is more beside
		// the place tells the side.
		if d < least || d == least && ahead < slant {
			least, inside, slant, nearest = d, side > 0, ahead, c.walls[n]
		}
	}
	if inside && least > c.radius {
		c.middle, c.radius = at, least
	}
	return least, inside, nearest
}

func (c *circles) add(at xy, half float64, near []int32) {
	least, inside, nearest := c.look(at, near)
	diagonal := half * math.Sqrt2
	q := square{at: at, half: half, most: diagonal - least}
	if inside {
		q.most = diagonal + least
	}
	if q.most <= c.radius {
		return
	}
	between := at // the place in the middle between the walls that bound it most
	for i, n := range near {
		if c.metres[i] <= least+2*diagonal {
			q.near = append(q.near, n)
			if most, middle := nearest.opposite(c.walls[n], at, diagonal); most < q.most {
				q.most, between = most, middle
			}
		}
	}
	if between != at && q.most > c.radius {
		c.look(between, q.near)
	}
	if q.most > c.radius {
		heap.Push(&c.squares, q)
	}
}

// opposite returns what a circle can have for a radius at most between two walls,
// when its middle is not farther than reach from p: no more than half the sum of
// its distances from both. Along a sliver that is half its width everywhere, where
// squares alone would have to become very small to tell. It is infinite unless the
// nearest places of all middles lie on the insides of both walls. The place is p,
// moved to where both distances are equal, if that is in reach.
func (w wall) opposite(v wall, p xy, reach float64) (float64, xy) {
	one, a, ok := w.beside(p, reach)
	other, b, beside := v.beside(p, reach)
	if !ok || !beside {
		return math.Inf(1), p
	}
	middle := p
	if way := (other - one) / 2; math.Abs(way) < reach {
		middle = xy{p.x + way*a.x, p.y + way*a.y}
	}
	return (one + other + reach*math.Hypot(a.x+b.x, a.y+b.y)) / 2, middle
}

// beside returns how far p lies left of the wall and the direction in which that
// grows; false when a place within reach of p may lie on its right or past an end.
func (w wall) beside(p xy, reach float64) (float64, xy, bool) {
	u, v := xy{w.b.x - w.a.x, w.b.y - w.a.y}, xy{p.x - w.a.x, p.y - w.a.y}
	length := math.Hypot(u.x, u.y)
	along, left := (u.x*v.x+u.y*v.y)/length, (u.x*v.y-u.y*v.x)/length
	return left, xy{-u.y / length, u.x / length}, left >= reach && along >= reach && along <= length-reach
}

// squares is a heap with the most promising on top.
type squares []square

func (s squares) Len() int           { return len(s) }
func (s squares) Less(i, j int) bool { return cmp.Less(s[j].most, s[i].most) }
func (s squares) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *squares) Push(x any)        { *s = append(*s, x.(square)) }
func (s *squares) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}
