package register_test

import (
	"testing"
	"time"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/walk"
)

var now = time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("", 8*3600))

func asItIs(sum geo.Opt[int64]) geo.Opt[int64] { return sum }

// TestDemoCity holds the registers to what newspapers say of Weifang: 128 booths in
// 185 communities, and of 西南关 320 spaces in four compounds that bring 230,400 yuan.
func TestDemoCity(t *testing.T) {
	city := demotest.City(t, 0)
	m := walk.Prepare(city, nil)
	spacing, err := register.MeasureSpacing(t.Context(), m, 300, now)
	if err != nil {
		t.Fatal(err)
	}
	coverage, err := m.Coverage(t.Context(), walk.Query{At: register.Noon(now), Of: []walk.Category{{Word: "booths", Layer: geo.Booths}}})
	if err != nil {
		t.Fatal(err)
	}
	reached, total, err := coverage.Rows(t.Context(), walk.ByCommunity, register.ReachMinutes)
	if err != nil {
		t.Fatal(err)
	}
	booths := register.ListBooths(city, spacing, register.Reaches(reached, asItIs), now)
	if booths.InUse != 128 || booths.Total.Booths != 128 || len(booths.List) != 128 || len(booths.Rows) != 185 {
		t.Errorf("%d booths in use, %d counted, %d listed, %d communities", booths.InUse, booths.Total.Booths, len(booths.List), len(booths.Rows))
	}
	sum := 0
	for _, row := range booths.Rows {
		sum += row.Booths
	}
	if sum != 128 {
		t.Errorf("the rows hold %d booths", sum)
	}
	if got := booths.Total.Reach; got.Households != total.All.Households || got.Near != total.In.Households {
		t.Errorf("%v households are near, of the whole coverage %v of %v", got, total.In.Households, total.All.Households)
	}
	for _, b := range booths.List {
		if len(b.Near) == 0 || b.Near[0].ID == b.ID {
			t.Errorf("%s is near %v", b.Number, b.Near)
		}
	}
	if len(booths.Pairs) == 0 || booths.Pairs[0].Metres < 20 || booths.Pairs[len(booths.Pairs)-1].Metres >= 300 {
		t.Errorf("pairs closer than 300 m: %+v", booths.Pairs)
	}

	parking := register.ListParking(city, now).Of("370702002004")
	numbered, compounds := int64(0), 0
	for _, row := range parking.Rows {
		if row.Numbered > 0 {
			compounds++
			numbered += row.Numbered
		}
		if row.Community.Name != "西南关社区" {
			t.Errorf("a row of %s", row.Community.Name)
		}
	}
	if of := parking.Total; numbered != 320 || compounds != 4 || of.Public != 320 || of.Priced != 320 || of.Income != 230_400 || of.Kinds[1] != 8 {
		t.Errorf("西南关: %d numbered spaces in %d compounds, %+v", numbered, compounds, of)
	}
	if known := parking.Total.Known(); known != 320/float64(parking.Total.Spaces) || known == 1 {
		t.Errorf("what %v of the spaces bring is known", known)
	}
}
