package stalls

import (
	"iter"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Ground is what there is where a row is drawn, for a picture of it: whatever touches a
// rectangle of so many metres around its middle, which is wider than high by 4 to 3.
type Ground struct {
	Middle    geo.Point
	Wide      float64
	Streets   []*geo.Street
	Barriers  []*geo.Barrier
	Buildings []*geo.Building
	Spaces    []*geo.ParkingSpace // and car parks
}

// High is how high the rectangle is, in metres.
func (g *Ground) High() float64 { return g.Wide * 3 / 4 }

// Bounds of a ground: so wide, in metres, and so many features of a layer. A row that
// is longer than that is no row of a compound, and its ends are not seen.
const (
	leastGround, mostGround = 48, 800
	mostOnGround            = 2000
)

// GroundOf looks at the ground around shapes and points, and a little further.
func GroundOf(s *snapshot.Snapshot, around geo.Box, at geo.Instant) *Ground {
	local := crs.NewLocal(around.Centre())
	wide, high := local.XY(geo.Point{X: around.E, Y: around.N})
	g := &Ground{Middle: around.Centre(), Wide: min(max(2*wide*1.15+16, (2*high*1.15+16)*4/3, leastGround), mostGround)}
	west, east := local.Point(-g.Wide/2, -g.High()/2), local.Point(g.Wide/2, g.High()/2)
	box := geo.Box{W: west.X, S: west.Y, E: east.X, N: east.Y}
	g.Streets = touching(snapshot.Search[*geo.Street](s, box), at)
	g.Barriers = touching(snapshot.Search[*geo.Barrier](s, box), at)
	g.Buildings = touching(snapshot.Search[*geo.Building](s, box), at)
	g.Spaces = touching(snapshot.Search[*geo.ParkingSpace](s, box), at)
	return g
}

func touching[T geo.Feature](all iter.Seq[T], at geo.Instant) (some []T) {
	for f := range all {
		if len(some) == mostOnGround {
			break
		}
		if f.Common().InEffect(at) {
			some = append(some, f)
		}
	}
	return some
}

// Look is the box that a picture of the page is of: what is drawn, else the line as far
// as it can be read, else the compound.
func (p *Page) Look() geo.Box {
	box := geo.NoBox
	for _, space := range p.Drawn() {
		box = box.Union(space.Shape.Box())
	}
	if line, _ := ReadLine(p.Form.Line); box.Empty() && len(line) > 1 {
		for _, point := range line {
			box = box.With(point)
		}
	}
	if box.Empty() {
		box = p.Compound.Shape.Box()
	}
	return box
}

// Drawn are the spaces that the page is about: those of the plan, or that were drawn
// just now and stand.
func (p *Page) Drawn() []*geo.ParkingSpace {
	switch {
	case p.Plan != nil:
		return p.Plan.Spaces
	case p.Done != nil && p.Done.State == Stands:
		return p.Done.Spaces
	}
	return nil
}
