package datum

import (
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// ground is what the map knows, as far as a sample asks for it.
type ground struct {
	streets, buildings, land *snapshot.Layer
	layers                   map[geo.Layer]*snapshot.Layer
	named                    map[namedKey][]geo.Shape
	places                   map[string]geo.Shape
}

type namedKey struct {
	layer geo.Layer
	name  string
}

// mostNamesakes is how many things of one name still tell where one is.
const mostNamesakes = 5

func newGround(s *snapshot.Snapshot, claims []claim) *ground {
	g := &ground{
		streets: s.Layer(geo.Streets), buildings: s.Layer(geo.Buildings), land: s.Layer(geo.Land),
		layers: map[geo.Layer]*snapshot.Layer{}, named: map[namedKey][]geo.Shape{}, places: map[string]geo.Shape{},
	}
	for _, layer := range s.Layers() {
		g.layers[layer.Schema().Layer] = layer
	}
	asked := map[geo.Layer]bool{}
	wanted := map[string]bool{}
	for _, c := range claims {
		if c.name != "" && g.layers[c.layer] != nil {
			asked[c.layer] = true
			g.named[namedKey{c.layer, c.name}] = nil
		}
		if c.place != "" {
			wanted[c.place] = true
		}
	}
	for layer := range asked {
		for f := range g.layers[layer].After(0) {
			common := f.Common()
			names := []string{common.Name, common.Code}
			if booth, ok := f.(*geo.Booth); ok {
				names = append(names, booth.Number)
			}
			for i, name := range names {
				key := namedKey{layer, name}
				if shapes, isAsked := g.named[key]; isAsked && !common.Shape.IsZero() && !slices.Contains(names[:i], name) {
					g.named[key] = append(shapes, common.Shape)
				}
			}
		}
	}
	twice := map[string]bool{}
	for f := range g.layers[geo.Places].After(0) {
		common := f.Common()
		for _, name := range []string{common.Name, common.Code} {
			if !wanted[name] || common.Shape.Kind() != geo.Polygons {
				continue
			}
			if _, known := g.places[name]; known {
				twice[name] = true
			}
			g.places[name] = common.Shape
		}
	}
	for name := range twice {
		delete(g.places, name)
	}
	return g
}

// around is the box of so many metres around a point.
func around(local *crs.Local, p geo.Point, metres float64) geo.Box {
	dx, dy := local.Steps(metres)
	return geo.NoBox.With(p).Grown(dx, dy)
}

// fromPiece returns the square of the metres from the origin of local to the piece
// of a line from a to b, and the direction of the piece in radians.
func fromPiece(local *crs.Local, a, b geo.Point) (square, direction float64) {
	ax, ay := local.XY(a)
	bx, by := local.XY(b)
	dx, dy := bx-ax, by-ay
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = min(max(-(ax*dx+ay*dy)/length, 0), 1)
	}
	x, y := ax+t*dx, ay+t*dy
	return x*x + y*y, math.Atan2(dy, dx)
}

// runsAlong reports whether a line of the layer passes within metres of the middle
// of a piece, in nearly its direction.
func (g *ground) runsAlong(layer *snapshot.Layer, a, b geo.Point, metres float64) bool {
	const askew = 15 * math.Pi / 180
	middle := geo.Point{X: a.X + (b.X-a.X)/2, Y: a.Y + (b.Y-a.Y)/2}
	local := crs.NewLocal(middle)
	ax, ay := local.XY(a)
	bx, by := local.XY(b)
	own := math.Atan2(by-ay, bx-ax)
	for f := range layer.Search(around(&local, middle, metres)) {
		for part := range f.Common().Shape.Parts() {
			for i := 1; i < len(part.Points); i++ {
				square, direction := fromPiece(&local, part.Points[i-1], part.Points[i])
				if square > metres*metres {
					continue
				}
				turn := math.Mod(math.Abs(direction-own), math.Pi) // either way along
				if min(turn, math.Pi-turn) < askew {
					return true
				}
			}
		}
	}
	return false
}

