package arc

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// Touch is a box of ground in which an area is drawn otherwise than before, its
// border or what lies inside of it. It holds all that differs there, in both.
type Touch struct {
	Key geo.Key
	Box mvt.Box
}

// Touched returns where two states of one zoom differ: outside the boxes of an area
// its borders have the same corners in the same order, so tiles there have the same
// bytes. Borders that have the same areas differ nowhere.
func Touched(before, after *Zoom) []Touch {
	var touches []Touch
	if before.borders == after.borders {
		return nil
	}
	touch := func(key geo.Key, old, now mvt.Shape) {
		add := func(b mvt.Box) { touches = append(touches, Touch{key, b}) }
		a, b := ringsOf(old), ringsOf(now)
		switch {
		case slices.EqualFunc(a, b, outline.equal):
		case touching(a) || touching(b):
			// Cut at a side that it reached beyond only before or only now, such an
			// area is put together anew all over, from another corner on.
			for _, ring := range slices.Concat(a, b) {
				add(boxOf(ring.corners))
			}
		default:
			differences(a, b, add)
		}
	}
	for _, a := range before.borders.areas {
		old, _ := before.Shape(a.Key)
		now, _ := after.Shape(a.Key)
		touch(a.Key, old, now)
	}
	for _, a := range after.borders.areas {
		if _, known := before.borders.number[a.Key]; !known {
			now, _ := after.Shape(a.Key)
			touch(a.Key, mvt.Shape{}, now)
		}
	}
	return touches
}

// outline is one ring of a shape.
type outline struct {
	corners []mvt.Point
	hole    bool
}

func (o outline) equal(p outline) bool { return o.hole == p.hole && slices.Equal(o.corners, p.corners) }

func ringsOf(s mvt.Shape) []outline {
	var rings []outline
	for i := range max(len(s.Parts)-1, 0) {
		rings = append(rings, outline{s.Corners[s.Parts[i].At():s.Parts[i+1].At()], s.Parts[i].IsHole()})
	}
	return rings
}

// touching reports whether rings have a corner in common.
func touching(rings []outline) bool {
	met := map[mvt.Point]bool{}
	for _, ring := range rings {
		for _, p := range ring.corners {
			if met[p] {
				return true
			}
			met[p] = true
		}
	}
	return false
}

// differences calls visit with boxes around what two lists of rings do not have in
// common.
func differences(old, now []outline, visit func(mvt.Box)) {
	head, short := 0, min(len(old), len(now))
	for head < short && old[head].equal(now[head]) {
		head++
	}
	tail := 0
	for tail < short-head && old[len(old)-1-tail].equal(now[len(now)-1-tail]) {
		tail++
	}
	old, now = old[head:len(old)-tail], now[head:len(now)-tail]
	if len(old) == 1 && len(now) == 1 && old[0].hole == now[0].hole && old[0].corners[0] == now[0].corners[0] {
		detours(old[0].corners, now[0].corners, visit)
		return
	}
	for _, ring := range slices.Concat(old, now) {
		visit(boxOf(ring.corners))
	}
}

// detours calls visit with a box around each place where two rings with the same
// first corner go different ways, from a corner they share to the next.
func detours(a, b []mvt.Point, visit func(mvt.Box)) {
	place := make(map[mvt.Point]int, len(b))
	for i, p := range b {
		place[p] = i
	}
	i, j := 1, 1 // behind a corner that both share
	for {
		for i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
		}
		if i == len(a) && j == len(b) {
			return
		}
		nextA, nextB := i, len(b)
		for ; nextA < len(a); nextA++ {
			if at, shared := place[a[nextA]]; shared && at >= j {
				nextB = at
				break
			}
		}
		end := a[nextA%len(a)]
		box := boxOf(a[i-1 : nextA]).Extend(end)
		for _, p := range b[j-1 : nextB] {
			box = box.Extend(p)
		}
		visit(box)
		if nextA == len(a) {
			return
		}
		i, j = nextA+1, nextB+1
	}
}

func boxOf(corners []mvt.Point) mvt.Box {
	box := mvt.NoBox
	for _, p := range corners {
		box = box.Extend(p)
	}
	return box
}
