package walk

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/estimate"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
)

// place is something people walk to or live in: a service place or a building.
type place struct {
	feature  geo.Feature
	layer    geo.Layer
	kinds    []string
	schedule hours.Schedule
	booth    *booth.Timetable // of a booth, instead of a schedule
	figures
	pole  geo.Point // of a building
	ways  []access
	known bool // pole and ways are those of before
}

// figures are those of a building; below zero: unknown.
type figures struct {
	households, people int32
	// Which of them are estimates.
	householdsEstimated, peopleEstimated bool
}

// access is one way from a place to the network.
type access struct {
	foot street.Foot
	from geo.Point // of the place: a gate, an entrance, a corner of its outline
}

// places holds all places with their ways to the network. It never changes.
type places struct {
	// list holds service places and then buildings, layer by layer, by id.
	list      []place
	buildings int // index of the first building
	// figures are those of the buildings side by side: a circle adds up thousands.
	figures []figures
	// layers are those the list was made from; the places of layers[k] are
	// list[starts[k]:starts[k+1]].
	layers []*snapshot.Layer
	starts []int
	first  []int32
	stops  []stop                 // those of edge e are stops[first[e]:first[e+1]]
	doors  map[string][]*geo.Gate // by the code of what they belong to
	mesh   *mesh                  // of the buildings
}

// stop is an access on its edge.
type stop struct {
	place, way int32 // list[place].ways[way]
	mm, leg    int32
	// timed: the place is not in effect at all times. A search meets a thousand
	// stops, and the feature of each lies somewhere else in memory.
	timed bool
}

// stop returns the stop of a way of the place, which has number i.
func (p *place) stop(i, k int32) stop {
	base, foot := p.feature.Common(), p.ways[k].foot
	return stop{place: i, way: k, mm: foot.MM, leg: foot.Leg, timed: base.From != 0 || base.Until != 0}
}

// preparePlaces joins every place to the network, on all cores. Features that
// before knows are joined again only where something changed.
func preparePlaces(s *snapshot.Snapshot, net *street.Network, f *field, before *places, changed *since) *places {
	p := &places{}
	for _, schema := range geo.Catalog() {
		if schema.Service {
			p.add(s, schema, before)
		}
	}
	p.buildings = len(p.list)
	p.add(s, geo.MustSchema(geo.Buildings), before)
	p.figures = make([]figures, len(p.list)-p.buildings)
	for i := range p.figures {
		p.figures[i] = p.list[p.buildings+i].figures
	}
	if before != nil && slices.Equal(p.layers, before.layers) && changed.none() && f == changed.before {
		return before
	}
	p.doors = gatesByOwner(s)
	joiner := &joiner{snap: s, net: net, doors: p.doors}
	each(len(p.list), func(i int) {
		member := &p.list[i]
		if member.known {
			if changed.keeps(member, p.doors) {
				var ok bool
				if member.ways, ok = changed.renumber(member.ways); ok {
					return
				}
			}
		} else if i >= p.buildings {
			member.pole = Pole(member.feature.Common().Shape)
		}
		member.ways = joiner.join(member)
		member.known = true
	})
	p.fill(net)
	if last := len(p.layers) - 1; before != nil && p.layers[last] == before.layers[last] && f.grid == before.mesh.grid {
		p.mesh = before.mesh
	} else {
		p.mesh = newMesh(f.grid, p)
	}
	return p
}

// add lists the features of a layer that are places to walk to, those that did
// not change with their ways.
func (p *places) add(s *snapshot.Snapshot, schema *geo.Schema, before *places) {
	layer := s.Layer(schema.Layer)
	known := map[geo.Feature]*place{}
	if before != nil {
		k := len(p.layers)
		old := before.list[before.starts[k]:before.starts[k+1]]
		if before.layers[k] == layer {
			p.list = append(p.list, old...)
			p.close(layer)
			return
		}
		for i := range old {
			known[old[i].feature] = &old[i]
		}
	}
	for f := range layer.After(0) {
		if same, ok := known[f]; ok {
			p.list = append(p.list, *same)
			continue
		}
		if member, ok := placeOf(f, schema); ok {
			p.list = append(p.list, member)
		}
	}
	p.close(layer)
}

