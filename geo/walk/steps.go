package walk

import (
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
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
// legs of more than a metre included, and the arrival. Minutes and metres of the
// steps add up to those of the walk.
func (s *search) steps(from, to geo.Point, goal street.Foot) []Step {
	leg := func(a, b geo.Point, mm int32) section {
		return section{points: []geo.Point{a, b}, ms: float64(s.legMS(mm)), mm: float64(mm)}
	}
	sections := []section{leg(from, s.start.At, s.start.Leg)}
	for _, h := range s.hops(goal) {
		e := &s.net.Edges[h.edge]
		whole := s.edgeMS(e)
		for _, run := range s.net.AppendRuns(nil, h.edge, h.from, h.to) {
			sections = append(sections, section{
				points: s.net.AppendPath(nil, h.edge, run.From, run.To),
				street: run.Street,
				ms:     math.Abs(float64(share(whole, run.To, e.MM)) - float64(share(whole, run.From, e.MM))),
				mm:     math.Abs(float64(run.To) - float64(run.From)),
			})
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
		zh, en := part.words()
		steps = append(steps, Step{TextZh: zh, TextEn: en, Metres: part.mm / 1000, Minutes: part.ms / 60_000})
	}
	return append(steps, Step{TextZh: "到达", TextEn: "Arrive"})
}

// merge joins sections that go on along the same street, or straight on where
// streets have no name. What is shorter than a metre goes into its neighbour.
func merge(sections []section) []section {
	var out []section
	for _, next := range sections {
		if len(out) > 0 {
			last := &out[len(out)-1]
			if next.mm < 1000 || last.mm < 1000 || goesOn(last, &next) {
				if last.mm < next.mm && next.mm >= 1000 && last.mm < 1000 {
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
	if a.street.Crossing || b.street.Crossing || a.street.Steps != b.street.Steps || a.street.Name != b.street.Name {
		return a.street.ID == b.street.ID
	}
	if a.street.Name != "" {
		return true
	}
	change := math.Abs(bearing(a.points) - bearing(b.points))
	return min(change, 360-change) < turn
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
func (p *section) words() (zh, en string) {
	metres := math.Max(math.Round(p.mm/1000), 1)
	eighth := int(math.Round(bearing(p.points)/45)) % 8
	toZh, toEn := directionsZh[eighth], directionsEn[eighth]
	switch {
	case p.street == nil:
		return fmt.Sprintf("向%s走 %.0f 米", toZh, metres), fmt.Sprintf("Walk %s for %.0f m", toEn, metres)
	case p.street.Crossing && p.street.Name != "":
		return fmt.Sprintf("过%s（人行横道）", p.street.Name), fmt.Sprintf("Cross %s (marked crossing)", p.street.Name)
	case p.street.Crossing:
		return "过马路（人行横道）", "Cross the street (marked crossing)"
	case p.street.Steps:
		return fmt.Sprintf("走台阶向%s %.0f 米", toZh, metres), fmt.Sprintf("Take the steps %s for %.0f m", toEn, metres)
	case p.street.Name != "":
		return fmt.Sprintf("沿%s向%s走 %.0f 米", p.street.Name, toZh, metres),
			fmt.Sprintf("Follow %s %s for %.0f m", p.street.Name, toEn, metres)
	}
	return fmt.Sprintf("向%s走 %.0f 米", toZh, metres), fmt.Sprintf("Walk %s for %.0f m", toEn, metres)
}
