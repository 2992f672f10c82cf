package walk_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, hours.Shanghai) // a Wednesday

func prepare(t *draw.Town) *walk.Map { return walk.Prepare(t.Snapshot(), nil) }

func booths(t testing.TB) []walk.Category {
	t.Helper()
	list, err := walk.ParseCategories("booths")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func booth(town *draw.Town, x, y float64) *geo.Booth {
	return draw.Add(town, &geo.Booth{Trades: []string{"shoe"}, Hours: "Mo-Fr 08:00-18:00"}, draw.Dot(x, y))
}

// minutesTo asks for the walking minutes to each place, by feature; absent when
// not reached.
func minutesTo(t testing.TB, m *walk.Map, q walk.Query) map[geo.Feature]float64 {
	t.Helper()
	q.Of = booths(t)
	if q.Minutes == nil {
		q.Minutes = []int{60}
	}
	if q.At.IsZero() {
		q.At = noon
	}
	c, err := m.Circle(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := map[geo.Feature]float64{}
	for _, place := range c.Reachable[0].Places {
		out[place.Feature] = place.Minutes
	}
	return out
}

func near(t testing.TB, what string, got, want, off float64) {
	t.Helper()
	if !(math.Abs(got-want) <= off) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestByHand walks a network that was computed by hand:
//
//	300 N      *----100 m steps----*
//	           |                   | 300 m
//	origin --- + ---- 100 m ----- (+) --- 50 m crossing --- booth
func TestByHand(t *testing.T) {
	var town draw.Town
	town.Street(nil, -200, 0, 0, 0, 100, 0)
	town.Street(func(s *geo.Street) { s.Crossing = true }, 100, 0, 150, 0)
	town.Street(nil, 0, 0, 0, 300)
	town.Street(func(s *geo.Street) { s.Steps = true }, 0, 300, 100, 300)
	town.Street(nil, 100, 300, 100, 0)
	town.Street(nil, 150, 0, 250, 0)
	far := booth(&town, 250, 20)     // 20 m beside the end
	upper := booth(&town, 50, 290)   // 10 m below the middle of the steps
	behind := booth(&town, -150, -5) // the other way
	m := prepare(&town)
	q := walk.Query{Origin: draw.At(-30, 40), SpeedMPS: 1.0, At: noon}
	// 40 m to the street at x=-30 would be farther than 30 m to x=0, y=40.
	got := minutesTo(t, m, q)
	near(t, "far", got[far]*60, 30+40+100+50+10+100+20, 0.02)
	near(t, "upper", got[upper]*60, 30+260+2*50+10, 0.02)
	near(t, "behind", got[behind]*60, 30+40+150+5, 0.02)

	route, err := m.Route(t.Context(), q.Origin, draw.At(250, 20), q)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "route", route.Minutes, got[far], 1e-9)
	near(t, "metres", route.Metres, 30+40+100+50+100+20, 0.02)
	var minutes, metres float64
	for _, step := range route.Steps {
		t.Log(step.TextZh, "|", step.TextEn)
		minutes += step.Minutes
		metres += step.Metres
	}
	near(t, "minutes of the steps", minutes, route.Minutes, 1e-9)
	near(t, "metres of the steps", metres, route.Metres, 1e-9)

	var far2 *walk.TooFar
	if _, err := m.Route(t.Context(), draw.At(600, 0), draw.At(0, 0), q); !errors.As(err, &far2) {
		t.Errorf("far from every street: %v", err)
	} else {
		near(t, "metres to the street", far2.Metres, 350, 0.1)
	}
}

// TestWords follows a route in words.
func TestWords(t *testing.T) {
	var town draw.Town
	named := func(name string) func(*geo.Street) {
		return func(s *geo.Street) { s.Class, s.Name = "local", name }
	}
	town.Street(named("东风街"), 0, 0, 100, 0, 200, 0)
	town.Street(func(s *geo.Street) { s.Crossing = true }, 200, 0, 200, 30)
	town.Street(func(s *geo.Street) { s.Class, s.Name, s.Foot = "main", "健康街", "no" }, 0, 15, 400, 15)
	town.Street(nil, 200, 30, 200, 80)
	town.Street(func(s *geo.Street) { s.Steps = true }, 200, 80, 220, 100)
	town.Street(nil, 220, 100, 320, 100, 320, 60)
	r, err := prepare(&town).Route(t.Context(), draw.At(0, 0), draw.At(320, 60), walk.Query{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	want := [][2]string{
		{"沿东风街向东走 200 米", "Follow 东风街 east for 200 m"},
		{"过健康街（人行横道）", "Cross 健康街 (marked crossing)"},
		{"向北走 50 米", "Walk north for 50 m"},
		{"走台阶向东北 28 米", "Take the steps northeast for 28 m"},
		{"向东走 100 米", "Walk east for 100 m"},
		{"向南走 40 米", "Walk south for 40 m"},
		{"到达", "Arrive"},
	}
	for i, step := range r.Steps {
		if i >= len(want) || step.TextZh != want[i][0] || step.TextEn != want[i][1] {
			t.Errorf("step %d: %s | %s", i+1, step.TextZh, step.TextEn)
		}
	}
	if len(r.Steps) != len(want) {
		t.Errorf("%d steps, want %d", len(r.Steps), len(want))
	}
}

// TestFewPaces: a stretch of a few metres is no step of its own; a crossing is.
func TestFewPaces(t *testing.T) {
	var town draw.Town
	named := func(name string) func(*geo.Street) {
		return func(s *geo.Street) { s.Class, s.Name = "local", name }
	}
	town.Street(named("东风街"), 0, 0, 100, 0)
	town.Street(nil, 100, 0, 100, 4) // joins two drawn a little apart
	town.Street(named("健康街"), 100, 4, 200, 4)
	town.Street(func(s *geo.Street) { s.Crossing = true }, 200, 4, 200, 10)
	town.Street(nil, 200, 10, 203, 10, 203, 60)
	r, err := prepare(&town).Route(t.Context(), draw.At(0, 3), draw.At(203, 60), walk.Query{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"沿东风街向东走 107 米", "沿健康街向东走 100 米", "过马路（人行横道）", "向北走 50 米", "到达"}
	var got []string
	metres, minutes := 0.0, 0.0
	for _, step := range r.Steps {
		got = append(got, step.TextZh)
		metres, minutes = metres+step.Metres, minutes+step.Minutes
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	near(t, "metres", metres, r.Metres, 1e-9)
	near(t, "minutes", minutes, r.Minutes, 1e-9)
}
