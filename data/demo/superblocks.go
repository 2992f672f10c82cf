package demo

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
)

// Density and road area that the city has: lengths and areas of roads from
// expressway to local street over the built-up ground (field.md 1.1: 0.26 over
// 8 km/km2, 5.3 points over 15 %).
const (
	roadDensity = 8.26e-3 // m/m2
	roadShare   = 0.203
)

// piece is a face that may be cut further; ratio is how much larger it is than
// blocks should be where it lies.
type piece struct {
	face  int32
	ratio float64
}

type pieces []piece

func (h pieces) Len() int { return len(h) }
func (h pieces) Less(i, j int) bool {
	if h[i].ratio != h[j].ratio {
		return h[i].ratio > h[j].ratio
	}
	return h[i].face < h[j].face
}
func (h pieces) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *pieces) Push(x any)   { *h = append(*h, x.(piece)) }
func (h *pieces) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// blockSize is the ground in m2 that a block should have at a place: small in
// the old town, large among works and at the edge.
func (c *city) blockSize(p vec) float64 {
	switch c.quarter(p) {
	case oldTown:
		return 13000
	case works:
		return 92000
	}
	r := p.length() / 9000
	return 30000 + float64(34000*min(r, 1))
}

// cutSuperblocks cuts the ground between main roads by collectors and local
// streets, the most oversized piece first, until the road density is met.
func (c *city) cutSuperblocks() {
	r := rand.New(rand.NewPCG(c.seed, 0x5b10c))
	length := c.roadLength()
	queue := &pieces{}
	push := func(f int32) {
		if c.m.faces[f].ground != urban || c.m.faces[f].done {
			return
		}
		ring := c.m.outline(f)
		size := c.blockSize(centroidOf(ring))
		heap.Push(queue, piece{f, areaOf(ring) / size * (0.8 + 0.4*r.Float64())})
	}
	for f := range c.m.faces {
		push(int32(f))
	}
	for queue.Len() > 0 && length < roadDensity*c.builtUp {
		p := heap.Pop(queue).(piece)
		g, added := c.cutFace(p.face, r)
		if g < 0 {
			c.m.faces[p.face].done = true
			continue
		}
		length += added
		push(p.face)
		push(g)
	}
}

// cutFace cuts a face across its longer extent by a nearly straight street. It
// returns the new face, or -1 when no good cut was found, and the metres of
// road.
func (c *city) cutFace(f int32, r *rand.Rand) (int32, float64) {
	ring := c.m.outline(f)
	area := areaOf(ring)
	class := local
	if area > 420e3 {
		class = collector
	}
	shape := lot{corners: ring, tags: make([]int32, len(ring))}
	fr := shape.southFrame()
	u1, v1, u2, v2 := shape.extent(fr)
	du, dv := u2-u1, v2-v1
	acrossU := du > dv
	if max(du, dv) < 1.3*min(du, dv) {
		acrossU = r.IntN(2) == 0
	}
	for try := range 10 {
		if try == 6 {
			acrossU = !acrossU
		}
		share := 0.5 + (r.Float64()-0.5)*0.34
		slant := (r.Float64() - 0.5) * 0.10
		var p, dir vec
		if acrossU {
			p, dir = fr.at(u1+share*du, (v1+v2)/2), fr.v.add(fr.u.mul(slant))
		} else {
			p, dir = fr.at((u1+u2)/2, v1+share*dv), fr.u.add(fr.v.mul(slant))
		}
		if g, length, ok := c.tryCut(f, p, dir, class, r); ok {
			return g, length
		}
	}
	// a triangle or the like: square to its longest side
	longest, from, to := 0.0, vec{}, vec{}
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if d := distance(a, b); d > longest {
			longest, from, to = d, a, b
		}
	}
	for range 6 {
		p := mix(from, to, 0.3+0.4*r.Float64())
		if g, length, ok := c.tryCut(f, p, to.sub(from).left(), class, r); ok {
			return g, length
		}
	}
	return -1, 0
}

// hit is where a cutting line meets the ring of a face.
type hit struct {
	side int // between ring[side] and the next node
	at   vec
}

