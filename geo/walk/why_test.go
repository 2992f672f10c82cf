package walk_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gridatlas/geo"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// TestWhy: why a place is not reached is said alike by the list of the nearest and
// by the route to it.
func TestWhy(t *testing.T) {
	type want struct {
		reason, zh, en  string
		metres, minutes float64
	}
	for _, c := range []struct {
		name  string
		build func(*draw.Town) // around a street from -200 to 400 east
		x, y  float64          // of the place
		want  want
	}{
		{"too far", func(*draw.Town) {}, 0, 400, want{reason: walk.NoStreet, metres: 400, zh: "超出 150 米", en: "150 m too far"}},
		{
			"behind a pond", func(town *draw.Town) { draw.Add(town, &geo.LandArea{Kind: "water"}, draw.Square(0, 30, 12)) },
			0, 30, want{reason: walk.NoStreet, metres: 30, zh: "隔着水面", en: "Water"},
		},
		{
			"another island", func(town *draw.Town) { town.Street(nil, 0, 500, 900, 500) },
			0, 505, want{reason: walk.OtherIsland, zh: "互不相连", en: "No street"},
		},
		{
			"behind a gate with hours", func(town *draw.Town) {
				draw.Add(town, &geo.Gate{Base: geo.Base{Name: "东门"}, Kind: "gate", Foot: "all", Hours: "Mo-Su 06:00-09:00"}, draw.Dot(100, 0))
			}, 300, 5, want{reason: walk.Shut, zh: "东门关着（开放时间 Mo-Su 06:00-09:00）", en: "东门 is shut"},
		},
		{
			"behind a gate for nobody", func(town *draw.Town) {
				draw.Add(town, &geo.Gate{Kind: "gate", Foot: "none"}, draw.Dot(100, 0))
			}, 300, 5, want{reason: walk.Shut, zh: "门不让行人通过", en: "lets nobody through"},
		},
		{
			"behind a closure", func(town *draw.Town) {
				draw.Add(town, &geo.Closure{Reason: "燃气抢修"}, draw.Square(100, 0, 20))
			}, 300, 5, want{reason: walk.Shut, zh: "燃气抢修", en: "A closure"},
		},
		{
			"behind a line at a junction", func(town *draw.Town) {
				town.Street(nil, 0, 0, 0, 100)
				draw.Add(town, &geo.Closure{Base: geo.Base{Name: "路口"}}, geo.LineShape(draw.Path(0, 0, 0, -10)))
			}, 300, 5, want{reason: walk.Shut, zh: "路口", en: "A closure"},
		},
		{
			"inside a closure", func(town *draw.Town) {
				draw.Add(town, &geo.Closure{Reason: "洪水"}, draw.Square(300, 0, 300))
			}, 350, 5, want{reason: walk.Shut, zh: "洪水", en: "A closure"},
		},
		{
			"far round", func(town *draw.Town) {
				town.Street(nil, -200, 0, -200, 2200, 700, 2200, 700, 0)
				town.Street(nil, 500, 0, 700, 0)
			}, 600, 5, want{reason: walk.TooLong, minutes: (50 + 2200 + 900 + 2200 + 100 + 5) / 60.0, zh: "步行要 91 分钟", en: "91 minutes"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			town.Street(nil, -200, 0, 400, 0)
			c.build(&town)
			place := booth(&town, c.x, c.y)
			m := prepare(&town)
			origin := draw.At(-150, 0)
			q := walk.Query{Origin: origin, At: noon, Of: booths(t)}
			check := func(where string, why walk.Why) {
				t.Helper()
				zh, en := why.Texts()
				if why.Reason != c.want.reason || math.Abs(why.Metres-c.want.metres) > 0.5 || math.Abs(why.Minutes-c.want.minutes) > 0.05 ||
					!strings.Contains(zh, c.want.zh) || !strings.Contains(en, c.want.en) {
					t.Errorf("%s: %+v %q %q", where, why, zh, en)
				}
			}
			nearest, err := m.Nearest(t.Context(), q, 1)
			if err != nil || len(nearest.Unreachable) != 1 {
				t.Fatalf("%+v, %v", nearest, err)
			}
			check("nearest", nearest.Unreachable[0].Why)
			_, err = m.RouteBetween(t.Context(), walk.End{Point: origin}, walk.End{Place: geo.KeyOf(place)}, q)
			var none *walk.NoRoute
			var far *walk.TooFar
			switch {
			case errors.As(err, &none):
				check("route", none.Why)
			case errors.As(err, &far):
				check("route", far.Why)
			default:
				t.Errorf("route: %v", err)
			}
		})
	}
}
