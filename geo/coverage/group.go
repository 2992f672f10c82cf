package coverage

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// question is one thing to ask of areas that belong together.
type question int

const (
	lapping question = iota // does one of a level lie over another, and do their corners meet?
	filling                 // do those of one parent fill it, and stay in it?
	holding                 // do those without a parent enclose ground that is nobody's?
)

// topic is what a question is about. The parent is of filling alone.
type topic struct {
	ask    question
	layer  geo.Layer
	level  string
	parent string // its code
}

// group is a topic that changes touch, and where.
type group struct {
	topic
	touched []int // places in world.touched
	boxes   []geo.Box
	blocked bool // something of it is broken: nothing can be said
}

// wanted reports whether an area is one of the group.
func (g *group) wanted(f geo.Feature) bool {
	return LevelOf(f) == g.level && (g.ask != filling || ParentOf(f) == g.parent)
}

// groups lists what has to be asked, in an order that does not depend on chance.
func (w *world) groups() []*group {
	found := map[topic]*group{}
	touch := func(t topic, i int, boxes ...geo.Box) {
		g := found[t]
		if g == nil {
			g = &group{topic: t}
			found[t] = g
		}
		if n := len(g.touched); n == 0 || g.touched[n-1] != i {
			g.touched = append(g.touched, i)
		}
		g.boxes = append(g.boxes, boxes...)
		g.blocked = g.blocked || w.touched[i].broken
	}
	for i := range w.touched {
		for _, m := range w.touched[i].sides() {
			layer, level, box := m.key.Layer, LevelOf(m.feature), m.shape().Box()
			touch(topic{ask: lapping, layer: layer, level: level}, i, box)
			code := ParentOf(m.feature)
			if before, after := w.places(code); before != nil || after != nil {
				touch(topic{ask: filling, layer: layer, level: level, parent: code}, i, box)
			}
			if !w.drawn(m.feature) && fills(level) {
				touch(topic{ask: holding, layer: layer, level: level}, i, geo.World)
			}
			if place, ok := m.feature.(*geo.Place); ok && place.Code != "" {
				for _, t := range w.within(place) {
					touch(t, i, box)
				}
			}
		}
	}
	list := make([]*group, 0, len(found))
	for _, g := range found {
		if g.ask == filling { // all of the parent is looked at
			before, after := w.places(g.parent)
			for _, m := range [2]*member{before, after} {
				if m != nil {
					g.boxes = append(g.boxes, m.shape().Box())
				}
			}
		}
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.ask, b.ask), cmp.Compare(a.layer, b.layer), cmp.Compare(a.level, b.level), cmp.Compare(a.parent, b.parent))
	})
	return list
}

// drawn reports whether the parent of an area is drawn, before and after.
func (w *world) drawn(f geo.Feature) bool {
	before, after := w.places(ParentOf(f))
	return before != nil && after != nil
}

// within lists which groups a place is the parent of.
func (w *world) within(place *geo.Place) []topic {
	var topics []topic
	for _, schema := range geo.Catalog() {
		if !schema.Coverage {
			continue
		}
		seen := map[string]bool{}
		for f := range w.on.Layer(schema.Layer).Search(place.Shape.Box()) {
			if level := LevelOf(f); !seen[level] && ParentOf(f) == place.Code {
				seen[level] = true
				topics = append(topics, topic{ask: filling, layer: schema.Layer, level: level, parent: place.Code})
			}
		}
	}
	return topics
}
