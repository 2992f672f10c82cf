package coverage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/valid"
)

// Fault is what one of several changes does wrong.
type Fault struct {
	Change int // its place among the changes
	geo.Violation
}

// Verdict is what coverages say to changes, and what of the map that was judged by:
// a store that holds the change set against it lets no two writers make a fault
// together that neither makes alone.
type Verdict struct {
	Faults []Fault
	Relies []geo.Reliance
}

// TooManyDates is the rule against more than MaxDates dates ahead on which areas
// that belong together begin or end.
const TooManyDates = "too_many_dates"

// MaxDates bounds the work that one change set may ask for.
const MaxDates = 100

// Judge returns the faults that changes make on the map that they are made for, from
// an instant on, each with its rule (a valid.CoverageKind) and place. Changes whose
// shapes cannot be judged by themselves are named in broken: nothing is said of what
// lies around them. The error is that of a context that ended.
func Judge(ctx context.Context, on *snapshot.Snapshot, changes []geo.Change, broken map[int]bool, from geo.Instant) (Verdict, error) {
	j := judge{
		ctx: ctx, world: newWorld(on, changes, broken), changes: changes, from: from,
		looked: map[geo.Layer][]geo.Box{}, said: map[saying]bool{}, ground: map[geo.Point]bool{},
	}
	for _, g := range j.groups() {
		j.looked[g.layer] = append(j.looked[g.layer], g.boxes...)
		if g.ask != lapping {
			j.looked[geo.Places] = append(j.looked[geo.Places], g.boxes...)
		}
		if g.blocked {
			continue
		}
		if err := j.judge(g); err != nil {
			return Verdict{}, err
		}
	}
	j.sayUnnoded()
	return Verdict{Faults: j.found, Relies: reliances(j.looked)}, nil
}

// maxBoxes is how many boxes of a layer a verdict relies on; more are taken as one.
const maxBoxes = 32

func reliances(looked map[geo.Layer][]geo.Box) (relies []geo.Reliance) {
	for _, layer := range slices.Sorted(maps.Keys(looked)) {
		boxes := looked[layer]
		slices.SortFunc(boxes, func(a, b geo.Box) int {
			return cmp.Or(cmp.Compare(a.W, b.W), cmp.Compare(a.S, b.S), cmp.Compare(a.E, b.E), cmp.Compare(a.N, b.N))
		})
		if boxes = slices.Compact(boxes); len(boxes) > maxBoxes {
			for _, box := range boxes[1:] {
				boxes[0] = boxes[0].Union(box)
			}
			boxes = boxes[:1]
		}
		for _, box := range boxes {
			relies = append(relies, geo.Reliance{Layer: layer, Box: box})
		}
	}
	return relies
}

type judge struct {
	*world
	ctx     context.Context
	changes []geo.Change
	from    geo.Instant
	looked  map[geo.Layer][]geo.Box
	found   []Fault
	said    map[saying]bool
	ground  map[geo.Point]bool // corners of ground that is said to be at fault
	unnoded []lacking
}

// lacking is a member of a group that lacks corners.
type lacking struct {
	group *group
	fault found
}

// saying keeps one fault from being said of several groups and dates.
type saying struct {
	kind valid.CoverageKind
	at   geo.Point
	of   geo.Key
}

// state is a group at an instant: its members and the parent that is drawn then.
type state struct {
	members []member
	parent  *member
}

func (s state) equal(t state) bool {
	return same(s.members, t.members) && (s.parent == nil) == (t.parent == nil) && (s.parent == nil || s.parent.feature == t.parent.feature)
}

// judge asks one question from the first instant on.
func (j *judge) judge(g *group) error {
	before, after := j.near(g.layer, g.boxes, g.wanted)
	var was, is state
	if g.ask == filling {
		was.parent, is.parent = j.places(g.parent)
	}
	dates := []geo.Instant{j.from}
	for _, m := range slices.Concat(before, after, present(was.parent, is.parent)) {
		base := m.feature.Common()
		for _, date := range [2]geo.Instant{base.From, base.Until} {
			if date > j.from {
				dates = append(dates, date)
			}
		}
	}
	slices.Sort(dates)
	dates = slices.Compact(dates)
	if len(dates) > MaxDates {
		j.refuse(g, TooManyDates, fmt.Sprintf("there are %d dates ahead on which %s begin or end here, more than %d", len(dates), g.layer, MaxDates))
		return nil
	}
	var lastWas, lastIs state
	for i, date := range dates {
		then, now := at(date, before, was.parent), at(date, after, is.parent)
		if i > 0 && then.equal(lastWas) && now.equal(lastIs) {
			continue
		}
		lastWas, lastIs = then, now
		if err := j.compare(g, then, now); err != nil {
			return err
		}
	}
	return nil
}

