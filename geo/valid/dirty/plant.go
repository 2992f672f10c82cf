package dirty

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gridatlas/geo"
)

// Kind is what was planted.
type Kind string

// The kinds of planted faults. A gap or an overlap is a sliver along several
// corners or a wedge at one.
const (
	Gap       Kind = "gap"
	Overlap   Kind = "overlap"
	Spike     Kind = "spike"     // a thin thorn of one member into its neighbour
	Hole      Kind = "hole"      // ground inside a member that it lacks
	Island    Kind = "island"    // a further member inside another
	Missing   Kind = "missing"   // a member left out
	Duplicate Kind = "duplicate" // a member once more, or a little smaller
	Extra     Kind = "extra"     // corners on one side of a border only
	Shifted   Kind = "shifted"   // a whole member moved
)

// AllKinds is the closed list.
var AllKinds = []Kind{Gap, Overlap, Spike, Hole, Island, Missing, Duplicate, Extra, Shifted}

// Fault is one planted fault.
type Fault struct {
	Kind Kind
	// Members are places in Coverage.Members: the members it is between or of. Of
	// a missing one they are all its neighbours.
	Members []int
	// Ground is what is in no member or in two; none for corners and shifts.
	Ground []geo.Point
	// Narrow says that no circle of 0.5 m fits in; all others hold one of 0.55 m.
	// Of a shift it says so for each piece.
	Narrow bool
	// Corners is how many corners a border lacks: those of extra and spike.
	Corners int
	// Before is the member that was shifted, as it was.
	Before geo.Shape
}

// Coverage is a coverage that was spoiled.
type Coverage struct {
	Members []geo.Shape
	// Was is the place of each member among the clean ones; -1 for an island.
	Was    []int
	Faults []Fault
}

// Plant spoils a clean coverage in n places, which stay clear of one another. Every
// kind comes up. It panics when there is no room for so many.
func Plant(random *rand.Rand, clean []geo.Shape, n int) Coverage {
	p := planter{random: random, rings: make([][][]geo.Point, len(clean)), owner: map[[2]geo.Point]int{}}
	for i, s := range clean {
		for part := range s.Parts() {
			ring := slices.Clone(part.Points)
			p.rings[i] = append(p.rings[i], ring)
			for j, a := range ring {
				p.owner[[2]geo.Point{a, ring[(j+1)%len(ring)]}] = i
			}
		}
	}
	p.gone = make([]bool, len(clean))
	p.scattered = make([]bool, len(clean))
	for i, s := range clean {
		for part := range s.Parts() {
			p.scattered[i] = p.scattered[i] || !part.Hole && &part.Points[0] != &s.Points()[0]
		}
	}
	for tries := 0; len(p.faults) < n; tries++ {
		if tries > 2000*n {
			panic(fmt.Sprintf("no room for %d faults, only for %d", n, len(p.faults)))
		}
		p.try(AllKinds[len(p.faults)%len(AllKinds)])
	}
	return p.coverage(clean)
}

type planter struct {
	random    *rand.Rand
	rings     [][][]geo.Point      // of the clean members, as spoiled so far
	owner     map[[2]geo.Point]int // the member left of a clean edge; only looked up
	gone      []bool               // members left out
	scattered []bool               // members of several pieces, which are left alone
	added     []geo.Shape          // further members
	faults    []Fault              // members numbered as clean ones, then added
	boxes     []geo.Box            // of faults, with some room around
}

// claim takes the ground of a fault, if it is free.
func (p *planter) claim(points ...geo.Point) bool {
	box := boxOf(points).Grown(1000, 1000) // some 9 m east and 11 m north
	if slices.ContainsFunc(p.boxes, box.Intersects) {
		return false
	}
	p.boxes = append(p.boxes, box)
	return true
}

