package api

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// fromDatum returns the place of a position in a datum. The error says that the
// numbers are no place.
func fromDatum(lon, lat float64, datum crs.System) (geo.Point, error) {
	if datum != crs.WGS84 {
		var err error
		if lon, lat, err = datum.ToWGS84(lon, lat); err != nil {
			return geo.Point{}, err
		}
	}
	return crs.ToLattice(lon, lat)
}

// inDatum returns a place as numbers of a datum, in lattice steps. All places have
// some: the shifted datums leave those outside China where they are.
func inDatum(p geo.Point, datum crs.System) geo.Point {
	if datum == crs.WGS84 {
		return p
	}
	lon, lat := crs.ToDegrees(p)
	x, y, err := datum.FromWGS84(lon, lat)
	if err != nil {
		return p
	}
	return crs.At(x, y)
}

func shapeInDatum(s geo.Shape, datum crs.System) geo.Shape {
	if datum == crs.WGS84 || s.IsZero() {
		return s
	}
	var parts []geo.Part
	for part := range s.Parts() {
		points := make([]geo.Point, len(part.Points))
		for i, p := range part.Points {
			points[i] = inDatum(p, datum)
		}
		parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
	}
	return geo.MakeShape(s.Kind(), parts)
}
