package style

// measuring is what somebody measures, above everything else: the source measure
// holds an area, a line, its points with their labels, and the line to where the
// mouse is, each with its part (area, line, point, next).
func measuring(f *flavour) []layer {
	next := stroke("measure-next", "measure", "next", f.text, 2)
	next.Paint["line-dasharray"] = []float64{1, 2}
	return []layer{
		{
			ID: "measure-area", Type: "fill", Source: "measure", Filter: is("part", "area"),
			Paint: map[string]any{"fill-color": f.text, "fill-opacity": 0.12},
		},
		stroke("measure-rim", "measure", "line", f.halo, 6),
		stroke("measure-line", "measure", "line", f.text, 3),
		next,
		{
			ID: "measure-point", Type: "circle", Source: "measure", Filter: is("part", "point"),
			Paint: map[string]any{"circle-radius": 5, "circle-color": f.halo, "circle-stroke-color": f.text, "circle-stroke-width": 2.5},
		},
		{
			ID: "measure-label", Type: "symbol", Source: "measure", Filter: is("part", "point"),
			Layout: map[string]any{
				"text-field": get("label"), "text-font": bold, "text-size": 14, "text-allow-overlap": true, "text-ignore-placement": true,
				"text-anchor": "left", "text-offset": []float64{0.8, 0}, "text-padding": 0,
			},
			Paint: map[string]any{"text-color": f.text, "text-halo-color": f.halo, "text-halo-width": 2.5},
		},
	}
}
