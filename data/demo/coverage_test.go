package demo_test

import (
	"math/big"
	"testing"

	"gridatlas/geo"
)

// side is a directed border piece on the lattice.
type side struct{ a, b geo.Point }

// sidesOf adds up the directed sides of shapes: neighbours cancel each other.
func sidesOf(t *testing.T, what string, shapes []geo.Shape) (map[side]bool, *big.Int) {
	t.Helper()
	left := map[side]bool{}
	area := new(big.Int)
	for _, s := range shapes {
		for part := range s.Parts() {
			area.Add(area, big.NewInt(geo.RingArea2(part.Points)))
			for i, a := range part.Points {
				b := part.Points[(i+1)%len(part.Points)]
				if left[side{a, b}] {
					t.Fatalf("%s: two shapes lie on the same side of %v-%v", what, a, b)
				}
				left[side{a, b}] = true
			}
		}
	}
	for s := range left {
		if left[side{s.b, s.a}] {
			delete(left, s)
			delete(left, side{s.b, s.a})
		}
	}
	return left, area
}

// tiles holds that the parts cover the whole exactly: what is left of their
// sides is the border of the whole, and the areas are equal in whole lattice
// steps.
func tiles(t *testing.T, what string, whole geo.Shape, parts []geo.Shape) {
	t.Helper()
	border, area := sidesOf(t, what, parts)
	want, wantArea := sidesOf(t, what, []geo.Shape{whole})
	if area.Cmp(wantArea) != 0 {
		t.Errorf("%s: the parts have an area of %v, the whole %v", what, area, wantArea)
	}
	if len(border) != len(want) {
		t.Errorf("%s: the parts have %d border pieces, the whole %d", what, len(border), len(want))
	}
	for s := range want {
		if !border[s] {
			t.Errorf("%s: border piece %v-%v of the whole is not one of the parts", what, s.a, s.b)
			return
		}
	}
}

func TestPlacesCoverTheirParent(t *testing.T) {
	c := city(t)
	children := map[string][]geo.Shape{}
	zones := map[string][]geo.Shape{}
	for _, p := range c.places {
		if p.Kind != "zone" {
			children[p.Parent] = append(children[p.Parent], p.Shape)
		}
		if p.Kind == "street" {
			zones[p.Zone] = append(zones[p.Zone], p.Shape)
		}
	}
	for _, g := range c.grids {
		children[g.Community] = append(children[g.Community], g.Shape)
	}
	for _, p := range c.places {
		if p.Kind == "zone" {
			tiles(t, p.Name, p.Shape, zones[p.Code])
			continue
		}
		if len(children[p.Code]) == 0 {
			t.Errorf("%s %s has no parts", p.Kind, p.Name)
		}
		tiles(t, p.Name, p.Shape, children[p.Code])
	}
}

func TestNoGapAnywhere(t *testing.T) {
	c := city(t)
	var all []geo.Shape
	for _, g := range c.grids {
		all = append(all, g.Shape)
	}
	border, _ := sidesOf(t, "all grids", all)
	// one ring around the city and no hole: the pieces left over follow each
	// other in one round
	next := map[geo.Point]geo.Point{}
	for s := range border {
		if _, twice := next[s.a]; twice {
			t.Fatalf("the border of all grids branches at %v", s.a)
		}
		next[s.a] = s.b
	}
	var start geo.Point
	for start = range next {
		break
	}
	steps := 1
	for p := next[start]; p != start; p = next[p] {
		steps++
	}
	if steps != len(border) {
		t.Errorf("the border has %d pieces, but one round takes %d", len(border), steps)
	}
}
