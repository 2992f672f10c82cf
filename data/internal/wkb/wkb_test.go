package wkb_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	orbwkb "github.com/paulmach/orb/encoding/wkb"

	"gridatlas/data/internal/wkb"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
)

// randomShape is any shape that geo.CheckFields lets pass, sane or not.
func randomShape(rng *rand.Rand) geo.Shape {
	point := func() geo.Point {
		if rng.IntN(4) == 0 { // borders and neighbours
			return geo.Point{X: []int32{-180e7, 180e7, 0, 1}[rng.IntN(4)], Y: []int32{-90e7, 90e7, 0, 1}[rng.IntN(4)]}
		}
		return geo.Point{X: int32(rng.Int64N(360e7+1) - 180e7), Y: int32(rng.Int64N(180e7+1) - 90e7)}
	}
	kind := geo.AllKinds[1+rng.IntN(3)]
	for {
		parts := make([]geo.Part, 1+rng.IntN(4))
		for i := range parts {
			n := 1
			if kind != geo.Points {
				n = int(kind) + rng.IntN(6)
			}
			for range n {
				parts[i].Points = append(parts[i].Points, point())
			}
			parts[i].Hole = kind == geo.Polygons && i > 0 && rng.IntN(2) == 0
		}
		if s := geo.MakeShape(kind, parts); s.Whole() { // a random ring may fall to one corner
			return s
		}
	}
}

var forms = []wkb.Form{{}, {Multi: true}, {Extended: true}, {Extended: true, Multi: true}}

