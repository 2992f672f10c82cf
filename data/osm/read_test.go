package osm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// extract writes a small OSM file: nodes on a board of 20 x 20 places, 0.0001
// degrees apart, and the given elements.
func extract(elements ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><osm version="0.6">`)
	for y := range 20 {
		for x := range 20 {
			fmt.Fprintf(&b, `<node id="%d" lat="%.4f" lon="%.4f"/>`, nodeAt(x, y), 36.7+float64(y)/1e4, 119.1+float64(x)/1e4)
		}
	}
	b.WriteString(strings.Join(elements, "\n"))
	b.WriteString(`</osm>`)
	return b.String()
}

func nodeAt(x, y int) int { return 100*y + x + 1 }

func at(x, y int) geo.Point { return crs.At(119.1+float64(x)/1e4, 36.7+float64(y)/1e4) }

func tagText(kv ...string) string {
	var b strings.Builder
	for i := 0; i < len(kv); i += 2 {
		fmt.Fprintf(&b, `<tag k="%s" v="%s"/>`, kv[i], kv[i+1])
	}
	return b.String()
}

// wayText is a way over places x, y, x, y, ...
func wayText(id int, xy []int, kv ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<way id="%d">`, id)
	for i := 0; i < len(xy); i += 2 {
		fmt.Fprintf(&b, `<nd ref="%d"/>`, nodeAt(xy[i], xy[i+1]))
	}
	return b.String() + tagText(kv...) + `</way>`
}

func nodeText(id, x, y int, kv ...string) string {
	return fmt.Sprintf(`<node id="%d" lat="%.4f" lon="%.4f">%s</node>`, 100000+id, 36.7+float64(y)/1e4, 119.1+float64(x)/1e4, tagText(kv...))
}

func relationText(id int, members string, kv ...string) string {
	return fmt.Sprintf(`<relation id="%d">%s%s</relation>`, id, members, tagText(kv...))
}

func memberText(kind string, id int, role string) string {
	return fmt.Sprintf(`<member type="%s" ref="%d" role="%s"/>`, kind, id, role)
}

