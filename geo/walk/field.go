package walk

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/street"
)

const (
	// fieldStep is the distance between samples in metres. At 8 m the outline is
	// wrong within a few metres of its border only (measured in the tests).
	fieldStep = 8.0
	// blockSide is the number of samples along a block, the unit of making.
	blockSide = 16
)

// field is a grid of samples of the ground over the network. Each knows where it
// joins the network by the snapping rule, whatever is asked later. Blocks are
// made when they are first needed, or by Map.Warm, and then shared.
type field struct {
	grid
	net    *street.Network
	closed *street.Closed
	open   *field // the same while nothing is closed; nil: that is this one
	// made holds the blocks that are made, row by row; rows are made when they are
	// first needed too.
	made []atomic.Pointer[blocks]
}

// blocks are those of a row.
type blocks []atomic.Pointer[block]

// grid is where the samples of a field are.
type grid struct {
	corner     geo.Point // the first sample of block 0, 0
	dx, dy     int32     // lattice steps between samples
	cols, rows int32     // blocks
}

// block holds blockSide rows of samples from south to north.
type block struct {
	edges   []int32 // the edges its samples join; empty: they join none
	samples *[blockSide * blockSide]sample
}

// sample is where a point of the ground joins the network.
type sample struct {
	edge  uint16 // index into block.edges; noEdge: it joins none
	place uint16 // on the edge, in 65535ths of its length
	leg   uint16 // in 65535ths of street.Reach
}

const noEdge = 1<<16 - 1

func newField(net *street.Network) *field {
	f := &field{net: net}
	box := net.Box()
	if box.Empty() {
		return f
	}
	box = box.Grown(crs.NewLocal(box.Centre()).Steps(street.Reach + fieldStep))
	// Blocks lie on lines that a new street at the border of the city does not
	// move, so that they can be taken over: steps are those of the nearest tenth
	// of a degree, counted from the middle of the map.
	const tenth = 1_000_000
	f.dx, f.dy = crs.NewLocal(geo.Point{Y: (box.Centre().Y + tenth/2) / tenth * tenth}).Steps(fieldStep)
	wide, high := int64(f.dx)*blockSide, int64(f.dy)*blockSide
	west, south := floor(int64(box.W), wide), floor(int64(box.S), high)
	f.corner = geo.Point{X: int32(west * wide), Y: int32(south * high)}
	f.cols = int32(floor(int64(box.E), wide)-west) + 1
	f.rows = int32(floor(int64(box.N), high)-south) + 1
	f.made = make([]atomic.Pointer[blocks], f.rows)
	return f
}

