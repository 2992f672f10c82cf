package tiles

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// Advertised is the zoom after which clients enlarge tiles instead of asking for
// deeper ones: there a unit is about 12 cm. Deeper tiles are served all the same.
const Advertised = 16

// TileJSON describes a tile set in the form of TileJSON 3.0.0.
type TileJSON struct {
	Version      string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       *[4]float64   `json:"bounds,omitempty"` // west, south, east, north; none: nothing to show
	Center       *[3]float64   `json:"center,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer describes one layer of the tiles; Fields has the titles of its
// attributes.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// MinZoom returns the zoom at which the first layer of the set begins. Tiles of
// lower zooms are empty.
func (s *Set) MinZoom() int {
	lowest := MaxZoom
	for _, r := range s.rules {
		lowest = min(lowest, r.begins())
	}
	return lowest
}

// Describe returns the TileJSON of a set over a snapshot. The address of its
// tiles is a URL with {z}, {x} and {y} in it.
func (s *Set) Describe(snap *snapshot.Snapshot, address string) TileJSON {
	doc := TileJSON{
		Version: "3.0.0", Name: s.Name, Scheme: "xyz",
		Tiles: []string{address}, MinZoom: s.MinZoom(), MaxZoom: Advertised,
		VectorLayers: []VectorLayer{},
	}
	box := geo.NoBox
	for _, r := range s.rules {
		schema := geo.MustSchema(r.layer)
		box = box.Union(snap.Layer(r.layer).PublicBox())
		layer := VectorLayer{
			ID: string(r.layer), Description: schema.Zh + " " + schema.En,
			MinZoom: r.begins(), MaxZoom: Advertised, Fields: map[string]string{},
		}
		for _, field := range r.fields {
			title := field.Zh + " " + field.En
			if field.Unit != "" {
				title += " (" + field.Unit + ")"
			}
			layer.Fields[field.Name] = title
		}
		doc.VectorLayers = append(doc.VectorLayers, layer)
		if r.label > 0 {
			layer.ID += labelSuffix
			layer.Description = schema.Zh + "（注记） " + schema.En + ", label points"
			layer.MinZoom = max(layer.MinZoom, r.label-r.earlier)
			doc.VectorLayers = append(doc.VectorLayers, layer)
		}
	}
	if !box.Empty() {
		west, south := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		east, north := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		lon, lat := crs.ToDegrees(box.Centre())
		doc.Bounds = &[4]float64{west, south, east, north}
		doc.Center = &[3]float64{lon, lat, 12}
	}
	return doc
}
