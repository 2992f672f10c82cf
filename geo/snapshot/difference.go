package snapshot

import (
	"iter"
	"math/bits"

	"gridatlas/geo"
)

// Differences walks over what two states of one layer do not share: pairs of a
// feature before and after, nil where it was not there. A feature that was
// written again unchanged is one of them. It costs about what changed since the
// base of the layer was packed; when it was packed anew in between, a walk over
// both states.
func Differences(before, after *Layer) iter.Seq2[geo.Feature, geo.Feature] {
	return func(yield func(before, after geo.Feature) bool) {
		switch {
		case before == after:
		case before.base == after.base:
			overlayDifferences(before, after, yield)
		default:
			for old := range before.After(0) {
				if now, _ := after.Get(old.Common().ID); now != old && !yield(old, now) {
					return
				}
			}
			for now := range after.After(0) {
				if _, known := before.Get(now.Common().ID); !known && !yield(nil, now) {
					return
				}
			}
		}
	}
}

// overlayDifferences compares two layers over one base. A feature that differs is
// in an overlay of them or, where only one of them hides it, in the base.
func overlayDifferences(before, after *Layer, yield func(before, after geo.Feature) bool) {
	// later gives a feature that before has, wherever it lies there.
	later := func(old geo.Feature) bool {
		now, _ := after.Get(old.Common().ID)
		return now == old || yield(old, now)
	}
	for word := range (len(before.base.features) + 63) / 64 {
		for differ := before.over.word(word) ^ after.over.word(word); differ != 0; differ &= differ - 1 {
			f := before.base.features[word<<6+bits.TrailingZeros64(differ)]
			old, known := before.Get(f.Common().ID)
			switch {
			case !known && !yield(nil, f), old == f && !later(old):
				return
			}
		}
	}
	going := true
	if before.over != nil {
		before.over.byID.Scan(func(_ int64, old geo.Feature) bool {
			going = later(old)
			return going
		})
	}
	if going && after.over != nil {
		after.over.byID.Scan(func(id int64, now geo.Feature) bool {
			_, known := before.Get(id)
			return known || yield(nil, now)
		})
	}
}

// word returns 64 bits of what the overlay hides.
func (o *overlay) word(i int) uint64 {
	if o == nil {
		return 0
	}
	return o.replaced[i]
}
