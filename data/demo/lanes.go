package demo

import (
	"math"
	"math/rand/v2"
	"slices"

	"gridatlas/geo"
)

// laneGrid is the net of lanes inside a lot: rows run along the houses, spines
// across. Rows and spines are frame coordinates.
type laneGrid struct {
	face   int32
	border lot // the wall, or the lot where there is none
	room   lot // where lanes run
	frame  frame
	spines []float64
	rows   []float64
	class  string
	foot   string
	width  float64
	open   bool // no wall: every end that can reaches the street
	gates  int  // how many to look for, in a wall
}

// gateway is where a lane passes the border of its lot.
type gateway struct {
	at   vec
	side int // of the border
	out  vec // direction outwards, square to the border
	way  vec // direction of the lane, outwards
}

// strand is one lane while the grid is laid: its ends in metres, the crossings
// on it in order, and what continues it to the street at either end.
type strand struct {
	a, b      vec
	crossings []vec
	head      []geo.Point // street first
	tail      []geo.Point
	ends      [][2]vec // the pieces beyond a and b
}

// squarely reports whether the way from a gate to a place on the street leads
// away from the border.
func squarely(g gateway, p vec) bool {
	d := p.sub(g.at)
	return dot(d, g.out) > 0.6*d.length()
}

// clear reports whether the way from the end of a strand through the gate to
// the street crosses no other strand.
func clear(strands []strand, own int, from, gate, street vec) bool {
	for i := range strands {
		if i == own {
			continue
		}
		pieces := append([][2]vec{{strands[i].a, strands[i].b}}, strands[i].ends...)
		for _, p := range pieces {
			if crossing(from, gate, p[0], p[1]) || crossing(gate, street, p[0], p[1]) {
				return false
			}
		}
	}
	return true
}

// crossing reports whether two pieces meet or nearly do.
func crossing(a, b, p, q vec) bool {
	for _, d := range [...]float64{
		distance(p, mix(a, b, nearestOn(p, a, b))), distance(q, mix(a, b, nearestOn(q, a, b))),
		distance(a, mix(p, q, nearestOn(a, p, q))), distance(b, mix(p, q, nearestOn(b, p, q))),
	} {
		if d < 1 {
			return true
		}
	}
	ab, pq := b.sub(a), q.sub(p)
	return (cross(ab, p.sub(a)) > 0) != (cross(ab, q.sub(a)) > 0) && (cross(pq, a.sub(p)) > 0) != (cross(pq, b.sub(p)) > 0)
}

// lay draws the lanes and joins them to the streets. It returns the gateways and
// whether the ground can be reached; when it cannot, nothing was drawn.
func (c *city) lay(g *laneGrid, r *rand.Rand) ([]gateway, bool) {
	strands := g.strands()
	if len(strands) == 0 {
		return nil, false
	}
	type end struct {
		strand int
		tail   bool
		spine  bool
	}
	var ends []end
	for i := range strands {
		spine := i < len(g.spines) // those that were laid
		ends = append(ends, end{i, false, spine}, end{i, true, spine})
	}
	r.Shuffle(len(ends), func(i, j int) { ends[i], ends[j] = ends[j], ends[i] })
	if !g.open { // main gates first, at the ends of spines
		slices.SortStableFunc(ends, func(a, b end) int {
			switch {
			case a.spine == b.spine:
				return 0
			case a.spine:
				return -1
			}
			return 1
		})
	}
	var gates []gateway
	for _, slack := range []float64{0, 1} {
		if slack > 0 && len(gates) > 0 {
			break
		}
		for _, e := range ends {
			if !g.open && len(gates) >= g.gates {
				break
			}
			s := &strands[e.strand]
			from, dir := s.a, s.a.sub(s.b)
			if e.tail {
				from, dir = s.b, s.b.sub(s.a)
			}
			way, ok := g.border.exit(from, dir.unit(), slack)
			if !ok || tooNear(way.at, gates, g.open) {
				continue
			}
			p, ok := c.link(g.face, way, func(p vec) bool {
				return squarely(way, p) && clear(strands, e.strand, from, way.at, p)
			})
			if !ok {
				continue
			}
			s.ends = append(s.ends, [2]vec{from, way.at}, [2]vec{way.at, c.xy(p)})
			gates = append(gates, way)
			if e.tail {
				s.tail = []geo.Point{c.point(way.at), p}
			} else {
				s.head = []geo.Point{p, c.point(way.at)}
			}
		}
	}
	if len(gates) == 0 {
		return nil, false
	}
	for _, s := range strands {
		points := slices.Clone(s.head)
		if len(points) == 0 {
			points = append(points, c.point(s.a))
		}
		for _, p := range s.crossings {
			if q := c.point(p); q != points[len(points)-1] {
				points = append(points, q)
			}
		}
		if s.tail != nil {
			points = append(points, s.tail...)
		} else if q := c.point(s.b); q != points[len(points)-1] {
			points = append(points, q)
		}
		if len(points) > 1 {
			c.way(g.class, g.foot, g.width, points)
		}
	}
	return gates, true
}

