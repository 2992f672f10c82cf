package walk_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"sync"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/estimate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	draw "gridatlas/geo/street/streettest"
	"gridatlas/geo/walk"
)

// TestListsSumsAndRoutesAgree: what is listed, counted and routed is one answer.
func TestListsSumsAndRoutesAgree(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 16, spacing: 90, missing: 0.25, houses: 1, booths: 60, walls: 40, oneways: true, compound: 5}.build(rng)
	m := prepare(town)
	homes := middles(town)
	for _, toward := range []bool{false, true} {
		for range 5 {
			q := walk.Query{
				Origin: homes[rng.IntN(len(homes))], Minutes: []int{4, 9}, SpeedMPS: walk.ElderSpeed,
				At: noon, Of: booths(t), Toward: toward, Routes: true, OwnFigures: true,
			}
			c, err := m.Circle(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			route := func(p geo.Point) (minutes, metres float64, line geo.Shape) {
				from, to := q.Origin, p
				if toward {
					from, to = to, from
				}
				r, err := m.Route(t.Context(), from, to, walk.Query{SpeedMPS: q.SpeedMPS, At: q.At, Toward: toward})
				var tooFar *walk.TooFar
				var none *walk.NoRoute
				if errors.As(err, &tooFar) || errors.As(err, &none) {
					return math.Inf(1), 0, geo.Shape{}
				}
				if err != nil {
					t.Fatal(err)
				}
				sum := 0.0
				for _, step := range r.Steps {
					sum += step.Metres
				}
				near(t, "metres of the steps", sum, r.Metres, 1e-6)
				return r.Minutes, r.Metres, r.Line
			}
			listed := map[geo.Feature]walk.Place{}
			last := 0.0
			for _, place := range c.Reachable[0].Places {
				if place.Minutes < last {
					t.Error("the list is not sorted by minutes")
				}
				last = place.Minutes
				listed[place.Feature] = place
			}
			for b := range snapshot.All[*geo.Booth](m.Snapshot()) {
				minutes, metres, line := route(b.Shape.Points()[0])
				place, in := listed[b]
				if in != (minutes <= 9) {
					t.Errorf("booth %d at %.4f minutes: listed is %v", b.ID, minutes, in)
				}
				if in && (place.Minutes != minutes || place.Metres != metres || !place.Route.Equal(line)) {
					t.Errorf("booth %d: listed %v minutes, %v m, routed %v, %v", b.ID, place.Minutes, place.Metres, minutes, metres)
				}
			}
			var count [2]int
			var households, people, guessed [2]int64
			for b := range snapshot.All[*geo.Building](m.Snapshot()) {
				minutes, _, _ := route(walk.Pole(b.Shape))
				for i := range count {
					if minutes <= float64(q.Minutes[i]) {
						count[i]++
						households[i] += int64(b.Households.Value)
						people[i] += int64(b.Residents.Value)
						if estimate.Is(b) {
							guessed[i] += int64(b.Residents.Value)
						}
					}
				}
			}
			for i, band := range c.Bands {
				if band.Buildings != count[i] || band.Households.Value != households[i] || band.People.Value != people[i] || band.Known != 1 ||
					band.PeopleEstimated != guessed[i] || band.HouseholdsEstimated != 0 {
					t.Errorf("%d minutes: %+v, routes give %d buildings, %d households, %d people", band.Minutes, band, count[i], households[i], people[i])
				}
				if most := float64(band.Minutes) * 60 * q.SpeedMPS; band.MetresWalkedMax > most+0.01 || band.MetresWalkedMax < most*0.6 {
					t.Errorf("%d minutes: walked %v m, of %v at most", band.Minutes, band.MetresWalkedMax, most)
				}
			}
		}
	}
}

// TestReverseSymmetry: without one-way streets who can come is who can be gone
// to, in the same time; with them the way back is another question.
func TestReverseSymmetry(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 16, spacing: 90, missing: 0.25, houses: 1, booths: 80, compound: 5}.build(rng)
	m := prepare(town)
	homes := middles(town)
	for range 10 {
		q := walk.Query{Origin: homes[rng.IntN(len(homes))]}
		there := minutesTo(t, m, q)
		q.Toward = true
		back := minutesTo(t, m, q)
		if len(there) != len(back) {
			t.Errorf("%d places there, %d back", len(there), len(back))
		}
		for f, minutes := range there {
			if back[f] != minutes {
				t.Errorf("booth %d: %v there, %v back", f.Common().ID, minutes, back[f])
			}
		}
	}
}

