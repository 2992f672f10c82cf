package gpkg

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// randomShape draws a shape of any kind with up to four parts.
func randomShape(rng *rand.Rand) geo.Shape {
	kind := geo.AllKinds[1+rng.IntN(3)]
	point := func() geo.Point {
		return geo.Point{X: int32(rng.Int64N(3600000001) - 180e7), Y: rng.Int32N(1800000001) - 90e7}
	}
	var parts []geo.Part
	for i := range 1 + rng.IntN(4) {
		part := geo.Part{Hole: kind == geo.Polygons && i > 0 && rng.IntN(2) == 0}
		corners := 1
		if kind != geo.Points {
			corners = int(kind) + rng.IntN(9)
		}
		for range corners {
			part.Points = append(part.Points, point())
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(kind, parts)
}

// TestBlobAgainstOrb holds our blobs against another writer and reader of WKB.
func TestBlobAgainstOrb(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	for range 5000 {
		shape := randomShape(rng)
		for _, multi := range []bool{false, true} {
			blob := appendBlob(nil, shape, multi)
			back, err := parseBlob(blob)
			if err != nil || !back.Equal(shape) {
				t.Fatalf("seed %d: %x came back as %v, %v", seed, blob, back, err)
			}
			read, err := wkb.Unmarshal(blob[headSize+envelopeBytes:])
			if err != nil {
				t.Fatalf("seed %d: orb cannot read %x: %v", seed, blob, err)
			}
			want := crs.ToOrb(shape)
			if multi {
				want = several(want)
			}
			if !orb.Equal(read, want) {
				t.Fatalf("seed %d: orb reads %v, want %v", seed, read, want)
			}
		}
		// What another program writes: big endian, without an envelope.
		foreign := append([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6}, wkb.MustMarshal(crs.ToOrb(shape), binary.BigEndian)...)
		if back, err := parseBlob(foreign); err != nil || !back.Equal(shape) {
			t.Fatalf("seed %d: foreign %x came back as %v, %v", seed, foreign, back, err)
		}
	}
}

func several(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return orb.MultiPoint{g}
	case orb.LineString:
		return orb.MultiLineString{g}
	case orb.Polygon:
		return orb.MultiPolygon{g}
	}
	return g
}

func TestBlobRefusals(t *testing.T) {
	good := appendBlob(nil, geo.PointShape(geo.Point{X: 1, Y: 2}), false)
	edit := func(at int, b byte) []byte {
		blob := append([]byte{}, good...)
		blob[at] = b
		return blob
	}
	cases := map[string][]byte{
		"nothing":           nil,
		"another magic":     edit(0, 'X'),
		"another version":   edit(2, 9),
		"extended type":     edit(3, flagExtended|flagLittle|envelopeXY),
		"no such envelope":  edit(3, flagLittle|5<<1),
		"another srs":       edit(4, 1),
		"cut envelope":      good[:headSize+5],
		"cut body":          good[:len(good)-1],
		"too long":          append(append([]byte{}, good...), 0),
		"point with z":      edit(headSize+envelopeBytes+2, 3),
		"not a number":      append(append([]byte{}, good[:len(good)-8]...), 0, 0, 0, 0, 0, 0, 0xf8, 0x7f),
		"outside the world": append(append([]byte{}, good[:len(good)-8]...), 0, 0, 0, 0, 0, 0, 0x60, 0x40),
	}
	for name, blob := range cases {
		if shape, err := parseBlob(blob); err == nil {
			t.Errorf("%s: %s was taken as %v", name, hex.EncodeToString(blob), shape)
		}
	}
	if shape, err := parseBlob([]byte{'G', 'P', 0, flagLittle | flagEmpty, 0xe6, 0x10, 0, 0}); err != nil || !shape.IsZero() {
		t.Errorf("an empty geometry: %v, %v", shape, err)
	}
}

// FuzzParseBlob feeds what may stand in a file from elsewhere. Whatever is taken
// must come back the same when written again.
func FuzzParseBlob(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		f.Add(appendBlob(nil, randomShape(rng), rng.IntN(2) == 0))
	}
	f.Add([]byte{'G', 'P', 0, flagLittle | flagEmpty, 0xe6, 0x10, 0, 0})
	f.Add([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6, 0, 0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, blob []byte) {
		shape, err := parseBlob(blob)
		if err != nil || shape.IsZero() {
			return
		}
		layer := map[geo.Kind]geo.Layer{geo.Points: geo.Booths, geo.Lines: geo.Streets, geo.Polygons: geo.Land}[shape.Kind()]
		feature := geo.MustSchema(layer).New()
		feature.Common().Shape = shape
		if geo.CheckFields(feature) != nil {
			return // parts that no store holds, as a line of one corner
		}
		back, err := parseBlob(appendBlob(nil, shape, false))
		if err != nil || !back.Equal(shape) {
			t.Errorf("%x gives %v, which comes back as %v, %v", blob, shape, back, err)
		}
	})
}
