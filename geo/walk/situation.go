package walk

import (
	"maps"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// situation is what a question is answered in: what is closed at its instant, the
// places and the ground as they join the network then, and what a Change makes of
// them.
type situation struct {
	closed *street.Closed
	places *view
	field  *field
}

// view is a set of places seen from a situation: most as they are on the map,
// some that join elsewhere or are not there at all, and some that are added. It
// never changes.
type view struct {
	*places
	moved map[int32]*place // instead of those of the list; without ways: they join nowhere
	gone  map[int32]bool   // removed: they are moved, without ways
	added []place          // numbered after those of the list
	// extra holds the stops of moved and added places by edge.
	extra map[int32][]stop
}

// len is the number of places, those that are gone counted.
func (v *view) len() int { return len(v.list) + len(v.added) }

// at returns a place by its number.
func (v *view) at(i int32) *place {
	if int(i) >= len(v.list) {
		return &v.added[int(i)-len(v.list)]
	}
	if moved, ok := v.moved[i]; ok {
		return moved
	}
	return &v.list[i]
}

// isBuilding reports whether people live in a place instead of walking to it.
func (v *view) isBuilding(i int32) bool { return int(i) >= v.buildings && int(i) < len(v.list) }

// onEdge calls visit with the stops on an edge.
func (v *view) onEdge(edge int32, visit func(*stop)) {
	for i := v.first[edge]; i < v.first[edge+1]; i++ {
		stop := &v.stops[i]
		if len(v.moved) > 0 {
			if _, moved := v.moved[stop.place]; moved {
				continue
			}
		}
		visit(stop)
	}
	if len(v.extra) > 0 {
		for i := range v.extra[edge] {
			visit(&v.extra[edge][i])
		}
	}
}

// index gathers the stops of moved and added places.
func (v *view) index() {
	v.extra = map[int32][]stop{}
	add := func(i int32) {
		for k, way := range v.at(i).ways {
			edge := way.foot.Edge
			v.extra[edge] = append(v.extra[edge], v.at(i).stop(i, int32(k)))
		}
	}
	moved := make([]int32, 0, len(v.moved))
	for i := range v.moved {
		moved = append(moved, i)
	}
	slices.Sort(moved)
	for _, i := range moved {
		add(i)
	}
	for k := range v.added {
		add(int32(len(v.list) + k))
	}
}

// now returns the situation at an instant as the map has it.
func (m *Map) now(t time.Time) *situation {
	last := m.last.Load()
	var known *street.Closed
	if last != nil {
		known = last.closed
	}
	closed := m.limits.At(geo.InstantOf(t), known)
	if last != nil && last.closed == closed {
		return last
	}
	now := &situation{closed: closed, places: &view{places: m.places}, field: m.field}
	if closed != nil {
		now.field = m.field.under(closed)
		now.places = m.cutOff(now.places, closed, closed)
	}
	m.last.Store(now)
	return now
}

// cutOff returns the places as they join while something is closed: those that a
// closure cuts from their street look for another. Closed holds all that is closed,
// new what of it the view does not know yet.
func (m *Map) cutOff(v *view, closed, new *street.Closed) *view {
	suspects := map[int32]bool{}
	m.net.NearClosed(new, func(edge int32) {
		v.onEdge(edge, func(stop *stop) { suspects[stop.place] = true })
	})
	var lost []int32
	for i := range suspects {
		if slices.ContainsFunc(v.at(i).ways, func(a access) bool {
			_, _, open := new.Gap(a.foot.Edge, a.foot.MM, m.net.Edges[a.foot.Edge].MM)
			return !open || new.Leg(a.from, a.foot.At)
		}) {
			lost = append(lost, i)
		}
	}
	return v.rejoined(m.joiner(closed), lost)
}

func (m *Map) joiner(closed *street.Closed) *joiner {
	return &joiner{snap: m.snap, net: m.net, closed: closed, doors: m.places.doors}
}

// rejoined returns the view with some places of its list joined anew.
func (v *view) rejoined(j *joiner, numbers []int32) *view {
	if len(numbers) == 0 {
		return v
	}
	joined := make([]place, len(numbers))
	each(len(numbers), func(k int) {
		joined[k] = *v.at(numbers[k])
		joined[k].ways = j.join(&joined[k])
	})
	out := *v
	out.moved = make(map[int32]*place, len(v.moved)+len(numbers))
	maps.Copy(out.moved, v.moved)
	for k, i := range numbers {
		out.moved[i] = &joined[k]
	}
	out.index()
	return &out
}
