package cql

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseText reads a filter in CQL2 text. Positions are read by
// position. The error is a *Fault.
func ParseText(text string, position Position) (Expr, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	p := textParser{lexer: lexer{text: text}, budget: budget{position: position}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.now.kind != endToken {
		return nil, p.misplaced("and, or, or the end")
	}
	return expand(e)
}

func checkText(text string) error {
	if len(text) > MaxBytes {
		return faultAt(MaxBytes, "the filter is longer than %d bytes", MaxBytes)
	}
	if !utf8.ValidString(text) {
		return faultAt(0, "the filter is not UTF-8")
	}
	return nil
}

// functions are the operators that are written with their name and brackets, by
// their names in lower case.
var functions = func() map[string]string {
	names := map[string]string{"casei": "casei"}
	for op := range operators {
		if len(op) > 2 && op[1] == '_' {
			names[strings.ToLower(op)] = op
		}
	}
	return names
}()

// textParser reads tokens by recursive descent: or over and over not over
// comparisons over operands.
type textParser struct {
	lexer
	budget
	now token
}

func (p *textParser) advance() error {
	var err error
	p.now, err = p.next()
	return err
}

// take passes over a symbol or word, if it comes next.
func (p *textParser) take(text string) (bool, error) {
	if !p.now.is(text) {
		return false, nil
	}
	return true, p.advance()
}

func (p *textParser) expect(text string) error {
	if !p.now.is(text) {
		return p.misplaced(text)
	}
	return p.advance()
}

func (p *textParser) misplaced(wanted string) error {
	return faultAt(p.now.at, "%s stands where %s is expected", p.now, wanted)
}

func (p *textParser) expression(depth int) (Expr, error) {
	return p.chain("or", depth, func(depth int) (Expr, error) { return p.chain("and", depth, p.factor) })
}

// chain reads a AND b AND c as one call.
func (p *textParser) chain(op string, depth int, part func(depth int) (Expr, error)) (Expr, error) {
	first, err := part(depth)
	if err != nil || !p.now.is(op) {
		return first, err
	}
	c := &Call{Op: op, Args: []Expr{first}, At: p.now.at}
	if err := p.node(c.At, depth); err != nil {
		return nil, err
	}
	for p.now.is(op) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := part(depth + 1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, next)
	}
	return c, nil
}

// factor reads NOT and comparisons.
func (p *textParser) factor(depth int) (Expr, error) {
	at := p.now.at
	if not, err := p.take("not"); err != nil {
		return nil, err
	} else if not {
		if err := p.node(at, depth); err != nil {
			return nil, err
		}
		e, err := p.factor(depth + 1)
		return &Call{Op: "not", Args: []Expr{e}, At: at}, err
	}
	left, err := p.operand(depth)
	if err != nil {
		return nil, err
	}
	return p.comparison(left, depth)
}

// comparison reads what follows a first operand, which may be nothing.
func (p *textParser) comparison(left Expr, depth int) (Expr, error) {
	op := p.now
	if p.now.kind == symbolToken && refused[p.now.text] {
		return nil, unknownOperator(p.now.at, p.now.text)
	}
	if p.now.kind == symbolToken && operators[p.now.text] > 0 {
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := p.operand(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.now.kind == symbolToken && refused[p.now.text] {
			return nil, unknownOperator(p.now.at, p.now.text)
		}
		return &Call{Op: op.text, Args: []Expr{left, right}, At: op.at}, p.node(op.at, depth)
	}
	if is, err := p.take("is"); err != nil {
		return nil, err
	} else if is {
		not, err := p.take("not")
		if err != nil {
			return nil, err
		}
		if err := p.expect("null"); err != nil {
			return nil, err
		}
		return p.negated(not, &Call{Op: "isNull", Args: []Expr{left}, At: op.at}, depth)
	}
	not, err := p.take("not")
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(p.now.text)
	if p.now.kind != wordToken || name != "like" && name != "between" && name != "in" {
		if not {
			return nil, p.misplaced("like, between or in")
		}
		return left, nil
	}
	c := &Call{Op: name, Args: []Expr{left}, At: p.now.at}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if name == "in" {
		list, err := p.list(depth + 1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, list)
		return p.negated(not, c, depth)
	}
	for len(c.Args) < operators[name] {
		if len(c.Args) == 2 {
			if err := p.expect("and"); err != nil {
				return nil, err
			}
		}
		next, err := p.operand(depth + 1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, next)
	}
	return p.negated(not, c, depth)
}

func (p *textParser) negated(not bool, c *Call, depth int) (Expr, error) {
	if err := p.node(c.At, depth); err != nil || !not {
		return c, err
	}
	return &Call{Op: "not", Args: []Expr{c}, At: c.At}, p.node(c.At, depth)
}

// operand reads a literal, a property, a function or an expression in brackets.
func (p *textParser) operand(depth int) (Expr, error) {
	t := p.now
	if err := p.node(t.at, depth); err != nil {
		return nil, err
	}
	switch {
	case t.kind == textToken:
		return &Literal{t.text, t.at}, p.advance()
	case t.kind == nameToken:
		return &Property{t.text, t.at}, p.advance()
	case t.kind == numberToken || t.is("-") || t.is("+"):
		n, err := p.number()
		return &Literal{n, t.at}, err
	case t.kind == wordToken:
		return p.word(depth)
	case t.is("("):
		if err := p.advance(); err != nil {
			return nil, err
		}
		e, err := p.expression(depth + 1)
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	}
	return nil, p.misplaced("a value")
}

// number reads a number with its sign.
func (p *textParser) number() (float64, error) {
	at, sign := p.now.at, 1.0
	if p.now.is("-") || p.now.is("+") {
		if p.now.text == "-" {
			sign = -1
		}
		if err := p.advance(); err != nil {
			return 0, err
		}
	}
	if p.now.kind != numberToken {
		return 0, p.misplaced("a number")
	}
	n, err := strconv.ParseFloat(p.now.text, 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, faultAt(at, "the number %s is too large", p.now.text)
	}
	return sign * n, p.advance()
}

// reserved words are no properties unless they are quoted.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "like": true, "between": true, "in": true, "is": true, "null": true,
}

