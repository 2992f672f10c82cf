package files_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
	"gridatlas/geo/valid"
)

const square = `{"type":"Polygon","coordinates":[[[119.1,36.7],[119.2,36.7],[119.2,36.8],[119.1,36.8],[119.1,36.7]]]}`

// gbk is 维修 in GBK.
const gbk = "\xce\xac\xd0\xde"

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + "\n" + strings.Join(features, ",\n") + "\n]}"
}

func feature(geometry, properties string) string {
	return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
}

func point(properties string) string {
	return feature(`{"type":"Point","coordinates":[119.1,36.7]}`, properties)
}

func geoJSON(text string) *files.Table {
	return files.GeoJSONTable(func() io.Reader { return strings.NewReader(text) })
}

func readAll(t testing.TB, text string, layer geo.Layer, reading files.Reading) (features []geo.Feature, faults []*files.RowFault) {
	t.Helper()
	return featuresOf(t, geoJSON(text), layer, reading)
}

// featuresOf reads a table; rows without a place count as faults.
func featuresOf(t testing.TB, table *files.Table, layer geo.Layer, reading files.Reading) (features []geo.Feature, faults []*files.RowFault) {
	t.Helper()
	var schema *geo.Schema
	if layer != "" {
		schema = geo.MustSchema(layer)
	}
	for read, fault := range files.Features(context.Background(), table, schema, reading) {
		if (read.Feature == nil) == (fault == nil) {
			t.Fatalf("feature %v and fault %v at once", read.Feature, fault)
		}
		if read.Unplaced {
			fault = &files.RowFault{Place: read.Row.Place, Reason: "has no geometry"}
		}
		if fault != nil {
			faults = append(faults, fault)
		} else {
			features = append(features, read.Feature)
		}
	}
	return features, faults
}

