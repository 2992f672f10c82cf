package cql_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/geojson"
	"gridatlas/geo/table"
)

// asText writes an expression as CQL2 text. Every part stands in brackets, so that
// it nests as it did.
func asText(e cql.Expr) string {
	switch e := e.(type) {
	case *cql.Property:
		return strconv.Quote(e.Name)
	case *cql.List:
		return "(" + commaTexts(e.Items) + ")"
	case *cql.Interval:
		return "INTERVAL(" + boundText(e.From) + "," + boundText(e.Until) + ")"
	case *cql.Literal:
		switch v := e.Value.(type) {
		case string:
			return "'" + strings.ReplaceAll(v, "'", "''") + "'"
		case float64:
			return strconv.FormatFloat(v, 'g', -1, 64)
		case bool:
			return strconv.FormatBool(v)
		case cql.Day:
			return "DATE('" + dayText(v) + "')"
		case cql.Moment:
			return "TIMESTAMP('" + momentText(v) + "')"
		case geo.Shape:
			return string(table.AppendWKT(nil, v, (&table.Frame{}).AppendXY))
		}
	case *cql.Call:
		switch e.Op {
		case "and", "or":
			parts := make([]string, len(e.Args))
			for i, arg := range e.Args {
				parts[i] = "(" + asText(arg) + ")"
			}
			return strings.Join(parts, " "+e.Op+" ")
		case "not":
			return "NOT (" + asText(e.Args[0]) + ")"
		case "isNull":
			return operandText(e.Args[0]) + " IS NULL"
		case "between":
			return operandText(e.Args[0]) + " BETWEEN " + operandText(e.Args[1]) + " AND " + operandText(e.Args[2])
		case "in":
			return operandText(e.Args[0]) + " IN " + asText(e.Args[1])
		case "=", "<>", "<", "<=", ">", ">=", "like":
			return operandText(e.Args[0]) + " " + strings.ToUpper(e.Op) + " " + operandText(e.Args[1])
		default:
			return strings.ToUpper(e.Op) + "(" + commaTexts(e.Args) + ")"
		}
	}
	panic(fmt.Sprintf("%T", e))
}

// operandText puts brackets around what is no operand by itself.
func operandText(e cql.Expr) string {
	if c, ok := e.(*cql.Call); ok && (len(c.Op) < 3 || c.Op[1] != '_') && c.Op != "casei" {
		return "(" + asText(e) + ")"
	}
	return asText(e)
}

func commaTexts(list []cql.Expr) string {
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = operandText(e)
	}
	return strings.Join(parts, ", ")
}

func dayText(d cql.Day) string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

func momentText(m cql.Moment) string { return time.UnixMicro(int64(m)).UTC().Format(time.RFC3339Nano) }

func boundText(e cql.Expr) string {
	switch e := e.(type) {
	case *cql.Property:
		return asText(e)
	case *cql.Literal:
		return "'" + bound(e.Value) + "'"
	}
	return "'..'"
}

func bound(v any) string {
	if d, ok := v.(cql.Day); ok {
		return dayText(d)
	}
	return momentText(v.(cql.Moment))
}

// asJSON writes an expression as CQL2 JSON.
func asJSON(e cql.Expr) string {
	text, err := json.Marshal(jsonOf(e))
	if err != nil {
		panic(err)
	}
	return string(text)
}

func jsonOf(e cql.Expr) any {
	type object = map[string]any
	switch e := e.(type) {
	case *cql.Property:
		return object{"property": e.Name}
	case *cql.List:
		return jsonList(e.Items)
	case *cql.Call:
		return object{"op": e.Op, "args": jsonList(e.Args)}
	case *cql.Interval:
		var bounds [2]any
		for i, b := range []cql.Expr{e.From, e.Until} {
			bounds[i] = ".."
			switch b := b.(type) {
			case *cql.Property:
				bounds[i] = jsonOf(b)
			case *cql.Literal:
				bounds[i] = bound(b.Value)
			}
		}
		return object{"interval": bounds}
	case *cql.Literal:
		switch v := e.Value.(type) {
		case cql.Day:
			return object{"date": dayText(v)}
		case cql.Moment:
			return object{"timestamp": momentText(v)}
		case geo.Shape:
			return json.RawMessage(geojson.AppendGeometry(nil, v))
		default:
			return v
		}
	}
	panic(fmt.Sprintf("%T", e))
}

func jsonList(list []cql.Expr) []any {
	items := []any{}
	for _, e := range list {
		items = append(items, jsonOf(e))
	}
	return items
}

// bare returns an expression without the places of its nodes, to compare.
func bare(e cql.Expr) cql.Expr {
	list := func(old []cql.Expr) []cql.Expr {
		var items []cql.Expr
		for _, e := range old {
			items = append(items, bare(e))
		}
		return items
	}
	switch e := e.(type) {
	case *cql.Call:
		return &cql.Call{Op: e.Op, Args: list(e.Args)}
	case *cql.List:
		return &cql.List{Items: list(e.Items)}
	case *cql.Property:
		return &cql.Property{Name: e.Name}
	case *cql.Literal:
		return &cql.Literal{Value: e.Value}
	case *cql.Interval:
		return &cql.Interval{From: bare(e.From), Until: bare(e.Until)}
	}
	return nil
}
