package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gridatlas/geo"
)

// service is how often a kind of facility is found: one a community at least
// where least is 1, and one more for each so many people.
type service struct {
	kind  string
	title string // after the name of the community
	least int
	per   int64 // people
	hours geo.Hours
	floor float64
}

// services of a community, in the order in which they take the places nearest
// to its middle. The contact point comes first: each community has exactly one.
var services = []service{
	{"contact_point", "服务联系点", 1, 0, "Mo-Fr 08:30-17:30", 40},
	{"station", "党群服务站", 1, 0, "Mo-Fr 08:30-18:00; Sa 09:00-16:00", 420},
	{"clinic", "卫生服务站", 1, 9000, "Mo-Su 08:00-20:00", 160},
	{"enforcement", "城管执法室", 0, 16000, "Mo-Fr 08:30-17:30", 30},
	{"police", "警务室", 0, 11000, "24/7", 60},
	{"elder_care", "日间照料中心", 0, 7500, "Mo-Sa 08:00-17:30", 380},
	{"kindergarten", "幼儿园", 0, 4600, "Mo-Fr 07:30-17:30", 2300},
	{"canteen", "社区食堂", 0, 8500, "Mo-Su 07:00-19:00", 150},
	{"culture", "文化活动室", 0, 8000, "Mo-Su 08:30-20:30", 220},
	{"mediation", "调解工作室", 0, 14000, "Mo-Fr 09:00-17:00", 25},
	{"pavilion", "议事亭", 0, 13000, "24/7", 30},
	{"supermarket", "超市", 1, 3800, "Mo-Su 07:30-21:30", 600},
	{"pharmacy", "药店", 1, 2900, "Mo-Su 08:00-21:30", 90},
	{"shop", "便利店", 1, 1700, "Mo-Su 07:00-22:30", 60},
	{"restaurant", "餐馆", 1, 1400, "Mo-Su 10:00-21:30", 120},
	{"post", "快递服务点", 0, 4000, "Mo-Su 08:30-20:00", 50},
	{"bank", "银行网点", 0, 7500, "Mo-Fr 09:00-17:00; Sa 09:30-16:00", 300},
	{"toilet", "公共厕所", 1, 4200, "24/7", 60},
	{"charger", "充电站", 0, 5200, "24/7", 0},
	{"sports", "球场", 0, 9500, "Mo-Su 06:00-21:00", 0},
}

// placeServices fills shop fronts, and gates where there are no shops, with the
// services of each community.
func (c *city) placeServices() {
	type spot struct {
		at    vec
		block int32
		near  float64
	}
	middle := make([]vec, len(c.places.communities))
	people := make([]int64, len(middle))
	weight := make([]float64, len(middle))
	spots := make([][]spot, len(middle))
	for i := range c.buildings {
		b := &c.buildings[i]
		k := c.blocks[b.block].community
		people[k] += int64(b.residents)
		w := float64(b.residents) + 0.1
		middle[k] = middle[k].add(b.centre.mul(w))
		weight[k] += w
	}
	for k := range middle {
		if weight[k] > 0 {
			middle[k] = middle[k].mul(1 / weight[k])
		}
	}
	add := func(block int32, at vec) {
		k := c.blocks[block].community
		spots[k] = append(spots[k], spot{at, block, math.Round(distance(at, middle[k]))})
	}
	for _, f := range c.fronts {
		add(f.block, f.at)
	}
	for i := range c.wall {
		for _, g := range c.wall[i].gates {
			add(c.wall[i].block, g.at.add(g.out.mul(2)).add(g.out.left().mul(6)))
		}
	}
	for k := range c.places.communities {
		p := &c.places.communities[k]
		r := c.random(9, k)
		list := spots[k]
		slices.SortStableFunc(list, func(a, b spot) int { return compare(a.near, b.near) })
		stem := strings.TrimSuffix(strings.TrimSuffix(p.name.name, "（演示）"), "社区")
		next := 0
		for _, s := range services {
			if s.kind == "station" && p.name.code == xinanguanCode {
				continue // drawn in detail
			}
			n := s.least
			if s.per > 0 {
				n += int((people[k] + int64(r.IntN(int(s.per)))) / s.per)
			}
			for i := range n {
				var at vec
				var block int32
				if next < len(list) {
					at, block = list[next].at, list[next].block
					// services spread out: shops follow each other, others keep apart
					next += 1 + r.IntN(max(1, min(6, (len(list)-next)/12)))
				} else if len(list) > 0 {
					q := list[r.IntN(len(list))]
					at, block = q.at.add(vec{3, 2}), q.block
				} else {
					at, block = c.kerb(p.faces)
				}
				name := stem + s.title
				if s.title == "服务联系点" || s.title == "党群服务站" || s.title == "卫生服务站" || s.title == "警务室" {
					name = stem + "社区" + s.title
				}
				if i > 0 || s.least == 0 && n > 1 {
					name = fmt.Sprintf("%s（%d）", name, i+1)
				}
				c.addService(block, s, name, at, r)
			}
		}
	}
}

