package stalls_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/relate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/stalls"
	"gridatlas/geo/valid"
)

// Spaces of a row are sound, as large as each other, side by side and never over each
// other, all on one side of the line, wherever and however it runs.
func TestSpaces(t *testing.T) {
	rng := seedtest.New(t)
	for range 300 {
		r := stalls.Row{
			Line: []geo.Point{crs.At(73+62*rng.Float64(), 18+35*rng.Float64())}, Count: 1 + rng.IntN(30), Right: rng.IntN(2) == 0,
			Angle: []stalls.Angle{stalls.Perpendicular, stalls.Parallel}[rng.IntN(2)],
		}
		if rng.IntN(2) == 0 {
			r.LengthM, r.WidthM = 4+4*rng.Float64(), 2+rng.Float64()
		}
		length, width := r.Size()
		turn, metres := 2*math.Pi*rng.Float64(), 1+float64(r.Count)*max(length, width)*(1+rng.Float64())
		local := crs.NewLocal(r.Line[0])
		r.Line = append(r.Line, local.Point(metres*math.Cos(turn), metres*math.Sin(turn)))
		shapes, err := r.Spaces()
		if err != nil || len(shapes) != r.Count {
			t.Fatalf("%d of %d spaces, %v", len(shapes), r.Count, err)
		}
		x, y := local.XY(r.Line[1])
		for i, shape := range shapes {
			if faults := valid.Check(shape); len(faults) > 0 {
				t.Fatalf("space %d: %v", i, faults)
			}
			// A corner lies within 0.8 cm of where it belongs.
			if area := crs.Area(shape); math.Abs(area-length*width) > 0.016*(length+width) {
				t.Fatalf("space %d has %v m2, want %v", i, area, length*width)
			}
			for _, corner := range shape.Points() {
				cx, cy := local.XY(corner)
				if side := (x*cy - y*cx) / math.Hypot(x, y); side > 0.02 == r.Right && math.Abs(side) > 0.02 {
					t.Fatalf("a corner lies %v m on the wrong side", side)
				}
			}
			for k := range shapes[:i] {
				relation := relate.Of(shape, relate.Prepare(shapes[k]))
				if k == i-1 && !relation.Touches() || k < i-1 && !relation.Disjoint() {
					t.Fatalf("spaces %d and %d: %+v", k, i, relation)
				}
			}
		}
	}
}

func TestFaults(t *testing.T) {
	good := stalls.Row{Line: []geo.Point{crs.At(119.1, 36.7), crs.At(119.101, 36.7)}, Count: 10, Angle: stalls.Perpendicular}
	for field, change := range map[string]func(*stalls.Row){
		"angle": func(r *stalls.Row) { r.Angle = "" }, "count": func(r *stalls.Row) { r.Count = 0 }, "line": func(r *stalls.Row) { r.Line = r.Line[:1] },
		"length_m": func(r *stalls.Row) { r.LengthM = math.NaN() }, "width_m": func(r *stalls.Row) { r.WidthM = -2 },
	} {
		r := good
		change(&r)
		_, err := r.Spaces()
		var fault *stalls.Fault
		if !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := good.Spaces(); err != nil {
		t.Error(err)
	}
	var none []geo.Shape
	good.Count = stalls.MaxCount
	if shapes, err := good.Spaces(); err == nil || !slices.EqualFunc(shapes, none, geo.Shape.Equal) {
		t.Errorf("a line too short has %d spaces", len(shapes))
	}
}

func TestNumbers(t *testing.T) {
	for first, want := range map[string][]string{
		"001": {"001", "002", "003"}, "A-08": {"A-08", "A-09", "A-10"}, "东9": {"东9", "东10", "东11"}, "0": {"0", "1", "2"},
	} {
		if got, err := stalls.Numbers(first, 3); err != nil || !slices.Equal(got, want) {
			t.Errorf("from %s: %v, %v", first, got, err)
		}
	}
	for _, first := range []string{"", "A", "12A", "99999999999999999999"} {
		if got, err := stalls.Numbers(first, 3); err == nil {
			t.Errorf("from %q: %v", first, got)
		}
	}
}
