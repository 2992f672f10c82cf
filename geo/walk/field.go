package walk

import (
	"context"
	"sync"

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
	net    *street.Network
	corner geo.Point // the first sample of block 0, 0
	dx, dy int32     // lattice steps between samples
	cols   int32     // blocks
	rows   int32
	blocks sync.Map // block number -> *block; nil: nothing joins here
}

// block holds blockSide rows of samples from south to north.
type block struct {
	edges   []int32 // the edges its samples join
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
func (f *field) holds(box geo.Box) bool {
	if f.dx == 0 {
		return false
	}
	wide, high := int64(f.dx)*blockSide*int64(f.cols), int64(f.dy)*blockSide*int64(f.rows)
	return box.W >= f.corner.X && box.S >= f.corner.Y &&
		int64(box.E) < int64(f.corner.X)+wide && int64(box.N) < int64(f.corner.Y)+high
}

// cells calls visit with the numbers of the blocks that a box meets, until it
// returns false; it reports whether all were visited.
func (f *field) cells(box geo.Box, visit func(key int64) bool) bool {
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
func (f *field) point(column, row int32) geo.Point {
	return geo.Point{X: f.corner.X + column*f.dx, Y: f.corner.Y + row*f.dy}
}

// block returns the block of a column and row of blocks, and makes it when it is
// not there yet.
func (f *field) block(column, row int32) *block {
	key := int64(row)*int64(f.cols) + int64(column)
	if b, ok := f.blocks.Load(key); ok {
		return b.(*block)
	}
	b, _ := f.blocks.LoadOrStore(key, f.make(column, row))
	return b.(*block)
}

func (f *field) make(column, row int32) *block {
	b := &block{samples: new([blockSide * blockSide]sample)}
	index := map[int32]uint16{}
	for y := range int32(blockSide) {
		for x := range int32(blockSide) {
			to := &b.samples[y*blockSide+x]
			foot, ok := f.net.Snap(f.point(column*blockSide+x, row*blockSide+y), nil)
			if !ok {
				to.edge = noEdge
				continue
			}
			slot, known := index[foot.Edge]
			if !known {
				slot = uint16(len(b.edges))
				index[foot.Edge] = slot
				b.edges = append(b.edges, foot.Edge)
			}
			to.edge = slot
			if mm := f.net.Edges[foot.Edge].MM; mm > 0 {
				to.place = uint16((int64(foot.MM)*65535 + int64(mm)/2) / int64(mm))
			}
			to.leg = uint16((float64(foot.Leg)*65535)/(street.Reach*1000) + 0.5)
		}
	}
	if len(b.edges) == 0 {
		return nil
	}
	return b
}

// Warm makes all of the field of samples that outlines are drawn from, on all
// cores, so that the first circle in a quarter is as fast as the next. It takes
// seconds for a city and about 100 bytes for each 1,000 m2; without it quarters
// are made when they are first asked for.
func (m *Map) Warm(ctx context.Context) error {
	f := m.field
	each(int(f.rows), func(row int) {
		for column := int32(0); column < f.cols && ctx.Err() == nil; column++ {
			f.block(column, int32(row))
		}
	})
	return ctx.Err()
}
