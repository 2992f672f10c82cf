package walk_test

import (
	"context"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"

	"gridatlas/data/demo/demotest"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// judgedCities are what outside judges look at: the demo city and extracts.
var judgedCities = []string{"demo", "osm/monaco-2016.osm.pbf", "osm/helsinki-centre-2019.osm.pbf", "osm-china/guixi-jiangxi-city.osm"}

// mapOf prepares a city, once for all judges.
func mapOf(t testing.TB, name string) *walk.Map {
	t.Helper()
	judgedMaps.Lock()
	defer judgedMaps.Unlock()
	if m, ok := judgedMaps.of[name]; ok {
		return m
	}
	m := walk.Prepare(city(t, name), nil)
	judgedMaps.of[name] = m
	return m
}

var judgedMaps = struct {
	sync.Mutex
	of map[string]*walk.Map
}{of: map[string]*walk.Map{}}

// city makes the demo city or reads an extract, once for all tests.
func city(t testing.TB, name string) *snapshot.Snapshot {
	t.Helper()
	cities.Lock()
	defer cities.Unlock()
	if s, ok := cities.of[name]; ok {
		return s
	}
	read := extract
	if name == "demo" {
		read = demoCity
	}
	s := read(t, name)
	cities.of[name] = s
	return s
}

var cities = struct {
	sync.Mutex
	of map[string]*snapshot.Snapshot
}{of: map[string]*snapshot.Snapshot{}}

func demoCity(t testing.TB, _ string) *snapshot.Snapshot {
	t.Helper()
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	return demotest.City(t, 0)
}

// streetsOf leaves of a city what its network is made of, each street changed.
func streetsOf(s *snapshot.Snapshot, change func(*geo.Street)) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, layer := range []geo.Layer{geo.Streets, geo.Gates, geo.Barriers, geo.Compounds, geo.Closures, geo.Land} {
		for f := range s.Layer(layer).After(0) {
			if st, ok := f.(*geo.Street); ok {
				st = geo.Clone(st).(*geo.Street)
				change(st)
				f = st
			}
			b.Add(f)
		}
	}
	return b.Build(s.Head())
}

// howMany reads a number from the environment: short forms run with make test,
// long ones by hand.
func howMany(t testing.TB, name string, short int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// judges opens a schema of a PostgreSQL with PostGIS and pgRouting.
func judges(t testing.TB) *pgx.Conn {
	t.Helper()
	if testing.Short() {
		t.Skip("outside judges are asked in the full run")
	}
	cluster := pgtest.Start(t)
	cluster.Extension(t, "pgrouting", "postgresql-15-pgrouting")
	conn, err := pgx.Connect(t.Context(), cluster.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	sql(t, conn, `DO $$ BEGIN EXECUTE 'CREATE SCHEMA ' || split_part(current_setting('search_path'), ',', 1); END $$`)
	return conn
}

func sql(t testing.TB, conn *pgx.Conn, text string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// fill copies rows into a table.
func fill(t testing.TB, conn *pgx.Conn, table string, columns []string, rows [][]any) {
	t.Helper()
	n, err := conn.CopyFrom(t.Context(), pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	if err != nil || n != int64(len(rows)) {
		t.Fatalf("%s: %d of %d rows: %v", table, n, len(rows), err)
	}
}

// asWKB returns a shape as a database reads it.
func asWKB(t testing.TB, s geo.Shape) []byte {
	t.Helper()
	bytes, err := wkb.Marshal(crs.ToOrb(s))
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// links is a network as the table that pgRouting reads. It has one rule that a
// plain graph has not: who starts in a residents' ground may leave it, others may
// only go in. Nodes of grounds are therefore there twice, as in the search: the
// node, which doors lead into, and at node + net.Nodes() the one to start from,
// which doors lead out of.
type links struct {
	net  *street.Network
	rows [][]any // id, source, target, cost, reverse_cost
}

var linkColumns = []string{"id", "source", "target", "cost", "reverse_cost"}

// linksOf lists what can be walked: closed edges and what joins a shut node are
// left out.
func linksOf(net *street.Network, closed *street.Closed, shut map[int32]bool) *links {
	l := &links{net: net}
	add := func(tail, head int64, cost, reverse int32) {
		l.rows = append(l.rows, []any{int64(len(l.rows)), tail, head, float64(cost), float64(reverse)})
	}
	for i := range net.Edges {
		e := &net.Edges[i]
		if closed.Edge(int32(i)) || shut[e.Tail] || shut[e.Head] {
			continue
		}
		cost := e.MM + e.ExtraMM + e.WaitMS // milliseconds at a metre a second
		reverse := cost
		if e.Oneway {
			reverse = -1
		}
		add(int64(e.Tail), int64(e.Head), cost, reverse)
		if e.Ground > 0 {
			add(l.leaving(e.Tail), l.leaving(e.Head), cost, reverse)
		}
	}
	for node := range int32(net.Nodes()) {
		if shut[node] {
			continue
		}
		for _, link := range net.Links[net.FirstOut[node]:net.FirstOut[node+1]] {
			if shut[link.Head] {
				continue
			}
			switch link.Way {
			case street.Enter:
				add(int64(node), int64(link.Head), 0, -1)
			case street.Leave:
				add(l.leaving(node), int64(link.Head), 0, -1)
			}
		}
	}
	for node := l.publicNodes(); node < int32(net.Nodes()); node++ {
		if !shut[node] {
			add(l.leaving(node), int64(node), 0, -1)
		}
	}
	return l
}

// publicNodes returns the number of nodes of public streets, which come first.
func (l *links) publicNodes() int32 {
	for i := range l.net.Edges {
		if l.net.Edges[i].Ground > 0 {
			first, _ := l.net.Ground(1)
			return first
		}
	}
	return int32(l.net.Nodes())
}

func (l *links) leaving(node int32) int64 { return int64(node) + int64(l.net.Nodes()) }

func (l *links) write(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	sql(t, conn, `CREATE TABLE links (id bigint PRIMARY KEY, source bigint, target bigint, cost float8, reverse_cost float8)`)
	fill(t, conn, "links", linkColumns, l.rows)
}

// shutNodes returns the nodes that let nobody through from noon on for an hour,
// the longest walk. Nodes that do so for a part of it are beyond a plain graph:
// the test must take another instant.
func shutNodes(t testing.TB, net *street.Network) map[int32]bool {
	t.Helper()
	shut := map[int32]bool{}
	for node := range int32(net.Nodes()) {
		for _, gate := range net.Gates(node) {
			closed := [2]bool{}
			for i := range closed {
				state := gate.Schedule.At(noon.Add(time.Duration(i)*time.Hour), hours.China())
				closed[i] = gate.Shut || state.Known && !state.Open
			}
			if closed[0] != closed[1] {
				t.Fatalf("the gate %d opens or closes in the hour after %v", gate.Feature.ID, noon)
			}
			if closed[0] && gate.Feature.InEffect(geo.InstantOf(noon)) {
				shut[node] = true
			}
		}
	}
	return shut
}
