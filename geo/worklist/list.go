package worklist

import (
	"cmp"
	"context"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Entry is what a list holds of an item: not the item, of which there may be a
// hundred thousand.
type Entry struct {
	ID     string
	Kind   Kind
	AreaM2 float64
	At     *geo.Point // where to look; nil: nobody knows
	When   int64      // it was settled, in seconds since 1970; 0: it waits
}

// List reads the items that wait, or those that were settled. Those that wait come
// by kind, the largest first; those that were settled the last first.
func List(ctx context.Context, from geo.RecordReader, waiting bool) (list []Entry, err error) {
	err = Items.All(ctx, from, func(id string, _ int64, item Item) error {
		if (item.State == Open) != waiting {
			return nil
		}
		e := Entry{ID: id, Kind: item.Kind, AreaM2: item.AreaM2, At: item.Point()}
		if item.Settled != nil {
			e.When = item.Settled.At.Unix()
		}
		list = append(list, e)
		return nil
	})
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(b.When, a.When), cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.AreaM2, a.AreaM2), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Point is where to look for what an item is about: its place, or its best
// candidate; nil where there is neither.
func (item *Item) Point() *geo.Point {
	at := item.At
	if at == nil && len(item.Candidates) > 0 {
		at = &[2]float64{item.Candidates[0].Lon, item.Candidates[0].Lat}
	}
	if at == nil {
		return nil
	}
	p, err := crs.ToLattice(at[0], at[1])
	if err != nil {
		return nil
	}
	return &p
}
