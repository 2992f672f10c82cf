package stalls_test

import (
	"errors"
	"math"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/relate"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/stalls"
	"gridatlas/geo/valid"
)

// Around one bend, to either side, there are as many spaces as the line has room for,
// and none lies over another.
func TestBend(t *testing.T) {
	rng := seedtest.New(t)
	for range 200 {
		start := crs.At(119.1, 36.7)
		local := crs.NewLocal(start)
		way, turn := 2*math.Pi*rng.Float64(), (rng.Float64()-0.5)*math.Pi*1.4
		a, b := 20+40*rng.Float64(), 20+40*rng.Float64()
		x, y := a*math.Cos(way), a*math.Sin(way)
		r := stalls.Row{
			Line:  []geo.Point{start, local.Point(x, y), local.Point(x+b*math.Cos(way+turn), y+b*math.Sin(way+turn))},
			Angle: stalls.AllAngles[rng.IntN(2)], Right: rng.IntN(2) == 0,
		}
		r.Count, _ = r.Fits()
		shapes, err := r.Spaces()
		if err != nil || len(shapes) != r.Count || r.Count < 4 {
			t.Fatalf("%d of %d spaces, %v", len(shapes), r.Count, err)
		}
		for i, shape := range shapes {
			if faults := valid.Check(shape); len(faults) > 0 {
				t.Fatalf("space %d: %v", i, faults)
			}
			for k := range shapes[:i] {
				if relation := relate.Of(shape, relate.Prepare(shapes[k])); relation.Intersects() && !relation.Touches() {
					t.Fatalf("spaces %d and %d lie over each other, at a turn of %v", k, i, turn)
				}
			}
		}
		r.Count++
		if _, err := r.Spaces(); err == nil {
			t.Fatal("one more than fits is drawn")
		}
	}
}

// Whatever somebody types, a line that is read has as many points as it may have, and
// all else is a fault of the line.
func FuzzReadLine(f *testing.F) {
	for _, text := range []string{"119.1 36.7, 119.2 36.7", "１１９．１，３６．７；119.2 36.7", "36.7 119.1", "1", "NaN 1 2 3", "1e309 2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, err := stalls.ReadLine(text)
		var fault *stalls.Fault
		if err == nil && (len(line) < 2 || len(line) > stalls.MaxPoints) || err != nil && (!errors.As(err, &fault) || fault.Field != "line" || fault.Rule == "") {
			t.Fatalf("%q: %v, %v", text, line, err)
		}
	})
}

func TestNext(t *testing.T) {
	spaces := func(numbers ...string) (list []*geo.ParkingSpace) {
		for _, number := range numbers {
			list = append(list, &geo.ParkingSpace{Number: number})
		}
		return list
	}
	for want, of := range map[string][]*geo.ParkingSpace{
		"001": nil, "003": spaces("001", "002"), "A-11": spaces("A-9", "A-10", "B-1"), "100": spaces("98", "99"), "0100": spaces("0099"), "8": spaces("7", "9223372036854775807"),
	} {
		if got := stalls.Next(of); got != want {
			t.Errorf("after %d spaces: %s, want %s", len(of), got, want)
		}
	}
}
