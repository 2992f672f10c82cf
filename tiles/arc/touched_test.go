package arc_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/tiles/arc"
	"gridatlas/tiles/mvt"
)

// edit returns areas in which a few things are other than before: a corner moved in
// all areas that have it, an area gone, one more, one drawn from another zoom on.
// What comes of it need not be a coverage, nor valid.
func edit(r *rand.Rand, areas []arc.Area, size int) []arc.Area {
	areas = slices.Clone(areas)
	for range 1 + r.IntN(3) {
		i := r.IntN(len(areas))
		a := areas[i]
		points := a.Shape.Points()
		switch p := points[r.IntN(len(points))]; r.IntN(6) {
		case 0:
			areas = slices.Delete(areas, i, i+1)
		case 1:
			a.Key.ID += 1000 * int64(1+r.IntN(1000))
			areas = append(areas, a)
		case 2:
			areas[i].From = 6 + r.IntN(8)
		default:
			reach := 1 + r.IntN(1+size/10)
			to := geo.Point{X: p.X + int32(r.IntN(2*reach)-reach), Y: p.Y + int32(r.IntN(2*reach)-reach)}
			for j, b := range areas {
				areas[j].Shape = move(b.Shape, p, to)
			}
		}
		if len(areas) == 0 {
			break
		}
	}
	return areas
}

// move returns a polygon in which a corner lies elsewhere.
func move(s geo.Shape, from, to geo.Point) geo.Shape {
	var parts []geo.Part
	for part := range s.Parts() {
		part.Points = slices.Clone(part.Points)
		for i, p := range part.Points {
			if p == from {
				part.Points[i] = to
			}
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// boxOf returns the box around all areas of a zoom.
func boxOf(z *arc.Zoom, areas []arc.Area) mvt.Box {
	box := mvt.NoBox
	for _, a := range areas {
		if s, _ := z.Shape(a.Key); len(s.Parts) > 1 {
			box = box.Extend(s.Box.Min).Extend(s.Box.Max)
		}
	}
	return box
}

// After any edit, tiles that no touch of an area meets have of it what they had.
func TestTouched(t *testing.T) {
	r, ctx := seedtest.New(t), context.Background()
	frame := mvt.Frame{KeepStraight: true}
	compared, touched := 0, 0
	for range 60 {
		size := 1000 << r.IntN(10)
		c := invent(t, r, 3+r.IntN(20), size)
		if len(c.areas) == 0 {
			continue
		}
		old, edited := c.areas, edit(r, c.areas, size)
		before := must(arc.New(ctx, old))(t)
		after := must(before.With(ctx, edited))(t)
		keys := map[geo.Key]bool{}
		for _, a := range slices.Concat(old, edited) {
			keys[a.Key] = true
		}
		for zoom := uint8(6); zoom <= 19; zoom++ {
			zoomOld, zoomNow := must(before.At(ctx, int(zoom)))(t), must(after.At(ctx, int(zoom)))(t)
			boxes := map[geo.Key][]mvt.Box{}
			for _, touch := range arc.Touched(zoomOld, zoomNow) {
				boxes[touch.Key] = append(boxes[touch.Key], touch.Box)
			}
			box := boxOf(zoomOld, old)
			if now := boxOf(zoomNow, edited); now != mvt.NoBox {
				box = box.Extend(now.Min).Extend(now.Max)
			}
			if box == mvt.NoBox {
				continue
			}
			between := func(low, high uint32) uint32 {
				low, high = low>>(32-zoom), high>>(32-zoom)
				return low + r.Uint32N(high-low+1)
			}
			for range 30 {
				x, y := between(box.Min.X, box.Max.X), between(box.Min.Y, box.Max.Y)
				frame.Reset(zoom, x, y, 64)
				meets := func(b mvt.Box) bool { return b.Meets(frame.Box()) }
				for key := range keys {
					compared++
					if slices.ContainsFunc(boxes[key], meets) {
						touched++
						continue
					}
					was, _ := zoomOld.Shape(key)
					is, _ := zoomNow.Shape(key)
					bytesWas := slices.Clone(frame.Polygons(&was))
					if !bytes.Equal(bytesWas, frame.Polygons(&is)) {
						t.Fatalf("tile %d/%d/%d: %v is not what it was, and touched nowhere near", zoom, x, y, key)
					}
				}
			}
		}
	}
	t.Logf("%d areas in tiles compared, %d of them touched", compared, touched)
	if touched*2 > compared {
		t.Error("too much is touched for a test")
	}
}
