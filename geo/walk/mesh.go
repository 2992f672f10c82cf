package walk

import (
	"cmp"
	"math"
	"slices"

	"gridatlas/geo"
)

// mesh is the ground between the samples of a field where buildings stand. Most
// cells between four samples are squares. A pole of inaccessibility is a corner
// of the mesh like a sample, so that the outline is right about each building:
// where there is one the cell is cut into triangles. Poles are let in one by
// one: inside a triangle, on the side between two (which is then bent a little),
// or in the place of a sample that stands hardly apart.
//
// A mesh never changes.
type mesh struct {
	grid  grid
	poles []pole
	at    []geo.Point // of each building
	// The cells that are cut in block b of the field are cells[cellFirst[b]:
	// cellFirst[b+1]], row by row; the poles that are corners there are
	// corners[cornerFirst[b]:cornerFirst[b+1]].
	cells                  []cutCell
	cellFirst, cornerFirst []int32
	corners                []int32
	triangles              []triangle
	leftOut                int // poles too near another
}

// pole is where a building stands as a corner of the mesh.
type pole struct {
	building int32 // index into places.list, counted from the first building
	// dated: not in effect at all times.
	dated bool
}

// cutCell is a cell of the field, by its south-west sample, and its triangles.
type cutCell struct {
	column, row int32
	first, last int32
}

// triangle names its corners counterclockwise: 0 to 3 are the samples around
// the cell from the south-west counterclockwise, 4 and more are poles.
type triangle [3]int32

const firstPole = 4

const (
	// thin is the height of a triangle, in lattice steps (about a centimetre),
	// below which a pole is rather let in another way; thinnest that below which
	// it is left out. Between MaxBands levels, which cross a side a fourteenth of its
	// length apart, rounding to the lattice then leaves a gap.
	thin, thinnest = 200.0, 20.0
)

// corner names a corner while the mesh is made: a sample by its number in the
// field, row by row, or -1-i for pole i.
type corner int64

type facet [3]corner

// mesher makes a mesh.
type mesher struct {
	f     *grid
	wide  int64 // samples in a row of the field
	cells map[int64][]facet
	poles []geo.Point
}

// newMesh makes the mesh of a grid and the poles of the buildings.
func newMesh(f grid, p *places) *mesh {
	m := &mesh{grid: f, at: make([]geo.Point, len(p.list)-p.buildings)}
	w := &mesher{f: &f, wide: int64(f.cols) * blockSide, cells: map[int64][]facet{}}
	for i := range m.at {
		member := &p.list[p.buildings+i]
		m.at[i] = member.pole
		if f.dx == 0 {
			continue
		}
		w.poles = append(w.poles, member.pole)
		if !w.add(corner(-len(w.poles))) {
			w.poles = w.poles[:len(w.poles)-1]
			m.leftOut++
			continue
		}
		common := member.feature.Common()
		m.poles = append(m.poles, pole{int32(i), common.From != 0 || common.Until != 0})
	}
	m.fill(w)
	return m
}

// at returns where a corner is.
func (w *mesher) at(c corner) geo.Point {
	if c < 0 {
		return w.poles[-1-c]
	}
	return w.f.point(int32(int64(c)%w.wide), int32(int64(c)/w.wide))
}

// facets returns the triangles of a cell, those of a whole one too.
func (w *mesher) facets(cell int64) []facet {
	if cut, ok := w.cells[cell]; ok {
		return cut
	}
	a, b, c, d := corner(cell), corner(cell+1), corner(cell+w.wide+1), corner(cell+w.wide)
	return []facet{{a, b, c}, {a, c, d}}
}

// height is the least height of a triangle in lattice steps; negative when its
// corners run clockwise.
func (w *mesher) height(t facet) float64 {
	a, b, c := w.at(t[0]), w.at(t[1]), w.at(t[2])
	side := func(p, q geo.Point) float64 { return math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)) }
	return float64(geo.Cross(a, b, c)) / max(side(a, b), side(b, c), side(c, a))
}

// spot is a triangle in its cell.
type spot struct {
	cell int64
	facet
}

// change is a way to let a pole in: triangles for others, and how thin they get.
type change struct {
	old, fresh []spot
	height     float64
}

// add lets a pole in; false when it stands too near another, or beside the field.
func (w *mesher) add(pole corner) bool {
	p := w.at(pole)
	x, y := int64(p.X)-int64(w.f.corner.X), int64(p.Y)-int64(w.f.corner.Y)
	if x < 0 || y < 0 {
		return false
	}
	column, row := x/int64(w.f.dx), y/int64(w.f.dy)
	// Beyond the last sample there is no cell, and no block beyond the last block.
	if column < 1 || row < 1 || column >= w.wide-2 || row >= int64(w.f.rows)*blockSide-2 {
		return false
	}
	home := row*w.wide + column
	t, ok := w.around(home, func(t facet) bool {
		a, b, c := w.at(t[0]), w.at(t[1]), w.at(t[2])
		return geo.Cross(a, b, p) >= 0 && geo.Cross(b, c, p) >= 0 && geo.Cross(c, a, p) >= 0
	})
	if !ok {
		return false
	}
	best := change{height: thinnest}
	offer := func(c change) {
		if c.height >= best.height {
			best = c
		}
	}
	offer(w.split(t, pole))
	for side := range t.facet {
		if best.height >= thin {
			break
		}
		offer(w.bend(home, t, side, pole))
		offer(w.replace(t.facet[side], pole))
	}
	for _, old := range best.old {
		w.cells[old.cell] = slices.DeleteFunc(w.facets(old.cell), func(t facet) bool { return t == old.facet })
	}
	for _, fresh := range best.fresh {
		w.cells[fresh.cell] = append(w.cells[fresh.cell], fresh.facet)
	}
	return best.old != nil
}

