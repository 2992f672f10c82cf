package tiles

// pyramid finds kept tiles by their place: a tree that parts each tile in the four
// of the next zoom, down to those that have entries. The zero value is empty.
type pyramid struct{ top *quarter }

type quarter struct {
	below   [4]*quarter
	entries []*entry // of the tile itself, one a set
}

// quarterBytes is what a quarter costs, about.
const quarterBytes = 64

// branch returns which of the four of zoom z a tile lies in.
func (a Address) branch(z uint32) int {
	shift := a.Z - z
	return int(a.X>>shift&1 | a.Y>>shift&1<<1)
}

// add puts an entry in, and returns how many quarters were made for it.
func (p *pyramid) add(e *entry) int {
	made := 0
	at := &p.top
	for z := uint32(0); ; z++ {
		if *at == nil {
			*at = &quarter{}
			made++
		}
		if z == e.key.tile.Z {
			break
		}
		at = &(*at).below[e.key.tile.branch(z+1)]
	}
	(*at).entries = append((*at).entries, e)
	return made
}

// remove takes an entry out that is in, and returns how many quarters went with it.
func (p *pyramid) remove(e *entry) int {
	path := [MaxZoom + 1]**quarter{&p.top}
	tile := e.key.tile
	for z := range tile.Z {
		path[z+1] = &(*path[z]).below[tile.branch(z+1)]
	}
	q := *path[tile.Z]
	for i, other := range q.entries {
		if other == e {
			last := len(q.entries) - 1
			q.entries[i], q.entries[last] = q.entries[last], nil
			q.entries = q.entries[:last]
			break
		}
	}
	gone := 0
	for z := int(tile.Z); z >= 0; z-- {
		if q := *path[z]; len(q.entries) > 0 || q.below != [4]*quarter{} {
			break
		}
		*path[z] = nil
		gone++
	}
	return gone
}

// touched calls visit with every entry whose tile shows the layer where it was
// touched. It looks at the quarters that the touch meets and no others. Visit must
// not change the pyramid.
func (p *pyramid) touched(t *LayerChanges, visit func(*entry)) {
	for i := range t.Touches {
		p.top.touched(Address{}, t, &t.Touches[i], visit)
	}
}

func (q *quarter) touched(a Address, l *LayerChanges, t *Touch, visit func(*entry)) {
	// A quarter with its buffer lies inside the one above with its own.
	if q == nil || !t.meets(a, widestBuffer) {
		return
	}
	for _, e := range q.entries {
		if r := e.set.rule(l.Layer); r != nil && t.reaches(r, a) {
			visit(e)
		}
	}
	for i, below := range q.below {
		if below != nil {
			below.touched(Address{a.Z + 1, a.X<<1 | uint32(i&1), a.Y<<1 | uint32(i>>1)}, l, t, visit)
		}
	}
}
