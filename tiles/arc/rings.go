package arc

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// loop is a closed walk over corners that comes to none twice.
type loop struct {
	corners []int32
	hole    bool
}

// loops returns an area as it lies after rounding: its rings as they were given,
// or, where they folded up or came to touch themselves or one another, taken apart
// into simple ones. Holes come after their outer ring.
func (d *drawing) loops(rings []ring) []loop {
	d.area++
	walks := make([][]int32, len(rings))
	simple := true
	for i, r := range rings {
		walks[i] = d.walk(r)
		for _, c := range walks[i] {
			simple = simple && d.metBy[c] != d.area
			d.metBy[c] = d.area
		}
	}
	if !simple {
		t := tangle{corners: d.corners}
		return t.loops(walks)
	}
	loops := make([]loop, 0, len(rings))
	outer := false
	for i, walk := range walks {
		if !rings[i].hole {
			outer = len(walk) > 2
		}
		if outer && len(walk) > 2 {
			loops = append(loops, loop{walk, rings[i].hole})
		}
	}
	return loops
}

// walk returns the corners of a ring, without repeating one that it rests on.
func (d *drawing) walk(r ring) []int32 {
	walk := make([]int32, 0, len(r.steps))
	put := func(c int32) {
		if len(walk) == 0 || walk[len(walk)-1] != c {
			walk = append(walk, c)
		}
	}
	for _, s := range r.steps {
		from, _ := d.ground.ends(s)
		put(d.cornerOf[from])
		bends := d.bends[int32(s>>1)]
		for i := range bends {
			if s&1 == 0 {
				put(bends[i])
			} else {
				put(bends[len(bends)-1-i])
			}
		}
	}
	for len(walk) > 1 && walk[len(walk)-1] == walk[0] {
		walk = walk[:len(walk)-1]
	}
	return walk
}

// tangle is an area the rings of which share corners or edges. Its ground lies
// left of every edge, with Y running south to the right: rounding folds ground up
// and turns none over.
type tangle struct {
	corners []geo.Point
	edges   [][2]int32        // from, to
	out     map[int32][]int32 // by corner: the edges from it that are not walked yet
}

// loops takes the rings apart. Each loop turns as sharply as it can to the left, so
// it stays along one piece of ground, and is cut off where it comes to a corner
// again.
func (t *tangle) loops(walks [][]int32) []loop {
	t.cancel(walks)
	var outers, holes [][]int32
	at := map[int32]int{} // by corner: its place in the walk
	for first := range t.edges {
		e := int32(first)
		if !slices.Contains(t.out[t.edges[e][0]], e) {
			continue
		}
		var walk []int32
		for {
			from, to := t.edges[e][0], t.edges[e][1]
			t.out[from] = slices.DeleteFunc(t.out[from], func(f int32) bool { return f == e })
			at[from] = len(walk)
			walk = append(walk, from)
			if start, met := at[to]; met {
				cut := slices.Clone(walk[start:])
				for _, c := range cut {
					delete(at, c)
				}
				walk = walk[:start]
				if area := t.area2(cut); area > 0 {
					outers = append(outers, cut)
				} else if area < 0 {
					holes = append(holes, cut)
				}
			}
			if len(t.out[to]) == 0 {
				break
			}
			e = t.leftmost(from, to)
		}
	}
	return t.nest(outers, holes)
}

// cancel lists the edges of all rings, without those that run both ways: no ground
// is left beside them.
func (t *tangle) cancel(walks [][]int32) {
	sum := map[[2]int32]int{} // only looked up
	for _, walk := range walks {
		for i, a := range walk {
			b := walk[(i+1)%len(walk)]
			sum[[2]int32{a, b}]++
			sum[[2]int32{b, a}]--
		}
	}
	t.out = map[int32][]int32{}
	for _, walk := range walks {
		for i, a := range walk {
			b := walk[(i+1)%len(walk)]
			if sum[[2]int32{a, b}] > 0 {
				sum[[2]int32{a, b}]--
				t.out[a] = append(t.out[a], int32(len(t.edges)))
				t.edges = append(t.edges, [2]int32{a, b})
			}
		}
	}
}

// leftmost returns the edge that goes on from an edge, turning to the left as
// sharply as any.
func (t *tangle) leftmost(from, to int32) int32 {
	back, at := t.corners[from], t.corners[to]
	best := t.out[to][0]
	for _, e := range t.out[to][1:] {
		if sooner(at, back, t.corners[t.edges[e][1]], t.corners[t.edges[best][1]]) {
			best = e
		}
	}
	return best
}

