package osm_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"gridatlas/data/osm"
	"gridatlas/data/osm/osmtest"
	"gridatlas/geo"
)

// message puts a protocol buffer message together by hand.
type message []byte

func (m message) number(field int, v uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), v)
}

func (m message) bytes(field int, v []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(v))), v...)
}

func signed(values ...int64) []byte {
	var out []byte
	for _, v := range values {
		out = binary.AppendVarint(out, v) // zigzag as in protocol buffers
	}
	return out
}

func unsigned(values ...uint64) []byte {
	var out []byte
	for _, v := range values {
		out = binary.AppendUvarint(out, v)
	}
	return out
}

func blob(t testing.TB, kind string, raw []byte, zipped bool) []byte {
	t.Helper()
	body := message(nil).bytes(1, raw)
	if zipped {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		body = message(nil).number(2, uint64(len(raw))).bytes(3, packed.Bytes())
	}
	header := message(nil).bytes(1, []byte(kind)).number(3, uint64(len(body)))
	out := binary.BigEndian.AppendUint32(nil, uint32(len(header)))
	return append(append(out, header...), body...)
}

// pbfFile is a file of one street over two nodes, one of them in a dense group
// and one by itself, and a clinic.
func pbfFile(t testing.TB) []byte {
	t.Helper()
	table := message(nil)
	for _, text := range []string{"", "highway", "residential", "amenity", "clinic"} {
		table = table.bytes(1, []byte(text))
	}
	dense := message(nil).bytes(1, signed(1, 1)).bytes(8, signed(367000000, 10)).bytes(9, signed(1191000000, 20)).bytes(10, unsigned(0, 3, 4, 0))
	plain := message(nil).number(1, 3<<1).number(8, 367000100<<1).number(9, 1191000100<<1)
	way := message(nil).number(1, 9).bytes(2, unsigned(1)).bytes(3, unsigned(2)).bytes(8, signed(1, 2))
	block := message(nil).bytes(1, table).
		bytes(2, message(nil).bytes(2, dense)).
		bytes(2, message(nil).bytes(1, plain)).
		bytes(2, message(nil).bytes(3, way))
	file := blob(t, "OSMHeader", message(nil).bytes(4, []byte("OsmSchema-V0.6")).bytes(4, []byte("DenseNodes")), false)
	return append(file, blob(t, "OSMData", block, true)...)
}

func TestReadPBF(t *testing.T) {
	result := readText(t, string(pbfFile(t)), osm.Options{})
	if r := result.Report; r.Nodes != 3 || r.Ways != 1 || len(result.Features) != 2 {
		t.Fatalf("read %v, %s", result.Features, &r)
	}
	line := result.Features[0].Common().Shape
	if !line.Equal(geo.LineShape([]geo.Point{{X: 1191000000, Y: 367000000}, {X: 1191000100, Y: 367000100}})) {
		t.Errorf("the street runs over %v", line.Points())
	}
	if clinic := result.Features[1].Common(); clinic.Source != "osm:node/2" || clinic.Shape.Points()[0] != (geo.Point{X: 1191000020, Y: 367000010}) {
		t.Errorf("the clinic is %v", clinic)
	}
}

// The bounds in the head of a PBF file close its coast: land in the north.
func TestBoundsOfPBF(t *testing.T) {
	table := message(nil).bytes(1, nil).bytes(1, []byte("natural")).bytes(1, []byte("coastline"))
	dense := message(nil).bytes(1, signed(1, 1)).bytes(8, signed(360500000, 0)).bytes(9, signed(1190000000, 1000000)).bytes(10, unsigned(0, 0))
	way := message(nil).number(1, 9).bytes(2, unsigned(1)).bytes(3, unsigned(2)).bytes(8, signed(1, 1))
	block := message(nil).bytes(1, table).bytes(2, message(nil).bytes(2, dense)).bytes(2, message(nil).bytes(3, way))
	var box message
	for side, degrees := range []float64{119.01, 119.09, 36.08, 36.02} { // left, right, top, bottom
		box = box.number(side+1, uint64(degrees*1e9)<<1)
	}
	file := append(blob(t, "OSMHeader", message(nil).bytes(1, box), false), blob(t, "OSMData", block, true)...)
	result := readText(t, string(file), osm.Options{})
	if len(result.Features) != 1 {
		t.Fatalf("read %v\n%s", result.Features, &result.Report)
	}
	want := geo.Box{W: 1190100000, S: 360200000, E: 1190900000, N: 360500000}
	if sea := result.Features[0]; describe(sea) != "land polygon kind=water" || sea.Common().Shape.Box() != want {
		t.Errorf("read %s in %v, want the sea in %v", describe(sea), sea.Common().Shape.Box(), want)
	}
}

