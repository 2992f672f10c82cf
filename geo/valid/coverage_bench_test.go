package valid_test

import (
	"context"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/geo"
	"gridatlas/geo/valid"
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
	mended, faults, err := valid.MendCoverage(context.Background(), valid.Coverage{Members: grids}, 0.5)
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

func BenchmarkCoverage(b *testing.B) {
	c := valid.Coverage{Members: demoGrids(b)}
	b.Run("check 1245 grids", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := valid.CheckCoverage(context.Background(), c); err != nil {
				b.Fatal(err)
			}
		}
	})
}
