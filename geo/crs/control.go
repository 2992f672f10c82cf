package crs

import (
	"fmt"
	"math"

	"gridatlas/geo"
)

// Control is one point whose place is known in a local system and on earth.
type Control struct {
	Name     string  // may be empty
	X, Y     float64 // local, x east and y north
	Lon, Lat float64 // WGS84
}

// Residual says how far the fitted system puts a control point from where it is.
type Residual struct {
	Control
	East, North geo.Metres // fitted minus given
}

// Off is the distance.
func (r Residual) Off() geo.Metres { return geo.Metres(math.Hypot(float64(r.East), float64(r.North))) }

// FitOptions are the choices of FitLocal; zero is good for most.
type FitOptions struct {
	// Affine fits six parameters in place of four: axes may have different scales
	// and stand askew. It needs three points, and is for scanned maps.
	Affine bool
	// Bound is the largest residual that is taken; zero: one metre.
	Bound geo.Metres
	// Allow takes a fit whatever its scale and residuals are.
	Allow bool
}

// FitLocal makes a system of a place's own from control points: by least squares
// a similarity (shift, turn, scale; at least two points) or an affine transform
// (at least three). The residuals are those of the points in order, and are
// returned with an error too, when a fit could be made at all.
//
// A scale that is off by more than 1 in 100 is refused, since local systems are
// in metres and differ by what heights and projections do to lengths, and so is a
// residual over the bound; the error names the worst point, or says that the axes
// are swapped. Two points of a similarity, or three of an affine transform, have no
// residuals: then only the scale is checked, and that two points turn the system by
// no more than 10 degrees.
//
// The system reaches ten times as far from the middle of its control points as
// the farthest of them, and at least 100 km.
func FitLocal(points []Control, o FitOptions) (System, []Residual, error) {
	least := 2
	if o.Affine {
		least = 3
	}
	if len(points) < least {
		return System{}, nil, fmt.Errorf("%d control points; at least %d are needed", len(points), least)
	}
	meridian := 0.0
	for i, p := range points {
		if !isFinite(p.X) || !isFinite(p.Y) {
			return System{}, nil, fmt.Errorf("control point %s: %v, %v is not finite", p.label(i), p.X, p.Y)
		}
		if !inWorld(p.Lon, p.Lat) {
			return System{}, nil, fmt.Errorf("control point %s: %w", p.label(i), WGS84.misfit(p.Lon, p.Lat))
		}
		meridian += p.Lon / float64(len(points))
	}
	plane := zone{meridian: meridian, scale: 1}
	pairs := make([]pair, len(points))
	for i, p := range points {
		east, north, ok := plane.fromDegrees(p.Lon, p.Lat)
		if !ok {
			return System{}, nil, fmt.Errorf("control point %s lies more than %v degrees from the middle of all, or not between the equator and %v degrees north", p.label(i), plane.reach(), zoneNorth)
		}
		pairs[i] = pair{p.X, p.Y, east, north}
	}
	l, err := fit(plane, pairs, o.Affine)
	if err != nil {
		return System{}, nil, err
	}
	residuals := make([]Residual, len(points))
	for i, p := range pairs {
		east, north := l.toPlane(p.x, p.y)
		residuals[i] = Residual{Control: points[i], East: geo.Metres(east - p.east), North: geo.Metres(north - p.north)}
	}
	if !o.Allow {
		err = l.judge(pairs, residuals, o)
	}
	if err != nil {
		return System{}, residuals, err
	}
	return System{kind: byControl, local: l}, residuals, nil
}

// judge refuses what is no city system or fits badly.
func (l *local) judge(pairs []pair, residuals []Residual, o FitOptions) error {
	const (
		offScale = 0.01
		turn     = 10.0 // degrees
		swapped  = "x must be the easting and y the northing"
	)
	bound := o.Bound
	if bound == 0 {
		bound = 1
	}
	worst := 0
	for i, r := range residuals {
		if r.Off() > residuals[worst].Off() {
			worst = i
		}
	}
	long, short := l.stretch()
	switch {
	case l.mirrored():
		return fmt.Errorf("the control points fit only in a mirror: %s", swapped)
	case residuals[worst].Off() > bound:
		for i, p := range pairs {
			pairs[i].x, pairs[i].y = p.y, p.x
		}
		if other, err := fit(l.plane, pairs, o.Affine); err == nil && other.rms < l.rms/10 {
			return fmt.Errorf("the control points fit with x and y swapped (RMS %.2f m, as given %.2f m): %s", other.rms, l.rms, swapped)
		}
		return fmt.Errorf("control point %s is off by %.2f m, more than %v m (RMS of all %d: %.2f m)",
			residuals[worst].label(worst), residuals[worst].Off(), bound, len(pairs), l.rms)
	case long > 1+offScale || short < 1-offScale:
		return fmt.Errorf("a local metre would be %.4f to %.4f m long: a control point is wrong, or the local system is not in metres", short, long)
	case len(pairs) == 2 && math.Abs(l.rotation) > turn:
		return fmt.Errorf("the local system would be turned by %.1f degrees, which two points cannot tell from swapped axes: %s; add a third point", l.rotation, swapped)
	}
	return nil
}

func (p Control) label(i int) string {
	if p.Name == "" {
		return fmt.Sprint(i + 1)
	}
	return fmt.Sprintf("%d (%s)", i+1, p.Name)
}
