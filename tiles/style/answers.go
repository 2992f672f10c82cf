package style

// answers are drawn from what a page asked for: outlines of a circle, a route,
// closures, the selected feature. A circle's areas carry band (outer, middle,
// inner), its points, one on each outline, label (the minutes in words) and minutes;
// the listed results carry image, minutes, label (the name, where it is to be
// written) and ringed (whether the page's ring lies around them); a route's lines carry part (way, access); the selection carries part
// (area, line); the worklist's areas are drawn as they are, and its points, one for
// each item, carry mark (point).
func answers(f *flavour) []layer {
	outline := func(band string, width float64, dash []float64) layer {
		l := layer{
			ID: "circle-line-" + band, Type: "line", Source: "circle", Filter: all(polygons(), is("band", band)),
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": f.bandLine, "line-width": width},
		}
		if dash != nil {
			l.Paint["line-dasharray"] = dash
		}
		return l
	}
	access := stroke("route-access", "route", "access", f.route, 3)
	access.Paint["line-dasharray"] = []float64{0, 2}
	closed := layer{
		ID: "closure", Type: "fill", Source: "map", SourceLayer: "closures", MinZoom: 10, Filter: polygons(),
		Paint: map[string]any{"fill-pattern": f.closureHatch},
	}
	closedEdge := layer{
		ID: "closure-line", Type: "line", Source: "map", SourceLayer: "closures", MinZoom: 10, Filter: polygons(),
		Paint: map[string]any{"line-color": f.closure, "line-width": 2.5},
	}
	// A street that is shut is barred: red bars on the ground of a label.
	closedRim := layer{
		ID: "closure-street-rim", Type: "line", Source: "map", SourceLayer: "closures", MinZoom: 10, Filter: lines(),
		Paint: map[string]any{"line-color": f.halo, "line-width": byZoom(stop{10, 3}, stop{13, 6}, stop{16, 9})},
	}
	closedStreet := layer{
		ID: "closure-street", Type: "line", Source: "map", SourceLayer: "closures", MinZoom: 10, Filter: lines(),
		Paint: map[string]any{
			"line-color": f.closure, "line-width": byZoom(stop{10, 2}, stop{13, 4}, stop{16, 6}),
			"line-dasharray": []float64{1.2, .5},
		},
	}
	return []layer{
		{
			ID: "worklist-area", Type: "fill", Source: "worklist", Filter: polygons(),
			Paint: map[string]any{"fill-color": f.closure, "fill-opacity": 0.35},
		},
		{ // slivers have hardly an area: their rim is what is seen
			ID: "worklist-line", Type: "line", Source: "worklist", Filter: polygons(),
			Paint: map[string]any{"line-color": f.closure, "line-width": 2},
		},
		{
			ID: "worklist-point", Type: "circle", Source: "worklist", Filter: is("mark", "point"),
			Paint: map[string]any{"circle-color": f.closure, "circle-radius": 6, "circle-stroke-color": f.selectionRim, "circle-stroke-width": 2},
		},
		outline("inner", 1.5, []float64{1.33, 2}),
		outline("middle", 1.5, []float64{4.67, 2.67}),
		outline("outer", 2.5, nil),
		closed, closedEdge, closedRim, closedStreet,
		{ // on each street that is shut
			ID: "closure-icon", Type: "symbol", Source: "map", SourceLayer: "closures", MinZoom: 13, Filter: lines(),
			Layout: map[string]any{
				"symbol-placement": "line-center", "icon-image": "closures", "icon-size": iconSize,
				"icon-rotation-alignment": "viewport", "icon-allow-overlap": true,
			},
		},
		{
			ID: "selection-area", Type: "fill", Source: "selection", Filter: is("part", "area"),
			Paint: map[string]any{"fill-color": f.selection, "fill-opacity": 0.12},
		},
		stroke("selection-area-rim", "selection", "area", f.selectionRim, 8),
		stroke("selection-area-line", "selection", "area", f.selection, 4),
		stroke("selection-line-rim", "selection", "line", f.selectionRim, 8),
		stroke("selection-line", "selection", "line", f.selection, 4),
		stroke("route-under", "route", "way", f.routeUnder, 8),
		stroke("route", "route", "way", f.route, 5),
		access,
	}
}

// stroke draws the lines of a source that carry a part.
func stroke(id, source, part, colour string, width float64) layer {
	return layer{
		ID: id, Type: "line", Source: source, Filter: is("part", part),
		Layout: map[string]any{"line-join": "round", "line-cap": "round"},
		Paint:  map[string]any{"line-color": colour, "line-width": width},
	}
}
