package style

func borders(f *flavour) []layer {
	line := func(id, kind string, zoom float64, dash []float64, width any) layer {
		return layer{
			ID: id, Type: "line", Source: "map", SourceLayer: "places", MinZoom: zoom, Metadata: group("borders"),
			Filter: all(is("kind", kind), polygons()),
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": f.border, "line-width": width, "line-dasharray": dash, "line-opacity": 0.8},
		}
	}
	var out []layer
	if f.gridUnder != "" {
		out = append(out, gridLine(f, "grid-under", f.gridUnder, f.gridWidth+3, .8))
	}
	out = append(out, gridLine(f, "grid", f.grid, f.gridWidth, 1))
	out = append(out, line("border-community", "community", 13, []float64{2, 2}, f.communityWidth))
	if f.onlyCommunities {
		return out
	}
	return append(out,
		line("border-street", "street", 11, []float64{4, 2}, 1.2),
		line("border-zone", "zone", 9, []float64{1, 2}, 1.2),
		line("border-district", "district", 8, []float64{6, 2, 1, 2}, byZoom(stop{8, 1.2}, stop{14, 2})),
	)
}

func gridLine(f *flavour, id, colour string, width, opacity float64) layer {
	return layer{
		ID: id, Type: "line", Source: "map", SourceLayer: "grids", MinZoom: 13, Metadata: group("grids"),
		Layout: map[string]any{"line-join": "round", "visibility": visible(f.gridsOn)},
		Paint:  map[string]any{"line-color": colour, "line-width": width, "line-opacity": opacity},
	}
}