// TestGroundsAgreeWithTwin walks residents' grounds with a plain twin over the
// network's own nodes, each in two states: the start's ground not left yet, or
// left. From public streets it goes into grounds and not out again.
func TestGroundsAgreeWithTwin(t *testing.T) {
	rng := seedtest.New(t)
	compared, inside := 0, 0
	for range 4 {
		s := plan{side: 14, spacing: 90, missing: 0.3, compound: 8}.build(rng).Snapshot()
		tw := newTwin(s)
		s = atCorners(s, tw, 3)
		m := walk.Prepare(s, nil)
		net := m.Network()
		for range 12 {
			start, ok := net.Snap(tw.at[rng.IntN(len(tw.at))], nil)
			if !ok {
				t.Fatal("a corner joins no street")
			}
			times := groundTwin(net, start)
			got := minutesTo(t, m, walk.Query{Origin: start.At})
			for f, minutes := range got {
				goal, ok := net.Snap(f.Common().Shape.Points()[0], nil)
				if !ok || goal.Edge == start.Edge {
					continue
				}
				e := net.Edges[goal.Edge]
				seconds := float64(e.MM+e.ExtraMM+e.WaitMS) / 1000
				share := float64(goal.MM) / float64(e.MM)
				want := min(times[e.Tail]+seconds*share, times[e.Head]+seconds*(1-share)) + float64(goal.Leg)/1000
				if math.Abs(minutes*60-want) > 0.2 {
					t.Errorf("from %v to %v: %.3f s, the twin takes %.3f s", start.At, goal.At, minutes*60, want)
				}
				compared++
				if e.Ground > 0 {
					inside++
				}
			}
		}
	}
	t.Logf("%d times compared, %d of them into residents' grounds", compared, inside)
	if inside == 0 {
		t.Error("no residents' ground was walked into")
	}
}

// groundTwin returns the seconds from a place to each node at 1 m/s by
// Bellman-Ford's method.
func groundTwin(net *street.Network, start street.Foot) []float64 {
	const kept, left = 0, 1
	var times [2][]float64
	for state := range times {
		times[state] = make([]float64, net.Nodes())
		for i := range times[state] {
			times[state][i] = math.Inf(1)
		}
	}
	e := net.Edges[start.Edge]
	seconds := float64(e.MM+e.ExtraMM+e.WaitMS) / 1000
	share := float64(start.MM) / float64(e.MM)
	first := left
	if e.Ground > 0 {
		first = kept
	}
	times[first][e.Tail] = seconds * share
	times[first][e.Head] = min(times[first][e.Head], seconds*(1-share))
	for changed := true; changed; {
		changed = false
		better := func(state int, node int32, t float64) {
			if t < times[state][node] {
				times[state][node] = t
				changed = true
			}
		}
		for node := range int32(net.Nodes()) {
			for _, link := range net.Links[net.FirstOut[node]:net.FirstOut[node+1]] {
				switch link.Way {
				case street.Enter:
					better(left, link.Head, times[left][node])
				case street.Leave:
					better(left, link.Head, times[kept][node])
				default:
					e := net.Edges[link.Way>>1]
					for state := range times {
						better(state, link.Head, times[state][node]+float64(e.MM+e.ExtraMM+e.WaitMS)/1000)
					}
				}
			}
		}
	}
	for i := range times[kept] {
		times[left][i] = min(times[left][i], times[kept][i])
	}
	return times[left]
}

// endsAt cancels itself when it has been asked a number of times.
type endsAt struct {
	context.Context
	asked *int
	limit int
}

func (c endsAt) Err() error {
	*c.asked++
	if *c.asked > c.limit {
		return context.Canceled
	}
	return nil
}

