package upkeep_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/data/demo/demotest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/upkeep"
)

// twin looks through a map the plain way: everything against everything, days by
// the calendar.
type twin struct{ features []geo.Feature }

func newTwin(s *snapshot.Snapshot) *twin {
	w := &twin{}
	for _, schema := range geo.Catalog() {
		for f := range s.Layer(schema.Layer).After(0) {
			w.features = append(w.features, f)
		}
	}
	return w
}

func stands(f geo.Feature) bool {
	base := f.Common()
	at := now.Truncate(time.Minute)
	return (base.From == 0 || !base.From.Time().After(at)) && (base.Until == 0 || at.Before(base.Until.Time()))
}

// byCode finds a feature of some layers.
func (w *twin) byCode(code string, layers ...geo.Layer) geo.Feature {
	for _, layer := range layers {
		for _, f := range w.features {
			if code != "" && f.Layer() == layer && f.Common().Code == code {
				return f
			}
		}
	}
	return nil
}

// text is a field of a feature, empty where its layer has none.
func text(f geo.Feature, name string) string {
	field, ok := geo.MustSchema(f.Layer()).Field(name)
	if !ok {
		return ""
	}
	value, _ := field.Get(f).(string)
	return value
}

func isCommunity(f geo.Feature) bool { return text(f, "kind") == "community" && stands(f) }

