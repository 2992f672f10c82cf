package cql

import (
	"math"

	"gridatlas/geo"
)

// span is an interval of time: of days or of moments. Bounds that are open or
// unknown are the ends of time: `until` unknown means still in effect.
type span struct {
	kind        kind // dayKind or momentKind; openKind without bounds
	from, until of[int64]
}

func (c *compiler) interval(i *Interval) (value, error) {
	s := &span{kind: openKind, from: always[int64](math.MinInt64), until: always[int64](math.MaxInt64)}
	for _, bound := range []Expr{i.From, i.Until} {
		if bound == nil {
			continue
		}
		v, err := c.value(bound)
		if err != nil {
			return value{}, err
		}
		switch {
		case v.kind != dayKind && v.kind != momentKind:
			return value{}, faultAt(bound.Pos(), "a bound of an interval is a date or an instant, not %s", v.kind)
		case s.kind != openKind && s.kind != v.kind:
			return value{}, faultAt(bound.Pos(), "the bounds are %s and %s", s.kind, v.kind)
		}
		s.kind = v.kind
		if bound == i.From {
			s.from = orElse(v.time, math.MinInt64)
		} else {
			s.until = orElse(v.time, math.MaxInt64)
		}
	}
	return value{kind: spanKind, span: s}, nil
}

func orElse(read of[int64], otherwise int64) of[int64] {
	return func(f geo.Feature) (int64, bool) {
		if v, ok := read(f); ok {
			return v, true
		}
		return otherwise, true
	}
}

// asSpan returns an interval, or a date or an instant as the interval of it alone.
func asSpan(v value, op string, at int) (*span, error) {
	switch v.kind {
	case spanKind:
		return v.span, nil
	case dayKind, momentKind:
		return &span{v.kind, v.time, v.time}, nil
	}
	return nil, faultAt(at, "%s needs a date, an instant or an interval, not %s", op, v.kind)
}

// relations of two closed intervals from a to b and from c to d, as CQL2 defines
// them after J. F. Allen.
var relations = map[string]func(a, b, c, d int64) bool{
	"t_after":        func(a, _, _, d int64) bool { return a > d },
	"t_before":       func(_, b, c, _ int64) bool { return b < c },
	"t_contains":     func(a, b, c, d int64) bool { return a < c && b > d },
	"t_disjoint":     func(a, b, c, d int64) bool { return b < c || a > d },
	"t_during":       func(a, b, c, d int64) bool { return a > c && b < d },
	"t_equals":       func(a, b, c, d int64) bool { return a == c && b == d },
	"t_finishedBy":   func(a, b, c, d int64) bool { return a < c && b == d },
	"t_finishes":     func(a, b, c, d int64) bool { return a > c && b == d },
	"t_intersects":   func(a, b, c, d int64) bool { return a <= d && b >= c },
	"t_meets":        func(_, b, c, _ int64) bool { return b == c },
	"t_metBy":        func(a, _, _, d int64) bool { return a == d },
	"t_overlappedBy": func(a, b, c, d int64) bool { return a > c && a < d && b > d },
	"t_overlaps":     func(a, b, c, d int64) bool { return a < c && b > c && b < d },
	"t_startedBy":    func(a, b, c, d int64) bool { return a == c && b > d },
	"t_starts":       func(a, b, c, d int64) bool { return a == c && b < d },
}

// times compiles the functions that compare dates, instants and intervals.
func (c *compiler) times(call *Call) (test, error) {
	first, second, err := c.pair(call)
	if err != nil {
		return nil, err
	}
	a, err := asSpan(first, call.Op, call.Args[0].Pos())
	if err != nil {
		return nil, err
	}
	b, err := asSpan(second, call.Op, call.Args[1].Pos())
	if err != nil {
		return nil, err
	}
	if a.kind != b.kind && a.kind != openKind && b.kind != openKind {
		return nil, faultAt(call.At, "%s cannot be compared with %s%s", a.kind, b.kind, hint(a.kind, b.kind))
	}
	holds := relations[call.Op]
	return func(f geo.Feature) truth {
		var at [4]int64
		for i, read := range [4]of[int64]{a.from, a.until, b.from, b.until} {
			var ok bool
			if at[i], ok = read(f); !ok {
				return unknown
			}
		}
		return truthOf(holds(at[0], at[1], at[2], at[3]))
	}, nil
}
