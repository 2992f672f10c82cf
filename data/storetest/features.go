package storetest

import (
	"fmt"
	"testing"

	"gridatlas/geo"
)

// same holds that two features are equal in every part a store keeps.
func same(t *testing.T, got, want geo.Feature) {
	t.Helper()
	if got == nil || want == nil {
		if (got == nil) != (want == nil) {
			t.Errorf("got %v, want %v", got, want)
		}
		return
	}
	g, w := geo.AppendCanonical(nil, got), geo.AppendCanonical(nil, want)
	if got.Layer() != want.Layer() || string(g) != string(w) {
		t.Errorf("got  %s %s\nwant %s %s", got.Layer(), clip(g), want.Layer(), clip(w))
	}
	if got.Common().Revision != want.Common().Revision {
		t.Errorf("%v: revision %d, want %d", geo.KeyOf(want), got.Common().Revision, want.Common().Revision)
	}
	if !got.Common().Shape.Equal(want.Common().Shape) {
		t.Errorf("%v: another shape", geo.KeyOf(want))
	}
}

func clip(text []byte) []byte { return text[:min(len(text), 2000)] }

func sameSet(t *testing.T, got, want map[geo.Key]geo.Feature) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d features, want %d", len(got), len(want))
	}
	for key, w := range want {
		g, ok := got[key]
		if !ok {
			t.Errorf("%v is missing", key)
			continue
		}
		same(t, g, w)
	}
}

// oddTexts are kept as they are by every store.
var oddTexts = []string{
	"五道庙小区东门北50米路西", "a", " blanks around ", `O'Neill said "no" \ /`, "line\nfeed\ttab\r",
	"𠮷野家 🏥 ", "<b>&amp;</b>\u2028\u00a0", `{"id":1}`, "%_;--", "e\u0301 is not \u00e9", "\ufeffmark", "\ufffd", "\x01\x7f", "0", "NULL",
}

