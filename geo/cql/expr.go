package cql

import (
	"fmt"

	"gridatlas/geo"
)

// Expr is a node of a filter: *Call, *Property, *Literal, *List or *Interval.
type Expr interface {
	// Pos is the byte of the filter at which the node stands, from 0.
	Pos() int
}

// Call is an operator or function with its arguments, named as CQL2 JSON names it:
// and, or, not, =, <>, <, >, <=, >=, like, between, in, isNull, casei, s_intersects
// and so on. The second argument of in is a *List.
type Call struct {
	Op   string
	Args []Expr
	At   int
}

// Geometry is the name of the property that holds the geometry of a feature.
const Geometry = "geometry"

// Property is the value of a field, or the geometry.
type Property struct {
	Name string
	At   int
}

// Literal is a string, float64, bool, Day, Moment or geo.Shape.
type Literal struct {
	Value any
	At    int
}

// List is an array, or what IN chooses from.
type List struct {
	Items []Expr
	At    int
}

// Interval is a span of time, both bounds included; a nil bound is open.
type Interval struct {
	From, Until Expr
	At          int
}

// Day is a date, in days since 1970-01-01. Other than in geo.Date zero is that day.
type Day int64

// Moment is an instant, in microseconds since 1970-01-01 UTC.
type Moment int64

// Pos returns the byte at which the node stands.
func (c *Call) Pos() int     { return c.At }
func (p *Property) Pos() int { return p.At } //nolint:revive // as above
func (l *Literal) Pos() int  { return l.At } //nolint:revive // as above
func (l *List) Pos() int     { return l.At } //nolint:revive // as above
func (i *Interval) Pos() int { return i.At } //nolint:revive // as above

// Fault says what is wrong with a filter and at which byte of it.
type Fault struct {
	At     int
	Detail string
}

func (f *Fault) Error() string { return f.Detail }

func faultAt(at int, format string, args ...any) error {
	return &Fault{At: at, Detail: fmt.Sprintf(format, args...)}
}

// Limits of one filter.
const (
	MaxBytes    = 64 << 10
	MaxNodes    = 1000
	MaxDepth    = 32
	MaxVertices = 5000 // corners of all geometries
)

// Position turns the two coordinates of a position, in the order in which the
// filter has them, into a place.
type Position func(first, second float64) (geo.Point, error)

// budget counts what a filter spends of the limits.
type budget struct {
	position        Position
	nodes, vertices int
}

func (b *budget) node(at, depth int) error {
	if b.nodes++; b.nodes > MaxNodes {
		return faultAt(at, "the filter has more than %d parts", MaxNodes)
	}
	if depth > MaxDepth {
		return faultAt(at, "the filter nests more than %d deep", MaxDepth)
	}
	return nil
}

// operators by their names in CQL2 JSON, with the number of their arguments; 0
// stands for two and more.
var operators = map[string]int{
	"and": 0, "or": 0, "not": 1,
	"=": 2, "<>": 2, "<": 2, ">": 2, "<=": 2, ">=": 2,
	"like": 2, "between": 3, "in": 2, "isNull": 1, "casei": 1,
	"a_containedBy": 2, "a_contains": 2, "a_equals": 2, "a_overlaps": 2,
	"s_contains": 2, "s_crosses": 2, "s_disjoint": 2, "s_equals": 2, "s_intersects": 2, "s_overlaps": 2, "s_touches": 2, "s_within": 2,
	"t_after": 2, "t_before": 2, "t_contains": 2, "t_disjoint": 2, "t_during": 2, "t_equals": 2,
	"t_finishedBy": 2, "t_finishes": 2, "t_intersects": 2, "t_meets": 2, "t_metBy": 2,
	"t_overlappedBy": 2, "t_overlaps": 2, "t_startedBy": 2, "t_starts": 2,
}

// refused are operators of CQL2 that are not supported here.
var refused = map[string]bool{
	"accenti": true, "+": true, "-": true, "*": true, "/": true, "%": true, "div": true, "^": true,
}

// unknownOperator says why a name is no operator.
func unknownOperator(at int, name string) error {
	if refused[name] {
		return faultAt(at, "%s is not supported here", name)
	}
	return faultAt(at, "there is no function %q", name)
}

// call makes a node of an operator that is known, after counting its arguments.
func call(op string, args []Expr, at int) (Expr, error) {
	switch want := operators[op]; {
	case want == 0 && len(args) < 2:
		return nil, faultAt(at, "%s needs two arguments or more, not %d", op, len(args))
	case want > 0 && len(args) != want:
		return nil, faultAt(at, "%s needs %d arguments, not %d", op, want, len(args))
	}
	return &Call{Op: op, Args: args, At: at}, nil
}

// DayOf returns a date that is known.
func DayOf(d geo.Date) Day { return Day(d) }

// MomentOf returns an instant that is known.
func MomentOf(i geo.Instant) Moment { return Moment(i) * microsPerMinute }

// microsPerMinute is how many steps of a Moment make one of a geo.Instant.
const microsPerMinute = 60_000_000