func TestReadPBFRefuses(t *testing.T) {
	good := pbfFile(t)
	header := blob(t, "OSMHeader", message(nil).bytes(4, []byte("HistoricalInformation")), false)
	badString := message(nil).bytes(1, message(nil).bytes(1, nil)).
		bytes(2, message(nil).bytes(3, message(nil).number(1, 9).bytes(2, unsigned(7)).bytes(3, unsigned(7))))
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"cut off", good[:len(good)-5], "the file ends inside it"},
		{"history", header, `the feature "HistoricalInformation"`},
		{"string outside the table", append(blob(t, "OSMHeader", nil, false), blob(t, "OSMData", badString, true)...), "way 9: names a string"},
		{"damaged message", append(blob(t, "OSMHeader", nil, false), blob(t, "OSMData", []byte{0xff}, false)...), "damaged protocol buffer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := osm.Read(context.Background(), bytes.NewReader(test.file), osm.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "blob ") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// Sizes that lie, and what unpacks to more than it says.
func TestAbuse11PBFBombs(t *testing.T) {
	zipped := func(stated uint64, size int) []byte {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		_, err := w.Write(make([]byte, size))
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return message(nil).number(2, stated).bytes(3, packed.Bytes())
	}
	framed := func(size uint64, body []byte) []byte {
		header := message(nil).bytes(1, []byte("OSMData")).number(3, size)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header...), body...)
	}
	bomb, lie := zipped(100, 64<<20), zipped(1<<40, 100)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a header of 4 GB":         {append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 100)...), "a header of 4294967295 bytes, more than 65536"},
		"a blob of 1 TB":           {framed(1<<40, nil), "1099511627776 bytes, more than 33554432"},
		"a blob that is not there": {framed(32<<20, nil), "the file ends inside it"},
		"unpacked 1 TB":            {framed(uint64(len(lie)), lie), "1099511627776 bytes when unpacked, more than 33554432"},
		"more than it says":        {framed(uint64(len(bomb)), bomb), "unpacks to other than the 100 bytes stated"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := osm.Read(t.Context(), bytes.NewReader(append(blob(t, "OSMHeader", nil, false), c.file...)), osm.Options{})
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 80<<20 {
				t.Errorf("%d MiB for it", grown>>20)
			}
		})
	}
}

// Another program (ogr2ogr of GDAL) finds every node that became a feature at the
// same place, and the numbers of objects are those that osmium counted.
func TestReadPBFAgainstGDAL(t *testing.T) {
	for _, test := range []struct {
		name                   string
		nodes, ways, relations int
	}{
		{"osm/monaco-2016.osm.pbf", 180118, 27377, 212},
		{"osm/helsinki-centre-2019.osm.pbf", 24260, 5130, 620},
	} {
		path := osmtest.File(t, test.name)
		result := read(t, path, osm.Options{})
		if r := result.Report; r.Nodes != test.nodes || r.Ways != test.ways || r.Relations != test.relations {
			t.Errorf("%s: read %d, %d, %d objects, want %v", test.name, r.Nodes, r.Ways, r.Relations, test)
		}
		program, err := exec.LookPath("ogr2ogr")
		if err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal("ogr2ogr (gdal-bin) is not installed")
			}
			t.Skip("ogr2ogr (gdal-bin) is not installed")
		}
		text, err := exec.CommandContext(t.Context(), program, "-f", "CSV", "/vsistdout/", path, "points", "-lco", "GEOMETRY=AS_XY", "-lco", "SEPARATOR=TAB").Output()
		if err != nil {
			t.Fatal(err)
		}
		places := map[string]geo.Point{}
		for line := range strings.Lines(string(text)) {
			if cells := strings.SplitN(line, "\t", 4); len(cells) == 4 && cells[0] != "X" {
				places[strings.Trim(cells[2], `"`)] = geo.Point{X: lattice(cells[0]), Y: lattice(cells[1])}
			}
		}
		checked := 0
		for _, f := range result.Features {
			base := f.Common()
			id, ok := strings.CutPrefix(base.Source, "osm:node/")
			if place, known := places[id]; ok && known {
				if p := base.Shape.Points()[0]; p != place {
					t.Fatalf("%s lies at %v, GDAL says %v", base.Source, p, place)
				}
				checked++
			}
		}
		if checked < 300 {
			t.Errorf("%s: only %d nodes were compared", test.name, checked)
		}
	}
}

func lattice(degrees string) int32 {
	v, _ := strconv.ParseFloat(degrees, 64) // a bad number fails the comparison
	return int32(math.Round(v * 1e7))
}
