package walk

import (
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

const (
	// doorReach is how far from an outline an entrance is drawn at most, in metres.
	doorReach = 1.0
	// outlineStep is the distance in metres between the points of an outline at
	// which a large place looks for its street.
	outlineStep = 10.0
)

// gatesByOwner lists the gates by the code of what they belong to.
func gatesByOwner(s *snapshot.Snapshot) map[string][]*geo.Gate {
	owned := map[string][]*geo.Gate{}
	for gate := range snapshot.All[*geo.Gate](s) {
		if gate.Of != "" && gate.Kind != "barrier" {
			owned[gate.Of] = append(owned[gate.Of], gate)
		}
	}
	return owned
}

// joiner joins places to the network in a situation.
type joiner struct {
	snap   *snapshot.Snapshot
	net    *street.Network
	closed *street.Closed
	doors  map[string][]*geo.Gate
}

// lets reports whether a gate lets anybody pass.
func (j *joiner) lets(gate *geo.Gate) bool { return gate.Foot != "none" || j.closed.Opens(gate) }

// join finds the ways from a place to the network. A place with gates is
// entered through them: those that name it, and entrances drawn on its outline.
// Without gates that reach a street a point is its own entrance, a building is
// entered at its pole of inaccessibility, and another polygon where its outline
// is nearest to a street.
func (j *joiner) join(p *place) []access {
	f := p.feature
	shape := f.Common().Shape
	var ways []access
	enter := func(from geo.Point) {
		if foot, ok := j.net.Snap(from, j.closed); ok {
			ways = append(ways, access{foot: foot, from: from})
		}
	}
	if code := f.Common().Code; code != "" {
		for _, gate := range j.doors[code] {
			if j.lets(gate) {
				enter(gate.Shape.Points()[0])
			}
		}
	}
	switch {
	case shape.Kind() == geo.Points:
		if len(ways) == 0 {
			enter(shape.Points()[0])
		}
		return ways
	case shape.Kind() != geo.Polygons:
		return ways
	}
	if len(ways) == 0 {
		dx, dy := crs.NewLocal(shape.Points()[0]).Steps(doorReach)
		for gate := range snapshot.Search[*geo.Gate](j.snap, shape.Box().Grown(dx, dy)) {
			if (gate.Kind == "entrance" || gate.Kind == "exit") && j.lets(gate) && gate.Of == "" {
				if door := gate.Shape.Points()[0]; crs.ToOutline(shape, door) <= doorReach {
					enter(door)
				}
			}
		}
	}
	if len(ways) > 0 {
		return ways
	}
	if f.Layer() == geo.Buildings {
		enter(p.pole)
		return ways
	}
	return j.nearestSide(shape)
}

// nearDoor is the box in which outlines that a gate may stand on have a part.
func nearDoor(gate geo.Point) geo.Box {
	return geo.NoBox.With(gate).Grown(crs.NewLocal(gate).Steps(2 * doorReach))
}

// nearestSide returns the way from the point of the outline with the shortest
// access leg.
func (j *joiner) nearestSide(shape geo.Shape) []access {
	var ways []access
	for part := range shape.Parts() {
		if part.Hole {
			continue
		}
		n := len(part.Points)
		for i, a := range part.Points {
			b := part.Points[(i+1)%n]
			parts := int64(math.Ceil(crs.Distance(a, b) / outlineStep))
			for k := range parts {
				p := geo.Point{
					X: a.X + int32((int64(b.X)-int64(a.X))*k/parts),
					Y: a.Y + int32((int64(b.Y)-int64(a.Y))*k/parts),
				}
				foot, ok := j.net.Snap(p, j.closed)
				if ok && (len(ways) == 0 || foot.Leg < ways[0].foot.Leg) {
					ways = []access{{foot: foot, from: p}}
				}
			}
		}
	}
	return ways
}
