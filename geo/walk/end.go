package walk

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gridatlas/geo"
)

// End is one end of a route: a point, or a place that is entered as circles list
// it, through the entrance that makes the walk shortest.
type End struct {
	Point geo.Point
	Place geo.Key // instead of Point, when it names a layer
}

// ways returns how an end joins the network, at least one way. The error is
// *TooFar when there is none, and wraps geo.ErrNotFound for what is no place that
// circles list at the instant.
func (m *Map) ways(end End, now *situation, at time.Time) ([]access, error) {
	if end.Place.Layer == "" {
		foot, err := m.join(end.Point, now.closed)
		return []access{{foot: foot, from: end.Point}}, err
	}
	i, ok := m.places.find(end.Place)
	if !ok || now.places.gone[int32(i)] {
		return nil, fmt.Errorf("no place to walk to: %v: %w", end.Place, geo.ErrNotFound)
	}
	member := now.places.at(int32(i)) // as it joins now
	if !member.feature.Common().InEffect(geo.InstantOf(at)) {
		return nil, fmt.Errorf("not in effect at the time: %v: %w", end.Place, geo.ErrNotFound)
	}
	if len(member.ways) == 0 {
		corner := member.feature.Common().Shape.Points()[0]
		return nil, &TooFar{From: corner, Why: m.apartFrom(corner, now.closed)}
	}
	return member.ways, nil
}

// find returns the index of a place in the list.
func (p *places) find(key geo.Key) (int, bool) {
	for k, layer := range p.layers {
		if layer.Schema().Layer != key.Layer {
			continue
		}
		i, ok := slices.BinarySearchFunc(p.list[p.starts[k]:p.starts[k+1]], key.ID, func(member place, id int64) int {
			return cmp.Compare(member.feature.Common().ID, id)
		})
		return p.starts[k] + i, ok
	}
	return 0, false
}
