package crs

import (
	"fmt"

	"github.com/paulmach/orb"

	"gridatlas/geo"
)

// ToOrb returns the shape in degrees. Single and multiple geometries are told
// apart by the number of parts; rings are closed as orb wants them.
func ToOrb(s geo.Shape) orb.Geometry {
	if s.IsZero() {
		return nil
	}
	single := s.NumParts() == 1
	switch s.Kind() {
	case geo.Points:
		points := make(orb.MultiPoint, 0, s.NumParts())
		for _, p := range s.Points() {
			points = append(points, orbPoint(p))
		}
		if len(points) == 1 {
			return points[0]
		}
		return points
	case geo.Lines:
		lines := make(orb.MultiLineString, 0, s.NumParts())
		for part := range s.Parts() {
			lines = append(lines, orb.LineString(orbPoints(part.Points, false)))
		}
		if single {
			return lines[0]
		}
		return lines
	default:
		var polygons orb.MultiPolygon
		for part := range s.Parts() {
			ring := orb.Ring(orbPoints(part.Points, true))
			if part.Hole && len(polygons) > 0 {
				last := len(polygons) - 1
				polygons[last] = append(polygons[last], ring)
			} else {
				polygons = append(polygons, orb.Polygon{ring})
			}
		}
		if len(polygons) == 1 {
			return polygons[0]
		}
		return polygons
	}
}

func orbPoint(p geo.Point) orb.Point {
	lon, lat := ToDegrees(p)
	return orb.Point{lon, lat}
}

func orbPoints(points []geo.Point, closed bool) []orb.Point {
	out := make([]orb.Point, 0, len(points)+1)
	for _, p := range points {
		out = append(out, orbPoint(p))
	}
	if closed && len(points) > 0 {
		out = append(out, out[0])
	}
	return out
}

// FromOrb rounds a geometry in degrees to the lattice. Nil gives the empty
// shape. Coordinates outside the world, mixed collections and empty rings are
// errors; whether rings cross themselves is for geo/valid.
func FromOrb(g orb.Geometry) (geo.Shape, error) {
	var b shapeBuilder
	switch g := g.(type) {
	case nil:
		return geo.Shape{}, nil
	case orb.Point:
		b.add(geo.Points, orb.LineString{g}, false)
	case orb.MultiPoint:
		for _, p := range g {
			b.add(geo.Points, orb.LineString{p}, false)
		}
	case orb.LineString:
		b.add(geo.Lines, g, false)
	case orb.MultiLineString:
		for _, line := range g {
			b.add(geo.Lines, line, false)
		}
	case orb.Ring:
		b.polygon(orb.Polygon{g})
	case orb.Polygon:
		b.polygon(g)
	case orb.MultiPolygon:
		for _, polygon := range g {
			b.polygon(polygon)
		}
	case orb.Bound:
		b.polygon(g.ToPolygon())
	default:
		return geo.Shape{}, fmt.Errorf("geometry of type %s cannot be stored", g.GeoJSONType())
	}
	if b.err != nil {
		return geo.Shape{}, b.err
	}
	return geo.MakeShape(b.kind, b.parts), nil
}

type shapeBuilder struct {
	kind  geo.Kind
	parts []geo.Part
	err   error
}

func (b *shapeBuilder) polygon(p orb.Polygon) {
	for i, ring := range p {
		b.add(geo.Polygons, orb.LineString(ring), i > 0)
	}
}

func (b *shapeBuilder) add(kind geo.Kind, points orb.LineString, hole bool) {
	if b.err != nil {
		return
	}
	b.kind = kind
	if len(points) == 0 {
		b.err = fmt.Errorf("a %s without positions", kind)
		return
	}
	part := geo.Part{Points: make([]geo.Point, 0, len(points)), Hole: hole}
	for _, p := range points {
		q, err := ToLattice(p[0], p[1])
		if err != nil {
			b.err = err
			return
		}
		if n := len(part.Points); n == 0 || part.Points[n-1] != q { // equal neighbours after rounding
			part.Points = append(part.Points, q)
		}
	}
	b.parts = append(b.parts, part)
}
