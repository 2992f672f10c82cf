package style

import "gridatlas/geo"

// iconSize is a factor on an image of 36 px: 20 px at zoom 15, 26 px from 16.5.
var iconSize = list{"interpolate", list{"linear"}, list{"zoom"}, 14.5, 18. / 36, 15, 20. / 36, 16.5, 26. / 36}

// icon is one set of icons with the names that come with larger zooms.
type icon struct {
	layer    string
	from     float64 // icons
	dots     float64 // where dots begin, which the icons follow; 0: none
	names    float64
	glyph    string // the field that chooses the picture
	plain    string // the picture of a value that has none of its own
	colour   string // of names and dots
	size     any    // of names
	group    string
	required bool // icons always stand, whatever they cover
}

func serviceIcons(f *flavour) []icon {
	parking := icon{layer: "parking", from: 16.5, names: 18, glyph: "kind", plain: "parking-ordinary", colour: f.textPlace, size: 12, group: "parking"}
	booths := icon{layer: "booths", dots: 13, from: 14, names: 16, glyph: "trades", plain: "booths", colour: f.textBooth, size: 13, required: true, group: "booths"}
	shelters := icon{layer: "shelters", dots: 13, from: 14, names: 16, glyph: "state", plain: "shelters-ready", colour: f.textShelter, size: 13, required: true, group: "shelters"}
	return []icon{parking, booths, shelters}
}

func facilityIcons(f *flavour) []layer {
	return icons(f, icon{layer: "facilities", from: 15.5, names: 16, glyph: "kind", plain: "facilities-other", colour: f.textPlace, size: byZoom(stop{16, 12}, stop{18, 13.5}), group: "facilities"})
}

// from is a source layer that a set of icons is drawn from, and what of it.
type from struct {
	layer  string
	filter any
}

// sources are the points of the layer itself and, where it has polygons, their label
// points.
func (set *icon) sources() []from {
	out := []from{{set.layer, points()}}
	if geo.MustSchema(geo.Layer(set.layer)).Allows(geo.Polygons) {
		out = append(out, from{set.layer + "_label", nil})
	}
	return out
}

// dots stand for icons from afar, under all names.
func dots(f *flavour) []layer {
	var out []layer
	for _, set := range serviceIcons(f) {
		if set.dots == 0 {
			continue
		}
		for _, source := range set.sources() {
			out = append(out, layer{
				ID: "dot-" + source.layer, Type: "circle", Source: "map", SourceLayer: source.layer, MinZoom: set.dots, MaxZoom: set.from,
				Filter: source.filter, Metadata: group(set.group),
				Paint: map[string]any{"circle-radius": 3, "circle-color": set.colour, "circle-stroke-width": 1.25, "circle-stroke-color": f.halo},
			})
		}
	}
	return out
}

func icons(f *flavour, set icon) []layer {
	var out []layer
	for _, source := range set.sources() {
		out = append(out, layer{
			ID: "icon-" + source.layer, Type: "symbol", Source: "map", SourceLayer: source.layer, MinZoom: set.from,
			Filter: source.filter, Metadata: group(set.group),
			Layout: map[string]any{
				"icon-image": set.picture(),
				"icon-size":  iconSize, "icon-padding": 2,
				"icon-allow-overlap": set.required,
				"text-field":         list{"step", list{"zoom"}, "", set.names, get("name")},
				"text-font":          regular, "text-size": set.size, "text-max-width": 7.5, "text-optional": true,
				"text-variable-anchor": []string{"left", "top", "right", "bottom"}, // the side of the text that lies at the icon
				"text-radial-offset":   1.3, "text-justify": "auto",
			},
			Paint: halo(f, set.colour),
		})
	}
	return out
}

// picture chooses the picture by the value. A booth of several trades has the
// plain one; one that is no longer in use is hollow whatever its trade.
func (set *icon) picture() any {
	var own []string
	for _, value := range values(set.layer) {
		if set.layer != string(geo.Booths) || value != retired {
			own = append(own, value)
		}
	}
	picture := list{"match", get(set.glyph), own, list{"concat", set.layer + "-", get(set.glyph)}, set.plain}
	if set.layer == string(geo.Booths) {
		return list{"case", is("status", retired), set.layer + "-" + retired, picture}
	}
	return picture
}

const retired = "retired"

func gates(f *flavour) []layer {
	if f.gatesFrom != 0 {
		return []layer{{
			ID: "gate", Type: "symbol", Source: "map", SourceLayer: "gates", MinZoom: f.gatesFrom, Metadata: group("compounds"),
			Filter: is("kind", "gate", "exit"),
			Layout: map[string]any{"icon-image": "gates-gate", "icon-size": 16. / 36},
		}}
	}
	return []layer{{
		ID: "gate", Type: "circle", Source: "map", SourceLayer: "gates", MinZoom: 16.5, Metadata: group("compounds"),
		Filter: is("kind", "gate", "exit", "barrier"),
		Paint: map[string]any{
			"circle-radius": byZoom(stop{16.5, 2}, stop{18, 3.5}), "circle-color": f.halo,
			"circle-stroke-width": 1.25, "circle-stroke-color": f.textBuilding,
		},
	}}
}