// around finds a triangle in a cell or in those around it.
func (w *mesher) around(home int64, is func(facet) bool) (found spot, ok bool) {
	for _, cell := range [9]int64{
		home, home - 1, home + 1, home - w.wide, home + w.wide,
		home - w.wide - 1, home - w.wide + 1, home + w.wide - 1, home + w.wide + 1,
	} {
		for _, t := range w.facets(cell) {
			if is(t) {
				return spot{cell, t}, true
			}
		}
	}
	return spot{}, false
}

// swap adds to a change that a triangle gives way to others in its cell.
func (c *change) swap(w *mesher, old spot, fresh ...facet) {
	if c.old == nil {
		c.height = math.Inf(1)
	}
	c.old = append(c.old, old)
	for _, t := range fresh {
		c.height = min(c.height, w.height(t))
		c.fresh = append(c.fresh, spot{old.cell, t})
	}
}

// split cuts a triangle into three around the pole.
func (w *mesher) split(t spot, pole corner) (c change) {
	a, b, d := t.facet[0], t.facet[1], t.facet[2]
	c.swap(w, t, facet{a, b, pole}, facet{b, d, pole}, facet{d, a, pole})
	return c
}

// bend leads the side of a triangle that begins at corner i over the pole.
func (w *mesher) bend(home int64, t spot, i int, pole corner) (c change) {
	a, b, d := t.facet[i], t.facet[(i+1)%3], t.facet[(i+2)%3]
	var beyond corner
	twin, ok := w.around(home, func(u facet) bool {
		for k := range u {
			if u[k] == b && u[(k+1)%3] == a {
				beyond = u[(k+2)%3]
				return true
			}
		}
		return false
	})
	if ok {
		c.swap(w, t, facet{a, pole, d}, facet{pole, b, d})
		c.swap(w, twin, facet{b, pole, beyond}, facet{pole, a, beyond})
	}
	return c
}

// replace puts the pole in the place of a sample.
func (w *mesher) replace(sample, pole corner) (c change) {
	if sample < 0 {
		return c
	}
	p, q := w.at(sample), w.at(pole)
	if math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)) > float64(w.f.dy)/4 {
		return c // the ground beside it would be told from too far
	}
	for _, cell := range [4]int64{int64(sample), int64(sample) - 1, int64(sample) - w.wide, int64(sample) - w.wide - 1} {
		for _, t := range w.facets(cell) {
			if k := slices.Index(t[:], sample); k >= 0 {
				fresh := t
				fresh[k] = pole
				c.swap(w, spot{cell, t}, fresh)
			}
		}
	}
	return c
}

// fill puts the cells that were cut in order of block.
func (m *mesh) fill(w *mesher) {
	f := w.f
	blocks := int64(f.cols) * int64(f.rows)
	m.cellFirst, m.cornerFirst = make([]int32, blocks+1), make([]int32, blocks+1)
	type cut struct {
		block, cell int64
	}
	cuts := make([]cut, 0, len(w.cells))
	for cell := range w.cells {
		column, row := cell%w.wide, cell/w.wide
		cuts = append(cuts, cut{row/blockSide*int64(f.cols) + column/blockSide, cell})
	}
	slices.SortFunc(cuts, func(a, b cut) int {
		return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.cell, b.cell))
	})
	next := 0
	for block := range blocks {
		start := len(m.corners)
		for ; next < len(cuts) && cuts[next].block == block; next++ {
			cell := cuts[next].cell
			first := int32(len(m.triangles))
			for _, t := range w.cells[cell] {
				var named triangle
				for i, c := range t {
					switch {
					case c < 0:
						named[i] = firstPole + int32(-1-c)
						m.corners = append(m.corners, int32(-1-c))
					case c == corner(cell):
						named[i] = 0
					case c == corner(cell+1):
						named[i] = 1
					case c == corner(cell+w.wide+1):
						named[i] = 2
					default:
						named[i] = 3
					}
				}
				m.triangles = append(m.triangles, named)
			}
			m.cells = append(m.cells, cutCell{int32(cell % w.wide), int32(cell / w.wide), first, int32(len(m.triangles))})
		}
		slices.Sort(m.corners[start:])
		m.corners = m.corners[:start+len(slices.Compact(m.corners[start:]))]
		m.cellFirst[block+1], m.cornerFirst[block+1] = int32(len(m.cells)), int32(len(m.corners))
	}
}
