package files

import (
	"context"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"gridatlas/geo"
)

// Spot is where a row lies in the coordinates of its file, and the names by which
// the map may know it and the place that it says it is in.
type Spot struct {
	Geometry    Geometry
	Name, Place string // empty: the row has none
}

// Sample returns up to most rows with their places, taken evenly from the whole
// table, for those who must find out which coordinates these are. Rows that say no
// place or cannot be read are passed over; a table that cannot be read to its end
// gives the fault with what was found. The same table gives the same sample.
func Sample(ctx context.Context, t *Table, schema *geo.Schema, m Mapping, most int) ([]Spot, error) {
	r := &featureReader{table: t, schema: schema, reading: Reading{Mapping: m, Report: &Report{}}, layers: map[geo.Layer]*columns{}}
	if fault := r.begin(); fault != nil {
		return nil, fault
	}
	chance := rand.New(rand.NewPCG(1, 1)) // Algorithm R of Vitter, 1985
	var sample []Spot
	met := 0
	for row, fault := range t.Rows(ctx) {
		if fault != nil {
			if fault.Fatal {
				return sample, fault
			}
			continue
		}
		read := Read{Row: row, columns: r.columnsOf(schema)}
		if r.assign(read.columns, row) != nil {
			continue
		}
		if row.Geometry.Kind == geo.NoShape && r.placeColumns(read.columns, row) != nil || row.Geometry.Kind == geo.NoShape {
			continue
		}
		met++
		at := len(sample)
		if at == most {
			if at = chance.IntN(met); at >= most {
				continue
			}
		} else {
			sample = append(sample, Spot{})
		}
		sample[at] = Spot{Geometry: row.Clone().Geometry, Name: read.Text("name"), Place: read.Text("community")}
	}
	return sample, ctx.Err()
}

// Orb returns the geometry in the coordinates of its file; nil when there is none.
func (g *Geometry) Orb() orb.Geometry {
	part := func(i int) []orb.Point {
		start := 0
		if i > 0 {
			start = g.Parts[i-1].End
		}
		points := make([]orb.Point, 0, g.Parts[i].End-start)
		for _, p := range g.Points[start:g.Parts[i].End] {
			points = append(points, orb.Point(p))
		}
		return points
	}
	switch g.Kind {
	case geo.Points:
		var points orb.MultiPoint
		for i := range g.Parts {
			points = append(points, part(i)...)
		}
		return points
	case geo.Lines:
		var lines orb.MultiLineString
		for i := range g.Parts {
			lines = append(lines, part(i))
		}
		return lines
	case geo.Polygons:
		var polygons orb.MultiPolygon
		for i := range g.Parts {
			if !g.Parts[i].Hole || len(polygons) == 0 {
				polygons = append(polygons, nil)
			}
			last := len(polygons) - 1
			polygons[last] = append(polygons[last], part(i))
		}
		return polygons
	}
	return nil
}
