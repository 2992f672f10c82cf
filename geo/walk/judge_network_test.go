package walk_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// TestIslandsAgreeWithPgRouting: pgr_connectedComponents finds the pieces of
// network that the islands are, up to their names.
func TestIslandsAgreeWithPgRouting(t *testing.T) {
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			conn := judges(t)
			net := mapOf(t, name).Network()
			linksOf(net, nil, nil).write(t, conn)
			rows, err := conn.Query(t.Context(), `SELECT node, component FROM pgr_connectedComponents(
				'SELECT id, source, target, cost, reverse_cost FROM links')`)
			if err != nil {
				t.Fatal(err)
			}
			component := map[int64]int64{}
			var node, label int64
			if _, err := pgx.ForEachRow(rows, []any{&node, &label}, func() error {
				component[node] = label
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			islandOf, componentOf := map[int64]int32{}, map[int32]int64{}
			for i := range net.Edges {
				for _, node := range [2]int32{net.Edges[i].Tail, net.Edges[i].Head} {
					theirs, ours := component[int64(node)], net.Island(int32(i))
					if island, ok := islandOf[theirs]; ok && island != ours {
						t.Fatalf("islands %d and %d are one to pgRouting", island, ours)
					}
					if other, ok := componentOf[ours]; ok && other != theirs {
						t.Fatalf("island %d is two to pgRouting", ours)
					}
					islandOf[theirs], componentOf[ours] = ours, theirs
				}
			}
			if len(islandOf) != net.Islands() {
				t.Errorf("%d islands, %d components", net.Islands(), len(islandOf))
			}
			t.Logf("%d edges, %d islands", len(net.Edges), net.Islands())
		})
	}
}

// TestNetworkIsAsLongAsItsStreets: cutting, joining and folding lose nothing and
// add nothing. What the edges of each street measure is what PostGIS says of its
// line on the ellipsoid, within 0.1 % and a millimetre for each cut; so is each
// class of streets, and the shape of each edge.
func TestNetworkIsAsLongAsItsStreets(t *testing.T) {
	for _, name := range judgedCities {
		t.Run(filepath.Base(name), func(t *testing.T) {
			conn := judges(t)
			net, s := mapOf(t, name).Network(), mapOf(t, name).Snapshot()
			sql(t, conn, `CREATE TABLE sources (id bigint PRIMARY KEY, class text, foot text, line bytea);
				CREATE TABLE runs (street bigint, mm bigint);
				CREATE TABLE edges (id bigint PRIMARY KEY, mm bigint, line bytea)`)
			var sources, runs, edges [][]any
			for st := range snapshot.All[*geo.Street](s) {
				sources = append(sources, []any{st.ID, st.Class, st.Foot, asWKB(t, st.Shape)})
			}
			for i := range net.Edges {
				mm := net.Edges[i].MM
				edges = append(edges, []any{int64(i), int64(mm), asWKB(t, geo.LineShape(net.Shape(int32(i))))})
				if net.Edges[i].Square {
					continue // across a square there is no street
				}
				for _, run := range net.AppendRuns(nil, int32(i), 0, mm) {
					runs = append(runs, []any{run.Street.ID, int64(run.To - run.From)})
				}
			}
			fill(t, conn, "sources", []string{"id", "class", "foot", "line"}, sources)
			fill(t, conn, "runs", []string{"street", "mm"}, runs)
			fill(t, conn, "edges", []string{"id", "mm", "line"}, edges)

			const lengths = `WITH walkable AS (
					SELECT id, class, ST_Length(ST_GeomFromWKB(line, 4326)::geography) AS metres FROM sources
					WHERE foot IN ('yes', 'private') OR coalesce(foot, '') = '' AND class <> 'expressway'),
				ours AS (SELECT street, sum(mm) / 1000.0 AS metres, count(*) AS pieces FROM runs GROUP BY street) `
			compare := func(what, query string, least int) {
				rows, err := conn.Query(t.Context(), query)
				if err != nil {
					t.Fatal(err)
				}
				compared, worst := 0, 0.0
				var which string
				var theirs, ours float64
				var pieces int64
				if _, err := pgx.ForEachRow(rows, []any{&which, &theirs, &ours, &pieces}, func() error {
					compared++
					off := math.Abs(theirs - ours)
					worst = max(worst, off/max(theirs, 1))
					if off > theirs/1000+float64(pieces)/1000 {
						t.Errorf("%s %s: %.3f m, PostGIS measures %.3f m", what, which, ours, theirs)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				t.Logf("%d of %s, %.5f %% off at worst", compared, what, worst*100)
				if compared < least {
					t.Errorf("only %d of %s were compared", compared, what)
				}
			}
			compare("streets", lengths+`SELECT walkable.id::text, coalesce(walkable.metres, 0), coalesce(ours.metres, 0)::float8, coalesce(pieces, 0)
				FROM walkable FULL JOIN ours ON street = id`, 100)
			compare("classes", lengths+`SELECT class, sum(walkable.metres), sum(ours.metres)::float8, 0::bigint
				FROM walkable LEFT JOIN ours ON street = id GROUP BY class`, 3)
			compare("edges", `SELECT id::text, ST_Length(ST_GeomFromWKB(line, 4326)::geography), mm / 1000.0::float8, 1::bigint FROM edges`, 100)
		})
	}
}
