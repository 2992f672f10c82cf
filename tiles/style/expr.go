package style

// Short forms of style expressions; see the MapLibre style specification.

type list = []any

// stop is a size in pixels at a zoom.
type stop struct{ zoom, px float64 }

// growth is the base between stops: near enough to doubling for streets to keep
// their weight against the ground, slow enough that they do not swallow it.
const growth = 1.4

func byZoom(stops ...stop) list {
	expr := list{"interpolate", list{"exponential", growth}, list{"zoom"}}
	for _, s := range stops {
		expr = append(expr, s.zoom, s.px)
	}
	return expr
}

// widened is the casing of a line: 1.5 px more than its fill under zoom 14, 2 px
// more from there.
func widened(stops []stop) list {
	wide := make([]stop, len(stops))
	for i, s := range stops {
		wide[i] = stop{s.zoom, s.px + 2}
		if s.zoom < 14 {
			wide[i].px = s.px + 1.5
		}
	}
	return byZoom(wide...)
}

func get(field string) list { return list{"get", field} }

func is(field string, values ...string) list {
	if len(values) == 1 {
		return list{"==", get(field), values[0]}
	}
	return list{"in", get(field), list{"literal", values}}
}

func all(conditions ...any) list { return append(list{"all"}, conditions...) }

func not(condition any) list { return list{"!", condition} }

func points() list { return list{"==", list{"geometry-type"}, "Point"} }

func lines() list {
	return list{"in", list{"geometry-type"}, list{"literal", []string{"LineString", "MultiLineString"}}}
}

func polygons() list {
	return list{"in", list{"geometry-type"}, list{"literal", []string{"Polygon", "MultiPolygon"}}}
}

// group marks layers that a layer switch turns on and off together.
func group(name string) map[string]any { return map[string]any{"gridatlas:group": name} }

func visible(on bool) string {
	if on {
		return "visible"
	}
	return "none"
}
