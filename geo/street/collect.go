package street

import (
	"cmp"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
)

// gateReach is how far from a street a gate may be drawn and still stand on it:
// surveyed gates miss the middle of the way by a metre or two.
const gateReach = 2.0

// line is one street line on its way into the network.
type line struct {
	points []geo.Point
	street int32 // index into streets
	square bool  // across a square
}

// work holds what Build gathers before the arrays are made.
type work struct {
	snap    *snapshot.Snapshot
	layers  []*snapshot.Layer
	streets []*geo.Street
	lines   []line
	barred  []*Gate // by id
	gates   map[geo.Point][]*Gate
	walls   []wall
	squares []square
	paved   int // streets that are streets; those across squares follow
	// pinned corners stay nodes: gates and the borders of grounds.
	pinned    map[geo.Point]bool
	compounds []*geo.Compound // residents' ground, by id
	owners    []*geo.Compound // all, when there are private streets
}

// walkable reports whether people may walk along a street. A street of unknown
// foot access may be walked, unless it is an expressway.
func walkable(s *geo.Street) bool {
	return s.Foot == "yes" || s.Foot == "private" || (s.Foot == "" && s.Class != "expressway")
}

func gather(s *snapshot.Snapshot) *work {
	w := &work{snap: s, gates: map[geo.Point][]*Gate{}, pinned: map[geo.Point]bool{}}
	for street := range snapshot.All[*geo.Street](s) {
		if !walkable(street) || street.Shape.Kind() != geo.Lines {
			continue
		}
		used := false
		for part := range street.Shape.Parts() {
			if points := slices.Compact(slices.Clone(part.Points)); len(points) > 1 {
				w.lines = append(w.lines, line{points: points, street: int32(len(w.streets))})
				used = true
			}
		}
		if used {
			w.streets = append(w.streets, street)
		}
	}
	w.findGrounds()
	w.findBarred()
	w.findWalls()
	w.findSquares()
	w.paved = len(w.streets)
	return w
}

// findGrounds lists the compounds that only residents walk in: those that say
// so, and those that say nothing and have a gate for residents only.
func (w *work) findGrounds() {
	byGate := map[string]bool{}
	for gate := range snapshot.All[*geo.Gate](w.snap) {
		if gate.Foot == "residents" && gate.Of != "" {
			byGate[gate.Of] = true
		}
	}
	private := slices.ContainsFunc(w.streets, func(s *geo.Street) bool { return s.Foot == "private" })
	for compound := range snapshot.All[*geo.Compound](w.snap) {
		if private {
			w.owners = append(w.owners, compound)
		}
		only := compound.ResidentsOnly
		if only.Value && only.Known || !only.Known && compound.Code != "" && byGate[compound.Code] {
			w.compounds = append(w.compounds, compound)
		}
	}
}

// cutAt is a corner to be put into a line.
type cutAt struct {
	line, segment int32
	share         float64
	point         geo.Point
}

