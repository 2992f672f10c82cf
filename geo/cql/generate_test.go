package cql_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/cql"
)

// operators are all that CQL2 has here.
var operators = []string{
	"=", "<>", "<", "<=", ">", ">=", "like", "between", "in", "isNull", "casei", "and", "or", "not",
	"s_intersects", "s_within", "s_contains", "s_disjoint", "s_equals", "s_touches", "s_overlaps", "s_crosses",
	"t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy", "t_finishes",
	"t_intersects", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts",
	"a_contains", "a_containedBy", "a_equals", "a_overlaps",
}

// generator makes random filters whose values are those of features.
type generator struct {
	r        *rand.Rand
	schema   *geo.Schema
	fields   []*geo.Field
	features []geo.Feature
}

// filter returns a filter that uses an operator, alone or with others; nil when no
// field is fit for it.
func (g *generator) filter(op string) cql.Expr {
	e := g.claim(op)
	if e == nil {
		return nil
	}
	for g.r.IntN(3) == 0 {
		switch other := g.anyClaim(); g.r.IntN(3) {
		case 0:
			e = &cql.Call{Op: "not", Args: []cql.Expr{e}}
		case 1:
			e = &cql.Call{Op: "and", Args: []cql.Expr{e, other}}
		default:
			e = &cql.Call{Op: "or", Args: []cql.Expr{e, other}}
		}
	}
	return e
}

func (g *generator) anyClaim() cql.Expr {
	for {
		if e := g.claim(operators[g.r.IntN(len(operators))]); e != nil {
			return e
		}
	}
}

// claim returns an operator over literals and fields.
func (g *generator) claim(op string) cql.Expr {
	call := func(args ...cql.Expr) cql.Expr { return &cql.Call{Op: op, Args: args} }
	switch op {
	case "and", "or":
		return call(g.anyClaim(), g.anyClaim())
	case "not":
		return call(g.anyClaim())
	case "isNull":
		field := g.field(geo.AllFieldTypes...)
		return call(property(field))
	case "like", "casei":
		field := g.field(geo.Text, geo.OpeningHours)
		if field == nil {
			return nil
		}
		text, _ := g.value(field).(string)
		pattern := &cql.Literal{Value: g.pattern(text)}
		if op == "like" {
			return call(property(field), pattern)
		}
		fold := func(e cql.Expr) cql.Expr { return &cql.Call{Op: "casei", Args: []cql.Expr{e}} }
		if g.r.IntN(2) == 0 {
			return &cql.Call{Op: "=", Args: []cql.Expr{fold(property(field)), fold(&cql.Literal{Value: strings.ToUpper(text)})}}
		}
		return &cql.Call{Op: "like", Args: []cql.Expr{fold(property(field)), fold(pattern)}}
	case "between":
		field := g.field(geo.Integer, geo.Number, geo.Day, geo.Moment)
		return call(property(field), g.literal(field), g.literal(field))
	case "in":
		field := g.field(geo.Text, geo.Integer, geo.Number, geo.Day)
		list := &cql.List{}
		for range 1 + g.r.IntN(5) {
			list.Items = append(list.Items, g.literal(field))
		}
		return call(property(field), list)
	}
	switch op[:1] {
	case "s":
		shapes := []cql.Expr{&cql.Property{Name: cql.Geometry}, &cql.Literal{Value: g.shape(op)}}
		if g.r.IntN(4) == 0 {
			slices.Reverse(shapes)
		}
		return call(shapes...)
	case "t":
		kind := []geo.FieldType{geo.Day, geo.Moment}[g.r.IntN(2)]
		return call(g.span(kind), g.span(kind))
	case "a":
		field := g.field(geo.List)
		if field == nil {
			return nil
		}
		list := &cql.List{}
		for range g.r.IntN(4) {
			item := "x"
			if known, _ := g.value(field).([]string); len(known) > 0 {
				item = known[g.r.IntN(len(known))]
			}
			list.Items = append(list.Items, &cql.Literal{Value: item})
		}
		if g.r.IntN(4) == 0 {
			return call(list, property(field))
		}
		return call(property(field), list)
	}
	field := g.field(geo.Text, geo.Integer, geo.Number, geo.Boolean, geo.Flag, geo.Day, geo.Moment)
	if other := g.field(field.Type); g.r.IntN(6) == 0 {
		return call(property(field), property(other))
	}
	return call(property(field), g.literal(field))
}

func property(field *geo.Field) cql.Expr { return &cql.Property{Name: field.Name} }

