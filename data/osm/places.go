package osm

import (
	"slices"
	"strings"

	"gridatlas/geo"
)

// placeKind maps place values of nodes. By the Chinese tagging practice quarter
// is a 社区, suburb a 街道, town the seat of a 镇 or 街道. A village is a settlement
// (自然村), mostly several to one committee, and a neighbourhood node a 小区 whose
// outline nobody drew: neither is a place here.
var placeKind = map[string]string{
	"city": "city", "county": "district", "district": "district", "borough": "district",
	"town": "street", "suburb": "street", "quarter": "community",
}

// levelKind maps admin_level of boundaries: 4 is the province and left out, 6 a
// county, district or county-level city (see cityOrDistrict).
var levelKind = map[string]string{"5": "city", "6": "district", "8": "street", "10": "community"}

// placeList gathers what the file says about places until all of it is known.
type placeList struct {
	nodes      []placeCandidate
	boundaries []placeCandidate
}

type placeCandidate struct {
	ref      ref
	tags     tags
	kind     string
	shape    geo.Shape // zero: the boundary does not close
	seats    []int64   // nodes that the boundary names as its label or seat
	consumed bool
}

// placeNode keeps a node that is the seat of a place.
func (b *builder) placeNode(o *object) bool {
	kind, ok := placeKind[o.tags.get("place")]
	if !ok || nameOf(o.tags) == "" {
		return false
	}
	b.places.nodes = append(b.places.nodes, placeCandidate{ref: o.ref, tags: slices.Clone(o.tags), kind: kind, shape: geo.PointShape(o.at)})
	return true
}

// boundary keeps an administrative boundary, closed or not.
func (b *builder) boundary(r ref, o *keptObject, shape geo.Shape) {
	kind, ok := levelKind[o.tags.get("admin_level")]
	if !ok || nameOf(o.tags) == "" {
		b.report.leaveOut("boundaries of admin_level="+o.tags.get("admin_level"), itemOf(r, o.tags, ""))
		return
	}
	candidate := placeCandidate{ref: r, tags: o.tags, kind: kind, shape: shape}
	for _, role := range []string{"label", "admin_centre"} {
		for _, m := range o.members {
			if m.kind == node && m.role == role {
				candidate.seats = append(candidate.seats, m.id)
			}
		}
	}
	b.places.boundaries = append(b.places.boundaries, candidate)
}

// buildPlaces makes one feature of each place, whether it is in the file as a
// boundary, as a node or as both. A boundary that does not close becomes a point
// at its label or seat; where that is outside the file too it is left out.
func (b *builder) buildPlaces() {
	list := &b.places
	hasCity := slices.ContainsFunc(list.boundaries, func(c placeCandidate) bool { return c.kind == "city" && !c.shape.IsZero() })
	for i := range list.boundaries {
		area := &list.boundaries[i]
		twin := list.twin(area)
		area.kind = cityOrDistrict(area, twin, hasCity)
		t := area.tags
		if twin != nil {
			twin.consumed = true
			b.report.Merged.add(itemOf(twin.ref, twin.tags, "is "+area.ref.String()))
			t = append(slices.Clone(area.tags), twin.tags...) // the boundary's own tags come first
		}
		shape := area.shape
		if shape.IsZero() && twin != nil {
			shape = twin.shape
		}
		for _, seat := range area.seats {
			if p, known := b.points.get(seat); known && shape.IsZero() {
				shape = geo.PointShape(p)
			}
		}
		if shape.IsZero() {
			b.report.leaveOut("boundaries that neither close nor have a known seat", itemOf(area.ref, area.tags, ""))
			continue
		}
		b.addPlace(area.ref, t, area.kind, shape)
	}
	for i := range list.nodes {
		if c := &list.nodes[i]; !c.consumed {
			b.addPlace(c.ref, c.tags, c.kind, c.shape)
		}
	}
}

func (b *builder) addPlace(r ref, t tags, kind string, shape geo.Shape) {
	b.add(r, t, shape, &geo.Place{Kind: kind, Population: populationOf(t)})
}

// twin finds the node of the same place: one that the boundary names, or one of
// the same name and level that lies inside or, where the boundary is open, anywhere.
func (l *placeList) twin(area *placeCandidate) *placeCandidate {
	for _, seat := range area.seats {
		for i := range l.nodes {
			// The seat of a district may well be one of its streets.
			c := &l.nodes[i]
			same := c.kind == area.kind || c.kind == "city" && area.kind == "district" || nameOf(c.tags) == nameOf(area.tags)
			if !c.consumed && c.ref.id == seat && same {
				return c
			}
		}
	}
	for i := range l.nodes {
		c := &l.nodes[i]
		if !c.consumed && c.kind == area.kind && nameOf(c.tags) == nameOf(area.tags) &&
			(area.shape.IsZero() || area.shape.Covers(c.shape.Points()[0])) {
			return c
		}
	}
	return nil
}

// cityOrDistrict decides what an admin_level=6 boundary is: a county-level city
// (县级市, its name ends in 市, or its seat is tagged as a city) is the city of an
// extract that holds no closed city above it.
func cityOrDistrict(area, twin *placeCandidate, hasCity bool) string {
	if area.kind != "district" || hasCity {
		return area.kind
	}
	if strings.HasSuffix(nameOf(area.tags), "市") || twin != nil && twin.kind == "city" {
		return "city"
	}
	return area.kind
}

func populationOf(t tags) geo.Opt[int32] {
	text := strings.Map(func(r rune) rune {
		if r == ',' || r == ' ' {
			return -1
		}
		return r
	}, t.get("population"))
	if n := wholeOf(text); n.Value > 0 {
		return n
	}
	return geo.Opt[int32]{}
}
