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
	c := newCircles(s)
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
	return 2 * c.radius, c.point(c.middle)
}

// maxWidthWork is how many distances one width may take; under 0.2 s.
const maxWidthWork = 2_000_000

// circles looks for the largest circle between walls.
type circles struct {
	local    crs.Local
	sin, cos float64 // of the direction that the longest wall has
	walls    []wall
	squares  squares
	middle   xy // of the largest circle so far
	radius   float64
	work     int
	metres   []float64 // from one place to the walls near it
}

// newCircles lays the first squares over a shape, turned so that the longest edge
// runs along them: a straight sliver takes few that are as large as it is wide.
func newCircles(s geo.Shape) *circles {
	c := &circles{local: crs.NewLocal(s.Box().Centre()), cos: 1}
	longest := 0.0
	for part := range s.Parts() {
		before := c.xy(part.Points[len(part.Points)-1])
		for _, p := range part.Points {
			next := c.xy(p)
			c.walls = append(c.walls, wall{before, next})
			if length := math.Hypot(next.x-before.x, next.y-before.y); length > longest {
				longest = length
				c.sin, c.cos = (next.y-before.y)/length, (next.x-before.x)/length
			}
			before = next
		}
	}
	low, high := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
	all := make([]int32, len(c.walls))
	for i, w := range c.walls {
		all[i] = int32(i)
		c.walls[i] = wall{c.turned(w.a), c.turned(w.b)}
		low = xy{min(low.x, c.walls[i].a.x), min(low.y, c.walls[i].a.y)}
		high = xy{max(high.x, c.walls[i].a.x), max(high.y, c.walls[i].a.y)}
	}
	width, height := high.x-low.x, high.y-low.y
	side := max(min(width, height), max(width, height)/64)
	for x := low.x; x < high.x; x += side {
		for y := low.y; y < high.y; y += side {
			c.add(xy{x + side/2, y + side/2}, side/2, all)
		}
	}
	return c
}

func (c *circles) xy(p geo.Point) xy {
	x, y := c.local.XY(p)
	return xy{x, y}
}

// turned lays the direction of the longest wall along x; point turns back.
func (c *circles) turned(p xy) xy { return xy{p.x*c.cos + p.y*c.sin, p.y*c.cos - p.x*c.sin} }

func (c *circles) point(p xy) geo.Point {
	return c.local.Point(p.x*c.cos-p.y*c.sin, p.x*c.sin+p.y*c.cos)
}

type xy struct{ x, y float64 } // metres

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
	crossing := 0 // walls that run through the circle around the square
	for _, d := range c.metres {
		if d <= diagonal {
			crossing++
		}
	}
	between := at // the place in the middle between the walls that bound it most
	for i, n := range near {
		if c.metres[i] > least+2*diagonal {
			continue
		}
		q.near = append(q.near, n)
		alone := crossing == 0 || crossing == 1 && least <= diagonal || crossing == 2 && c.metres[i] <= diagonal
		if most, middle := nearest.opposite(c.walls[n], at, diagonal, alone); most < q.most {
			q.most, between = most, middle
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
// its distances from both, while it is on the inside of both, and no more than it
// can be behind one of them, unless they are alone there. Along a sliver that is
// half its width everywhere, where squares alone would have to become very small
// to tell. It is infinite when a middle may be past an end of a wall. The place is
// p, moved to where both distances are equal, if that is in reach.
func (w wall) opposite(v wall, p xy, reach float64, alone bool) (float64, xy) {
	one, a, ok := w.beside(p, reach)
	other, b, beside := v.beside(p, reach)
	if !ok || !beside {
		return math.Inf(1), p
	}
	middle := p
	if way := (other - one) / 2; math.Abs(way) < reach {
		middle = xy{p.x + way*a.x, p.y + way*a.y}
	}
	most := (one + other + reach*math.Hypot(a.x+b.x, a.y+b.y)) / 2
	if !alone || one < -reach || other < -reach {
		most = max(most, reach-one, reach-other)
	}
	return most, middle
}

// beside returns how far p lies left of the wall and the direction in which that
// grows; false when a place within reach of p may lie past an end.
func (w wall) beside(p xy, reach float64) (float64, xy, bool) {
	u, v := xy{w.b.x - w.a.x, w.b.y - w.a.y}, xy{p.x - w.a.x, p.y - w.a.y}
	length := math.Hypot(u.x, u.y)
	along, left := (u.x*v.x+u.y*v.y)/length, (u.x*v.y-u.y*v.x)/length
	return left, xy{-u.y / length, u.x / length}, along >= reach && along <= length-reach
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
