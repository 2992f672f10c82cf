package demo

import (
	"math"
	"math/rand/v2"
)

// fillPark draws a park: paths that cross and ring it, a pond in the larger ones.
func (c *city) fillPark(f int32, l lot, r *rand.Rand) {
	if l.empty() {
		return
	}
	area := l.area()
	name := ""
	if area > 6000 {
		suffix := "游园"
		if area > 30000 {
			suffix = "公园"
		}
		name = c.words.once(func(int) string { return c.words.pair() + suffix })
	}
	c.addLand("green", name, c.polygon(l.corners))
	room := l.shrunk(9)
	if room.empty() || area < 2500 {
		return
	}
	fr := l.southFrame()
	fr = newFrame(fr.origin, fr.u.add(fr.v.mul(0.5-r.Float64()))) // paths need not keep to the streets
	u1, v1, u2, v2 := room.extent(fr)
	grid := &laneGrid{face: f, border: l, room: room, frame: fr, class: "path", foot: "yes", width: 2.5, open: true}
	nu, nv := 1+int((u2-u1)/130), 1+int((v2-v1)/130)
	for k := range nu {
		grid.spines = append(grid.spines, u1+(u2-u1)*(float64(k)+0.5+(r.Float64()-0.5)*0.5)/float64(nu))
	}
	for k := range nv {
		grid.rows = append(grid.rows, v1+(v2-v1)*(float64(k)+0.5+(r.Float64()-0.5)*0.5)/float64(nv))
	}
	gates, ok := c.lay(grid, r)
	if name != "" {
		at, _ := c.kerb([]int32{f})
		if ok { // where a path comes in; a pond may cover the middle
			at = gates[0].at
		}
		c.facility(f, "park", name, at)
	}
	if ok && len(gates) >= 2 && area > 5000 {
		ground := room
		if area > 24000 {
			ground = c.pond(grid, room, r)
		}
		c.yards = append(c.yards, yard{"park", name, f, ground.corners, gates})
	}
}

// pond lies in the largest gap that the paths leave. It returns the largest
// piece of ground beside it.
func (c *city) pond(g *laneGrid, room lot, r *rand.Rand) lot {
	u1, v1, u2, v2 := room.extent(g.frame)
	us := append(append([]float64{u1}, g.spines...), u2)
	vs := append(append([]float64{v1}, g.rows...), v2)
	sortFloats(us)
	sortFloats(vs)
	best, at, ru, rv := 0.0, vec{}, 0.0, 0.0
	for i := 1; i < len(us); i++ {
		for j := 1; j < len(vs); j++ {
			mu, mv := (us[i-1]+us[i])/2, (vs[j-1]+vs[j])/2
			hu, hv := (us[i]-us[i-1])/2-9, (vs[j]-vs[j-1])/2-9
			if hu < 14 || hv < 14 || hu*hv < best {
				continue
			}
			fits := true
			for k := range 8 {
				a := float64(k) * math.Pi / 4
				fits = fits && room.holds(g.frame.at(mu+float64(hu*math.Cos(a)), mv+float64(hv*math.Sin(a))), 2)
			}
			if fits {
				best, at, ru, rv = hu*hv, g.frame.at(mu, mv), hu, hv
			}
		}
	}
	if best == 0 {
		return room
	}
	fr := newFrame(at, g.frame.u)
	c.addLand("water", "", c.polygon(blob(fr, ru, rv, r)))
	var ground lot
	for _, side := range []struct {
		dir vec
		off float64
	}{{fr.u, ru}, {fr.u.mul(-1), ru}, {fr.v, rv}, {fr.v.mul(-1), rv}} {
		if piece := room.clip(at.add(side.dir.mul(side.off+3)), side.dir, inside); !piece.empty() && (ground.empty() || piece.area() > ground.area()) {
			ground = piece
		}
	}
	return ground
}

// blob is a smooth uneven ring inside the ellipse of two half axes.
func blob(f frame, ru, rv float64, r *rand.Rand) []vec {
	p1, p2 := r.Float64()*6, r.Float64()*6
	steps := 20
	if ru+rv > 200 {
		steps = 44
	}
	out := make([]vec, 0, steps)
	for k := range steps {
		a := float64(k) * 2 * math.Pi / float64(steps)
		size := 0.82 + float64(0.11*math.Sin(float64(2*a)+p1)) + float64(0.07*math.Sin(float64(3*a)+p2))
		out = append(out, f.at(float64(ru*size*math.Cos(a)), float64(rv*size*math.Sin(a))))
	}
	return out
}

// fillSquare draws a paved square with paths across.
func (c *city) fillSquare(f int32, l lot, r *rand.Rand) {
	name := c.words.once(func(int) string { return c.words.pair() + "广场" })
	c.addLand("square", name, c.polygon(l.corners))
	fr := l.southFrame()
	u1, v1, u2, v2 := l.extent(fr)
	room := l.shrunk(6)
	if room.empty() {
		return
	}
	grid := &laneGrid{face: f, border: l, room: room, frame: fr, spines: []float64{(u1 + u2) / 2}, rows: []float64{(v1 + v2) / 2}, class: "path", foot: "yes", width: 6, open: true}
	gates, ok := c.lay(grid, r)
	if ok {
		c.facility(f, "park", name, l.centre())
		c.yards = append(c.yards, yard{"square", name, f, room.corners, gates})
	}
}