func readText(t testing.TB, text string, opts osm.Options) *osm.Result {
	t.Helper()
	result, err := osm.Read(context.Background(), strings.NewReader(text), opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// describe gives layer, name and the fields that are set, for tables.
func describe(f geo.Feature) string {
	text := string(f.Layer()) + " " + f.Common().Shape.Kind().String()
	schema := geo.MustSchema(f.Layer())
	for i := range schema.Fields {
		field := &schema.Fields[i]
		if value := field.Get(f); value != nil && (field.Type != geo.Flag || value == true) && field.Name != "source" {
			text += fmt.Sprintf(" %s=%v", field.Name, value)
		}
	}
	return text
}

func TestMapping(t *testing.T) {
	line, square := []int{0, 0, 5, 0}, []int{0, 0, 5, 0, 5, 5, 0, 5, 0, 0}
	for _, test := range []struct {
		name     string
		elements []string
		want     []string
	}{
		{"residential street", []string{wayText(1, line, "highway", "residential", "name", "Dongfeng", "name:zh", "东风街")}, []string{"streets line name=东风街 class=local foot=yes"}},
		{"motorway", []string{wayText(1, line, "highway", "motorway")}, []string{"streets line class=expressway foot=no"}},
		{"trunk", []string{wayText(1, line, "highway", "trunk")}, []string{"streets line class=trunk foot=no"}},
		{"trunk with a pavement", []string{wayText(1, line, "highway", "trunk", "sidewalk", "both")}, []string{"streets line class=trunk foot=yes"}},
		{"private lane", []string{wayText(1, line, "highway", "service", "access", "private")}, []string{"streets line class=lane foot=private"}},
		{"private but open on foot", []string{wayText(1, line, "highway", "service", "access", "private", "foot", "yes")}, []string{"streets line class=lane foot=yes"}},
		{"footbridge", []string{wayText(1, line, "highway", "footway", "bridge", "yes", "layer", "1", "width", "2.5 m")}, []string{"streets line class=path foot=yes bridge=true level=1 width_m=2.5"}},
		{"steps", []string{wayText(1, line, "highway", "steps")}, []string{"streets line class=path foot=yes steps=true"}},
		{"zebra", []string{wayText(1, line, "highway", "footway", "footway", "crossing")}, []string{"streets line class=path foot=yes crossing=true"}},
		{"being built", []string{wayText(1, line, "highway", "construction")}, nil},
		{"square as area", []string{wayText(1, square, "highway", "pedestrian", "area", "yes")}, []string{"streets line class=path foot=yes", "land polygon kind=square"}},
		{"roundabout is no area", []string{wayText(1, square, "highway", "primary", "junction", "roundabout")}, []string{"streets line class=main foot=yes"}},

		{"wall", []string{wayText(1, line, "barrier", "retaining_wall")}, []string{"barriers line kind=wall"}},
		{"closed fence", []string{wayText(1, square, "barrier", "fence")}, []string{"barriers line kind=fence"}},
		{"railway", []string{wayText(1, line, "railway", "rail")}, []string{"barriers line kind=rail"}},
		{"railway on a bridge", []string{wayText(1, line, "railway", "rail", "bridge", "yes")}, nil},
		{"river", []string{wayText(1, line, "waterway", "river", "name", "信江", "layer", "-1")}, []string{"barriers line name=信江 kind=river"}},
		{"canal", []string{wayText(1, line, "waterway", "canal")}, []string{"barriers line kind=river"}},
		{"ditch", []string{wayText(1, line, "waterway", "ditch")}, []string{"barriers line kind=stream"}},
		{"culvert", []string{wayText(1, line, "waterway", "stream", "tunnel", "culvert")}, nil},
		{"aqueduct", []string{wayText(1, line, "waterway", "canal", "bridge", "aqueduct")}, nil},
		{"river under the ground", []string{wayText(1, line, "waterway", "river", "location", "underground")}, nil},
		{"weir", []string{wayText(1, line, "waterway", "weir")}, nil},
		{"round canal", []string{wayText(1, square, "waterway", "canal")}, []string{"barriers line kind=river"}},
		{"river in its banks", []string{wayText(1, square, "natural", "water", "water", "river"), wayText(2, line, "waterway", "river")}, []string{"land polygon kind=water", "barriers line kind=river"}},
		{"embankment on the coast", []string{wayText(1, line, "natural", "coastline", "barrier", "retaining_wall")}, []string{"barriers line kind=wall"}},
		{"tramway", []string{wayText(1, line, "railway", "tram")}, nil},
		{"bollard", []string{nodeText(1, 1, 1, "barrier", "bollard")}, nil},
		{"lift gate", []string{nodeText(1, 1, 1, "barrier", "lift_gate")}, []string{"gates point kind=barrier foot=all"}},
		{"private gate", []string{nodeText(1, 1, 1, "barrier", "gate", "access", "private")}, []string{"gates point kind=gate foot=residents"}},
		{"gate of which nothing is known", []string{nodeText(1, 1, 1, "barrier", "gate")}, []string{"gates point kind=gate"}},
		{"entrance", []string{nodeText(1, 1, 1, "entrance", "yes", "wheelchair", "no")}, []string{"gates point kind=entrance foot=all step_free=false"}},

		{
			"building", []string{wayText(1, square, "building", "apartments", "building:levels", "6", "height", "18 m", "start_date", "1998-05", "addr:housenumber", "3")},
			[]string{"buildings polygon number=3 levels=6 use=residential year=1998 height_m=18"},
		},
		{"school building", []string{wayText(1, square, "building", "yes", "amenity", "school", "name", "南关小学")}, []string{"buildings polygon name=南关小学 use=school", "facilities polygon name=南关小学 kind=school"}},
		{"deleted in an editor", []string{`<node id="100001" action="delete" lat="1" lon="1"><tag k="amenity" v="clinic"/></node>`}, nil},
		{"deleted in OSM", []string{`<node id="100001" visible="false"><tag k="amenity" v="clinic"/></node>`}, nil},
		{"school grounds", []string{wayText(1, square, "amenity", "school")}, []string{"land polygon kind=school", "facilities polygon kind=school"}},
		{"river bank", []string{wayText(1, square, "waterway", "riverbank")}, []string{"land polygon kind=water"}},
		{"unnamed residential ground", []string{wayText(1, square, "landuse", "residential")}, []string{"land polygon kind=built_up"}},
		{"compound", []string{wayText(1, square, "landuse", "residential", "name", "君子园", "access", "private")}, []string{"land polygon name=君子园 kind=built_up", "compounds polygon name=君子园 residents_only=true"}},
		{"car park", []string{wayText(1, square, "amenity", "parking", "capacity", "40", "fee", "no")}, []string{"parking polygon kind=ordinary capacity=40 fee_yuan_month=0"}},
		{"bus shelter is no shelter", []string{nodeText(1, 1, 1, "amenity", "shelter", "shelter_type", "public_transport")}, nil},
		{"assembly point", []string{nodeText(1, 1, 1, "emergency", "assembly_point", "capacity", "800")}, []string{"shelters point capacity=800"}},
		{"shoemaker", []string{nodeText(1, 1, 1, "craft", "shoemaker", "phone", "0536-1")}, []string{"booths point trades=[shoe] phone=0536-1"}},
		{"shoemaker in a house", []string{wayText(1, square, "shop", "shoe_repair")}, []string{"facilities polygon kind=shop"}},
		{"vacant shop", []string{nodeText(1, 1, 1, "shop", "vacant")}, nil},
		{
			"clinic", []string{nodeText(1, 1, 1, "amenity", "clinic", "opening_hours", "Mo-Fr 08:00-17:00", "addr:street", "人民路", "addr:housenumber", "12号", "wheelchair", "yes")},
			[]string{"facilities point kind=clinic hours=Mo-Fr 08:00-17:00 address=人民路12号 step_free=true"},
		},
		{"community", []string{nodeText(1, 1, 1, "place", "quarter", "name", "西街社区")}, []string{"places point name=西街社区 kind=community"}},
		{"village", []string{nodeText(1, 1, 1, "place", "village", "name", "黄坑村")}, nil},
		{
			"street office as node and boundary", []string{
				nodeText(1, 1, 1, "place", "town", "name", "东门街道", "population", "12,000"), wayText(1, []int{0, 0, 5, 0, 5, 5}), wayText(2, []int{0, 0, 0, 5, 5, 5}),
				relationText(1, memberText("way", 1, "outer")+memberText("way", 2, "outer")+memberText("node", 100001, "label"), "type", "boundary", "boundary", "administrative", "admin_level", "8", "name", "东门街道"),
			},
			[]string{"places polygon name=东门街道 kind=street population=12000"},
		},
		{
			"open boundary becomes a point at its label", []string{
				nodeText(1, 1, 1, "place", "city", "name", "贵溪市"), wayText(1, []int{0, 0, 5, 0, 5, 5}),
				relationText(1, memberText("way", 1, "outer")+memberText("way", 77, "outer")+memberText("node", 100001, "label"), "type", "boundary", "boundary", "administrative", "admin_level", "6", "name", "贵溪市"),
			},
			[]string{"places point name=贵溪市 kind=city"},
		},
		{
			"open boundary without a seat", []string{
				wayText(1, []int{0, 0, 5, 0, 5, 5}),
				relationText(1, memberText("way", 1, "outer")+memberText("way", 77, "outer"), "type", "boundary", "boundary", "administrative", "admin_level", "6", "name", "弋阳县"),
			}, nil,
		},
		{
			"building with a yard, outer way tagged too", []string{
				wayText(1, []int{0, 0, 9, 0, 9, 9, 0, 9, 0, 0}, "building", "yes"), wayText(2, []int{3, 3, 6, 3, 6, 6, 3, 6, 3, 3}),
				relationText(1, memberText("way", 1, "outer")+memberText("way", 2, "inner"), "type", "multipolygon", "building", "yes"),
			},
			[]string{"buildings polygon"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range readText(t, extract(test.elements...), osm.Options{}).Features {
				got = append(got, describe(f))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// Streets keep the corners they share and are split where nodes are missing.
func TestClippedWay(t *testing.T) {
	result := readText(t, extract(
		`<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="999999"/><nd ref="4"/><nd ref="5"/><nd ref="888888"/><nd ref="7"/><tag k="highway" v="residential"/></way>`,
		wayText(2, []int{1, 0, 1, 5}, "highway", "footway"),
	), osm.Options{})
	var lines [][]geo.Point
	for _, f := range result.Features {
		lines = append(lines, f.Common().Shape.Points())
	}
	want := [][]geo.Point{{at(0, 0), at(1, 0)}, {at(3, 0), at(4, 0)}, {at(1, 0), at(1, 5)}}
	if !slices.EqualFunc(lines, want, slices.Equal) {
		t.Errorf("got %v, want %v", lines, want)
	}
	if r := result.Report; r.Clipped.Total != 1 || r.MissingNodes.Total != 1 || !strings.Contains(r.String(), "osm:way/1: 2 of 7 nodes") {
		t.Errorf("the report says\n%s", &r)
	}
}

func TestBrokenPolygon(t *testing.T) {
	slip := wayText(7, []int{0, 0, 19, 0, 19, 19, 1, 19, 0, 18, 1, 18, 0, 19, 0, 0}, "building", "yes", "name", "滑")
	flat := wayText(8, []int{0, 0, 5, 0, 9, 0, 0, 0}, "building", "yes")
	for _, test := range []struct {
		repair                   bool
		features, mended, broken int
	}{{false, 0, 0, 2}, {true, 1, 1, 1}} {
		result := readText(t, extract(slip, flat), osm.Options{Repair: test.repair})
		r := result.Report
		if len(result.Features) != test.features || r.Mended.Total != test.mended || r.Broken.Total != test.broken {
			t.Errorf("repair %v: %d features, %d mended, %d broken\n%s", test.repair, len(result.Features), r.Mended.Total, r.Broken.Total, &r)
		}
		if !strings.Contains(r.String(), "osm:way/7 滑 at 119.1") {
			t.Errorf("id and place are not in the report\n%s", &r)
		}
	}
}

// Hours that cannot be read are dropped and named; the place stays.
func TestUnreadableHours(t *testing.T) {
	result := readText(t, extract(
		nodeText(1, 1, 1, "amenity", "clinic", "name", "诊所", "opening_hours", "Mo-Fr 08:00-17:00; Xx off"),
		nodeText(2, 2, 1, "craft", "shoemaker", "opening_hours", "sunrise-sunset"),
		nodeText(3, 3, 1, "barrier", "gate", "opening_hours", "by day"),
		nodeText(4, 4, 1, "amenity", "clinic", "opening_hours", "Mo-Fr 08:00-17:00"),
	), osm.Options{})
	var got []string
	for _, f := range result.Features {
		got = append(got, describe(f))
	}
	want := []string{
		"facilities point name=诊所 kind=clinic", "booths point trades=[shoe]", "gates point kind=gate",
		"facilities point kind=clinic hours=Mo-Fr 08:00-17:00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	report := result.Report.String()
	for _, line := range []string{
		"opening hours that could not be read: 3",
		`osm:node/100001 诊所: opening hours "Mo-Fr 08:00-17:00; Xx off": at byte 19, "Xx"`,
		"osm:node/100002: opening hours",
	} {
		if !strings.Contains(report, line) {
			t.Errorf("%q is not in the report\n%s", line, report)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	refuses(t, []refusal{
		{"empty", "", "read the head"},
		{"text", "not a map at all", "neither OSM XML nor OSM PBF"},
		{"other XML", `<gpx></gpx>`, "byte 5: the outer element is <gpx>, not <osm>"},
		{"cut off", `<osm><node id="1" lat="1" lon="1">`, "the file ends inside <node>"},
		{"no XML element", `<?xml version="1.0"?>`, "there is no <osm> element"},
		{"bad id", `<osm><node id="x" lat="1" lon="1"/></osm>`, "<node>: id:"},
		{"bad bounds", `<osm><bounds minlat="north"/></osm>`, "<bounds>: minlat:"},
		{"bad reference", `<osm><way id="1"><nd ref=""/></way></osm>`, "<nd>: ref:"},
		{"wrong order", `<osm><way></osm></way>`, "closes nothing"},
		{"huge blob header", "\xff\xff\xff\xff\x0a\x09OSMHeader" + strings.Repeat("x", 99), "blob 0 at byte 0: a header of 4294967295 bytes"},
	})
}

// Entities, depth and tags without end.
func TestAbuse12XMLEntities(t *testing.T) {
	refuses(t, []refusal{
		{"document type", `<!DOCTYPE osm [<!ENTITY a "b">]><osm></osm>`, "a document type"},
		{"unknown entity", `<osm><node id="1" lat="&lol;" lon="1"/></osm>`, "entity"},
		{"too deep", `<osm>` + strings.Repeat(`<a>`, 100), "nest more than 16 deep"},
		{"endless tag", `<osm><node id="` + strings.Repeat("1", 3<<20), "longer than 1048576 bytes"},
		{"an entity of its own in a document type inside", `<osm><!DOCTYPE osm><node id="1" lat="1" lon="1"/></osm>`, "a document type"},
		{"an entity of files", `<?xml version="1.0"?><!DOCTYPE osm SYSTEM "file:///etc/passwd"><osm/>`, "a document type"},
	})
}

// refusal is a text that is no map, and what is said of it.
type refusal struct{ name, text, want string }

func refuses(t *testing.T, list []refusal) {
	t.Helper()
	for _, test := range list {
		t.Run(test.name, func(t *testing.T) {
			_, err := osm.Read(context.Background(), strings.NewReader(test.text), osm.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, text := range []string{extract(), string(pbfFile(t))} {
		if _, err := osm.Read(ctx, strings.NewReader(text), osm.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzReadXML(f *testing.F) {
	s := coastOf["islands, one with a lagoon"]
	f.Add([]byte(s.file(s.inner(0.5), s.coast(), nil)))
	f.Add([]byte(extract(wayText(1, []int{0, 0, 5, 5}, "highway", "residential"))[:2000]))
	f.Add([]byte(`<osm><relation id="1"><member type="way" ref="1" role="outer"/><tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation>` +
		`<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/></way><node id="1" lat="0" lon="0"/><node id="2" lat="1" lon="0"/><node id="3" lat="1" lon="1"/></osm>`))
	f.Fuzz(readAnything)
}

func FuzzReadPBF(f *testing.F) {
	f.Add(pbfFile(f))
	f.Fuzz(readAnything)
}

// readAnything reads bytes of any kind: an error or clean features, no panic.
func readAnything(t *testing.T, raw []byte) {
	result, err := osm.Read(context.Background(), bytes.NewReader(raw), osm.Options{})
	if err != nil {
		return
	}
	for _, feature := range result.Features {
		if fault := geo.CheckFields(feature); fault != nil {
			t.Error(fault)
		}
	}
	_ = result.Report.Lines()
}
