package walk_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// crossTown is a straight street of 400 m with a way round its middle of 600 m:
//
//	 (100,200) *-----------------* (300,200)
//	           |                 |
//	0 ------- 100 --- [200] --- 300 ------- 400
//
// Booth west stands at 0, middle at 200, east at 400.
func crossTown(town *draw.Town) (west, middle, east *geo.Booth) {
	town.Street(nil, 0, 0, 100, 0)
	town.Street(nil, 100, 0, 200, 0, 300, 0)
	town.Street(nil, 300, 0, 400, 0)
	town.Street(nil, 100, 0, 100, 200, 300, 200, 300, 0)
	return booth(town, 0, 0), booth(town, 200, 0), booth(town, 400, 0)
}

const (
	straight = 400.0
	round    = 800.0
)

func TestGates(t *testing.T) {
	at := func(clock string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04:05", clock, hours.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name  string
		gate  geo.Gate
		x, y  float64
		at    time.Time
		metre float64 // from west to east
	}{
		{"none", geo.Gate{Foot: "none"}, 150, 0, noon, round},
		{"none, 1.5 m beside the street", geo.Gate{Foot: "none"}, 150, 1.5, noon, round},
		{"none, 2.5 m beside the street", geo.Gate{Foot: "none"}, 150, 2.5, noon, straight},
		{"an entrance beside the street", geo.Gate{Foot: "none", Kind: "entrance"}, 150, 1.5, noon, straight},
		{"all", geo.Gate{Foot: "all"}, 150, 0, noon, straight},
		{"residents of nobody knows what", geo.Gate{Foot: "residents"}, 150, 0, noon, straight},
		{"open", geo.Gate{Foot: "all", Hours: "06:00-22:00"}, 150, 0, noon, straight},
		{"closed", geo.Gate{Foot: "all", Hours: "06:00-11:00"}, 150, 0, noon, round},
		{"unknown hours", geo.Gate{Foot: "all", Hours: `"ask the guard"`}, 150, 0, noon, straight},
		// The gate is 150 s away: it is the time there that counts.
		{"closes on the way", geo.Gate{Foot: "all", Hours: "06:00-12:00"}, 150, 0, at("2026-11-18 11:58:00"), round},
		{"still open there", geo.Gate{Foot: "all", Hours: "06:00-12:00"}, 150, 0, at("2026-11-18 11:57:00"), straight},
		{"opens on the way", geo.Gate{Foot: "all", Hours: "12:00-18:00"}, 150, 0, at("2026-11-18 11:58:00"), straight},
		{"taken down", geo.Gate{Foot: "none", Base: geo.Base{Until: geo.InstantOf(noon)}}, 150, 0, noon, straight},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			west, middle, east := crossTown(&town)
			draw.Add(&town, &c.gate, draw.Dot(c.x, c.y))
			m := prepare(&town)
			got := minutesTo(t, m, walk.Query{Origin: draw.At(0, 0), At: c.at})
			near(t, "east", got[east]*60, c.metre, 0.01)
			// A shut gate is a dead end, also for what stands right behind it.
			behind := 200.0
			if c.metre == round {
				behind = 100 + 600 + 100
			}
			near(t, "middle", got[middle]*60, behind, 0.01)
			near(t, "west", got[west], 0, 1e-9)
			// Gates of hours, and of a time, are passed earlier in the other direction.
			if c.gate.Hours == "" && c.gate.Until == 0 {
				got = minutesTo(t, m, walk.Query{Origin: draw.At(0, 0), At: c.at, Toward: true})
				near(t, "toward, east", got[east]*60, c.metre, 0.01)
			}
		})
	}
}

// TestTowardGateHours: whoever must be at the east at 12:01 has passed the gate,
// 250 m before, at 11:56:50.
func TestTowardGateHours(t *testing.T) {
	for hoursText, want := range map[geo.Hours]float64{"06:00-11:56": round, "06:00-11:57": straight} {
		var town draw.Town
		west, _, _ := crossTown(&town)
		draw.Add(&town, &geo.Gate{Foot: "all", Hours: hoursText}, draw.Dot(150, 0))
		got := minutesTo(t, prepare(&town), walk.Query{Origin: draw.At(400, 0), Toward: true, At: noon.Add(time.Minute)})
		near(t, string(hoursText), got[west]*60, want, 0.01)
	}
}

