package mvt_test

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo/seedtest"
	"gridatlas/tiles/mvt"
)

// frame is the tile under test with a buffer.
func frame(buffer int) *mvt.Frame {
	var f mvt.Frame
	f.Reset(zoom, column, row, buffer)
	return &f
}

// polygons makes the geometry of polygons and reads it; shapes that are not simple
// say so.
func polygons(t *testing.T, f *mvt.Frame, parts [][]place, holes ...int) []mvt.Part {
	t.Helper()
	s := shapeOf(parts, holes...)
	var m mvt.Mender
	s.Flawed = !m.Simple(&s, zoom)
	bytes := f.Polygons(&s)
	if len(bytes) == 0 {
		return nil
	}
	return readBack(t, mvt.Polygons, bytes).Parts
}

// rectangle is a ring that turns from the x axis to the y axis.
func rectangle(west, north, east, south float64) []place {
	return []place{{west, north}, {east, north}, {east, south}, {west, south}}
}

func ring(corners ...mvt.Corner) mvt.Part { return mvt.Part{Corners: corners} }

// area is twice the area of a part.
func area(p mvt.Part) (sum int64) {
	for i, a := range p.Corners {
		b := p.Corners[(i+1)%len(p.Corners)]
		sum += a.X*b.Y - a.Y*b.X
	}
	return sum
}

// The traps of the format that tile servers fell into, one test each.

func TestTrapEmptyTileHasNoBytes(t *testing.T) {
	var w mvt.Writer
	w.Reset(nil)
	w.BeginLayer("empty", []string{"kind"}, mvt.Values{})
	w.EndLayer()
	if len(w.Bytes()) != 0 {
		t.Errorf("%v for a layer without features", w.Bytes())
	}
}

func TestTrapVersionFirstAndExtentWritten(t *testing.T) {
	var w mvt.Writer
	w.Reset(nil)
	w.BeginLayer("a", nil, mvt.Values{})
	w.Feature(1, mvt.Points, []byte{9, 0, 0})
	w.EndLayer()
	want := []byte{0x1a, 19, 0x78, 2, 0x0a, 1, 'a', 0x12, 9, 0x08, 1, 0x18, 1, 0x22, 3, 9, 0, 0, 0x28, 0x80, 0x20}
	if diff := cmp.Diff(want, w.Bytes()); diff != "" {
		t.Error(diff)
	}
}