func (p *planter) try(kind Kind) {
	m := p.random.IntN(len(p.rings))
	if p.scattered[m] {
		return
	}
	narrow := p.random.IntN(2) == 0
	switch kind {
	case Gap, Overlap:
		p.bend(m, kind, narrow)
	case Spike:
		p.spike(m)
	case Hole, Island:
		p.inside(m, kind, narrow)
	case Missing, Duplicate, Shifted:
		p.whole(m, kind, narrow)
	case Extra:
		p.extra(m)
	}
}

// stretch finds corners i to i+n of the outer ring of m that border one other
// member alone; in between, no third member has a corner.
func (p *planter) stretch(m, i, n int) (line []geo.Point, neighbour int, ok bool) {
	ring := p.rings[m][0]
	if n >= len(ring) {
		return nil, 0, false
	}
	for k := range n + 1 {
		line = append(line, ring[(i+k)%len(ring)])
	}
	for k := 1; k <= n; k++ {
		other, shared := p.owner[[2]geo.Point{line[k], line[k-1]}]
		if own, clean := p.owner[[2]geo.Point{line[k-1], line[k]}]; !clean || own != m || !shared || k > 1 && other != neighbour {
			return nil, 0, false
		}
		neighbour = other
	}
	return line, neighbour, true
}

// away returns the point some metres from a place, at right angles to the way
// from a to b: to the left for positive ones.
func away(at, a, b geo.Point, metres float64) geo.Point {
	x, y := float64(b.X-a.X)*east, float64(b.Y-a.Y)*north
	length := math.Hypot(x, y)
	return geo.Point{
		X: at.X + int32(math.Round(-y/length*metres/east)),
		Y: at.Y + int32(math.Round(x/length*metres/north)),
	}
}

// bend moves one to five corners of a member, but not of its neighbour: inwards for
// a gap, outwards for an overlap.
func (p *planter) bend(m int, kind Kind, narrow bool) {
	n := 2 + p.random.IntN(5)
	start := p.random.IntN(len(p.rings[m][0]))
	line, neighbour, ok := p.stretch(m, start, n)
	if !ok {
		return
	}
	moved := slices.Clone(line)
	sign := 1.0 // inside lies left
	if kind == Overlap {
		sign = -1
	}
	for k := 1; k < n; k++ {
		metres := 0.05 + 0.38*p.random.Float64()
		if !narrow {
			metres = 1 + 4*p.random.Float64()
		}
		moved[k] = away(line[k], line[0], line[n], sign*metres)
	}
	ground := join(line, backwards(moved))
	if !p.free(moved, line) || !crossFree(moved, line) {
		return
	}
	if sign*twiceArea(ground) < 0 || !narrow && roomIn(ground) < 0.55 || !p.claim(ground...) {
		return
	}
	p.replace(m, line, moved)
	p.faults = append(p.faults, Fault{Kind: kind, Members: []int{m, neighbour}, Ground: ground, Narrow: narrow})
}

// free reports whether a line keeps away from all borders but the one that it
// comes instead of.
func (p *planter) free(line, instead []geo.Point) bool {
	box := boxOf(line)
	for _, rings := range p.rings {
		if !box.Intersects(boxOf(rings[0])) {
			continue
		}
		for _, ring := range rings {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				k := slices.Index(instead, a)
				replaced := k >= 0 && (k+1 < len(instead) && instead[k+1] == b || k > 0 && instead[k-1] == b)
				if !replaced && !clear(line, a, b) {
					return false
				}
			}
		}
	}
	return simple(line)
}

func boxOf(points []geo.Point) geo.Box {
	box := geo.NoBox
	for _, q := range points {
		box = box.With(q)
	}
	return box
}

// crossFree reports whether two lines with common ends meet in those alone.
func crossFree(a, b []geo.Point) bool {
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			together := i == 1 && j == 1 || i == len(a)-1 && j == len(b)-1
			if !together && meet(a[i-1], a[i], b[j-1], b[j]) {
				return false
			}
		}
	}
	return true
}