// Widths in metres of streets that do not say theirs, by class; footpaths are
// where people stand.
var widths = map[string]float64{"expressway": 25, "trunk": 20, "main": 25, "collector": 15, "local": 9, "lane": 5}

// atStreet returns the metres to the nearest line of streets up to limit, or limit,
// and whether the point lies well inside a carriageway on the ground.
func (g *ground) atStreet(p geo.Point, limit float64) (metres float64, inCarriageway bool) {
	local := crs.NewLocal(p)
	nearest := limit * limit
	for f := range g.streets.Search(around(&local, p, limit)) {
		street := f.(*geo.Street)
		if street.Bridge || street.Tunnel {
			continue
		}
		half := street.WidthM.Or(widths[street.Class]) / 2 * 0.7
		for part := range street.Shape.Parts() {
			for i := 1; i < len(part.Points); i++ {
				square, _ := fromPiece(&local, part.Points[i-1], part.Points[i])
				nearest = min(nearest, square)
				if widths[street.Class] > 0 && square < half*half {
					inCarriageway = true
				}
			}
		}
	}
	return math.Sqrt(nearest), inCarriageway
}

// atBuilding returns the metres to the nearest wall of a building up to limit, or
// limit, and whether the point lies in a building.
func (g *ground) atBuilding(p geo.Point, limit float64) (toWall float64, inside bool) {
	local := crs.NewLocal(p)
	toWall = limit
	for f := range g.buildings.Search(around(&local, p, limit)) {
		shape := f.Common().Shape
		toWall = min(toWall, fromShape(&local, shape))
		inside = inside || shape.Covers(p)
	}
	return toWall, inside
}

// fromShape returns the metres from the origin of local to the points, lines or
// rings of a shape.
func fromShape(local *crs.Local, shape geo.Shape) float64 {
	nearest := math.Inf(1)
	for part := range shape.Parts() {
		last := part.Points[len(part.Points)-1]
		if shape.Kind() == geo.Lines {
			last = part.Points[0]
		}
		for _, p := range part.Points {
			square, _ := fromPiece(local, last, p)
			nearest = min(nearest, square)
			last = p
		}
	}
	return math.Sqrt(nearest)
}

// covered reports whether a polygon of the layer covers the point.
func covered(layer *snapshot.Layer, p geo.Point) bool {
	for f := range layer.Search(geo.NoBox.With(p)) {
		if f.Common().Shape.Covers(p) {
			return true
		}
	}
	return false
}

func (g *ground) inWater(p geo.Point) bool {
	for f := range g.land.Search(geo.NoBox.With(p)) {
		if land := f.(*geo.LandArea); land.Kind == "water" && land.Shape.Covers(p) {
			return true
		}
	}
	return false
}

// crossesStreet reports whether a street on the ground other than a footpath runs
// through the ring.
func (g *ground) crossesStreet(ring []geo.Point) bool {
	box := geo.NoBox
	for _, p := range ring {
		box = box.With(p)
	}
	for f := range g.streets.Search(box) {
		street := f.(*geo.Street)
		if street.Bridge || street.Tunnel || widths[street.Class] == 0 {
			continue
		}
		for part := range street.Shape.Parts() {
			for i := 1; i < len(part.Points); i++ {
				if crossesRing(part.Points[i-1], part.Points[i], ring) {
					return true
				}
			}
		}
	}
	return false
}

func crossesRing(a, b geo.Point, ring []geo.Point) bool {
	last := ring[len(ring)-1]
	for _, p := range ring {
		if (geo.Cross(a, b, last) > 0) != (geo.Cross(a, b, p) > 0) && (geo.Cross(last, p, a) > 0) != (geo.Cross(last, p, b) > 0) {
			return true
		}
		last = p
	}
	return false
}
