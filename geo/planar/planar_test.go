package planar_test

import (
	"context"
	"slices"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/planar"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
)

// checkMap holds that a map keeps its promises for polygons on a small board.
func checkMap(t *testing.T, shapes []geo.Shape) {
	t.Helper()
	a, err := planar.Build(context.Background(), shapes)
	if err != nil {
		t.Fatalf("%v: %v", shapes, err)
	}
	checkEdges(t, shapes, a)
	noded := make([]geo.Shape, len(shapes))
	var area int64
	for i := range shapes {
		noded[i] = a.Noded(i)
		area += area2(noded[i])
	}
	checkCovers(t, shapes, noded, a)
	var ground int64
	byShape := make([][]int32, len(shapes))
	for face := int32(1); face < int32(a.Faces()); face++ {
		outline := a.Outline([]int32{face})
		if faults := valid.Check(outline); len(faults) > 0 {
			t.Fatalf("%v: face %v: %v", shapes, outline, faults[0])
		}
		ground += area2(outline) * int64(len(a.Cover(face)))
		for _, i := range a.Cover(face) {
			byShape[i] = append(byShape[i], face)
		}
	}
	if ground != area {
		t.Fatalf("%v: the faces have an area of %d, the polygons %d", shapes, ground, area)
	}
	for i, faces := range byShape {
		outline := a.Outline(faces)
		if faults := valid.Check(outline); len(faults) > 0 {
			t.Fatalf("%v: outline of %d %v: %v", shapes, i, outline, faults[0])
		}
		if area2(outline) != area2(noded[i]) {
			t.Fatalf("%v: outline of %d has an area of %d, not %d", shapes, i, area2(outline), area2(noded[i]))
		}
	}
	// What is noded stays as it is.
	again := make([]geo.Shape, len(shapes))
	for i, faces := range byShape {
		again[i] = a.Outline(faces)
	}
	b, err := planar.Build(context.Background(), again)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again {
		if got := b.Noded(i); !got.Equal(again[i]) {
			t.Fatalf("%v: noded again, %v became %v", shapes, again[i], got)
		}
	}
	if a.Edges() != b.Edges() || a.Faces() != b.Faces() {
		t.Fatalf("%v: %d edges and %d faces became %d and %d", shapes, a.Edges(), a.Faces(), b.Edges(), b.Faces())
	}
}

func area2(s geo.Shape) (area int64) {
	for part := range s.Parts() {
		area += geo.RingArea2(part.Points)
	}
	return area
}

// checkEdges looks at all pairs of edges: they meet in nodes alone.
func checkEdges(t *testing.T, shapes []geo.Shape, a *planar.Arrangement) {
	t.Helper()
	for i := range a.Edges() {
		p, q := a.Ends(planar.Half(2 * i))
		for j := range i {
			r, s := a.Ends(planar.Half(2 * j))
			for _, v := range [][3]geo.Point{{p, q, r}, {p, q, s}, {r, s, p}, {r, s, q}} {
				box := geo.NoBox.With(v[0]).With(v[1])
				if v[2] != v[0] && v[2] != v[1] && geo.Cross(v[0], v[1], v[2]) == 0 && box.Holds(v[2]) {
					t.Fatalf("%v: node %v lies on edge %v-%v", shapes, v[2], v[0], v[1])
				}
			}
			if p == r && q == s || p == s && q == r {
				t.Fatalf("%v: two edges %v-%v", shapes, p, q)
			}
			if opposite(p, q, r, s) && opposite(r, s, p, q) {
				t.Fatalf("%v: %v-%v crosses %v-%v", shapes, p, q, r, s)
			}
		}
	}
}

func opposite(a, b, c, d geo.Point) bool {
	x, y := geo.Cross(a, b, c), geo.Cross(a, b, d)
	return x > 0 && y < 0 || x < 0 && y > 0
}

// checkCovers asks the noded polygons which of them cover a place left of each
// half, on a board so much enlarged that the place lies in the face.
func checkCovers(t *testing.T, shapes, noded []geo.Shape, a *planar.Arrangement) {
	t.Helper()
	const scale = 20000
	large := make([]geo.Shape, len(noded))
	for i, s := range noded {
		var parts []geo.Part
		for part := range s.Parts() {
			var points []geo.Point
			for _, p := range part.Points {
				points = append(points, geo.Point{X: p.X * scale, Y: p.Y * scale})
			}
			parts = append(parts, geo.Part{Points: points, Hole: part.Hole})
		}
		large[i] = geo.MakeShape(geo.Polygons, parts)
	}
	for h := range planar.Half(2 * a.Edges()) {
		p, q := a.Ends(h)
		place := geo.Point{X: (p.X+q.X)*scale/2 - sign(q.Y-p.Y)*7, Y: (p.Y+q.Y)*scale/2 + sign(q.X-p.X)*7}
		var cover []int32
		for i, s := range large {
			if s.Covers(place) {
				cover = append(cover, int32(i))
			}
		}
		if got := a.Cover(a.Face(h)); !slices.Equal(got, cover) {
			t.Fatalf("%v: left of %v-%v lie %v, not %v", shapes, p, q, cover, got)
		}
	}
}

func sign(v int32) int32 { return max(min(v, 1), -1) }

func TestRandomMaps(t *testing.T) {
	random := seedtest.New(t)
	const rounds = 3000
	count := 0
	for range rounds {
		bytes := make([]byte, 4+random.IntN(100))
		for i := range bytes {
			bytes[i] = byte(random.Uint32())
		}
		shapes := polygons(bytes)
		checkMap(t, shapes)
		count += len(shapes)
	}
	if count < 3*rounds {
		t.Errorf("%d polygons in %d maps are too few to prove anything", count, rounds)
	}
}

// polygons reads valid polygons on a small board out of any bytes: the size of the
// board, then for each polygon the number of corners and a byte a coordinate.
// Rings that cross themselves are made triangles, those that stay invalid left out;
// a ring inside another is now and then its hole.
func polygons(data []byte) []geo.Shape {
	if len(data) == 0 {
		return nil
	}
	board := 3 + int32(data[0])%40
	data = data[1:]
	var shapes []geo.Shape
	for len(data) > 7 && len(shapes) < 8 {
		n := 3 + int(data[0])%8
		hole := data[0]&0x80 != 0
		data = data[1:]
		n = min(n, len(data)/2)
		ring := make([]geo.Point, n)
		for i := range ring {
			ring[i] = geo.Point{X: int32(data[2*i]) % board, Y: int32(data[2*i+1]) % board}
		}
		data = data[2*n:]
		if hole && len(shapes) > 0 {
			last := &shapes[len(shapes)-1]
			if s := geo.PolygonShape(last.Part(0).Points, ring); len(valid.Check(s)) == 0 {
				*last = s
				continue
			}
		}
		for _, r := range [][]geo.Point{ring, ring[:min(n, 3)]} {
			if s := geo.PolygonShape(r); len(valid.Check(s)) == 0 {
				shapes = append(shapes, s)
				break
			}
		}
	}
	return shapes
}

func FuzzBuild(f *testing.F) {
	f.Add([]byte{10, 0, 0, 0, 9, 0, 0, 9, 0, 1, 1, 8, 2, 3, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 300 {
			checkMap(t, polygons(data))
		}
	})
}
