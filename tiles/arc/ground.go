package arc

import (
	"context"
	"math"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/planar"
	"gridatlas/tiles/mvt"
)

// ground is the planar map of all areas in world units, from which those of the
// zooms are made. Places are points whose zero is the middle of the world, so that
// they fit 32 bits with a sign; rows run south, and so do the points' Y.
type ground struct {
	sites []geo.Point // corners and crossings of borders
	from  []int8      // by site: the first zoom at which it is a corner of anything
	edges []edge
	rings [][]ring // by area; nil: not held

	tree      *planar.Tree[site] // of the first sites
	planted   int                // how many
	late      *planar.Tree[site] // of the others
	directory *directory         // nil: noding changed something
}

// never is the zoom from which on counts what belongs to no area any more.
const never = math.MaxInt8

// site is a place in the tree, by number.
type site struct {
	at     geo.Point
	number int32
}

// Box returns the place.
func (s site) Box() geo.Box { return geo.Box{W: s.at.X, S: s.at.Y, E: s.at.X, N: s.at.Y} }

// edge is a straight border between two sites, with no site on it.
type edge struct {
	a, b  int32
	from  int8    // the first zoom at which it is a border of anything
	clear float32 // how far other sites are from it at least, in world units
}

// ring is a closed walk over edges, outer rings with a positive area as tiles want
// them.
type ring struct {
	steps []step
	hole  bool
}

// step is twice the number of an edge, and one more when it is walked from b to a.
type step int32

func (g *ground) ends(s step) (from, to int32) {
	e := &g.edges[s>>1]
	if s&1 == 1 {
		return e.b, e.a
	}
	return e.a, e.b
}

func (g *ground) holds(area int32) bool { return g.rings[area] != nil }

// place puts a world place into the plane, and world back.
func place(p mvt.Point) geo.Point { return geo.Point{X: int32(p.X ^ 1<<31), Y: int32(p.Y ^ 1<<31)} }

func world(p geo.Point) mvt.Point { return mvt.Point{X: uint32(p.X) ^ 1<<31, Y: uint32(p.Y) ^ 1<<31} }

func project(p geo.Point) mvt.Point {
	x, y := crs.World(p)
	return mvt.Point{X: x, Y: y}
}

// sketch is a set of numbered rings over numbered places, before it is noded.
type sketch struct {
	places []geo.Point
	number map[geo.Point]int32 // of a place; only looked up
	rings  [][]int32
	noded  bool // places were put on edges, or edges without length dropped
}

func (s *sketch) put(p geo.Point) int32 {
	i, known := s.number[p]
	if !known {
		i = int32(len(s.places))
		s.places = append(s.places, p)
		s.number[p] = i
	}
	return i
}

// survey makes the ground of areas.
func survey(ctx context.Context, areas []Area) (*ground, error) {
	g := &ground{rings: make([][]ring, len(areas))}
	lattice := sketch{number: map[geo.Point]int32{}}
	for i, a := range areas {
		if !held(a.Shape) {
			continue
		}
		for part := range a.Shape.Parts() {
			walk := make([]int32, len(part.Points))
			for j, p := range part.Points {
				// Backwards from the same corner: rows run south.
				walk[(len(walk)-j)%len(walk)] = lattice.put(p)
			}
			lattice.rings = append(lattice.rings, walk)
			g.rings[i] = append(g.rings[i], ring{hole: part.Hole})
		}
	}
	if err := lattice.node(ctx); err != nil {
		return nil, err
	}
	plane := sketch{number: make(map[geo.Point]int32, len(lattice.places)), rings: lattice.rings}
	moved := make([]int32, len(lattice.places))
	for i, p := range lattice.places {
		moved[i] = plane.put(place(project(p)))
	}
	for _, walk := range plane.rings {
		for i, p := range walk {
			walk[i] = moved[p]
		}
	}
	if err := plane.node(ctx); err != nil {
		return nil, err
	}
	g.sites = plane.places
	edges := g.connect(plane.rings)
	g.count(areas)
	if !lattice.noded && !plane.noded && len(plane.places) == len(moved) {
		g.keepDirectory(lattice.number, edges)
	}
	return g, g.measure(ctx)
}

// held reports whether a shape is among the borders: polygons that do not spread
// over more world units than an edge may.
func held(s geo.Shape) bool {
	b := s.Box()
	w, n := crs.World(geo.Point{X: b.W, Y: b.N})
	e, f := crs.World(geo.Point{X: b.E, Y: b.S})
	return s.Kind() == geo.Polygons && max(e-w, f-n) <= planar.MaxExtent
}