// tryCut cuts a face along the line through p, when both ends meet the border
// at a fair angle, both parts are large enough and the street is not too short.
func (c *city) tryCut(f int32, p, dir vec, cl class, r *rand.Rand) (int32, float64, bool) {
	m := c.m
	ring := slices.Clone(m.faces[f].ring) // cutEdge below changes it
	dir = dir.unit()
	var hits []hit
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		pa, pb := m.xy[a], m.xy[b]
		sa, sb := cross(dir, pa.sub(p)), cross(dir, pb.sub(p))
		if (sa <= 0) == (sb <= 0) {
			continue
		}
		if math.Abs(cross(dir, pb.sub(pa).unit())) < 0.66 { // less than 41 degrees
			return -1, 0, false
		}
		hits = append(hits, hit{i, mix(pa, pb, sa/(sa-sb))})
	}
	if len(hits) != 2 || distance(hits[0].at, hits[1].at) < 70 {
		return -1, 0, false
	}
	// where each end goes: to a node that is near, or to a new one
	ends := [2]node{-1, -1}
	for k, h := range hits {
		a, b := ring[h.side], ring[(h.side+1)%len(ring)]
		for _, n := range [2]node{a, b} {
			d := distance(m.xy[n], h.at)
			snap := 34.0
			if m.degree[n] == 3 {
				snap = 62 // the street goes on beyond: a crossing
			}
			if d < snap && (ends[k] < 0 || d < distance(m.xy[ends[k]], h.at)) {
				ends[k] = n
			}
		}
		if e := m.between(a, b); ends[k] < 0 && (e.road.bridge || e.road.tunnel) {
			return -1, 0, false
		}
	}
	at := func(k int) vec {
		if ends[k] >= 0 {
			return m.xy[ends[k]]
		}
		return hits[k].at
	}
	pa, pb := at(0), at(1)
	if distance(pa, pb) < 60 || hits[0].side == hits[1].side || ends[0] >= 0 && ends[0] == ends[1] {
		return -1, 0, false
	}
	// each part needs room, and the street may not run along the border
	area := areaOf(m.outline(f))
	for k := range hits {
		d := pb.sub(pa).unit()
		if k == 1 {
			d = d.mul(-1)
		}
		if !c.leavesCleanly(f, hits[k].side, ends[k], d) {
			return -1, 0, false
		}
	}
	right := areaOf(rightPart(m, ring, hits, pa, pb, ends))
	if right < 0.2*area || right > 0.8*area {
		return -1, 0, false
	}
	for k, h := range hits {
		if ends[k] < 0 {
			a := ring[h.side]
			b := ring[(h.side+1)%len(ring)]
			ends[k] = m.cutEdge(a, b, h.at)
		}
	}
	chain := []node{ends[0], ends[1]}
	if length := distance(pa, pb); length > 150 && r.IntN(3) > 0 {
		bend := pb.sub(pa).left().mul((r.Float64() - 0.5) * 0.05)
		middle := m.add(mix(pa, pb, 0.35+0.3*r.Float64()).add(bend))
		chain = []node{ends[0], middle, ends[1]}
	}
	g := m.splitFace(f, chain, newRoad(cl, noLine))
	length := 0.0
	for k := 1; k < len(chain); k++ {
		length += distance(m.xy[chain[k-1]], m.xy[chain[k]])
	}
	return g, length, true
}

// rightPart is the ring right of a cut that was not made yet.
func rightPart(m *arrangement, ring []node, hits []hit, pa, pb vec, ends [2]node) []vec {
	out := []vec{pa}
	for i := (hits[0].side + 1) % len(ring); ; i = (i + 1) % len(ring) {
		if ring[i] != ends[0] && ring[i] != ends[1] {
			out = append(out, m.xy[ring[i]])
		}
		if i == hits[1].side {
			break
		}
	}
	return append(out, pb)
}

// leavesCleanly reports whether a street in direction d from an end keeps well
// off both border pieces there.
func (c *city) leavesCleanly(f int32, side int, end node, d vec) bool {
	m := c.m
	ring := m.faces[f].ring
	if end < 0 {
		a, b := m.xy[ring[side]], m.xy[ring[(side+1)%len(ring)]]
		return math.Abs(cross(d, b.sub(a).unit())) > 0.64
	}
	for i, n := range ring {
		if n == end {
			before := m.xy[ring[(i+len(ring)-1)%len(ring)]].sub(m.xy[n]).unit()
			after := m.xy[ring[(i+1)%len(ring)]].sub(m.xy[n]).unit()
			return dot(d, before) < 0.76 && dot(d, after) < 0.76
		}
	}
	return false
}
