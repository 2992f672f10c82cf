package demo_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

func TestXinanguan(t *testing.T) {
	c := city(t)
	const community = "370702002004"
	names := map[string]string{} // compound by code
	var garden *geo.Compound
	for _, w := range c.compounds {
		if w.Community == community {
			names[w.Code] = w.Name
			if w.Name == "君子园" {
				garden = w
			}
		}
	}
	if garden == nil {
		t.Fatal("no 君子园")
	}
	spaces, fees := map[string]int{}, 0.0
	inGarden := 0
	for _, p := range c.parking {
		if p.Number == "" {
			continue
		}
		spaces[names[p.Compound]]++
		fees += p.FeeYuanMonth.Value * 12
		if !p.PublicIncome.Value {
			t.Errorf("space %s brings no public income", p.Number)
		}
		corners := p.Shape.Points()
		width, depth := crs.Distance(corners[0], corners[1]), crs.Distance(corners[1], corners[2])
		if math.Abs(width-2.5) > 0.03 || math.Abs(depth-5.3) > 0.03 {
			t.Errorf("space %s is %.2f x %.2f m", p.Number, width, depth)
		}
		if garden.Shape.Covers(p.Shape.Box().Centre()) {
			inGarden++
		}
	}
	total := 0
	for _, name := range []string{"五道庙小区", "蔬菜公司宿舍", "药材站宿舍", "南关房管所宿舍"} {
		between(t, "spaces of "+name, spaces[name], 20, 200)
		total += spaces[name]
	}
	equal(t, "spaces", total, 320)
	equal(t, "compounds with spaces", len(spaces), 4)
	equal(t, "yuan a year", fees, 230_400)
	between(t, "spaces in 君子园", inGarden, 41, 80)

	numbers := map[int]*geo.Building{}
	for _, b := range c.buildings {
		if names[b.Compound] == "五道庙小区" && b.Number != "" {
			n, err := strconv.Atoi(b.Number)
			if err != nil || numbers[n] != nil {
				t.Errorf("building number %q", b.Number)
			}
			numbers[n] = b
		}
	}
	for _, n := range []int{3, 4, 7, 10, 13, 14, 17, 18, 19, 20} {
		if numbers[n] == nil {
			t.Errorf("五道庙小区 has no building %d", n)
		}
	}
	for n, b := range numbers {
		inside := true
		for _, p := range b.Shape.Points() {
			inside = inside && garden.Shape.Covers(p)
		}
		if want := n >= 17 && n <= 20; inside != want {
			t.Errorf("building %d in 君子园: %v", n, inside)
		}
	}
	barriers := count(c.gates, func(g *geo.Gate) bool { return g.Kind == "barrier" && g.Of == garden.Code })
	between(t, "barriers of 君子园", barriers, 1, 4)

	var floors []float64
	unknown := 0
	for _, f := range c.facilities {
		if f.Kind == "station" && f.Code[:12] == community {
			if f.FloorM2.Known {
				floors = append(floors, f.FloorM2.Value)
			} else {
				unknown++
			}
		}
	}
	slices.Sort(floors)
	if unknown != 1 || !slices.Equal(floors, []float64{200, 700}) {
		t.Errorf("stations of %v m2 and %d of unknown size", floors, unknown)
	}
}
