package arc

import (
	"context"
	"slices"
	"sync"

	"gridatlas/geo"
	"gridatlas/tiles/mvt"
)

// Area is a polygon of a coverage layer.
type Area struct {
	Key   geo.Key
	From  int // the first zoom at which it is drawn; before, its borders are nobody's
	Shape geo.Shape
}

// Borders are the areas of all coverage layers of one state of the map. Any number
// of goroutines may use it.
type Borders struct {
	areas  []Area
	number map[geo.Key]int32 // of an area; only looked up
	ground *ground
	zooms  [MaxZoom + 1]struct {
		sync.Mutex
		*Zoom          // nil until asked for
		seed  *drawing // of areas before, where they were patched; until then
	}
}

// MaxZoom is the deepest zoom with borders of its own: its tile unit is the world
// unit. Deeper ones use the same.
const MaxZoom = 20

// New makes the borders of areas, the keys of which differ. Shapes that are no
// polygons, and those that spread over a quarter of the world, are not among them.
// It takes about a millisecond per 1,000 corners. Errors are a cancelled context,
// and borders that cross more than a million times.
func New(ctx context.Context, areas []Area) (*Borders, error) {
	b := &Borders{areas: areas, number: numbers(areas)}
	var err error
	b.ground, err = survey(ctx, areas)
	return b, err
}

// With returns the borders of other areas, those that New makes: b itself when they
// are the same, as after a change of attributes alone. Where few are other than in
// b, only what is near them is made anew, here and at the zooms. b may be nil.
func (b *Borders) With(ctx context.Context, areas []Area) (*Borders, error) {
	if b != nil && slices.EqualFunc(b.areas, areas, func(s, t Area) bool {
		return s.Key == t.Key && s.From == t.From && s.Shape.Equal(t.Shape)
	}) {
		return b, nil
	}
	if b != nil {
		next := &Borders{areas: areas, number: numbers(areas)}
		var patched bool
		if next.ground, patched = b.ground.patch(ctx, b.areas, areas, b.number); patched {
			next.seed(b)
			return next, nil
		}
	}
	return New(ctx, areas)
}

// seed remembers how the zooms looked before.
func (b *Borders) seed(before *Borders) {
	for zoom := range b.zooms {
		kept := &before.zooms[zoom]
		kept.Lock()
		if b.zooms[zoom].seed = kept.seed; kept.Zoom != nil {
			b.zooms[zoom].seed = kept.drawing
		}
		kept.Unlock()
	}
}

func numbers(areas []Area) map[geo.Key]int32 {
	number := make(map[geo.Key]int32, len(areas))
	for i, a := range areas {
		number[a.Key] = int32(i)
	}
	return number
}

// At returns the borders as they are drawn at a zoom. They are made when they are
// first asked for, in a few milliseconds, and kept. The error is ctx's.
func (b *Borders) At(ctx context.Context, zoom int) (*Zoom, error) {
	zoom = min(zoom, MaxZoom)
	kept := &b.zooms[zoom]
	kept.Lock()
	defer kept.Unlock()
	if kept.Zoom == nil {
		z, err := b.draw(ctx, zoom)
		if err != nil {
			return nil, err
		}
		kept.Zoom, kept.seed = z, nil
	}
	return kept.Zoom, nil
}

// Made reports whether a zoom has been asked for.
func (b *Borders) Made(zoom int) bool {
	kept := &b.zooms[min(zoom, MaxZoom)]
	kept.Lock()
	defer kept.Unlock()
	return kept.Zoom != nil
}

// Zoom holds the areas as they are drawn at one zoom. Any number of goroutines may
// read it.
type Zoom struct {
	borders *Borders
	corners []mvt.Point
	parts   []mvt.Offset // of all areas, and one more
	first   []int32      // by area: its first part; one more
	boxes   []mvt.Box    // by area
	drawing *drawing     // from which that of other areas may go on
}

// Shape returns an area with its corners on the grid of the zoom: simple rings,
// holes that touch their outer ring in single corners at most, outer rings that
// overlap nowhere. It has no part when the area is not drawn yet or is too small to
// be drawn. It is false for an area that the borders do not hold.
func (z *Zoom) Shape(key geo.Key) (mvt.Shape, bool) {
	i, known := z.borders.number[key]
	if !known || !z.borders.ground.holds(i) {
		return mvt.Shape{}, false
	}
	return z.shape(i), true
}

func (z *Zoom) shape(i int32) mvt.Shape {
	return mvt.Shape{Corners: z.corners, Parts: z.parts[z.first[i] : z.first[i+1]+1], Box: z.boxes[i]}
}
