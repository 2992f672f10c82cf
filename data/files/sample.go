package files

import (
	"context"
	"math/rand/v2"

	"gridatlas/geo"
)

// Sample returns the places of up to most rows, taken evenly from the whole
// table, in the coordinates of the file: for those who must find out which these
// are. Rows that say no place or cannot be read are passed over; a table that
// cannot be read to its end gives the fault with what was found. The same table
// gives the same sample.
func Sample(ctx context.Context, t *Table, schema *geo.Schema, m Mapping, most int) ([]Geometry, error) {
	r := &featureReader{table: t, schema: schema, reading: Reading{Mapping: m, Report: &Report{}}, layers: map[geo.Layer]*columns{}}
	if fault := r.begin(); fault != nil {
		return nil, fault
	}
	columns := r.columnsOf(schema)
	chance := rand.New(rand.NewPCG(1, 1)) // Algorithm R of Vitter, 1985
	var sample []Geometry
	met := 0
	for row, fault := range t.Rows(ctx) {
		if fault != nil {
			if fault.Fatal {
				return sample, fault
			}
			continue
		}
		if row.Geometry.Kind == geo.NoShape {
			if r.assign(columns, row) != nil || r.placeColumns(columns, row) != nil || row.Geometry.Kind == geo.NoShape {
				continue
			}
		}
		met++
		at := len(sample)
		if at == most {
			if at = chance.IntN(met); at >= most {
				continue
			}
			sample[at] = row.Clone().Geometry
			continue
		}
		sample = append(sample, row.Clone().Geometry)
	}
	return sample, ctx.Err()
}