// TestResidentsOnly puts a compound around the middle of the street, from 160 to
// 240 m.
func TestResidentsOnly(t *testing.T) {
	yes, no := geo.Some(true), geo.Some(false)
	for _, c := range []struct {
		name     string
		compound geo.Compound
		gate     string
		through  float64
		inside   float64
	}{
		{"open", geo.Compound{}, "", straight, 200},
		{"residents only", geo.Compound{ResidentsOnly: yes}, "", round, 200},
		{"by its gate", geo.Compound{}, "residents", round, 200},
		{"open, with a gate that is not", geo.Compound{ResidentsOnly: no}, "residents", round, 100 + 600 + 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			west, middle, east := crossTown(&town)
			c.compound.Code = "C1"
			draw.Add(&town, &c.compound, draw.Square(200, 0, 40))
			if c.gate != "" {
				draw.Add(&town, &geo.Gate{Foot: c.gate, Of: "C1"}, draw.Dot(160, 0))
			}
			m := prepare(&town)
			for _, toward := range []bool{false, true} {
				got := minutesTo(t, m, walk.Query{Origin: draw.At(0, 0), At: noon, Toward: toward})
				near(t, "through", got[east]*60, c.through, 0.01)
				near(t, "to the middle", got[middle]*60, c.inside, 0.01)
				got = minutesTo(t, m, walk.Query{Origin: draw.At(200, 0), At: noon, Toward: toward})
				near(t, "from the middle", got[west]*60, c.inside, 0.01)
				near(t, "within", got[middle], 0, 1e-9)
				near(t, "out to the east", got[east]*60, 200, 0.01)
			}
			for _, ends := range [][2]geo.Point{{draw.At(0, 0), draw.At(400, 0)}, {draw.At(0, 0), draw.At(200, 0)}, {draw.At(200, 0), draw.At(400, 0)}, {draw.At(190, 0), draw.At(210, 0)}} {
				checkRoute(t, m, ends[0], ends[1])
			}
		})
	}
}