// shapesOf lists geometry of a kind: single, several, with holes, at the
// borders of the world.
func shapesOf(kind geo.Kind) []geo.Shape {
	const w, s, e, n = -180e7, -90e7, 180e7, 90e7
	ring := func(x, y, size int32) []geo.Point {
		return []geo.Point{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
	}
	switch kind {
	case geo.NoShape:
		return []geo.Shape{{}}
	case geo.Points:
		return []geo.Shape{
			geo.PointShape(geo.Point{X: 1191071234, Y: 367081235}),
			geo.PointShape(geo.Point{}),
			geo.PointShape(geo.Point{X: w, Y: s}),
			geo.PointShape(geo.Point{X: e, Y: n}),
			geo.PointShape(geo.Point{X: -1, Y: 1}),
			geo.MakeShape(kind, []geo.Part{{Points: []geo.Point{{X: 3, Y: 4}}}, {Points: []geo.Point{{X: e, Y: s}}}}),
		}
	case geo.Lines:
		return []geo.Shape{
			geo.LineShape([]geo.Point{{X: 1191000001, Y: 367000001}, {X: 1191000002, Y: 367000009}}),
			geo.LineShape([]geo.Point{{X: w, Y: s}, {X: e, Y: n}, {X: w, Y: s}}), // ends where it began
			geo.MakeShape(kind, []geo.Part{
				{Points: []geo.Point{{X: 1, Y: 1}, {X: 2, Y: 2}, {X: 3, Y: 1}}},
				{Points: []geo.Point{{X: 5, Y: 5}, {X: 6, Y: 6}}},
			}),
		}
	}
	return []geo.Shape{
		geo.PolygonShape(ring(1191000000, 367000000, 7)),
		geo.PolygonShape(ring(w, s, 1000)),
		geo.PolygonShape(ring(e-1000, n-1000, 1000)),
		geo.PolygonShape(ring(0, 0, 100), ring(10, 10, 20), ring(50, 50, 20)),
		geo.MakeShape(kind, []geo.Part{ // two polygons, the first with holes
			{Points: ring(0, 0, 100)}, {Points: ring(10, 10, 5), Hole: true}, {Points: ring(30, 30, 5), Hole: true},
			{Points: ring(1000, 1000, 100)},
		}),
		geo.MakeShape(kind, []geo.Part{{Points: ring(0, 0, 9)}, {Points: ring(20, 0, 9)}, {Points: ring(20, 20, 9)}, {Points: ring(22, 22, 2), Hole: true}}),
	}
}

// bare returns a feature of the layer with nothing but what it must have.
func bare(schema *geo.Schema) geo.Feature {
	f := schema.New()
	f.Common().Shape = shapesOf(schema.Kinds[0])[0]
	return f
}

// full returns a feature of the layer with every field known. serial varies the
// values and keeps codes apart.
func full(schema *geo.Schema, serial int) geo.Feature {
	f := schema.New()
	kind := schema.Kinds[serial%len(schema.Kinds)]
	shapes := shapesOf(kind)
	f.Common().Shape = shapes[serial%len(shapes)]
	for i := range schema.Fields {
		field := &schema.Fields[i]
		text := oddTexts[(serial+i)%len(oddTexts)]
		if field.Terms != nil {
			text = field.Terms[(serial+i)%len(field.Terms)].Value
		}
		if field.Refs != nil {
			text = fullCode(field.Refs[serial%len(field.Refs)], serial)
		}
		if field.Name == "code" {
			text = fullCode(schema.Layer, serial)
		}
		if field.Name == "number" {
			text = fmt.Sprint("№", serial, " ", text)
		}
		fill(field.Pointer(f), text, serial, field.Terms)
	}
	if base := f.Common(); base.Until < base.From {
		base.Until = base.From
	}
	return f
}

func fullCode(layer geo.Layer, serial int) string {
	return fmt.Sprintf("%s-%03d-网格", layer, serial)
}

func fill(pointer any, text string, serial int, terms []geo.Term) {
	numbers := []float64{0, -0.5, 0.1, 1e-300, 1.7976931348623157e308, 123456.789, -3}
	integers := []int32{0, 1, -1, 1<<31 - 1, -1 << 31}
	switch p := pointer.(type) {
	case *string:
		*p = text
	case *geo.Hours:
		*p = geo.Hours(text)
	case *[]string:
		*p = []string{text}
		if terms == nil {
			*p = oddTexts
		} else if serial%2 == 1 {
			for _, term := range terms {
				*p = append(*p, term.Value)
			}
		}
	case *geo.Opt[int32]:
		*p = geo.Some(integers[serial%len(integers)])
	case *geo.Opt[float64]:
		*p = geo.Some(numbers[serial%len(numbers)])
	case *geo.Opt[bool]:
		*p = geo.Some(serial%2 == 0)
	case *bool:
		*p = serial%2 == 0
	case *geo.Date:
		*p = []geo.Date{20000, -1, 1, -719161, 2932896}[serial%5] // the last two: 0001-01-02 and 9999-12-31
	case *geo.Instant:
		*p = []geo.Instant{29000000, -1, 1, 1<<31 - 2, -1035591840}[serial%5] // the last: 0001-01-02
	default:
		panic(fmt.Sprintf("no sample value for %T", pointer))
	}
}

// booth returns a booth at a lattice point. Booths are the plainest features
// with a code and a number of their own.
func booth(name string, x, y int32) *geo.Booth {
	b := &geo.Booth{}
	b.Name, b.Shape = name, geo.PointShape(geo.Point{X: x, Y: y})
	return b
}

// renamed returns a changed copy of a booth.
func renamed(b *geo.Booth, name string) *geo.Booth {
	c := geo.Clone(b).(*geo.Booth)
	c.Name = name
	return c
}

// at returns the booth moved to another place.
func at(b *geo.Booth, x, y int32) *geo.Booth {
	c := geo.Clone(b).(*geo.Booth)
	c.Shape = geo.PointShape(geo.Point{X: x, Y: y})
	return c
}
