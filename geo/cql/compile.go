package cql

import (
	"cmp"
	"strings"

	"gridatlas/geo"
)

// truth is what is known of a claim. They are ordered so that AND is the least of
// its parts, OR the greatest, and NOT the negative.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// test is a claim about features.
type test func(geo.Feature) truth

// Filter is a filter made ready for a layer. Any number of goroutines may use it.
type Filter struct {
	test    test
	codes   []string
	coded   bool
	boxes   []geo.Box
	bounded bool
}

// Takes reports whether the filter is true for a feature of its layer.
func (f *Filter) Takes(feature geo.Feature) bool { return f.test(feature) == yes }

// Codes returns the codes of all features that the filter may take, where it asks
// for them by code, in the order in which they are asked for; a code may stand twice.
func (f *Filter) Codes() (codes []string, ok bool) { return f.codes, f.coded }

// Boxes returns boxes of which each feature that the filter may take meets one, where
// it asks for a place.
func (f *Filter) Boxes() (boxes []geo.Box, ok bool) { return f.boxes, f.bounded }

// Compile checks a filter against the fields of a layer, those that the asker may
// know of, and makes it ready. The error is a *Fault.
func Compile(e Expr, schema *geo.Schema, fields []*geo.Field) (*Filter, error) {
	c := compiler{schema: schema, fields: fields}
	t, err := c.test(e)
	if err != nil {
		return nil, err
	}
	f := &Filter{test: t}
	f.codes, f.coded = codesOf(e)
	f.boxes, f.bounded = boxesOf(e)
	return f, nil
}

type compiler struct {
	schema *geo.Schema
	fields []*geo.Field
}

// test compiles an expression that is true or false.
func (c *compiler) test(e Expr) (test, error) {
	v, err := c.value(e)
	if err != nil {
		return nil, err
	}
	if v.kind != truthKind {
		return nil, faultAt(e.Pos(), "%s is neither true nor false", v.kind)
	}
	return v.truth, nil
}

// call compiles an operator; all but casei are true or false.
func (c *compiler) call(call *Call) (value, error) {
	if call.Op == "casei" {
		return c.foldCase(call)
	}
	t, err := c.claim(call)
	return value{kind: truthKind, truth: t}, err
}

func (c *compiler) claim(call *Call) (test, error) {
	switch call.Op {
	case "and", "or", "not":
		return c.logic(call)
	case "isNull":
		return c.isNull(call)
	case "like":
		return c.like(call)
	case "between":
		return c.between(call)
	case "in":
		return c.in(call)
	}
	switch {
	case strings.HasPrefix(call.Op, "a_"):
		return c.arrays(call)
	case strings.HasPrefix(call.Op, "s_"):
		return c.places(call)
	case strings.HasPrefix(call.Op, "t_"):
		return c.times(call)
	}
	a, b, err := c.pair(call)
	if err != nil {
		return nil, err
	}
	return compareValues(call.Op, a, b, call.At)
}

func (c *compiler) logic(call *Call) (test, error) {
	parts := make([]test, len(call.Args))
	for i, arg := range call.Args {
		var err error
		if parts[i], err = c.test(arg); err != nil {
			return nil, err
		}
	}
	switch call.Op {
	case "not":
		return func(f geo.Feature) truth { return -parts[0](f) }, nil
	case "and":
		return func(f geo.Feature) truth {
			result := yes
			for _, part := range parts {
				if result = min(result, part(f)); result == no {
					break
				}
			}
			return result
		}, nil
	default:
		return func(f geo.Feature) truth {
			result := no
			for _, part := range parts {
				if result = max(result, part(f)); result == yes {
					break
				}
			}
			return result
		}, nil
	}
}

func (c *compiler) isNull(call *Call) (test, error) {
	v, err := c.value(call.Args[0])
	if err != nil {
		return nil, err
	}
	known := v.known()
	return func(f geo.Feature) truth { return truthOf(!known(f)) }, nil
}