func TestReadGeoJSON(t *testing.T) {
	for _, test := range []struct {
		name  string
		layer geo.Layer
		text  string
		want  string // canonical forms without shapes, one a line
	}{
		{"collection", geo.Booths, collection(point(`{"number":"370702000186","trades":["shoe","key"]}`), point(`{}`)), `"number":"370702000186","trades":["shoe","key"]|`},
		{"single feature", geo.Booths, point(`{"number":"370702000186"}`), `"number":"370702000186"`},
		{"members in any order", geo.Booths, `{"properties":{"number":"370702000186"},"geometry":{"coordinates":[1,2],"type":"Point"},"type":"Feature"}`, `"number":"370702000186"`},
		{"one a line", geo.Booths, point(`{"number":"370702000186"}`) + "\n" + point(`{"number":"370702000283"}`) + "\n", `"number":"370702000186"|"number":"370702000283"`},
		{"text sequence", geo.Booths, "\x1e" + point(`{"number":"370702000186"}`) + "\n\x1e" + point(`{"number":"370702000283"}`) + "\n", `"number":"370702000186"|"number":"370702000283"`},
		{"byte order mark", geo.Booths, "\xef\xbb\xbf" + point(`{"number":"370702000186"}`), `"number":"370702000186"`},
		{"Chinese titles", geo.Booths, point(`{"编号":"3707 0200 0186","服务项目":"修鞋、配钥匙开锁","服务时间":"24/7"}`), `"number":"370702000186","trades":["shoe","key"],"hours":"24/7"`},
		{"English titles", geo.Buildings, feature(square, `{"Number":"3","levels":"6","USE":"Residential"}`), `"number":"3","levels":6,"use":"residential"`},
		{"numbers as text", geo.Compounds, feature(square, `{"name":12,"year":"1998","area_m2":"1200.5"}`), `"name":"12","year":1998,"area_m2":1200.5`},
		{"null is unknown", geo.Buildings, feature(square, `{"levels":null,"number":""}`), ``},
		{"no properties", geo.Buildings, feature(square, `null`), ``},
		{"layer of the collection", "", `{"type":"FeatureCollection","layer":"booths","features":[` + point(`{"number":"370702000186"}`) + `]}`, `"number":"370702000186"`},
		{"layer of each feature", "", collection(`{"layer":"booths",`+point(`{"number":"370702000186"}`)[1:], `{"layer":"gates",`+point(`{"foot":"all"}`)[1:]), `"number":"370702000186"|"foot":"all"`},
		{"the layer of a feature goes before the caller's", geo.Gates, collection(`{"layer":"booths",`+point(`{"number":"370702000186"}`)[1:], point(`{"foot":"all"}`)), `"number":"370702000186"|"foot":"all"`},
		{"the layer of a collection too", geo.Gates, `{"layer":"booths","features":[` + point(`{"number":"370702000186"}`) + `]}` + point(`{"foot":"all"}`), `"number":"370702000186"|"foot":"all"`},
		{"a layer that is null", geo.Booths, `{"layer":null,` + point(`{"number":"370702000186"}`)[1:], `"number":"370702000186"`},
		{"a code in two layers", geo.Booths, point(`{"code":"7"}`) + `{"layer":"gates",` + point(`{"code":"7"}`)[1:], `"code":"7"|"code":"7"`},
		{"a code as number", geo.Booths, point(`{"code":"7","number":370702000768}`), `"code":"7","number":"370702000768"`},
		{"crs of WGS84", geo.Booths, `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` + point(`{}`) + `]}`, ``},
		{"heights", geo.Booths, feature(`{"type":"Point","coordinates":[119.1,36.7,12.5]}`, `{}`), ``},
		{"empty collection", geo.Booths, collection(), "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			features, faults := readAll(t, test.text, test.layer, files.Reading{})
			if len(faults) > 0 {
				t.Fatal(faults[0])
			}
			var got []string
			for _, f := range features {
				plain := geo.Clone(f)
				plain.Common().Shape = geo.Shape{}
				text := strings.TrimSuffix(string(geo.AppendCanonical(nil, plain)), "}")
				got = append(got, strings.TrimPrefix(strings.TrimPrefix(text, `{"id":0,"version":0`), ","))
			}
			want := strings.Split(test.want, "|")
			if test.want == "none" {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestReadGeoJSONRefuses(t *testing.T) {
	bowTie := `{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`
	for _, test := range []struct {
		name  string
		layer geo.Layer
		text  string
		want  string
		fatal bool
	}{
		{"empty", geo.Booths, "", "line 1 (byte 0): the file is empty", true},
		{"an array", geo.Booths, "[]", "a GeoJSON object is wanted, not [", true},
		{"cut off", geo.Booths, collection(point("{}"))[:100], "the file ends too early", true},
		{"cut off in the collection", geo.Booths, `{"type":"FeatureCollection"`, "the file ends too early", true},
		{"broken JSON", geo.Booths, collection(point("{}"), "{bad}"), "line 3 (byte 133): invalid character 'b'", true},
		{"projection", geo.Booths, `{"crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[]}`, `coordinates are in "EPSG:4549"; GeoJSON must be in WGS84`, true},
		{"topology", geo.Booths, `{"type":"Topology"}`, `the type "Topology" is neither`, true},
		{"bare geometry", geo.Booths, `{"type":"Point","coordinates":[1,2]}`, `the type "Point" is neither a Feature`, true},
		{"unknown layer", "", `{"layer":"stalls","features":[]}`, `there is no layer "stalls"`, true},
		{"features no array", geo.Booths, `{"features":7}`, "`features` is not an array", true},
		{"layer not said", "", collection(point("{}")), "feature 1, line 2 (byte 41): its layer is not known", false},
		{"layer of a feature not known", "", collection(`{"layer":"x",` + point("{}")[1:]), `there is no layer "x"`, false},
		{"layer of a feature not known, another one asked for", geo.Booths, `{"layer":"x",` + point("{}")[1:], `feature 1, line 1 (byte 0): there is no layer "x"`, false},
		{"layer of a collection not known, another one asked for", geo.Booths, `{"layer":"stalls","features":[]}`, `there is no layer "stalls"`, true},
		{"a number for a feature", geo.Booths, collection(point("{}"), "7"), `feature 2, line 3 (byte 132): it is not a Feature (type "no object")`, false},
		{"wrong kind", geo.Buildings, collection(point("{}")), "a point is not allowed in layer buildings, only [polygon]", false},
		{"collection of geometries", geo.Booths, feature(`{"type":"GeometryCollection","geometries":[]}`, "{}"), `"GeometryCollection" cannot be stored`, false},
		{"no geometry", geo.Booths, feature(`null`, "{}"), "has no geometry", false},
		{"swapped axes", geo.Booths, feature(`{"type":"Point","coordinates":[36.7,119.1]}`, "{}"), "36.7, 119.1 is no place in EPSG:4326: x and y look swapped", false},
		{"metres", geo.Booths, feature(`{"type":"Point","coordinates":[500000,4000000]}`, "{}"), "500000, 4000000 is no place in EPSG:4326: ", false},
		{"one coordinate", geo.Booths, feature(`{"type":"Point","coordinates":[36.7]}`, "{}"), "not 1 numbers", false},
		{"coordinates nest wrongly", geo.Booths, feature(`{"type":"Point","coordinates":[[1,2]]}`, "{}"), "do not nest as its type wants", false},
		{"text as coordinate", geo.Booths, feature(`{"type":"Point","coordinates":["1","2"]}`, "{}"), "do not nest as its type wants", false},
		{"no coordinates", geo.Booths, feature(`{"type":"Point"}`, "{}"), "do not nest as its type wants", false},
		{"empty polygon", geo.Buildings, feature(`{"type":"Polygon","coordinates":[[]]}`, "{}"), "has no positions", false},
		{"open ring", geo.Buildings, feature(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}`, "{}"), "ring 1 is not closed at 1.0000000, 1.0000000", false},
		{"bow tie", geo.Buildings, feature(bowTie, "{}"), "the ring crosses itself (self_crossing) at 0.5000000, 0.5000000", false},
		{"no number", geo.Buildings, feature(square, `{"levels":"six"}`), `field levels: "six" is not a number`, false},
		{"true for a number", geo.Buildings, feature(square, `{"levels":true}`), `field levels: true is not of type integer`, false},
		{"half a level", geo.Buildings, feature(square, `{"levels":1.5}`), `field levels: 1.5 is not a whole number`, false},
		{"an object", geo.Buildings, feature(square, `{"number":{}}`), `field number: an object is not a value`, false},
		{"a list for text", geo.Buildings, feature(square, `{"number":["1"]}`), `field number: a list is not of type text`, false},
		{"a bad day", geo.Booths, point(`{"last_checked":"3 May"}`), `field last_checked: date "3 May"`, false},
		{"not in the list", geo.Buildings, feature(square, `{"use":"castle"}`), `field use: "castle" is not an allowed value`, false},
		{"not in the list of trades", geo.Booths, point(`{"trades":["修鞋","刷墙"]}`), `field trades: "刷墙" is not an allowed value`, false},
		{"hours that cannot be read", geo.Booths, point(`{"number":"370702000186","hours":"Mo-Fr 08:00-17:00; Xx off"}`), `field hours: opening hours "Mo-Fr 08:00-17:00; Xx off": at byte 19, "Xx": `, false},
		{"hours with the sun", geo.Facilities, point(`{"kind":"park","开放时间":"sunrise-sunset"}`), `field hours: opening hours "sunrise-sunset": at byte 0`, false},
		{"a code twice", geo.Buildings, collection(feature(square, `{"code":"7"}`), feature(square, `{"code":"8"}`), feature(square, `{"code":"7"}`)), `feature 3, line 4 (byte 359), field code: "7" is that of feature 1 already`, false},
		{"a plate twice", geo.Booths, point(`{"code":"1","number":"370702000186"}`) + point(`{"code":"2","number":"370702000186"}`), `field number: "370702000186" is that of feature 1 already`, false},
		{"a number of no plate", geo.Booths, point(`{"number":"3707 0200 0187"}`), `field number: "3707 0200 0187" is no number of a plate: wrong check digits: 87`, false},
		{"given twice", geo.Buildings, feature(square, `{"number":"1","楼号":"2"}`), `field number: given twice, as "number" and as "楼号"`, false},
		{"GBK", geo.Booths, collection(point(`{"number":"370702000186"}`), point(`{"number":"370702000283","landmark":"`+gbk+`"}`)), "feature 2, line 3 (byte 155), field landmark: the text is not UTF-8; is the file GBK?", false},
		{"GBK under a title", geo.Booths, point(`{"编号":"` + gbk + `"}`), "feature 1, line 1 (byte 0), field 编号: the text is not UTF-8", false},
		{"GBK with a backslash", geo.Booths, point("{\"number\":\"\xd5\\\xd0\xc5\"}"), "string escape code; the text is not UTF-8; is the file GBK?", true}, // 誠信
		{"GBK in a list", geo.Booths, point(`{"trades":["` + gbk + `"]}`), "field trades: the text is not UTF-8", false},
		{"GBK in a name", geo.Booths, point(`{"` + gbk + `":"1"}`), "feature 1, line 1 (byte 0): the text is not UTF-8", false},
		{"properties no object", geo.Buildings, feature(square, `[1]`), `its properties are not an object`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, faults := readAll(t, test.text, test.layer, files.Reading{})
			if len(faults) != 1 {
				t.Fatalf("%d faults: %v", len(faults), faults)
			}
			if fault := faults[0]; !strings.Contains(fault.Error(), test.want) || fault.Fatal != test.fatal {
				t.Errorf("got %q (fatal %v), want %q", fault, fault.Fatal, test.want)
			}
		})
	}
}

// One bad feature does not hide the next: all faults and all good features come.
func TestReadGeoJSONGoesOn(t *testing.T) {
	var report files.Report
	features, faults := readAll(t, collection(
		point(`{"number":"370702000186","colour":"blue"}`), point(`{"trades":["x"]}`), point(`{"number":"370702000283","colour":"red"}`),
		feature(`{"type":"Point","coordinates":[119.1,36.7,3]}`, `{}`), feature(square, `{}`),
	), geo.Booths, files.Reading{Report: &report})
	if len(features) != 3 || len(faults) != 2 || faults[0].Line != 3 || faults[1].Line != 6 || faults[1].Row != 5 {
		t.Errorf("%d features, faults %v", len(features), faults)
	}
	want := []string{
		"3 features read, 2 refused", `property "colour" is not a field of the layer and was passed over`,
		"1 positions have a height, which was dropped",
	}
	if got := report.Lines(); !slices.Equal(got, want) {
		t.Errorf("the report is %q, want %q", got, want)
	}
}

// A feature that is refused leaves its code to another one.
func TestRefusedFeatureFreesItsCode(t *testing.T) {
	features, faults := readAll(t, point(`{"code":"7","number":"370702000186"}`)+point(`{"code":"8","number":"370702000186"}`)+point(`{"code":"8","number":"370702000283"}`), geo.Booths, files.Reading{})
	if len(features) != 2 || len(faults) != 1 || faults[0].Row != 2 || faults[0].Field != "number" {
		t.Errorf("%d features, faults %v", len(features), faults)
	}
}

func TestReadGeoJSONRepairs(t *testing.T) {
	text := collection(
		feature(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`, "{}"),
		feature(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0.01,1],[0,0.99],[0.01,0.99],[0,1],[0,0]]]}`, "{}"),
		feature(`{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`, "{}"),
		feature(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]],[[5,5],[6,5],[6,6],[5,5]]]}`, "{}"),
	)
	var report files.Report
	features, faults := readAll(t, text, geo.Buildings, files.Reading{Repair: true, Report: &report})
	if len(features) != 3 || len(report.Mended) != 3 || report.Mended[1].Row != 2 || report.Mended[1].At == nil {
		t.Fatalf("%d features, report %v", len(features), report.Lines())
	}
	if len(faults) != 1 || !strings.Contains(faults[0].Error(), "feature 4, line 5") || !strings.Contains(faults[0].Error(), "beyond repair") {
		t.Errorf("faults %v", faults)
	}
	for _, f := range features {
		if left := valid.Check(f.Common().Shape); len(left) > 0 {
			t.Error(left)
		}
	}
}

func TestReadGeoJSONStops(t *testing.T) {
	text := collection(slices.Repeat([]string{point("{}")}, 100)...)
	count := 0
	for range files.Features(context.Background(), geoJSON(text), geo.MustSchema(geo.Booths), files.Reading{}) {
		if count++; count == 3 {
			break
		}
	}
	if count != 3 {
		t.Errorf("%d features", count)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for read, fault := range files.Features(ctx, geoJSON(text), geo.MustSchema(geo.Booths), files.Reading{}) {
		if read.Feature != nil || !fault.Fatal || fault.Reason != context.Canceled.Error() {
			t.Errorf("got %v, %v", read.Feature, fault)
		}
	}
}

// repeated is a file of n features that is never in memory as a whole.
type repeated struct {
	text string
	n    int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// A large file goes through without being held.
func TestReadGeoJSONStreams(t *testing.T) {
	line := feature(square, `{"number":"`+strings.Repeat("3", 2000)+`"}`) + "\n"
	const n = 40_000 // 90 MB
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	count := 0
	table := files.GeoJSONTable(func() io.Reader { return &repeated{text: line, n: n} })
	for read, fault := range files.Features(context.Background(), table, geo.MustSchema(geo.Buildings), files.Reading{}) {
		if fault != nil {
			t.Fatal(fault)
		}
		_ = read.Feature
		if count++; count == n-1 {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); count != n || grown > 8<<20 {
		t.Errorf("%d features, the heap grew by %d KiB", count, grown>>10)
	}
}

func TestReadGeoJSONHoldsBackHugeMembers(t *testing.T) {
	endless := files.GeoJSONTable(func() io.Reader {
		return io.MultiReader(strings.NewReader(`{"type":"FeatureCollection","features":[{"type":"`), &repeated{text: strings.Repeat("x", 1<<16), n: 1 << 14})
	})
	for read, fault := range files.Features(context.Background(), endless, geo.MustSchema(geo.Booths), files.Reading{}) {
		if read.Feature != nil || !strings.Contains(fault.Reason, "larger than 64 MiB") {
			t.Fatalf("got %v, %v", read.Feature, fault)
		}
	}
}

func TestRowFaultIsAnError(t *testing.T) {
	var fault *files.RowFault
	err := fmt.Errorf("import: %w", &files.RowFault{Place: files.Place{Unit: "feature", Row: 3, Line: 4, Byte: 5}, Field: "name", Reason: "is bad"})
	if !errors.As(err, &fault) || err.Error() != "import: feature 3, line 4 (byte 5), field name: is bad" {
		t.Errorf("got %v", err)
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(collection(point(`{"number":"370702000186"}`), feature(square, `{}`))))
	f.Add([]byte(`{"layer":"buildings","features":[` + feature(square, `{"楼号":1}`) + `]}`))
	f.Add([]byte(feature(`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}`, "null")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, layer := range []*geo.Schema{nil, geo.MustSchema(geo.Incidents)} {
			for read, fault := range files.Features(context.Background(), geoJSON(string(raw)), layer, files.Reading{}) {
				if fault != nil {
					_ = fault.Error()
					continue
				}
				if read.Unplaced {
					continue
				}
				if bad := geo.CheckFields(read.Feature); bad != nil {
					t.Error(bad)
				}
			}
		}
	})
}

func BenchmarkReadGeoJSON(b *testing.B) {
	var line []byte
	ring := []geo.Point{{X: 1191000000, Y: 367000000}, {X: 1191001000, Y: 367000000}, {X: 1191001000, Y: 367000500}, {X: 1191000000, Y: 367000500}}
	building := &geo.Building{Base: geo.Base{Name: "3号楼", Shape: geo.PolygonShape(ring)}, Number: "3", Levels: geo.Some(int32(6)), Use: "residential"}
	line = append(geojson.AppendFeature(line, building, geojson.Fields(geo.MustSchema(geo.Buildings), false)), '\n')
	const n = 10_000
	b.SetBytes(int64(n * len(line)))
	b.ReportAllocs()
	table := files.GeoJSONTable(func() io.Reader { return &repeated{text: string(line), n: n} })
	for b.Loop() {
		for _, fault := range files.Features(context.Background(), table, geo.MustSchema(geo.Buildings), files.Reading{}) {
			if fault != nil {
				b.Fatal(fault)
			}
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "features/s")
}
