package arc

import (
	"context"
	"maps"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/planar"
)

// directory finds the sites and edges of a ground on which noding changed nothing,
// so that rings are walks over the corners as they were given.
type directory struct {
	sites layered[geo.Point] // by place on the lattice
	edges layered[[2]int32]  // by the sites they join, the lower first
	tree  *planar.Tree[span] // of the first edges
	wired int                // how many
}

// layered is a map that grows by few entries at a time: copies share the base.
type layered[K comparable] struct{ base, late map[K]int32 }

func (l layered[K]) get(k K) (int32, bool) {
	v, ok := l.late[k]
	if !ok {
		v, ok = l.base[k]
	}
	return v, ok
}

// span is an edge in the tree, by number.
type span struct {
	a, b   geo.Point
	number int32
}

// Box returns the box around both ends.
func (s span) Box() geo.Box { return geo.NoBox.With(s.a).With(s.b) }

func (g *ground) span(number int32) span {
	e := &g.edges[number]
	return span{g.sites[e.a], g.sites[e.b], number}
}

// crosses reports whether two spans cross between their ends.
func (s span) crosses(t span) bool {
	off := func(p geo.Point, u span) int64 { return geo.Cross(u.a, u.b, p) }
	return (off(s.a, t) < 0) != (off(s.b, t) < 0) && (off(t.a, s) < 0) != (off(t.b, s) < 0)
}

// margin is how near, in world units, a site may come to an edge before noding has
// to look at both: where Mercator bends the edge, and some 15 cm for what rounding
// does on the lattice and in world units, up to the ends of the world.
func (s span) margin() float64 {
	// A straight line on the lattice leaves its chord in world units by at most an
	// eighth of the square of its height over the radius of the world.
	high := float64(s.a.Y) - float64(s.b.Y)
	return 16 + high*high/(8*(1<<32)/(2*math.Pi))
}

// keepDirectory makes the directory of a ground that was just surveyed.
func (g *ground) keepDirectory(sites map[geo.Point]int32, edges map[[2]int32]int32) {
	spans := make([]span, len(g.edges))
	for i := range spans {
		spans[i] = g.span(int32(i))
	}
	g.directory = &directory{
		sites: layered[geo.Point]{base: sites}, edges: layered[[2]int32]{base: edges},
		tree: planar.NewTree(spans), wired: len(spans),
	}
}

// around calls visit for the edges whose box meets a box.
func (g *ground) around(box geo.Box, visit func(span)) {
	g.directory.tree.Within(box, visit)
	for i := g.directory.wired; i < len(g.edges); i++ {
		if s := g.span(int32(i)); s.Box().Intersects(box) {
			visit(s)
		}
	}
}

// patch makes the ground of areas from that of others, most of which are the same.
// It is false where that cannot be done: noding has to look at more than the areas
// that are new, or so much is new that a survey is as quick.
func (g *ground) patch(ctx context.Context, before, areas []Area, number map[geo.Key]int32) (*ground, bool) {
	if g.directory == nil {
		return nil, false
	}
	d := *g.directory
	d.sites.late, d.edges.late = maps.Clone(d.sites.late), maps.Clone(d.edges.late)
	next := &ground{
		sites: g.sites, edges: append([]edge(nil), g.edges...), tree: g.tree, planted: g.planted,
		rings: make([][]ring, len(areas)), directory: &d,
	}
	most := (d.wired + 999) / 20 // of late edges
	for i, a := range areas {
		if old, known := number[a.Key]; known && before[old].Shape.Equal(a.Shape) {
			next.rings[i] = g.rings[old]
			continue
		}
		if !next.add(int32(i), a.Shape) || len(next.edges)-d.wired > most || ctx.Err() != nil {
			return nil, false
		}
	}
	next.late = next.plant(next.planted)
	next.count(areas)
	return next, next.settles(g)
}

// add puts the rings of an area over sites and edges that are there or new.
func (g *ground) add(area int32, shape geo.Shape) bool {
	if !held(shape) {
		return true
	}
	d := g.directory
	for part := range shape.Parts() {
		n := len(part.Points)
		walk := make([]int32, n)
		for j, p := range part.Points {
			s, known := d.sites.get(p)
			if !known {
				s = int32(len(g.sites))
				g.sites = append(g.sites[:s:s], place(project(p)))
				if d.sites.late == nil {
					d.sites.late = map[geo.Point]int32{}
				}
				d.sites.late[p] = s
			}
			walk[(n-j)%n] = s
		}
		r := ring{hole: part.Hole, steps: make([]step, n)}
		for j, a := range walk {
			b := walk[(j+1)%n]
			if a == b {
				return false
			}
			key := [2]int32{min(a, b), max(a, b)}
			e, known := d.edges.get(key)
			if !known {
				e = int32(len(g.edges))
				g.edges = append(g.edges, edge{a: key[0], b: key[1], clear: none})
				if d.edges.late == nil {
					d.edges.late = map[[2]int32]int32{}
				}
				d.edges.late[key] = e
			}
			r.steps[j] = step(2 * e)
			if a != key[0] {
				r.steps[j]++
			}
		}
		g.rings[area] = append(g.rings[area], r)
	}
	return true
}

// settles measures the edges that count and did not before, and those near sites
// that do. It is false when any of them comes so near that noding would have to
// look at it.
func (g *ground) settles(before *ground) bool {
	settled := true
	look := func(e int32, s site) {
		at := g.span(e)
		if g.from[s.number] == never || s.number == g.edges[e].a || s.number == g.edges[e].b {
			return
		}
		far := math.Sqrt(distance2(at.a, at.b, s.at))
		settled = settled && far > at.margin()
		g.edges[e].clear = min(g.edges[e].clear, float32(far))
	}
	for i := range g.edges {
		e := int32(i)
		if g.edges[e].from == never || i < len(before.edges) && before.edges[e].from != never {
			continue
		}
		at := g.span(e)
		g.edges[e].clear = farthest
		g.near(grown(at.a, at.b, farthest), func(s site) { look(e, s) })
		g.around(at.Box(), func(t span) {
			settled = settled && (t.number == e || g.edges[t.number].from == never || g.meet(e, t.number) || !at.crosses(t))
		})
		if !settled {
			return false
		}
	}
	for i := range g.sites {
		if g.from[i] == never || i < len(before.sites) && before.from[i] != never {
			continue
		}
		s := site{g.sites[i], int32(i)}
		g.around(grown(s.at, s.at, farthest), func(t span) {
			if g.edges[t.number].from != never {
				look(t.number, s)
			}
		})
	}
	return settled
}

// meet reports whether two edges have an end in common.
func (g *ground) meet(e, f int32) bool {
	p, q := &g.edges[e], &g.edges[f]
	return p.a == q.a || p.a == q.b || p.b == q.a || p.b == q.b
}