// placeOf makes a place of a feature, not joined yet; false for what nobody walks
// to.
func placeOf(f geo.Feature, schema *geo.Schema) (place, bool) {
	member := place{feature: f, layer: schema.Layer, figures: figures{households: -1, people: -1}}
	if f.Common().Shape.IsZero() {
		return member, false
	}
	if field, ok := schema.Field(schema.KindField); ok && schema.Service {
		member.kinds = field.Values(f)
	}
	switch f := f.(type) {
	case *geo.Building:
		member.households, member.people = f.Households.Or(-1), f.Residents.Or(-1)
		mark := estimate.Of(f)
		member.householdsEstimated, member.peopleEstimated = mark.Households, mark.People
	case *geo.Booth:
		if !f.InUse() {
			return member, false
		}
		member.booth = booth.Read(f)
	case *geo.Facility:
		if strings.HasPrefix(f.Kind, "camera_") {
			return member, false // nobody walks to a camera
		}
		member.schedule, _ = hours.Parse(f.Hours) // what cannot be read is unknown hours
	}
	return member, true
}

// close ends the run of a layer in the list.
func (p *places) close(layer *snapshot.Layer) {
	if p.layers == nil {
		p.starts = []int{0}
	}
	p.layers = append(p.layers, layer)
	p.starts = append(p.starts, len(p.list))
}

// fill sorts the accesses by edge.
func (p *places) fill(net *street.Network) {
	p.first = make([]int32, len(net.Edges)+1)
	for i := range p.list {
		for _, way := range p.list[i].ways {
			p.first[way.foot.Edge+1]++
		}
	}
	for e := range net.Edges {
		p.first[e+1] += p.first[e]
	}
	p.stops = make([]stop, p.first[len(net.Edges)])
	next := slices.Clone(p.first)
	for i := range p.list {
		for k, way := range p.list[i].ways {
			e := way.foot.Edge
			p.stops[next[e]] = p.list[i].stop(int32(i), int32(k))
			next[e]++
		}
	}
}

// openNow reports whether a place is open, as far as is known, and of a booth how it
// stands.
func (p *place) openNow(at *clock) (geo.Opt[bool], booth.Kind) {
	switch f := p.feature.(type) {
	case *geo.Booth:
		kind := p.booth.Kind(at.time, at.calendar)
		return kind.OpenNow(), kind
	case *geo.Shelter:
		switch f.State {
		case "open":
			return geo.Some(true), booth.Unknown
		case "full", "closed":
			return geo.Some(false), booth.Unknown
		}
	}
	state := p.schedule.At(at.time, at.calendar)
	return geo.Opt[bool]{Value: state.Open, Known: state.Known}, booth.Unknown
}

// eachErr is each for work that may fail or be called off: it returns the first
// error, or ctx's, and then not all has been done.
func eachErr(ctx context.Context, n int, do func(i int) error) error {
	var failed atomic.Pointer[error]
	each(n, func(i int) {
		if failed.Load() != nil {
			return
		}
		err := do(i)
		if err == nil && i%lookEvery == 0 {
			err = ctx.Err()
		}
		if err != nil {
			failed.CompareAndSwap(nil, &err)
		}
	})
	if err := failed.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// each calls do(0) to do(n-1) on all cores.
func each(n int, do func(i int)) {
	run := min(256, max(1, n/64))
	var next atomic.Int64
	var crew sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			for {
				start := int(next.Add(int64(run))) - run
				if start >= n {
					return
				}
				for i := start; i < min(start+run, n); i++ {
					do(i)
				}
			}
		})
	}
	crew.Wait()
}
