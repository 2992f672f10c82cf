package cql

import (
	"gridatlas/geo"
)

// codesOf finds the codes that an expression asks for: by code = 'x' or code IN
// (...), alone or as one of the parts that must all be true.
func codesOf(e Expr) ([]string, bool) {
	c, ok := e.(*Call)
	if !ok {
		return nil, false
	}
	if c.Op == "and" {
		for _, part := range c.Args {
			if codes, ok := codesOf(part); ok {
				return codes, true
			}
		}
		return nil, false
	}
	if c.Op != "=" && c.Op != "in" {
		return nil, false
	}
	if p, ok := c.Args[0].(*Property); !ok || p.Name != "code" {
		return nil, false
	}
	items := c.Args[1:]
	if list, ok := items[0].(*List); ok {
		items = list.Items
	}
	codes := make([]string, len(items))
	for i, item := range items {
		literal, ok := item.(*Literal)
		if !ok {
			return nil, false
		}
		if codes[i], ok = literal.Value.(string); !ok {
			return nil, false
		}
	}
	return codes, true
}

// boxesOf finds boxes around what an expression asks for: those of the geometry that
// a feature is compared with, the smallest of the parts that must all be true, those
// of all parts of which one must be true.
func boxesOf(e Expr) (boxes []geo.Box, bounded bool) {
	c, ok := e.(*Call)
	if !ok {
		return nil, false
	}
	switch c.Op {
	case "and":
		for _, part := range c.Args {
			if of, ok := boxesOf(part); ok && (!bounded || Spread(of) < Spread(boxes)) {
				boxes, bounded = of, true
			}
		}
		return boxes, bounded
	case "or":
		for _, part := range c.Args {
			of, ok := boxesOf(part)
			if !ok || len(boxes)+len(of) > maxBoxes {
				return nil, false
			}
			boxes = append(boxes, of...)
		}
		return boxes, true
	}
	if _, spatial := shapeRelations[c.Op]; !spatial || c.Op == "s_disjoint" {
		return nil, false
	}
	for i, arg := range c.Args {
		literal, _ := arg.(*Literal)
		property, _ := c.Args[1-i].(*Property)
		if literal == nil || property == nil {
			continue
		}
		if shape, ok := literal.Value.(geo.Shape); ok {
			return boxesAround(shape), true
		}
	}
	return nil, false
}

// maxBoxes bounds the searches that one filter leads to.
const maxBoxes = 16

// boxesAround returns a box for each part of a shape, or one where they are many.
func boxesAround(s geo.Shape) []geo.Box {
	if s.NumParts() > maxBoxes {
		return []geo.Box{s.Box()}
	}
	var boxes []geo.Box
	for part := range s.Parts() {
		if part.Hole {
			continue
		}
		box := geo.NoBox
		for _, p := range part.Points {
			box = box.With(p)
		}
		boxes = append(boxes, box)
	}
	return boxes
}

// Spread is the area of boxes, to compare searches by.
func Spread(boxes []geo.Box) float64 {
	sum := 0.0
	for _, b := range boxes {
		sum += (float64(b.E) - float64(b.W)) * (float64(b.N) - float64(b.S))
	}
	return sum
}