// TestOpenedCompound supposes a gate of the compound in the middle of the street
// open: it is a shortcut then, for all. Its other gate lets pass whom it let pass.
func TestOpenedCompound(t *testing.T) {
	for _, c := range []struct {
		name        string
		of          string
		first, last string // who passes the gates at 160 and 240 m
		open        int64
		through     float64
	}{
		{"as it is", "C1", "residents", "residents", 0, round},
		{"the first", "C1", "residents", "residents", 1, straight},
		{"the last", "C1", "residents", "residents", 2, straight},
		{"a gate that names nothing", "", "residents", "residents", 1, straight},
		{"a gate of something else", "B7", "residents", "residents", 1, round},
		{"the first, the last is shut", "C1", "residents", "none", 1, round},
		{"the last, which was shut", "C1", "residents", "none", 2, straight},
		{"a gate far away", "C1", "residents", "residents", 3, round},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			_, middle, east := crossTown(&town)
			yes := geo.Some(true)
			draw.Add(&town, &geo.Compound{Base: geo.Base{Code: "C1"}, ResidentsOnly: yes}, draw.Square(200, 0, 40))
			draw.Add(&town, &geo.Compound{Base: geo.Base{Code: "C2"}, ResidentsOnly: yes}, draw.Square(200, 200, 10))
			draw.Add(&town, &geo.Gate{Foot: c.first, Of: c.of}, draw.Dot(160, 0))
			draw.Add(&town, &geo.Gate{Foot: c.last, Of: c.of}, draw.Dot(240, 0))
			draw.Add(&town, &geo.Gate{Foot: "residents", Of: "C2"}, draw.Dot(190, 200))
			m := prepare(&town)
			change := &walk.Change{}
			if c.open > 0 {
				change.OpenGates = []int64{c.open}
			}
			inside := 200.0
			for _, toward := range []bool{false, true} {
				q := walk.Query{Origin: draw.At(0, 0), At: noon, Toward: toward, Change: change}
				got := minutesTo(t, m, q)
				// Round the other way the second compound is in the way, unless it is opened.
				want := c.through
				if want == round && c.open != 3 {
					want = 0
				}
				near(t, "through", got[east]*60, want, 0.01)
				near(t, "to the middle", got[middle]*60, inside, 0.01)
			}
			q := walk.Query{At: noon, Change: change}
			r, err := m.Route(t.Context(), draw.At(0, 0), draw.At(400, 0), q)
			if c.through == round && c.open != 3 {
				var none *walk.NoRoute
				if !errors.As(err, &none) {
					t.Errorf("a route of %+v: %v", r, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			near(t, "route", r.Metres, c.through, 0.01)
			near(t, "line", crs.Length(r.Line.Points()), c.through, 0.05)
			from := walk.Query{Origin: draw.At(200, 0), At: noon, Change: change}
			near(t, "out to the east", minutesTo(t, m, from)[east]*60, 200, 0.01)
		})
	}
}

// TestRouteFromAnOpenedCompound: the line of a route that starts in a compound that
// is open is as long as the walk, wherever it leaves and comes back.
func TestRouteFromAnOpenedCompound(t *testing.T) {
	var town draw.Town
	town.Street(nil, 0, 0, 100, 0)
	town.Street(nil, 100, 0, 300, 0)
	town.Street(nil, 300, 0, 400, 0)
	town.Street(nil, 100, 0, 100, 300, 300, 300, 300, 0)
	draw.Add(&town, &geo.Compound{Base: geo.Base{Code: "C1"}, ResidentsOnly: geo.Some(true)}, draw.Square(100, 150, 60))
	draw.Add(&town, &geo.Gate{Foot: "residents", Of: "C1"}, draw.Dot(40, 150))
	m := prepare(&town)
	for _, goal := range [][2]float64{{0, 0}, {400, 0}, {200, 300}, {100, 100}} {
		for _, start := range []float64{120, 150, 190} {
			q := walk.Query{At: noon, Change: &walk.Change{OpenGates: []int64{1}}}
			r, err := m.Route(t.Context(), draw.At(100, start), draw.At(goal[0], goal[1]), q)
			if err != nil {
				t.Fatal(err)
			}
			near(t, "line", crs.Length(r.Line.Points()), r.Metres, 0.05)
		}
	}
}

// checkRoute checks that a route, its line and the time of it agree both ways of
// asking.
func checkRoute(t testing.TB, m *walk.Map, from, to geo.Point) {
	t.Helper()
	there, err := m.Route(t.Context(), from, to, walk.Query{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	back, err := m.Route(t.Context(), from, to, walk.Query{At: noon, Toward: true})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "minutes searched from the end", back.Minutes, there.Minutes, 1e-9)
	for _, r := range []*walk.Route{there, back} {
		points := r.Line.Points()
		if points[0] != from || points[len(points)-1] != to {
			t.Errorf("the line runs from %v to %v, asked were %v and %v", points[0], points[len(points)-1], from, to)
		}
		near(t, "length of the line", length(points), r.Metres, 0.05+float64(len(points))*0.01)
	}
}

func length(points []geo.Point) float64 {
	sum := 0.0
	for i := 1; i < len(points); i++ {
		x1, y1 := draw.XY(points[i-1])
		x2, y2 := draw.XY(points[i])
		sum += math.Hypot(x2-x1, y2-y1)
	}
	return sum
}

// TestPrivateStreets: a private way is no shortcut, and is walked by who lives
// there; without a compound each connected set of them is one ground.
func TestPrivateStreets(t *testing.T) {
	var town draw.Town
	town.Street(nil, 0, 0, 100, 0)
	town.Street(func(s *geo.Street) { s.Foot = "private" }, 100, 0, 200, 0)
	town.Street(func(s *geo.Street) { s.Foot = "private" }, 200, 0, 300, 0)
	town.Street(func(s *geo.Street) { s.Foot = "no" }, 100, 0, 300, 0)
	town.Street(nil, 300, 0, 400, 0)
	town.Street(nil, 100, 0, 100, 200, 300, 200, 300, 0)
	middle, east := booth(&town, 220, 0), booth(&town, 400, 0)
	m := prepare(&town)
	got := minutesTo(t, m, walk.Query{Origin: draw.At(0, 0)})
	near(t, "through", got[east]*60, round, 0.01)
	near(t, "in", got[middle]*60, 220, 0.01)
	got = minutesTo(t, m, walk.Query{Origin: draw.At(150, 0)})
	near(t, "out", got[east]*60, 250, 0.01)
}

func TestOneway(t *testing.T) {
	var town draw.Town
	west, _, east := crossTown(&town)
	town.Street(func(s *geo.Street) { s.OnewayFoot = geo.Some(true) }, 400, 0, 400, -100, 0, -100, 0, 0)
	m := prepare(&town)
	near(t, "along", minutesTo(t, m, walk.Query{Origin: draw.At(400, -50)})[west]*60, 50+400+100, 0.01)
	near(t, "against", minutesTo(t, m, walk.Query{Origin: draw.At(400, -50)})[east]*60, 50+400+100+400, 0.01)
	near(t, "toward", minutesTo(t, m, walk.Query{Origin: draw.At(400, -50), Toward: true})[east]*60, 50, 0.01)
	checkRoute(t, m, draw.At(400, -50), draw.At(200, 30))
	checkRoute(t, m, draw.At(200, -90), draw.At(100, -95))
}

func TestClosures(t *testing.T) {
	during := geo.Base{From: geo.InstantOf(noon), Until: geo.InstantOf(noon.Add(time.Hour))}
	for _, c := range []struct {
		name  string
		shape geo.Shape
	}{
		{"area", draw.Square(150, 0, 20)},
		{"line across", geo.LineShape(draw.Path(150, -20, 150, 20))},
		{"line along", geo.LineShape(draw.Path(140, 0, 160, 0))},
	} {
		t.Run(c.name, func(t *testing.T) {
			var town draw.Town
			_, middle, east := crossTown(&town)
			inside := booth(&town, 150, 5)
			draw.Add(&town, &geo.Closure{Base: during}, c.shape)
			m := prepare(&town)
			for when, want := range map[time.Time]float64{
				noon.Add(-time.Minute): straight, noon: round, noon.Add(59 * time.Minute): round, noon.Add(time.Hour): straight,
			} {
				got := minutesTo(t, m, walk.Query{Origin: draw.At(0, 0), At: when})
				near(t, "east at "+when.Format("15:04"), got[east]*60, want, 0.01)
				if want == round {
					near(t, "middle at "+when.Format("15:04"), got[middle]*60, 100+600+100, 0.01)
				}
				if _, reached := got[inside]; reached && want == round && c.name == "area" {
					t.Error("a booth inside the closure is reached")
				}
			}
			circle, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, 0), At: noon, Minutes: []int{15}})
			if err != nil || circle.Closures != 1 {
				t.Errorf("%d closures, %v", circle.Closures, err)
			}
		})
	}
}

