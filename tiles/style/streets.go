package style

// road is how one class of street is drawn.
type road struct {
	id         string
	classes    []string
	from       float64
	fill, edge string
	widths     []stop
}

// roads lists the classes from the least to the greatest, the order of drawing.
func roads(f *flavour) []road {
	return []road{
		{"lane", []string{"lane"}, f.laneFrom, f.lane, f.laneEdge, []stop{{14.5, .6}, {16, 2.4}, {18, 7}}},
		{"local", []string{"local"}, f.localFrom, f.local, f.localEdge, []stop{{13, .6}, {14, 1.8}, {15, 3.2}, {16, 5.5}, {17, 9}, {18, 13}}},
		{"collector", []string{"collector"}, 11, f.collector, f.collectorEdge, []stop{{11, .6}, {13, 2}, {15, 6}, {17, 13}, {18, 18}}},
		{"main", []string{"main"}, 10, f.main, f.mainEdge, []stop{{10, .8}, {12, 2.5}, {14, 5}, {16, 11}, {18, 24}}},
		{"trunk", []string{"trunk", "expressway"}, 8, f.trunk, f.trunkEdge, []stop{{9, 1}, {11, 2.5}, {13, 4.5}, {15, 9}, {17, 17}, {18, 26}}},
	}
}

// streets are drawn in three decks: tunnels, the ground, bridges. In each, all
// casings lie below all fills, so that junctions are open.
func streets(f *flavour) []layer {
	tunnel, bridge := list{"==", get("tunnel"), true}, list{"==", get("bridge"), true}
	var out []layer
	out = append(out, deck(f, "tunnel", 13, tunnel)...)
	out = append(out, walls(f)...)
	out = append(out, paths(f)...)
	out = append(out, deck(f, "ground", 0, list{"all", not(tunnel), list{"any", not(bridge), list{"<", list{"zoom"}, 13}}})...)
	out = append(out, railway(f)...)
	return append(out, deck(f, "bridge", 13, bridge)...)
}

func deck(f *flavour, name string, from float64, filter list) []layer {
	prefix := "street-"
	if name != "ground" {
		prefix += name + "-"
	}
	var casings, fills []layer
	for _, r := range roads(f) {
		base := layer{
			Type: "line", Source: "map", SourceLayer: "streets", MinZoom: max(r.from, from),
			Filter: all(is("class", r.classes...), filter), Metadata: group("streets"),
		}
		cap := "round"
		if name == "bridge" {
			cap = "butt" // a round end would lie on the street that meets the bridge
		}
		casing, fill := base, base
		casing.ID, fill.ID = prefix+r.id+"-casing", prefix+r.id
		casing.Layout = map[string]any{"line-join": "round", "line-cap": "butt"}
		casing.Paint = map[string]any{"line-color": r.edge, "line-width": widened(r.widths)}
		fill.Layout = map[string]any{"line-join": "round", "line-cap": cap}
		fill.Paint = map[string]any{"line-color": r.fill, "line-width": byZoom(r.widths...)}
		if name == "tunnel" {
			casing.Paint["line-dasharray"] = []float64{2, 1.5}
			fill.Paint["line-opacity"] = 0.55
		}
		casings, fills = append(casings, casing), append(fills, fill)
	}
	return append(casings, fills...)
}

// walls are drawn where people can see that they cannot pass; the gates in them
// are gaps of the line and dots in the gaps.
func walls(f *flavour) []layer {
	return []layer{{
		ID: "wall", Type: "line", Source: "map", SourceLayer: "barriers", MinZoom: 15.5, Metadata: group("compounds"),
		Filter: is("kind", "wall", "fence", "hedge"),
		Layout: map[string]any{"line-join": "round"},
		Paint:  map[string]any{"line-color": f.wall, "line-width": byZoom(stop{15.5, .8 * f.wallWidth}, stop{18, 1.6 * f.wallWidth})},
	}}
}

func paths(f *flavour) []layer {
	path := layer{
		ID: "street-path", Type: "line", Source: "map", SourceLayer: "streets", MinZoom: f.pathFrom, Metadata: group("streets"),
		Filter: all(is("class", "path"), not(list{"==", get("steps"), true})),
		Paint: map[string]any{
			"line-color": f.path, "line-dasharray": []float64{2, 1.5},
			"line-width": byZoom(stop{15, .8}, stop{16, 1.2}, stop{18, 2.2}),
		},
	}
	steps := path
	steps.ID, steps.MinZoom = "street-steps", 16
	steps.Filter = all(is("class", "path"), list{"==", get("steps"), true})
	steps.Paint = map[string]any{
		"line-color": f.path, "line-dasharray": []float64{.4, .4},
		"line-width": byZoom(stop{16, 2.4}, stop{18, 4.4}), // short strokes across the way
	}
	return []layer{path, steps}
}

func railway(f *flavour) []layer {
	line := layer{
		ID: "rail", Type: "line", Source: "map", SourceLayer: "barriers", MinZoom: 11, Filter: is("kind", "rail"), Metadata: group("streets"),
		Paint: map[string]any{"line-color": f.rail, "line-width": byZoom(stop{11, .8}, stop{13, 1.2}, stop{14, 2.4}, stop{18, 4.2})},
	}
	dash := line
	dash.ID, dash.MinZoom = "rail-dash", 14
	dash.Paint = map[string]any{
		"line-color": f.railDash, "line-dasharray": []float64{4, 4},
		"line-width": byZoom(stop{14, 1.2}, stop{18, 2.4}),
	}
	return []layer{line, dash}
}
