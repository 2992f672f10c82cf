package arc_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/arc"
)

// sameZoom holds that two borders draw all areas alike at a zoom, to the corner a
// ring starts with.
func sameZoom(t *testing.T, a, b *arc.Borders, areas []arc.Area, zoom int) {
	t.Helper()
	za, zb := must(a.At(t.Context(), zoom))(t), must(b.At(t.Context(), zoom))(t)
	for _, area := range areas {
		sa, okA := za.Shape(area.Key)
		sb, okB := zb.Shape(area.Key)
		if okA != okB || sa.Box != sb.Box || fmt.Sprint(partsOf(sa)) != fmt.Sprint(partsOf(sb)) {
			t.Fatalf("zoom %d: %v is %v and %v", zoom, area.Key, partsOf(sa), partsOf(sb))
		}
	}
}

// Borders made from others after any number of edits are those made anew, whatever
// the order of the areas.
func TestEditsLeaveNoTrace(t *testing.T) {
	r, ctx := seedtest.New(t), context.Background()
	patched := 0
	for round := range 12 {
		size := 1000 << r.IntN(10)
		areas := invent(t, r, 3+r.IntN(20), size).areas
		if round%2 == 0 { // of a tidy town, whose edits need no noding
			areas, size = town(t, r, 6), 6*11_000
		}
		if len(areas) == 0 {
			continue
		}
		borders := must(arc.New(ctx, areas))(t)
		for range 6 {
			areas = edit(r, areas, size/20)
			before := borders
			borders = must(borders.With(ctx, areas))(t)
			if borders.Patched(before) {
				patched++
			}
			shuffled := slices.Clone(areas)
			r.Shuffle(len(areas), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			anew := must(arc.New(ctx, shuffled))(t)
			for _, zoom := range []int{6, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20} {
				sameZoom(t, borders, anew, areas, zoom)
			}
		}
	}
	t.Logf("%d edits were patched in", patched)
	if patched < 10 {
		t.Error("this proves little")
	}
}
