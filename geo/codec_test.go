package geo_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// TestCanonicalForm spells the encoding out. Audit chains of stored cities hang
// on these bytes: they may gain fields, but what stands here never changes.
func TestCanonicalForm(t *testing.T) {
	booth := &geo.Booth{Number: "001", Trades: []string{"shoe", "key"}, LastChecked: 20000, Hours: "Mo-Fr 08:00-18:00"}
	booth.ID, booth.Version, booth.Revision = 7, 2, 99
	booth.Name, booth.From = ` 小蓝棚 "A" <1> `, 29000001
	booth.Shape = geo.PointShape(geo.Point{X: 1, Y: -1})
	building := &geo.Building{Levels: geo.Some[int32](0), HeightM: geo.Some(math.Copysign(0, -1)), Year: geo.Some[int32](math.MinInt32)}
	street := &geo.Street{Steps: true, OnewayFoot: geo.Some(false), WidthM: geo.Some(0.1)}
	for _, c := range []struct {
		feature geo.Feature
		want    string
	}{
		{booth, `{"id":7,"version":2,"name":" 小蓝棚 \"A\" \u003c1\u003e ","from":"2025-02-19T21:21:00Z","number":"001",` +
			`"trades":["shoe","key"],"hours":"Mo-Fr 08:00-18:00","last_checked":"2024-10-04","shape":"AQECAgE="}`},
		{building, `{"id":0,"version":0,"levels":0,"year":-2147483648,"height_m":0}`},
		{street, `{"id":0,"version":0,"oneway_foot":false,"steps":true,"width_m":0.1}`},
		{&geo.Assignment{}, `{"id":0,"version":0}`},
	} {
		got := geo.AppendCanonical([]byte("before "), c.feature)
		if string(got) != "before "+c.want {
			t.Errorf("got  %s\nwant before %s", got, c.want)
		}
		back, err := geo.ParseCanonical(c.feature.Layer(), []byte(c.want))
		if err != nil {
			t.Errorf("%s: %v", c.want, err)
		} else if again := geo.AppendCanonical(nil, back); string(again) != c.want {
			t.Errorf("%s came back as %s", c.want, again)
		}
	}
}

// TestCanonicalText holds the shortcut for plain text against encoding/json.
func TestCanonicalText(t *testing.T) {
	rng := seedtest.New(t)
	alphabet := []string{"a", "五", "𠮷", "\"", "\\", "<", ">", "&", "\u2028", "\u2029", "\x00", "\x1f", "\x7f", "\n", " ", "\ufffd", "\xff", "\xe2\x80", "é"}
	for range 20000 {
		var b strings.Builder
		for range 1 + rng.IntN(5) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		want, err := json.Marshal(b.String())
		if err != nil {
			t.Fatal(err)
		}
		duty := &geo.Assignment{Who: b.String()}
		if got := geo.AppendCanonical(nil, duty); string(got) != `{"id":0,"version":0,"who":`+string(want)+`}` {
			t.Fatalf("%q is written %s, encoding/json writes %s", b.String(), got, want)
		}
	}
}

func TestParseCanonicalRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          ``,
		"no object":        `[1]`,
		"cut":              `{"id":1,"versi`,
		"id of text":       `{"id":"one"}`,
		"id of halves":     `{"id":1.5}`,
		"id too large":     `{"id":9223372036854775808}`,
		"version of lists": `{"version":[1]}`,
		"shape of numbers": `{"shape":12}`,
		"shape not base64": `{"shape":"%%"}`,
		"shape cut":        `{"shape":"AQEC"}`,
		"name of objects":  `{"name":{}}`,
		"date of words":    `{"last_checked":"yesterday"}`,
		"list of lists":    `{"trades":[["shoe"]]}`,
	} {
		if f, err := geo.ParseCanonical(geo.Booths, []byte(text)); err == nil {
			t.Errorf("%s: %s was read as %s", name, text, geo.AppendCanonical(nil, f))
		}
	}
	if _, err := geo.ParseCanonical("castles", []byte(`{}`)); err == nil {
		t.Error("a layer that is not there")
	}
	if f, err := geo.ParseCanonical(geo.Booths, []byte(`{"id":1,"moat":"deep"}`)); err != nil || f.Common().ID != 1 {
		t.Errorf("a field that the layer no longer has: %v", err)
	}
}

// drawShape draws a shape within the world as MakeShape may be given it, with
// empty parts and rings of two corners among others.
func drawShape(intN func(int) int) geo.Shape {
	kind := geo.AllKinds[intN(len(geo.AllKinds))]
	coordinate := func(limit int32) int32 { return []int32{0, 1, -1, limit, -limit, int32(intN(int(limit)))}[intN(6)] }
	var parts []geo.Part
	for range intN(5) {
		part := geo.Part{Hole: intN(3) == 0}
		for range intN(6) {
			part.Points = append(part.Points, geo.Point{X: coordinate(geo.World.E), Y: coordinate(geo.World.N)})
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(kind, parts)
}

func TestShapeCodec(t *testing.T) {
	rng := seedtest.New(t)
	for range 20000 {
		shape := drawShape(rng.IntN)
		raw := geo.AppendShape([]byte{9}, shape)
		back, err := geo.ParseShape(raw[1:])
		if err != nil || raw[0] != 9 || !back.Equal(shape) {
			t.Fatalf("%v came back as %v, %v", shape, back, err)
		}
		for cut := range raw[1:] {
			if short, err := geo.ParseShape(raw[1 : 1+cut]); err == nil {
				t.Fatalf("%x without its end was read as %v", raw[1:1+cut], short)
			}
		}
		if long, err := geo.ParseShape(append(raw[1:], 0)); err == nil {
			t.Fatalf("%x with one byte more was read as %v", raw[1:], long)
		}
	}
}

// FuzzParseShape feeds what somebody may have written into a kept state.
func FuzzParseShape(f *testing.F) {
	rng := seedtest.New(f)
	for range 20 {
		f.Add(geo.AppendShape(nil, drawShape(rng.IntN)))
	}
	f.Add([]byte{2, 1, 0}) // a line of no corners
	f.Add([]byte{3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{1, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		shape, err := geo.ParseShape(raw)
		if err != nil || !geo.World.Covers(shape.Box()) { // no store holds the latter
			return
		}
		back, err := geo.ParseShape(geo.AppendShape(nil, shape))
		if err != nil || !back.Equal(shape) {
			t.Errorf("%x gives %v, which comes back as %v, %v", raw, shape, back, err)
		}
	})
}

// FuzzParseCanonical holds that what is taken has one form.
func FuzzParseCanonical(f *testing.F) {
	for i, schema := range geo.Catalog() {
		feature := schema.New()
		fill(f, schema, feature)
		f.Add(uint8(i), geo.AppendCanonical(nil, feature))
	}
	f.Add(uint8(4), []byte(`{"height_m":"1e400","trades":"a;b","year":1e3,"shape":"AQECAgE="}`))
	f.Fuzz(func(t *testing.T, layer uint8, text []byte) {
		name := geo.Catalog()[int(layer)%len(geo.Catalog())].Layer
		feature, err := geo.ParseCanonical(name, text)
		if err != nil {
			return
		}
		once := geo.AppendCanonical(nil, feature)
		back, err := geo.ParseCanonical(name, once)
		if err != nil {
			t.Fatalf("%s gives %s, which cannot be read: %v", text, once, err)
		}
		if twice := geo.AppendCanonical(nil, back); !bytes.Equal(once, twice) {
			t.Errorf("%s gives %s, then %s", text, once, twice)
		}
	})
}
