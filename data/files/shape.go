package files

import (
	"fmt"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/repair"
)

// shaper makes shapes of geometries: WGS84 on the lattice, checked, and mended
// when asked to. It keeps its memory from row to row.
type shaper struct {
	system System
	repair bool
	report *Report
	points []geo.Point
	parts  []geo.Part
}

// shape turns the geometry of a row into one that the layer can hold.
func (s *shaper) shape(schema *geo.Schema, g *Geometry, place Place) (geo.Shape, error) {
	if g.Kind == geo.NoShape || len(g.Points) == 0 {
		return geo.Shape{}, nil
	}
	if !schema.Allows(g.Kind) {
		return geo.Shape{}, fmt.Errorf("a %s is not allowed in layer %s, only %v", g.Kind, schema.Layer, schema.Kinds)
	}
	closed, err := s.toLattice(g)
	if err != nil {
		return geo.Shape{}, err
	}
	s.report.Heights += g.Heights
	shape := geo.MakeShape(g.Kind, s.parts)
	faults := valid.Check(shape)
	if len(faults) == 0 && !closed {
		return shape, nil
	}
	fault := RowFault{Reason: "a ring was not closed"}
	if len(faults) > 0 {
		fault = RowFault{Reason: fmt.Sprintf("%s (%s)", faults[0].Detail, faults[0].Rule), At: &faults[0].At}
	}
	if !s.repair {
		return geo.Shape{}, &fault
	}
	mended, _, err := repair.Shape(shape)
	if err != nil {
		fault.Reason += ", " + err.Error()
		return geo.Shape{}, &fault
	}
	s.report.Mended = append(s.report.Mended, *fault.at(place))
	return mended, nil
}

// toLattice fills s.parts. Equal neighbours after rounding become one corner;
// closed says that a ring was open and is closed by repair.
func (s *shaper) toLattice(g *Geometry) (closed bool, err error) {
	s.points, s.parts = s.points[:0], s.parts[:0]
	start := 0
	for i, part := range g.Parts {
		first := len(s.points)
		for _, xy := range g.Points[start:part.End] {
			p, err := s.point(xy[0], xy[1])
			if err != nil {
				return false, err
			}
			if n := len(s.points); n == first || s.points[n-1] != p {
				s.points = append(s.points, p)
			}
		}
		points := s.points[first:len(s.points):len(s.points)]
		if last := points[len(points)-1]; g.Kind == geo.Polygons && points[0] != last {
			if !s.repair {
				return false, &RowFault{Reason: fmt.Sprintf("ring %d is not closed", i+1), At: &last}
			}
			closed = true
		}
		s.parts = append(s.parts, geo.Part{Points: points, Hole: part.Hole})
		start = part.End
	}
	return closed, nil
}

func (s *shaper) point(x, y float64) (geo.Point, error) {
	lon, lat, err := s.system.ToWGS84(x, y)
	if err != nil {
		return geo.Point{}, err
	}
	return crs.ToLattice(lon, lat)
}
