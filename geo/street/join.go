package street

import (
	"math"
	"slices"

	"gridatlas/geo"
)

// joint is the network before degree-two nodes are folded away.
type joint struct {
	points []geo.Point
	pinned []bool
	raw    []rawEdge
}

// rawEdge is a piece of one street line between two nodes.
type rawEdge struct {
	tail, head int32
	points     []geo.Point
	street     int32
	class      class
}

// class is what edges must have in common to be folded into one.
type class struct {
	ground      int32
	steps       bool
	crossing    int32 // a marked crossing by itself: its street, counted from 1
	oneway      bool
	raised      bool
	square      bool
	from, until geo.Instant
}

// names numbers the corners of the lines by the node they would be.
type names struct {
	of     []int32     // of each corner, line by line
	at     []geo.Point // where each is
	pinned []bool      // each: a gate or the border of a ground is there
}

// Levels at a place, beside those that lines have.
const (
	nothing = math.MinInt32     // no line runs on over it
	several = math.MinInt32 + 1 // lines of several levels do
)

// name gives the corners at one place one number. But where lines of several
// levels run on over it each level has its own, and line ends of other levels
// share one more.
func (w *work) name() *names {
	corners := 0
	for i := range w.lines {
		corners += len(w.lines[i].points)
	}
	n := &names{of: make([]int32, 0, corners), at: make([]geo.Point, 0, corners)}
	numbers := make(map[geo.Point]int32, corners)
	through := make([]int32, 0, corners) // the level of the lines that run on over each
	levels := map[int32][]int32{}        // where there are several
	for i := range w.lines {
		l, own := &w.lines[i], w.level(i)
		for k, p := range l.points {
			number, ok := numbers[p]
			if !ok {
				number = int32(len(n.at))
				numbers[p] = number
				n.at, through = append(n.at, p), append(through, nothing)
			}
			n.of = append(n.of, number)
			switch is := &through[number]; {
			case k == 0 || k == len(l.points)-1 || *is == own:
			case *is == nothing:
				*is = own
			case *is != several:
				levels[number] = []int32{*is, own}
				*is = several
			case !slices.Contains(levels[number], own):
				levels[number] = append(levels[number], own)
			}
		}
	}
	n.pinned = make([]bool, len(n.at))
	for p := range w.pinned {
		if number, ok := numbers[p]; ok {
			n.pinned[number] = true
		}
	}
	if len(levels) > 0 {
		n.part(w, levels)
	}
	return n
}

// part gives the corners at places with several levels a number for each.
func (n *names) part(w *work, levels map[int32][]int32) {
	type corner struct{ number, level int32 }
	numbers := map[corner]int32{}
	next := 0
	for i := range w.lines {
		own := w.level(i)
		for range w.lines[i].points {
			of := &n.of[next]
			next++
			here, ok := levels[*of]
			if !ok {
				continue
			}
			c := corner{*of, own}
			if !slices.Contains(here, own) {
				c.level = nothing // an end of a line
			}
			if _, ok := numbers[c]; !ok {
				numbers[c] = int32(len(n.at))
				n.at, n.pinned = append(n.at, n.at[*of]), append(n.pinned, n.pinned[*of])
			}
			*of = numbers[c]
		}
	}
}

// level is that of a line.
func (w *work) level(line int) int32 { return w.streets[w.lines[line].street].Level.Or(0) }

// join finds the corners at which lines meet and cuts the lines there.
func (w *work) join() *joint {
	names := w.name()
	uses := make([]int32, len(names.at))
	for _, name := range names.of {
		uses[name]++
	}
	j := &joint{raw: make([]rawEdge, 0, 2*len(w.lines))}
	nodes := slices.Repeat([]int32{-1}, len(names.at))
	node := func(name int32) int32 {
		if nodes[name] < 0 {
			nodes[name] = int32(len(j.points))
			j.points = append(j.points, names.at[name])
			j.pinned = append(j.pinned, names.pinned[name])
		}
		return nodes[name]
	}
	rest := names.of
	for _, l := range w.lines {
		of := rest[:len(l.points)]
		rest = rest[len(l.points):]
		street := w.streets[l.street]
		class := class{
			steps:  street.Steps,
			square: l.square,
			oneway: street.OnewayFoot.Value && street.OnewayFoot.Known,
			raised: street.Bridge || street.Tunnel || street.Level.Or(0) != 0,
			from:   street.From, until: street.Until,
		}
		if street.Crossing && !street.Steps {
			class.crossing = l.street + 1
		}
		tail, start := node(of[0]), 0
		for i := 1; i < len(l.points); i++ {
			if i < len(l.points)-1 && uses[of[i]] == 1 && !names.pinned[of[i]] {
				continue
			}
			head := node(of[i])
			j.raw = append(j.raw, rawEdge{tail: tail, head: head, points: l.points[start : i+1], street: l.street, class: class})
			tail, start = head, i
		}
	}
	return j
}

// folded is an edge of several raw ones, each with the direction it is gone in.
type folded struct {
	tail, head int32
	class      class
	ways       []int32 // 2i along raw edge i, 2i+1 against it
}

// fold joins raw edges at nodes that have two ends of one class and no pin.
func (j *joint) fold() []folded {
	first := make([]int32, len(j.points)+1)
	for _, e := range j.raw {
		first[e.tail+1]++
		first[e.head+1]++
	}
	for i := range j.points {
		first[i+1] += first[i]
	}
	out := make([]int32, 2*len(j.raw))
	next := slices.Clone(first)
	for i, e := range j.raw {
		out[next[e.tail]] = int32(2 * i)
		next[e.tail]++
		out[next[e.head]] = int32(2*i + 1)
		next[e.head]++
	}
	end := func(way int32) int32 {
		if way&1 == 0 {
			return j.raw[way>>1].head
		}
		return j.raw[way>>1].tail
	}
	// onward returns the way that goes on from the end of another when nothing
	// else happens there.
	onward := func(way int32) (int32, bool) {
		node := end(way)
		ways := out[first[node]:first[node+1]]
		if len(ways) != 2 || j.pinned[node] {
			return 0, false
		}
		on := ways[0]
		if on == way^1 {
			on = ways[1]
		}
		a, b := j.raw[way>>1].class, j.raw[on>>1].class
		if a != b || on>>1 == way>>1 || a.oneway && on&1 != way&1 {
			return 0, false
		}
		return on, true
	}
	var edges []folded
	taken := make([]bool, len(j.raw))
	collect := func(way int32) {
		f := folded{tail: end(way ^ 1), class: j.raw[way>>1].class}
		for {
			taken[way>>1] = true
			f.ways = append(f.ways, way)
			on, ok := onward(way)
			if !ok || taken[on>>1] {
				break
			}
			way = on
		}
		f.head = end(way)
		edges = append(edges, f)
	}
	for i := range j.raw {
		if taken[i] {
			continue
		}
		// Go back to where the chain begins, or round a loop to here. One-way
		// streets are followed in their direction, so the edge has it too.
		way := int32(2 * i)
		for {
			back, ok := onward(way ^ 1)
			if !ok || back>>1 == int32(i) {
				break
			}
			way = back ^ 1
		}
		collect(way)
	}
	return edges
}
