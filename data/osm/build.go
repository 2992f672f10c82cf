package osm

import (
	"context"
	"fmt"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/repair"
)

// keptObject is a way or relation that may become features.
type keptObject struct {
	id      int64
	tags    tags
	nodes   []int64
	members []member
}

// builder keeps what the three walks find and then makes features of it.
type builder struct {
	opts      Options
	report    Report
	features  []geo.Feature
	points    pointStore
	relations []keptObject
	ways      []keptObject
	wayIndex  map[int64]int  // ways by id
	needed    map[int64]bool // ways that relations are made of
	outlines  map[int64]tags // outer ways of relations, with the relation's tags
	bounds    geo.Box        // of the file; empty: it states none
	coast     coast
	places    placeList
}

func newBuilder(opts Options) *builder {
	return &builder{
		opts:     opts,
		report:   Report{Features: map[geo.Layer]int{}, LeftOut: map[string]Tally{}},
		wayIndex: map[int64]int{}, needed: map[int64]bool{}, outlines: map[int64]tags{},
	}
}

// mappedKeys are the keys of which some value is mapped: a way or node without
// any of them is passed over without a word.
var mappedKeys = []string{
	"highway", "building", "barrier", "railway", "natural", "waterway", "landuse", "leisure", "amenity", "shop", "office",
	"healthcare", "tourism", "emergency", "craft", "public_transport", "place", "entrance", "social_facility", "indoor",
}

func (t tags) mapped() bool {
	return slices.ContainsFunc(t, func(t tag) bool { return slices.Contains(mappedKeys, t.key) })
}

func (b *builder) keepRelation(o *object) error {
	b.report.Relations++
	kind := o.tags.get("type")
	boundary := o.tags.get("boundary") == "administrative"
	switch {
	case boundary && (kind == "boundary" || kind == "multipolygon"):
	case kind == "multipolygon" && o.tags.mapped():
	case kind == "multipolygon":
		b.report.leaveOut("areas without a mapped tag of their own", itemOf(o.ref, o.tags, ""))
		return nil
	default:
		b.report.leaveOut(fmt.Sprintf("relations of type %q", kind), itemOf(o.ref, o.tags, ""))
		return nil
	}
	for _, m := range o.members {
		switch m.kind {
		case way:
			b.needed[m.id] = true
		case node:
			b.points.need(m.id)
		}
	}
	kept := keptObject{id: o.id, tags: slices.Clone(o.tags), members: slices.Clone(o.members)}
	b.relations = append(b.relations, kept)
	for _, m := range kept.members {
		if m.kind == way && m.role != "inner" && !boundary {
			b.outlines[m.id] = kept.tags
		}
	}
	return nil
}

func (b *builder) keepWay(o *object) error {
	b.report.Ways++
	mapped := o.tags.mapped()
	if !mapped && !b.needed[o.id] {
		return nil
	}
	kept := keptObject{id: o.id, nodes: slices.Clone(o.nodes)}
	if mapped {
		kept.tags = slices.Clone(o.tags)
	}
	b.wayIndex[o.id] = len(b.ways)
	b.ways = append(b.ways, kept)
	b.points.need(o.nodes...)
	return nil
}

func (b *builder) keepNode(o *object) error {
	b.report.Nodes++
	if !o.placed {
		return nil
	}
	b.points.put(o.id, o.at)
	if o.tags.mapped() {
		b.node(o)
	}
	return nil
}

// build makes features of ways and relations; those of nodes are there already.
func (b *builder) build(ctx context.Context) error {
	ofNodes := b.features
	b.features = nil
	for i := range b.relations {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.relation(&b.relations[i])
	}
	for i := range b.ways {
		if i&4095 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if b.ways[i].tags != nil {
			b.way(&b.ways[i])
		}
	}
	if err := b.sea(ctx); err != nil {
		return err
	}
	b.features = append(b.features, ofNodes...)
	b.buildPlaces()
	for _, f := range b.features {
		b.report.Features[f.Layer()]++
	}
	return nil
}

// way makes features of one way: an area when it is closed and its tags say so,
// a line else.
func (b *builder) way(w *keptObject) {
	r := ref{way, w.id}
	points := make([]geo.Point, 0, len(w.nodes))
	missing := 0
	for _, id := range w.nodes {
		if p, known := b.points.get(id); known {
			points = append(points, p)
		} else {
			missing++
		}
	}
	if missing > 0 {
		b.report.MissingNodes.add(itemOf(r, w.tags, fmt.Sprintf("%d of %d nodes", missing, len(w.nodes))))
	}
	closed := len(w.nodes) > 3 && w.nodes[0] == w.nodes[len(w.nodes)-1]
	shore := isCoast(w.tags)
	if shore {
		b.coast.add(r, b.pieces(w.nodes))
	}
	if line := b.lines(r, w, missing > 0); (line || shore) && !closed {
		return
	}
	if !closed {
		if missing == 0 && isArea(w.tags) {
			b.report.Unclosed.add(itemOf(r, w.tags, "the way is not closed"))
		} else if missing == 0 {
			b.report.leaveOut("lines without a mapped tag", itemOf(r, w.tags, ""))
		}
		return
	}
	if !isArea(w.tags) {
		return
	}
	if missing > 0 {
		b.report.Unclosed.add(itemOf(r, w.tags, fmt.Sprintf("%d of %d nodes lie outside the file", missing, len(w.nodes))))
		return
	}
	if b.drawnTwice(w) {
		b.report.leaveOut("areas drawn as way and as relation", itemOf(r, w.tags, ""))
		return
	}
	ring := distinct(points)
	if shape, ok := b.polygon(r, w.tags, []geo.Part{{Points: ring}}); ok {
		b.area(r, w.tags, shape)
	}
}