// floor is a/b rounded down.
func floor(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// holds reports whether a box lies within the field.
func (f *grid) holds(box geo.Box) bool {
	if f.dx == 0 {
		return false
	}
	wide, high := int64(f.dx)*blockSide*int64(f.cols), int64(f.dy)*blockSide*int64(f.rows)
	return box.W >= f.corner.X && box.S >= f.corner.Y &&
		int64(box.E) < int64(f.corner.X)+wide && int64(box.N) < int64(f.corner.Y)+high
}

// cells calls visit with the numbers of the blocks that a box meets, until it
// returns false; it reports whether all were visited.
func (f *grid) cells(box geo.Box, visit func(key int64) bool) bool {
	column := func(x int32) int64 {
		return min(max(floor(int64(x)-int64(f.corner.X), int64(f.dx)*blockSide), 0), int64(f.cols)-1)
	}
	row := func(y int32) int64 {
		return min(max(floor(int64(y)-int64(f.corner.Y), int64(f.dy)*blockSide), 0), int64(f.rows)-1)
	}
	for r := row(box.S); r <= row(box.N); r++ {
		for c := column(box.W); c <= column(box.E); c++ {
			if !visit(r*int64(f.cols) + c) {
				return false
			}
		}
	}
	return true
}

// point returns the place of a sample by its column and row in the whole field.
func (f *grid) point(column, row int32) geo.Point {
	return geo.Point{X: f.corner.X + column*f.dx, Y: f.corner.Y + row*f.dy}
}

// cell returns the sample south-west of a point.
func (f *grid) cell(p geo.Point) (column, row int32) {
	return int32(floor(int64(p.X)-int64(f.corner.X), int64(f.dx))), int32(floor(int64(p.Y)-int64(f.corner.Y), int64(f.dy)))
}

// around returns a box with two samples on each side of a point.
func (f *grid) around(p geo.Point) geo.Box { return geo.NoBox.With(p).Grown(2*f.dx, 2*f.dy) }

// block returns the block of a column and row of blocks, and makes it when it is
// not there yet.
func (f *field) block(column, row int32) *block {
	at := &f.row(row)[column]
	if b := at.Load(); b != nil {
		return b
	}
	make := f.make
	if f.open != nil {
		make = f.remake
	}
	at.CompareAndSwap(nil, make(column, row))
	return at.Load()
}

func (f *field) row(row int32) blocks {
	at := &f.made[row]
	if at.Load() == nil {
		row := make(blocks, f.cols)
		at.CompareAndSwap(nil, &row)
	}
	return *at.Load()
}

// each calls visit with the blocks that are made.
func (f *field) each(visit func(column, row int32, b *block)) {
	for row := range f.made {
		blocks := f.made[row].Load()
		if blocks == nil {
			continue
		}
		for column := range *blocks {
			if b := (*blocks)[column].Load(); b != nil {
				visit(int32(column), int32(row), b)
			}
		}
	}
}

// nothing is a block whose samples join no street.
var nothing = &block{}

func (f *field) make(column, row int32) *block {
	b := &block{samples: new([blockSide * blockSide]sample)}
	for i := range b.samples {
		f.join(b, i, f.sampleAt(column, row, i))
	}
	if len(b.edges) == 0 {
		return nothing
	}
	return b
}

// sampleAt returns the place of sample i of a block.
func (f *grid) sampleAt(column, row int32, i int) geo.Point {
	return f.point(column*blockSide+int32(i%blockSide), row*blockSide+int32(i/blockSide))
}

// join lets a sample of a block join the network.
func (f *field) join(b *block, i int, p geo.Point) {
	to := &b.samples[i]
	foot, ok := f.net.Snap(p, f.closed)
	if !ok {
		*to = sample{edge: noEdge}
		return
	}
	slot := slices.Index(b.edges, foot.Edge)
	if slot < 0 {
		slot = len(b.edges)
		b.edges = append(b.edges, foot.Edge)
	}
	*to = sample{edge: uint16(slot), leg: uint16((float64(foot.Leg)*65535)/(street.Reach*1000) + 0.5)}
	if mm := f.net.Edges[foot.Edge].MM; mm > 0 {
		to.place = uint16((int64(foot.MM)*65535 + int64(mm)/2) / int64(mm))
	}
}

// under returns the field while something is closed: samples whose street is
// closed or that a closure cuts from it join another. Its blocks are those of
// the field where no closure is near.
func (f *field) under(closed *street.Closed) *field {
	return &field{grid: f.grid, net: f.net, closed: closed, open: f, made: make([]atomic.Pointer[blocks], f.rows)}
}

// remake returns a block of the open field as it is under the closures.
func (f *field) remake(column, row int32) *block {
	open := f.open.block(column, row)
	if open == nothing || !slices.ContainsFunc(open.edges, f.closed.Edge) && !f.closureNear(column, row) {
		return open // closures join nothing to the network
	}
	b := &block{edges: slices.Clone(open.edges), samples: new([blockSide * blockSide]sample)}
	*b.samples = *open.samples
	for i := range b.samples {
		at := &open.samples[i]
		if at.edge == noEdge {
			continue
		}
		edge, p := open.edges[at.edge], f.sampleAt(column, row, i)
		mm := int32(int64(f.net.Edges[edge].MM) * int64(at.place) / 65535)
		_, _, walkable := f.closed.Gap(edge, mm, f.net.Edges[edge].MM)
		if !walkable || f.closed.Leg(p, f.net.At(edge, mm)) {
			f.join(b, i, p)
		}
	}
	return b
}

// closureNear reports whether a closure may stand between a block and its streets.
func (f *field) closureNear(column, row int32) bool {
	box := geo.NoBox.With(f.sampleAt(column, row, 0)).With(f.sampleAt(column, row, blockSide*blockSide-1))
	box = box.Grown(crs.NewLocal(box.Centre()).Steps(street.Reach))
	return slices.ContainsFunc(f.closed.Closures, func(c *geo.Closure) bool { return c.Shape.Box().Intersects(box) })
}

// Warm makes the public figures of an instant and all of the field of samples that
// outlines are drawn from, on all cores, so that the first circle in a quarter is as
// fast as the next. It takes seconds for a city and about 100 bytes for each 1,000 m2;
// without it quarters are made when they are first asked for.
func (m *Map) Warm(ctx context.Context, at time.Time) error {
	if _, err := m.figuresFor(ctx, &Query{At: at}); err != nil {
		return err
	}
	f := m.field
	each(int(f.rows), func(row int) {
		for column := int32(0); column < f.cols && ctx.Err() == nil; column++ {
			f.block(column, int32(row))
		}
	})
	return ctx.Err()
}
