package style

import "slices"

// ground is everything under the bands: land, compounds, tints, water, buildings.
func ground(f *flavour) []layer {
	fill := func(id, kind string, zoom float64, colour string) layer {
		return layer{
			ID: id, Type: "fill", Source: "map", SourceLayer: "land", MinZoom: zoom,
			Filter: is("kind", kind), Paint: map[string]any{"fill-color": colour},
		}
	}
	parts := [][]layer{
		{
			{ID: "background", Type: "background", Paint: map[string]any{"background-color": f.land}},
			fill("land-built-up", "built_up", 10, f.builtUp),
			fill("land-industrial", "industrial", 11, f.builtUp),
			fill("land-school", "school", 13, f.square),
			fill("land-green", "green", 9, f.green),
			fill("land-square", "square", 13, f.square),
			{
				ID: "compound", Type: "fill", Source: "map", SourceLayer: "compounds", MinZoom: 14, Metadata: group("compounds"),
				Paint: map[string]any{"fill-color": f.compound, "fill-outline-color": f.wall, "fill-opacity": byZoom(stop{14, 0}, stop{14.6, 1})},
			},
		},
		gridTints(f),
		coveredAreas(f),
		// Water is a landmark: it is seen through every tint.
		{
			fill("land-water", "water", 8, f.water),
			waterway(f, "river", 9, stop{9, .8}, stop{12, 2}, stop{14, 4}, stop{16, 9}, stop{18, 24}),
			waterway(f, "stream", 13, stop{13, 1}, stop{16, 3}, stop{18, 7}),
			coveredWaterEdge(f),
		},
		{
			{
				ID: "building", Type: "fill", Source: "map", SourceLayer: "buildings", MinZoom: 14, Metadata: group("buildings"),
				Paint: map[string]any{"fill-color": f.building, "fill-antialias": true, "fill-opacity": byZoom(stop{14, 0}, stop{15, 1})},
			},
			{
				ID: "building-edge", Type: "line", Source: "map", SourceLayer: "buildings", MinZoom: 15.5, Metadata: group("buildings"),
				Paint: map[string]any{"line-color": f.buildingEdge, "line-width": 0.7},
			},
			// Drawn in no colour: what a click on open ground falls back to.
			hit("hit-community", "places", 11, is("kind", "community")),
			hit("hit-grid", "grids", 13, nil),
		},
		coveredBuildings(f),
	}
	return slices.Concat(parts...)
}

// gridTints tell a grid from its neighbours. A page says which of the tints each
// grid has, as the state tint of its feature; without, it has none.
func gridTints(f *flavour) []layer {
	if f.tints == nil {
		return nil
	}
	return []layer{{
		ID: "grid-tint", Type: "fill", Source: "map", SourceLayer: "grids", MinZoom: 13, Metadata: group("grids"), Filter: polygons(),
		Paint: map[string]any{"fill-color": byState("tint", indices(f.tints), f.tints), "fill-opacity": byZoom(stop{13, f.tintOpacity * 3 / 5}, stop{15, f.tintOpacity}, stop{17, f.tintOpacity * 2 / 3}), "fill-antialias": false},
	}}
}

// waterway draws the middle of running water; where the water is an area as well,
// it lies in it unseen.
func waterway(f *flavour, kind string, from float64, widths ...stop) layer {
	return layer{
		ID: kind, Type: "line", Source: "map", SourceLayer: "barriers", MinZoom: from, Filter: is("kind", kind),
		Layout: map[string]any{"line-join": "round", "line-cap": "round"},
		Paint:  map[string]any{"line-color": f.water, "line-width": byZoom(widths...)},
	}
}

func hit(id, source string, zoom float64, filter any) layer {
	return layer{
		ID: id, Type: "fill", Source: "map", SourceLayer: source, MinZoom: zoom, Filter: filter,
		Paint: map[string]any{"fill-color": "#000000", "fill-opacity": 0},
	}
}

// bands are the nested areas of a circle, one purple laid over itself, so that
// nearer is deeper; under the streets, so that streets stay white. From near, where
// a screen shows hardly more than one of them, they give way to the ground.
func bands(f *flavour) []layer {
	if f.band == "" {
		return nil
	}
	return []layer{{
		ID: "circle-band", Type: "fill", Source: "circle", Filter: polygons(),
		Paint: map[string]any{
			"fill-color": f.band, "fill-antialias": false,
			"fill-opacity": byZoom(stop{15, .14}, stop{16, .09}, stop{17, .05}),
		},
	}}
}
