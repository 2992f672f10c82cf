package cql

import (
	"gridatlas/geo"
	"gridatlas/geo/relate"
)

// shapeRelations are the functions that compare geometries.
var shapeRelations = map[string]func(relate.Relation) bool{
	"s_contains":   relate.Relation.Contains,
	"s_crosses":    relate.Relation.Crosses,
	"s_disjoint":   relate.Relation.Disjoint,
	"s_equals":     relate.Relation.Equals,
	"s_intersects": relate.Relation.Intersects,
	"s_overlaps":   relate.Relation.Overlaps,
	"s_touches":    relate.Relation.Touches,
	"s_within":     relate.Relation.Within,
}

// places compiles them.
func (c *compiler) places(call *Call) (test, error) {
	a, b, err := c.pair(call)
	if err != nil {
		return nil, err
	}
	for i, v := range []value{a, b} {
		if v.kind != shapeKind {
			return nil, faultAt(call.Args[i].Pos(), "%s needs geometries, not %s", call.Op, v.kind)
		}
	}
	op := call.Op
	if b.ready == nil && a.ready != nil { // the ready one second
		a, b = b, a
		switch op {
		case "s_within":
			op = "s_contains"
		case "s_contains":
			op = "s_within"
		}
	}
	holds := shapeRelations[op]
	return func(f geo.Feature) truth {
		x, ok := a.shape(f)
		if !ok {
			return unknown
		}
		y := b.ready
		if y == nil {
			shape, ok := b.shape(f)
			if !ok {
				return unknown
			}
			y = relate.Prepare(shape)
		}
		return truthOf(holds(relate.Of(x, y)))
	}, nil
}