// node puts the places and crossings on the edges of rings into the rings.
func (s *sketch) node(ctx context.Context) error {
	numbers := map[[2]int32]int32{} // of edges; only looked up
	var edges [][2]int32
	for _, walk := range s.rings {
		for i, b := range walk {
			a := walk[(i+len(walk)-1)%len(walk)]
			key := [2]int32{min(a, b), max(a, b)}
			if _, known := numbers[key]; !known && a != b {
				numbers[key] = int32(len(edges))
				edges = append(edges, key)
			}
		}
	}
	nodes, chains, err := planar.Node(ctx, s.places, edges)
	if err != nil {
		return err
	}
	s.places = nodes
	for r, walk := range s.rings {
		noded := make([]int32, 0, len(walk))
		for i, a := range walk {
			b := walk[(i+1)%len(walk)]
			if a == b {
				s.noded = true
				continue
			}
			chain := chains[numbers[[2]int32{min(a, b), max(a, b)}]]
			s.noded = s.noded || len(chain) > 2
			for j := range len(chain) - 1 {
				if a < b {
					noded = append(noded, chain[j])
				} else {
					noded = append(noded, chain[len(chain)-1-j])
				}
			}
		}
		s.rings[r] = noded
	}
	return nil
}

// connect numbers the edges of rings that are noded. It returns the numbers by the
// sites that an edge joins, the lower first.
func (g *ground) connect(walks [][]int32) (numbers map[[2]int32]int32) {
	numbers = map[[2]int32]int32{} // only looked up
	for _, rings := range g.rings {
		for r := range rings {
			walk := walks[0]
			walks = walks[1:]
			steps := make([]step, len(walk))
			for j, a := range walk {
				b := walk[(j+1)%len(walk)]
				key := [2]int32{min(a, b), max(a, b)}
				number, known := numbers[key]
				if !known {
					number = int32(len(g.edges))
					numbers[key] = number
					g.edges = append(g.edges, edge{a: key[0], b: key[1]})
				}
				steps[j] = step(2 * number)
				if a != key[0] {
					steps[j]++
				}
			}
			rings[r].steps = steps
		}
	}
	return numbers
}

// count says from which zoom on edges and their ends count.
func (g *ground) count(areas []Area) {
	g.from = make([]int8, len(g.sites))
	for i := range g.from {
		g.from[i] = never
	}
	for i := range g.edges {
		g.edges[i].from = never
	}
	for i, rings := range g.rings {
		from := int8(min(max(areas[i].From, 0), never-1))
		for _, r := range rings {
			for _, s := range r.steps {
				e := &g.edges[s>>1]
				if from < e.from {
					e.from = from
					g.from[e.a], g.from[e.b] = min(g.from[e.a], from), min(g.from[e.b], from)
				}
			}
		}
	}
}

// near calls visit for the sites in a box.
func (g *ground) near(box geo.Box, visit func(site)) {
	g.tree.Within(box, visit)
	g.late.Within(box, visit)
}

// plant returns a tree of the sites from a number on.
func (g *ground) plant(first int) *planar.Tree[site] {
	sites := make([]site, len(g.sites)-first)
	for i := range sites {
		sites[i] = site{g.sites[first+i], int32(first + i)}
	}
	return planar.NewTree(sites)
}

// farthest is how far from an edge measure looks for sites, in world units: edges
// that are clear as far as that are passed over quickly at zoom 10 and deeper.
const farthest = 3 << 10

// measure builds the tree and finds how far each edge is clear of other sites.
func (g *ground) measure(ctx context.Context) error {
	g.tree, g.planted, g.late = g.plant(0), len(g.sites), g.plant(len(g.sites))
	for i := range g.edges {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := &g.edges[i]
		a, b := g.sites[e.a], g.sites[e.b]
		nearest := float64(farthest * farthest)
		g.tree.Within(grown(a, b, farthest), func(s site) {
			if s.number != e.a && s.number != e.b {
				nearest = min(nearest, distance2(a, b, s.at))
			}
		})
		e.clear = float32(math.Sqrt(nearest))
	}
	return nil
}

// grown returns the box of two places with so much more on each side.
func grown(a, b geo.Point, more int64) geo.Box {
	bound := func(v int64) int32 { return int32(min(max(v, math.MinInt32), math.MaxInt32)) }
	return geo.Box{
		W: bound(int64(min(a.X, b.X)) - more), S: bound(int64(min(a.Y, b.Y)) - more),
		E: bound(int64(max(a.X, b.X)) + more), N: bound(int64(max(a.Y, b.Y)) + more),
	}
}

// distance2 is the square of the distance from p to the straight edge from a to b.
func distance2(a, b, p geo.Point) float64 {
	dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	px, py := int64(p.X)-int64(a.X), int64(p.Y)-int64(a.Y)
	long := dx*dx + dy*dy
	switch along := px*dx + py*dy; {
	case along <= 0: // a and b may be one place
		return float64(px*px + py*py)
	case along >= long:
		px, py = int64(p.X)-int64(b.X), int64(p.Y)-int64(b.Y)
		return float64(px*px + py*py)
	}
	off := float64(geo.Cross(a, b, p))
	return off * off / float64(long)
}