func TestCancelled(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 100, spacing: 30, missing: 0.1, booths: 10}.build(rng)
	m := prepare(town)
	of := booths(t)
	q := walk.Query{Origin: draw.Home, Minutes: []int{60}, At: noon, Of: of, Outlines: true}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Circle(ctx, q); !errors.Is(err, context.Canceled) {
		t.Errorf("circle: %v", err)
	}
	if _, err := m.Nearest(ctx, q, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("nearest: %v", err)
	}
	if _, err := m.Route(ctx, draw.Home, draw.At(500, 500), q); !errors.Is(err, context.Canceled) {
		t.Errorf("route: %v", err)
	}
	if err := m.Warm(ctx, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("warm: %v", err)
	}
	// In the middle of the search and of the outline too.
	for limit := range 6 {
		asked := 0
		_, err := m.Circle(endsAt{t.Context(), &asked, limit}, q)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at look %d: %v", limit+1, err)
		}
	}
	if _, err := m.Circle(t.Context(), q); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// TestStopsSoon: a search that nobody waits for any more goes on for less than
// 1,024 steps.
func TestStopsSoon(t *testing.T) {
	rng := seedtest.New(t)
	m := prepare(plan{side: 100, spacing: 30, missing: 0.1}.build(rng))
	q := walk.Query{Origin: draw.Home, Minutes: []int{60}, At: noon}
	for limit := range 6 {
		asked := 0
		settled, err := m.SettledAtOnce(endsAt{t.Context(), &asked, limit}, q)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at look %d: %v", limit+1, err)
		}
		if settled > 1024*(limit+1) {
			t.Errorf("cancelled at look %d: %d nodes were settled", limit+1, settled)
		}
	}
	if settled, err := m.SettledAtOnce(t.Context(), q); err != nil || settled < 6*1024 {
		t.Errorf("the whole search settles %d nodes: %v", settled, err)
	}
}

func TestPrepareShares(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 8, spacing: 90, houses: 1, booths: 10}.build(rng)
	s := town.Snapshot()
	m := walk.Prepare(s, nil)
	advance := func(f geo.Feature) *snapshot.Snapshot {
		return s.Advance(geo.Delta{Since: 1, Head: geo.Head{Epoch: 1, Revision: 2}, Changed: []geo.Feature{f}})
	}
	next := walk.Prepare(advance(&geo.Grid{Base: geo.Base{ID: 1, Shape: draw.Square(0, 0, 10)}}), m)
	if next.Network() != m.Network() || next.NetworkRevision() != 1 || next.Snapshot() == m.Snapshot() {
		t.Error("a grid changed, and the network was built anew")
	}
	fresh := &geo.Booth{Base: geo.Base{ID: 99, Shape: draw.Dot(5, 5)}}
	next = walk.Prepare(advance(fresh), m)
	got := minutesTo(t, next, walk.Query{Origin: draw.At(0, 0)})
	if _, reached := got[fresh]; !reached || next.Network() != m.Network() {
		t.Error("a new booth is not reached, or the network was built anew")
	}
	next = walk.Prepare(advance(&geo.Street{Base: geo.Base{ID: 9999, Shape: geo.LineShape(draw.Path(0, 0, 10, 10))}}), m)
	if next.Network() == m.Network() || next.NetworkRevision() != 2 {
		t.Error("a street changed, and the network stayed")
	}
}