func present(list ...*member) (there []member) {
	for _, m := range list {
		if m != nil {
			there = append(there, *m)
		}
	}
	return there
}

func at(date geo.Instant, members []member, parent *member) state {
	s := state{members: inEffect(members, date)}
	if parent != nil && parent.feature.Common().InEffect(date) {
		s.parent = parent
	}
	return s
}

// compare says which faults there are now that there were not then.
func (j *judge) compare(g *group, then, now state) error {
	if g.ask == filling && (now.parent == nil || len(now.members) == 0) {
		return nil // there is nothing to fill, or nobody began to
	}
	faults, err := j.faults(g, now)
	if len(faults) == 0 || err != nil {
		return j.beyond(g, err)
	}
	old, err := j.faults(g, then)
	if err != nil {
		return j.beyond(g, err)
	}
	for _, f := range faults {
		made, is, err := j.made(f, old)
		if err != nil {
			return j.beyond(g, err)
		}
		switch {
		case !is:
		case f.Kind == valid.Unnoded:
			j.unnoded = append(j.unnoded, lacking{g, made})
		default:
			j.say(g, made, now)
		}
	}
	return nil
}

// beyond turns what the planar map cannot hold into a fault.
func (j *judge) beyond(g *group, err error) error {
	if err == nil || j.ctx.Err() != nil {
		return err
	}
	j.refuse(g, "coverage", err.Error())
	return nil
}

// found is a fault of a state with the names of its members.
type found struct {
	valid.CoverageFault
	of []member
}

// faults answers the question of a group for one state.
func (j *judge) faults(g *group, s state) ([]found, error) {
	c := valid.Coverage{Members: make([]geo.Shape, len(s.members))}
	for i, m := range s.members {
		c.Members[i] = m.shape()
	}
	if s.parent != nil {
		c.Parent = s.parent.shape()
	} else if g.ask == filling {
		return nil, nil
	}
	all, err := valid.CheckCoverage(j.ctx, c)
	if err != nil {
		return nil, err
	}
	var list []found
	for _, fault := range all {
		f := found{CoverageFault: fault}
		for _, i := range fault.Members {
			f.of = append(f.of, s.members[i])
		}
		if j.asked(g, f) {
			list = append(list, f)
		}
	}
	return list, nil
}

// asked reports whether a fault answers the question of a group.
func (j *judge) asked(g *group, f found) bool {
	switch f.Kind {
	case valid.Overlapped, valid.Duplicate, valid.Collapsed:
		return g.ask == lapping
	case valid.Unnoded:
		return g.ask != holding
	case valid.Beyond:
		return g.ask == filling
	}
	switch g.ask {
	case filling:
		return fills(g.level)
	case holding:
		return slices.ContainsFunc(f.of, func(m member) bool { return !j.drawn(m.feature) })
	}
	return false
}

// made returns what of a fault is new; false when nothing is. Ground is old where it
// was the same fault between the same features, or more of them.
func (j *judge) made(f found, old []found) (found, bool, error) {
	var ground []geo.Shape
	for _, o := range old {
		if class(o.Kind) != class(f.Kind) {
			continue
		}
		switch f.Kind {
		case valid.Unnoded:
			if o.of[0].key == f.of[0].key {
				f.Corners = slices.DeleteFunc(f.Corners, func(p geo.Point) bool { return slices.Contains(o.Corners, p) })
			}
		case valid.Collapsed:
			if o.of[0].key == f.of[0].key {
				return f, false, nil
			}
		case valid.Gap:
			ground = append(ground, o.Shape)
		default:
			if !slices.ContainsFunc(f.of, func(m member) bool {
				return !slices.ContainsFunc(o.of, func(n member) bool { return n.key == m.key })
			}) {
				ground = append(ground, o.Shape)
			}
		}
	}
	if f.Shape.IsZero() {
		return f, f.Kind == valid.Collapsed || len(f.Corners) > 0, nil
	}
	box := f.Shape.Box()
	ground = slices.DeleteFunc(ground, func(s geo.Shape) bool { return !s.Box().Intersects(box) })
	if slices.ContainsFunc(ground, f.Shape.Equal) {
		return f, false, nil
	}
	rest, is, err := f.Without(j.ctx, ground)
	return found{rest, f.of}, is, err
}

// class tells apart which faults may be one another's past.
func class(kind valid.CoverageKind) valid.CoverageKind {
	if kind == valid.Duplicate {
		return valid.Overlapped
	}
	return kind
}