// sooner reports whether, seen from a place and turning clockwise from start with
// Y running north, p comes before q.
func sooner(at, start, p, q geo.Point) bool {
	// In the first half turn lies what is right of the way to start.
	half := func(p geo.Point) int {
		c := geo.Cross(at, start, p)
		ahead := (int64(start.X)-int64(at.X))*(int64(p.X)-int64(at.X))+(int64(start.Y)-int64(at.Y))*(int64(p.Y)-int64(at.Y)) > 0
		switch {
		case c < 0:
			return 1
		case c > 0:
			return 3
		case ahead:
			return 4 // back along the way it came
		}
		return 2
	}
	if hp, hq := half(p), half(q); hp != hq {
		return hp < hq
	}
	return geo.Cross(at, p, q) < 0
}

func (t *tangle) area2(walk []int32) (sum int64) {
	for i := 1; i+1 < len(walk); i++ {
		sum += geo.Cross(t.corners[walk[0]], t.corners[walk[i]], t.corners[walk[i+1]])
	}
	return sum
}

// nest puts each hole behind the smallest outer ring around it.
func (t *tangle) nest(outers, holes [][]int32) []loop {
	points := func(walk []int32) []geo.Point {
		list := make([]geo.Point, len(walk))
		for i, c := range walk {
			list[i] = t.corners[c]
		}
		return list
	}
	type outline struct {
		points []geo.Point
		area   int64
		loops  []loop
	}
	outlines := make([]outline, len(outers))
	for i, walk := range outers {
		outlines[i] = outline{points(walk), t.area2(walk), []loop{{walk, false}}}
	}
	for _, hole := range holes {
		var around *outline
		for i := range outlines {
			o := &outlines[i]
			if (around == nil || o.area < around.area) && encloses(o.points, points(hole)) {
				around = o
			}
		}
		if around != nil {
			around.loops = append(around.loops, loop{hole, true})
		}
	}
	var loops []loop
	for _, o := range outlines {
		loops = append(loops, o.loops...)
	}
	return loops
}

// encloses reports whether a ring lies in another that it does not cross.
func encloses(outer, inner []geo.Point) bool {
	for _, p := range inner {
		if side := geo.RingSide(outer, p); side != geo.OnBorder {
			return side == geo.Inside
		}
	}
	return true
}

// graph is what all loops together make: corners and the borders between them.
type graph struct {
	kept  []bool     // by corner: it is drawn
	node  []bool     // by corner: it ends arcs
	sides [][2]int32 // by corner: its first two neighbours; none
	// shared says by corner between nodes that its arc is not the only one that
	// joins them.
	shared []bool
	// joined counts for two nodes the arcs and edges between them; only looked up.
	joined map[[2]int32]int
}

const none = -1

// makeGraph finds the nodes: the corners with other than two neighbours. Where an
// area has a border that goes on, so have all areas along it.
func makeGraph(corners int, areas [][]loop) graph {
	g := graph{
		kept: make([]bool, corners), node: make([]bool, corners), sides: make([][2]int32, corners),
		shared: make([]bool, corners),
		joined: map[[2]int32]int{},
	}
	for i := range g.sides {
		g.sides[i] = [2]int32{none, none}
	}
	each := func(visit func(a, b int32)) {
		for _, loops := range areas {
			for _, l := range loops {
				a := l.corners[len(l.corners)-1]
				for _, b := range l.corners {
					visit(a, b)
					a = b
				}
			}
		}
	}
	link := func(a, b int32) {
		switch s := &g.sides[a]; {
		case s[0] == b || s[1] == b:
		case s[0] == none:
			s[0] = b
		case s[1] == none:
			s[1] = b
		default:
			g.node[a] = true
		}
	}
	each(func(a, b int32) {
		link(a, b)
		link(b, a)
	})
	copy(g.kept, g.node)
	each(func(a, b int32) {
		if g.node[a] && g.node[b] {
			g.joined[pair(a, b)] = 1
		}
	})
	return g
}

func pair(a, b int32) [2]int32 { return [2]int32{min(a, b), max(a, b)} }

// compare orders places from west to east, then from north to south.
func compare(p, q geo.Point) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) }
