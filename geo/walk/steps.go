package walk

import (
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// turn is how many degrees the direction may change before a street of the same
// name, or of none, makes a new step.
const turn = 45

// section is a stretch of the walk along one street in one direction.
type section struct {
	points []geo.Point
	street *geo.Street // nil: an access leg
	ms, mm float64
}

// steps describes a walk in words: one step for each street or direction, access
// legs of more than a few metres included, and the arrival. Minutes and metres of the
// steps add up to those of the walk.
func (s *search) steps(snap *snapshot.Snapshot, from, to geo.Point, goal street.Foot) []Step {
	leg := func(a, b geo.Point, mm int32) section {
		return section{points: []geo.Point{a, b}, ms: float64(s.legMS(mm)), mm: float64(mm)}
	}
	sections := []section{leg(from, s.start.At, s.start.Leg)}
	for _, h := range s.hops(goal) {
		e := &s.net.Edges[h.edge]
		whole := s.edgeMS(e)
		for _, run := range s.net.AppendRuns(nil, h.edge, h.from, h.to) {
			sections = section{
				points: s.net.AppendPath(nil, h.edge, run.From, run.To),
				street: run.Street,
				ms:     math.Abs(float64(share(whole, run.To, e.MM)) - float64(share(whole, run.From, e.MM))),
				mm:     math.Abs(float64(run.To) - float64(run.From)),
			}.appendStraight(sections)
		}
	}
	sections = append(sections, leg(goal.At, to, goal.Leg))
	if s.toward {
		slices.Reverse(sections)
		for i := range sections {
			slices.Reverse(sections[i].points)
		}
	}
	var steps []Step
	for _, part := range merge(sections) {
		zh, en := part.words(snap)
		steps = append(steps, Step{TextZh: zh, TextEn: en, Metres: part.mm / 1000, Minutes: part.ms / 60_000})
	}
	return append(steps, Step{TextZh: "到达", TextEn: "Arrive"})
}

// shortStep is how long a stretch must be, in millimetres, to be worth a step of its
// own: people do not look at a map for a few paces. Crossings and steps are named
// however short they are.
const shortStep = 8000

func (p *section) isShort() bool {
	if p.street != nil && (p.street.Crossing || p.street.Steps) {
		return p.mm < 1000
	}
	return p.mm < shortStep
}

// merge joins sections that go on along the same street, or straight on where
// streets have no name. What is short goes into the section before it, at the
// start into the one after it.
func merge(sections []section) []section {
	var out []section
	for _, next := range sections {
		if len(out) > 0 {
			last := &out[len(out)-1]
			short := next.isShort() || len(out) == 1 && last.isShort()
			if short || goesOn(last, &next) {
				if last.isShort() && !next.isShort() {
					last.street = next.street
				}
				last.points = append(last.points, next.points...)
				last.ms += next.ms
				last.mm += next.mm
				continue
			}
		}
		out = append(out, next)
	}
	return out
}

func goesOn(a, b *section) bool {
	if a.street == nil || b.street == nil {
		return false
	}
	if a.street.Crossing != b.street.Crossing || a.street.Steps != b.street.Steps || a.street.Name != b.street.Name {
		return false
	}
	return a.street.Name != "" || between(bearing(a.points), bearing(b.points)) < turn
}

// between returns the angle between two bearings in degrees.
func between(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, 360-d)
}

// appendStraight cuts a section where a street without a name turns.
func (p section) appendStraight(sections []section) []section {
	points := slices.Compact(p.points)
	whole := crs.Length(points)
	if p.street.Name != "" || whole == 0 {
		return append(sections, p)
	}
	first := 0
	for i := 1; i < len(points); i++ {
		if i+1 < len(points) && between(bearing(points[i-1:i+1]), bearing(points[i:i+2])) < turn {
			continue
		}
		part := section{points: slices.Clone(points[first : i+1]), street: p.street}
		share := crs.Length(part.points) / whole
		part.ms, part.mm = p.ms*share, p.mm*share
		sections = append(sections, part)
		first = i
	}
	return sections
}

// bearing is the direction from the first to the last point in degrees from
// north, clockwise.
func bearing(points []geo.Point) float64 {
	x, y := crs.NewLocal(points[0]).XY(points[len(points)-1])
	return math.Mod(math.Atan2(x, y)*180/math.Pi+360, 360)
}

var (
	directionsZh = [8]string{"北", "东北", "东", "东南", "南", "西南", "西", "西北"}
	directionsEn = [8]string{"north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"}
)

// words describes a section.
func (p *section) words(snap *snapshot.Snapshot) (zh, en string) {
	metres := math.Max(math.Round(p.mm/1000), 1)
	eighth := int(math.Round(bearing(p.points)/45)) % 8
	toZh, toEn := directionsZh[eighth], directionsEn[eighth]
	switch {
	case p.street == nil:
		return fmt.Sprintf("向%s走 %.0f 米", toZh, metres), fmt.Sprintf("Walk %s for %.0f m", toEn, metres)
	case p.street.Crossing:
		if name := p.crossed(snap); name != "" {
			return fmt.Sprintf("过%s（人行横道）", name), fmt.Sprintf("Cross %s (marked crossing)", name)
		}
		return "过马路（人行横道）", "Cross the street (marked crossing)"
	case p.street.Steps:
		return fmt.Sprintf("走台阶向%s %.0f 米", toZh, metres), fmt.Sprintf("Take the steps %s for %.0f m", toEn, metres)
	case p.street.Name != "":
		return fmt.Sprintf("沿%s向%s走 %.0f 米", p.street.Name, toZh, metres),
			fmt.Sprintf("Follow %s %s for %.0f m", p.street.Name, toEn, metres)
	}
	return fmt.Sprintf("向%s走 %.0f 米", toZh, metres), fmt.Sprintf("Walk %s for %.0f m", toEn, metres)
}

// crossed returns the name of the street that a marked crossing leads over: its
// own, or that of a street that it meets between its ends; empty when none has a
// name. People need not be allowed to walk along that street.
func (p *section) crossed(snap *snapshot.Snapshot) string {
	if p.street.Name != "" {
		return p.street.Name
	}
	box := geo.NoBox
	for _, point := range p.points {
		box = box.With(point)
	}
	for other := range snapshot.Search[*geo.Street](snap, box) {
		if other.Name == "" || other.Crossing {
			continue
		}
		ends := [][]geo.Point{{p.points[0], p.points[0]}, {p.points[len(p.points)-1], p.points[len(p.points)-1]}}
		if meets(p.points, other.Shape) && !meets(ends[0], other.Shape) && !meets(ends[1], other.Shape) {
			return other.Name
		}
	}
	return ""
}

// meets reports whether a line shares a point with the lines of a shape. A line
// of one point twice is that point.
func meets(line []geo.Point, shape geo.Shape) bool {
	// crosses reports whether p and q are not both on one side of the line a-b.
	crosses := func(a, b, p, q geo.Point) bool {
		x, y := geo.Cross(a, b, p), geo.Cross(a, b, q)
		return x <= 0 && y >= 0 || x >= 0 && y <= 0
	}
	for part := range shape.Parts() {
		for i := 1; i < len(part.Points); i++ {
			for k := 1; k < len(line); k++ {
				a, b, p, q := part.Points[i-1], part.Points[i], line[k-1], line[k]
				boxes := geo.NoBox.With(a).With(b).Intersects(geo.NoBox.With(p).With(q))
				if boxes && crosses(a, b, p, q) && crosses(p, q, a, b) {
					return true
				}
			}
		}
	}
	return false
}
