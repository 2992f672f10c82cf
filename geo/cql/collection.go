package cql

import (
	"strings"

	"gridatlas/geo"
)

// collection stands for a GEOMETRYCOLLECTION while a filter is read: a call whose
// arguments are its members. What meets a collection meets one of its members, so it
// becomes as many comparisons. The other relations are defined for geometries of one
// kind alone (OGC 06-103r4, 6.1.15.3).
const collection = "geometrycollection"

// joined says how the comparisons with the members make that with the collection.
var joined = map[string]string{"s_intersects": "or", "s_disjoint": "and"}

// expand takes the collections out of an expression that was read.
func expand(e Expr) (Expr, error) {
	var err error
	all := func(list []Expr) {
		for i := range list {
			if err == nil {
				list[i], err = expand(list[i])
			}
		}
	}
	switch e := e.(type) {
	case *List:
		all(e.Items)
	case *Interval:
		for _, bound := range []*Expr{&e.From, &e.Until} {
			if *bound != nil && err == nil {
				*bound, err = expand(*bound)
			}
		}
	case *Call:
		if e.Op == collection {
			return nil, faultAt(e.At, "a collection of geometries can be compared by s_intersects and s_disjoint alone, with one that is none")
		}
		if joined[e.Op] != "" {
			for i, arg := range e.Args {
				if c, ok := arg.(*Call); ok && c.Op == collection {
					return eachMember(e, i, c.Args)
				}
			}
		}
		all(e.Args)
	}
	return e, err
}

// eachMember compares with each member what a call compares with the collection that
// is its i-th argument.
func eachMember(e *Call, i int, members []Expr) (Expr, error) {
	other, err := expand(e.Args[1-i])
	if err != nil {
		return nil, err
	}
	parts := make([]Expr, len(members))
	for j, member := range members {
		args := []Expr{other, other}
		args[i] = member
		parts[j] = &Call{Op: e.Op, Args: args, At: e.At}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &Call{Op: joined[e.Op], Args: parts, At: e.At}, nil
}

// collection reads the members of a collection in well-known text. Those of a
// collection within it are members, too.
func (p *textParser) collection(at, depth int) (Expr, error) {
	if err := p.node(at, depth); err != nil {
		return nil, err
	}
	var members []Expr
	_, err := p.separated("(", ")", func() (Expr, error) {
		start := p.now.at
		member, err := p.word(depth + 1)
		if err == nil {
			members, err = p.member(members, member, start, depth)
		}
		return nil, err
	})
	if err == nil && len(members) == 0 {
		err = faultAt(at, "the geometry is empty")
	}
	return &Call{Op: collection, Args: members, At: at}, err
}

// collection reads a GeometryCollection of GeoJSON.
func (p *jsonParser) collection(at int, members map[string]jsonValue, depth int) (Expr, error) {
	if err := p.node(at, depth); err != nil {
		return nil, err
	}
	list, ok := members["geometries"].value.([]jsonValue)
	if !ok || len(list) == 0 {
		return nil, faultAt(at, "geometries is an array of at least one")
	}
	var all []Expr
	for _, item := range list {
		of, ok := item.value.(map[string]jsonValue)
		if !ok {
			return nil, faultAt(item.at, "this is no geometry")
		}
		member, err := p.geometry(item.at, of, depth+1)
		if err == nil {
			all, err = p.member(all, member, item.at, depth)
		}
		if err != nil {
			return nil, err
		}
	}
	return &Call{Op: collection, Args: all, At: at}, nil
}

// member adds a geometry to those of a collection, or the members of one.
func (b *budget) member(members []Expr, e Expr, at, depth int) ([]Expr, error) {
	if err := b.node(at, depth); err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *Literal:
		if _, ok := e.Value.(geo.Shape); ok {
			return append(members, e), nil
		}
	case *Call:
		if e.Op == collection {
			return append(members, e.Args...), nil
		}
	}
	return nil, faultAt(at, "a geometry stands in a collection")
}

// isCollection reports whether the name of a type is that of a collection.
func isCollection(name string) bool { return strings.EqualFold(name, collection) }
