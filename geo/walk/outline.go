package walk

import (
	"context"
	"encoding/binary"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/street"
)

// Outlines are contours of arrival times at the samples of the field, all bands
// from one grid of values. Rings are valid and nest, always, because
//
//  1. all levels see one grid with one set of values;
//  2. the crossing on a grid edge is a rising function of the level and lies
//     strictly between the two samples;
//  3. a saddle is joined exactly when the level is at or above the mean of its
//     corners, a threshold that does not know the level;
//  4. where values jump (two streets back to back, a wall) nothing is
//     interpolated: each side is walked from at walking speed, and the border
//     between them lies near the middle, a little farther out for each level;
//  5. rounding to the lattice is far below the least distance of two crossings.
//
// So a sample is always on its true side, and so is the pole of a building, for
// it is a corner of the mesh as a sample is (see mesh.go). Holes and islands come
// out by themselves. The samples around the origin count as the origin, so that
// its outline holds it. Last, corners that the eye does not miss are dropped, so
// that all of this stays true (see simplify.go).

// window is a part of the field with the times of its samples.
type window struct {
	column, row int32 // of its first sample in the field
	wide, high  int32
	ms          []uint32 // access legs of the start not counted, of the sample counted
	class       []uint8  // how many levels are too short; with 7 bytes beyond the end
	// Room for the simplifier: a number for each cell, and what lies in them.
	cells []int32
	nodes []node
}

// outlines returns the polygons within each of the minutes.
func (m *Map) outlines(ctx context.Context, s *search, now *situation, q *Query) ([]geo.Shape, error) {
	w, err := now.field.times(ctx, s, now.places)
	if err != nil {
		return nil, err
	}
	levels := make([]int64, len(q.Minutes))
	for i, minutes := range q.Minutes {
		levels[i] = int64(minutes)*60_000 - int64(s.legMS(s.start.Leg))
	}
	w.stamp(now.field.cell(q.Origin))
	w.classify(levels)
	tracer := &contours{
		field: now.field, window: w, levels: levels,
		search: s, places: now.places, mesh: now.places.mesh,
		cellMS: fieldStep * 1000 * float64(s.pace),
	}
	return tracer.shapes(q.Origin), nil
}

