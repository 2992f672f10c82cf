package cql

import (
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/relate"
)

// kind is what a value holds.
type kind uint8

const (
	textKind kind = iota
	numberKind
	truthKind
	dayKind
	momentKind
	listKind
	shapeKind
	spanKind
	openKind // an interval without bounds
)

func (k kind) String() string {
	return [...]string{"a text", "a number", "a truth value", "a date", "an instant", "a list", "a geometry", "an interval", "an open interval"}[k]
}

// of reads something from a feature; false where it is unknown.
type of[T any] func(geo.Feature) (T, bool)

// value is an expression that is ready; the member of its kind is set.
type value struct {
	kind   kind
	text   of[string]
	word   *Literal // the text as it is written in the filter; nil: it is of a feature
	number of[float64]
	truth  test
	time   of[int64] // a Day or a Moment
	list   of[[]string]
	shape  of[geo.Shape]
	ready  *relate.Shape // the same shape for every feature; nil: it differs
	span   *span
}

// known tells whether the value of a feature is known.
func (v value) known() func(geo.Feature) bool {
	switch v.kind {
	case textKind:
		return isKnown(v.text)
	case numberKind:
		return isKnown(v.number)
	case truthKind:
		return func(f geo.Feature) bool { return v.truth(f) != unknown }
	case dayKind, momentKind:
		return isKnown(v.time)
	case listKind:
		return isKnown(v.list)
	case shapeKind:
		return isKnown(v.shape)
	default:
		return func(geo.Feature) bool { return true }
	}
}

func isKnown[T any](read of[T]) func(geo.Feature) bool {
	return func(f geo.Feature) bool {
		_, ok := read(f)
		return ok
	}
}

func always[T any](v T) of[T] { return func(geo.Feature) (T, bool) { return v, true } }

// value compiles any expression.
func (c *compiler) value(e Expr) (value, error) {
	switch e := e.(type) {
	case *Call:
		return c.call(e)
	case *Property:
		return c.property(e)
	case *Interval:
		return c.interval(e)
	case *List:
		return c.list(e)
	case *Literal:
		switch v := e.Value.(type) {
		case string:
			return value{kind: textKind, text: always(v), word: e}, nil
		case float64:
			return value{kind: numberKind, number: always(v)}, nil
		case bool:
			return value{kind: truthKind, truth: func(geo.Feature) truth { return truthOf(v) }}, nil
		case Day:
			return value{kind: dayKind, time: always(int64(v))}, nil
		case Moment:
			return value{kind: momentKind, time: always(int64(v))}, nil
		case geo.Shape:
			return value{kind: shapeKind, shape: always(v), ready: relate.Prepare(v)}, nil
		}
	}
	return value{}, faultAt(e.Pos(), "this is no value")
}

// property compiles a field. One that the asker may not know of is unknown like
// any other name.
func (c *compiler) property(p *Property) (value, error) {
	for _, field := range c.fields {
		if field.Name == p.Name {
			return ofField(field), nil
		}
	}
	if p.Name == Geometry && slices.ContainsFunc(c.schema.Kinds, func(k geo.Kind) bool { return k != geo.NoShape }) {
		return value{kind: shapeKind, shape: func(f geo.Feature) (geo.Shape, bool) {
			s := f.Common().Shape
			return s, !s.IsZero()
		}}, nil
	}
	return value{}, faultAt(p.At, "there is no field %q", p.Name)
}

func ofField(field *geo.Field) value {
	switch field.Type {
	case geo.Integer:
		return value{kind: numberKind, number: func(f geo.Feature) (float64, bool) {
			p := field.Pointer(f).(*geo.Opt[int32])
			return float64(p.Value), p.Known
		}}
	case geo.Number:
		return value{kind: numberKind, number: func(f geo.Feature) (float64, bool) {
			p := field.Pointer(f).(*geo.Opt[float64])
			return p.Value, p.Known
		}}
	case geo.Boolean:
		return value{kind: truthKind, truth: func(f geo.Feature) truth {
			p := field.Pointer(f).(*geo.Opt[bool])
			if !p.Known {
				return unknown
			}
			return truthOf(p.Value)
		}}
	case geo.Flag:
		return value{kind: truthKind, truth: func(f geo.Feature) truth { return truthOf(*field.Pointer(f).(*bool)) }}
	case geo.Day:
		return value{kind: dayKind, time: func(f geo.Feature) (int64, bool) {
			p := field.Pointer(f).(*geo.Date)
			return int64(DayOf(*p)), *p != 0
		}}
	case geo.Moment:
		return value{kind: momentKind, time: func(f geo.Feature) (int64, bool) {
			p := field.Pointer(f).(*geo.Instant)
			return int64(MomentOf(*p)), *p != 0
		}}
	case geo.List:
		return value{kind: listKind, list: func(f geo.Feature) ([]string, bool) {
			p := field.Pointer(f).(*[]string)
			return *p, len(*p) > 0
		}}
	case geo.OpeningHours:
		return value{kind: textKind, text: func(f geo.Feature) (string, bool) {
			p := field.Pointer(f).(*geo.Hours)
			return string(*p), *p != ""
		}}
	default:
		return value{kind: textKind, text: func(f geo.Feature) (string, bool) {
			p := field.Pointer(f).(*string)
			return *p, *p != ""
		}}
	}
}
