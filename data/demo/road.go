package demo

// class is the rank of a road on an edge, from none up.
type class uint8

const (
	noRoad class = iota
	local
	collector
	mainRoad
	trunk
	expressway
)

// classNames are the values of geo's street classes.
var classNames = [...]string{"", "local", "collector", "main", "trunk", "expressway"}

// road is what runs on an edge: its class, the carriageway with its pavements
// in metres, and the line (a number in city.lines) that gives it its name.
type road struct {
	class  class
	width  float64
	line   int32
	bridge bool
	tunnel bool
}

// noLine marks roads that get their name later.
const noLine = int32(-1)

// Widths in metres, from kerb to kerb. Those of local streets are chosen so that
// the road area is met (calm.go).
var widths = [...]float64{0, 12, 26, 42, 28, 56}

func newRoad(c class, line int32) road { return road{class: c, width: widths[c], line: line} }

// setback is the strip between carriageway and lots: pavement, trees, hedges.
func (r road) setback() float64 {
	switch r.class {
	case expressway:
		return 11
	case trunk, mainRoad:
		return 6.5
	case collector:
		return 5
	case local:
		return 3.6
	}
	return 1.2
}