// replace puts a line instead of another into the outer ring of a member.
func (p *planter) replace(m int, line, by []geo.Point) {
	ring := p.rings[m][0]
	at := slices.Index(ring, line[0])
	turned := append(slices.Clone(ring[at:]), ring[:at]...)
	p.rings[m][0] = append(slices.Clone(by), turned[len(line):]...)
}

// on returns the lattice point next to a share of the way from a to b.
func on(a, b geo.Point, share float64) geo.Point {
	return geo.Point{X: a.X + int32(math.Round(share*float64(b.X-a.X))), Y: a.Y + int32(math.Round(share*float64(b.Y-a.Y)))}
}

// spike draws a thorn of 2 to 8 m into the neighbour.
func (p *planter) spike(m int) {
	line, neighbour, ok := p.stretch(m, p.random.IntN(len(p.rings[m][0])), 1)
	length := distanceBetween(line)
	if !ok || length < 5 {
		return
	}
	share := 0.2 + 0.5*p.random.Float64()
	from, to := on(line[0], line[1], share), on(line[0], line[1], share+(0.05+0.3*p.random.Float64())/length)
	tip := away(from, line[0], line[1], -2-6*p.random.Float64())
	ground := []geo.Point{from, to, tip}
	if !p.free([]geo.Point{from, tip}, line) || !p.free([]geo.Point{tip, to}, line) || !p.claim(ground...) {
		return
	}
	p.replace(m, line, []geo.Point{line[0], from, tip, to, line[1]})
	p.faults = append(p.faults, Fault{Kind: Spike, Members: []int{m, neighbour}, Ground: ground, Narrow: true, Corners: 2})
}

func distanceBetween(line []geo.Point) float64 {
	if len(line) < 2 {
		return 0
	}
	return math.Hypot(float64(line[1].X-line[0].X)*east, float64(line[1].Y-line[0].Y)*north)
}

// extra puts one to three corners on an edge of a member alone.
func (p *planter) extra(m int) {
	line, neighbour, ok := p.stretch(m, p.random.IntN(len(p.rings[m][0])), 1)
	if !ok || distanceBetween(line) < 2 || !p.claim(line...) {
		return
	}
	n := 1 + p.random.IntN(3)
	by := []geo.Point{line[0]}
	for k := range n {
		by = append(by, on(line[0], line[1], (float64(k)+0.2+0.6*p.random.Float64())/float64(n)))
	}
	p.replace(m, line, append(by, line[1]))
	p.faults = append(p.faults, Fault{Kind: Extra, Members: []int{neighbour}, Corners: n})
}

// inside makes a hole in a member, or a further member inside it.
func (p *planter) inside(m int, kind Kind, narrow bool) {
	outer := p.rings[m][0]
	box := boxOf(outer)
	middle := on(geo.Point{X: box.W, Y: box.S}, geo.Point{X: box.E, Y: box.N}, 0.3+0.4*p.random.Float64())
	width, height := 2+10*p.random.Float64(), 2+10*p.random.Float64()
	if narrow {
		width = 0.1 + 0.3*p.random.Float64()
	}
	dx, dy := int32(width/2/east), int32(height/2/north)
	ring := []geo.Point{
		{X: middle.X - dx, Y: middle.Y - dy}, {X: middle.X + dx, Y: middle.Y - dy},
		{X: middle.X + dx, Y: middle.Y + dy}, {X: middle.X - dx, Y: middle.Y + dy},
	}
	closed := append(slices.Clone(ring), ring[0])
	for _, r := range p.rings[m] {
		if !crossFree(closed, append(slices.Clone(r), r[0])) || holds(r, ring[0]) != (&r[0] == &outer[0]) || holds(ring, r[0]) {
			return
		}
	}
	if !p.claim(ring...) {
		return
	}
	fault := Fault{Kind: kind, Members: []int{m}, Ground: ring, Narrow: narrow}
	if kind == Hole {
		p.rings[m] = append(p.rings[m], ring)
	} else {
		fault.Members = append(fault.Members, p.add(geo.PolygonShape(ring)))
	}
	p.faults = append(p.faults, fault)
}

