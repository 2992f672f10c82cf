// Package stalls draws parking spaces (车位) side by side along a line, each as large as
// the others, and numbers them on. Neighbours share the corners between them on the
// lattice, so that no two lie over each other and nothing lies between.
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

// Bounds of a row: of how many spaces, and of their sides in metres.
const (
	MaxCount = 500
	LeastM   = 1.5
	MostM    = 20
)

// Row is spaces along a line, from its first end on.
type Row struct {
	From, To geo.Point
	Count    int
	Angle    Angle
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

// Fault says which part of a row is not as it has to be.
type Fault struct{ Field, Detail string }

func (f *Fault) Error() string { return f.Field + ": " + f.Detail }

// Spaces draws the row, in its order. The error is a *Fault.
func (r *Row) Spaces() ([]geo.Shape, error) {
	length, width := r.Size()
	switch {
	case r.Angle != Perpendicular && r.Angle != Parallel:
		return nil, &Fault{"angle", fmt.Sprintf("%q is neither perpendicular nor parallel", r.Angle)}
	case r.Count < 1 || r.Count > MaxCount:
		return nil, &Fault{"count", fmt.Sprintf("%d is not from 1 to %d", r.Count, MaxCount)}
	case !(length >= LeastM && length <= MostM):
		return nil, &Fault{"length_m", fmt.Sprintf("%v is not from %v to %v", length, LeastM, MostM)}
	case !(width >= LeastM && width <= MostM):
		return nil, &Fault{"width_m", fmt.Sprintf("%v is not from %v to %v", width, LeastM, MostM)}
	}
	along, deep := width, length
	if r.Angle == Parallel {
		along, deep = length, width
	}
	local := crs.NewLocal(r.From)
	x, y := local.XY(r.To)
	has, needs := math.Hypot(x, y), along*float64(r.Count)
	if has+0.05 < needs { // a hand draws no centimetres
		return nil, &Fault{"to", fmt.Sprintf("%d spaces need a line of %.1f m, this one has %.1f", r.Count, needs, has)}
	}
	x, y = x/has, y/has
	left, outX, outY := 1.0, -y, x
	if r.Right {
		left, outX, outY = -1, y, -x
	}
	front, back := make([]geo.Point, r.Count+1), make([]geo.Point, r.Count+1)
	for i := range front {
		at := along * float64(i)
		front[i] = local.Point(x*at, y*at)
		back[i] = local.Point(x*at+outX*deep, y*at+outY*deep)
	}
	shapes := make([]geo.Shape, r.Count)
	for i := range shapes {
		ring := []geo.Point{front[i], front[i+1], back[i+1], back[i]}
		if left < 0 { // outer rings run against the clock
			ring[1], ring[3] = ring[3], ring[1]
		}
		shapes[i] = geo.PolygonShape(ring)
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
		return nil, &Fault{"first", fmt.Sprintf("%q does not end in a number to count on from", first)}
	}
	numbers := make([]string, count)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("%s%0*d", head, len(digits), from+i)
	}
	return numbers, nil
}
