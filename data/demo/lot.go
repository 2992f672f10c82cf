package demo

import "math"

// inside is the tag of a lot's side that fronts no street.
const inside = int32(-1)

// lot is a convex piece of ground, counterclockwise. Each side carries the
// number of the street edge that it fronts, or inside: tags[i] belongs to the
// side from corners[i] to the next corner.
type lot struct {
	corners []vec
	tags    []int32
}

func (l lot) empty() bool   { return len(l.corners) < 3 }
func (l lot) area() float64 { return areaOf(l.corners) }
func (l lot) centre() vec   { return centroidOf(l.corners) }

func (l lot) side(i int) (a, b vec) {
	return l.corners[i], l.corners[(i+1)%len(l.corners)]
}

// clip keeps what lies on the side of p that the normal points to; the new side
// gets the tag.
func (l lot) clip(p, normal vec, tag int32) lot {
	var out lot
	n := len(l.corners)
	for i := range n {
		a, b := l.side(i)
		da, db := dot(a.sub(p), normal), dot(b.sub(p), normal)
		if da >= 0 {
			out.corners = append(out.corners, a)
			if db >= 0 || da > 0 {
				out.tags = append(out.tags, l.tags[i])
			} else { // only the corner itself stays
				out.tags = append(out.tags, tag)
			}
		}
		if (da > 0 && db < 0) || (da < 0 && db > 0) {
			out.corners = append(out.corners, mix(a, b, da/(da-db)))
			if da > 0 {
				out.tags = append(out.tags, tag)
			} else {
				out.tags = append(out.tags, l.tags[i])
			}
		}
	}
	return out.cleaned()
}

// cleaned drops sides shorter than 5 cm, which rounding could turn over.
func (l lot) cleaned() lot {
	var out lot
	for i := range l.corners {
		if a, b := l.side(i); distance(a, b) < 0.05 {
			continue
		}
		out.corners = append(out.corners, l.corners[i])
		out.tags = append(out.tags, l.tags[i])
	}
	if len(out.corners) < 3 || out.area() < 1 {
		return lot{}
	}
	return out
}

// inset moves each side inwards by a length that may depend on its number.
func (l lot) inset(by func(side int) float64) lot {
	out := l
	for i := range l.corners {
		a, b := l.side(i)
		normal := b.sub(a).unit().left()
		if d := by(i); d > 0 && !out.empty() {
			out = out.clip(a.add(normal.mul(d)), normal, l.tags[i])
		}
	}
	return out
}

// shrunk moves every side inwards by d metres.
func (l lot) shrunk(d float64) lot { return l.inset(func(int) float64 { return d }) }

// cut divides the lot by a line through p along dir: what lies left of it and
// what lies right of it, with a gap in between.
func (l lot) cut(p, dir vec, gap float64) (left, right lot) {
	n := dir.unit().left()
	left = l.clip(p.add(n.mul(gap/2)), n, inside)
	right = l.clip(p.sub(n.mul(gap/2)), n.mul(-1), inside)
	return left, right
}

// span returns the part of the line v = const (in the frame) inside the lot.
func (l lot) span(f frame, v float64) (u1, u2 float64, ok bool) {
	u1, u2 = math.Inf(1), math.Inf(-1)
	for i := range l.corners {
		a, b := l.side(i)
		ua, va := f.uv(a)
		ub, vb := f.uv(b)
		if (va <= v) == (vb <= v) {
			continue
		}
		u := ua + float64((ub-ua)*((v-va)/(vb-va)))
		u1, u2 = min(u1, u), max(u2, u)
	}
	return u1, u2, u1 < u2
}

// band returns the u interval of the strip from v1 to v2 inside the lot.
func (l lot) band(f frame, v1, v2 float64) (u1, u2 float64, ok bool) {
	a1, a2, ok1 := l.span(f, v1)
	b1, b2, ok2 := l.span(f, v2)
	u1, u2 = max(a1, b1), min(a2, b2)
	return u1, u2, ok1 && ok2 && u1 < u2
}

// extent returns the range of frame coordinates of the lot.
func (l lot) extent(f frame) (u1, v1, u2, v2 float64) {
	u1, v1 = math.Inf(1), math.Inf(1)
	u2, v2 = math.Inf(-1), math.Inf(-1)
	for _, p := range l.corners {
		u, v := f.uv(p)
		u1, u2, v1, v2 = min(u1, u), max(u2, u), min(v1, v), max(v2, v)
	}
	return u1, v1, u2, v2
}

// holds reports whether p lies at least margin metres inside.
func (l lot) holds(p vec, margin float64) bool {
	if l.empty() {
		return false
	}
	for i := range l.corners {
		a, b := l.side(i)
		if dot(p.sub(a), b.sub(a).unit().left()) < margin {
			return false
		}
	}
	return true
}

// southFrame returns axes whose u runs east, along the side of the lot that is
// most nearly an east-west one: rows of houses face south and stay parallel to
// the street.
func (l lot) southFrame() frame {
	best, along := 0.0, vec{1, 0}
	for i := range l.corners {
		a, b := l.side(i)
		d := b.sub(a)
		if d.x < 0 {
			d = d.mul(-1)
		}
		if score := d.x - 2.2*math.Abs(d.y); score > best {
			best, along = score, d
		}
	}
	return newFrame(l.centre(), along)
}
