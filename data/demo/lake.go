package demo

import (
	"math"
	"math/rand/v2"
	"slices"

	"gridatlas/geo"
)

// fillLake draws a large park around a lake: a path around the water and spokes
// from it to the streets.
func (c *city) fillLake(f int32, l lot, r *rand.Rand) {
	name := c.words.once(func(int) string { return c.words.pair() + "湖公园" })
	c.addLand("green", name, c.polygon(l.corners))
	fr := newFrame(l.centre(), vec{1, 0.3})
	u1, v1, u2, v2 := l.extent(fr)
	ru, rv := (u2-u1)*0.30, (v2-v1)*0.26
	shore := blob(fr, ru, rv, r)
	c.addLand("water", name[:len(name)-len("公园")], c.polygon(shore))
	around := make([]vec, len(shore))
	for i, p := range shore {
		around[i] = fr.origin.add(p.sub(fr.origin).mul(1.16))
	}
	var gates []gateway
	const spokes = 7
	for k := range spokes {
		i := k * len(around) / spokes
		way, ok := l.exitFar(around[i], around[i].sub(fr.origin).unit())
		if !ok {
			continue
		}
		p, ok := c.link(f, way, func(p vec) bool { return squarely(way, p) })
		if !ok {
			continue
		}
		gates = append(gates, way)
		c.way("path", "yes", 3, []geo.Point{c.point(around[i]), c.point(way.at), p})
	}
	path := c.ring(around)
	c.way("path", "yes", 4, append(slices.Clone(path), path[0]))
	at, _ := c.kerb([]int32{f})
	if len(gates) > 0 {
		at = gates[0].at
	}
	c.facility(f, "park", name, at)
	// the side of the lake with most room can shelter people
	var ground lot
	for k := range 8 {
		s, co := math.Sincos(float64(k) * math.Pi / 4)
		dir := vec{co, s}
		reach := 0.0
		for _, p := range around {
			reach = max(reach, dot(p.sub(fr.origin), dir))
		}
		if piece := l.shrunk(9).clip(fr.origin.add(dir.mul(reach+3)), dir, inside); !piece.empty() && (ground.empty() || piece.area() > ground.area()) {
			ground = piece
		}
	}
	if len(gates) > 0 && !ground.empty() {
		c.yards = append(c.yards, yard{"park", name, f, ground.corners, gates})
	}
}

// exitFar is exit for paths of any length.
func (l lot) exitFar(from, dir vec) (gateway, bool) {
	reach := l.reach(from, dir)
	return l.exit(from.add(dir.mul(max(reach-1, 0))), dir, 1)
}