func (w *twin) around(f geo.Feature, layer geo.Layer, is func(geo.Feature) bool) geo.Feature {
	points := f.Common().Shape.Points()
	if len(points) == 0 {
		return nil
	}
	at := points[len(points)/2]
	if f.Common().Shape.Kind() == geo.Polygons { // all of them here are boxes
		at = f.Common().Shape.Box().Centre()
	}
	var found []geo.Feature
	for _, area := range w.features {
		if area.Layer() == layer && is(area) && area.Common().Shape.Covers(at) {
			found = append(found, area)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return slices.MinFunc(found, func(a, b geo.Feature) int { return cmp.Compare(a.Common().Code, b.Common().Code) })
}

func (w *twin) community(f geo.Feature) geo.Feature {
	for next := f; next != nil; {
		if next.Layer() == geo.Places {
			if isCommunity(next) {
				return next
			}
			if next == f {
				return nil
			}
			break
		}
		up := w.byCode(text(next, "community"), geo.Places)
		for field, layers := range map[string][]geo.Layer{"grid": {geo.Grids}, "compound": {geo.Compounds}, "of": {geo.Compounds, geo.Buildings, geo.Shelters}} {
			if up == nil {
				up = w.byCode(text(next, field), layers...)
			}
		}
		next = up
	}
	return w.around(f, geo.Places, isCommunity)
}

func (w *twin) steward(f geo.Feature, community geo.Feature) string {
	type post struct {
		layer      geo.Layer
		code, role string
	}
	var posts []post
	if f.Layer() == geo.Shelters {
		posts = append(posts, post{geo.Shelters, f.Common().Code, "shelter_keeper"})
	}
	var grid geo.Feature
	switch f.Layer() {
	case geo.Places:
	case geo.Grids:
		grid = f
	default:
		grid = w.around(f, geo.Grids, stands)
	}
	if grid != nil {
		posts = append(posts, post{geo.Grids, grid.Common().Code, "grid_worker"}, post{geo.Grids, grid.Common().Code, "grid_head"})
	}
	if f.Layer() == geo.Places {
		community = f
	}
	if community != nil {
		posts = append(posts, post{geo.Places, community.Common().Code, "contact_officer"}, post{geo.Places, community.Common().Code, "first_secretary"})
	}
	for _, p := range posts {
		for _, f := range w.features {
			if duty, is := f.(*geo.Assignment); is && stands(f) && p.code != "" && p == (post{geo.Layer(duty.OfLayer), duty.OfCode, duty.Role}) {
				if who := strings.TrimSpace(duty.Who); who != "" {
					return who
				}
			}
		}
	}
	return ""
}

func (w *twin) floor(code string) (m2 float64, known bool) {
	known = true
	for _, f := range w.features {
		if b, is := f.(*geo.Building); is && b.Compound == code && stands(b) {
			m2 += crs.Area(b.Shape) * float64(b.Levels.Value)
			known = known && b.Levels.Known
		}
	}
	return m2, known && m2 > 0
}

// kinds lists what is to be done about a feature.
func (w *twin) kinds(f geo.Feature) (kinds []upkeep.Kind) {
	base, schema := f.Common(), geo.MustSchema(f.Layer())
	last := base.SurveyedOn.Time()
	booth, isBooth := f.(*geo.Booth)
	if isBooth && booth.LastChecked.Time().After(last) {
		last = booth.LastChecked.Time()
	}
	due := base.DueOn.Time()
	if !last.IsZero() && !due.After(last) {
		due = time.Time{}
		if schema.CheckDays > 0 {
			due = last.AddDate(0, 0, schema.CheckDays)
		}
	}
	switch today := now.Format(time.DateOnly); {
	case !due.IsZero() && due.Format(time.DateOnly) < today:
		kinds = append(kinds, upkeep.Overdue)
	case due.IsZero() && last.IsZero() && schema.CheckDays > 0:
		kinds = append(kinds, upkeep.Unchecked)
	}
	facility, isFacility := f.(*geo.Facility)
	open := "park fitness sports pavilion bus_stop charger charging_shed camera_street camera_stair camera_high"
	if isBooth || isFacility && !slices.Contains(strings.Fields(open), facility.Kind) {
		field, _ := schema.Field("hours")
		if _, err := hours.Parse(geo.Hours(cmp.Or(text(f, field.Name), "none"))); err != nil {
			kinds = append(kinds, upkeep.NoHours)
		}
	}
	for i := range schema.Fields {
		if parent := w.byCode(text(f, schema.Fields[i].Name), schema.Fields[i].Refs...); parent != nil && parent != f && far(base.Shape, parent.Common().Shape) {
			kinds = append(kinds, upkeep.Outside)
			break
		}
	}
	switch f := f.(type) {
	case *geo.Shelter:
		drawn := crs.Area(f.Shape)
		if drawn > 0 && (f.GrossM2.Known && math.Abs(f.GrossM2.Value/drawn-1) > 0.1 || f.EffectiveM2.Known && f.EffectiveM2.Value/drawn > 1.1) {
			kinds = append(kinds, upkeep.AreaDiffers)
		}
	case *geo.Compound:
		if m2, known := w.floor(f.Code); known && f.AreaM2.Known && math.Abs(f.AreaM2.Value/m2-1) > 0.25 && math.Abs(f.AreaM2.Value-m2) >= 200 {
			kinds = append(kinds, upkeep.AreaDiffers)
		}
	}
	return kinds
}

// far reports whether a corner lies more than 10 metres outside a polygon.
func far(shape, outline geo.Shape) bool {
	return outline.Kind() == geo.Polygons && slices.ContainsFunc(shape.Points(), func(p geo.Point) bool {
		return !outline.Covers(p) && crs.ToOutline(outline, p) > 10
	})
}

// lines says all that was found, one line each, and the rows as far as they are not
// empty.
func lines(r *upkeep.Report) (list []string) {
	for _, finding := range r.Findings {
		who := ""
		if finding.Steward != nil {
			who = finding.Steward.Who
		}
		list = append(list, line(finding.Kind, finding.Feature, who))
	}
	for _, row := range r.Rows {
		for i, layer := range upkeep.Layers {
			if n := row.Layers[i].Features; n > 0 {
				code := ""
				if row.Community != nil {
					code = row.Community.Code
				}
				list = append(list, fmt.Sprintf("%s in %s: %d", layer, code, n))
			}
		}
	}
	slices.Sort(list)
	return list
}

func line(kind upkeep.Kind, f geo.Feature, who string) string {
	return fmt.Sprintf("%v of %v by %s", kind, geo.KeyOf(f), who)
}

func (w *twin) lines() (list []string) {
	counts := map[string]int{}
	for _, f := range w.features {
		booth, isBooth := f.(*geo.Booth)
		if !slices.Contains(upkeep.Layers, f.Layer()) || !stands(f) || isBooth && booth.Status == "retired" {
			continue
		}
		community := w.community(f)
		code := ""
		if community != nil {
			code = community.Common().Code
		}
		counts[fmt.Sprintf("%s in %s", f.Layer(), code)]++
		for _, kind := range w.kinds(f) {
			list = append(list, line(kind, f, w.steward(f, community)))
		}
	}
	for name, n := range counts {
		list = append(list, fmt.Sprintf("%s: %d", name, n))
	}
	slices.Sort(list)
	return list
}

// Random towns, of which every answer is that of the twin.
func TestTwin(t *testing.T) {
	rng := seedtest.New(t)
	kinds := map[upkeep.Kind]int{}
	for range 60 {
		s := build(randomTown(rng)...)
		r := survey(t, s)
		for _, finding := range r.Findings {
			kinds[finding.Kind]++
		}
		got, want := lines(r), newTwin(s).lines()
		if !slices.Equal(got, want) {
			for _, line := range got {
				if !slices.Contains(want, line) {
					t.Errorf("the twin has not: %s", line)
				}
			}
			for _, line := range want {
				if !slices.Contains(got, line) {
					t.Errorf("missing: %s", line)
				}
			}
			t.FailNow()
		}
	}
	for _, kind := range upkeep.Kinds {
		if kinds[kind] < 20 {
			t.Errorf("%v was met %d times", kind, kinds[kind])
		}
	}
}

// randomTown has four communities in a row and things on, in and beside them.
func randomTown(rng *rand.Rand) (list []geo.Feature) {
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	date := func() geo.Date {
		if rng.IntN(4) == 0 {
			return 0
		}
		return geo.DateOf(now) + 20 - geo.Date(rng.IntN(500))
	}
	base := func(code string, shape geo.Shape) geo.Base {
		b := geo.Base{Code: code, Shape: shape, SurveyedOn: date()}
		if rng.IntN(3) == 0 {
			b.DueOn = date()
		}
		switch rng.IntN(12) {
		case 0:
			b.Until = geo.InstantOf(now) + geo.Instant(rng.IntN(3)-1)
		case 1:
			b.From = geo.InstantOf(now) + geo.Instant(rng.IntN(3)-1)
		}
		return b
	}
	spot := func() geo.Shape { return point(rng.Float64()*4400-200, rng.Float64()*1100-50) }
	block := func() geo.Shape {
		x, y := rng.Float64()*4000, rng.Float64()*900
		return box(x, y, x+20+rng.Float64()*100, y+20+rng.Float64()*100)
	}
	code := func(of string, n int) string {
		if rng.IntN(6) == 0 {
			return ""
		}
		return fmt.Sprintf("%s%d", of, rng.IntN(n+1)) // the last is nobody's
	}
	area := func() geo.Opt[float64] { return geo.Opt[float64]{Value: rng.Float64() * 20000, Known: rng.IntN(5) > 0} }
	add := func(f geo.Feature) { list = append(list, f) }
	for i := range 4 {
		x := float64(i) * 1000
		add(&geo.Place{Base: base(fmt.Sprintf("P%d", i), box(x, 0, x+1000, 1000)), Kind: pick("community", "community", "community", "street"), Parent: code("P", 4)})
		for k := range 2 {
			add(&geo.Grid{Base: base(fmt.Sprintf("G%d", 2*i+k), box(x, float64(k)*500, x+1000, float64(k+1)*500)), Community: code("P", 4)})
		}
	}
	for i := range 5 {
		add(&geo.Compound{Base: base(fmt.Sprintf("C%d", i), block()), Community: code("P", 4), AreaM2: area()})
		add(&geo.Shelter{Base: base(fmt.Sprintf("S%d", i), block()), GrossM2: area(), EffectiveM2: area()})
		add(&geo.Block{Base: base("", block()), Community: code("P", 4), Grid: code("G", 8)})
	}
	for range 12 {
		add(&geo.Building{Base: base("", block()), Compound: code("C", 5), Levels: geo.Opt[int32]{Value: int32(rng.IntN(3)), Known: rng.IntN(8) > 0}})
		add(&geo.Booth{Base: base("", spot()), LastChecked: date(), Status: pick("open", "away", "retired"), Hours: geo.Hours(pick("", "24/7", "八点"))})
		add(&geo.Facility{Base: base("", spot()), Kind: pick("clinic", "park", "camera_high", "market"), Hours: geo.Hours(pick("", "Mo-Fr 08:00-17:00"))})
		add(&geo.Gate{Base: base("", spot()), Of: pick(code("C", 5), code("S", 5))})
		add(&geo.ParkingSpace{Base: base("", spot()), Compound: code("C", 5)})
		layer := pick("grids", "places", "shelters", "booths")
		add(&geo.Assignment{
			Base: base("", geo.Shape{}), Who: pick("甲岗", "乙岗", "丙岗", " ", " 甲岗"), OfLayer: layer,
			OfCode: code(map[string]string{"grids": "G", "places": "P", "shelters": "S", "booths": "B"}[layer], 4),
			Role:   pick("grid_worker", "grid_head", "contact_officer", "first_secretary", "shelter_keeper"),
		})
	}
	return list
}

func BenchmarkSurvey(b *testing.B) {
	s := demotest.City(b, 200_000)
	features, findings := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		r := survey(b, s)
		features, findings = 0, len(r.Findings)
		for _, count := range r.Total {
			features += count.Features
		}
	}
	b.ReportMetric(float64(features), "features")
	b.ReportMetric(float64(findings), "findings")
}
