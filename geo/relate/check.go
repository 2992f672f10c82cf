package relate

import (
	"errors"

	"gridatlas/geo"
)

// Check reports why the polygons of a shape are none that can be compared with
// others: their rings cross or touch themselves, cross or share a border with each
// other, or a hole lies outside. It is what strangers' polygons must pass; geo/valid
// says of our own where each fault lies. Other kinds have no faults.
func Check(s geo.Shape) error {
	if s.Kind() != geo.Polygons {
		return nil
	}
	segments := newSegments(s)
	for _, one := range segments.list {
		var fault error
		segments.near(one.Box(), func(other segment) {
			if one != other && fault == nil {
				fault = one.fault(other)
			}
		})
		if fault != nil {
			return fault
		}
	}
	return nested(s)
}

// fault judges two segments of one shape.
func (s segment) fault(t segment) error {
	switch how, _ := s.meets(t); how {
	case through:
		return errors.New("its borders cross")
	case along:
		if ends := s.common(t); ends[0] != ends[1] {
			return errors.New("its borders run along each other")
		}
	case apart:
		return nil
	case at:
	}
	if s.part == t.part && s.a != t.b && s.b != t.a {
		return errors.New("a ring touches itself")
	}
	return nil
}

// nested compares each ring with the areas inside the others, one by one: a hole lies
// in an odd number of them, other rings in an even one, and none partly.
func nested(s geo.Shape) error {
	areas := make([]*Shape, s.NumParts())
	for i := range areas {
		areas[i] = Prepare(geo.PolygonShape(s.Part(i).Points))
	}
	for i, ring := range areas {
		within := false
		for j, other := range areas {
			if i == j || !ring.box.Intersects(other.box) {
				continue
			}
			switch f := ring.follow(other); {
			case f.in && f.out:
				return errors.New("its borders cross")
			case f.in:
				within = !within
			}
		}
		switch hole := s.Part(i).Hole; {
		case hole && !within:
			return errors.New("a hole lies outside its polygon")
		case within && !hole:
			return errors.New("its polygons overlap")
		}
	}
	return nil
}
