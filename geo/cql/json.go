package cql

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
)

// ParseJSON reads a filter in CQL2 JSON. Positions are read by
// position. The error is a *Fault.
func ParseJSON(text string, position Position) (Expr, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	p := jsonParser{decoder: json.NewDecoder(strings.NewReader(text)), text: text, budget: budget{position: position}}
	p.decoder.UseNumber()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if at := p.at(); at < len(text) {
		return nil, faultAt(at, "more follows after the filter")
	}
	e, err := p.expression(v, 0)
	if err != nil {
		return nil, err
	}
	return expand(e)
}

// jsonValue is a value with the byte at which it stands.
type jsonValue struct {
	at    int
	value any // string, float64, bool, nil, []jsonValue or map[string]jsonValue
}

func (v jsonValue) text() (string, bool) {
	text, ok := v.value.(string)
	return text, ok
}

type jsonParser struct {
	budget
	decoder *json.Decoder
	text    string
}

// at is the byte of the next token.
func (p *jsonParser) at() int {
	at := int(p.decoder.InputOffset())
	for at < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}

// jsonDepth bounds the nesting of JSON: an argument of a call lies two levels below
// it, and the positions of a multipolygon four below their geometry.
const jsonDepth = 2*MaxDepth + 6

// value reads one JSON value.
func (p *jsonParser) value(depth int) (jsonValue, error) {
	v := jsonValue{at: p.at()}
	if depth > jsonDepth {
		return v, faultAt(v.at, "the filter nests more than %d deep", MaxDepth)
	}
	t, err := p.decoder.Token()
	if err != nil {
		return v, p.syntax(err)
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			list := []jsonValue{}
			for p.decoder.More() {
				item, err := p.value(depth + 1)
				if err != nil {
					return v, err
				}
				list = append(list, item)
			}
			v.value = list
		} else {
			members := map[string]jsonValue{}
			for p.decoder.More() {
				at := p.at()
				key, err := p.decoder.Token()
				if err != nil {
					return v, p.syntax(err)
				}
				name, _ := key.(string)
				if _, twice := members[name]; twice {
					return v, faultAt(at, "the member %q stands twice", name)
				}
				if members[name], err = p.value(depth + 1); err != nil {
					return v, err
				}
			}
			v.value = members
		}
		if _, err := p.decoder.Token(); err != nil {
			return v, p.syntax(err)
		}
	case json.Number:
		n, err := t.Float64()
		if err != nil || math.IsInf(n, 0) {
			return v, faultAt(v.at, "the number %s is too large", t)
		}
		v.value = n
	default:
		v.value = t
	}
	return v, nil
}

func (p *jsonParser) syntax(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return faultAt(min(max(int(syntax.Offset)-1, 0), len(p.text)), "it is not JSON: %v", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return faultAt(len(p.text), "the JSON ends too early")
	}
	return faultAt(p.at(), "it is not JSON: %v", err)
}

// expression makes the node of a JSON value.
func (p *jsonParser) expression(v jsonValue, depth int) (Expr, error) {
	if err := p.node(v.at, depth); err != nil {
		return nil, err
	}
	switch value := v.value.(type) {
	case nil:
		return nil, faultAt(v.at, "null is no value; use isNull")
	case []jsonValue:
		items, err := p.expressions(value, depth+1)
		return &List{items, v.at}, err
	case map[string]jsonValue:
		return p.object(v, value, depth)
	default:
		return &Literal{value, v.at}, nil
	}
}

func (p *jsonParser) expressions(values []jsonValue, depth int) ([]Expr, error) {
	var list []Expr
	for _, v := range values {
		e, err := p.expression(v, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// object makes the node that the members of an object name.
func (p *jsonParser) object(v jsonValue, members map[string]jsonValue, depth int) (Expr, error) {
	single := func(name string) (jsonValue, bool) {
		member, ok := members[name]
		return member, ok && len(members) == 1
	}
	if _, ok := members["op"]; ok {
		return p.operation(v.at, members, depth)
	}
	if name, ok := single("property"); ok {
		text, ok := name.text()
		if !ok {
			return nil, faultAt(name.at, "the name of a property is a string")
		}
		return &Property{text, v.at}, nil
	}
	for _, form := range []string{"date", "timestamp"} {
		if value, ok := single(form); ok {
			text, ok := value.text()
			if !ok {
				return nil, faultAt(value.at, "a %s is a string", form)
			}
			return timeLiteral(form, text, v.at)
		}
	}
	if _, ok := members["type"]; ok {
		return p.geometry(v.at, members, depth)
	}
	if value, ok := single("bbox"); ok {
		numbers, err := numbersOf(value)
		if err != nil {
			return nil, err
		}
		return p.boxLiteral(numbers, v.at)
	}
	if value, ok := single("interval"); ok {
		list, _ := value.value.([]jsonValue)
		var bounds []Expr
		for _, item := range list {
			var bound Expr
			var err error
			if text, ok := item.text(); ok {
				bound, err = boundLiteral(text, item.at)
			} else {
				bound, err = p.expression(item, depth+1)
			}
			if err != nil {
				return nil, err
			}
			bounds = append(bounds, bound)
		}
		return interval(bounds, v.at)
	}
	return nil, faultAt(v.at, "the object is no expression of CQL2")
}

func (p *jsonParser) operation(at int, members map[string]jsonValue, depth int) (Expr, error) {
	for name, member := range members {
		if name != "op" && name != "args" {
			return nil, faultAt(member.at, "the member %q does not belong here", name)
		}
	}
	op, ok := members["op"].text()
	if !ok {
		return nil, faultAt(members["op"].at, "op is a string")
	}
	if _, known := operators[op]; !known {
		return nil, unknownOperator(members["op"].at, op)
	}
	list, ok := members["args"].value.([]jsonValue)
	if !ok {
		return nil, faultAt(at, "args is an array")
	}
	args, err := p.expressions(list, depth+1)
	if err != nil {
		return nil, err
	}
	return call(op, args, at)
}
