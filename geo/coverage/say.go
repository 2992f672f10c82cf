package coverage

import (
	"fmt"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/valid"
)

// say notes ground that is at fault, of the change that has the most to do with it.
func (j *judge) say(g *group, f found, now state) {
	for _, p := range f.Shape.Points() {
		j.ground[p] = true
	}
	j.note(g, f, f.At, words(f, now))
}

// sayUnnoded notes corners that are lacking. Those of ground that is at fault go
// without saying.
func (j *judge) sayUnnoded() {
	for _, lacking := range j.unnoded {
		for _, p := range lacking.fault.Corners {
			if !j.ground[p] {
				j.note(lacking.group, lacking.fault, p, lacking.fault.of[0].name()+" lacks a corner that others have on its border here")
			}
		}
	}
}

func (j *judge) note(g *group, f found, at geo.Point, detail string) {
	s := saying{kind: f.Kind, at: at}
	if f.Kind == valid.Unnoded {
		s.of = f.of[0].key
	}
	if j.said[s] {
		return
	}
	j.said[s] = true
	i := j.blame(g, f, at)
	key := j.changes[i].Key
	j.found = append(j.found, Fault{i, geo.Violation{
		Rule: string(f.Kind), Layer: key.Layer, ID: key.ID, Field: "geometry", Detail: detail, At: &at,
	}})
}

// refuse notes that nothing can be said of a group.
func (j *judge) refuse(g *group, rule, detail string) {
	i := j.touched[g.touched[0]].change
	key := j.changes[i].Key
	j.found = append(j.found, Fault{i, geo.Violation{Rule: rule, Layer: key.Layer, ID: key.ID, Field: "geometry", Detail: detail}})
}

// blame finds the change that a fault is said of: of ground that nobody has, that
// which gave it up; else one of a feature that the fault is of; else the first that
// touches the group.
func (j *judge) blame(g *group, f found, at geo.Point) int {
	if f.Kind == valid.Gap {
		for _, i := range g.touched {
			if t := j.touched[i]; t.before != nil && t.before.key.Layer == g.layer && t.before.shape().Covers(at) {
				return t.change
			}
		}
	}
	for _, m := range f.of {
		if m.change >= 0 {
			return m.change
		}
	}
	return j.touched[g.touched[0]].change
}

// words says what is wrong with ground.
func words(f found, now state) string {
	ground := fmt.Sprintf("%.2f m2, %.2f m wide", f.Area, float64(f.Width))
	names := make([]string, len(f.of))
	for i, m := range f.of {
		names[i] = m.name()
	}
	who := strings.Join(names, ", ")
	switch f.Kind {
	case valid.Gap:
		text := ground + ", would be nobody's"
		if now.parent != nil {
			text += " in " + now.parent.name()
		}
		if who != "" {
			text += ", beside " + who
		}
		return text
	case valid.Beyond:
		return fmt.Sprintf("%s, of %s would lie outside %s", ground, who, now.parent.name())
	case valid.Collapsed:
		return who + " is thinner than the steps that places are stored in"
	}
	return fmt.Sprintf("%s, would be in each of %s", ground, who)
}