// strands returns the lanes that hang together: spines first, then rows. Rows
// that meet no spine are left out, and so are spines that only they would join.
func (g *laneGrid) strands() []strand {
	across := newFrame(g.frame.origin, g.frame.v) // u there is v here, v there is -u here
	type span struct{ from, to float64 }
	var spines, rows []span
	var spineAt, rowAt []float64
	for _, v := range g.rows {
		if a, b, ok := g.room.band(g.frame, v-g.width/2, v+g.width/2); ok && b-a > 14 {
			rows, rowAt = append(rows, span{a + 2, b - 2}), append(rowAt, v)
		}
	}
	// where a lot tapers, rows need spines of their own to hang together
	for k := 1; k < len(rows); k++ {
		from, to := max(rows[k-1].from, rows[k].from)+3, min(rows[k-1].to, rows[k].to)-3
		if from < to && !slices.ContainsFunc(g.spines, func(u float64) bool { return from <= u && u <= to }) {
			g.spines = append(g.spines, (from+to)/2)
		}
	}
	slices.Sort(g.spines)
	for _, u := range g.spines {
		if a, b, ok := g.room.band(across, -u-g.width/2, -u+g.width/2); ok && b-a > 12 {
			spines, spineAt = append(spines, span{a + 2, b - 2}), append(spineAt, u)
		}
	}
	// a lane that ends just short of another goes on to it
	const short = 3
	for s := range spines {
		for k := range rows {
			u, v, row, spine := spineAt[s], rowAt[k], &rows[k], &spines[s]
			if row.from-short <= u && u <= row.to+short && spine.from-short <= v && v <= spine.to+short {
				row.from, row.to = min(row.from, u), max(row.to, u)
				spine.from, spine.to = min(spine.from, v), max(spine.to, v)
			}
		}
	}
	meets := func(s, k int) bool {
		return rows[k].from <= spineAt[s] && spineAt[s] <= rows[k].to && spines[s].from <= rowAt[k] && rowAt[k] <= spines[s].to
	}
	if len(spines) == 0 {
		return nil
	}
	// what hangs together with the first spine
	inSpine, inRow := make([]bool, len(spines)), make([]bool, len(rows))
	inSpine[0] = true
	for changed := true; changed; {
		changed = false
		for s := range spines {
			for k := range rows {
				if meets(s, k) && inSpine[s] != inRow[k] {
					inSpine[s], inRow[k], changed = true, true, true
				}
			}
		}
	}
	var out []strand
	var keptSpines, keptRows []float64
	for s := range spines {
		if !inSpine[s] {
			continue
		}
		one := strand{a: g.frame.at(spineAt[s], spines[s].from), b: g.frame.at(spineAt[s], spines[s].to)}
		for k := range rows {
			if inRow[k] && meets(s, k) {
				one.crossings = append(one.crossings, g.frame.at(spineAt[s], rowAt[k]))
			}
		}
		out = append(out, one)
		keptSpines = append(keptSpines, spineAt[s])
	}
	for k := range rows {
		if !inRow[k] {
			continue
		}
		one := strand{a: g.frame.at(rows[k].from, rowAt[k]), b: g.frame.at(rows[k].to, rowAt[k])}
		for s := range spines {
			if inSpine[s] && meets(s, k) {
				one.crossings = append(one.crossings, g.frame.at(spineAt[s], rowAt[k]))
			}
		}
		out = append(out, one)
		keptRows = append(keptRows, rowAt[k])
	}
	g.spines, g.rows = keptSpines, keptRows
	return out
}

// serves reports whether a row of lanes was laid.
func (g *laneGrid) serves(row float64) bool { return slices.Contains(g.rows, row) }

// exit follows a lane to the border. The side there must front a street, be met
// at a fair angle and not at its corner; slack of 1 asks for less.
func (l lot) exit(from, dir vec, slack float64) (gateway, bool) {
	best, side := math.Inf(1), -1
	for i := range l.corners {
		a, b := l.side(i)
		out := b.sub(a).unit().left().mul(-1)
		if speed := dot(dir, out); speed > 1e-6 {
			if t := dot(a.sub(from), out) / speed; t < best {
				best, side = t, i
			}
		}
	}
	if side < 0 || l.tags[side] == inside || best < 0 || best > 60 {
		return gateway{}, false
	}
	a, b := l.side(side)
	out := b.sub(a).unit().left().mul(-1)
	at := from.add(dir.mul(best))
	corner := 13 - 8*slack
	if dot(dir, out) < 0.8-float64(0.35*slack) || distance(at, a) < corner || distance(at, b) < corner {
		return gateway{}, false
	}
	return gateway{at, side, out, dir}, true
}

func tooNear(p vec, gates []gateway, open bool) bool {
	least := 45.0
	if open {
		least = 10
	}
	for _, g := range gates {
		if distance(g.at, p) < least {
			return true
		}
	}
	return false
}
