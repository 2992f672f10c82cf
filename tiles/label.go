package tiles

import (
	"container/heap"
	"math"

	"gridatlas/geo"
)

// labelPoint returns where the name of a polygon shape stands: the centroid of
// its largest part when that lies inside, else the pole of inaccessibility of
// that part, the point farthest from its border. The part is a polygon with its
// holes. Shapes of other kinds have their first point.
func labelPoint(s geo.Shape) geo.Point {
	if s.Kind() != geo.Polygons {
		return s.Points()[0]
	}
	part := largestPart(s)
	if c := centroid(part[0].Points); geo.MakeShape(geo.Polygons, part).Covers(c) {
		return c
	}
	return pole(part)
}

// largestPart returns the outer ring of the largest area with its holes.
func largestPart(s geo.Shape) []geo.Part {
	var best, current []geo.Part
	for part := range s.Parts() {
		if !part.Hole {
			current = nil
		}
		current = append(current, part)
		// Equal again for each hole of the best one, so that best gets them too.
		if best == nil || geo.RingArea2(current[0].Points) >= geo.RingArea2(best[0].Points) {
			best = current
		}
	}
	return best
}

func centroid(ring []geo.Point) geo.Point {
	var area, x, y float64
	origin := ring[0]
	for i := 1; i+1 < len(ring); i++ {
		weight := float64(geo.Cross(origin, ring[i], ring[i+1]))
		area += weight
		x += weight * (float64(ring[i].X-origin.X) + float64(ring[i+1].X-origin.X))
		y += weight * (float64(ring[i].Y-origin.Y) + float64(ring[i+1].Y-origin.Y))
	}
	if area == 0 {
		return origin
	}
	return geo.Point{
		X: origin.X + int32(math.Round(x/(3*area))),
		Y: origin.Y + int32(math.Round(y/(3*area))),
	}
}

// pole searches squares, the most promising first, and splits one in four while
// it may hold a point that is better by a hundredth of the shape's size
// (V. Agafonkin's polylabel, 2016). Steps of longitude are shortened by the
// latitude so that distances are true to shape.
func pole(part []geo.Part) geo.Point {
	box := geo.NoBox
	for _, p := range part[0].Points {
		box = box.With(p)
	}
	search := poleSearch{part: part, shrink: math.Cos(float64(box.Centre().Y) / 1e7 * math.Pi / 180)}
	width, height := float64(box.E-box.W)*search.shrink, float64(box.N-box.S)
	size := min(width, height)
	precision := max(width, height) / 100
	if size <= 0 {
		return part[0].Points[0]
	}
	west, south := float64(box.W)*search.shrink, float64(box.S)
	for x := west; x < west+width; x += size {
		for y := south; y < south+height; y += size {
			search.add(x+size/2, y+size/2, size/2)
		}
	}
	best := square{inside: -1}
	for tried := 0; len(search.queue) > 0 && tried < 2000; tried++ {
		s := heap.Pop(&search.queue).(square)
		if s.inside > best.inside {
			best = s
		}
		if s.reach-best.inside <= precision && best.inside > 0 {
			break
		}
		half := s.half / 2
		for _, d := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			search.add(s.x+d[0]*half, s.y+d[1]*half, half)
		}
	}
	if best.inside < 0 {
		return part[0].Points[0]
	}
	return geo.Point{X: int32(math.Round(best.x / search.shrink)), Y: int32(math.Round(best.y))}
}

// square is a piece of the search: its middle, half its side, how far inside the
// polygon the middle lies (negative: outside) and the most that any point of it
// may reach.
type square struct{ x, y, half, inside, reach float64 }

type poleSearch struct {
	part   []geo.Part
	shrink float64
	queue  squares
}

func (p *poleSearch) add(x, y, half float64) {
	inside := p.depth(x, y)
	s := square{x: x, y: y, half: half, inside: inside, reach: inside + half*math.Sqrt2}
	if s.reach > 0 {
		heap.Push(&p.queue, s)
	}
}

// depth is the distance to the nearest border, negative outside.
func (p *poleSearch) depth(x, y float64) float64 {
	nearest, inside := math.Inf(1), false
	for _, part := range p.part {
		ring := part.Points
		for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
			ax, ay := float64(ring[j].X)*p.shrink, float64(ring[j].Y)
			bx, by := float64(ring[i].X)*p.shrink, float64(ring[i].Y)
			if (ay > y) != (by > y) && x < (bx-ax)*(y-ay)/(by-ay)+ax {
				inside = !inside
			}
			dx, dy := bx-ax, by-ay
			t := 0.0
			if d := dx*dx + dy*dy; d > 0 {
				t = min(max(((x-ax)*dx+(y-ay)*dy)/d, 0), 1)
			}
			nearest = min(nearest, math.Hypot(ax+t*dx-x, ay+t*dy-y))
		}
	}
	if !inside {
		return -nearest
	}
	return nearest
}

// squares is a heap with the largest reach on top; ties go by place so that
// equal shapes get equal labels.
type squares []square

func (s squares) Len() int { return len(s) }
func (s squares) Less(i, j int) bool {
	if s[i].reach != s[j].reach {
		return s[i].reach > s[j].reach
	}
	if s[i].x != s[j].x {
		return s[i].x < s[j].x
	}
	return s[i].y < s[j].y
}
func (s squares) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *squares) Push(v any)   { *s = append(*s, v.(square)) }
func (s *squares) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}
