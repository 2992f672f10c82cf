package demo

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/plate"
)

// BoothCount is the number of repair booths of the city, which is as many as it allows
// itself (总量控制).
const BoothCount = 128

// firstBooth is the serial before the first booth of a county: high enough that
// no number looks like the code of a community.
const firstBooth = 5000

var (
	boothTrades = [][]string{{"shoe", "key"}, {"bicycle"}, {"shoe", "sewing"}, {"key"}, {"scissors", "umbrella"}, {"appliance"},
		{"bicycle", "key"}, {"sewing"}, {"shoe", "umbrella", "key"}, {"watch", "key"}, {"phone", "appliance"}, {"shoe"}}
	tradePrices = map[string]string{"shoe": "修鞋5元起", "bicycle": "补胎8元", "key": "配钥匙6元起", "scissors": "磨剪刀10元", "sewing": "扦裤边8元",
		"appliance": "小家电检修20元起", "umbrella": "修伞5元起", "watch": "换电池15元", "phone": "贴膜10元起"}
	boothHours  = []geo.Hours{"Mo-Su 08:00-18:00", "Mo-Sa 08:30-17:30", "Mo-Su 07:30-11:30,14:00-18:30", "Tu-Su 08:00-17:00; PH off", "Mo-Fr 08:00-18:00; Sa 09:00-16:00"}
	sevenChecks = []string{"number", "marked_place", "canopy", "clothing", "bins", "mat", "seats"}
)

// placeBooths sets the booths on pavements beside gates of compounds, in the
// communities with most people first, one or two in each.
func (c *city) placeBooths() {
	order := make([]int32, 0, len(c.places.communities))
	people := make([]int64, len(c.places.communities))
	homes := make([][]int32, len(c.places.communities)) // compounds by community
	for k := range c.wall {
		w := &c.wall[k]
		at := c.blocks[w.block].community
		homes[at] = append(homes[at], int32(k))
		people[at] += int64(w.feature.Households.Value)
	}
	for k := range homes {
		order = append(order, int32(k))
		slices.SortStableFunc(homes[k], func(a, b int32) int { return len(c.wall[b].homes) - len(c.wall[a].homes) })
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(people[b] - people[a]) })
	serial := map[string]int{} // last serial of a county; only looked up
	for round := 0; len(c.booths) < BoothCount && round < 50; round++ {
		for i, k := range order {
			if len(c.booths) == BoothCount || (round == 0 && i >= 96) {
				break
			}
			if round < len(homes[k]) {
				c.placeBooth(homes[k][round], serial)
			}
		}
	}
}

// placeBooth sets one booth beside a gate of a compound, or none where the
// pavement is too short.
func (c *city) placeBooth(k int32, serial map[string]int) {
	w := &c.wall[k]
	r := c.random(5, int(k))
	for i := range w.gates {
		g := w.gates[i]
		a, b := w.wall.side(g.side)
		along := b.sub(a).unit()
		metres := float64(20 + 10*r.IntN(4))
		if r.IntN(2) == 0 {
			along = along.mul(-1)
		}
		for range 2 {
			end := b
			if dot(along, b.sub(a)) < 0 {
				end = a
			}
			at := g.at.add(along.mul(metres))
			if distance(g.at, end) > metres+14 {
				at = at.add(g.out.mul(w.ground.reach(at, g.out) + 1.3))
				c.addBooth(w, g, along, metres, at, serial)
				return
			}
			along = along.mul(-1)
		}
	}
}

// reach is how far it is from p along dir to the border of the lot.
func (l lot) reach(p, dir vec) float64 {
	best := math.Inf(1)
	for i := range l.corners {
		a, b := l.side(i)
		out := b.sub(a).unit().left().mul(-1)
		if speed := dot(dir, out); speed > 1e-6 {
			best = min(best, dot(a.sub(p), out)/speed)
		}
	}
	return max(best, 0)
}

func (c *city) addBooth(w *compound, g gateway, along vec, metres float64, at vec, serial map[string]int) {
	n := len(c.booths)
	r := c.random(6, n)
	county := c.places.offices[c.blocks[w.block].street].district
	if serial[county] == 0 {
		serial[county] = firstBooth
	}
	serial[county]++
	number, err := plate.Make(county, serial[county])
	if err != nil {
		panic(err) // counties are six digits, and a hundred booths stay far below the last serial
	}
	trades := boothTrades[r.IntN(len(boothTrades))]
	var prices []string
	for _, t := range trades {
		prices = append(prices, tradePrices[t])
	}
	b := &geo.Booth{
		Number:      string(number),
		Trades:      trades,
		Hours:       boothHours[r.IntN(len(boothHours))],
		Phone:       noPhone(100 + n),
		Landmark:    fmt.Sprintf("%s%s门%s%.0f米路%s", w.feature.Name, gateSide(g.out), gateSide(along), metres, gateSide(g.out.mul(-1))),
		Prices:      strings.Join(prices, "，"),
		Checks:      slices.Clone(sevenChecks),
		LastChecked: checkedOn(r.IntN(80)),
	}
	sayStatus(b, n)
	if n%6 == 4 {
		b.Checks = slices.Delete(b.Checks, r.IntN(7), 7)
	}
	if len(b.Checks) == 0 {
		b.Checks = []string{"number"}
	}
	b.Code, b.Name = b.Number, w.feature.Name+"小蓝棚"
	b.Shape = geo.PointShape(c.point(at))
	b.SurveyedOn = b.LastChecked
	c.booths = append(c.booths, b)
}

// sayStatus lets every fourth master have said something on the morning on which the
// city was made. The others have no card yet: their registered hours answer, whenever
// the city is looked at.
func sayStatus(b *geo.Booth, n int) {
	on := func(after time.Duration) geo.Instant { return geo.InstantOf(madeAt.Add(after)) }
	switch n % 16 {
	case 1, 9:
		b.Status, b.StatusAt = "open", on(time.Duration(n)*time.Minute/4-30*time.Minute)
	case 5:
		b.Status, b.StatusAt, b.BackAt = "away", on(-5*time.Minute), on(150*time.Minute)
	case 11:
		b.Status, b.StatusAt = "day_off", on(-time.Hour)
	case 13:
		b.MovedOn, b.MovedFrom = geo.DateOf(madeAt)-geo.Date(20+n/4), "原在"+b.Landmark[:strings.Index(b.Landmark, "门")+len("门")]+"旁"
	}
}

// noPhone is a number that nobody can dial: local numbers never begin with 0.
func noPhone(n int) string { return fmt.Sprintf("0536-0000%03d", n%1000) }

// checkedOn is a day in the three months before the city was made.
func checkedOn(daysAgo int) geo.Date { return geo.DateOf(madeAt) - geo.Date(1+daysAgo) }
