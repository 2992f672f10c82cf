package repair

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridatlas/geo"
	"gridatlas/geo/valid"
)

// MaxAreaChange is the share by which mending may change the area of a polygon.
// A polygon that changes more is not the same ground any more, and a person must
// decide.
//
// The area of a broken ring is the larger of two readings. By its signed area a
// ring counts each piece as often as it goes round it: right for a slip, but the
// lobes of a bow tie, which it rounds in opposite senses, cancel to nothing. By
// its even-odd area a ring encloses what an odd number of crossings separates
// from the outside: both lobes count, but what it goes round twice does not.
// Holes are taken away from the outer rings.
const MaxAreaChange = 0.1

// MaxCorners is the largest shape that is handed to GEOS, whose work cannot be
// interrupted: a thorny ring of 20,000 corners already takes it some 10 s.
const MaxCorners = 200_000

// ErrBeyondRepair says that a shape cannot be mended; the error that wraps it
// says why.
var ErrBeyondRepair = errors.New("beyond repair")

// Shape mends a shape and returns it with the faults that the given one had. A
// shape without faults comes back as it is. Polygons go through GEOS and stay
// polygons: lines and points that a collapsed ring leaves are dropped; the
// result lies on the lattice and has passed valid.Check. Lines lose repeated corners
// and parts without extent.
//
// It is for imports by staff, never for what strangers send (see the package
// comment). It may be called by several goroutines.
func Shape(s geo.Shape) (geo.Shape, []valid.Fault, error) {
	faults := valid.Check(s)
	if len(faults) == 0 {
		return s, nil, nil
	}
	if faults[0].Rule == valid.OutsideWorld {
		return geo.Shape{}, faults, fmt.Errorf("%w: lies outside the world", ErrBeyondRepair)
	}
	if n := len(s.Points()); n > MaxCorners {
		return geo.Shape{}, faults, fmt.Errorf("%w: has %d corners, more than %d", ErrBeyondRepair, n, MaxCorners)
	}
	mended := geo.MakeShape(s.Kind(), tidy(s))
	if s.Kind() == geo.Polygons && len(valid.Check(mended)) > 0 {
		polygons, err := makeValid(toOrb(mended))
		if err != nil {
			return geo.Shape{}, faults, fmt.Errorf("%w: %w", ErrBeyondRepair, err)
		}
		mended = fromOrb(polygons)
	}
	if mended.IsZero() {
		return geo.Shape{}, faults, fmt.Errorf("%w: nothing is left of it", ErrBeyondRepair)
	}
	if left := valid.Check(mended); len(left) > 0 {
		return geo.Shape{}, faults, fmt.Errorf("%w: after mending still %v", ErrBeyondRepair, left[0])
	}
	before, after := area(s, ground), area(mended, signedArea)
	if math.Abs(before-after) > MaxAreaChange*max(before, after) {
		return geo.Shape{}, faults, fmt.Errorf("%w: the area would change by %.0f %%, more than %.0f %%",
			ErrBeyondRepair, 100*math.Abs(before-after)/max(before, after), 100*MaxAreaChange)
	}
	return mended, faults, nil
}

// tidy drops repeated corners, then parts without extent, and with an outer ring
// its holes.
func tidy(s geo.Shape) []geo.Part {
	least := 2
	if s.Kind() == geo.Polygons {
		least = 3
	}
	var parts []geo.Part
	outer := false // whether the outer ring that holes belong to was kept
	for part := range s.Parts() {
		points := slices.Compact(slices.Clone(part.Points))
		if n := len(points); s.Kind() == geo.Polygons && n > 1 && points[0] == points[n-1] {
			points = points[:n-1]
		}
		keep := valid.Distinct(points) >= least && (!part.Hole || outer)
		if !part.Hole {
			outer = keep
		}
		if keep {
			parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
		}
	}
	return parts
}

// area is the area of a polygon shape in square lattice steps, of rings as
// ringArea has them.
func area(s geo.Shape, ringArea func([]geo.Point) float64) float64 {
	sum := 0.0
	for part := range s.Parts() {
		if part.Hole {
			sum -= ringArea(part.Points)
		} else {
			sum += ringArea(part.Points)
		}
	}
	return sum
}

// signedArea is the area of a ring by the sense in which it mostly runs.
func signedArea(ring []geo.Point) float64 {
	var twice float64
	for i := 1; i+1 < len(ring); i++ {
		ux, uy := away(ring[0], ring[i])
		vx, vy := away(ring[0], ring[i+1])
		twice += ux*vy - uy*vx
	}
	return math.Abs(twice) / 2
}

// away is how far b lies from a, in steps east and north.
func away(a, b geo.Point) (x, y float64) {
	return float64(int64(b.X) - int64(a.X)), float64(int64(b.Y) - int64(a.Y))
}

// ground is the area of a ring that may be broken; see MaxAreaChange.
func ground(ring []geo.Point) float64 {
	signed := signedArea(ring)
	alone := geo.MakeShape(geo.Polygons, tidy(geo.PolygonShape(ring)))
	if alone.IsZero() || len(valid.Check(alone)) == 0 {
		return signed
	}
	evenOdd, err := evenOddArea(toOrb(alone))
	if err != nil {
		return signed // the stricter reading
	}
	return max(signed, evenOdd)
}

// toOrb returns the rings in lattice steps, which float64 holds exactly.
func toOrb(s geo.Shape) orb.MultiPolygon {
	var polygons orb.MultiPolygon
	for part := range s.Parts() {
		ring := make(orb.Ring, 0, len(part.Points)+1)
		for _, p := range part.Points {
			ring = append(ring, orb.Point{float64(p.X), float64(p.Y)})
		}
		ring = append(ring, ring[0])
		if !part.Hole {
			polygons = append(polygons, nil)
		}
		last := len(polygons) - 1
		polygons[last] = append(polygons[last], ring)
	}
	return polygons
}

func fromOrb(polygons orb.MultiPolygon) geo.Shape {
	var parts []geo.Part
	for _, polygon := range polygons {
		for i, ring := range polygon {
			part := geo.Part{Hole: i > 0, Points: make([]geo.Point, 0, len(ring))}
			for _, p := range ring {
				part.Points = append(part.Points, geo.Point{X: int32(math.Round(p[0])), Y: int32(math.Round(p[1]))})
			}
			parts = append(parts, part)
		}
	}
	return geo.MakeShape(geo.Polygons, parts)
}
