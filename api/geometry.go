package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"gridatlas/geo"
)

// geometry is a geometry of GeoJSON (RFC 7946).
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// misdrawn says why a geometry cannot be read, and where on the ground that is, if
// it is anywhere.
type misdrawn struct {
	detail string
	at     *geo.Point
}

func (m *misdrawn) Error() string { return m.detail }

func misdraw(format string, args ...any) *misdrawn {
	return &misdrawn{detail: fmt.Sprintf(format, args...)}
}

// coordinateForms says for each type what kind it is and how deep its coordinates
// nest above positions.
var coordinateForms = map[string]struct {
	kind  geo.Kind
	depth int
}{
	"Point": {geo.Points, 0}, "MultiPoint": {geo.Points, 1},
	"LineString": {geo.Lines, 1}, "MultiLineString": {geo.Lines, 2},
	"Polygon": {geo.Polygons, 2}, "MultiPolygon": {geo.Polygons, 3},
}

// placing turns two numbers into a place.
type placing func(first, second float64) (geo.Point, error)

// shape reads a geometry whose positions are placed. A corner that repeats the last
// is dropped; rings end where they begin. The error is *misdrawn.
func (g *geometry) shape(place placing) (geo.Shape, error) {
	form, ok := coordinateForms[g.Type]
	if !ok {
		return geo.Shape{}, misdraw("type: %q cannot be stored", g.Type)
	}
	// A null would be read as nought, a place off Africa.
	if bytes.Contains(g.Coordinates, []byte("null")) {
		return geo.Shape{}, misdraw("coordinates: null is no position")
	}
	// Every form becomes that of a MultiPolygon: polygons of rings of positions.
	text := []byte(g.Coordinates)
	for range 3 - form.depth {
		text = slices.Concat([]byte{'['}, text, []byte{']'})
	}
	var polygons [][][][]float64
	if json.Unmarshal(text, &polygons) != nil {
		return geo.Shape{}, misdraw("coordinates: not those of a %s", g.Type)
	}
	var parts []geo.Part
	for _, polygon := range polygons {
		if len(polygon) == 0 && form.kind == geo.Polygons {
			return geo.Shape{}, misdraw("coordinates: a polygon has no ring")
		}
		for k, list := range polygon {
			points, err := positions(list, place)
			if err != nil {
				return geo.Shape{}, err
			}
			switch form.kind {
			case geo.Points:
				for _, p := range points {
					parts = append(parts, geo.Part{Points: []geo.Point{p}})
				}
				continue
			case geo.Lines:
				if len(points) < 2 {
					return geo.Shape{}, misdraw("coordinates: a line has fewer than two places")
				}
			case geo.Polygons:
				n := len(points)
				if n < 4 || points[0] != points[n-1] {
					m := misdraw("coordinates: a ring does not end where it begins, or has fewer than three corners")
					if n > 0 {
						m.at = &points[n-1]
					}
					return geo.Shape{}, m
				}
				points = points[:n-1]
			}
			parts = append(parts, geo.Part{Points: points, Hole: form.kind == geo.Polygons && k > 0})
		}
	}
	if len(parts) == 0 {
		return geo.Shape{}, misdraw("coordinates: there are none")
	}
	return geo.MakeShape(form.kind, parts), nil
}

// positions reads places; one that repeats the last is dropped.
func positions(list [][]float64, place placing) ([]geo.Point, error) {
	points := make([]geo.Point, 0, len(list))
	for _, position := range list {
		if len(position) < 2 {
			return nil, misdraw("coordinates: a position is not two numbers")
		}
		p, err := place(position[0], position[1])
		if err != nil {
			return nil, misdraw("coordinates: %v", err)
		}
		points = append(points, p)
	}
	return slices.Compact(points), nil
}
