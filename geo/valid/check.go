package valid

import (
	"cmp"
	"fmt"
	"slices"

	"gridatlas/geo"
)

// Fault says which rule a shape breaks, where, and in which part (point, line
// or ring, counted from zero).
type Fault struct {
	Rule   Rule
	Detail string
	At     geo.Point
	Part   int
}

func (f Fault) String() string {
	return fmt.Sprintf("%s at %.7f, %.7f (%s)", f.Detail, float64(f.At.X)/1e7, float64(f.At.Y)/1e7, f.Rule)
}

// Rule is the short name of a rule, as it stands in reports and answers.
type Rule string

// The rules of one geometry.
const (
	OutsideWorld   Rule = "outside_world"
	TooFewCorners  Rule = "too_few_corners"
	RepeatedCorner Rule = "repeated_corner"
	ZeroArea       Rule = "zero_area"     // all corners on one line
	Spike          Rule = "spike"         // the border goes back on itself
	SelfCrossing   Rule = "self_crossing" // a ring crosses or runs along itself
	SelfTouch      Rule = "self_touch"    // a ring comes back to a place it has been at
	RingsCross     Rule = "rings_cross"
	SharedEdge     Rule = "shared_edge" // two rings run along each other
	HoleOutside    Rule = "hole_outside"
	NestedHoles    Rule = "nested_holes"
	Overlap        Rule = "overlap"           // two outer rings cover the same ground
	Disconnected   Rule = "disconnected_area" // touching rings cut the inside apart
)

// AllRules is the closed list that tests go through.
var AllRules = []Rule{
	OutsideWorld, TooFewCorners, RepeatedCorner, ZeroArea, Spike, SelfCrossing, SelfTouch,
	RingsCross, SharedEdge, HoleOutside, NestedHoles, Overlap, Disconnected,
}

// MaxFaults is how many faults Check names before it stops looking.
const MaxFaults = 64

// Check returns what is wrong with a shape, nil when nothing is. It looks in
// three stages and stops after the first one that finds faults, since later
// rules mean nothing on broken rings: each part by itself, segments against
// segments, rings against rings. Points have no rules but the world's borders.
// Shapes are only read: any number of goroutines may check.
func Check(s geo.Shape) []Fault {
	c := checker{shape: s}
	c.parts()
	if s.Kind() != geo.Polygons || len(c.faults) > 0 {
		return c.faults
	}
	c.segments()
	if len(c.faults) > 0 {
		return c.faults
	}
	c.nesting()
	return c.faults
}

type checker struct {
	shape   geo.Shape
	touches []touch
	faults  []Fault
	noted   int // calls of fault, the repeats too
}

// fault notes a fault, once for each rule, place and part, and reports whether to
// look for more.
func (c *checker) fault(rule Rule, at geo.Point, part int, format string, args ...any) bool {
	c.noted++
	known := slices.ContainsFunc(c.faults, func(f Fault) bool { return f.Rule == rule && f.At == at && f.Part == part })
	if !known && len(c.faults) < MaxFaults {
		c.faults = append(c.faults, Fault{Rule: rule, Detail: fmt.Sprintf(format, args...), At: at, Part: part})
	}
	// Many segments through one place give one fault very many times.
	return len(c.faults) < MaxFaults && c.noted < 100*MaxFaults
}

// parts judges each part by itself.
func (c *checker) parts() {
	for i := range c.shape.NumParts() {
		points := c.shape.Part(i).Points
		if j := slices.IndexFunc(points, func(p geo.Point) bool { return !geo.World.Holds(p) }); j >= 0 {
			// Predicates are exact inside the world only.
			c.faults = []Fault{{Rule: OutsideWorld, Detail: "lies outside the world", At: points[j], Part: i}}
			return
		}
		switch c.shape.Kind() {
		case geo.Lines:
			c.repeated(points, i, false)
			if distinct := Distinct(points); distinct < 2 {
				c.fault(TooFewCorners, first(points), i, "a line needs two different corners, not %d", distinct)
			}
		case geo.Polygons:
			c.ring(points, i)
		}
	}
}

func (c *checker) ring(ring []geo.Point, part int) {
	if distinct := Distinct(ring); distinct < 3 {
		c.fault(TooFewCorners, first(ring), part, "a ring needs three different corners, not %d", distinct)
		return
	}
	if c.repeated(ring, part, true) {
		return
	}
	n := len(ring)
	flat := true
	for i, p := range ring {
		flat = flat && geo.Turn(ring[0], ring[1], p) == 0
		before, after := ring[(i+n-1)%n], ring[(i+1)%n]
		if geo.Turn(before, p, after) == 0 && !ahead(before, p, after) {
			if !c.fault(Spike, p, part, "the border goes back on itself") {
				return
			}
		}
	}
	if flat {
		c.fault(ZeroArea, ring[0], part, "all corners lie on one line")
	}
}

func (c *checker) repeated(points []geo.Point, part int, closed bool) bool {
	found := false
	for i, p := range points {
		if i > 0 && p == points[i-1] || closed && i == 0 && p == points[len(points)-1] {
			found = true
			if !c.fault(RepeatedCorner, p, part, "a corner repeats the one before it") {
				break
			}
		}
	}
	return found
}

// Distinct counts different points, up to three.
func Distinct(points []geo.Point) int {
	var seen [3]geo.Point
	count := 0
	for _, p := range points {
		if !slices.Contains(seen[:count], p) {
			seen[count] = p
			if count++; count == len(seen) {
				break
			}
		}
	}
	return count
}

func first(points []geo.Point) geo.Point {
	if len(points) == 0 {
		return geo.Point{}
	}
	return points[0]
}

// ahead reports whether b to c does not turn back on a to b, for points on one
// line. On one line both differences have one sign each, so signs decide.
func ahead(a, b, c geo.Point) bool {
	u, v := vector(a, b), vector(b, c)
	return (u.x > 0) == (v.x > 0) && (u.x < 0) == (v.x < 0) && (u.y > 0) == (v.y > 0) && (u.y < 0) == (v.y < 0)
}

type direction struct{ x, y int64 }

func vector(a, b geo.Point) direction {
	return direction{int64(b.X) - int64(a.X), int64(b.Y) - int64(a.Y)}
}

// cross is the sign of the turn from u to v.
func cross(u, v direction) int { return cmp.Compare(u.x*v.y, u.y*v.x) }
