package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/cql"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
)

// reference reads the address of a coordinate system that features are served in;
// CRS84 when not given.
func (q query) reference(name string) (crs.Reference, error) {
	if !q.has(name) {
		return crs.CRS84, nil
	}
	ref, ok := crs.ParseReference(q.text(name))
	if !ok || !slices.Contains(crs.References[:], ref) {
		return ref, problem.Parameter(name, "%q is none of %s", q.text(name), strings.Join(addresses(geo.NoBox), ", "))
	}
	return ref, nil
}

// filterPosition reads filter-crs: in which coordinate system the geometries of a
// filter are, and in which order their numbers stand.
func filterPosition(q query) (cql.Position, error) {
	if !q.has("filter-crs") {
		return crs.CRS84.Place, nil
	}
	ref, ok := crs.ParseReference(q.text("filter-crs"))
	if !ok {
		return nil, problem.Parameter("filter-crs", "%q is none of %s, and no other zone of CGCS2000", q.text("filter-crs"), strings.Join(addresses(geo.NoBox), ", "))
	}
	return ref.Place, nil
}

// addresses lists the coordinate systems in which every point of a box has a place;
// all that are known for the empty one.
func addresses(box geo.Box) []string {
	list := make([]string, 0, len(crs.References))
	for _, ref := range crs.References {
		if ref.System.Reaches(box) {
			list = append(list, ref.String())
		}
	}
	return list
}

// checkReach refuses a coordinate system that has no numbers for some feature within
// the box of a layer: the collection does not list it.
func (q query) checkReach(name string, ref crs.Reference, box geo.Box) error {
	if ref.System.Reaches(box) {
		return nil
	}
	return problem.Parameter(name, "%s does not reach all of the layer; these do: %s", ref.System.Title(), strings.Join(addresses(box), ", "))
}

// setContentCRS says which coordinate system and order the positions of an answer
// are in.
func setContentCRS(w http.ResponseWriter, ref crs.Reference) {
	w.Header().Set("Content-Crs", "<"+ref.String()+">")
}

// positionIn returns how positions are written in a coordinate system, in its order
// and in so many digits that the lattice point comes back: those of the lattice, or
// tenths of a millimetre.
func positionIn(ref crs.Reference) geojson.Position {
	switch {
	case ref == crs.CRS84:
		return geojson.AppendPosition
	case ref.System.Geographic():
		return func(dst []byte, p geo.Point) []byte {
			return geojson.AppendPosition(dst, geo.Point{X: p.Y, Y: p.X})
		}
	}
	return func(dst []byte, p geo.Point) []byte {
		a, b, err := ref.System.FromWGS84(crs.ToDegrees(p))
		if err != nil {
			return append(dst, "null"...) // checkReach lets nobody come here
		}
		if ref.NorthFirst {
			a, b = b, a
		}
		dst = strconv.AppendFloat(append(dst, '['), a, 'f', 4, 64)
		return append(strconv.AppendFloat(append(dst, ','), b, 'f', 4, 64), ']')
	}
}

// bbox asks for what meets a box. The zero bbox asks for everything.
type bbox struct {
	boxes  []geo.Box   // what is taken meets one of them; nil: anywhere
	window *crs.Window // and this, in a coordinate system of metres; nil: the boxes say it all
}

// bbox reads a box whose corners stand in a coordinate system.
func (q query) bbox(name string, ref crs.Reference) (bbox, error) {
	if !q.has(name) {
		return bbox{}, nil
	}
	c, err := q.corners(name)
	if err != nil {
		return bbox{}, err
	}
	if ref.NorthFirst {
		c = corners{west: c.south, south: c.west, east: c.north, north: c.east}
	}
	if ref.System.Geographic() {
		boxes, err := c.boxes(name)
		return bbox{boxes: boxes}, err
	}
	if c.west > c.east || c.south > c.north {
		return bbox{}, problem.Parameter(name, "the first corner is not the lower one in both metres east and north")
	}
	window := crs.NewWindow(ref, c.west, c.south, c.east, c.north)
	b := bbox{window: &window}
	if around, ok := window.Around(); ok {
		b.boxes = []geo.Box{around}
	}
	return b, nil
}

// holds reports whether a shape meets the box. One without geometry does, as OGC
// API Features has it.
func (b *bbox) holds(s geo.Shape) bool {
	if s.IsZero() {
		return true
	}
	if b.window != nil {
		laid, box, ok := b.window.Lay(s)
		return ok && meets(laid, box)
	}
	if b.boxes == nil {
		return true
	}
	for _, box := range b.boxes {
		if meets(s, box) {
			return true
		}
	}
	return false
}
