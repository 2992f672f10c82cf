package demo

import (
	"math/rand/v2"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// city is one piece of made-up ground while it is built: first the arrangement,
// then who administers what, then what stands on it. Methods add to it in the
// order of build.
type city struct {
	seed   uint64
	prefix string // before codes of all but the first city (Options.Scale)
	m      *arrangement

	lattice lattice
	builtUp float64 // m2
	lines   []line
	words   *wordMill

	blocks    []block // one a face, same index
	graph     graph
	places    administration
	wall      []compound
	buildings []building
	detail    xinanguan

	// finished features, in the order in which they were made
	compounds  []*geo.Compound
	parking    []*geo.ParkingSpace
	gates      []*geo.Gate
	barriers   []*geo.Barrier
	streets    []*geo.Street
	land       []*geo.LandArea
	facilities []*geo.Facility
	booths     []*geo.Booth
	shelters   []*geo.Shelter

	grids       []*geo.Grid
	placeList   []*geo.Place
	assignments []*geo.Assignment
	incidents   []*geo.Incident

	yards    []yard // ground that could shelter people
	fronts   []front
	sequence map[string]int // last number given under a code prefix; only looked up
}

// block is a face with what is planned on it.
type block struct {
	use       use
	lot       lot // inside the pavements; empty for river, railway and slivers
	centre    vec
	area      float64
	community int32 // index into places.communities
	street    int32 // index into places.offices
	grid      int32
}

// build makes the whole city. Nothing in it depends on anything but the seed.
func build(seed uint64, centre geo.Point, prefix string) *city {
	c := &city{
		seed:     seed,
		prefix:   prefix,
		m:        newArrangement(crs.NewLocal(centre)),
		words:    newWordMill(rand.New(rand.NewPCG(seed, 0x3a3e5))),
		sequence: map[string]int{},
	}
	c.layArterials()
	c.settle()
	c.rankArterials()
	c.layBridges()
	c.cutSuperblocks()
	c.calmStreets()
	c.nameStreets()
	c.planBlocks()
	c.administer()
	c.fillBlocks()
	c.drawRiver()
	c.drawRailway()
	c.drawLand()
	c.house()
	c.drawStreets()
	if prefix == "" {
		c.serve()
	}
	return c
}

// serve adds what a city has only once: services, grids, places and posts.
func (c *city) serve() {
	c.placeServices()
	c.placeMarkets()
	c.placeBusStops()
	c.placeBooths()
	c.placeShelters()
	blocks := c.count()
	c.drawGrids(blocks)
	c.drawPlaces(blocks)
	c.drawFlood(blocks)
	c.assign()
}

func (c *city) random(purpose, index int) *rand.Rand {
	return rand.New(rand.NewPCG(c.seed^uint64(purpose)<<32, uint64(index)*0x9e3779b97f4a7c15))
}

// point rounds a place to the lattice.
func (c *city) point(p vec) geo.Point { return c.m.local.Point(p.x, p.y) }

func (c *city) ring(corners []vec) []geo.Point {
	out := make([]geo.Point, len(corners))
	for i, p := range corners {
		out[i] = c.point(p)
	}
	return out
}

func (c *city) polygon(corners []vec) geo.Shape { return geo.PolygonShape(c.ring(corners)) }

// planBlocks finds the lot of each face and decides its use.
func (c *city) planBlocks() {
	c.m.widest = make([]float64, len(c.m.at))
	for i := range c.m.edges {
		e := &c.m.edges[i]
		c.m.widest[e.a] = max(c.m.widest[e.a], e.road.width)
		c.m.widest[e.b] = max(c.m.widest[e.b], e.road.width)
	}
	c.blocks = make([]block, len(c.m.faces))
	for f := range c.m.faces {
		r := c.random(1, f)
		b := &c.blocks[f]
		outline := c.m.outline(int32(f))
		b.area, b.centre = areaOf(outline), centroidOf(outline)
		switch c.m.faces[f].ground {
		case urban:
			b.lot = c.lotOf(int32(f))
			b.use = c.planUse(b.centre, b.lot.area(), r)
			if b.lot.empty() || b.lot.area() < 1500 || b.lot.area() < 0.35*b.area {
				b.use = park
			}
		case farm:
			b.lot = c.lotOf(int32(f))
			b.use = field
		case lakeside:
			b.lot = c.lotOf(int32(f))
			b.use = park
		}
	}
	c.graph = graph{centre: make([]vec, len(c.blocks)), weight: make([]float64, len(c.blocks)), steps: make([][]step, len(c.blocks))}
	for f := range c.blocks {
		b := &c.blocks[f]
		c.graph.centre[f] = b.centre
		c.graph.weight[f] = b.lot.area()*peoplePerM2[b.use] + float64(b.area*0.0004)
		c.m.neighbours(int32(f), func(g int32, e *edge) {
			cost := distance(b.centre, centroidOf(c.m.outline(g))) * borderCost[e.road.class]
			if k, l := c.m.faces[f].ground, c.m.faces[g].ground; k == railway || k == river || l == railway || l == river {
				cost *= 4
			}
			c.graph.steps[f] = append(c.graph.steps[f], step{g, cost})
		})
	}
}

// lotOf returns the convex ground of a face inside its pavements.
func (c *city) lotOf(f int32) lot {
	outline := c.m.outline(f)
	ring := c.m.faces[f].ring
	fr := newFrame(outline[0], vec{1, 0})
	l := lot{corners: outline, tags: make([]int32, len(outline))}
	u1, v1, u2, v2 := l.extent(fr)
	l = lot{corners: fr.rect(u1, v1, u2, v2), tags: []int32{inside, inside, inside, inside}}
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		id := c.m.edgeOf[undirected(a, b)]
		road := c.m.edges[id].road
		normal := c.m.xy[b].sub(c.m.xy[a]).unit().left()
		tag := id
		if road.class == noRoad || road.bridge || road.tunnel {
			tag = inside
		}
		if l.empty() {
			return l
		}
		l = l.clip(c.m.xy[a].add(normal.mul(road.width/2+road.setback())), normal, tag)
	}
	// a wide road that only touches a corner of the face needs room there too
	centre := centroidOf(outline)
	for i, n := range ring {
		before, after := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		beside := max(c.m.between(before, n).road.width, c.m.between(n, after).road.width)
		if dir := centre.sub(c.m.xy[n]).unit(); c.m.widest[n] > beside && !l.empty() {
			l = l.clip(c.m.xy[n].add(dir.mul(c.m.widest[n]/2+2)), dir, inside)
		}
	}
	return l
}

