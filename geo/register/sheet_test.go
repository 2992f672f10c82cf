package register_test

import (
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/seedtest"
)

// Every order that a table offers puts first what wants a look, and loses no row.
func TestSheetOrders(t *testing.T) {
	rng := seedtest.New(t)
	s := randomBooths(rng).Snapshot()
	for view, sorts := range register.Sorts {
		if !slices.Contains(sorts, register.Usual[view]) {
			t.Errorf("the usual order of %s is %q", view, register.Usual[view])
		}
	}
	keys := map[string]func(b register.Booth) int{
		"due": func(b register.Booth) int {
			if b.Due == 0 {
				return 1 << 30
			}
			return int(b.Due)
		},
		"failed": func(b register.Booth) int { return -len(b.Failed) },
		"metres": func(register.Booth) int { return 0 },
	}
	for _, sort := range register.Sorts["booths"] {
		sheet := register.Sheet{Sort: sort, Booths: register.ListBooths(s, nil, nil, now)}
		before := len(sheet.Booths.List)
		sheet.Arrange()
		if len(sheet.Booths.List) != before || !slices.IsSortedFunc(sheet.Booths.List, func(a, b register.Booth) int { return keys[sort](a) - keys[sort](b) }) {
			t.Errorf("booths by %s are not in order", sort)
		}
	}
	reaches := map[int64]register.Reach{1: {Households: geo.Some[int64](10), Near: geo.Some[int64](9)}, 3: {Households: geo.Some[int64](10), Near: geo.Some[int64](1)}}
	for sort, want := range map[string]func(r register.BoothRow) int{
		"booths": func(r register.BoothRow) int { return -r.Booths }, "overdue": func(r register.BoothRow) int { return -r.Overdue },
		"failing": func(r register.BoothRow) int { return -r.Failing }, "close": func(r register.BoothRow) int { return -r.Close },
		"near": func(r register.BoothRow) int {
			share, known := r.Reach.Share()
			if !known {
				return 1000
			}
			return int(100 * share)
		},
	} {
		sheet := register.Sheet{Sort: sort, Booths: register.ListBooths(s, nil, reaches, now)}
		sheet.Arrange()
		if len(sheet.Booths.Rows) != 4 || !slices.IsSortedFunc(sheet.Booths.Rows, func(a, b register.BoothRow) int { return want(a) - want(b) }) {
			t.Errorf("communities by %s are not in order", sort)
		}
	}
	sheet := register.Sheet{Community: "C1", Booths: register.ListBooths(s, nil, nil, now), Parking: register.ListParking(s, now)}
	sheet.Arrange()
	if len(sheet.Booths.Rows) != 1 || slices.ContainsFunc(sheet.Booths.List, func(b register.Booth) bool { return b.Community == nil || b.Community.Code != "C1" }) {
		t.Errorf("of one community: %d rows, %d booths", len(sheet.Booths.Rows), len(sheet.Booths.List))
	}
}