// word reads what begins with a word.
func (p *textParser) word(depth int) (Expr, error) {
	t, name := p.now, strings.ToLower(p.now.text)
	if reserved[name] {
		return nil, p.misplaced("a value")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if name == "true" || name == "false" {
		return &Literal{name == "true", t.at}, nil
	}
	if p.now.is("z") && geometries[name].depth > 0 { // POINT Z (...)
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if !p.now.is("(") {
		return &Property{t.text, t.at}, nil
	}
	switch name {
	case "date", "timestamp":
		if err := p.advance(); err != nil {
			return nil, err
		}
		at := p.now.at
		text, err := p.quotedText()
		if err != nil {
			return nil, err
		}
		literal, err := timeLiteral(name, text, at)
		if err != nil {
			return nil, err
		}
		return literal, p.expect(")")
	case "interval":
		return p.interval(t.at)
	case "bbox":
		return p.bbox(t.at)
	case collection:
		return p.collection(t.at, depth)
	}
	if form, ok := geometries[name]; ok {
		return p.geometry(form, t.at)
	}
	op, ok := functions[name]
	if !ok {
		return nil, unknownOperator(t.at, name)
	}
	args, err := p.arguments(strings.HasPrefix(op, "a_"), depth)
	if err != nil {
		return nil, err
	}
	return call(op, args, t.at)
}

func (p *textParser) quotedText() (string, error) {
	if p.now.kind != textToken {
		return "", p.misplaced("a text in single quotes")
	}
	text := p.now.text
	return text, p.advance()
}

// arguments reads the arguments of a function, with their brackets.
func (p *textParser) arguments(arrays bool, depth int) ([]Expr, error) {
	return p.separated("(", ")", func() (Expr, error) {
		if arrays && (p.now.is("(") || p.now.is("[")) {
			return p.list(depth + 1)
		}
		return p.expression(depth + 1)
	})
}

// list reads (a, b) or, as a draft of CQL2 had arrays, [a, b].
func (p *textParser) list(depth int) (Expr, error) {
	at, open, shut := p.now.at, "(", ")"
	if p.now.is("[") {
		open, shut = "[", "]"
	}
	if err := p.node(at, depth); err != nil {
		return nil, err
	}
	items, err := p.separated(open, shut, func() (Expr, error) { return p.operand(depth + 1) })
	return &List{items, at}, err
}

func (p *textParser) separated(open, shut string, one func() (Expr, error)) ([]Expr, error) {
	if err := p.expect(open); err != nil {
		return nil, err
	}
	if p.now.is(shut) {
		return nil, p.advance()
	}
	var list []Expr
	for {
		e, err := one()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		more, err := p.take(",")
		if err != nil {
			return nil, err
		}
		if !more {
			return list, p.expect(shut)
		}
	}
}

// interval reads (from, until); each is a date, an instant, '..' or a property.
func (p *textParser) interval(at int) (Expr, error) {
	bounds, err := p.separated("(", ")", func() (Expr, error) {
		t := p.now
		if err := p.node(t.at, 0); err != nil {
			return nil, err
		}
		switch t.kind {
		case textToken:
			if err := p.advance(); err != nil {
				return nil, err
			}
			return boundLiteral(t.text, t.at)
		case wordToken, nameToken:
			return &Property{t.text, t.at}, p.advance()
		}
		return nil, p.misplaced("a date, an instant, '..' or a property")
	})
	if err != nil {
		return nil, err
	}
	return interval(bounds, at)
}