// judge writes a shape with orb, which is slower and goes through its own types.
func judge(t testing.TB, s geo.Shape, form wkb.Form, order binary.ByteOrder) []byte {
	t.Helper()
	g := crs.ToOrb(s)
	if form.Multi {
		switch one := g.(type) {
		case orb.Point:
			g = orb.MultiPoint{one}
		case orb.LineString:
			g = orb.MultiLineString{one}
		case orb.Polygon:
			g = orb.MultiPolygon{one}
		}
	}
	var raw []byte
	var err error
	if form.Extended {
		raw, err = ewkb.Marshal(g, crs.SRID, order)
	} else {
		raw, err = orbwkb.Marshal(g, order)
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAgainstOrb holds what is written against another writer, and reads back
// what either wrote.
func TestAgainstOrb(t *testing.T) {
	rng := seedtest.New(t)
	for range 5_000 {
		s := randomShape(rng)
		form := forms[rng.IntN(len(forms))]
		got, err := wkb.Append([]byte("before"), s, form)
		if err != nil {
			t.Fatal(err)
		}
		got = got[len("before"):]
		if want := judge(t, s, form, binary.LittleEndian); !bytes.Equal(got, want) {
			t.Fatalf("%v as %+v:\ngot  %x\nwant %x", s, form, got, want)
		}
		for _, raw := range [][]byte{got, judge(t, s, form, binary.BigEndian)} {
			if back, err := wkb.Parse(raw, form); err != nil || !back.Equal(s) {
				t.Fatalf("%v as %+v came back as %v, %v", s, form, back, err)
			}
		}
		for cut := range min(len(got), 200) {
			if _, err := wkb.Parse(got[:cut], form); err == nil {
				t.Fatalf("%d of %d bytes are taken for a geometry", cut, len(got))
			}
		}
	}
}

// Stores hold these bytes: they may never change.
func TestBytesStay(t *testing.T) {
	const (
		a, b, c = "373eeeb6e6c75d408067d6adf9614240", "48a9dfe0e6c75d408067d6adf9614240", "48a9dfe0e6c75d40a43db901fa614240"
		d, e, f = "782d7cd8e6c75d4051e339b6f9614240", "60ebaddce6c75d40215f9dbef9614240", "60ebaddce6c75d4051e339b6f9614240"

		lines = "0102000000" + "03000000" + a + b + c + "0102000000" + "03000000" + d + e + f
		rings = "02000000" + "04000000" + a + b + c + a + "04000000" + d + e + f + d
	)
	outer := []geo.Point{{X: 1191234567, Y: 367654321}, {X: 1191234667, Y: 367654321}, {X: 1191234667, Y: 367654421}}
	inner := []geo.Point{{X: 1191234647, Y: 367654331}, {X: 1191234657, Y: 367654341}, {X: 1191234657, Y: 367654331}}
	cases := []struct {
		name  string
		shape geo.Shape
		form  wkb.Form
		want  string
	}{
		{"point", geo.PointShape(outer[0]), wkb.Form{}, "0101000000" + a},
		{"one of several points", geo.PointShape(outer[0]), wkb.Form{Multi: true}, "0104000000" + "01000000" + "0101000000" + a},
		{"point for PostGIS", geo.PointShape(outer[0]), wkb.Form{Extended: true}, "0101000020e6100000" + a},
		{"lines", geo.MakeShape(geo.Lines, []geo.Part{{Points: outer}, {Points: inner}}), wkb.Form{}, "0105000000" + "02000000" + lines},
		{"lines for PostGIS", geo.MakeShape(geo.Lines, []geo.Part{{Points: outer}, {Points: inner}}), wkb.Form{Extended: true}, "0105000020e6100000" + "02000000" + lines},
		{"polygon", geo.PolygonShape(outer, inner), wkb.Form{}, "0103000000" + rings},
		{"one of several polygons", geo.PolygonShape(outer, inner), wkb.Form{Multi: true}, "0106000000" + "01000000" + "0103000000" + rings},
		{"polygon for PostGIS", geo.PolygonShape(outer, inner), wkb.Form{Extended: true}, "0103000020e6100000" + rings},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := wkb.Append(nil, c.shape, c.form); err != nil || hex.EncodeToString(got) != c.want {
				t.Errorf("%x, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	corners := []geo.Point{{X: 1}, {X: 2}, {Y: 3}}
	cases := map[string]geo.Shape{
		"nothing":               {},
		"two places in a point": geo.MakeShape(geo.Points, []geo.Part{{Points: corners[:2]}}),
		"line of one point":     geo.LineShape(corners[:1]),
		"ring of two corners":   geo.PolygonShape(corners[:2]),
		"hole without its ring": geo.MakeShape(geo.Polygons, []geo.Part{{Points: corners, Hole: true}}),
		"hole in a line":        geo.MakeShape(geo.Lines, []geo.Part{{Points: corners}, {Points: corners, Hole: true}}),
	}
	for name, shape := range cases {
		if raw, err := wkb.Append(nil, shape, wkb.Form{}); err == nil {
			t.Errorf("%s was written as %x", name, raw)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	marshal := func(g orb.Geometry, srid int) []byte { return ewkb.MustMarshal(g, srid, binary.LittleEndian) }
	point := marshal(orb.Point{1, 2}, crs.SRID)
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	plain, extended := wkb.Form{}, wkb.Form{Extended: true}
	cases := []struct {
		name string
		form wkb.Form
		raw  []byte
		says string
	}{
		{"nothing", extended, nil, "ends early"},
		{"other reference system", extended, marshal(orb.Point{1, 2}, 4490), "reference system 4490"},
		{"reference system in plain form", plain, point, "cannot be kept"},
		{"collection", extended, marshal(orb.Collection{orb.Point{1, 2}}, crs.SRID), "cannot be kept"},
		{"extended height", extended, append([]byte{1, 1, 0, 0, 0xa0}, point[5:]...), "cannot be kept"},
		{"height", plain, append(unhex("01e9030000"), make([]byte, 24)...), "cannot be kept"},
		{"measure", plain, append(unhex("01d1070000"), make([]byte, 24)...), "cannot be kept"},
		{"curve", plain, unhex("010800000000000000"), "cannot be kept"},
		{"type zero", plain, append(unhex("0100000000"), make([]byte, 16)...), "cannot be kept"},
		{"byte order", extended, append([]byte{2}, point[1:]...), "byte order"},
		{"something after it", extended, append(bytes.Clone(point), 0), "1 bytes too many"},
		{"not a number", extended, marshal(orb.Point{1, nan}, crs.SRID), "outside the world"},
		{"outside the world", extended, marshal(orb.Point{181, 0}, crs.SRID), "at byte 9: position 181"},
		{"open ring", extended, marshal(orb.Polygon{orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}, crs.SRID), "not closed"},
		{"short ring", extended, marshal(orb.Polygon{square[1:]}, crs.SRID), "ring of 3"},
		{"empty ring", extended, marshal(orb.Polygon{square, orb.Ring{}}, crs.SRID), "ring of 0"},
		{"ring that the lattice swallows", extended, marshal(orb.Polygon{orb.Ring{{0, 0}, {1e-9, 0}, {1e-9, 1e-9}, {0, 0}}}, crs.SRID), "corners"},
		{"line of one point", extended, marshal(orb.LineString{{0, 0}}, crs.SRID), "line of 1"},
		{"line inside points", extended, unhex("0104000020e6100000010000000102000000010000000000000000000000000000000000f03f"), "inside"},
		{"several inside several", plain, unhex("010400000001000000" + "010400000001000000"), "inside"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := wkb.Parse(c.raw, c.form)
			if err == nil || !strings.Contains(err.Error(), c.says) || !s.IsZero() {
				t.Errorf("got %v, %v; want an error with %q", s, err, c.says)
			}
			if errors.Is(err, wkb.ErrEmpty) {
				t.Errorf("%v is ErrEmpty, which a store may pass over", err)
			}
		})
	}
}

// Counts that no bytes stand behind are told before room is made for them, and shapes
// inside shapes go one deep.
func TestAbuse10CountLies(t *testing.T) {
	nested := ""
	for range 1000 {
		nested += "010700000001000000"
	}
	for name, c := range map[string]struct {
		form wkb.Form
		raw  string
		says string
	}{
		"points":      {wkb.Form{Extended: true}, "0102000020e6100000ffffffff", "ends early"},
		"rings":       {wkb.Form{}, "0103000000ffffffff", "ends early"},
		"corners":     {wkb.Form{}, "010300000001000000ffffffff", "ends early"},
		"members":     {wkb.Form{Extended: true}, "0106000020e6100000ffffffff", "ends early"},
		"collections": {wkb.Form{}, nested, "cannot be kept"},
		"several":     {wkb.Form{}, "010600000001000000" + "010600000001000000" + "0103000000ffffffff", "inside"},
	} {
		raw := unhex(c.raw)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := wkb.Parse(raw, c.form)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.says) || !s.IsZero() {
			t.Errorf("%s: got %v, %v; want an error with %q", name, s, err, c.says)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<16 {
			t.Errorf("%s: %d bytes for it", name, grown)
		}
	}
}

// TestParseEmpty: the error tells that something was empty, the shape what was not.
func TestParseEmpty(t *testing.T) {
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	segment := orb.LineString{{0, 0}, {1, 1}}
	cases := []struct {
		name string
		raw  orb.Geometry
		rest geo.Shape
	}{
		{"no points", orb.MultiPoint{}, geo.Shape{}},
		{"line of nothing", orb.LineString{}, geo.Shape{}},
		{"no lines", orb.MultiLineString{}, geo.Shape{}},
		{"polygon of no rings", orb.Polygon{}, geo.Shape{}},
		{"no polygons", orb.MultiPolygon{}, geo.Shape{}},
		{"only empty members", orb.MultiPolygon{{}, {}}, geo.Shape{}},
		{"empty line beside another", orb.MultiLineString{{}, segment}, shapeOf(t, segment)},
		{"empty polygon beside another", orb.MultiPolygon{{square}, {}}, shapeOf(t, orb.Polygon{square})},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := wkb.Parse(orbwkb.MustMarshal(c.raw, binary.LittleEndian), wkb.Form{})
			if !errors.Is(err, wkb.ErrEmpty) || !s.Equal(c.rest) {
				t.Errorf("%v, %v; want %v and ErrEmpty", s, err, c.rest)
			}
		})
	}
}

func shapeOf(t testing.TB, g orb.Geometry) geo.Shape {
	t.Helper()
	s, err := wkb.Parse(orbwkb.MustMarshal(g, binary.LittleEndian), wkb.Form{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestParseTogether: readers do not disturb one another's scratch memory.
func TestParseTogether(t *testing.T) {
	rng := seedtest.New(t)
	for range 4 {
		shapes := make([]geo.Shape, 500)
		for i := range shapes {
			shapes[i] = randomShape(rng)
		}
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for _, s := range shapes {
				raw := judge(t, s, wkb.Form{}, binary.BigEndian)
				if back, err := wkb.Parse(raw, wkb.Form{}); err != nil || !back.Equal(s) {
					t.Fatalf("%v came back as %v, %v", s, back, err)
				}
			}
		})
	}
}

var nan = func() float64 { var zero float64; return zero / zero }()

func unhex(text string) []byte {
	raw, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return raw
}

// FuzzParse: no bytes crash the parser or make it take much memory, and what it
// takes for a geometry is written and read again as the same.
func FuzzParse(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		form := forms[rng.IntN(len(forms))]
		raw, err := wkb.Append(nil, randomShape(rng), form)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, form.Extended)
	}
	f.Add(unhex("0106000020e6100000ffffffff"), true)
	f.Add(unhex("0020000001000010e63ff00000000000004000000000000000"), true)
	f.Add(unhex("00000000060000000200000000030000000000000000030000"), false)
	f.Fuzz(func(t *testing.T, raw []byte, extended bool) {
		form := wkb.Form{Extended: extended}
		s, err := wkb.Parse(raw, form)
		if len(s.Points()) > len(raw)/16 {
			t.Fatalf("%d corners out of %d bytes", len(s.Points()), len(raw))
		}
		if s.IsZero() {
			if err == nil {
				t.Fatal("neither a shape nor an error")
			}
			return
		}
		again, err := wkb.Append(nil, s, form)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := wkb.Parse(again, form); err != nil || !back.Equal(s) {
			t.Fatalf("%v came back as %v, %v", s, back, err)
		}
	})
}

// house is a building of eight corners, the mean of a city.
var house = geo.PolygonShape([]geo.Point{
	{X: 1190000000, Y: 367000000}, {X: 1190001000, Y: 367000000}, {X: 1190001000, Y: 367000500}, {X: 1190002000, Y: 367000500},
	{X: 1190002000, Y: 367001000}, {X: 1190001000, Y: 367001000}, {X: 1190001000, Y: 367001500}, {X: 1190000000, Y: 367001500},
})

func BenchmarkAppend(b *testing.B) {
	b.ReportAllocs()
	var raw []byte
	for b.Loop() {
		var err error
		if raw, err = wkb.Append(raw[:0], house, wkb.Form{Extended: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	raw, err := wkb.Append(nil, house, wkb.Form{Extended: true})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wkb.Parse(raw, wkb.Form{Extended: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseOrb is the way through another library's types.
func BenchmarkParseOrb(b *testing.B) {
	raw := judge(b, house, wkb.Form{}, binary.LittleEndian)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := orbwkb.Unmarshal(raw); err != nil {
			b.Fatal(err)
		}
	}
}