// cut puts corners into the lines where gates stand and where borders of
// grounds cross them, and pins them.
func (w *work) cut() {
	var ids []int32
	type place struct{ line, segment int32 }
	var places []place
	for l := range w.lines {
		for s := range len(w.lines[l].points) - 1 {
			ids = append(ids, int32(len(places)))
			places = append(places, place{int32(l), int32(s)})
		}
	}
	segment := func(i int32) (a, b geo.Point) {
		at := places[i]
		points := w.lines[at.line].points
		return points[at.segment], points[at.segment+1]
	}
	index := newSegments(ids, segment)
	var cuts []cutAt
	put := func(i int32, p geo.Point) {
		w.pinned[p] = true
		a, b := segment(i)
		if p == a || p == b {
			return
		}
		local := crs.NewLocal(p)
		share, _ := nearest(&local, p, a, b)
		cuts = append(cuts, cutAt{places[i].line, places[i].segment, share, p})
	}

	w.placeGates(index, put)
	border := func(shape geo.Shape, put func(int32, geo.Point)) {
		for part := range shape.Parts() {
			n := len(part.Points)
			for k := range n {
				if k == n-1 && shape.Kind() != geo.Polygons {
					break
				}
				a, b := part.Points[k], part.Points[(k+1)%n]
				done := map[int32]bool{}
				index.along(a, b, func(i int32) bool {
					if !done[i] {
						done[i] = true
						p, q := segment(i)
						for _, point := range meet(p, q, a, b) {
							put(i, point)
						}
					}
					return true
				})
			}
		}
	}
	for _, compound := range w.compounds {
		border(compound.Shape, put)
	}

	entries := make([][]geo.Point, len(w.squares))
	for k := range w.squares {
		square := w.squares[k].land.Shape
		enter := func(i int32, p geo.Point) {
			if st := w.streets[w.lines[places[i].line].street]; !st.Bridge && !st.Tunnel && st.Level.Or(0) == 0 {
				put(i, p)
				entries[k] = append(entries[k], p)
			}
		}
		border(square, enter)
		index.search(square.Box(), func(i int32) bool {
			at := places[i]
			points := w.lines[at.line].points
			for _, end := range [2]int{0, len(points) - 1} {
				if p := points[end]; (end == int(at.segment) || end == int(at.segment)+1) && square.Covers(p) {
					enter(i, p)
				}
			}
			return true
		})
	}

	slices.SortFunc(cuts, func(a, b cutAt) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.segment, b.segment), cmp.Compare(a.share, b.share),
			cmp.Compare(a.point.X, b.point.X), cmp.Compare(a.point.Y, b.point.Y))
	})
	for _, run := range runs(cuts, func(a, b cutAt) bool { return a.line == b.line }) {
		l := &w.lines[run[0].line]
		points := make([]geo.Point, 0, len(l.points)+len(run))
		for s, p := range l.points {
			points = append(points, p)
			for len(run) > 0 && int(run[0].segment) == s {
				points = append(points, run[0].point)
				run = run[1:]
			}
		}
		l.points = slices.Compact(points)
	}
	for k := range w.squares {
		w.cross(&w.squares[k], entries[k])
	}
}

// findBarred lists the gates that are not open to everybody at all times.
func (w *work) findBarred() {
	for gate := range snapshot.All[*geo.Gate](w.snap) {
		shut := gate.Foot == "none" || gate.Foot == "residents" && w.isOpenCompound(gate)
		if !shut && gate.Hours == "" || gate.Shape.Kind() != geo.Points {
			continue
		}
		schedule, _ := hours.Parse(gate.Hours) // a text that cannot be read is unknown hours
		w.barred = append(w.barred, &Gate{Feature: gate, Schedule: schedule, Shut: shut})
	}
}

// placeGates puts barred gates on the street within reach, at the corner they
// stand on or at a new one. Entrances and exits stand beside the street that
// passes them, not across it, unless they are one of its corners.
func (w *work) placeGates(index *segments, put func(int32, geo.Point)) {
	for _, barred := range w.barred {
		gate, reach := barred.Feature, gateReach
		if gate.Kind == "entrance" || gate.Kind == "exit" {
			reach = 0
		}
		p := gate.Shape.Points()[0]
		local := crs.NewLocal(p)
		best, square, share := int32(-1), reach*reach, 0.0
		dx, dy := local.Steps(reach)
		index.search(geo.NoBox.With(p).Grown(dx, dy), func(i int32) bool {
			a, b := index.seg(i)
			if f, d := nearest(&local, p, a, b); d <= square && (best < 0 || d < square || i < best) {
				best, square, share = i, d, f
			}
			return true
		})
		if best < 0 {
			continue
		}
		a, b := index.seg(best)
		on := geo.Point{X: mix(a.X, b.X, share), Y: mix(a.Y, b.Y, share)}
		put(best, on)
		w.gates[on] = append(w.gates[on], barred)
	}
}

// isOpenCompound reports whether a gate for residents leads into a compound that
// says it is open to all: then nobody is told from a resident inside, and the
// gate counts as shut.
func (w *work) isOpenCompound(gate *geo.Gate) bool {
	f, ok := w.snap.Layer(geo.Compounds).ByCode(gate.Of)
	if !ok {
		return false
	}
	only := f.(*geo.Compound).ResidentsOnly
	return only.Known && !only.Value
}

func mix(a, b int32, share float64) int32 {
	d := share * float64(int64(b)-int64(a))
	if d < 0 {
		return a - int32(0.5-d)
	}
	return a + int32(0.5+d)
}

// runs cuts a sorted list into stretches of equal items.
func runs[T any](list []T, same func(a, b T) bool) [][]T {
	var out [][]T
	for len(list) > 0 {
		n := 1
		for n < len(list) && same(list[0], list[n]) {
			n++
		}
		out = append(out, list[:n])
		list = list[n:]
	}
	return out
}
