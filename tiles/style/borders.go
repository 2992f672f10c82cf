package style

// borders are drawn by both neighbours, so dashes of one would fill the gaps of
// the other: the rank shows in width and strength.
func borders(f *flavour) []layer {
	line := func(id, kind string, zoom float64, width any, opacity float64) layer {
		return layer{
			ID: id, Type: "line", Source: "map", SourceLayer: "places", MinZoom: zoom, Metadata: group("borders"),
			Filter: all(is("kind", kind), polygons()),
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": f.border, "line-width": width, "line-opacity": opacity},
		}
	}
	var out []layer
	if f.gridUnder != "" {
		out = append(out, gridLine(f, "grid-under", f.gridUnder, 3, .8))
	}
	out = append(out, gridLine(f, "grid", f.grid, 0, 1))
	out = append(out, line("border-community", "community", 13, byZoom(f.communityWidths...), .3))
	if f.onlyCommunities {
		return out
	}
	return append(out,
		line("border-street", "street", 11, byZoom(stop{11, 1}, stop{14, 1.4}), .35),
		line("border-zone", "zone", 9, byZoom(stop{9, 1.2}, stop{14, 1.8}), .35),
		line("border-district", "district", 8, byZoom(stop{8, 1.2}, stop{14, 2.5}), .4),
	)
}

// gridLine draws the borders of grids, so many pixels wider than the grid itself.
func gridLine(f *flavour, id, colour string, wider, opacity float64) layer {
	widths := make([]stop, len(f.gridWidths))
	for i, s := range f.gridWidths {
		widths[i] = stop{s.zoom, s.px + wider}
	}
	return layer{
		ID: id, Type: "line", Source: "map", SourceLayer: "grids", MinZoom: 13, Metadata: group("grids"),
		Layout: map[string]any{"line-join": "round", "visibility": visible(f.gridsOn)},
		Paint:  map[string]any{"line-color": colour, "line-width": byZoom(widths...), "line-opacity": opacity},
	}
}
