package geopackage

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridatlas/geo"
)

// corners of a triangle and, beside each, the sixteen bytes that stand for it.
var corners = []geo.Point{{X: 1191234567, Y: 367654321}, {X: 1191234667, Y: 367654321}, {X: 1191234667, Y: 367654421}}

const (
	corner0 = "373eeeb6e6c75d408067d6adf9614240"
	corner1 = "48a9dfe0e6c75d408067d6adf9614240"
	corner2 = "48a9dfe0e6c75d40a43db901fa614240"
)

// TestBlobBytes: files hold these bytes, so they may never change. The envelope
// goes west, east, south, north.
func TestBlobBytes(t *testing.T) {
	const (
		head   = "47500003e6100000"
		west   = "373eeeb6e6c75d40"
		east   = "48a9dfe0e6c75d40"
		south  = "8067d6adf9614240"
		north  = "a43db901fa614240"
		square = head + west + east + south + north
		ring   = "04000000" + corner0 + corner1 + corner2 + corner0
	)
	cases := []struct {
		name  string
		shape geo.Shape
		multi bool
		want  string
	}{
		{"point", geo.PointShape(corners[0]), false, head + west + west + south + south + "0101000000" + corner0},
		{"line", geo.LineShape(corners), false, square + "0102000000" + "03000000" + corner0 + corner1 + corner2},
		{"polygon", geo.PolygonShape(corners), false, square + "0103000000" + "01000000" + ring},
		{"one of several polygons", geo.PolygonShape(corners), true, square + "0106000000" + "01000000" + "0103000000" + "01000000" + ring},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			blob, err := AppendBlob([]byte("before"), c.shape, c.multi)
			if err != nil || hex.EncodeToString(blob[len("before"):]) != c.want {
				t.Errorf("%x, %v\nwant %s", blob, err, c.want)
			}
			if back, err := ParseBlob(blob[len("before"):]); err != nil || !back.Equal(c.shape) {
				t.Errorf("came back as %v, %v", back, err)
			}
		})
	}
}

func blobOf(t testing.TB, s geo.Shape) []byte {
	t.Helper()
	blob, err := AppendBlob(nil, s, false)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// TestForeignBlobs: other programs write another byte order, in the header or
// the body, and other envelopes.
func TestForeignBlobs(t *testing.T) {
	body := wkb.MustMarshal(orb.Point{119, 36.7}, binary.BigEndian)
	want := geo.PointShape(geo.Point{X: 1190000000, Y: 367000000})
	cases := []struct {
		name string
		blob []byte
		want geo.Shape
	}{
		{"big endian without envelope", append([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6}, body...), want},
		{"envelope with heights", append(append([]byte{'G', 'P', 0, 2 << 1, 0, 0, 0x10, 0xe6}, make([]byte, 48)...), body...), want},
		{"envelope with both", append(append([]byte{'G', 'P', 0, 4<<1 | flagLittle, 0xe6, 0x10, 0, 0}, make([]byte, 64)...), body...), want},
		{"flag of the empty", []byte{'G', 'P', 0, flagLittle | flagEmpty, 0xe6, 0x10, 0, 0}, geo.Shape{}},
		{"empty without the flag", append([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6}, wkb.MustMarshal(orb.MultiPolygon{})...), geo.Shape{}},
		{"one member empty", append([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6}, wkb.MustMarshal(orb.MultiLineString{{}, {{0, 0}, {1, 0}}})...),
			geo.LineShape([]geo.Point{{}, {X: 1e7}})},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got, err := ParseBlob(c.blob); err != nil || !got.Equal(c.want) {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestBlobRefusals(t *testing.T) {
	good := blobOf(t, geo.PointShape(geo.Point{X: 1, Y: 2}))
	edit := func(at int, b byte) []byte {
		blob := bytes.Clone(good)
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
		"too long":          append(bytes.Clone(good), 0),
		"point with z":      edit(headSize+envelopeBytes+2, 3),
		"PostGIS's form":    edit(headSize+envelopeBytes+4, 0x20),
		"not a number":      append(bytes.Clone(good[:len(good)-8]), 0, 0, 0, 0, 0, 0, 0xf8, 0x7f),
		"outside the world": append(bytes.Clone(good[:len(good)-8]), 0, 0, 0, 0, 0, 0, 0x60, 0x40),
	}
	for name, blob := range cases {
		if shape, err := ParseBlob(blob); err == nil {
			t.Errorf("%s: %s was taken as %v", name, hex.EncodeToString(blob), shape)
		}
	}
	if blob, err := AppendBlob(nil, geo.Shape{}, false); err == nil {
		t.Errorf("no geometry was written as %x", blob)
	}
}

// FuzzParseBlob feeds what may stand in a file from elsewhere. Whatever is taken
// must come back the same when written again.
func FuzzParseBlob(f *testing.F) {
	for _, shape := range []geo.Shape{geo.PointShape(corners[0]), geo.LineShape(corners), geo.PolygonShape(corners)} {
		f.Add(blobOf(f, shape))
	}
	f.Add([]byte{'G', 'P', 0, flagLittle | flagEmpty, 0xe6, 0x10, 0, 0})
	f.Add([]byte{'G', 'P', 0, 0, 0, 0, 0x10, 0xe6, 0, 0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, blob []byte) {
		shape, err := ParseBlob(blob)
		if err != nil || shape.IsZero() {
			return
		}
		if back, err := ParseBlob(blobOf(t, shape)); err != nil || !back.Equal(shape) {
			t.Errorf("%x gives %v, which comes back as %v, %v", blob, shape, back, err)
		}
	})
}
