// Package stalls draws parking spaces (车位) side by side along a line, each as large as
// the others, and numbers them on. Neighbours share the corners between them on the
// lattice, so that no two lie over each other and nothing lies between. A line may bend:
// each of its legs holds as many whole spaces as it has room for, and where it bends
// towards the spaces, those on both sides of the bend keep off its bisector.
//
// A Form is such a row as somebody asks for it, and a Plan what would be drawn of it in
// a compound, with all that is in its way: numbers that are given, spaces and buildings
// that stand there, ground that is not the compound's.
//
// The usual sizes are 5.3 by 2.4 m where cars stand across the lane and 6.0 by 2.4 m
// where they stand along it: those of small cars in JGJ 100-2015, quoted from memory and
// to be checked before anybody relies on them. Who draws may give another size.
package stalls

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Angle says how cars stand.
type Angle string

// The angles.
const (
	Perpendicular Angle = "perpendicular" // across the line: the line is the short side
	Parallel      Angle = "parallel"      // along the line
)

// AllAngles is the closed list of them.
var AllAngles = []Angle{Perpendicular, Parallel}

// Bounds of a row: of how many spaces, of their sides in metres, and of the points of
// its line.
const (
	MaxCount  = 500
	LeastM    = 1.5
	MostM     = 20
	MaxPoints = 50
)

// Row is spaces along a line, from its first point on.
type Row struct {
	Line  []geo.Point // two points or more
	Count int
	Angle Angle
	// Right: the spaces lie to the right of who walks along the line; else to the left.
	Right bool
	// Length and Width of a space in metres; 0: the usual ones.
	LengthM, WidthM float64
}

// Size is how long and wide a space is, in metres.
func (r *Row) Size() (length, width float64) {
	length, width = r.LengthM, r.WidthM
	if length == 0 {
		length = map[Angle]float64{Perpendicular: 5.3, Parallel: 6.0}[r.Angle]
	}
	if width == 0 {
		width = 2.4
	}
	return length, width
}

// Rule is what a part of a row breaks.
type Rule string

// The rules. Those of a field are broken by what stands in it alone.
const (
	RuleMissing Rule = "missing" // nothing stands there
	RuleBad     Rule = "bad"     // it cannot be read, or is not among what may stand there
	RuleRange   Rule = "range"   // a number is too small or too large
	RulePoints  Rule = "points"  // a line has too few points, or too many
	RuleSwapped Rule = "swapped" // latitude stands before longitude
	RuleShort   Rule = "short"   // the line has room for fewer spaces
)

// Fault says which part of a row is not as it has to be.
type Fault struct {
	Field  string
	Rule   Rule
	Detail string
	Fits   int // of RuleShort: for how many spaces there is room
}

func (f *Fault) Error() string { return f.Field + ": " + f.Detail }

// sides are how far a space reaches along the line and away from it, in metres.
func (r *Row) sides() (along, deep float64) {
	length, width := r.Size()
	if r.Angle == Parallel {
		return length, width
	}
	return width, length
}

// Check returns what is wrong with the row but for its line; the error is a *Fault.
func (r *Row) Check() error {
	length, width := r.Size()
	switch {
	case r.Angle != Perpendicular && r.Angle != Parallel:
		return &Fault{Field: "angle", Rule: RuleBad, Detail: fmt.Sprintf("%q is neither perpendicular nor parallel", r.Angle)}
	case r.Count < 1 || r.Count > MaxCount:
		return &Fault{Field: "count", Rule: RuleRange, Detail: fmt.Sprintf("%d is not from 1 to %d", r.Count, MaxCount)}
	case !(length >= LeastM && length <= MostM):
		return &Fault{Field: "length_m", Rule: RuleRange, Detail: fmt.Sprintf("%v is not from %v to %v", length, LeastM, MostM)}
	case !(width >= LeastM && width <= MostM):
		return &Fault{Field: "width_m", Rule: RuleRange, Detail: fmt.Sprintf("%v is not from %v to %v", width, LeastM, MostM)}
	}
	return nil
}

// leg is a straight piece of the line: where it begins, its direction as a unit vector,
// and from where to where spaces may stand along it, in metres.
type leg struct{ x, y, dx, dy, from, to float64 }

