package walk_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// BenchmarkBesidePgRouting asks for what is reached in 5, 10 and 15 minutes from
// random buildings of the demo city, of ourselves and of pgRouting with PostGIS
// on the same links, one after the other in one run:
//
//   - lists, outlines: our circle with all service places and sums, with outlines too;
//   - plain: pgr_drivingDistance over all links, nodes only;
//   - box: over the links that a walk of 15 minutes may use, by a spatial index;
//   - hulls: that, three concave hulls of the nodes, and buildings and people inside
//     each.
//
// Beside the time on the clock stands that of the processor, ours and the server's
// process's, which other programs disturb less: times-lists and times-outlines say
// how many of our answers one of theirs is worth of it. Their table is packed in order of place,
// analysed, in memory, with an index; each statement is prepared once, and the
// planner is kept from joining the whole table of nodes.
func BenchmarkBesidePgRouting(b *testing.B) {
	m := mapOf(b, "demo")
	if err := m.Warm(b.Context(), noon); err != nil {
		b.Fatal(err)
	}
	origins := benchOrigins(m, 500)
	own := map[string]time.Duration{}
	for _, c := range []struct {
		name     string
		outlines bool
	}{{"lists", false}, {"outlines", true}} {
		b.Run("gridatlas/"+c.name, func(b *testing.B) {
			q := walk.Query{Minutes: []int{5, 10, 15}, SpeedMPS: walk.AdultSpeed, At: noon, Of: everything(b), Outlines: c.outlines}
			own[c.name] = pgtest.Stopwatch(pgtest.Thread).Median(b, len(origins), func(i int) {
				q.Origin = origins[i].at
				if _, err := m.Circle(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
	conn := judges(b)
	benchTables(b, conn, m)
	server := pgtest.Backend(b, conn)
	for _, c := range []struct{ name, query string }{
		{"plain", `SELECT count(*) FROM pgr_drivingDistance(
			'SELECT id, source, target, cost, reverse_cost FROM links', $1::bigint, 1080000) WHERE $2::bytea IS NOT NULL`},
		{"box", `SELECT count(*) FROM pgr_drivingDistance(` + linksInReach + `, $1::bigint, 1080000)`},
		{"hulls", `WITH reached AS MATERIALIZED (
				SELECT agg_cost, point FROM pgr_drivingDistance(` + linksInReach + `, $1::bigint, 1080000) JOIN nodes ON nodes.id = node),
			hulls AS MATERIALIZED (
				SELECT minutes, ST_ConcaveHull(ST_Collect(point), 0.3) AS hull
				FROM (VALUES (5), (10), (15)) AS band(minutes) JOIN reached ON agg_cost <= minutes * 72000 GROUP BY minutes),
			inside AS (
				SELECT minutes, count(*) AS buildings, sum(households), sum(people)
				FROM hulls JOIN buildings ON ST_Covers(hull, pole) GROUP BY minutes)
			SELECT coalesce(sum(buildings), 0)::bigint FROM inside`},
	} {
		b.Run("pgRouting/"+c.name, func(b *testing.B) {
			theirs := server.Median(b, len(origins), func(i int) {
				var n int64
				if err := conn.QueryRow(b.Context(), c.query, origins[i].node, asWKB(b, geo.PointShape(origins[i].at))).Scan(&n); err != nil || n == 0 {
					b.Fatal(n, err)
				}
			})
			for name, ours := range own {
				b.ReportMetric(float64(theirs)/float64(ours), "times-"+name)
			}
		})
	}
}

// linksInReach is the text of the query for the links within 1,080 m of the
// origin: its second argument.
const linksInReach = `format('SELECT id, source, target, cost, reverse_cost FROM links WHERE line && %L::geometry',
	ST_Expand(ST_GeomFromWKB($2::bytea, 4326), 1080 / 89000.0, 1080 / 111000.0))`

type benchOrigin struct {
	at   geo.Point
	node int64
}

// benchOrigins draws buildings; pgRouting starts at a node of the street that is
// joined there.
func benchOrigins(m *walk.Map, n int) []benchOrigin {
	rng := rand.New(rand.NewPCG(1, 3))
	homes := m.Poles()
	var list []benchOrigin
	for len(list) < n {
		at := homes[rng.IntN(len(homes))]
		if foot, ok := m.Network().Snap(at, nil); ok {
			list = append(list, benchOrigin{at, int64(m.Network().Edges[foot.Edge].Tail)})
		}
	}
	return list
}

// benchTables writes links with doors open both ways, nodes and buildings. The
// costs are milliseconds at a metre a second; at 1.2 m/s 15 minutes are 1,080 s.
func benchTables(b *testing.B, conn *pgx.Conn, m *walk.Map) {
	b.Helper()
	net := m.Network()
	linksOf(net, nil, shutNodes(b, net)).write(b, conn)
	var nodes, buildings [][]any
	for node := range int32(net.Nodes()) {
		nodes = append(nodes, []any{int64(node), asWKB(b, geo.PointShape(net.Point(node)))})
	}
	for building := range snapshot.All[*geo.Building](m.Snapshot()) {
		buildings = append(buildings, []any{
			asWKB(b, geo.PointShape(walk.Pole(building.Shape))), building.Households.Or(0), building.Residents.Or(0),
		})
	}
	sql(b, conn, `CREATE TABLE given_nodes (id bigint PRIMARY KEY, point bytea);
		CREATE TABLE given_buildings (pole bytea, households int, people int)`)
	fill(b, conn, "given_nodes", []string{"id", "point"}, nodes)
	fill(b, conn, "given_buildings", []string{"pole", "households", "people"}, buildings)
	sql(b, conn, `DELETE FROM links WHERE greatest(source, target) >= `+strconv.Itoa(net.Nodes()))
	sql(b, conn, `ALTER TABLE links RENAME TO given_links;
		CREATE TABLE nodes AS SELECT id, ST_GeomFromWKB(point, 4326) AS point FROM given_nodes;
		ALTER TABLE nodes ADD PRIMARY KEY (id);
		CREATE TABLE links AS
			SELECT l.id, source, target, cost, CASE WHEN cost = 0 THEN 0 ELSE reverse_cost END AS reverse_cost,
				ST_MakeLine(a.point, b.point) AS line
			FROM given_links l JOIN nodes a ON a.id = source JOIN nodes b ON b.id = target ORDER BY a.point;
		CREATE INDEX ON links USING gist (line);
		CREATE TABLE buildings AS SELECT ST_GeomFromWKB(pole, 4326) AS pole, households, people FROM given_buildings ORDER BY 1;
		CREATE INDEX ON buildings USING gist (pole);
		ANALYZE nodes; ANALYZE links; ANALYZE buildings;
		SET jit = off; SET enable_hashjoin = off; SET enable_mergejoin = off`) // the planner takes the few nodes reached for thousands
}