func (c *city) addService(block int32, s service, name string, at vec, r *rand.Rand) {
	f := c.facility(block, s.kind, name, at)
	f.Hours = s.hours
	if s.floor > 0 {
		f.FloorM2 = geo.Some(math.Round(s.floor * (0.7 + 0.6*r.Float64())))
	}
	f.StepFree = geo.Some(r.IntN(4) > 0)
	switch s.kind {
	case "contact_point", "station", "clinic", "police", "enforcement", "elder_care":
		f.Phone = noPhone(r.IntN(1000))
	}
}

// kerb is a place beside a street of some blocks, for communities without shops.
func (c *city) kerb(faces []int32) (vec, int32) {
	for _, f := range faces {
		ring := c.m.faces[f].ring
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if e := c.m.between(a, b); e.road.class != noRoad && !e.road.bridge && !e.road.tunnel {
				pa, pb := c.m.xy[a], c.m.xy[b]
				return mix(pa, pb, 0.5).add(pb.sub(pa).unit().left().mul(e.road.width/2 + 1)), f
			}
		}
	}
	return c.blocks[faces[0]].centre, faces[0]
}

// placeMarkets puts market halls and stall groups among the shops: a market for
// about every second community, in its largest shop.
func (c *city) placeMarkets() {
	best := make([]int32, len(c.places.communities))
	for k := range best {
		best[k] = -1
	}
	size := func(i int32) float64 { return areaOf(c.corners(&c.buildings[c.fronts[i].building])) }
	for i := range c.fronts {
		k := c.blocks[c.fronts[i].block].community
		if best[k] < 0 || size(int32(i)) > size(best[k]) {
			best[k] = int32(i)
		}
	}
	for k, i := range best {
		if i < 0 {
			continue
		}
		f := c.fronts[i]
		stem := strings.TrimSuffix(strings.TrimSuffix(c.places.communities[k].name.name, "（演示）"), "社区")
		switch k % 5 {
		case 0, 2:
			m := c.facility(f.block, "market", stem+"便民市场", f.at)
			m.Hours, m.FloorM2 = "Mo-Su 05:30-19:00", geo.Some(math.Round(size(i)))
		case 1:
			s := c.facility(f.block, "stall_group", stem+"便民摊点群", f.at)
			s.Hours = "Mo-Su 06:00-09:00,16:30-21:00"
		}
	}
}

// placeBusStops puts a pair of stops on each piece of main road between two
// crossings, and on every second piece of a collector.
func (c *city) placeBusStops() {
	for i := range c.m.edges {
		e := &c.m.edges[i]
		a, b := c.m.xy[e.a], c.m.xy[e.b]
		length := distance(a, b)
		if !c.counts(e) || e.road.bridge || e.road.tunnel || length < 150 {
			continue
		}
		r := c.random(10, i)
		if e.road.class != mainRoad && (e.road.class != collector || r.IntN(2) > 0) || r.IntN(5) < 2 {
			continue
		}
		road := c.roadName(e.road, a)
		cross := c.nearestLocal(i)
		for _, side := range []float64{1, -1} {
			f, ok := c.m.faceOf[[2]node{e.a, e.b}]
			if side < 0 {
				f, ok = c.m.faceOf[[2]node{e.b, e.a}]
			}
			if !ok || c.m.faces[f].ground == river || c.m.faces[f].ground == railway {
				continue
			}
			at := mix(a, b, 0.5+0.08*side).add(b.sub(a).unit().left().mul(side * (e.road.width/2 + 1.2)))
			c.facility(f, "bus_stop", road+cross+"站", at)
		}
	}
}

// nearestLocal is the name of a street that crosses at an end of an edge.
func (c *city) nearestLocal(i int) string {
	e := &c.m.edges[i]
	for _, f := range []int32{c.m.faceOf[[2]node{e.a, e.b}], c.m.faceOf[[2]node{e.b, e.a}]} {
		ring := c.m.faces[f].ring
		for j, n := range ring {
			o := c.m.between(n, ring[(j+1)%len(ring)])
			if o.road.line != e.road.line && o.road.class != noRoad && (o.a == e.a || o.b == e.a || o.a == e.b || o.b == e.b) {
				return c.roadName(o.road, c.m.xy[e.a])
			}
		}
	}
	return ""
}
