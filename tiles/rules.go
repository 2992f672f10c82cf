package tiles

import (
	"math"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// rule says how one layer is put into tiles.
type rule struct {
	layer geo.Layer
	from  int                   // zoom at which the first features appear
	zoom  func(geo.Feature) int // zoom at which one feature appears, by the feature alone; nil: from
	// label is the zoom from which polygons have a label point in the companion
	// layer <layer>_label; 0: none.
	label   int
	title   func(geo.Feature) bool // which polygons have a label point; nil: all
	seats   bool                   // a feature known by its seat alone is its own label point
	buffer  int                    // tile units around the tile that are drawn too
	fields  []*geo.Field
	keys    []string // the names of the fields
	direct  []bool   // which fields have no value twice
	earlier int      // zooms by which a set moves everything forward
}

// Buffers in tile units. Areas need room for their stroke, lines for wide
// strokes and names along them, points for their icon.
const (
	areaBuffer  = 64
	lineBuffer  = 128
	pointBuffer = 128

	widestBuffer = max(areaBuffer, lineBuffer, pointBuffer)
)

// rules is the table of what appears, in catalog order. The zooms are those at
// which the map style begins to draw a layer, or one before where it fades in.
var rules = ready([]rule{
	{
		layer: geo.Places, from: 0, zoom: placeZoom, label: 1, seats: true, buffer: areaBuffer,
		fields: fields(geo.Places, "kind", "parent", "zone", "population", "households"),
	},
	{
		layer: geo.Grids, from: 13, label: 13, buffer: areaBuffer,
		fields: fields(geo.Grids, "kind", "community", "households", "residents", "work"),
	},
	{layer: geo.Blocks, from: 14, label: 15, buffer: areaBuffer, fields: fields(geo.Blocks, "community", "grid")},
	{
		layer: geo.Compounds, from: 14, label: 14, title: hasName, buffer: areaBuffer,
		fields: fields(geo.Compounds, "community", "year", "households", "management", "committee", "renewal", "residents_only"),
	},
	{
		layer: geo.Buildings, from: 13, zoom: buildingZoom, label: 16, title: hasNumber, buffer: areaBuffer,
		fields: fields(geo.Buildings, "number", "compound", "use", "levels", "height_m"),
	},
	{
		layer: geo.Parking, from: 15, label: 15, buffer: pointBuffer,
		fields: fields(geo.Parking, "kind", "number", "compound", "capacity"),
	},
	{layer: geo.Booths, from: 11, buffer: pointBuffer, fields: fields(geo.Booths, "number", "trades", "hours", "status")},
	{
		layer: geo.Shelters, from: 11, label: 11, buffer: pointBuffer,
		fields: fields(geo.Shelters, "level", "class", "indoor", "hazards", "capacity", "taken", "state"),
	},
	{
		layer: geo.Facilities, from: 12, zoom: facilityZoom, label: 12, buffer: pointBuffer,
		fields: fields(geo.Facilities, "kind", "hours", "step_free"),
	},
	{
		layer: geo.Gates, from: 15, buffer: pointBuffer,
		fields: fields(geo.Gates, "kind", "of", "foot", "emergency_opened", "step_free"),
	},
	{layer: geo.Barriers, from: 9, zoom: barrierZoom, buffer: lineBuffer, fields: fields(geo.Barriers, "kind")},
	{
		layer: geo.Streets, from: 8, zoom: streetZoom, buffer: lineBuffer,
		fields: fields(geo.Streets, "class", "foot", "oneway_foot", "steps", "bridge", "tunnel", "level", "width_m", "crossing"),
	},
	{layer: geo.Land, from: 0, zoom: landZoom, label: 10, title: hasName, buffer: areaBuffer, fields: fields(geo.Land, "kind")},
	{layer: geo.Incidents, from: 8, label: 8, buffer: lineBuffer, fields: fields(geo.Incidents, "kind", "level", "note")},
	{layer: geo.Closures, from: 10, buffer: lineBuffer, fields: fields(geo.Closures, "reason", "for")},
})

// always are the fields that every layer carries. With from and until a style
// can leave out what is not in effect: they are UTC texts, so that they compare.
var always = []string{"code", "name", "from", "until"}

// fields looks the attributes of a layer up in the catalog; a name that is not
// there or is for staff is a mistake in this file.
func fields(layer geo.Layer, names ...string) []*geo.Field {
	schema := geo.MustSchema(layer)
	var list []*geo.Field
	for _, name := range slices.Concat(always, names) {
		field, ok := schema.Field(name)
		if !ok || field.Staff {
			panic("tiles: " + string(layer) + " has no public field " + name)
		}
		list = append(list, field)
	}
	return list
}

// ready completes the rules of a table.
func ready(table []rule) []rule {
	for i := range table {
		r := &table[i]
		for _, field := range r.fields {
			r.keys = append(r.keys, field.Name)
			r.direct = append(r.direct, field.Unique && !r.refersToItself())
		}
	}
	return table
}

// refersToItself reports whether features name others of the layer by their code.
func (r *rule) refersToItself() bool {
	return slices.ContainsFunc(r.fields, func(f *geo.Field) bool { return slices.Contains(f.Refs, r.layer) })
}

// first returns the zoom from which a feature is drawn in sets that draw the layer
// no earlier than others.
func (r *rule) first(f geo.Feature) int {
	if r.zoom == nil {
		return r.from
	}
	return max(r.from, r.zoom(f))
}

// begins returns the zoom of the first tiles that have the layer.
func (r *rule) begins() int { return max(r.from-r.earlier, 0) }

// ruleOf returns the rule of a layer, nil when tiles do not have it.
func ruleOf(layer geo.Layer) *rule {
	for i := range rules {
		if rules[i].layer == layer {
			return &rules[i]
		}
	}
	return nil
}

// titled reports whether a feature has a label point, where the layer has some.
func (r *rule) titled(f geo.Feature) bool {
	if r.label == 0 || r.title != nil && !r.title(f) {
		return false
	}
	kind := f.Common().Shape.Kind()
	return kind == geo.Polygons || (r.seats && kind == geo.Points)
}

func hasName(f geo.Feature) bool { return f.Common().Name != "" }

func hasNumber(f geo.Feature) bool { return hasName(f) || f.(*geo.Building).Number != "" }

// Zooms by kind or class; kinds that are not named come with the other ones.
var (
	placeZooms  = map[string]int{"city": 0, "district": 6, "zone": 8, "street": 9, "community": 9}
	streetZooms = map[string]int{
		"expressway": 8, "trunk": 8, "main": 10, "collector": 11, "local": 13, "lane": 14, "path": 14,
	}
	facilityZooms = map[string]int{
		"hospital": 12, "station_rail": 12, "government": 13, "market": 13, "school": 13, "park": 13,
		"station": 13, "contact_point": 14, "stall_group": 14, "clinic": 14, "elder_care": 14,
		"canteen": 14, "police": 14, "kindergarten": 14, "culture": 14, "sports": 14, "supermarket": 14,
	}
	barrierZooms = map[string]int{"river": 9, "rail": 11, "stream": 13}
)

func placeZoom(f geo.Feature) int { return zoomOf(f.(*geo.Place).Kind, placeZooms, 9) }

func streetZoom(f geo.Feature) int {
	street := f.(*geo.Street)
	if street.Steps {
		return 15
	}
	return zoomOf(street.Class, streetZooms, 13)
}

func facilityZoom(f geo.Feature) int { return zoomOf(f.(*geo.Facility).Kind, facilityZooms, 15) }

func barrierZoom(f geo.Feature) int { return zoomOf(f.(*geo.Barrier).Kind, barrierZooms, 15) }

// Areas appear where they cover a few pixels, so that no zoom is asked to draw
// what cannot be seen.
func landZoom(f geo.Feature) int { return areaZoom(f.Common().Shape, 4) }

// Buildings that are landmarks come first; the others wait until they are more than
// a dot. From zoom 15 on there is every one, so that none is missed.
func buildingZoom(f geo.Feature) int {
	const landmark, dot = 8, 2 // pixels
	box := f.Common().Shape.Box()
	if spanZoom(box, landmark) <= 13 {
		return 13
	}
	return min(max(spanZoom(box, dot), 14), 15)
}

// spanZoom returns the first zoom at which the longer side of a box has so many
// pixels, of which 8 tile units make one.
func spanZoom(box geo.Box, pixels uint64) int {
	w, n := crs.World(geo.Point{X: box.W, Y: box.N})
	e, s := crs.World(geo.Point{X: box.E, Y: box.S})
	side := uint64(max(e-w, s-n)) // of 2^32 around the world, which is one tile at zoom 0
	zoom := 0
	for zoom < MaxZoom && side<<zoom < pixels<<(32-9) {
		zoom++
	}
	return zoom
}

func zoomOf(word string, zooms map[string]int, other int) int {
	if zoom, ok := zooms[word]; ok {
		return zoom
	}
	return other
}

// areaZoom returns the first zoom at which a polygon covers so many square
// pixels, of which a tile has 512 a side.
func areaZoom(s geo.Shape, pixels float64) int {
	area := crs.Area(s)
	if area <= 0 {
		return MaxZoom
	}
	_, lat := crs.ToDegrees(s.Box().Centre())
	const equator = 40075016.686 // metres
	pixel := equator * math.Cos(lat*math.Pi/180) / 512
	return min(max(int(math.Ceil(math.Log2(pixel*math.Sqrt(pixels/area)))), 0), MaxZoom)
}