// TestLevels: a bridge and the street under it share a corner and do not join
// there; the bridge joins where it ends.
func TestLevels(t *testing.T) {
	var town draw.Town
	town.Street(nil, -200, 0, 0, 0, 200, 0)
	town.Street(func(s *geo.Street) { s.Bridge, s.Level = true, geo.Some(int32(1)) }, 0, -100, 0, 0, 0, 100)
	town.Street(nil, 0, 100, 200, 100, 200, 0)
	top, far := booth(&town, 0, 50), booth(&town, 0, 110)
	m := prepare(&town)
	got := minutesTo(t, m, walk.Query{Origin: draw.At(-50, 0)})
	near(t, "end of the bridge", got[far]*60, 50+200+100+200+10, 0.05)
	near(t, "on the bridge", got[top]*60, 50+200+100+200+50, 0.05)
}

func TestSnapping(t *testing.T) {
	var town draw.Town
	town.Street(nil, -500, 0, 500, 0)
	town.Street(nil, -500, 60, 500, 60)
	town.Street(nil, -500, 0, -500, 60)
	// A wall with a gap of 2 m at x=100, and a pond.
	draw.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(-400, 10, 99, 10)))
	draw.Add(&town, &geo.Barrier{Kind: "wall"}, geo.LineShape(draw.Path(101, 10, 400, 10)))
	draw.Add(&town, &geo.LandArea{Kind: "water"}, draw.Square(450, 30, 25))
	m := prepare(&town)
	for _, c := range []struct {
		name       string
		x, y, want float64
		leg        float64
	}{
		{"in front of the wall", 0, 5, 0, 5},
		{"behind the wall", 0, 12, 60, 48},
		{"on the wall", 0, 10, 0, 10},
		{"in the gap", 100, 12, 0, 12},
		{"beside the gap", 102, 12, 60, 48},
		{"past the end of the wall", 401, 12, 0, 12},
	} {
		circle, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(c.x, c.y), Minutes: []int{15}, At: noon})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		_, y := draw.XY(circle.Origin.Snapped)
		near(t, c.name, y, c.want, 0.02)
		near(t, c.name+": leg", circle.Origin.AccessMetres, c.leg, 0.02)
	}
	var far *walk.TooFar
	if _, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(450, 30), Minutes: []int{15}, At: noon}); !errors.As(err, &far) || far.Metres != 30 && math.Abs(far.Metres-30) > 0.1 {
		t.Errorf("in the pond: %v", err)
	}
	if _, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, -251), Minutes: []int{15}, At: noon}); !errors.As(err, &far) {
		t.Errorf("251 m away: %v", err)
	}
	if _, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, -249.9), Minutes: []int{15}, At: noon}); err != nil {
		t.Errorf("249.9 m away: %v", err)
	}
	if _, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, -5000), Minutes: []int{15}, At: noon}); !errors.As(err, &far) || far.Metres != 0 {
		t.Errorf("5 km away: %v", err)
	}
}

