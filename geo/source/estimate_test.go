package source_test

import (
	"encoding/json"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/source"
)

// one is a layer of one building.
type one struct{ *geo.Building }

func (o one) Get(int64) (geo.Feature, bool)     { return o.Building, true }
func (o one) ByCode(string) (geo.Feature, bool) { return nil, false }

// An estimate is nobody's edit: a delivered count takes its place, and until one
// comes the delivery leaves it alone.
func TestEstimateYieldsToACount(t *testing.T) {
	const mark = "; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 2026-11-25"
	stands := &geo.Building{Base: geo.Base{ID: 1, Version: 2, Source: "OSM" + mark}, Number: "3",
		Households: geo.Some[int32](12), Residents: geo.Some[int32](30)}
	known := map[string]source.Known{"k": {Version: 1, Row: source.Row{ID: 1, Given: map[string]json.RawMessage{
		"households": json.RawMessage("null"), "number": json.RawMessage(`"3"`), "source": json.RawMessage(`"OSM"`)}}}}
	deliver := func(number string, households geo.Opt[int32]) *source.Plan {
		p, err := source.Compare(known, one{stands}, []source.Delivery{{Key: "k", Fields: []string{"households", "number", "source"},
			Feature: &geo.Building{Base: geo.Base{Source: "OSM"}, Number: number, Households: households}}}, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Kept) > 0 || p.Standing > 0 {
			t.Errorf("taken for an edit: %v", p.Kept)
		}
		return p
	}
	if p := deliver("3", geo.Opt[int32]{}); p.Unchanged != 1 {
		t.Errorf("%v", p.Lines(true))
	}
	for _, c := range []struct {
		number     string
		households geo.Opt[int32]
		want       int32
		source     string
	}{
		{"4", geo.Opt[int32]{}, 12, "OSM" + mark},
		{"3", geo.Some[int32](15), 15, "OSM; 估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25"},
	} {
		p := deliver(c.number, c.households)
		after, ok := p.Steps[0].After.(*geo.Building)
		if !ok || after.Households.Value != c.want || after.Residents.Value != 30 || after.Source != c.source {
			t.Errorf("%+v", after)
		}
	}
}
