package table_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/wkt"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/table"
)

// rows writes features of one layer as CSV and reads it with encoding/csv.
func rows(t *testing.T, layout table.Layout, features ...geo.Feature) [][]string {
	t.Helper()
	layout.Schema = geo.MustSchema(features[0].Layer())
	var out bytes.Buffer
	lines, err := table.NewCSV(&out, layout.Header())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range features {
		if err := lines.Row(layout.AppendRow(nil, f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Flush(); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(out.String(), table.ByteOrderMark)
	if !marked {
		t.Error("it begins with no byte order mark")
	}
	read, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func fields(layer geo.Layer, names ...string) (chosen []*geo.Field) {
	for _, field := range geojson.Fields(geo.MustSchema(layer), true) {
		for _, name := range names {
			if field.Name == name {
				chosen = append(chosen, field)
			}
		}
	}
	return chosen
}

func TestRows(t *testing.T) {
	booth := &geo.Booth{
		Base:   geo.Base{ID: 12, Code: "=1+1", Name: "健康街", Shape: geo.PointShape(crs.At(119.1, 36.7))},
		Trades: []string{"shoe", "key"},
	}
	bare := &geo.Booth{Base: geo.Base{ID: 13, Name: "-3"}}
	zone := crs.Zone(120, false)
	for _, test := range []struct {
		name   string
		layout table.Layout
		want   [][]string
	}{
		{
			"names", table.Layout{Frame: &table.Frame{}, IDs: true},
			[][]string{{"id", "code", "name", "trades", "lon_wgs84", "lat_wgs84"}, {"12", "'=1+1", "健康街", "shoe;key", "119.1", "36.7"}, {"13", "", "'-3", "", "", ""}},
		},
		{
			"titles", table.Layout{Frame: &table.Frame{}, Titles: true},
			[][]string{{"编码", "名称", "服务项目", "经度_wgs84", "纬度_wgs84"}, {"'=1+1", "健康街", "修鞋;配钥匙开锁", "119.1", "36.7"}, {"", "'-3", "", "", ""}},
		},
		{
			"metres", table.Layout{Frame: &table.Frame{System: zone}},
			[][]string{{"code", "name", "trades", "x_epsg4549", "y_epsg4549"}, {"'=1+1", "健康街", "shoe;key", "419574.9132", "4063596.0367"}, {"", "'-3", "", "", ""}},
		},
		{
			"another datum", table.Layout{Frame: &table.Frame{System: crs.GCJ02}},
			[][]string{{"code", "name", "trades", "lon_gcj02", "lat_gcj02"}, {"'=1+1", "健康街", "shoe;key", "119.105967078", "36.700509491"}, {"", "'-3", "", "", ""}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.layout.Fields = fields(geo.Booths, "code", "name", "trades")
			if got := rows(t, test.layout, booth, bare); !cmp.Equal(got, test.want) {
				t.Error(cmp.Diff(test.want, got))
			}
		})
	}
}

// What is more than one point is well-known text, in a column of its own.
func TestShapesInRows(t *testing.T) {
	line := &geo.Street{Base: geo.Base{ID: 1, Shape: geo.LineShape([]geo.Point{crs.At(119.1, 36.7), crs.At(119.2, 36.7)})}}
	layout := table.Layout{Frame: &table.Frame{}, Fields: fields(geo.Streets, "bridge")}
	if got, want := rows(t, layout, line), [][]string{{"bridge", "WKT_wgs84"}, {table.No, "LINESTRING (119.1 36.7,119.2 36.7)"}}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	layout = table.Layout{Schema: geo.MustSchema(geo.Booths), Frame: &table.Frame{}}
	two := &geo.Booth{Base: geo.Base{Shape: geo.MakeShape(geo.Points, []geo.Part{{Points: []geo.Point{crs.At(1, 2)}}, {Points: []geo.Point{crs.At(3, 4)}}})}}
	if got := layout.AppendRow(nil, two); layout.Several != 1 || !cmp.Equal(got, []any{table.Decimal("1"), table.Decimal("2")}) {
		t.Errorf("got %v, counted %d", got, layout.Several)
	}
}

// A place that the system has no numbers for is a fault, not a wrong number.
func TestFrameKeepsTheFault(t *testing.T) {
	frame := table.Frame{System: crs.Zone(120, false)}
	frame.AppendXY(nil, crs.At(119, 36))
	if frame.Fault != nil {
		t.Error(frame.Fault)
	}
	frame.AppendXY(nil, crs.At(80, 36))
	if frame.Fault == nil {
		t.Error("it places 80 E in the zone of 120 E")
	}
}

// orb reads the shape that was written.
func TestWKTAgainstOrb(t *testing.T) {
	square := func(at, size int32) []geo.Point {
		return []geo.Point{{X: at, Y: at}, {X: at + size, Y: at}, {X: at + size, Y: at + size}, {X: at, Y: at + size}}
	}
	hole := func(at, size int32) geo.Part { return geo.Part{Points: square(at, size), Hole: true} }
	for _, shape := range []geo.Shape{
		geo.PointShape(geo.Point{X: -1, Y: math.MaxInt32 / 3}),
		geo.MakeShape(geo.Points, []geo.Part{{Points: square(0, 1)[:1]}, {Points: square(5, 1)[:1]}}),
		geo.LineShape(square(0, 100)),
		geo.MakeShape(geo.Lines, []geo.Part{{Points: square(0, 1)}, {Points: square(5, 1)}}),
		geo.PolygonShape(square(0, 100)),
		geo.MakeShape(geo.Polygons, []geo.Part{{Points: square(0, 100)}, hole(10, 5), hole(30, 5)}),
		geo.MakeShape(geo.Polygons, []geo.Part{{Points: square(0, 100)}, hole(10, 5), {Points: square(200, 9)}, {Points: square(300, 100)}, hole(310, 5)}),
	} {
		text := string(table.AppendWKT(nil, shape, (&table.Frame{}).AppendXY))
		geometry, err := wkt.Unmarshal(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if back, err := crs.FromOrb(geometry); err != nil || !back.Equal(shape) {
			t.Errorf("%s is read as %v, %v; it was %v", text, back, err, shape)
		}
	}
	if text := table.AppendWKT(nil, geo.Shape{}, nil); len(text) != 0 {
		t.Errorf("no shape is %q", text)
	}
}

// What keeps a text from being a formula is taken away again, whatever the text.
func FuzzQuoteFormula(f *testing.F) {
	for _, text := range []string{"=1+2", "'=1+2", "'五道庙", "+86 536 1234567", "-3号楼", "@张", "''''=", "\x00", "\t=1", "𠮷"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted := table.QuoteFormula(text)
		if quoted != "" && strings.ContainsAny(quoted[:1], "=+-@\t\r\x00") {
			t.Errorf("%q becomes %q, which a spreadsheet runs", text, quoted)
		}
		if back := table.UnquoteFormula(quoted); back != text {
			t.Errorf("%q becomes %q and comes back as %q", text, quoted, back)
		}
	})
}
