package walk_test

import (
	"container/heap"
	"context"
	"math"
	"path/filepath"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

// twin is the slow plain network: every corner of every street a node, every
// piece between two corners an edge, in float seconds at 1 m/s. It knows no
// gates, grounds and closures.
type twin struct {
	nodes map[geo.Point]int
	at    []geo.Point
	out   [][]twinEdge
}

type twinEdge struct {
	to      int
	seconds float64
}

func newTwin(s *snapshot.Snapshot) *twin {
	tw := &twin{nodes: map[geo.Point]int{}}
	node := func(p geo.Point) int {
		n, ok := tw.nodes[p]
		if !ok {
			n = len(tw.at)
			tw.nodes[p] = n
			tw.at = append(tw.at, p)
			tw.out = append(tw.out, nil)
		}
		return n
	}
	for st := range snapshot.All[*geo.Street](s) {
		if st.Foot == "no" || st.Foot == "" && st.Class == "expressway" {
			continue
		}
		whole := 0.0
		for part := range st.Shape.Parts() {
			whole += crs.Length(part.Points)
		}
		for part := range st.Shape.Parts() {
			for i := 1; i < len(part.Points); i++ {
				a, b := node(part.Points[i-1]), node(part.Points[i])
				length := crs.Distance(part.Points[i-1], part.Points[i])
				seconds := length
				if st.Steps {
					seconds *= street.StepsFactor
				} else if st.Crossing {
					seconds += street.CrossingWait.Seconds() * length / whole
				}
				tw.out[a] = append(tw.out[a], twinEdge{b, seconds})
				if !st.OnewayFoot.Value {
					tw.out[b] = append(tw.out[b], twinEdge{a, seconds})
				}
			}
		}
	}
	return tw
}

type twinItem struct {
	node    int
	seconds float64
}
type twinHeap []twinItem

func (h twinHeap) Len() int           { return len(h) }
func (h twinHeap) Less(i, j int) bool { return h[i].seconds < h[j].seconds }
func (h twinHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *twinHeap) Push(x any)        { *h = append(*h, x.(twinItem)) }
func (h *twinHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// times returns the seconds from a node to all others. It checks its own answer:
// no edge can improve a time, and each reached node has an edge that explains it.
func (tw *twin) times(t testing.TB, start int) []float64 {
	t.Helper()
	times := make([]float64, len(tw.at))
	for i := range times {
		times[i] = math.Inf(1)
	}
	times[start] = 0
	queue := &twinHeap{{start, 0}}
	explained := make([]bool, len(tw.at))
	explained[start] = true
	for queue.Len() > 0 {
		item := heap.Pop(queue).(twinItem)
		if item.seconds > times[item.node] {
			continue
		}
		for _, e := range tw.out[item.node] {
			if next := item.seconds + e.seconds; next < times[e.to] {
				times[e.to] = next
				heap.Push(queue, twinItem{e.to, next})
			}
		}
	}
	for n, edges := range tw.out {
		for _, e := range edges {
			if times[n]+e.seconds < times[e.to] {
				t.Fatalf("the twin's edge %d-%d improves a time", n, e.to)
			}
			explained[e.to] = explained[e.to] || times[n]+e.seconds == times[e.to]
		}
	}
	for n := range explained {
		if !explained[n] && !math.IsInf(times[n], 1) {
			t.Fatalf("nothing explains the time of the twin's node %d", n)
		}
	}
	return times
}

// atCorners is the town with a booth on corners of its streets, so that a listing
// gives the time to the corner.
func atCorners(s *snapshot.Snapshot, tw *twin, step int) *snapshot.Snapshot {
	var changed []geo.Feature
	for i := 0; i < len(tw.at); i += step {
		changed = append(changed, &geo.Booth{Base: geo.Base{ID: int64(1_000_000 + i), Shape: geo.PointShape(tw.at[i])}, Trades: []string{"watch"}})
	}
	return s.Advance(geo.Delta{Since: 1, Head: geo.Head{Revision: 2}, Changed: changed})
}

// agree compares the times from some corners to all others with the twin's.
func agree(t *testing.T, s *snapshot.Snapshot, origins int) {
	t.Helper()
	tw := newTwin(s)
	s = atCorners(s, tw, 7)
	m := walk.Prepare(s, nil)
	of, err := walk.ParseCategories("booths.watch")
	if err != nil {
		t.Fatal(err)
	}
	compared, worst, apart := 0, 0.0, 0
	for i := range origins {
		start := i * len(tw.at) / origins
		times := tw.times(t, start)
		c, err := m.Circle(t.Context(), walk.Query{Origin: tw.at[start], Minutes: []int{60}, At: noon, Of: of})
		if err != nil {
			t.Fatal(err)
		}
		// Corners of bridges and of small pieces cut off join elsewhere, by the
		// snapping rule: compare where both ends join where they stand.
		if c.Origin.AccessMetres > 0 {
			continue
		}
		got := map[geo.Point]walk.Place{}
		for _, place := range c.Reachable[0].Places {
			got[place.At] = place
		}
		for n := 0; n < len(tw.at); n += 7 {
			p := tw.at[n]
			place, reached := got[p]
			if reached && m.Leg(place) > 0 {
				continue
			}
			if !reached {
				if times[n] < 60*60-1 && m.JoinsAt(p) {
					t.Errorf("from %v to %v: not reached, the twin takes %.3f s", tw.at[start], p, times[n])
				}
				continue
			}
			off := math.Abs(place.Minutes*60 - times[n])
			if off > 0.05 {
				apart++
				if apart < 5 {
					t.Errorf("from %v to %v: %.3f s, the twin takes %.3f s", tw.at[start], p, place.Minutes*60, times[n])
				}
			}
			worst = max(worst, off)
			compared++
		}
	}
	// Each edge is rounded to a millisecond: dozens of them stay under 50.
	t.Logf("%d corners, %d times compared, worst difference %.1f ms", len(tw.at), compared, worst*1000)
	if compared < origins {
		t.Errorf("only %d times compared", compared)
	}
}

func TestAgreesWithTwin(t *testing.T) {
	rng := seedtest.New(t)
	for range 6 {
		agree(t, plan{side: 18, spacing: 90, missing: 0.25, oneways: true}.build(rng).Snapshot(), 20)
	}
}

// extract reads an OpenStreetMap extract from the folder of test data.
func extract(t testing.TB, name string) *snapshot.Snapshot {
	t.Helper()
	result, err := osm.ReadFile(context.Background(), osmtest.File(t, name), osm.Options{Repair: true})
	if err != nil {
		t.Fatal(err)
	}
	b := snapshot.NewBuilder()
	ids := map[geo.Layer]int64{}
	for _, f := range result.Features {
		ids[f.Layer()]++
		f.Common().ID = ids[f.Layer()]
		b.Add(f)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 1})
}

var extracts = []string{
	"osm-china/guixi-jiangxi-city.osm", "osm-china/shanghai-baoshan-shu.osm",
	"osm/helsinki-centre-2019.osm.pbf", "osm/monaco-2016.osm.pbf",
}

// TestAgreesWithTwinOnRealStreets leaves gates, compounds, closures and private
// streets out, which the twin does not know, and puts all levels on the ground.
func TestAgreesWithTwinOnRealStreets(t *testing.T) {
	for _, name := range extracts {
		t.Run(filepath.Base(name), func(t *testing.T) {
			s := city(t, name)
			b := snapshot.NewBuilder()
			for st := range snapshot.All[*geo.Street](s) {
				flat := geo.Clone(st).(*geo.Street)
				flat.Level, flat.Bridge, flat.Tunnel = geo.Opt[int32]{}, false, false
				if flat.Foot == "private" {
					flat.Foot = "yes"
				}
				b.Add(flat)
			}
			agree(t, b.Build(geo.Head{Revision: 1}), 40)
		})
	}
}
