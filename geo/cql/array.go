package cql

import (
	"slices"

	"gridatlas/geo"
)

// list compiles an array of texts, the one kind of array that fields hold.
func (c *compiler) list(l *List) (value, error) {
	items := make([]string, len(l.Items))
	for i, item := range l.Items {
		literal, _ := item.(*Literal)
		if literal == nil {
			return value{}, faultAt(item.Pos(), "an array holds texts in quotes here")
		}
		text, ok := literal.Value.(string)
		if !ok {
			return value{}, faultAt(item.Pos(), "an array holds texts in quotes here")
		}
		items[i] = text
	}
	return value{kind: listKind, list: always(items)}, nil
}

// arrays compiles the functions that compare arrays as sets: order and repetition
// do not matter.
func (c *compiler) arrays(call *Call) (test, error) {
	a, b, err := c.pair(call)
	if err != nil {
		return nil, err
	}
	for i, v := range []value{a, b} {
		if v.kind != listKind {
			return nil, faultAt(call.Args[i].Pos(), "%s needs arrays, not %s", call.Op, v.kind)
		}
	}
	holds := map[string]func(a, b []string) bool{
		"a_contains":    contains,
		"a_containedBy": func(a, b []string) bool { return contains(b, a) },
		"a_equals":      func(a, b []string) bool { return contains(a, b) && contains(b, a) },
		"a_overlaps": func(a, b []string) bool {
			return slices.ContainsFunc(a, func(item string) bool { return slices.Contains(b, item) })
		},
	}[call.Op]
	return func(f geo.Feature) truth {
		x, ok := a.list(f)
		if !ok {
			return unknown
		}
		y, ok := b.list(f)
		if !ok {
			return unknown
		}
		return truthOf(holds(x, y))
	}, nil
}

// contains reports whether a holds all items of b.
func contains(a, b []string) bool {
	for _, item := range b {
		if !slices.Contains(a, item) {
			return false
		}
	}
	return true
}
