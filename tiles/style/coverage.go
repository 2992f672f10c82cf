package style

// The coverage is drawn from what a page says of features of the tiles, by
// feature-state, and from the source coverage. An area of the tiles carries share,
// the percentage of its households that reach a place in time; a building carries
// class, an index into coverageClasses. What carries nothing is not tinted. The
// points of the source are the buildings that are outside, its polygons the area
// that was chosen. All of these layers are off until the page turns their group on.

// coverageClasses names the classes of buildings: those that reach a place in time,
// from near to far, then those that do not, up to twice the time and beyond.
var coverageClasses = []string{"near", "middle", "far", "farther", "outside", "remote"}

// coverageBreaks are the percentages at which the classes of areas begin.
var coverageBreaks = []float64{0, 60, 75, 90, 97}

// detailZoom is where the tint of areas gives way to the buildings themselves.
const detailZoom = 14

const transparent = "rgba(0,0,0,0)"

// byState steps through colours by a number that the page gave a feature.
func byState(name string, breaks []float64, colours []string) list {
	expr := list{"step", list{"number", list{"feature-state", name}, -1}, transparent}
	for i, colour := range colours {
		expr = append(expr, breaks[i], colour)
	}
	return expr
}

// indices are the breaks of a state that is an index into a list.
func indices(list []string) []float64 {
	out := make([]float64, len(list))
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

// covered marks layers that show the coverage, off at first. A legend takes its
// colours from the metadata.
func covered(l layer, legend map[string]any) layer {
	l.Metadata = group("coverage")
	for name, value := range legend {
		l.Metadata[name] = value
	}
	if l.Layout == nil {
		l.Layout = map[string]any{}
	}
	l.Layout["visibility"] = visible(false)
	return l
}

// coveredAreas are tinted from afar, by the share of their households.
func coveredAreas(f *flavour) []layer {
	area := layer{
		ID: "coverage-area", Type: "fill", Source: "map", SourceLayer: "places", MaxZoom: detailZoom, Filter: polygons(),
		Paint: map[string]any{"fill-color": byState("share", coverageBreaks, f.shares), "fill-opacity": 0.85, "fill-antialias": false},
	}
	edge := layer{
		ID: "coverage-area-edge", Type: "line", Source: "map", SourceLayer: "places", MaxZoom: detailZoom, Filter: polygons(),
		Layout: map[string]any{"line-join": "round"},
		Paint:  map[string]any{"line-color": byState("share", []float64{0}, []string{f.land}), "line-width": 1},
	}
	return []layer{
		covered(area, map[string]any{"gridatlas:colours": f.shares, "gridatlas:breaks": coverageBreaks}),
		covered(edge, nil),
	}
}

// coveredWaterEdge tells water from areas whose tint is as blue.
func coveredWaterEdge(f *flavour) layer {
	return covered(layer{
		ID: "coverage-water-edge", Type: "line", Source: "map", SourceLayer: "land", MinZoom: 8, MaxZoom: detailZoom, Filter: is("kind", "water"),
		Paint: map[string]any{"line-color": f.textWater, "line-width": byZoom(stop{9, .5}, stop{12, 1.2})},
	}, nil)
}

// coveredBuildings are coloured from near, by their class.
func coveredBuildings(f *flavour) []layer {
	building := layer{
		ID: "coverage-building", Type: "fill", Source: "map", SourceLayer: "buildings", MinZoom: detailZoom,
		Paint: map[string]any{"fill-color": byState("class", indices(coverageClasses), f.classes), "fill-antialias": true},
	}
	return []layer{covered(building, map[string]any{"gridatlas:colours": f.classes, "gridatlas:classes": coverageClasses})}
}

// coverageMarks lie above the streets: a dot on each building that is outside, and
// the rim of the chosen area.
func coverageMarks(f *flavour) []layer {
	rim := func(id, colour string, width float64) layer {
		return covered(layer{
			ID: id, Type: "line", Source: "coverage", Filter: polygons(),
			Layout: map[string]any{"line-join": "round"},
			Paint:  map[string]any{"line-color": colour, "line-width": width},
		}, nil)
	}
	return []layer{
		rim("coverage-chosen-rim", f.selectionRim, 8),
		rim("coverage-chosen", f.selection, 4),
		covered(layer{
			ID: "coverage-outside", Type: "circle", Source: "coverage", MinZoom: detailZoom, Filter: points(),
			Paint: map[string]any{
				"circle-color": f.outside, "circle-radius": byZoom(stop{14, 2}, stop{16, 4.5}, stop{18, 6}),
				"circle-stroke-color": f.outsideRim, "circle-stroke-width": byZoom(stop{14, .7}, stop{16, 1.5}),
			},
		}, map[string]any{"gridatlas:colours": []string{f.outside, f.outsideRim}}),
	}
}