// times evaluates the samples of all blocks that a reached edge is joined from,
// in a window with a rim of unreached samples.
func (f *field) times(ctx context.Context, s *search, p *view) (*window, error) {
	box := geo.NoBox
	for _, edge := range s.edges() {
		box = box.Union(f.net.EdgeBox(edge))
	}
	// Nobody gets farther than straight ahead, however long the edge is; a
	// hundredth more covers the error of local metres.
	far := float64(s.budget) / 1000 * s.speed
	local := crs.NewLocal(s.start.At)
	box = box.Grown(local.Steps(min(street.Reach, far) + fieldStep))
	round := geo.NoBox.With(s.start.At).Grown(local.Steps(far*1.01 + fieldStep))
	box = geo.Box{W: max(box.W, round.W), S: max(box.S, round.S), E: min(box.E, round.E), N: min(box.N, round.N)}
	for _, i := range s.found {
		if p.isBuilding(i) { // it may stand farther from its gate than Reach
			box = box.Union(f.around(p.mesh.at[int(i)-p.buildings]))
		}
	}
	side := func(v, from int64, step int32, last int32) int32 {
		return int32(min(max((v-from)/(int64(step)*blockSide), 0), int64(last)))
	}
	west, east := side(int64(box.W), int64(f.corner.X), f.dx, f.cols-1), side(int64(box.E), int64(f.corner.X), f.dx, f.cols-1)
	south, north := side(int64(box.S), int64(f.corner.Y), f.dy, f.rows-1), side(int64(box.N), int64(f.corner.Y), f.dy, f.rows-1)
	w := &s.window
	w.column, w.row = west*blockSide-1, south*blockSide-1
	w.wide, w.high = (east-west+1)*blockSide+2, (north-south+1)*blockSide+2
	w.reset()
	for row := south; row <= north; row++ {
		for column := west; column <= east; column++ {
			f.block(column, row).evaluate(s, w, column, row)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return w, nil
}

func (w *window) reset() {
	n := int(w.wide) * int(w.high)
	if cap(w.ms) < n {
		w.ms, w.class, w.cells = make([]uint32, n), make([]uint8, n+8), make([]int32, n)
	}
	w.ms, w.class, w.cells = w.ms[:n], w.class[:n+8], w.cells[:n]
	w.ms[0] = unreached
	for done := 1; done < n; done *= 2 {
		copy(w.ms[done:], w.ms[:done])
	}
}

// reachedEdge holds what the times along an edge follow from.
type reachedEdge struct {
	tail, head uint32 // unreached when one does not come from there
	whole      uint32
	edge       int32
	mode       uint8
}

const (
	notReached = iota
	fromEnds
	placeByPlace // the start's own edge, or a stretch is closed
)

// evaluate writes the times of a block's samples into the window.
func (b *block) evaluate(s *search, w *window, column, row int32) {
	s.slots = s.slots[:0]
	reached := false
	for _, edge := range b.edges {
		slot := reachedEdge{edge: edge}
		if s.edgeStamp[edge] == s.stamp {
			reached = true
			e := &s.net.Edges[edge]
			slot = reachedEdge{tail: unreached, head: unreached, whole: s.edgeMS(e), edge: edge, mode: fromEnds}
			if edge == s.start.Edge || s.closed.Edge(edge) {
				slot.mode = placeByPlace
			}
			if s.along(e) {
				slot.tail = s.nodeMS(e.Tail)
			}
			if s.against(e) {
				slot.head = s.nodeMS(e.Head)
			}
		}
		s.slots = append(s.slots, slot)
	}
	if !reached {
		return
	}
	legUnit := street.Reach * 1000 / 65535 * float64(s.pace)
	for y := range int32(blockSide) {
		to := w.ms[((row*blockSide+y)-w.row)*w.wide+column*blockSide-w.column:][:blockSide]
		from := b.samples[y*blockSide:][:blockSide]
		for x := range from {
			sample := &from[x]
			if sample.edge == noEdge {
				continue
			}
			slot := &s.slots[sample.edge]
			ms := uint64(unreached)
			switch slot.mode {
			case notReached:
				continue
			case fromEnds:
				before := uint64(slot.whole) * uint64(sample.place) / 65535
				if slot.tail != unreached {
					ms = uint64(slot.tail) + before
				}
				if slot.head != unreached {
					ms = min(ms, uint64(slot.head)+uint64(slot.whole)-before)
				}
			case placeByPlace:
				mm := int32(uint64(s.net.Edges[slot.edge].MM) * uint64(sample.place) / 65535)
				own, _, _ := s.arrive(slot.edge, mm)
				ms = uint64(own)
			}
			if ms < unreached {
				to[x] = uint32(min(ms+uint64(float64(sample.leg)*legUnit+0.5), unreached))
			}
		}
	}
}

// stamp gives the samples around the origin its own time.
func (w *window) stamp(column, row int32) {
	x, y := column-w.column, row-w.row
	if x < 1 || y < 1 || x+2 >= w.wide || y+2 >= w.high {
		return // the rim stays unreached
	}
	i := y*w.wide + x
	w.ms[i], w.ms[i+1], w.ms[i+w.wide], w.ms[i+w.wide+1] = 0, 0, 0, 0
}

// classify counts for each sample the levels that are too short for it.
func (w *window) classify(levels []int64) {
	last := levels[len(levels)-1]
	for i, ms := range w.ms {
		if int64(ms) > last {
			w.class[i] = uint8(len(levels))
			continue
		}
		k := uint8(0)
		for int64(ms) > levels[k] {
			k++
		}
		w.class[i] = k
	}
}

// quiet reports whether the eight cells above sample i lie in one class.
func (w *window) quiet(i int32) bool {
	const ones = 0x0101010101010101
	c := w.class[i]
	return binary.LittleEndian.Uint64(w.class[i:]) == uint64(c)*ones &&
		binary.LittleEndian.Uint64(w.class[i+w.wide:]) == uint64(c)*ones &&
		w.class[i+8] == c && w.class[i+w.wide+8] == c
}
