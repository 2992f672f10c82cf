package mvt_test

import (
	"bytes"
	"slices"
	"testing"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// TestPlain writes lines and rings that rounding leaves as they are both ways, the
// quick one and that of all others, and looks for a fault in those that it does not: a
// corner less, or a ring that had to be turned. Zooms go down to where rounding moves
// corners by units and up to where it moves none.
func TestPlain(t *testing.T) {
	r := seedtest.New(t)
	var m mvt.Mender
	found := map[bool]int{}
	for range 20_000 {
		kind, s, write := mvt.Polygons, mvt.Shape{}, (*mvt.Frame).Polygons
		if r.IntN(2) == 0 {
			_, s = polygon(r)
			for i := range len(s.Parts) - 1 {
				if r.IntN(20) == 0 {
					slices.Reverse(s.Corners[s.Parts[i].At():s.Parts[i+1].At()])
				}
			}
		} else {
			line := []place{{2000, 2000}}
			for range 1 + r.IntN(6) {
				last := line[len(line)-1]
				line = append(line, place{last.x + 3*r.Float64(), last.y + 3*r.Float64() - 1})
			}
			kind, s, write = mvt.Lines, shapeOf([][]place{line}), (*mvt.Frame).Lines
		}
		f := frame(mvt.Extent)
		const half = 1 << 16
		if len(s.Parts) > 2 || s.Box.Max.X-s.Box.Min.X >= half || s.Box.Max.Y-s.Box.Min.Y >= half {
			continue
		}
		z := uint32(zoom - r.IntN(3))
		if r.IntN(10) == 0 {
			z = uint32(zoom + r.IntN(mvt.MaxZoom-zoom+1))
		}
		first := s.Corners[0]
		f.Reset(uint8(z), first.X>>(32-z), first.Y>>(32-z), mvt.Extent)
		if !f.Box().Holds(s.Box) {
			continue
		}
		offsets := []uint16{}
		for _, c := range s.Corners {
			offsets = append(offsets, uint16(c.X-s.Box.Min.X), uint16(c.Y-s.Box.Min.Y))
		}
		want := slices.Clone(write(f, &s))
		plain := m.Plain(kind, &s, uint8(z))
		found[plain]++
		got := f.Near(kind, s.Box, offsets)
		if same := bytes.Equal(got, want); plain && !same {
			t.Fatalf("%s: other bytes\n%v\n%v", describe(s), got, want)
		} else if !plain && same {
			t.Fatalf("%s: nothing is the matter with it\n%v", describe(s), got)
		}
	}
	t.Logf("%d plain, %d not", found[true], found[false])
	if min(found[true], found[false]) < 1000 {
		t.Error("too few of one kind")
	}
}