// field picks one of some types; nil when there is none.
func (g *generator) field(types ...geo.FieldType) *geo.Field {
	var fit []*geo.Field
	for _, field := range g.fields {
		if slices.Contains(types, field.Type) {
			fit = append(fit, field)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	return fit[g.r.IntN(len(fit))]
}

// value is what some feature has, mostly known.
func (g *generator) value(field *geo.Field) any {
	for range 20 {
		if v := field.Get(g.features[g.r.IntN(len(g.features))]); v != nil {
			return v
		}
	}
	return nil
}

func (g *generator) literal(field *geo.Field) cql.Expr {
	switch v := g.value(field).(type) {
	case string:
		switch field.Type {
		case geo.Day:
			day, _ := geo.ParseDate(v)
			return &cql.Literal{Value: cql.DayOf(day)}
		case geo.Moment:
			at, _ := geo.ParseInstant(v)
			return &cql.Literal{Value: cql.MomentOf(at)}
		}
		return &cql.Literal{Value: strings.TrimSuffix(v, `\`)}
	case int64:
		return &cql.Literal{Value: float64(v)}
	case float64, bool:
		return &cql.Literal{Value: v}
	}
	switch field.Type { // known nowhere
	case geo.Integer, geo.Number:
		return &cql.Literal{Value: float64(g.r.IntN(9))}
	case geo.Boolean, geo.Flag:
		return &cql.Literal{Value: g.r.IntN(2) == 0}
	case geo.Day:
		return &cql.Literal{Value: cql.Day(20_000 + g.r.IntN(60))}
	case geo.Moment:
		return &cql.Literal{Value: cql.MomentOf(geo.Instant(28_000_000 + g.r.IntN(50)*1440))}
	}
	return &cql.Literal{Value: "x"}
}

// pattern makes a pattern that the text matches, mostly.
func (g *generator) pattern(text string) string {
	runes := []rune(strings.TrimSuffix(text, `\`))
	var pattern strings.Builder
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; g.r.IntN(8) {
		case 0:
			pattern.WriteString("%")
			i += g.r.IntN(len(runes))
		case 1:
			pattern.WriteString("_")
		default:
			if strings.ContainsRune(`%_\`, c) {
				pattern.WriteString(`\`)
			}
			pattern.WriteRune(c)
		}
	}
	if g.r.IntN(2) == 0 {
		pattern.WriteString("%")
	}
	return pattern.String()
}

// span is a date, an instant or an interval of them.
func (g *generator) span(kind geo.FieldType) cql.Expr {
	first, second := "from", "until"
	if kind == geo.Day {
		first, second = "surveyed_on", "due_on"
	}
	field, _ := g.schema.Field(first)
	literal := func() *cql.Literal { return g.literal(field).(*cql.Literal) }
	switch g.r.IntN(6) {
	case 0:
		return property(field)
	case 1:
		return literal()
	case 2, 3:
		return &cql.Interval{From: property(field), Until: &cql.Property{Name: second}}
	}
	i := &cql.Interval{}
	if g.r.IntN(4) > 0 {
		i.From = literal()
	}
	if g.r.IntN(4) > 0 {
		i.Until = literal()
	}
	return i
}

// shape is one that a spatial operator may find true for some features: of a feature
// itself, or drawn through the corners of some.
func (g *generator) shape(op string) geo.Shape {
	corner := func() geo.Point {
		points := g.features[g.r.IntN(len(g.features))].Common().Shape.Points()
		return points[g.r.IntN(len(points))]
	}
	own := g.features[g.r.IntN(len(g.features))].Common().Shape
	switch {
	case op == "s_equals", g.r.IntN(8) == 0:
		return own
	case op == "s_contains":
		return geo.PointShape(own.Box().Centre())
	case op == "s_crosses" || op == "s_touches" && g.r.IntN(2) == 0 || g.r.IntN(8) == 0:
		a, b := corner(), corner()
		if a == b {
			return own
		}
		return geo.LineShape([]geo.Point{a, b})
	}
	for range 50 {
		a, b, c := corner(), corner(), corner()
		if g.r.IntN(2) == 0 {
			if a.X != b.X && a.Y != b.Y {
				return geo.PolygonShape([]geo.Point{a, {X: b.X, Y: a.Y}, b, {X: a.X, Y: b.Y}})
			}
		} else if geo.Turn(a, b, c) != 0 {
			return geo.PolygonShape([]geo.Point{a, b, c})
		}
	}
	return own
}
