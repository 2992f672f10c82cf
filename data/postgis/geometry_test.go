package postgis_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"gridatlas/data/postgis"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

var seed = flag.Uint64("seed", 0, "seed of random tests; 0: by the clock")

func random(t testing.TB) *rand.Rand {
	t.Helper()
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", s)
	return rand.New(rand.NewPCG(s, 0))
}

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
		s := geo.MakeShape(kind, parts)
		if _, err := postgis.AppendEWKB(nil, s); err == nil { // a random ring may fall to one corner
			return s
		}
	}
}

// TestEWKB holds the codec against orb's, which is slower and goes through its
// own types, and reads back what it wrote.
func TestEWKB(t *testing.T) {
	rng := random(t)
	for range 5_000 {
		s := randomShape(rng)
		got, err := postgis.AppendEWKB([]byte("before"), s)
		if err != nil {
			t.Fatal(err)
		}
		got = got[len("before"):]
		want, err := ewkb.Marshal(crs.ToOrb(s), crs.SRID, binary.LittleEndian)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%v:\ngot  %x\nwant %x", s, got, want)
		}
		big, err := ewkb.Marshal(crs.ToOrb(s), crs.SRID, binary.BigEndian)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range [][]byte{got, big} {
			if back, err := postgis.ParseEWKB(raw); err != nil || !back.Equal(s) {
				t.Fatalf("%v came back as %v, %v", s, back, err)
			}
		}
		for cut := range min(len(got), 200) {
			if _, err := postgis.ParseEWKB(got[:cut]); err == nil {
				t.Fatalf("%d of %d bytes are taken for a geometry", cut, len(got))
			}
		}
	}
}

func TestParseEWKBRefuses(t *testing.T) {
	marshal := func(g orb.Geometry, srid int) []byte { return ewkb.MustMarshal(g, srid, binary.LittleEndian) }
	point := marshal(orb.Point{1, 2}, crs.SRID)
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	cases := []struct {
		name string
		raw  []byte
		says string
	}{
		{"nothing", nil, "ends early"},
		{"other reference system", marshal(orb.Point{1, 2}, 4490), "reference system 4490"},
		{"collection", marshal(orb.Collection{orb.Point{1, 2}}, crs.SRID), "cannot be kept"},
		{"height", append([]byte{1, 1, 0, 0, 0xa0}, point[5:]...), "cannot be kept"},
		{"byte order", append([]byte{2}, point[1:]...), "byte order"},
		{"something after it", append(slices.Clone(point), 0), "1 bytes too many"},
		{"not a number", marshal(orb.Point{1, nan}, crs.SRID), "outside the world"},
		{"outside the world", marshal(orb.Point{181, 0}, crs.SRID), "outside the world"},
		{"no points", marshal(orb.MultiPoint{}, crs.SRID), "empty"},
		{"no rings", marshal(orb.Polygon{}, crs.SRID), "empty"},
		{"open ring", marshal(orb.Polygon{orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}, crs.SRID), "not closed"},
		{"short ring", marshal(orb.Polygon{square[1:]}, crs.SRID), "ring of 3"},
		{"ring that the lattice swallows", marshal(orb.Polygon{orb.Ring{{0, 0}, {1e-9, 0}, {1e-9, 1e-9}, {0, 0}}}, crs.SRID), "corners"},
		{"line of one point", marshal(orb.LineString{{0, 0}}, crs.SRID), "line of 1"},
		{"line inside points", unhex("0104000020e6100000010000000102000000010000000000000000000000000000000000f03f"), "inside"},
		{"count of 4 billion", unhex("0102000020e6100000ffffffff"), "ends early"},
		{"members of 4 billion", unhex("0106000020e6100000ffffffff"), "ends early"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := postgis.ParseEWKB(c.raw)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, %v; want an error with %q", s, err, c.says)
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

// FuzzParseEWKB: no bytes crash the parser or make it take much memory, and what
// it takes for a geometry is written and read again as the same.
func FuzzParseEWKB(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		raw, err := postgis.AppendEWKB(nil, randomShape(rng))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(unhex("0106000020e6100000ffffffff"))
	f.Add(unhex("0020000001000010e63ff00000000000004000000000000000"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := postgis.ParseEWKB(raw)
		if err != nil {
			return
		}
		if len(s.Points()) > len(raw)/16 {
			t.Fatalf("%d corners out of %d bytes", len(s.Points()), len(raw))
		}
		again, err := postgis.AppendEWKB(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := postgis.ParseEWKB(again); err != nil || !back.Equal(s) {
			t.Fatalf("%v came back as %v, %v", s, back, err)
		}
	})
}
