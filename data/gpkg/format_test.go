package gpkg_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// plain opens a file as any SQLite program would.
func plain(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() }) //nolint:errcheck // the end of a test
	return db
}

func ask[T any](tb testing.TB, db *sql.DB, query string, args ...any) (v T) {
	tb.Helper()
	if err := db.QueryRow(query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

// TestRTree holds that SQLite finds the packed tree sound, after the load and
// after ordinary writes, and that it answers as a search through all boxes does.
func TestRTree(t *testing.T) {
	for _, n := range []int{200, 201, 2300, 30000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			rng := rand.New(rand.NewPCG(seed, 0))
			path := filepath.Join(t.TempDir(), "city.gpkg")
			s, err := gpkg.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close() //nolint:errcheck // the end of a test
			shape := func() geo.Shape {
				x, y := rng.Int32N(2e7)+119e7, rng.Int32N(2e7)+36e7
				return geo.PolygonShape([]geo.Point{{X: x, Y: y}, {X: x + 1 + rng.Int32N(9000), Y: y}, {X: x, Y: y + 1 + rng.Int32N(9000)}})
			}
			boxes := map[int64]geo.Box{}
			write := func(changes ...geo.Change) {
				t.Helper()
				if _, err := s.Apply(t.Context(), geo.ChangeSet{Changes: geo.Changes(changes...)}); err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					if c.After == nil {
						delete(boxes, c.Key.ID)
					} else {
						boxes[c.After.Common().ID] = c.After.Common().Shape.Box()
					}
				}
			}
			var first []geo.Change
			for range n {
				first = append(first, geo.Insert(&geo.LandArea{Base: geo.Base{Shape: shape()}}))
			}
			write(first...)
			check := func() {
				t.Helper()
				db := plain(t, path)
				if answer := ask[string](t, db, "SELECT rtreecheck('rtree_land_geom')"); answer != "ok" {
					t.Fatalf("rtreecheck: %s", answer)
				}
				if got := ask[int](t, db, "SELECT count(*) FROM rtree_land_geom"); got != len(boxes) {
					t.Errorf("%d boxes in the tree, want %d", got, len(boxes))
				}
				for range 50 {
					w, south := rng.Int32N(2e7)+119e7, rng.Int32N(2e7)+36e7
					box := geo.Box{W: w, S: south, E: w + rng.Int32N(1e6), N: south + rng.Int32N(1e6)}
					want := 0
					for _, b := range boxes {
						if b.Intersects(box) {
							want++
						}
					}
					const query = `SELECT count(*) FROM rtree_land_geom WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?`
					got := ask[int](t, db, query, float64(box.E)/1e7, float64(box.W)/1e7, float64(box.N)/1e7, float64(box.S)/1e7)
					if got < want || got > want+want/10+3 { // the tree rounds outwards to 32 bits
						t.Errorf("%d in %v, want %d", got, box, want)
					}
				}
			}
			check()
			var second []geo.Change
			for i, c := range first[:150] {
				switch i % 3 {
				case 0:
					second = append(second, geo.Delete(c.After))
				case 1:
					next := geo.Clone(c.After)
					next.Common().Shape = shape()
					second = append(second, geo.Replace(next))
				default:
					second = append(second, geo.Insert(&geo.LandArea{Base: geo.Base{Shape: shape()}}))
				}
			}
			write(second...)
			check()
		})
	}
}
