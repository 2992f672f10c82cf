package register_test

import (
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/register"
	draw "gridatlas/geo/street/streettest"
)

func TestParking(t *testing.T) {
	town := &draw.Town{}
	draw.Add(town, &geo.Place{Base: geo.Base{Code: "C1", Name: "甲社区"}, Kind: "community"}, draw.Square(0, 0, 500))
	draw.Add(town, &geo.Compound{Base: geo.Base{Code: "X2"}, Community: "C1"}, draw.Square(0, 0, 50))
	draw.Add(town, &geo.Compound{Base: geo.Base{Code: "X1"}, Community: "C1"}, draw.Square(200, 0, 50))
	space := func(compound, number, kind string, capacity geo.Opt[int32], fee geo.Opt[float64], public geo.Opt[bool]) *geo.ParkingSpace {
		return draw.Add(town, &geo.ParkingSpace{Compound: compound, Number: number, Kind: kind, Capacity: capacity, FeeYuanMonth: fee, PublicIncome: public}, draw.Dot(0, 0))
	}
	none, noFee, nobodyKnows := geo.Opt[int32]{}, geo.Opt[float64]{}, geo.Opt[bool]{}
	space("X1", "001", "ordinary", geo.Some[int32](1), geo.Some(60.0), geo.Some(true))
	space("X1", "002", "accessible", none, geo.Some(60.0), geo.Some(true))  // a number is one space
	space("X1", "", "charging", geo.Some[int32](10), noFee, geo.Some(true)) // public, and nobody knows the fee
	space("X1", "", "ordinary", geo.Some[int32](8), geo.Some(90.0), geo.Some(false))
	space("X1", "", "", geo.Some[int32](20), geo.Some(90.0), nobodyKnows)
	space("X1", "", "ordinary", none, geo.Some(60.0), geo.Some(true)) // nobody knows how many
	space("X2", "1", "ordinary", none, noFee, nobodyKnows).Until = geo.InstantOf(now.AddDate(0, 0, -1))
	space("", "", "ordinary", geo.Some[int32](5), noFee, nobodyKnows) // along a street
	r := register.ListParking(town.Snapshot(), now)
	if len(r.Rows) != 2 || r.Compounds != 1 || r.Rows[0].Compound.Code != "X1" || r.Rows[1].Compound != nil || r.Rows[1].Community.Name != "甲社区" {
		t.Fatalf("rows: %+v", r.Rows)
	}
	got := r.Rows[0].Spaces
	if got.Features != 6 || got.Unknown != 1 || got.Spaces != 40 || got.Numbered != 2 || got.Public != 12 || got.Private != 8 || got.Priced != 2 || got.Income != 2*60*12 {
		t.Errorf("spaces: %+v", got)
	}
	if got.Share("accessible") != 1.0/40 || got.Share("charging") != 0.25 || got.Known() != 0.25 {
		t.Errorf("shares: %v %v %v", got.Share("accessible"), got.Share("charging"), got.Known())
	}
	if r.Total.Spaces != 45 || r.Total.Known() != 10.0/45 {
		t.Errorf("total: %+v", r.Total)
	}
	part := r.Within(func(*geo.Place) bool { return false }, func(f geo.Feature) bool { return f.Common().Code == "X1" })
	if len(part.Rows) != 1 || part.Total.Spaces != 40 || len(r.Of("C1").Rows) != 2 || len(r.Of("C2").Rows) != 0 {
		t.Errorf("parts: %+v", part.Rows)
	}
	if empty := r.Of("C2").Total; empty.Known() != 1 || empty.Share("charging") != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
}
