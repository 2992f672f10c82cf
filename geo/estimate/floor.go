package estimate

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

const (
	levelHeight = 3.0 // m; a usual storey of housing with its slab
	leastArea   = 20  // m2; a footprint under it is a shed or a gatehouse
	plainLevels = 1   // where neither the compound nor the place has any
)

// home is a building that may have people.
type home struct {
	building *geo.Building
	site     int // its index among those of Published
	compound string
	levels   float64 // 0: not known yet
	mixed    bool
	vague    bool // nobody knows its use, and it stands in no compound
	area     float64
	weight   int64 // dm2 of floor for living
}

// homeOf judges a building by its use: residential ones have people, and mixed
// ones from the second level up. One of unknown use counts where it stands in a
// compound, and else only if its place has no building of known residential use.
func homeOf(b *geo.Building) (home, bool) {
	h := home{building: b, compound: b.Compound}
	switch b.Use {
	case "residential":
	case "mixed":
		h.mixed = true
	case "":
		h.vague = b.Compound == ""
	default:
		return h, false
	}
	if h.area = crs.Area(b.Shape); h.area < leastArea {
		return h, false
	}
	switch {
	case b.Levels.Known && b.Levels.Value > 0:
		h.levels = float64(b.Levels.Value)
	case b.HeightM.Known && b.HeightM.Value > 0:
		h.levels = max(1, math.Round(b.HeightM.Value/levelHeight))
	}
	return h, true
}

// SameFloors reports whether two buildings get the same share of what places publish:
// they agree in all that Published looks at.
func SameFloors(a, b *geo.Building) bool {
	return a.ID == b.ID && a.Use == b.Use && a.Compound == b.Compound && a.Levels == b.Levels && a.HeightM == b.HeightM &&
		a.From == b.From && a.Until == b.Until && a.Shape.Equal(b.Shape)
}

// weigh gives each home of a place its floor area. Unknown levels are the median
// of the compound, else of the place.
func weigh(homes []*home) {
	inCompound := map[string][]float64{}
	var all []float64
	for _, h := range homes {
		if h.levels > 0 {
			all = append(all, h.levels)
			if h.compound != "" {
				inCompound[h.compound] = append(inCompound[h.compound], h.levels)
			}
		}
	}
	common := median(all, plainLevels)
	medians := map[string]float64{}
	for code, levels := range inCompound {
		medians[code] = median(levels, common)
	}
	for _, h := range homes {
		levels := h.levels
		if levels == 0 {
			levels = common
			if m, ok := medians[h.compound]; ok {
				levels = m
			}
		}
		if h.mixed {
			levels = max(levels-1, 0.5) // shops at street level; over a single one a loft
		}
		h.weight = max(1, int64(math.Round(h.area*levels*100)))
	}
}

// median returns the middle value, the lower one of two, or other for none.
func median(values []float64, other float64) float64 {
	if len(values) == 0 {
		return other
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// share parts a whole number in proportion to weights, by largest remainder: the
// parts sum to it exactly. Equal remainders go to the earlier.
func share(whole int64, weights []int64) []int64 {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	parts := make([]int64, len(weights))
	if total == 0 {
		return parts
	}
	type remainder struct {
		part  int
		value uint64
	}
	rest := make([]remainder, len(weights))
	left := whole
	for i, w := range weights {
		high, low := bits.Mul64(uint64(whole), uint64(w))
		quotient, r := bits.Div64(high, low, uint64(total)) // w is at most the total, so it fits
		parts[i] = int64(quotient)
		left -= parts[i]
		rest[i] = remainder{i, r}
	}
	slices.SortFunc(rest, func(a, b remainder) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.part, b.part))
	})
	for _, r := range rest[:left] {
		parts[r.part]++
	}
	return parts
}