// drawnTwice reports whether the way repeats the tag of the relation whose outer
// ring it is.
func (b *builder) drawnTwice(w *keptObject) bool {
	outer := b.outlines[w.id]
	return slices.ContainsFunc(outer, func(t tag) bool {
		return slices.Contains(mappedKeys, t.key) && w.tags.get(t.key) == t.value
	})
}

func (b *builder) relation(o *keptObject) {
	r := ref{relation, o.id}
	boundary := o.tags.get("boundary") == "administrative"
	var outer, inner [][]int64
	missing, ways := 0, 0
	for _, m := range o.members {
		if m.kind != way {
			continue
		}
		ways++
		i, known := b.wayIndex[m.id]
		switch {
		case !known:
			missing++
		case m.role == "inner":
			inner = append(inner, b.ways[i].nodes)
		default:
			outer = append(outer, b.ways[i].nodes)
		}
	}
	detail := fmt.Sprintf("%d of %d ways lie outside the file", missing, ways)
	if missing > 0 {
		b.report.MissingWays.add(itemOf(r, o.tags, detail))
	}
	shape, ok := geo.Shape{}, false
	outerRings, outerClosed := joinWays(outer)
	innerRings, innerClosed := joinWays(inner)
	outerPoints, outerKnown := b.ringPoints(outerRings)
	innerPoints, innerKnown := b.ringPoints(innerRings)
	switch {
	case missing > 0:
		b.report.Unclosed.add(itemOf(r, o.tags, detail))
	case !outerClosed || !innerClosed || len(outerRings) == 0:
		b.report.Unclosed.add(itemOf(r, o.tags, "its ways do not join to closed rings"))
	case !outerKnown || !innerKnown:
		b.report.Unclosed.add(itemOf(r, o.tags, "nodes of its ways lie outside the file"))
	default:
		shape, ok = b.polygon(r, o.tags, nest(outerPoints, innerPoints))
	}
	switch {
	case boundary:
		b.boundary(r, o, shape)
	case ok:
		b.area(r, o.tags, shape)
		b.ringStreets(r, o.tags, shape)
	}
}

func (b *builder) ringPoints(rings [][]int64) ([][]geo.Point, bool) {
	out := make([][]geo.Point, 0, len(rings))
	for _, ids := range rings {
		points := make([]geo.Point, 0, len(ids))
		for _, id := range ids {
			p, known := b.points.get(id)
			if !known {
				return nil, false
			}
			points = append(points, p)
		}
		out = append(out, distinct(points))
	}
	return out, true
}

// distinct drops corners that repeat the one before, as different nodes on one
// lattice point do, and the closing corner.
func distinct(points []geo.Point) []geo.Point {
	points = slices.Compact(points)
	if n := len(points); n > 1 && points[0] == points[n-1] {
		points = points[:n-1]
	}
	return points
}

// polygon checks a polygon and mends it when asked to; false when it is left out.
func (b *builder) polygon(r ref, t tags, parts []geo.Part) (geo.Shape, bool) {
	shape := geo.MakeShape(geo.Polygons, parts)
	faults := valid.Check(shape)
	if len(faults) == 0 {
		return shape, true
	}
	item := itemOf(r, t, fmt.Sprintf("%s (%s)", faults[0].Detail, faults[0].Rule))
	item.At = &faults[0].At
	if !b.opts.Repair {
		b.report.Broken.add(item)
		return geo.Shape{}, false
	}
	mended, _, err := repair.Shape(shape)
	if err != nil {
		item.Detail += ", " + err.Error()
		b.report.Broken.add(item)
		return geo.Shape{}, false
	}
	b.report.Mended.add(item)
	return mended, true
}

// add keeps a feature, with the name and source that all features have.
func (b *builder) add(r ref, t tags, shape geo.Shape, f geo.Feature) {
	base := f.Common()
	base.Shape = shape
	base.Name = nameOf(t)
	base.Source = r.String()
	if fault := geo.CheckFields(f); fault != nil {
		item := itemOf(r, t, fault.Error())
		if points := shape.Points(); len(points) > 0 {
			item.At = &points[0]
		}
		b.report.Broken.add(item)
		return
	}
	b.features = append(b.features, f)
}

// nameOf is the Chinese name where there is one.
func nameOf(t tags) string {
	for _, key := range []string{"name:zh", "name:zh-Hans", "name", "official_name"} {
		if name := t.get(key); name != "" {
			return name
		}
	}
	return ""
}

func itemOf(r ref, t tags, detail string) Item {
	return Item{Object: r.String(), Name: nameOf(t), Detail: detail}
}