// slack is by how much a leg may be too short: a hand draws no centimetres. kept is how
// far spaces keep off a bend, so that corners which are put on the
// lattice do not lie over each other. Metres both.
const (
	slack = 0.05
	kept  = 0.02
)

// legs are the straight pieces of the line in metres around its first point. Points
// that stand twice are passed over.
func (r *Row) legs(local crs.Local) (legs []leg) {
	_, deep := r.sides()
	for i := 1; i < len(r.Line); i++ {
		x, y := local.XY(r.Line[i-1])
		toX, toY := local.XY(r.Line[i])
		metres := math.Hypot(toX-x, toY-y)
		if metres == 0 {
			continue
		}
		next := leg{x, y, (toX - x) / metres, (toY - y) / metres, 0, metres}
		if n := len(legs); n > 0 {
			last := &legs[n-1]
			turn := math.Atan2(last.dx*next.dy-last.dy*next.dx, last.dx*next.dx+last.dy*next.dy)
			lost := kept
			if turn > 0 != r.Right && turn != 0 {
				lost += deep * math.Abs(math.Tan(turn/2))
			}
			last.to -= lost + slack // only the end of the whole line may be too short
			next.from += lost
		}
		legs = append(legs, next)
	}
	return legs
}

// room is how many spaces fit between the ends of a leg.
func (l *leg) room(along float64) int {
	if has := l.to - l.from; has > 0 {
		return min(int((has+slack)/along), MaxCount)
	}
	return 0
}

// Fits is for how many spaces the line has room, at most MaxCount, and how many metres
// of it they may take up.
func (r *Row) Fits() (spaces int, metres float64) {
	if len(r.Line) == 0 {
		return 0, 0
	}
	along, _ := r.sides()
	for _, leg := range r.legs(crs.NewLocal(r.Line[0])) {
		spaces += leg.room(along)
		metres += max(0, leg.to-leg.from)
	}
	return min(spaces, MaxCount), metres
}

// Spaces draws the row, in its order. The error is a *Fault.
func (r *Row) Spaces() ([]geo.Shape, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if n := len(r.Line); n < 2 || n > MaxPoints {
		return nil, &Fault{Field: "line", Rule: RulePoints, Detail: fmt.Sprintf("%d points are not from 2 to %d", n, MaxPoints)}
	}
	along, deep := r.sides()
	fits, has := r.Fits()
	if fits < r.Count {
		return nil, &Fault{Field: "line", Rule: RuleShort, Fits: fits, Detail: fmt.Sprintf("%d spaces take %.1f m; this line has %.1f m, for %d", r.Count, along*float64(r.Count), has, fits)}
	}
	local := crs.NewLocal(r.Line[0])
	shapes := make([]geo.Shape, 0, r.Count)
	for _, leg := range r.legs(local) {
		n := min(leg.room(along), r.Count-len(shapes))
		outX, outY := -leg.dy*deep, leg.dx*deep
		if r.Right {
			outX, outY = -outX, -outY
		}
		front, back := make([]geo.Point, n+1), make([]geo.Point, n+1)
		for i := range front {
			at := leg.from + along*float64(i)
			x, y := leg.x+leg.dx*at, leg.y+leg.dy*at
			front[i], back[i] = local.Point(x, y), local.Point(x+outX, y+outY)
		}
		for i := range n {
			ring := []geo.Point{front[i], front[i+1], back[i+1], back[i]}
			if r.Right { // outer rings run against the clock
				ring[1], ring[3] = ring[3], ring[1]
			}
			shapes = append(shapes, geo.PolygonShape(ring))
		}
	}
	return shapes, nil
}

// Numbers counts on from the number of the first space, which ends in digits: A-08,
// Leading noughts stay as long as there is room.
func Numbers(first string, count int) ([]string, error) {
	head := strings.TrimRight(first, "0123456789")
	digits := first[len(head):]
	from, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 9 || len(first) > 40 {
		return nil, &Fault{Field: "first", Rule: RuleBad, Detail: fmt.Sprintf("%q does not end in a number to count on from", first)}
	}
	numbers := make([]string, count)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("%s%0*d", head, len(digits), from+i)
	}
	return numbers, nil
}
