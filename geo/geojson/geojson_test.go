package geojson_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	orbjson "github.com/paulmach/orb/geojson"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/seedtest"
)

func TestAppendGeometry(t *testing.T) {
	square := []geo.Point{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}
	hole := []geo.Point{{X: 2, Y: 2}, {X: 2, Y: 4}, {X: 4, Y: 4}}
	for _, test := range []struct {
		name  string
		shape geo.Shape
		want  string
	}{
		{"none", geo.Shape{}, `null`},
		{"point", geo.PointShape(geo.Point{X: 1191234567, Y: -367000000}), `{"type":"Point","coordinates":[119.1234567,-36.7]}`},
		{
			"points", geo.MakeShape(geo.Points, []geo.Part{{Points: square[:1]}, {Points: square[1:2]}}),
			`{"type":"MultiPoint","coordinates":[[0,0],[0.000001,0]]}`,
		},
		{"line", geo.LineShape(square[:2]), `{"type":"LineString","coordinates":[[0,0],[0.000001,0]]}`},
		{
			"lines", geo.MakeShape(geo.Lines, []geo.Part{{Points: square[:2]}, {Points: square[2:]}}),
			`{"type":"MultiLineString","coordinates":[[[0,0],[0.000001,0]],[[0.000001,0.000001],[0,0.000001]]]}`,
		},
		{
			"polygon with a hole", geo.PolygonShape(square, hole),
			`{"type":"Polygon","coordinates":[[[0,0],[0.000001,0],[0.000001,0.000001],[0,0.000001],[0,0]],` +
				`[[0.0000002,0.0000002],[0.0000002,0.0000004],[0.0000004,0.0000004],[0.0000002,0.0000002]]]}`,
		},
		{
			"polygons", geo.MakeShape(geo.Polygons, []geo.Part{{Points: square[:3]}, {Points: hole}}),
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[0.000001,0],[0.000001,0.000001],[0,0]]],` +
				`[[[0.0000004,0.0000004],[0.0000002,0.0000004],[0.0000002,0.0000002],[0.0000004,0.0000004]]]]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(geojson.AppendGeometry(nil, test.shape)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// orb reads what we write and finds the same shape, for shapes of every kind.
func TestGeometryReadByOrb(t *testing.T) {
	random := seedtest.New(t)
	for range 3000 {
		shape := randomShape(random)
		text := geojson.AppendGeometry(nil, shape)
		read, err := orbjson.UnmarshalGeometry(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !cmp.Equal(read.Geometry(), crs.ToOrb(shape)) {
			t.Fatalf("%s: %s", text, cmp.Diff(read.Geometry(), crs.ToOrb(shape)))
		}
		back, err := crs.FromOrb(read.Geometry())
		if err != nil || !back.Equal(shape) {
			t.Fatalf("%s: not the same on the lattice (%v)", text, err)
		}
	}
}

func randomShape(random *rand.Rand) geo.Shape {
	kind := geo.AllKinds[1+random.IntN(len(geo.AllKinds)-1)]
	var parts []geo.Part
	for i := range 1 + random.IntN(4) {
		part := geo.Part{Hole: kind == geo.Polygons && i > 0 && random.IntN(2) == 0}
		size := 1
		if kind != geo.Points {
			size = 3 + random.IntN(5)
		}
		for range size {
			part.Points = append(part.Points, geo.Point{X: random.Int32N(3600000000/2) - 900000000, Y: random.Int32N(1800000000) - 900000000})
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(kind, parts)
}

func TestAppendDegreesIsExact(t *testing.T) {
	random := seedtest.New(t)
	steps := []int32{0, 1, -1, 9999999, 10000000, -10000001, 1800000000, -1800000000, math.MinInt32, math.MaxInt32}
	for range 10000 {
		steps = append(steps, int32(random.Uint32()))
	}
	for _, step := range steps {
		text := string(geojson.AppendDegrees(nil, step))
		degrees, err := strconv.ParseFloat(text, 64)
		if err != nil || degrees != float64(step)/crs.PerDegree {
			t.Fatalf("%d steps: %s reads back as %v (%v)", step, text, degrees, err)
		}
		if want := strconv.FormatFloat(float64(step)/crs.PerDegree, 'f', -1, 64); text != want {
			t.Fatalf("%d steps: got %s, want %s", step, text, want)
		}
	}
}

func TestAppendFeature(t *testing.T) {
	booth := &geo.Booth{
		Base:   geo.Base{ID: 7, Code: "B-7", Name: "五道庙\"<小蓝棚>", Shape: geo.PointShape(geo.Point{X: 1191000000, Y: 367000000}), SurveyedBy: "only staff"},
		Trades: []string{"shoe", "key"},
	}
	text := geojson.AppendFeature(nil, booth, geojson.Fields(geo.MustSchema(geo.Booths), false))
	feature, err := orbjson.UnmarshalFeature(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if feature.ID != 7.0 || feature.Properties["name"] != booth.Name || feature.Properties["phone"] != nil {
		t.Errorf("read back %v", feature)
	}
	if got := feature.Properties["trades"]; !cmp.Equal(got, []any{"shoe", "key"}) {
		t.Errorf("trades are %v", got)
	}
	if _, shown := feature.Properties["surveyed_by"]; shown {
		t.Error("a staff field is among the public ones")
	}
	if member := feature.ExtraMembers["layer"]; member != "booths" {
		t.Errorf("layer is %v", member)
	}
}

// Every layer, with no value and with every value set, is JSON that
// encoding/json reads back to what Get returned.
func TestAppendFeatureOfEveryLayer(t *testing.T) {
	for _, schema := range geo.Catalog() {
		f := schema.New()
		full := schema.New()
		fields := geojson.Fields(schema, true)
		for _, field := range fields {
			if err := field.Set(full, map[geo.FieldType]any{
				geo.Text: "文\u2028字", geo.List: []string{"a\tb", "\x01"}, geo.Integer: 12, geo.Number: 1.5e-9,
				geo.Boolean: true, geo.Flag: true, geo.Day: "2024-02-29", geo.Moment: "2024-02-29T08:00:00Z", geo.OpeningHours: "24/7",
			}[field.Type]); err != nil {
				t.Fatal(err)
			}
		}
		for _, f := range []geo.Feature{f, full} {
			text := geojson.AppendProperties(nil, f, fields)
			var members map[string]any
			if err := json.Unmarshal(text, &members); err != nil {
				t.Fatalf("%s: %s: %v", schema.Layer, text, err)
			}
			if len(members) != len(fields) {
				t.Errorf("%s: %d members, want %d", schema.Layer, len(members), len(fields))
			}
			for _, field := range fields {
				want, err := json.Marshal(field.Get(f))
				if err != nil {
					t.Fatal(err)
				}
				got, err := json.Marshal(members[field.Name])
				if err != nil || string(got) != string(want) {
					t.Errorf("%s.%s: got %s, want %s (%v)", schema.Layer, field.Name, got, want, err)
				}
			}
		}
	}
}

func TestAppendValueThatJSONCannotHold(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(geojson.AppendValue(nil, v)); got != "null" {
			t.Errorf("%v: got %s", v, got)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("五道庙小区\u2029<b>\"\\\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		want, err := json.Marshal(text)
		if err != nil {
			t.Skip()
		}
		var ours, theirs string
		if err := json.Unmarshal(geojson.AppendString(nil, text), &ours); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(want, &theirs); err != nil || ours != theirs {
			t.Fatalf("%q reads back as %q, encoding/json gives %q", text, ours, theirs)
		}
	})
}

func BenchmarkAppendFeature(b *testing.B) {
	ring := make([]geo.Point, 12)
	for i := range ring {
		sin, cos := math.Sincos(float64(i) * math.Pi / 6)
		ring[i] = geo.Point{X: 1191000000 + int32(1000*cos), Y: 367000000 + int32(1000*sin)}
	}
	building := &geo.Building{Base: geo.Base{ID: 1, Name: "五道庙小区3号楼", Shape: geo.PolygonShape(ring)}, Number: "3", Levels: geo.Some(int32(6))}
	fields := geojson.Fields(geo.MustSchema(geo.Buildings), false)
	var dst []byte
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = geojson.AppendFeature(dst[:0], building, fields)
		}
		b.SetBytes(int64(len(dst)))
	})
	b.Run("orb", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			feature := orbjson.NewFeature(crs.ToOrb(building.Shape))
			for _, field := range fields {
				feature.Properties[field.Name] = field.Get(building)
			}
			text, err := feature.MarshalJSON()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
		}
	})
}
