package upkeep_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/upkeep"
)

// A Saturday in Weifang, where it has begun already.
var now = time.Date(2026, 11, 21, 0, 30, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

func day(text string) geo.Date {
	d, err := geo.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// at is a place so many metres east and north of the middle.
func at(x, y float64) geo.Point { return crs.NewLocal(crs.At(119.1, 36.7)).Point(x, y) }

func box(w, s, e, n float64) geo.Shape {
	return geo.PolygonShape([]geo.Point{at(w, s), at(e, s), at(e, n), at(w, n)})
}

func point(x, y float64) geo.Shape { return geo.PointShape(at(x, y)) }

func build(features ...geo.Feature) *snapshot.Snapshot {
	b, ids := snapshot.NewBuilder(), map[geo.Layer]int64{}
	for _, f := range features {
		ids[f.Layer()]++
		f.Common().ID = ids[f.Layer()]
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 7})
}

func survey(t testing.TB, s *snapshot.Snapshot) *upkeep.Report {
	t.Helper()
	r, err := upkeep.Survey(t.Context(), s, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// frame is a community with one grid and a compound.
func frame() []geo.Feature {
	return []geo.Feature{
		&geo.Place{Base: geo.Base{Code: "P1", Name: "南关社区", Shape: box(0, 0, 1000, 1000)}, Kind: "community"},
		&geo.Grid{Base: geo.Base{Code: "G1", Shape: box(0, 0, 500, 1000)}, Community: "P1"},
		&geo.Compound{Base: geo.Base{Code: "C1", Shape: box(100, 100, 200, 200), SurveyedOn: day("2026-11-01")}, Community: "P1"},
	}
}

// Each rule at its borders.
func TestRules(t *testing.T) {
	checked := geo.Base{SurveyedOn: day("2026-11-01"), Shape: point(10, 10)}
	with := func(change func(*geo.Base)) geo.Base { b := checked; change(&b); return b }
	for _, test := range []struct {
		name string
		f    geo.Feature
		want []upkeep.Kind
	}{
		{"nothing", &geo.Facility{Base: checked, Kind: "clinic", Hours: "Mo-Fr 08:00-18:00"}, nil},
		{"never looked at", &geo.Facility{Base: geo.Base{Shape: point(1, 1)}, Kind: "park"}, []upkeep.Kind{upkeep.Unchecked}},
		{"a year ago", &geo.Facility{Base: with(func(b *geo.Base) { b.SurveyedOn = day("2025-11-21") }), Kind: "park"}, nil},
		{"a year and a day ago", &geo.Facility{Base: with(func(b *geo.Base) { b.SurveyedOn = day("2025-11-20") }), Kind: "park"}, []upkeep.Kind{upkeep.Overdue}},
		{"due today", &geo.Facility{Base: with(func(b *geo.Base) { b.DueOn = day("2026-11-21") }), Kind: "park"}, nil},
		{"due yesterday", &geo.Facility{Base: with(func(b *geo.Base) { b.DueOn = day("2026-11-20") }), Kind: "park"}, []upkeep.Kind{upkeep.Overdue}},
		{"looked at since it was due", &geo.Facility{Base: with(func(b *geo.Base) { b.DueOn = day("2026-10-20") }), Kind: "park"}, nil},
		{"a year old and due next week", &geo.Facility{Base: with(func(b *geo.Base) { b.SurveyedOn, b.DueOn = day("2024-01-01"), day("2026-11-28") }), Kind: "park"}, nil},
		{"due without a check", &geo.Facility{Base: geo.Base{Shape: point(1, 1), DueOn: day("2026-11-01")}, Kind: "park"}, []upkeep.Kind{upkeep.Overdue}},
		{"a layer without rhythm", &geo.Building{Base: geo.Base{Shape: box(0, 0, 9, 9)}}, nil},
		{"a layer without rhythm, due", &geo.Building{Base: geo.Base{Shape: box(0, 0, 9, 9), DueOn: day("2026-11-01")}}, []upkeep.Kind{upkeep.Overdue}},
		{"a booth checked for its plate", &geo.Booth{Base: with(func(b *geo.Base) { b.SurveyedOn = day("2026-01-01") }), LastChecked: day("2026-11-02"), Hours: "24/7"}, nil},
		{"a booth after a quarter", &geo.Booth{Base: with(func(b *geo.Base) { b.SurveyedOn = day("2026-01-01") }), LastChecked: day("2026-08-22"), Hours: "24/7"}, []upkeep.Kind{upkeep.Overdue}},
		{"a booth that was withdrawn", &geo.Booth{Base: geo.Base{Shape: point(1, 1)}, Status: "retired"}, nil},
		{"out of effect", &geo.Facility{Base: geo.Base{Shape: point(1, 1), Until: geo.InstantOf(now)}, Kind: "clinic"}, nil},
		{"no hours", &geo.Facility{Base: checked, Kind: "clinic"}, []upkeep.Kind{upkeep.NoHours}},
		{"hours that say nothing", &geo.Booth{Base: checked, Hours: "早八点"}, []upkeep.Kind{upkeep.NoHours}},
		{"a camera", &geo.Facility{Base: checked, Kind: "camera_street"}, nil},
		{"a bus stop", &geo.Facility{Base: checked, Kind: "bus_stop"}, nil},
		{"9 metres outside", &geo.Gate{Base: with(func(b *geo.Base) { b.Shape = point(209, 150) }), Of: "C1"}, nil},
		{"11 metres outside", &geo.Gate{Base: with(func(b *geo.Base) { b.Shape = point(211, 150) }), Of: "C1"}, []upkeep.Kind{upkeep.Outside}},
		{"of what is not there", &geo.Gate{Base: with(func(b *geo.Base) { b.Shape = point(211, 150) }), Of: "C9"}, nil},
		{"one corner outside", &geo.Building{Base: geo.Base{Shape: box(190, 190, 212, 199)}, Compound: "C1"}, []upkeep.Kind{upkeep.Outside}},
		{"gross as drawn", &geo.Shelter{Base: with(func(b *geo.Base) { b.Shape = box(0, 0, 100, 100) }), GrossM2: geo.Some(10900.), EffectiveM2: geo.Some(10900.)}, nil},
		{"gross too large", &geo.Shelter{Base: with(func(b *geo.Base) { b.Shape = box(0, 0, 100, 100) }), GrossM2: geo.Some(11100.)}, []upkeep.Kind{upkeep.AreaDiffers}},
		{"gross too small", &geo.Shelter{Base: with(func(b *geo.Base) { b.Shape = box(0, 0, 100, 100) }), GrossM2: geo.Some(8900.)}, []upkeep.Kind{upkeep.AreaDiffers}},
		{"more effective than drawn", &geo.Shelter{Base: with(func(b *geo.Base) { b.Shape = box(0, 0, 100, 100) }), EffectiveM2: geo.Some(12000.)}, []upkeep.Kind{upkeep.AreaDiffers}},
		{"a shelter drawn as a point", &geo.Shelter{Base: checked, GrossM2: geo.Some(8900.)}, nil},
		{"all at once", &geo.Shelter{Base: geo.Base{Shape: box(0, 0, 100, 100)}, GrossM2: geo.Some(1.)}, []upkeep.Kind{upkeep.Unchecked, upkeep.AreaDiffers}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []upkeep.Kind
			for _, finding := range survey(t, build(append(frame(), test.f)...)).Findings {
				if finding.Feature != test.f {
					t.Errorf("%v of %v", finding.Kind, geo.KeyOf(finding.Feature))
				}
				got = append(got, finding.Kind)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

// The floor area of a compound against its buildings, of which one may be unknown.
func TestFloorArea(t *testing.T) {
	levels := geo.Some[int32]
	for _, test := range []struct {
		stated        float64
		first, second geo.Opt[int32]
		want          bool
	}{
		{9000, levels(6), levels(3), false}, // 1000 m2 of footprint each
		{11200, levels(6), levels(3), false},
		{11300, levels(6), levels(3), true},
		{6700, levels(6), levels(3), true},
		{6700, levels(6), geo.Opt[int32]{}, false},
	} {
		list := frame()
		list[2].(*geo.Compound).AreaM2 = geo.Some(test.stated)
		for i, n := range []geo.Opt[int32]{test.first, test.second} {
			list = append(list, &geo.Building{Base: geo.Base{Shape: box(110, 110+40*float64(i), 160, 130+40*float64(i))}, Compound: "C1", Levels: n})
		}
		found := survey(t, build(list...)).Findings
		if (len(found) == 1) != test.want {
			t.Errorf("%+v: %v", test, found)
		}
		if test.want && (found[0].Kind != upkeep.AreaDiffers || found[0].Field.Name != "area_m2" || found[0].Stated != test.stated) {
			t.Errorf("%+v: %+v", test, found[0])
		}
	}
}

// Who looks after a feature: the nearest that somebody is named for.
func TestStewards(t *testing.T) {
	duty := func(role, who string, layer geo.Layer, code string) geo.Feature {
		return &geo.Assignment{Role: role, Who: who, OfLayer: string(layer), OfCode: code}
	}
	gone := duty("grid_worker", "原网格员", geo.Grids, "G1")
	gone.Common().Until = 1
	list := append(frame(),
		duty("grid_head", "第一网格网格长", geo.Grids, "G1"), duty("grid_worker", " 第一网格网格员 ", geo.Grids, "G1"), gone,
		duty("contact_officer", "南关联系点", geo.Places, "P1"), duty("shelter_keeper", "公园管理处", geo.Shelters, "S1"),
		duty("shelter_keeper", "别人", geo.Grids, "G1"), // no duty of a grid
		&geo.Shelter{Base: geo.Base{Code: "S1", Shape: point(10, 10)}},
		&geo.Facility{Base: geo.Base{Shape: point(10, 10)}, Kind: "park"},
		&geo.Facility{Base: geo.Base{Shape: point(700, 10)}, Kind: "park"},
		&geo.Facility{Base: geo.Base{Shape: point(-700, 10)}, Kind: "park"},
	)
	r := survey(t, build(list...))
	var got []string
	for _, finding := range r.Findings {
		who := "nobody"
		if finding.Steward != nil {
			who = finding.Steward.Who
		}
		got = append(got, who)
	}
	want := []string{"公园管理处", "第一网格网格员", "南关联系点", "nobody"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(r.Stewards) != 3 || r.Stewards[0].Found[upkeep.Unchecked] != 1 || !slices.IsSortedFunc(r.Stewards, func(a, b *upkeep.Steward) int {
		if a.Who < b.Who {
			return -1
		}
		return 1
	}) {
		t.Errorf("%d stewards", len(r.Stewards))
	}
}

// A row for each community, and one for what lies in none.
func TestRows(t *testing.T) {
	list := append(frame(),
		&geo.Place{Base: geo.Base{Code: "P0", Shape: box(1000, 0, 2000, 1000)}, Kind: "community"},
		&geo.Place{Base: geo.Base{Code: "S", Shape: box(0, 0, 2000, 1000)}, Kind: "street"},
		&geo.Gate{Base: geo.Base{Shape: point(150, 100)}, Of: "C1"},
		&geo.Gate{Base: geo.Base{Shape: point(1500, 100)}, Of: "C1"}, // belongs by its record
		&geo.Gate{Base: geo.Base{Shape: point(1500, 100)}},
		&geo.Gate{Base: geo.Base{Shape: point(3000, 100)}},
	)
	r := survey(t, build(list...))
	gates := slices.Index(upkeep.Layers, geo.Gates)
	places := slices.Index(upkeep.Layers, geo.Places)
	var codes []string
	for _, row := range r.Rows {
		code := "none"
		if row.Community != nil {
			code = row.Community.Code
		}
		codes = append(codes, code)
	}
	if !slices.Equal(codes, []string{"P0", "P1", "none"}) {
		t.Fatalf("rows %v", codes)
	}
	for i, want := range []int{1, 2, 1} {
		if n := r.Rows[i].Layers[gates].Features; n != want {
			t.Errorf("%s has %d gates, want %d", codes[i], n, want)
		}
	}
	if r.Rows[2].Layers[places].Features != 1 || r.Total[gates].Features != 4 || r.Total[gates].Found[upkeep.Outside] != 1 {
		t.Errorf("%+v", r.Total)
	}
	if r.Revision != 7 || r.On != day("2026-11-21") {
		t.Errorf("revision %d on %v", r.Revision, r.On)
	}
}

func TestSurveyEndsEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := upkeep.Survey(ctx, build(frame()...), now); !errors.Is(err, context.Canceled) || r != nil {
		t.Errorf("%v %v", r, err)
	}
}

func TestKindsHaveWords(t *testing.T) {
	for _, kind := range upkeep.Kinds {
		if again, ok := upkeep.ParseKind(kind.String()); !ok || again != kind {
			t.Errorf("%v", kind)
		}
	}
	if _, ok := upkeep.ParseKind("late"); ok {
		t.Error("late is a kind")
	}
}
