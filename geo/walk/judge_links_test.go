package walk_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

// TestAgreesWithPgRouting: the fastest walk between two junctions takes as long as
// pgr_dijkstraCost says on the same links, to the millisecond; and in a city where
// nothing slows a walk it is as long, to the millimetre. PAIRS says how many walks.
func TestAgreesWithPgRouting(t *testing.T) {
	pairs := howMany(t, "PAIRS", 200)
	level := func(st *geo.Street) { st.Steps, st.Crossing = false, false }
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			rng := seedtest.New(t)
			m := mapOf(t, name)
			t.Run("milliseconds", func(t *testing.T) {
				againstDijkstra(t, rng, m, pairs, func(r *walk.Route) float64 { return r.Minutes * 60_000 })
			})
			t.Run("millimetres", func(t *testing.T) {
				againstDijkstra(t, rng, walk.Prepare(streetsOf(m.Snapshot(), level), nil), pairs, func(r *walk.Route) float64 { return r.Metres * 1000 })
			})
		})
	}
}

// junction is a node from which a walk starts where it stands.
type junction struct {
	at     geo.Point
	node   int32
	vertex int64 // of the graph, to start from
}

// junctionAt returns the junction that a walk from the place of a node starts at;
// false when the snapping rule takes the place elsewhere, or a gate stands there.
func (l *links) junctionAt(node int32, closed *street.Closed) (junction, bool) {
	at := l.net.Point(node)
	foot, ok := l.net.Snap(at, closed)
	if !ok || foot.Leg > 0 {
		return junction{}, false
	}
	e := &l.net.Edges[foot.Edge]
	switch foot.MM {
	case 0:
		node = e.Tail
	case e.MM:
		node = e.Head
	default:
		return junction{}, false
	}
	j := junction{at: at, node: node, vertex: int64(node)}
	if e.Ground > 0 {
		j.vertex = l.leaving(node)
	}
	return j, l.net.Gates(node) == nil && !closed.Node(node)
}

// pairs draws pairs of junctions up to 2.5 km apart: most within an hour's walk,
// some beyond.
func (l *links) pairs(t *testing.T, rng *rand.Rand, closed *street.Closed, n int) [][2]junction {
	t.Helper()
	var list [][2]junction
	for tries := 0; len(list) < n; tries++ {
		if tries > 100*n {
			t.Fatalf("only %d pairs of junctions were found", len(list))
		}
		from, ok := l.junctionAt(rng.Int32N(int32(l.net.Nodes())), closed)
		if !ok {
			continue
		}
		for range 1000 {
			node := rng.Int32N(int32(l.net.Nodes()))
			if crs.Distance(from.at, l.net.Point(node)) > 2500 {
				continue
			}
			if to, ok := l.junctionAt(node, closed); ok && to.node != from.node {
				list = append(list, [2]junction{from, to})
				break
			}
		}
	}
	return list
}

func againstDijkstra(t *testing.T, rng *rand.Rand, m *walk.Map, n int, measure func(*walk.Route) float64) {
	conn := judges(t)
	net := m.Network()
	closed := net.Limits(snapshot.All[*geo.Closure](m.Snapshot())).At(geo.InstantOf(noon), nil)
	l := linksOf(net, closed, shutNodes(t, net))
	l.write(t, conn)
	pairs := l.pairs(t, rng, closed, n)
	rows := make([][]any, len(pairs))
	for i, pair := range pairs {
		rows[i] = []any{pair[0].vertex, int64(pair[1].node)}
	}
	sql(t, conn, `CREATE TABLE pairs (source bigint, target bigint)`)
	fill(t, conn, "pairs", []string{"source", "target"}, rows)
	answers, err := conn.Query(t.Context(), `SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost(
		'SELECT id, source, target, cost, reverse_cost FROM links', 'SELECT DISTINCT source, target FROM pairs')`)
	if err != nil {
		t.Fatal(err)
	}
	costs := map[[2]int64]float64{}
	var from, to int64
	var cost float64
	if _, err := pgx.ForEachRow(answers, []any{&from, &to, &cost}, func() error {
		costs[[2]int64{from, to}] = cost
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	walked, beyond, grounds := 0, 0, 0
	public := l.publicNodes()
	for _, pair := range pairs {
		want, joined := costs[[2]int64{pair[0].vertex, int64(pair[1].node)}]
		r, err := m.Route(t.Context(), pair[0].at, pair[1].at, walk.Query{At: noon})
		var none *walk.NoRoute
		switch {
		case errors.As(err, &none):
			beyond++
			if joined && want <= walk.MaxMinutes*60_000 {
				t.Errorf("from %v to %v: %v, pgRouting takes %v", pair[0].at, pair[1].at, err, want)
			}
		case err != nil:
			t.Fatal(err)
		case !joined || math.Round(measure(r)) != want:
			t.Errorf("from %v to %v: %v, pgRouting takes %v (%v)", pair[0].at, pair[1].at, measure(r), want, joined)
		default:
			walked++
			if pair[0].vertex != int64(pair[0].node) || pair[1].node >= public {
				grounds++
			}
		}
	}
	t.Logf("%d links, %d walks are equal, %d of them from or into residents' grounds; %d pairs are more than an hour apart", len(l.rows), walked, grounds, beyond)
	if walked < n/4 {
		t.Errorf("only %d walks were compared", walked)
	}
}