// add numbers a further member.
func (p *planter) add(s geo.Shape) int {
	p.added = append(p.added, s)
	return len(p.rings) + len(p.added) - 1
}

// whole spoils a member as a whole: one with a single ring and members on all its
// sides.
func (p *planter) whole(m int, kind Kind, narrow bool) {
	ring := p.rings[m][0]
	if len(p.rings[m]) > 1 {
		return
	}
	var around []int
	for i, a := range ring {
		neighbour, shared := p.owner[[2]geo.Point{ring[(i+1)%len(ring)], a}]
		if !shared {
			return
		}
		if !slices.Contains(around, neighbour) {
			around = append(around, neighbour)
		}
	}
	switch kind {
	case Missing:
		if !p.claim(ring...) {
			return
		}
		p.gone[m] = true
		slices.Sort(around)
		p.faults = append(p.faults, Fault{Kind: Missing, Members: around, Ground: ring})
	case Duplicate:
		copied := slices.Clone(ring)
		if i := p.random.IntN(len(ring)); p.random.IntN(2) == 0 {
			a, b := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
			copied[i] = away(ring[i], a, b, 0.02+0.1*p.random.Float64())
			if !holds(ring, copied[i]) || !simple(append(slices.Clone(copied), copied[0])) {
				return
			}
		}
		if !p.claim(ring...) {
			return
		}
		p.faults = append(p.faults, Fault{Kind: Duplicate, Members: []int{m, p.add(geo.PolygonShape(copied))}, Ground: copied})
	case Shifted:
		metres := 0.03 + 0.4*p.random.Float64()
		if !narrow {
			metres = 0.6 + 2*p.random.Float64()
		}
		sin, cos := math.Sincos(2 * math.Pi * p.random.Float64())
		dx, dy := int32(math.Round(metres*cos/east)), int32(math.Round(metres*sin/north))
		if !p.claim(ring...) {
			return
		}
		before := geo.PolygonShape(slices.Clone(ring))
		for i := range ring {
			ring[i].X += dx
			ring[i].Y += dy
		}
		p.faults = append(p.faults, Fault{Kind: Shifted, Members: []int{m}, Narrow: narrow, Before: before})
	}
}

// roomIn is about the diameter in metres of the largest circle in a ring, never
// more: the best of a few thousand places.
func roomIn(ring []geo.Point) float64 {
	box := boxOf(ring)
	const side = 50
	best := 0.0
	for i := range side {
		for j := range side {
			p := geo.Point{X: box.W + (box.E-box.W)/side*int32(i), Y: box.S + (box.N-box.S)/side*int32(j)}
			if !holds(ring, p) {
				continue
			}
			near := math.Inf(1)
			for k, a := range ring {
				near = min(near, distance(p, a, ring[(k+1)%len(ring)]))
			}
			best = max(best, 2*near)
		}
	}
	return best
}

// coverage puts the members together and numbers them anew.
func (p *planter) coverage(clean []geo.Shape) Coverage {
	var c Coverage
	numbers := make([]int, len(clean)+len(p.added))
	for m, rings := range p.rings {
		numbers[m] = len(c.Members)
		if p.gone[m] {
			continue
		}
		s := clean[m]
		if !p.scattered[m] {
			s = geo.PolygonShape(rings[0], rings[1:]...)
		}
		c.Members = append(c.Members, s)
		c.Was = append(c.Was, m)
	}
	for i, s := range p.added {
		numbers[len(clean)+i] = len(c.Members)
		c.Members = append(c.Members, s)
		c.Was = append(c.Was, -1)
	}
	for _, f := range p.faults {
		members := make([]int, len(f.Members))
		for i, m := range f.Members {
			members[i] = numbers[m]
		}
		f.Members = members
		c.Faults = append(c.Faults, f)
	}
	return c
}
