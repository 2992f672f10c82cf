package datum

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Distances in metres within which things count as the same or as beside each
// other: surveys of one thing differ by some metres, and the least shift that is
// to be told from none is that of GCJ-02, 500 m in most of China.
const (
	beside       = 8.0  // a line along another
	meeting      = 4.0  // a line that ends at another
	nearWall     = 5.0  // a door of a building
	sameThing    = 15.0 // two points of one thing
	sameName     = 30.0 // the same by name, perhaps drawn otherwise
	alongStreet  = 30.0 // booths stand at streets
	throughGates = 4.0  // a gate lies on the way through it
)

// Shares of their area that the boxes of one polygon, surveyed twice, have in
// common: a house of 12 m drawn 3 m beside keeps 0.4, and surveys of one thing
// rarely agree to more than 0.7.
const (
	leastCommon = 0.4
	wellCommon  = 0.7
)

// score says how well a claim fits the ground at these points: 1 it does, 0 it
// contradicts what is known, a half it may be so; false when the map says nothing.
func (g *ground) score(c *claim, at []geo.Point) (score float64, ok bool) {
	score, ok = g.scoreThing(c, at)
	if place, known := g.places[c.place]; known {
		inside := 0.0
		if place.Covers(at[0]) {
			inside = 1
		}
		if !ok {
			return inside, true
		}
		return (score + inside) / 2, true
	}
	return score, ok
}

func (g *ground) scoreThing(c *claim, at []geo.Point) (float64, bool) {
	if shapes := g.named[namedKey{c.layer, c.name}]; len(shapes) > 0 && len(shapes) <= mostNamesakes {
		local := crs.NewLocal(centre(at))
		for _, shape := range shapes {
			if fromShape(&local, shape) <= sameName || shape.Covers(centre(at)) {
				return 1, true
			}
		}
		return 0, true
	}
	switch c.kind {
	case geo.Lines:
		return g.scoreLine(c, at)
	case geo.Polygons:
		return g.scorePolygon(c, at)
	}
	return g.scorePoint(c, at[0])
}

// scoreLine is the share of the pieces that run along known lines of the same layer,
// or of the ends that meet one: a new street begins at another.
func (g *ground) scoreLine(c *claim, ends []geo.Point) (float64, bool) {
	layer := g.layers[c.layer]
	if layer == nil || layer.Len() == 0 {
		if layer = g.streets; c.layer != "" && c.layer != geo.Streets {
			return 0, false // a wall need not run along a street
		}
	}
	if layer.Len() == 0 {
		return 0, false
	}
	along := 0.0
	for i := 0; i+1 < len(ends); i += 2 {
		if g.runsAlong(layer, ends[i], ends[i+1], beside) {
			along += 2 / float64(len(ends))
		}
	}
	met := 0.0
	for _, end := range []geo.Point{ends[0], ends[len(ends)-1]} {
		local := crs.NewLocal(end)
		for f := range layer.Search(around(&local, end, meeting)) {
			if fromShape(&local, f.Common().Shape) <= meeting {
				met += 0.5
				break
			}
		}
	}
	return max(along, met), true
}

// scorePolygon looks for the same polygon in its layer, or for one of a building if
// no layer is claimed. A new one lies in no other, and what stands on the ground is
// not crossed by streets.
func (g *ground) scorePolygon(c *claim, ring []geo.Point) (float64, bool) {
	layer := g.layers[c.layer]
	if layer == nil {
		layer = g.buildings
	}
	if share := commonBox(layer, ring); share > leastCommon {
		return max(0.5, min(1, share/wellCommon)), true
	}
	middle := centre(ring)
	stands := layer == g.buildings || c.layer == geo.Parking || c.layer == geo.Facilities
	switch {
	case covered(layer, middle):
		return 0, true
	case stands && (g.crossesStreet(ring) || g.inWater(middle)):
		return 0, true
	}
	return 0.5, layer.Len() > 0 || stands && g.streets.Len() > 0
}

// scorePoint asks for the same point in the layer, then what its surroundings say.
func (g *ground) scorePoint(c *claim, p geo.Point) (float64, bool) {
	local := crs.NewLocal(p)
	if layer := g.layers[c.layer]; layer != nil {
		for f := range layer.Search(around(&local, p, sameThing)) {
			if shape := f.Common().Shape; shape.Kind() == geo.Points && fromShape(&local, shape) <= sameThing {
				return 1, true
			}
		}
	}
	if g.streets.Len() == 0 && g.buildings.Len() == 0 {
		return 0, false
	}
	metres, inCarriageway := g.atStreet(p, alongStreet)
	if inCarriageway && c.layer != geo.Gates || g.inWater(p) {
		return 0, true
	}
	toWall, inBuilding := g.atBuilding(p, nearWall)
	switch c.layer {
	case geo.Booths: // on the pavement
		if inBuilding {
			return 0, true
		}
		if metres < alongStreet {
			return 1, true
		}
	case geo.Gates: // where a way leads through, or in a wall
		if metres < throughGates || toWall < throughGates {
			return 1, true
		}
		if inBuilding {
			return 0, true
		}
	default: // in a house or at its door
		if inBuilding || toWall < nearWall {
			return 1, true
		}
	}
	return 0.5, true
}

// commonBox returns the largest share that the box of a ring and that of a polygon
// of the layer have in common, of the area of both.
func commonBox(layer *snapshot.Layer, ring []geo.Point) float64 {
	box := geo.NoBox
	for _, p := range ring {
		box = box.With(p)
	}
	most := 0.0
	for f := range layer.Search(box) {
		shape := f.Common().Shape
		if shape.Kind() != geo.Polygons {
			continue
		}
		other := shape.Box()
		common := area(geo.Box{W: max(box.W, other.W), S: max(box.S, other.S), E: min(box.E, other.E), N: min(box.N, other.N)})
		if both := area(box) + area(other) - common; both > 0 {
			most = max(most, common/both)
		}
	}
	return most
}

func area(b geo.Box) float64 {
	return float64(int64(b.E)-int64(b.W)) * float64(int64(b.N)-int64(b.S))
}

func centre(points []geo.Point) geo.Point {
	box := geo.NoBox
	for _, p := range points {
		box = box.With(p)
	}
	return box.Centre()
}
