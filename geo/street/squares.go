package street

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Squares are walked across in straight lines: between the places where streets
// come to them, round what stands on them. The lines are edges of their own.
const (
	// squareMost is the largest ground, in square metres, that counts as a square
	// people see across: about 220 m by 220 m.
	squareMost = 50_000.0
	// squareEntries and squarePoints bound the places of one square that lines
	// run between: entries, and with them the corners that are walked round. So a
	// square has at most squarePoints*(squarePoints-1)/2 lines.
	squareEntries = 24
	squarePoints  = 40
	// squareSlack is how far, in lattice steps, a line may run outside the square
	// or inside a building: entries are rounded to the lattice (5 cm).
	squareSlack = 5
)

// square is a square with what stands in the way on it.
type square struct {
	land     *geo.LandArea
	standing []geo.Feature // buildings, water, residents' ground
	walls    []wall        // of barriers
}

func (s square) equal(t square) bool {
	return s.land == t.land && slices.Equal(s.standing, t.standing) && slices.Equal(s.walls, t.walls)
}

// findSquares lists the squares, by id.
func (w *work) findSquares() {
	for land := range snapshot.All[*geo.LandArea](w.snap) {
		if land.Kind == "square" && land.Shape.Kind() == geo.Polygons && crs.Area(land.Shape) <= squareMost {
			w.squares = append(w.squares, w.squareOn(land))
		}
	}
}

func (w *work) squareOn(land *geo.LandArea) square {
	s := square{land: land}
	box := land.Shape.Box()
	for building := range snapshot.Search[*geo.Building](w.snap, box) {
		s.standing = append(s.standing, building)
	}
	for other := range snapshot.Search[*geo.LandArea](w.snap, box) {
		if other.Kind == "water" {
			s.standing = append(s.standing, other)
		}
	}
	for _, compound := range w.compounds {
		if compound.Shape.Box().Intersects(box) {
			s.standing = append(s.standing, compound)
		}
	}
	slices.SortFunc(s.standing, func(a, b geo.Feature) int {
		return cmp.Or(cmp.Compare(a.Layer(), b.Layer()), cmp.Compare(a.Common().ID, b.Common().ID))
	})
	var barriers []*geo.Barrier
	for barrier := range snapshot.Search[*geo.Barrier](w.snap, box) {
		barriers = append(barriers, barrier)
	}
	slices.SortFunc(barriers, func(a, b *geo.Barrier) int { return cmp.Compare(a.ID, b.ID) })
	for _, barrier := range barriers {
		s.walls = appendWalls(s.walls, barrier.Shape)
	}
	return s
}

// cross adds the lines across a square between entries, which are corners of
// streets on its ground.
func (w *work) cross(s *square, entries []geo.Point) {
	slices.SortFunc(entries, func(a, b geo.Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	entries = slices.Compact(entries)
	if len(entries) < 2 {
		return
	}
	points := entries
	if n := len(entries); n > squareEntries {
		points = nil
		for i := range squareEntries {
			points = append(points, entries[i*n/squareEntries])
		}
	}
	for _, p := range s.corners() {
		if len(points) < squarePoints && !slices.Contains(points, p) {
			points = append(points, p)
		}
	}
	street := &geo.Street{Base: s.land.Base, Class: "path", Foot: "yes"}
	street.ID = -s.land.ID // it is no street of the map
	used := false
	for i, p := range points {
		for _, q := range points[:i] {
			if s.sees(p, q) {
				w.lines = append(w.lines, line{points: []geo.Point{q, p}, street: int32(len(w.streets)), square: true})
				used = true
			}
		}
	}
	if used {
		w.streets = append(w.streets, street)
	}
}

// corners returns what may have to be walked round: the corners of the square
// that point inwards, those of buildings, and the ends of walls.
func (s *square) corners() []geo.Point {
	var list []geo.Point
	add := func(p geo.Point) {
		if s.land.Shape.Covers(p) {
			list = append(list, p)
		}
	}
	for part := range s.land.Shape.Parts() {
		n := len(part.Points)
		outer := geo.RingArea2(part.Points) > 0
		for i, p := range part.Points {
			left := geo.Cross(part.Points[(i+n-1)%n], p, part.Points[(i+1)%n]) > 0
			if part.Hole != (left != outer) {
				add(p)
			}
		}
	}
	for _, f := range s.standing {
		for _, p := range f.Common().Shape.Points() {
			add(p)
		}
	}
	for i, wall := range s.walls {
		for _, p := range [2]geo.Point{wall.a, wall.b} {
			if !slices.ContainsFunc(s.walls[:i], goesOn(p)) && !slices.ContainsFunc(s.walls[i+1:], goesOn(p)) {
				add(p)
			}
		}
	}
	return list
}

// goesOn reports whether another wall goes on where one ends, so that no way
// leads round the end.
func goesOn(end geo.Point) func(wall) bool {
	return func(other wall) bool { return on(other.a, other.b, end) }
}

// sees reports whether a straight line between two points stays on the square,
// outside buildings, and crosses no wall.
func (s *square) sees(p, q geo.Point) bool {
	for _, wall := range s.walls {
		if obstructs(p, q, wall.a, wall.b) {
			return false
		}
	}
	// Between two crossings of outlines the line lies on one side of each.
	const whole = 1 << 20
	cuts := []int32{0, whole}
	cut := func(shape geo.Shape) {
		for _, edge := range appendWalls(nil, shape) {
			for _, m := range meet(p, q, edge.a, edge.b) {
				cuts = append(cuts, rounded(shareOn(m, p, q)*whole))
			}
		}
	}
	cut(s.land.Shape)
	for _, f := range s.standing {
		cut(f.Common().Shape)
	}
	slices.Sort(cuts)
	for i := 1; i < len(cuts); i++ {
		if cuts[i] > cuts[i-1] && !s.free(between(p, q, cuts[i-1]+(cuts[i]-cuts[i-1])/2, whole)) {
			return false
		}
	}
	return true
}

// free reports whether a point lies on the square and not in what stands there,
// but for the slack.
func (s *square) free(p geo.Point) bool {
	inside, taken := 0, 0
	for _, d := range [4]geo.Point{{X: squareSlack}, {X: -squareSlack}, {Y: squareSlack}, {Y: -squareSlack}} {
		q := geo.Point{X: p.X + d.X, Y: p.Y + d.Y}
		if s.land.Shape.Covers(q) {
			inside++
		}
		if slices.ContainsFunc(s.standing, func(f geo.Feature) bool { return f.Common().Shape.Covers(q) }) {
			taken++
		}
	}
	return inside > 0 && taken < 4
}
