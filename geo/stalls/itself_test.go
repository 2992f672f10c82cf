package stalls_test

import (
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/relate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
)

func liesOver(a, b geo.Shape) bool {
	relation := relate.Of(a, relate.Prepare(b))
	return relation.Intersects() && !relation.Touches()
}

// Where a line bends twice within a step, the spaces before and after may lie over each
// other, and the plan says so of each such pair.
func TestOverEachOther(t *testing.T) {
	rng := seedtest.New(t)
	start := crs.At(119.1, 36.7)
	local := crs.NewLocal(start)
	neighbours := 0
	for range 300 {
		line := []geo.Point{start}
		x, y, way := 0.0, 0.0, 2*math.Pi*rng.Float64()
		for leg := range 3 {
			metres := 8 + 10*rng.Float64()
			if leg == 1 {
				metres = 0.1 + 2*rng.Float64()
			}
			x, y = x+metres*math.Cos(way), y+metres*math.Sin(way)
			line = append(line, local.Point(x, y))
			way += (rng.Float64() - 0.5) * math.Pi
		}
		w := stalls.Wish{Row: stalls.Row{Line: line, Angle: stalls.AllAngles[rng.IntN(2)], Right: rng.IntN(2) == 0}, First: "1"}
		if w.Count, _ = w.Fits(); w.Count == 0 {
			continue
		}
		plan, err := w.Plan(snapshot.Empty(), &geo.Compound{Base: geo.Base{Shape: geo.PolygonShape([]geo.Point{{X: start.X - 1e5, Y: start.Y - 1e5}, {X: start.X + 1e5, Y: start.Y - 1e5}, {X: start.X + 1e5, Y: start.Y + 1e5}, {X: start.X - 1e5, Y: start.Y + 1e5}})}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		told := map[int]bool{}
		for _, obstacle := range plan.Obstacles {
			if obstacle.Rule == stalls.RuleItself {
				told[obstacle.Space] = true
			}
		}
		for i, space := range plan.Spaces {
			over := false
			for k := range i {
				if liesOver(space.Shape, plan.Spaces[k].Shape) {
					over = true
					if k == i-1 {
						neighbours++
					}
				}
			}
			if over != told[i] {
				t.Fatalf("space %d lies over another: %t, the plan says %t", i, over, told[i])
			}
		}
	}
	if neighbours == 0 {
		t.Error("no space lies over the one before it: the test asks nothing")
	}
}
