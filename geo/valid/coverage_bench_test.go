package valid_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/twpayne/go-geos"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/dirty"
)

// demoGrids are the grids of the demo city, an exact coverage.
func demoGrids(t testing.TB) []geo.Shape {
	t.Helper()
	var grids []geo.Shape
	for change, err := range demo.Weifang(demo.Options{}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		if grid, ok := change.After.(*geo.Grid); ok {
			grids = append(grids, grid.Shape)
		}
	}
	return grids
}

func TestDemoGridsAreClean(t *testing.T) {
	grids := demoGrids(t)
	mended, faults, err := valid.MendCoverage(context.Background(), valid.Coverage{Members: grids}, size)
	if err != nil {
		t.Fatal(err)
	}
	for i, grid := range grids {
		if !mended.Members[i].Equal(grid) {
			t.Fatalf("grid %d was changed", i)
		}
	}
	if len(faults) > 0 {
		t.Errorf("%d faults, the first %v", len(faults), faults[0])
	}
}

// The grids of the demo city as they are and with forty faults, and 100 members of
// which every border was drawn twice. GEOS only makes the union, which finds no
// overlap and names no place.
func BenchmarkCoverage(b *testing.B) {
	grids := demoGrids(b)
	for _, given := range []struct {
		name    string
		members []geo.Shape
	}{
		{"demo grids", grids},
		{"demo grids with 40 faults", dirty.Plant(rand.New(rand.NewPCG(1, 5)), grids, 40).Members},
		{"drawn twice", drawnApart(rand.New(rand.NewPCG(1, 8)), 10, 10)},
	} {
		b.Run("check/"+given.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				faults, err := valid.CheckCoverage(context.Background(), valid.Coverage{Members: given.members})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(faults)), "faults")
			}
		})
		b.Run("mend/"+given.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := valid.MendCoverage(context.Background(), valid.Coverage{Members: given.members}, size); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("GEOS union/"+given.name, func(b *testing.B) {
			c := geos.NewContext()
			var all []*geos.Geom
			for _, m := range given.members {
				all = append(all, toGEOS(b, c, m))
			}
			for b.Loop() {
				c.NewCollection(geos.TypeIDGeometryCollection, clones(all)).UnaryUnion()
			}
		})
	}
}

func clones(all []*geos.Geom) []*geos.Geom {
	copies := make([]*geos.Geom, len(all))
	for i, g := range all {
		copies[i] = g.Clone()
	}
	return copies
}
