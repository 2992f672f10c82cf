package style

// Fonts of the device, regular and bold: the weight is read from the first name.
var (
	regular = []string{"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"}
	bold    = []string{"Noto Sans CJK SC Bold", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC"}
)

const haloWidth = 1.5

// labels are listed from the last to be placed to the first: what is drawn on
// top is placed first and never dropped for what lies below it.
func labels(f *flavour) []layer {
	out := dots(f)
	out = append(out,
		text(f, label{id: "label-building", source: "buildings_label", from: f.numbersFrom, field: buildingNumber(), size: 12, colour: f.textBuilding, group: "buildings"}),
		along(f, label{id: "label-local", source: "streets", from: 15.5, filter: is("class", "local", "lane"), size: 12, colour: f.textLocal, group: "streets"}),
		text(f, label{id: "label-compound", source: "compounds_label", from: 15, size: byZoom(stop{15, 12}, stop{17, 13.5}), colour: f.textPlace, group: "compounds"}),
	)
	out = append(out, gates(f)...)
	out = append(out, facilityIcons(f)...)
	out = append(out,
		text(f, label{id: "label-green", source: "land_label", from: 14, filter: is("kind", "green", "square"), size: byZoom(stop{14, 12}, stop{16, 14}), colour: f.textGreen}),
		text(f, label{id: "label-water", source: "land_label", from: 12, filter: is("kind", "water"), size: byZoom(stop{12, 12}, stop{16, 14}), colour: f.textWater}),
		along(f, label{id: "label-stream", source: "barriers", from: 15, filter: is("kind", "stream"), size: 12, colour: f.textWater}),
		riverName(f),
		gridLabel(f),
		text(f, label{id: "label-community", source: "places_label", from: 13, to: 17, filter: is("kind", "community"), size: byZoom(stop{13, 12}, stop{15, 15}, stop{17, 16}), font: bold, colour: f.text, group: "borders"}),
		along(f, label{id: "label-collector", source: "streets", from: 14, filter: is("class", "collector"), size: byZoom(stop{14, 12}, stop{16, 13}), colour: f.textStreet, group: "streets"}),
		along(f, label{id: "label-main", source: "streets", from: 12.5, filter: is("class", "expressway", "trunk", "main"), size: byZoom(stop{12, 12}, stop{16, 14}), colour: f.textStreet, group: "streets"}),
		text(f, label{id: "label-street-office", source: "places_label", from: 11, to: 14, filter: is("kind", "street"), size: byZoom(stop{11, 13}, stop{14, 15}), colour: f.textSoft, group: "borders"}),
		text(f, label{id: "label-district", source: "places_label", from: 8, to: 12.5, filter: is("kind", "district", "zone"), size: byZoom(stop{9, 14}, stop{12, 18}), font: bold, colour: f.text, group: "borders"}),
	)
	for _, set := range serviceIcons(f) {
		out = append(out, icons(f, set)...)
	}
	return append(append(out, circleLabels(f)), results(f)...)
}

// results are the places of the list: always drawn; their names come first of all
// names, and leave every icon of them free.
func results(f *flavour) []layer {
	names := layer{
		ID: "result-name", Type: "symbol", Source: "results", MinZoom: 14.5,
		Layout: map[string]any{
			"symbol-sort-key": get("minutes"),
			"text-field":      get("label"),
			"text-font":       bold, "text-size": 14, "text-max-width": 7.5,
			"text-variable-anchor": []string{"left", "top", "right", "bottom"},
			"text-radial-offset":   list{"case", list{"==", get("ringed"), true}, 2.4, 1.3}, "text-justify": "auto",
			"text-padding": list{"step", list{"zoom"}, 10, 15.5, 2},
		},
		Paint: halo(f, f.text),
	}
	icons := layer{
		ID: "result", Type: "symbol", Source: "results", MinZoom: 12,
		Layout: map[string]any{
			"icon-image": get("image"), "icon-size": list{"interpolate", list{"linear"}, list{"zoom"}, 12, 14. / 36, 15, 22. / 36, 16.5, 28. / 36},
			"icon-allow-overlap": true, "icon-padding": 0,
			"symbol-sort-key": get("minutes"),
		},
	}
	return []layer{names, icons}
}

// gridLabel is the name of a grid; where its borders are drawn without asking, its
// number in the community above its households.
func gridLabel(f *flavour) layer {
	if !f.gridsOn {
		return text(f, label{id: "label-grid", source: "grids_label", from: 15, size: 12, colour: f.textSoft, group: "grids", hidden: true})
	}
	code := list{"coalesce", get("code"), ""}
	number := list{"case", list{"==", list{"length", code}, gridDigits}, list{"slice", code, communityDigits}, get("name")}
	households := list{"case", list{"has", "households"}, list{"concat", "\n", get("households"), "户"}, ""}
	return text(f, label{
		id: "label-grid", source: "grids_label", from: 14, group: "grids", colour: f.text, font: bold,
		size:  byZoom(stop{14, 12}, stop{16, 15}),
		field: list{"step", list{"zoom"}, number, 15, list{"format", number, map[string]any{}, households, map[string]any{"text-font": list{"literal", regular}, "font-scale": 0.9}}},
	})
}

// A grid's code is that of its community with three digits more.
const communityDigits, gridDigits = 12, 15

type label struct {
	id, source string
	from, to   float64
	filter     any
	field      any // default: the name
	size       any
	font       []string
	colour     string
	group      string
	hidden     bool
}

func text(f *flavour, l label) layer {
	if l.field == nil {
		l.field = get("name")
	}
	if l.font == nil {
		l.font = regular
	}
	out := layer{
		ID: l.id, Type: "symbol", Source: "map", SourceLayer: l.source, MinZoom: l.from, MaxZoom: l.to, Filter: l.filter,
		Layout: map[string]any{
			"text-field": l.field, "text-font": l.font, "text-size": l.size,
			"text-max-width": 7.5, // seven characters, then the line breaks
			"text-padding":   list{"step", list{"zoom"}, 10, 13, 26, 14, 6},
		},
		Paint: halo(f, l.colour),
	}
	if l.group != "" {
		out.Metadata = group(l.group)
	}
	if l.hidden {
		out.Layout["visibility"] = "none"
	}
	return out
}

// along writes the names of lines along them.
func along(f *flavour, l label) layer {
	out := layer{
		ID: l.id, Type: "symbol", Source: "map", SourceLayer: l.source, MinZoom: l.from, Filter: l.filter,
		Layout: map[string]any{
			"symbol-placement": "line", "symbol-spacing": list{"step", list{"zoom"}, 1000, 14, 350},
			"text-field": get("name"), "text-font": regular, "text-size": l.size,
			"text-max-angle": 30, "text-padding": list{"step", list{"zoom"}, 64, 14, 8},
		},
		Paint: halo(f, l.colour),
	}
	if l.group != "" {
		out.Metadata = group(l.group)
	}
	return out
}

// riverName has more places to choose from than names of streets: bridges and their
// names lie over a river everywhere, and nothing else says which one it is.
func riverName(f *flavour) layer {
	out := along(f, label{id: "label-river", source: "barriers", from: 12, filter: is("kind", "river"), size: byZoom(stop{12, 12}, stop{16, 14}), colour: f.textWater})
	out.Layout["symbol-spacing"], out.Layout["text-padding"] = 240, list{"step", list{"zoom"}, 12, 14, 8}
	return out
}

func circleLabels(f *flavour) layer {
	return layer{
		ID: "circle-label", Type: "symbol", Source: "circle", MinZoom: 12, Filter: points(),
		Layout: map[string]any{
			"text-field": get("label"), "text-font": bold, "text-size": 14,
			"symbol-sort-key": list{"*", -1, get("minutes")}, "text-padding": 0,
		},
		Paint: map[string]any{"text-color": f.bandLine, "text-halo-color": f.halo, "text-halo-width": 2.5},
	}
}

func halo(f *flavour, colour string) map[string]any {
	return map[string]any{"text-color": colour, "text-halo-color": f.halo, "text-halo-width": haloWidth}
}

// buildingNumber writes 14号楼 for the number 14 and leaves words as they are.
func buildingNumber() list {
	number := list{"coalesce", get("number"), ""}
	return list{"case",
		list{"==", number, ""}, list{"coalesce", get("name"), ""},
		list{"==", list{"to-string", list{"to-number", number, -1}}, number}, list{"concat", number, "号楼"},
		number,
	}
}