func TestNearestAgreesWithCircle(t *testing.T) {
	rng := seedtest.New(t)
	town := plan{side: 20, spacing: 90, missing: 0.3, houses: 1, booths: 40, walls: 30}.build(rng)
	m := prepare(town)
	homes := middles(town)
	for range 20 {
		q := walk.Query{Origin: homes[rng.IntN(len(homes))], Minutes: []int{60}, At: noon, Of: booths(t)}
		c, err := m.Circle(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		limit := rng.IntN(12)
		n, err := m.Nearest(t.Context(), q, limit)
		if err != nil {
			t.Fatal(err)
		}
		want := c.Reachable[0].Places
		if len(n.Places) != min(limit, len(want)) {
			t.Fatalf("%d places, want %d", len(n.Places), min(limit, len(want)))
		}
		for i := range n.Places {
			if n.Places[i].Feature != want[i].Feature || n.Places[i].Minutes != want[i].Minutes {
				t.Errorf("place %d: %v minutes, the circle says %v", i, n.Places[i].Minutes, want[i].Minutes)
			}
		}
	}
}

func TestOpenNow(t *testing.T) {
	var town draw.Town
	crossTown(&town)
	away := draw.Add(&town, &geo.Booth{Hours: "24/7", Status: "away", StatusAt: geo.InstantOf(noon), BackAt: geo.InstantOf(noon.AddDate(0, 0, 4))}, draw.Dot(50, 1))
	doubted := draw.Add(&town, &geo.Booth{Hours: "24/7", Status: "open", StatusAt: geo.InstantOf(noon.AddDate(0, 0, -14))}, draw.Dot(55, 1))
	unknown := draw.Add(&town, &geo.Booth{}, draw.Dot(60, 1))
	moved := draw.Add(&town, &geo.Booth{Status: "moved"}, draw.Dot(70, 1))
	later := draw.Add(&town, &geo.Booth{Base: geo.Base{From: geo.InstantOf(noon) + 1}}, draw.Dot(80, 1))
	m := prepare(&town)
	for when, want := range map[time.Time]bool{noon: true, noon.Add(7 * time.Hour): false, noon.AddDate(0, 0, 3): false} {
		c, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, 0), Minutes: []int{60}, At: when, Of: booths(t)})
		if err != nil {
			t.Fatal(err)
		}
		for _, place := range c.Reachable[0].Places {
			switch place.Feature {
			case away:
				if place.OpenNow != geo.Some(false) {
					t.Errorf("away: %v", place.OpenNow)
				}
			case unknown, doubted:
				if place.OpenNow.Known {
					t.Errorf("%+v: %v", place.Feature, place.OpenNow)
				}
			case moved:
				t.Error("a booth that has moved is listed")
			case later:
				if when.Equal(noon) {
					t.Error("a booth of tomorrow is listed")
				}
			default:
				if place.OpenNow != geo.Some(want) {
					t.Errorf("at %v: %v", when, place.OpenNow)
				}
			}
		}
	}
}

func TestParseCategories(t *testing.T) {
	for of, want := range map[string]int{"": 4, "booths": 1, "booths, booths.shoe,facilities.clinic": 3, "booths,booths": 1} {
		list, err := walk.ParseCategories(of)
		if err != nil || len(list) != want {
			t.Errorf("%q: %v, %v", of, list, err)
		}
	}
	for _, of := range []string{"booth", "booths.baker", "streets", "booths.", ",", "booths,,"} {
		if list, err := walk.ParseCategories(of); err == nil {
			t.Errorf("%q is taken as %v", of, list)
		}
	}
}

func TestBadQueries(t *testing.T) {
	var town draw.Town
	crossTown(&town)
	m := prepare(&town)
	for _, minutes := range [][]int{nil, {0}, {61}, {10, 5}, {5, 5}, {1, 2, 3, 4, 5, 6, 7}} {
		if _, err := m.Circle(t.Context(), walk.Query{Origin: draw.At(0, 0), Minutes: minutes}); err == nil {
			t.Errorf("minutes %v are taken", minutes)
		}
	}
	empty := walk.Prepare(snapshot.Empty(), nil)
	var far *walk.TooFar
	if _, err := empty.Circle(t.Context(), walk.Query{Origin: draw.At(0, 0), Minutes: []int{5}, Outlines: true}); !errors.As(err, &far) {
		t.Errorf("on an empty map: %v", err)
	}
	if err := empty.Warm(t.Context(), noon); err != nil {
		t.Error(err)
	}
}

// TestSharedMap asks one map from many goroutines at once, on a field that is
// made meanwhile: each gets the answer that one alone gets.
func TestSharedMap(t *testing.T) {
	rng := seedtest.New(t)
	s := plan{side: 12, spacing: 90, missing: 0.2, houses: 1, booths: 20, walls: 20}.build(rng).Snapshot()
	var origins []geo.Point
	for b := range snapshot.All[*geo.Building](s) {
		if origins = append(origins, b.Shape.Box().Centre()); len(origins) == 16 {
			break
		}
	}
	ask := func(m *walk.Map, p geo.Point) *walk.Circle {
		c, err := m.Circle(t.Context(), walk.Query{Origin: p, Minutes: []int{3, 6}, At: noon, Of: booths(t), Outlines: true, Routes: true})
		if err != nil {
			t.Error(err)
		}
		return c
	}
	var want []*walk.Circle
	alone := walk.Prepare(s, nil)
	for _, p := range origins {
		want = append(want, ask(alone, p))
	}
	m := walk.Prepare(s, nil)
	var crowd sync.WaitGroup
	for range 4 {
		crowd.Go(func() {
			for i, p := range origins {
				if got := ask(m, p); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("from %v: another answer in the crowd", p)
				}
			}
		})
	}
	crowd.Wait()
}
