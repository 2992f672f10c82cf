package demo

import (
	"fmt"
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// What the shelters of the city come to (field.md 1.1 and 1.7): 125 of them,
// 2,810,000 m2 gross. The capacity goes by the effective area, which is 9 to 31
// times smaller (field.md 3.4).
const (
	shelterCount    = 125
	shelterGrossM2  = 2_810_000
	shelterCapacity = 177_000
)

// placeShelters turns parks, squares and sports grounds into shelters. School
// grounds and squares count as they are; the parks are drawn as large as the
// total needs.
func (c *city) placeShelters() {
	var grounds, parks []yard
	for _, y := range c.yards {
		switch {
		case c.blocks[y.block].community < 0 || len(y.gates) == 0:
		case y.kind == "park":
			if areaOf(y.corners) > 15000 {
				parks = append(parks, y)
			}
		case areaOf(y.corners) > 2200:
			grounds = append(grounds, y)
		}
	}
	grounds = spread(grounds, shelterCount*45/100)
	need := float64(shelterGrossM2)
	for _, y := range grounds {
		need -= areaOf(y.corners)
	}
	parks = choose(parks, shelterCount-len(grounds), need)
	have := 0.0
	for _, y := range parks {
		have += areaOf(y.corners)
	}
	scale := math.Sqrt(need / have)
	list := slices.Concat(grounds, parks)
	slices.SortStableFunc(list, func(a, b yard) int { return int(a.block - b.block) })
	serial := map[string]int{} // only looked up
	gross, largest := 0.0, 0
	for i, y := range list {
		corners := y.corners
		if y.kind == "park" {
			centre := centroidOf(corners)
			corners = make([]vec, len(y.corners))
			for k, p := range y.corners {
				corners[k] = mix(centre, p, scale)
			}
		}
		s := c.addShelter(y, corners, serial)
		area := math.Round(crs.Area(s.Shape))
		gross += area
		s.GrossM2 = geo.Some(area)
		if area > c.shelters[largest].GrossM2.Value {
			largest = i
		}
	}
	// what rounding left over
	c.shelters[largest].GrossM2.Value += shelterGrossM2 - gross
	c.setCapacities()
}

// spread picks n of a list, evenly.
func spread(list []yard, n int) []yard {
	if len(list) <= n {
		return list
	}
	out := make([]yard, 0, n)
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// choose picks n parks whose area is at least need: an even pick, in which small
// ones are exchanged for the largest left over until it is enough.
func choose(parks []yard, n int, need float64) []yard {
	picked := spread(parks, n)
	have := 0.0
	in := map[int32]bool{} // blocks; only looked up
	for _, y := range picked {
		have += areaOf(y.corners)
		in[y.block] = true
	}
	var left []yard
	for _, y := range parks {
		if !in[y.block] {
			left = append(left, y)
		}
	}
	bySize := func(a, b yard) int { return compare(areaOf(b.corners), areaOf(a.corners)) }
	slices.SortStableFunc(left, bySize)
	slices.SortStableFunc(picked, bySize)
	for i := 0; have < need && i < len(left) && i < len(picked); i++ {
		last := len(picked) - 1 - i
		have += areaOf(left[i].corners) - areaOf(picked[last].corners)
		picked[last] = left[i]
	}
	return picked
}

func (c *city) addShelter(y yard, corners []vec, serial map[string]int) *geo.Shelter {
	n := len(c.shelters)
	r := c.random(7, n)
	county := c.places.offices[c.blocks[y.block].street].district
	serial[county]++
	s := &geo.Shelter{State: "ready", Indoor: geo.Some(false), Taken: geo.Some[int32](0), DutyPhone: noPhone(300 + n)}
	s.Code = fmt.Sprintf("%sSH%03d", county, serial[county])
	s.Name = y.name + "应急避难场所"
	s.Shape = c.polygon(corners)
	s.Keeper = y.name + "管理处"
	s.Hazards = []string{"earthquake", "fire", "gas"}
	s.Equipment = []string{"应急供水", "应急厕所"}
	switch area := areaOf(corners); {
	case area > 60000:
		s.Level, s.Class = "city", "long"
		s.Equipment = append(s.Equipment, "应急供电", "应急物资储备", "应急医疗", "应急停机坪")
	case area > 25000:
		s.Level, s.Class = "county", "short"
		s.Equipment = append(s.Equipment, "应急供电", "应急物资储备")
	case area > 9000:
		s.Level, s.Class = "street", "emergency"
		s.Equipment = append(s.Equipment, "应急照明")
	default:
		s.Level, s.Class = "community", "emergency"
	}
	if y.kind == "school" {
		s.Keeper = y.name[:len(y.name)-len("操场")] + "总务处"
		s.Hazards = append(s.Hazards, "flood", "storm")
	} else if r.IntN(3) == 0 {
		s.Hazards = append(s.Hazards, "storm")
	}
	c.shelters = append(c.shelters, s)
	for i, g := range y.gates {
		if i == 4 {
			break
		}
		e := &geo.Gate{Kind: "exit", Of: s.Code, Foot: "all", EmergencyOpened: geo.Some(true), StepFree: geo.Some(true)}
		e.Name = fmt.Sprintf("%s%d号出口", y.name, i+1)
		e.Shape = geo.PointShape(c.point(nearestOnRing(corners, g.at)))
		c.gates = append(c.gates, e)
	}
	return s
}

func nearestOnRing(ring []vec, p vec) vec {
	best, at := math.Inf(1), p
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		q := mix(a, b, nearestOn(p, a, b))
		if d := distance(p, q); d < best {
			best, at = d, q
		}
	}
	return at
}

// areaPerPerson in m2 by class (GB/T 44013 as quoted in field.md 3.4).
var areaPerPerson = map[string]float64{"emergency": 1, "short": 1.5, "long": 3}

// setCapacities gives each shelter a share of effective area between 1/31 and
// 1/9, so that the capacities come to the total.
func (c *city) setCapacities() {
	share := make([]float64, len(c.shelters))
	for i := range share {
		share[i] = 1/30.0 + c.random(8, i).Float64()*(1/9.3-1/30.0)
	}
	for range 60 {
		sum := 0.0
		for i, s := range c.shelters {
			sum += s.GrossM2.Value * share[i] / areaPerPerson[s.Class]
		}
		f := shelterCapacity / sum
		for i := range share {
			share[i] = min(max(share[i]*f, 1/30.8), 1/9.1)
		}
	}
	for i, s := range c.shelters {
		effective := math.Round(s.GrossM2.Value * share[i])
		s.EffectiveM2 = geo.Some(effective)
		s.Capacity = geo.Some(int32(effective / areaPerPerson[s.Class]))
	}
}
