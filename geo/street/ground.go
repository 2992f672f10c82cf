package street

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// borderWidth is how far inside its outline a compound begins, in metres: a
// street that is drawn along the outline belongs to nobody's ground.
const borderWidth = 0.5

// findGrounds gives the raw edges their residents' ground: that of the compound
// they lie in when it is for residents only; for private streets that of any
// compound they lie in, else one for each connected set of them. It returns the
// grounds of compounds, by id.
func (j *joint) findGrounds(w *work) map[int64]int32 {
	residents := map[int64]bool{}
	for _, compound := range w.compounds {
		residents[compound.ID] = true
	}
	grounds := map[int64]int32{} // by compound id
	last := int32(0)
	ground := func(id int64) int32 {
		if grounds[id] == 0 {
			last++
			grounds[id] = last
		}
		return grounds[id]
	}
	var loose []int32
	isPrivate := func(i int) bool { return w.streets[j.raw[i].street].Foot == "private" }
	compounds := make([]int64, len(j.raw)) // by id; 0: in none
	if w.snap.Layer(geo.Compounds).Len() > 0 {
		inParts(len(j.raw), func(from, to int) {
			for i := from; i < to; i++ {
				if private := isPrivate(i); private || len(residents) > 0 {
					compounds[i] = compoundAt(w.snap, middle(j.raw[i].points), func(c *geo.Compound) bool { return private || residents[c.ID] })
				}
			}
		})
	}
	for i, id := range compounds {
		if id != 0 {
			j.raw[i].class.ground = ground(id)
		} else if isPrivate(i) {
			loose = append(loose, int32(i))
		}
	}
	root := make(map[int32]int32) // union-find over nodes
	var find func(n int32) int32
	find = func(n int32) int32 {
		if up, ok := root[n]; ok && up != n {
			root[n] = find(up)
			return root[n]
		}
		return n
	}
	for _, i := range loose {
		a, b := find(j.raw[i].tail), find(j.raw[i].head)
		root[max(a, b)] = min(a, b)
	}
	groups := map[int32]int32{}
	for _, i := range loose {
		top := find(j.raw[i].tail)
		if groups[top] == 0 {
			last++
			groups[top] = last
		}
		j.raw[i].class.ground = groups[top]
	}
	return grounds
}

// middle returns the middle of the longest piece of a line.
func middle(points []geo.Point) geo.Point {
	best, length := 0, -1.0
	for i := range len(points) - 1 {
		if d := crs.Distance(points[i], points[i+1]); d > length {
			best, length = i, d
		}
	}
	return between(points[best], points[best+1], 1, 2)
}

// compoundAt returns the smallest id of the wanted compounds that a point lies
// well inside of, 0 for none.
func compoundAt(s *snapshot.Snapshot, p geo.Point, wanted func(*geo.Compound) bool) (id int64) {
	dx, dy := crs.NewLocal(p).Steps(borderWidth)
	for compound := range snapshot.Search[*geo.Compound](s, geo.NoBox.With(p)) {
		if id != 0 && compound.ID > id || !wanted(compound) {
			continue
		}
		inside := true
		for _, q := range [4]geo.Point{{X: p.X - dx, Y: p.Y}, {X: p.X + dx, Y: p.Y}, {X: p.X, Y: p.Y - dy}, {X: p.X, Y: p.Y + dy}} {
			inside = inside && compound.Shape.Covers(q)
		}
		if inside {
			id = compound.ID
		}
	}
	return id
}
