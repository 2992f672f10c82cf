package style

// proposed is what somebody proposed and somebody else looks at: the source proposal
// holds borders as they are (old) and as they would be (new), those that stay
// (same), the ground that an area gains (gained) and loses (lost), points in the same
// words with -point behind, and points with the label of each feature (label). The
// old border is dashed and seen where the new one, which is solid, leaves it; what an
// area gains is hatched. So it is told without colours.
func proposed(f *flavour) []layer {
	const source = "proposal"
	under := func(part string) layer {
		return layer{
			ID: "proposal-" + part, Type: "fill", Source: source, Filter: is("part", part),
			Paint: map[string]any{"fill-color": f.selection, "fill-opacity": 0.12},
		}
	}
	point := func(part, inside string) layer {
		return layer{
			ID: "proposal-" + part, Type: "circle", Source: source, Filter: is("part", part),
			Paint: map[string]any{"circle-radius": 7, "circle-color": inside, "circle-stroke-color": f.selection, "circle-stroke-width": 2.5},
		}
	}
	gained := under("gained")
	gained.Paint = map[string]any{"fill-pattern": f.gainedHatch}
	old := stroke("proposal-old", source, "old", f.text, 2.5)
	old.Layout["line-cap"] = "butt"
	old.Paint["line-dasharray"] = []float64{3, 2}
	same := stroke("proposal-same", source, "same", f.selection, 2)
	return []layer{
		under("lost"), gained,
		stroke("proposal-same-rim", source, "same", f.selectionRim, 5), same,
		stroke("proposal-old-rim", source, "old", f.selectionRim, 5.5), old,
		stroke("proposal-new-rim", source, "new", f.selectionRim, 7.5),
		stroke("proposal-new", source, "new", f.selection, 3.5),
		point("same-point", f.selection), point("new-point", f.selection), point("old-point", f.selectionRim),
		{
			ID: "proposal-label", Type: "symbol", Source: source, Filter: is("part", "label"),
			Layout: map[string]any{"text-field": get("label"), "text-font": bold, "text-size": 15, "text-max-width": 8, "text-padding": 4},
			Paint:  map[string]any{"text-color": f.text, "text-halo-color": f.halo, "text-halo-width": 2.5},
		},
	}
}
