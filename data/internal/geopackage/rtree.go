package geopackage

import (
	"cmp"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A packed RTree written straight into the tables behind SQLite's virtual table
// (the format is told in ext/rtree/rtree.c of SQLite): a first load of a layer
// gives a fuller and better tree than inserting box by box, in a tenth of the
// time. Later writes go through the virtual table as always.
//
// A node is a blob: the depth of the tree (in the root, which is node 1; zero in
// others), the number of cells, then a cell each: rowid or child node, and the
// sides as 32-bit floats. All of it is big endian. Another table says in which
// leaf a row lies, a third which node is whose parent.
const (
	cellBytes = 24
	nodeCells = 51 // as many as SQLite gives a node of two dimensions on pages of 4 KiB
	nodeBytes = 4 + nodeCells*cellBytes
	nodeFill  = 44 // some room, so that the first inserts do not split every node
)

// Entry is a cell of the tree: a feature, or a node on its way up. 24 bytes each
// are what a writer keeps of the features of a layer.
type Entry struct {
	id    int64
	sides [4]float32 // rounded outwards
}

// EntryOf is the cell of a feature.
func EntryOf(id int64, sides Sides) Entry {
	e := Entry{id: id}
	for i, v := range sides {
		e.sides[i] = outwards(v, i%2 == 1)
	}
	return e
}

// WriteRTree fills the empty RTree of that name (RTreeName). It sorts the entries.
func WriteRTree(c Session, name string, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	w := rtreeWriter{c: c, name: name, next: 2}
	if err := c.Exec("DELETE FROM " + w.table("node")); err != nil {
		return err
	}
	w.leafOf = make([][2]int64, 0, len(entries))
	level, depth := entries, 0
	for len(level) > nodeFill {
		var err error
		if level, err = w.pack(level, depth); err != nil {
			return err
		}
		depth++
	}
	if err := w.node(1, depth, depth, level); err != nil {
		return err
	}
	slices.SortFunc(w.leafOf, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) })
	return w.pairs(w.table("rowid"), w.leafOf)
}

type rtreeWriter struct {
	c      Session
	name   string // quoted
	next   int64  // number of the next node
	leafOf [][2]int64
}

func (w *rtreeWriter) table(suffix string) string {
	return strings.TrimSuffix(w.name, `"`) + "_" + suffix + `"`
}

// pack puts the cells of one level into nodes, by sort-tile-recursive
// (Leutenegger, Lopez and Edgington 1997): vertical slices of equal count, each
// cut from south to north. It returns the nodes as cells of the level above.
func (w *rtreeWriter) pack(cells []Entry, height int) ([]Entry, error) {
	nodes := (len(cells) + nodeFill - 1) / nodeFill
	perSlice := int(math.Ceil(math.Sqrt(float64(nodes)))) * nodeFill
	slices.SortFunc(cells, func(a, b Entry) int { return cmp.Compare(a.sides[0]+a.sides[1], b.sides[0]+b.sides[1]) })
	above := make([]Entry, 0, nodes)
	for slice := range slices.Chunk(cells, perSlice) {
		slices.SortFunc(slice, func(a, b Entry) int { return cmp.Compare(a.sides[2]+a.sides[3], b.sides[2]+b.sides[3]) })
		for chunk := range slices.Chunk(slice, nodeFill) {
			number := w.next
			w.next++
			if err := w.node(number, 0, height, chunk); err != nil {
				return nil, err
			}
			sides := chunk[0].sides
			for _, cell := range chunk[1:] {
				for i, v := range cell.sides {
					if i%2 == 1 {
						sides[i] = max(sides[i], v)
					} else {
						sides[i] = min(sides[i], v)
					}
				}
			}
			above = append(above, Entry{number, sides})
		}
	}
	return above, nil
}

// node writes one node; height 0 is a leaf. depth is what the root says.
func (w *rtreeWriter) node(number int64, depth, height int, cells []Entry) error {
	data := make([]byte, 0, nodeBytes)
	data = binary.BigEndian.AppendUint16(data, uint16(depth))
	data = binary.BigEndian.AppendUint16(data, uint16(len(cells)))
	pairs := make([][2]int64, 0, len(cells))
	for _, cell := range cells {
		data = binary.BigEndian.AppendUint64(data, uint64(cell.id))
		for _, v := range cell.sides {
			data = binary.BigEndian.AppendUint32(data, math.Float32bits(v))
		}
		pairs = append(pairs, [2]int64{cell.id, number})
	}
	if err := w.c.Exec("INSERT INTO "+w.table("node")+" VALUES (?, ?)", number, data[:nodeBytes]); err != nil {
		return err
	}
	if height == 0 {
		w.leafOf = append(w.leafOf, pairs...)
		return nil
	}
	return w.pairs(w.table("parent"), pairs)
}

// outwards rounds to a 32-bit float that is not inside the side it stands for.
func outwards(v float64, up bool) float32 {
	f := float32(v)
	switch {
	case up && float64(f) < v:
		return math.Nextafter32(f, math.MaxFloat32)
	case !up && float64(f) > v:
		return math.Nextafter32(f, -math.MaxFloat32)
	}
	return f
}

// pairs inserts rows of two numbers, many at once.
func (w *rtreeWriter) pairs(table string, pairs [][2]int64) error {
	const atOnce = 250
	args := make([]driver.Value, 0, 2*atOnce)
	for chunk := range slices.Chunk(pairs, atOnce) {
		args = args[:0]
		for _, p := range chunk {
			args = append(args, p[0], p[1])
		}
		query := fmt.Sprintf("INSERT INTO %s VALUES (?, ?)%s", table, strings.Repeat(", (?, ?)", len(chunk)-1))
		if err := w.c.Exec(query, args...); err != nil {
			return err
		}
	}
	return nil
}