func (c *compiler) between(call *Call) (test, error) {
	var v [3]value
	for i, arg := range call.Args {
		var err error
		if v[i], err = c.value(arg); err != nil {
			return nil, err
		}
	}
	low, err := compareValues(">=", v[0], v[1], call.Args[1].Pos())
	if err != nil {
		return nil, err
	}
	high, err := compareValues("<=", v[0], v[2], call.Args[2].Pos())
	return func(f geo.Feature) truth { return min(low(f), high(f)) }, err
}

func (c *compiler) in(call *Call) (test, error) {
	list, ok := call.Args[1].(*List)
	if !ok || len(list.Items) == 0 {
		return nil, faultAt(call.Args[1].Pos(), "in needs a list of at least one value")
	}
	v, err := c.value(call.Args[0])
	if err != nil {
		return nil, err
	}
	equals := make([]test, len(list.Items))
	for i, item := range list.Items {
		one, err := c.value(item)
		if err != nil {
			return nil, err
		}
		if equals[i], err = compareValues("=", v, one, item.Pos()); err != nil {
			return nil, err
		}
	}
	return func(f geo.Feature) truth {
		result := no
		for _, equal := range equals {
			if result = max(result, equal(f)); result == yes {
				break
			}
		}
		return result
	}, nil
}

func (c *compiler) pair(call *Call) (a, b value, err error) {
	if a, err = c.value(call.Args[0]); err == nil {
		b, err = c.value(call.Args[1])
	}
	return a, b, err
}

// compareValues compares two values of one kind.
func compareValues(op string, a, b value, at int) (test, error) {
	a, err := a.likened(b.kind)
	if err != nil {
		return nil, err
	}
	if b, err = b.likened(a.kind); err != nil {
		return nil, err
	}
	if a.kind != b.kind {
		return nil, faultAt(at, "%s cannot be compared with %s%s", a.kind, b.kind, hint(a.kind, b.kind))
	}
	switch a.kind {
	case textKind:
		return compare(op, a.text, b.text), nil
	case numberKind:
		return compare(op, a.number, b.number), nil
	case dayKind, momentKind:
		return compare(op, a.time, b.time), nil
	case truthKind:
		return compare(op, asNumber(a.truth), asNumber(b.truth)), nil
	}
	return nil, faultAt(at, "%s cannot be compared so; there are functions for it", a.kind)
}

// likened reads a text in quotes as the date or instant that it is compared with.
func (v value) likened(to kind) (value, error) {
	form, ok := map[kind]string{dayKind: "date", momentKind: "timestamp"}[to]
	if v.word == nil || !ok {
		return v, nil
	}
	literal, err := timeLiteral(form, v.word.Value.(string), v.word.At)
	if err != nil {
		return v, err
	}
	return (&compiler{}).value(literal)
}

// hint says what the writer may have meant.
func hint(a, b kind) string {
	switch [2]kind{min(a, b), max(a, b)} {
	case [2]kind{dayKind, momentKind}:
		return "; an instant is written TIMESTAMP('2006-01-02T15:04:05Z')"
	case [2]kind{textKind, listKind}:
		return "; use a_contains"
	}
	return ""
}

func asNumber(t test) of[int8] {
	return func(f geo.Feature) (int8, bool) {
		v := t(f)
		return int8(v), v != unknown
	}
}

// compare makes the test of two values: unknown where one of them is.
func compare[T cmp.Ordered](op string, a, b of[T]) test {
	var holds [3]bool // for less, equal and greater
	switch op {
	case "=":
		holds = [3]bool{false, true, false}
	case "<>":
		holds = [3]bool{true, false, true}
	case "<":
		holds = [3]bool{true, false, false}
	case "<=":
		holds = [3]bool{true, true, false}
	case ">":
		holds = [3]bool{false, false, true}
	case ">=":
		holds = [3]bool{false, true, true}
	}
	return func(f geo.Feature) truth {
		x, ok := a(f)
		if !ok {
			return unknown
		}
		y, ok := b(f)
		if !ok {
			return unknown
		}
		return truthOf(holds[cmp.Compare(x, y)+1])
	}
}
