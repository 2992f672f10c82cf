package entry

import (
	"fmt"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Bounds of what is drawn by hand. A smaller area is a slip of the pen; larger shapes
// take longer to judge than a request may, and no city is as wide.
const (
	MinArea    = 1.0    // square metres of each outer ring
	MaxCorners = 20_000 // of one shape
	MaxExtent  = 5e7    // lattice steps: 5 degrees
)

// tooLarge returns what of a shape is more than can be judged.
func tooLarge(f geo.Feature) (faults []geo.Violation) {
	shape := f.Common().Shape
	if n := len(shape.Points()); n > MaxCorners {
		faults = append(faults, sized(f, "too_large", shape.Points()[0], "has %d corners, more than %d", n, MaxCorners))
	}
	if box := shape.Box(); int64(box.E)-int64(box.W) > MaxExtent || int64(box.N)-int64(box.S) > MaxExtent {
		faults = append(faults, sized(f, "too_large", shape.Points()[0], "spreads over more than %.0f degrees", MaxExtent/1e7))
	}
	return faults
}

// tooSmall returns the outer rings of a valid shape that are slips of the pen.
func tooSmall(f geo.Feature) (faults []geo.Violation) {
	if f.Common().Shape.Kind() != geo.Polygons {
		return nil
	}
	for part := range f.Common().Shape.Parts() {
		if area := crs.Area(geo.PolygonShape(part.Points)); !part.Hole && area < MinArea {
			faults = append(faults, sized(f, "too_small", part.Points[0], "an area of %.2f m2 is less than %.0f m2", area, MinArea))
		}
	}
	return faults
}

func sized(f geo.Feature, rule string, at geo.Point, format string, args ...any) geo.Violation {
	return geo.Violation{Rule: rule, Layer: f.Layer(), Detail: fmt.Sprintf(format, args...), At: &at}
}
