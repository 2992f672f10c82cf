package demo

import (
	"math/rand/v2"
	"slices"

	"gridatlas/geo"
)

// gateHalf is half the width of a gate in metres.
const gateHalf = 3.5

// wallFeatures draws the wall of a compound with a gap at each gate, and the
// gates in the gaps.
func (c *city) wallFeatures(k int32, r *rand.Rand) {
	w := &c.wall[k]
	residentsOnly := len(w.gates) >= 3 && r.IntN(9) == 0
	w.feature.ResidentsOnly = geo.Some(residentsOnly)
	c.drawWall(w.wall, w.gates)
	for i, g := range w.gates {
		gate := &geo.Gate{Kind: "gate", Of: w.feature.Code, Foot: "all", Hours: "24/7", StepFree: geo.Some(true), EmergencyOpened: geo.Some(true)}
		gate.Code, gate.Name = c.code(w.block, "M"), w.feature.Name+gateSide(g.out)+"门"
		if residentsOnly {
			gate.Foot = "residents"
		}
		if i > 0 && r.IntN(3) == 0 {
			gate.Hours = []geo.Hours{"06:00-23:00", "06:00-22:00", "05:30-23:30"}[r.IntN(3)]
		}
		gate.Shape = geo.PointShape(c.point(g.at))
		c.gates = append(c.gates, gate)
		if i == 0 {
			c.guardHouse(w, g)
		}
	}
}

// drawWall adds one barrier of as many lines as there are gaps.
func (c *city) drawWall(l lot, gates []gateway) {
	var parts []geo.Part
	var current []vec
	flush := func() {
		if len(current) > 1 {
			parts = append(parts, geo.Part{Points: c.ring(current)})
		}
		current = nil
	}
	start := 0
	if len(gates) > 0 { // begin after a gate, so that no line is cut in two
		start = gates[0].side
	}
	n := len(l.corners)
	for i := range n + 1 {
		side := (start + i) % n
		a, b := l.side(side)
		d := b.sub(a).unit()
		var gaps []float64
		for _, g := range gates {
			if g.side == side {
				gaps = append(gaps, dot(g.at.sub(a), d))
			}
		}
		slices.Sort(gaps)
		if i == n { // back on the first side: up to its first gap
			current = append(current, a)
			if len(gaps) > 0 {
				current = append(current, a.add(d.mul(max(gaps[0]-gateHalf, 0))))
			}
			flush()
			break
		}
		if i > 0 || len(gates) == 0 {
			current = append(current, a)
		}
		for j, s := range gaps {
			if i > 0 || j > 0 {
				current = append(current, a.add(d.mul(max(s-gateHalf, 0))))
			}
			flush()
			current = append(current, a.add(d.mul(min(s+gateHalf, distance(a, b)))))
		}
	}
	wall := &geo.Barrier{Kind: "wall"}
	wall.Shape = geo.MakeShape(geo.Lines, parts)
	c.barriers = append(c.barriers, wall)
}

// gateSide names the side of a compound that a direction points to.
func gateSide(out vec) string {
	switch {
	case out.x > 0.7:
		return "东"
	case out.x < -0.7:
		return "西"
	case out.y > 0:
		return "北"
	}
	return "南"
}

// guardHouse stands inside the wall beside a gate, where there is room.
func (c *city) guardHouse(w *compound, g gateway) {
	along := newFrame(g.at, g.out.left())
	corners := along.rect(4.2, 0.7, 7.6, 4.0)
	for _, p := range corners {
		if lane := g.at.sub(g.way.mul(12)); !w.wall.holds(p, 0.4) || distance(p, mix(g.at, lane, nearestOn(p, g.at, lane))) < 3 {
			return
		}
	}
	b := c.addBuilding(w.block, corners, "other", 1, w.year)
	b.feature.Name = w.feature.Name + "传达室"
}

// sheds puts charging sheds along the wall, in the strip that houses keep free.
func (c *city) sheds(k int32, r *rand.Rand) {
	w := &c.wall[k]
	want := 1 + len(w.homes)/10
	for side := range w.wall.corners {
		if want == 0 {
			return
		}
		a, b := w.wall.side(side)
		length := distance(a, b)
		gated := slices.ContainsFunc(w.gates, func(g gateway) bool { return g.side == side })
		if length < 60 || gated || r.IntN(3) == 0 {
			continue
		}
		fr := newFrame(a, b.sub(a))
		u := 16 + r.Float64()*(length-58)
		size := 16 + 10*r.Float64()
		clear := true
		corners := fr.rect(u, 0.8, u+size, 4.0)
		for _, p := range corners {
			clear = clear && w.wall.holds(p, 0.5)
		}
		if !clear {
			continue
		}
		want--
		shed := c.addBuilding(w.block, corners, "other", 1, 2012+r.IntN(12))
		shed.feature.Name = "电动车充电车棚"
		shed.feature.Compound = w.feature.Code
		f := c.facility(w.block, "charging_shed", w.feature.Name+"充电车棚", fr.at(u+size/2, 2.4))
		f.Hours = "24/7"
	}
}