func TestTrapValuesDifferByType(t *testing.T) {
	one := [][]byte{mvt.AppendInt(nil, 1), mvt.AppendDouble(nil, 1), mvt.AppendBool(nil, true), mvt.AppendString(nil, "1")}
	var w mvt.Writer
	var values mvt.Values
	for _, v := range one {
		values.Add(v)
	}
	w.Reset(nil)
	w.BeginLayer("a", []string{"k"}, values)
	for range 2 {
		for number := range uint32(len(one)) {
			w.Tags(mvt.AppendTag(nil, 0, number))
			w.Feature(0, mvt.Points, []byte{9, 0, 0})
		}
	}
	w.EndLayer()
	for _, v := range one {
		field := append([]byte{0x22, byte(len(v))}, v...)
		if n := bytes.Count(w.Bytes(), field); n != 1 {
			t.Errorf("value %v is written %d times", v, n)
		}
	}
	tile, err := mvt.Decode(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []any{int64(1), 1.0, true, "1"} {
		if got := tile.Layers[0].Features[4+i].Attributes[0].Value; got != want {
			t.Errorf("%#v comes back as %#v", want, got)
		}
	}
}

func TestTrapNumbersThatPagesCannotHold(t *testing.T) {
	for v, want := range map[int64]any{
		mvt.MaxExact: int64(mvt.MaxExact), mvt.MaxExact + 1: "9007199254740992",
		-mvt.MaxExact: int64(-mvt.MaxExact), math.MinInt64: "-9223372036854775808",
	} {
		var w mvt.Writer
		w.Reset(nil)
		w.BeginLayer("a", []string{"k"}, mvt.Values{})
		w.Tags(mvt.AppendUniqueTag(nil, 0, mvt.AppendInt(nil, v)))
		w.Feature(1, mvt.Points, []byte{9, 0, 0})
		w.EndLayer()
		tile, err := mvt.Decode(w.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got := tile.Layers[0].Features[0].Attributes[0].Value; got != want {
			t.Errorf("%d comes as %#v, not %#v", v, got, want)
		}
	}
}

func TestTrapTagsOfAFeatureThatCameToNothing(t *testing.T) {
	var w mvt.Writer
	w.Reset(nil)
	for _, name := range []string{"a", "b"} {
		w.BeginLayer(name, []string{"k"}, mvt.Values{})
		w.Feature(1, mvt.Points, []byte{9, 0, 0})
		w.Tags(mvt.AppendUniqueTag(nil, 0, mvt.AppendInt(nil, 1)))
		w.EndLayer()
	}
	tile, err := mvt.Decode(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range tile.Layers {
		if got := layer.Features[0].Attributes; got != nil {
			t.Errorf("layer %s: attributes %v", layer.Name, got)
		}
	}
}

// The cursor goes on from ring to ring and from part to part, and closing a ring
// does not move it.
func TestTrapCursorCarriesOn(t *testing.T) {
	f := frame(64)
	got := polygons(t, f, [][]place{rectangle(0, 0, 10, 10), rectangle(2, 2, 4, 4), rectangle(20, 20, 30, 30)}, 1)
	want := []mvt.Part{
		ring(mvt.Corner{X: 0, Y: 0}, mvt.Corner{X: 10, Y: 0}, mvt.Corner{X: 10, Y: 10}, mvt.Corner{X: 0, Y: 10}),
		{Hole: true, Corners: []mvt.Corner{{X: 4, Y: 4}, {X: 4, Y: 2}, {X: 2, Y: 2}, {X: 2, Y: 4}}},
		ring(mvt.Corner{X: 20, Y: 20}, mvt.Corner{X: 30, Y: 20}, mvt.Corner{X: 30, Y: 30}, mvt.Corner{X: 20, Y: 30}),
	}
	if len(got) != 3 || area(got[0]) <= 0 || area(got[1]) >= 0 || area(got[2]) <= 0 {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if !samePlaces(got[i], want[i]) {
			t.Errorf("part %d is %v, not %v", i, got[i], want[i])
		}
	}
	s := shapeOf([][]place{{{1, 1}, {5, 1}}, {{7, 7}, {7, 9}}})
	lines := readBack(t, mvt.Lines, f.Lines(&s)).Parts
	wantLines := []mvt.Part{ring(mvt.Corner{X: 1, Y: 1}, mvt.Corner{X: 5, Y: 1}), ring(mvt.Corner{X: 7, Y: 7}, mvt.Corner{X: 7, Y: 9})}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Error(diff)
	}
}

// samePlaces reports whether two rings have the same corners, in whatever order.
func samePlaces(a, b mvt.Part) bool {
	order := func(c, d mvt.Corner) int {
		if c.X != d.X {
			return int(c.X - d.X)
		}
		return int(c.Y - d.Y)
	}
	p, q := slices.Clone(a.Corners), slices.Clone(b.Corners)
	slices.SortFunc(p, order)
	slices.SortFunc(q, order)
	return slices.Equal(p, q)
}

func TestTrapStepsOfNoLength(t *testing.T) {
	f := frame(64)
	s := shapeOf([][]place{{{1, 1}, {1.2, 1.3}, {0.8, 1.4}, {5, 1}, {5.1, 1.1}}})
	got := readBack(t, mvt.Lines, f.Lines(&s)).Parts
	if diff := cmp.Diff([]mvt.Part{ring(mvt.Corner{X: 1, Y: 1}, mvt.Corner{X: 5, Y: 1})}, got); diff != "" {
		t.Error(diff)
	}
	rings := polygons(t, f, [][]place{{{0, 0}, {0.3, 0.1}, {10, 0}, {10, 10}, {9.8, 10.2}, {0, 10}, {0.1, 0.2}}})
	if len(rings) != 1 || len(rings[0].Corners) != 4 {
		t.Errorf("%v", rings)
	}
}

func TestTrapNothingChangesItsType(t *testing.T) {
	f := frame(64)
	for name, parts := range map[string][][]place{
		"a ring that rounding made a point":     {rectangle(1.1, 1.1, 1.3, 1.3)},
		"a ring that rounding made a line":      {rectangle(1, 1.1, 9, 1.3)},
		"a ring of two corners":                 {{{0, 0}, {10, 10}}},
		"a ring on one line":                    {{{0, 0}, {10, 10}, {5, 5}}},
		"a ring without area":                   {{{0, 0}, {10, 10}, {10, 0}, {0, 10}}},
		"no corners":                            {{}},
		"no rings":                              nil,
		"a ring that only touches the clip box": {rectangle(-100, 10, -64, 20)},
		"a ring that touches a corner of it":    {{{-70, -58}, {-58, -70}, {-90, -90}}},
		"a spike into the tile and back":        {{{-100, 10}, {50, 10.2}, {-100, 10.3}}},
		"a hole without its ring, then nothing": {rectangle(1.1, 1.1, 1.3, 1.3), rectangle(2, 2, 8, 8)},
	} {
		var holes []int
		if len(parts) > 1 {
			holes = []int{1}
		}
		if got := polygons(t, f, parts, holes...); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, line := range map[string][]place{
		"a line of no length":   {{1, 1}, {1.2, 1.2}},
		"one corner":            {{1, 1}},
		"touches the clip box":  {{-100, 0}, {-64, 10}, {-100, 20}},
		"passes a corner of it": {{-70, -60}, {-60, -70}},
	} {
		s := shapeOf([][]place{line})
		if got := f.Lines(&s); len(got) > 0 {
			t.Errorf("line: %s: %v", name, got)
		}
	}
}

// A flat ring can turn over in rounding. Its winding is that of the corners as
// written, or readers take it for a hole.
func TestTrapWindingAfterRounding(t *testing.T) {
	f := frame(64)
	flat := []place{{0, 0}, {10, 0.6}, {20, 1.4}} // the middle rounds to the other side
	for range 2 {
		got := polygons(t, f, [][]place{flat})
		if len(got) != 1 || area(got[0]) <= 0 {
			t.Fatalf("%v", got)
		}
		slices.Reverse(flat)
	}
}

func TestTrapDroppedRingDropsItsHoles(t *testing.T) {
	f := frame(64)
	got := polygons(t, f, [][]place{
		rectangle(100, 100, 200, 100.3), rectangle(110, 100.1, 120, 100.2), // gone, with its hole
		rectangle(0, 0, 50, 50), rectangle(10, 10, 20, 20), rectangle(30.1, 30.1, 30.2, 30.2), // its second hole is gone
	}, 1, 3, 4)
	if len(got) != 2 || got[0].Hole || !got[1].Hole || area(got[0]) != 5000 || area(got[1]) != -200 {
		t.Errorf("%v", got)
	}
}

// Rings that touch after rounding come apart.
func TestTrapRingTouchesItself(t *testing.T) {
	f := frame(64)
	// Two rooms joined by a passage a third of a unit wide.
	got := polygons(t, f, [][]place{{{0, 0}, {10, 0}, {10, 5}, {20, 5}, {20, 0}, {30, 0}, {30, 10}, {20, 10}, {20, 5.3}, {10, 5.3}, {10, 10}, {0, 10}}})
	if len(got) != 2 || area(got[0]) != 200 || area(got[1]) != 200 {
		t.Errorf("%v", got)
	}
	// A bay whose mouth rounding closes becomes a hole.
	got = polygons(t, f, [][]place{{{0, 0}, {10, 0}, {10, 4.9}, {4, 4.9}, {4, 2}, {2, 2}, {2, 8}, {4, 8}, {4, 5.1}, {10, 5.1}, {10, 10}, {0, 10}}})
	if len(got) != 2 || !got[1].Hole || area(got[0]) != 200 || area(got[1]) != -24 {
		t.Errorf("%v", got)
	}
}

// A hole that rounding moves over an edge of its ring, without touching it, is no
// hole any more.
func TestTrapHoleLeavesItsRing(t *testing.T) {
	got := polygons(t, frame(64), [][]place{
		{{0, 2.6875}, {100, 42.8125}, {100, 1000}, {0, 1000}},
		{{35.5, 17}, {34, 16.4375}, {32.5625, 16.1875}},
	}, 1)
	if len(got) != 1 || got[0].Hole {
		t.Errorf("%v", got)
	}
}

// The larger loop of a figure of eight stays, cut or not; it neither vanishes nor
// fills the tile.
func TestTrapBowtie(t *testing.T) {
	bowtie := []place{{0, 0}, {100, 100}, {100, 0}, {0, 120}}
	whole := polygons(t, frame(64), [][]place{bowtie})
	if len(whole) != 1 || area(whole[0]) < 6500 || area(whole[0]) > 6600 {
		t.Errorf("%v, %d", whole, area(whole[0]))
	}
	for i := range bowtie {
		bowtie[i].x -= 100
	}
	cut := polygons(t, frame(64), [][]place{bowtie})
	if len(cut) != 1 || area(cut[0]) >= area(whole[0]) || area(cut[0]) < 500 {
		t.Errorf("%v", cut)
	}
}

// What lies on both sides of a bay in the border comes out as two polygons, with
// no edge along the border between them.
func TestTrapConcaveRingComesApart(t *testing.T) {
	f := frame(0)
	u := []place{{4000, 100}, {4200, 100}, {4200, 400}, {4000, 400}, {4000, 300}, {4150, 300}, {4150, 200}, {4000, 200}}
	got := polygons(t, f, [][]place{u})
	want := []mvt.Part{
		ring(mvt.Corner{X: 4000, Y: 100}, mvt.Corner{X: 4096, Y: 100}, mvt.Corner{X: 4096, Y: 200}, mvt.Corner{X: 4000, Y: 200}),
		ring(mvt.Corner{X: 4000, Y: 300}, mvt.Corner{X: 4096, Y: 300}, mvt.Corner{X: 4096, Y: 400}, mvt.Corner{X: 4000, Y: 400}),
	}
	if len(got) != 2 || !samePlaces(got[0], want[0]) && !samePlaces(got[0], want[1]) || area(got[0]) != area(want[0]) || area(got[1]) != area(want[1]) {
		t.Errorf("%v", got)
	}
	// Each hole goes with the piece it lies in.
	got = polygons(t, f, [][]place{u, rectangle(4010, 310, 4020, 320), rectangle(4010, 110, 4020, 120), rectangle(4160, 210, 4170, 220)}, 1, 2, 3)
	if len(got) != 4 || !got[1].Hole || !got[3].Hole {
		t.Fatalf("%v", got)
	}
	for i := 0; i < 4; i += 2 {
		if outer, hole := got[i].Corners[0].Y, got[i+1].Corners[0].Y; (outer < 250) != (hole < 250) {
			t.Errorf("%v", got)
		}
	}
}

// The clip box is that of tile units, its border inside.
func TestTrapSquaresAboutTheTile(t *testing.T) {
	for _, c := range []struct{ buffer, grow, want int64 }{
		{64, 0, 0}, {64, 1, 1}, {64, -1, -1}, {64, 64, 64}, {64, 65, 64}, {64, 200, 64}, {200, 200, 200}, {0, 1, 0}, {0, 0, 0},
	} {
		grow := float64(c.grow)
		got := polygons(t, frame(int(c.buffer)), [][]place{rectangle(-grow, -grow, mvt.Extent+grow, mvt.Extent+grow)})
		low, high := -c.want, mvt.Extent+c.want
		want := ring(mvt.Corner{X: low, Y: low}, mvt.Corner{X: high, Y: low}, mvt.Corner{X: high, Y: high}, mvt.Corner{X: low, Y: high})
		if len(got) != 1 || !samePlaces(got[0], want) {
			t.Errorf("buffer %d, square grown by %d: %v", c.buffer, c.grow, got)
		}
	}
}

func TestTrapPointsOnTheBorder(t *testing.T) {
	f := frame(64)
	s := shapeOf([][]place{{{-64, 0}, {-65, 0}, {4160, 4160}, {4160, 4160.2}, {4160.6, 0}, {10, 10}}})
	got := readBack(t, mvt.Points, f.Points(&s)).Parts
	want := []mvt.Part{ring(mvt.Corner{X: -64, Y: 0}, mvt.Corner{X: 4160, Y: 4160}, mvt.Corner{X: 10, Y: 10})}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A line that leaves the tile and comes back is several lines.
func TestTrapLineComesBack(t *testing.T) {
	f := frame(64)
	s := shapeOf([][]place{{{10, 10}, {-100, 10}, {-100, 20}, {10, 20}, {10, 30}, {20, -200}, {20, 5000}}})
	got := readBack(t, mvt.Lines, f.Lines(&s)).Parts
	want := []mvt.Part{
		ring(mvt.Corner{X: 10, Y: 10}, mvt.Corner{X: -64, Y: 10}),
		ring(mvt.Corner{X: -64, Y: 20}, mvt.Corner{X: 10, Y: 20}, mvt.Corner{X: 10, Y: 30}, mvt.Corner{X: 14, Y: -64}),
		ring(mvt.Corner{X: 20, Y: -64}, mvt.Corner{X: 20, Y: 4160}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A turning point of a line stays, a place on its way goes.
func TestTrapLineTurnsBack(t *testing.T) {
	f := frame(64)
	s := shapeOf([][]place{{{0, 0}, {5, 5}, {10, 10}, {3, 3}}})
	got := readBack(t, mvt.Lines, f.Lines(&s)).Parts
	if diff := cmp.Diff([]mvt.Part{ring(mvt.Corner{}, mvt.Corner{X: 10, Y: 10}, mvt.Corner{X: 3, Y: 3})}, got); diff != "" {
		t.Error(diff)
	}
}

// Shapes that share a border keep every corner of it, but no spike.
func TestTrapStraightCorners(t *testing.T) {
	f := frame(64)
	square := [][]place{{{0, 0}, {5, 0}, {10, 0}, {10, 10}, {10, 15}, {10, 10}, {0, 10}}}
	if got := polygons(t, f, square); len(got[0].Corners) != 4 {
		t.Errorf("%v", got)
	}
	f.KeepStraight = true
	if got := polygons(t, f, square); len(got[0].Corners) != 5 {
		t.Errorf("%v", got)
	}
}

// A label stands in one tile alone, never at the far border, where maps leave it
// to a tile that does not have it.
func TestTrapLabelInOneTile(t *testing.T) {
	r := seedtest.New(t)
	for range 20_000 {
		z := uint8(r.IntN(mvt.MaxZoom + 1))
		p := mvt.Point{X: r.Uint32(), Y: r.Uint32()}
		if r.IntN(4) == 0 { // about a border of tiles
			p.X = uint32(r.Uint64N(1<<z)<<(32-z)) - uint32(r.IntN(3))
		}
		if r.IntN(10) == 0 {
			p.Y = math.MaxUint32
		}
		x, y := p.X>>1>>(31-z), p.Y>>1>>(31-z)
		found := 0
		for dx := range uint32(3) {
			for dy := range uint32(3) {
				var f mvt.Frame
				f.Reset(z, x+dx-1, y+dy-1, 64)
				spot := f.Spot(p)
				if len(spot) == 0 {
					continue
				}
				found++
				at := readBack(t, mvt.Points, spot).Parts[0].Corners[0]
				if dx != 1 || dy != 1 || at.X < 0 || at.Y < 0 || at.X >= mvt.Extent || at.Y >= mvt.Extent {
					t.Fatalf("zoom %d, %v: at %v in the tile %d, %d beside its own", z, p, at, dx-1, dy-1)
				}
			}
		}
		if found != 1 {
			t.Fatalf("zoom %d, %v: in %d tiles", z, p, found)
		}
	}
}

func TestTrapBeyondTheWorld(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want mvt.Point
	}{
		{0, 0, mvt.Point{}}, {1, 1, mvt.Point{X: math.MaxUint32, Y: math.MaxUint32}}, {0.5, 0.25, mvt.Point{X: 1 << 31, Y: 1 << 30}},
		{-1, 2, mvt.Point{X: 0, Y: math.MaxUint32}}, {math.Inf(1), math.Inf(-1), mvt.Point{X: math.MaxUint32}}, {math.NaN(), 1e300, mvt.Point{Y: math.MaxUint32}},
	} {
		if got := mvt.World(c.x, c.y); got != c.want {
			t.Errorf("%g, %g is %v, not %v", c.x, c.y, got, c.want)
		}
	}
	// The world fills the tile at every zoom, in its last column too.
	world := mvt.Shape{
		Corners: []mvt.Point{{}, {X: math.MaxUint32}, {X: math.MaxUint32, Y: math.MaxUint32}, {Y: math.MaxUint32}},
		Parts:   []mvt.Offset{0, 4},
		Box:     mvt.Box{Max: mvt.Point{X: math.MaxUint32, Y: math.MaxUint32}},
	}
	for z := range uint8(mvt.MaxZoom + 1) {
		var f mvt.Frame
		last := uint32(1)<<z - 1
		f.Reset(z, last, last/2, 64)
		got := readBack(t, mvt.Polygons, f.Polygons(&world)).Parts
		if len(got) != 1 || area(got[0]) < 2*4096*4096 {
			t.Errorf("zoom %d: %v", z, got)
		}
	}
}

// Counts that the bytes do not bear out take no memory.
func TestTrapHugeCounts(t *testing.T) {
	const most = 0xff_ff_ff_ff
	count := func(command byte) []byte { return []byte{0xf8 | command, 0xff, 0xff, 0xff, 0x0f} }
	for name, data := range map[string][]byte{
		"points":   feature(1, append(count(1), 2, 2)),
		"lines":    feature(2, append([]byte{9, 2, 2}, append(count(2), 2, 2)...)),
		"polygons": feature(3, append([]byte{9, 2, 2}, append(count(2), 2, 2)...)),
		"bytes":    {0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := mvt.Decode(data)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes of memory for a count of %d", name, used, most>>3)
		}
	}
}

// feature is a tile with one feature.
func feature(kind byte, geometry []byte) []byte {
	var w mvt.Writer
	w.Reset(nil)
	w.BeginLayer("a", nil, mvt.Values{})
	w.Feature(1, mvt.Type(kind), geometry)
	w.EndLayer()
	return w.Bytes()
}