// linkMargin is how far from a crossing ways may join a street, in metres.
const linkMargin = 9

// link joins a way that passes a gate, inside a face, to a street around the
// face, straight on or to the nearest place, and returns the corner they share
// from then on. It fails where no street is near, where the way would meet it at
// a crossing, or where the place does not suit.
func (c *city) link(f int32, g gateway, suits func(p vec) bool) (geo.Point, bool) {
	if id, t, ok := c.ahead(f, g); ok {
		if p, ok := c.join(id, t, suits); ok {
			return p, true
		}
	}
	if id, t, ok := c.beside(f, g.at); ok {
		return c.join(id, t, suits)
	}
	return geo.Point{}, false
}

// ahead finds where the way goes on to: the edge, and the share of the way along
// it.
func (c *city) ahead(f int32, g gateway) (id int32, along float64, ok bool) {
	best := 60.0
	ring := c.m.faces[f].ring
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		pa, pb := c.m.xy[a], c.m.xy[b]
		side := pb.sub(pa)
		speed := cross(g.way, side.unit())
		if speed < 0.5 {
			continue // runs along the street, or away from it
		}
		d := cross(pa.sub(g.at), side.unit()) / speed
		t := dot(g.at.add(g.way.mul(d)).sub(pa), side) / dot(side, side)
		if d < 0 || d > best || t < 0 || t > 1 {
			continue
		}
		best, id, ok = d, c.m.edgeOf[undirected(a, b)], true
		if along = t; c.m.edges[id].a != a {
			along = 1 - t
		}
	}
	return id, along, ok
}

// beside finds the place on an edge that is nearest to p.
func (c *city) beside(f int32, p vec) (id int32, along float64, ok bool) {
	best := 75.0
	ring := c.m.faces[f].ring
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		pa, pb := c.m.xy[a], c.m.xy[b]
		t := nearestOn(p, pa, pb)
		d := distance(p, mix(pa, pb, t))
		if d >= best {
			continue
		}
		best, id, ok = d, c.m.edgeOf[undirected(a, b)], true
		if length := distance(pa, pb); length > 2*linkMargin {
			t = min(max(t, linkMargin/length), 1-linkMargin/length)
		}
		if along = t; c.m.edges[id].a != a {
			along = 1 - t
		}
	}
	return id, along, ok
}

// join puts a corner on an edge, or takes one that is there.
func (c *city) join(id int32, along float64, suits func(p vec) bool) (geo.Point, bool) {
	e := &c.m.edges[id]
	length := c.m.lengthOf(e)
	if e.road.class == noRoad || e.road.bridge || e.road.tunnel || along*length < linkMargin-0.01 || (1-along)*length < linkMargin-0.01 {
		return geo.Point{}, false
	}
	for _, j := range e.joins {
		if d := (j.t - along) * length; d > -4 && d < 4 {
			return j.at, suits(c.xy(j.at))
		}
	}
	p := c.point(mix(c.m.xy[e.a], c.m.xy[e.b], along))
	if !suits(c.xy(p)) {
		return geo.Point{}, false
	}
	e.joins = append(e.joins, join{along, p})
	return p, true
}