func TestEntrances(t *testing.T) {
	var town draw.Town
	town.Street(nil, -100, 0, 300, 0)
	town.Street(nil, 300, 0, 300, 100, -100, 100)
	// A building between the streets, nearer to the southern one.
	draw.Add(&town, &geo.Building{Base: geo.Base{Code: "B1"}}, draw.Square(0, 40, 10))
	shelter := draw.Add(&town, &geo.Shelter{Base: geo.Base{Code: "S1"}}, draw.Square(100, 50, 30))
	park := draw.Add(&town, &geo.Facility{Kind: "park"}, draw.Square(200, 45, 30))
	of, err := walk.ParseCategories("shelters,facilities.park")
	if err != nil {
		t.Fatal(err)
	}
	ask := func() (buildings int, places map[geo.Feature]walk.Place) {
		t.Helper()
		c, err := prepare(&town).Circle(t.Context(), walk.Query{Origin: draw.At(-100, 0), Minutes: []int{3, 5}, SpeedMPS: 1, At: noon, Of: of})
		if err != nil {
			t.Fatal(err)
		}
		places = map[geo.Feature]walk.Place{}
		for _, l := range c.Reachable {
			for _, p := range l.Places {
				places[p.Feature] = p
			}
		}
		return c.Bands[0].Buildings, places
	}
	n, places := ask() // the pole is 40 m from the street: 140 s
	if n != 1 {
		t.Errorf("%d buildings within 3 minutes, want 1", n)
	}
	// The outlines: 20 m and 15 m from the southern street.
	near(t, "shelter without exits", places[shelter].Minutes*60, 170+20, 1)
	near(t, "park", places[park].Minutes*60, 270+15, 1)
	draw.Add(&town, &geo.Gate{Kind: "entrance", Of: "B1"}, draw.Dot(0, 60)) // at the back, 40 m from the northern street
	draw.Add(&town, &geo.Gate{Kind: "exit", Of: "S1"}, draw.Dot(100, 80))
	draw.Add(&town, &geo.Gate{Kind: "exit", Of: "S1", Foot: "none"}, draw.Dot(100, 20))
	if n, places = ask(); n != 0 {
		t.Error("the building is not entered through its entrance")
	}
	if _, reached := places[shelter]; reached {
		t.Error("the shelter is entered through a gate that lets nobody pass")
	}
}

func TestIslands(t *testing.T) {
	var town draw.Town
	crossTown(&town)
	town.Street(nil, 0, 500, 400, 500, 400, 900) // cut off, 800 m long
	town.Street(nil, 150, -20, 250, -20)         // cut off, 100 m long: not joined
	island := booth(&town, 100, 500)
	hidden := draw.Add(&town, &geo.Booth{}, draw.Dot(-600, 0))
	path := booth(&town, 200, -21)
	m := prepare(&town)
	got := minutesTo(t, m, walk.Query{Origin: draw.At(0, 0)})
	near(t, "beside the loose path", got[path]*60, 221, 0.01)
	nearest, err := m.Nearest(t.Context(), walk.Query{Origin: draw.At(0, 0), At: noon, Of: booths(t)}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(nearest.Places) != 2 {
		t.Errorf("%d places, want 2", len(nearest.Places))
	}
	reasons := map[geo.Feature]string{}
	for _, u := range nearest.Unreachable {
		reasons[u.Feature] = u.Reason
	}
	if reasons[island] != walk.OtherIsland || reasons[hidden] != walk.NoStreet || len(reasons) != 2 {
		t.Errorf("unreachable: %v", reasons)
	}
	var none *walk.NoRoute
	if _, err := m.Route(t.Context(), draw.At(0, 0), draw.At(100, 500), walk.Query{At: noon}); !errors.As(err, &none) || none.Reason != walk.OtherIsland {
		t.Errorf("route to the island: %v", err)
	}
}
