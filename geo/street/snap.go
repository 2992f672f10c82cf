package street

import (
	"math"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

const (
	// Reach is the longest access leg, in metres (design, "Walking").
	Reach = 250.0
	// raisedReach is the longest leg onto a bridge, into a tunnel or onto another
	// level: about half the width of the widest, so what lies beside it is below it.
	raisedReach = 8.0
	// smallIsland is the length of streets, in metres, below which a piece of
	// network that is cut off from the rest is joined only where there is nothing
	// else within reach: mostly a path that was drawn without its connection.
	smallIsland = 500.0
)

// Foot is where a point joins the network.
type Foot struct {
	Edge int32
	MM   int32     // from the tail of the edge
	Leg  int32     // millimetres from the point to the edge
	At   geo.Point // the place on the edge
}

// Around returns the ground from which a point may join the network in a box.
func Around(box geo.Box) geo.Box {
	if box.Empty() {
		return box
	}
	// A leg has the metres of the latitude where it begins, which lies at most a leg
	// beyond the box; those east are the shortest at one of its ends.
	_, dy := crs.NewLocal(box.Centre()).Steps(Reach + 1)
	widest := int32(0)
	for _, y := range [2]int32{box.S - dy, box.N + dy} {
		dx, _ := crs.NewLocal(geo.Point{Y: y}).Steps(Reach)
		widest = max(widest, dx)
	}
	return box.Grown(widest, dy)
}

type candidate struct {
	square float64
	share  float64
	piece  int32
	cut    bool // by closures: the nearest of an open stretch
}

func (c candidate) before(d candidate) bool {
	return c.square < d.square || c.square == d.square && c.piece < d.piece
}

// snapper is a binary heap of candidates, the nearest first.
type snapper struct{ found []candidate }

func (s *snapper) push(c candidate) {
	s.found = append(s.found, c)
	h := s.found
	i := len(h) - 1
	for up := (i - 1) / 2; i > 0 && c.before(h[up]); up = (i - 1) / 2 {
		h[i] = h[up]
		i = up
	}
	h[i] = c
}

func (s *snapper) pop() candidate {
	h := s.found
	top, c := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	s.found = h
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(c) {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = c
	}
	return top
}

var snappers = sync.Pool{New: func() any { return new(snapper) }}

// Snap returns the nearest place on an edge that can be reached from p by a
// straight leg of at most Reach metres over no water, barrier or closure; false
// when there is none. Bridges, tunnels and other levels are joined from 8 m, and
// small cut-off pieces only when nothing else is in reach. Of equally near edges
// it takes the first in stored order. A closure makes no leg shorter: who keeps
// the place that is joined without it joins no other.
func (n *Network) Snap(p geo.Point, closed *Closed) (Foot, bool) {
	if closed.around(p) {
		return Foot{}, false // no leg begins there
	}
	s := snappers.Get().(*snapper)
	defer snappers.Put(s)
	local := crs.NewLocal(p)
	var spare Foot
	hasSpare := false
	var foot Foot
	ok := n.scan(s, p, &local, Reach, func(c candidate) bool {
		edge := n.edgeOf[c.piece]
		if n.Edges[edge].Raised && c.square > raisedReach*raisedReach {
			return false
		}
		from, length := n.mm[c.piece], n.mm[c.piece+1]-n.mm[c.piece]
		mm := from + rounded(c.share*float64(length))
		at := geo.Point{
			X: mix(n.shape[c.piece].X, n.shape[c.piece+1].X, c.share),
			Y: mix(n.shape[c.piece].Y, n.shape[c.piece+1].Y, c.share),
		}
		if closed.Edge(edge) && !c.cut {
			if n.wallGrid.blocked(p, at) {
				return false // what is closed brings nobody round a wall
			}
			// Each open stretch takes its turn by itself.
			for lo, hi := range closed.Gaps(edge, n.Edges[edge].MM) {
				if lo, hi = max(lo, from), min(hi, from+length); lo <= hi {
					open := c
					if mm < lo || mm > hi {
						open = n.candidate(&local, p, c.piece, min(max(mm, lo), hi))
					}
					if open.cut = true; open.square <= Reach*Reach {
						s.push(open)
					}
				}
			}
			return false
		}
		small := n.isSmall(edge)
		if small && hasSpare || n.wallGrid.blocked(p, at) || closed.Leg(p, at) {
			return false
		}
		foot = Foot{Edge: edge, At: at, MM: mm, Leg: rounded(math.Sqrt(c.square) * 1000)}
		if small {
			spare, hasSpare = foot, true
			return false
		}
		return true
	})
	if !ok && hasSpare {
		return spare, true
	}
	return foot, ok
}

// candidate returns a given place on a piece.
func (n *Network) candidate(local *crs.Local, p geo.Point, piece, mm int32) candidate {
	share := float64(mm-n.mm[piece]) / float64(max(n.mm[piece+1]-n.mm[piece], 1))
	px, py := local.XY(p)
	ax, ay := local.XY(n.shape[piece])
	bx, by := local.XY(n.shape[piece+1])
	x, y := ax+share*(bx-ax)-px, ay+share*(by-ay)-py
	return candidate{square: x*x + y*y, share: share, piece: piece}
}

// Distance returns the metres to the nearest street up to limit, over whatever
// lies between; 0 when there is none.
func (n *Network) Distance(p geo.Point, limit float64) float64 {
	s := snappers.Get().(*snapper)
	defer snappers.Put(s)
	local := crs.NewLocal(p)
	metres := 0.0
	n.scan(s, p, &local, limit, func(c candidate) bool {
		metres = math.Sqrt(c.square)
		return true
	})
	return metres
}

// scan offers the pieces within limit metres in order of distance until one is
// taken. It looks at cells in squares that grow around p; what lies nearer than
// the border of the square is final.
func (n *Network) scan(s *snapper, p geo.Point, local *crs.Local, limit float64, take func(candidate) bool) bool {
	g := n.pieces
	dx, dy := local.Steps(limit)
	if !g.box.Intersects(geo.NoBox.With(p).Grown(dx, dy)) {
		return false
	}
	s.found = s.found[:0]
	// The cell of p, also when it lies beside the grid.
	column := floorDiv(int64(p.X)-int64(g.box.W), g.wide)
	row := floorDiv(int64(p.Y)-int64(g.box.S), g.high)
	for ring := int64(0); ; ring++ {
		// Metres from p to the border of the square of this ring.
		west := int64(g.box.W) + (column-ring)*g.wide
		south := int64(g.box.S) + (row-ring)*g.high
		x, y := int64(p.X)-west, int64(p.Y)-south
		side := 2*ring + 1
		px, py := local.XY(geo.Point{X: p.X + 1_000_000, Y: p.Y + 1_000_000})
		safe := min(float64(min(x, side*g.wide-x))*px, float64(min(y, side*g.high-y))*py) / 1_000_000
		n.gatherRing(s, p, local, limit, column, row, ring)
		last := candidate{piece: -1} // a piece is found once for each of its cells
		for len(s.found) > 0 && s.found[0].square <= safe*safe {
			if next := s.pop(); next != last {
				if take(next) {
					return true
				}
				last = next
			}
		}
		if safe >= limit {
			return false
		}
	}
}

func (n *Network) gatherRing(s *snapper, p geo.Point, local *crs.Local, limit float64, column, row, ring int64) {
	g := n.pieces
	cell := func(c, r int64) {
		if c < 0 || c >= int64(g.cols) || r < 0 || r >= int64(g.rows) {
			return
		}
		at := r*int64(g.cols) + c
		for _, i := range g.items[g.first[at]:g.first[at+1]] {
			if share, square := nearest(local, p, n.shape[i], n.shape[i+1]); square <= limit*limit {
				s.push(candidate{square: square, share: share, piece: i})
			}
		}
	}
	if ring == 0 {
		cell(column, row)
		return
	}
	for c := column - ring; c <= column+ring; c++ {
		cell(c, row-ring)
		cell(c, row+ring)
	}
	for r := row - ring + 1; r < row+ring; r++ {
		cell(column-ring, r)
		cell(column+ring, r)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
