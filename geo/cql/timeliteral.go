package cql

import (
	"time"
)

// timeLiteral reads the text of a date or a timestamp.
func timeLiteral(form, text string, at int) (Expr, error) {
	if form == "date" {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return nil, faultAt(at, "%q is not a date of the form 2006-01-02", text)
		}
		return &Literal{Day(t.Unix() / 86400), at}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, faultAt(at, "%q is not an instant of the form 2006-01-02T15:04:05Z", text)
	}
	return &Literal{Moment(t.UnixMicro()), at}, nil
}

// open stands for '..' until the interval is put together.
type open struct{}

// boundLiteral reads a bound of an interval.
func boundLiteral(text string, at int) (Expr, error) {
	switch {
	case text == "..":
		return &Literal{open{}, at}, nil
	case len(text) == len(time.DateOnly):
		return timeLiteral("date", text, at)
	default:
		return timeLiteral("timestamp", text, at)
	}
}

func interval(bounds []Expr, at int) (Expr, error) {
	if len(bounds) != 2 {
		return nil, faultAt(at, "an interval has two bounds, not %d", len(bounds))
	}
	for i, bound := range bounds {
		if literal, ok := bound.(*Literal); ok && literal.Value == (open{}) {
			bounds[i] = nil
		}
	}
	return &Interval{From: bounds[0], Until: bounds[1], At: at}, nil
}
