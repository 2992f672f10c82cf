package files_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gridatlas/data/files"
	"gridatlas/geo"
)

// dbfColumn is a column of a made-up dBase table.
type dbfColumn struct {
	name  string
	kind  byte
	size  int
	cells []string // padded to size
}

func madeDBF(t testing.TB, marks string, columns ...dbfColumn) []byte {
	t.Helper()
	size := 1
	for _, c := range columns {
		size += c.size
	}
	raw := make([]byte, 32)
	raw[0] = 3
	binary.LittleEndian.PutUint32(raw[4:], uint32(len(marks)))
	binary.LittleEndian.PutUint16(raw[8:], uint16(33+32*len(columns)))
	binary.LittleEndian.PutUint16(raw[10:], uint16(size))
	for _, c := range columns {
		descriptor := make([]byte, 32)
		copy(descriptor[:11], c.name)
		descriptor[11], descriptor[16] = c.kind, byte(c.size)
		raw = append(raw, descriptor...)
	}
	raw = append(raw, 0x0d)
	for i := range marks {
		raw = append(raw, marks[i])
		for _, c := range columns {
			raw = append(raw, c.cells[i]+strings.Repeat(" ", c.size-len(c.cells[i]))...)
		}
	}
	return append(raw, 0x1a)
}

// Every type of column, deleted records, a character cut in two at the end of its
// column, zeros behind codes and stars for numbers that are too wide.
func TestDBFValues(t *testing.T) {
	long := encoded(t, simplifiedchinese.GBK, "虞河路社区")
	raw := madeDBF(t, " * ",
		dbfColumn{encoded(t, simplifiedchinese.GBK, "名称"), 'C', 9, []string{long[:9], "x", "ascii"}},
		dbfColumn{"num", 'N', 12, []string{"    42", "0", "************"}},
		dbfColumn{"code", 'N', 14, []string{"370702001.000", "0", "1.50"}},
		dbfColumn{"ok", 'L', 1, []string{"T", "F", "?"}},
		dbfColumn{"no", 'L', 1, []string{"n", "F", " "}},
		dbfColumn{"day", 'D', 8, []string{"20240501", "00000000", "        "}},
		dbfColumn{"memo", 'M', 10, []string{"1", "2", "3"}},
	)
	table, err := files.DBFTable(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"record 1: 名称=虞河路社 num=42 code=370702001 ok=true no=false day=2024-05-01 memo=<nil>",
		"record 3: 名称=ascii num=<nil> code=1.5 ok=<nil> no=<nil> day=<nil> memo=<nil>",
	}
	if got := rowsOf(t, table); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var report files.Report
	featuresOf(t, table, geo.Assignments, files.Reading{Report: &report})
	notes := strings.Join(report.Notes, "|")
	if !strings.Contains(notes, "1 records are marked as deleted") || !strings.Contains(notes, `columns ["memo"] have a type that cannot be read`) || !strings.Contains(notes, "GB18030 (guessed") {
		t.Errorf("the notes are %q", notes)
	}
}

// shpRecords makes the main file of records whose contents are given.
func shpRecords(contents ...[]byte) []byte {
	raw := make([]byte, 100)
	binary.BigEndian.PutUint32(raw, 9994)
	for i, content := range contents {
		raw = binary.BigEndian.AppendUint32(raw, uint32(i+1))
		raw = binary.BigEndian.AppendUint32(raw, uint32(len(content)/2))
		raw = append(raw, content...)
	}
	binary.BigEndian.PutUint32(raw[24:], uint32(len(raw)/2))
	return raw
}

// shpShape makes the content of a record of lines or rings, with as many numbers
// more behind as its type has.
func shpShape(kind uint32, more int, parts ...[][2]float64) []byte {
	raw := binary.LittleEndian.AppendUint32(nil, kind)
	raw = append(raw, make([]byte, 32)...)
	total := 0
	for _, part := range parts {
		total += len(part)
	}
	raw = binary.LittleEndian.AppendUint32(raw, uint32(len(parts)))
	raw = binary.LittleEndian.AppendUint32(raw, uint32(total))
	begin := 0
	for _, part := range parts {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(begin))
		begin += len(part)
	}
	for _, part := range parts {
		for _, xy := range part {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(xy[0]))
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(xy[1]))
		}
	}
	return append(raw, make([]byte, 8*more)...)
}

// ringOf is a square ring from a corner, clockwise as outer rings of shapefiles
// run, or the other way round.
func ringOf(x, y, side float64, clockwise bool) [][2]float64 {
	ring := [][2]float64{{x, y}, {x, y + side}, {x + side, y + side}, {x + side, y}, {x, y}}
	if !clockwise {
		slices.Reverse(ring)
	}
	return ring
}

func TestShapes(t *testing.T) {
	point := func(kind uint32, more int) []byte {
		raw := binary.LittleEndian.AppendUint32(nil, kind)
		for _, v := range []float64{119, 36} {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
		}
		return append(raw, make([]byte, 8*more)...)
	}
	points := append(binary.LittleEndian.AppendUint32(append(binary.LittleEndian.AppendUint32(nil, 8), make([]byte, 32)...), 2), point(1, 0)[4:]...)
	points = append(points, point(1, 0)[4:]...)
	for _, test := range []struct {
		name    string
		content []byte
		want    string // kind, then each part as its number of corners, holes with a minus
	}{
		{"null", binary.LittleEndian.AppendUint32(nil, 0), "none []"},
		{"point", point(1, 0), "point [1]"},
		{"point with height and measure", point(11, 2), "point [1] 1 heights"},
		{"point with measure", point(21, 1), "point [1] 1 heights"},
		{"points", points, "point [1 1]"},
		{"lines", shpShape(3, 0, ringOf(0, 0, 1, true)[:3], ringOf(5, 5, 1, true)[:2]), "line [3 2]"},
		{"lines with heights", shpShape(13, 9, ringOf(0, 0, 1, true)[:3]), "line [3] 3 heights"},
		{"polygon", shpShape(5, 0, ringOf(0, 0, 9, true)), "polygon [5]"},
		{"polygon with measures", shpShape(25, 7, ringOf(0, 0, 9, true)), "polygon [5] 5 heights"},
		{"a single ring the wrong way round", shpShape(5, 0, ringOf(0, 0, 9, false)), "polygon [5]"},
		{"holes before and after", shpShape(5, 0, ringOf(2, 2, 1, false), ringOf(0, 0, 9, true), ringOf(21, 21, 1, false), ringOf(20, 20, 9, true)), "polygon [5 -5 5 -5]"},
		{"an island in a lake", shpShape(5, 0, ringOf(0, 0, 9, true), ringOf(1, 1, 7, false), ringOf(2, 2, 5, true), ringOf(3, 3, 1, false)), "polygon [5 -5 5 -5]"},
		{"a hole that touches", shpShape(5, 0, ringOf(0, 0, 9, true), ringOf(0, 2, 2, false)), "polygon [5 -5]"},
		{"a hole in nothing", shpShape(5, 0, ringOf(0, 0, 9, true), ringOf(50, 50, 1, false)), "polygon [5 5]"},
		{"multipatch", shpShape(31, 0, ringOf(0, 0, 1, true)), "a shape of type 31 cannot be stored"},
		{"cut short", shpShape(5, 0, ringOf(0, 0, 9, true))[:80], "its geometry is cut short"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := files.ShapefileTable(shpRecords(test.content), madeDBF(t, " ", dbfColumn{"a", 'C', 1, []string{"x"}}))
			if err != nil {
				t.Fatal(err)
			}
			for row, fault := range table.Rows(t.Context()) {
				if fault != nil {
					if fault.Row != 1 || fault.Reason != test.want {
						t.Errorf("got %v, want %q", fault, test.want)
					}
					continue
				}
				g, sizes, start := row.Geometry, []int{}, 0
				for _, part := range g.Parts {
					size := part.End - start
					if start = part.End; part.Hole {
						size = -size
					}
					sizes = append(sizes, size)
				}
				got := fmt.Sprintf("%v %v", g.Kind, sizes)
				if g.Heights > 0 {
					got += fmt.Sprintf(" %d heights", g.Heights)
				}
				if got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

// The two files must have the same records.
func TestShapefileCounts(t *testing.T) {
	null := binary.LittleEndian.AppendUint32(nil, 0)
	for _, shapes := range []int{1, 3} {
		table, err := files.ShapefileTable(shpRecords(slices.Repeat([][]byte{null}, shapes)...), madeDBF(t, "  ", dbfColumn{"a", 'C', 1, []string{"x", "y"}}))
		if err != nil {
			t.Fatal(err)
		}
		got := rowsOf(t, table)
		if want := fmt.Sprintf("! its .shp file has %d records, its .dbf file 2", shapes); got[len(got)-1] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzDBF(f *testing.F) {
	f.Add(madeDBF(f, " *", dbfColumn{"a", 'C', 3, []string{"x", "y"}}, dbfColumn{"n", 'N', 4, []string{"1.50", "2"}}, dbfColumn{"d", 'D', 8, []string{"20240501", ""}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := files.DBFTable(raw)
		if err != nil {
			return
		}
		for _, fault := range table.Rows(t.Context()) {
			if fault != nil {
				_ = fault.Error()
			}
		}
	})
}

func FuzzShapefile(f *testing.F) {
	f.Add(shpShape(5, 0, ringOf(0, 0, 9, true), ringOf(1, 1, 7, false), ringOf(2, 2, 5, true)))
	f.Add(shpShape(13, 9, ringOf(0, 0, 1, true)[:3]))
	f.Fuzz(func(t *testing.T, content []byte) {
		content = content[:len(content)/2*2]
		table, err := files.ShapefileTable(shpRecords(content), madeDBF(t, " ", dbfColumn{"code", 'C', 1, []string{"x"}}))
		if err != nil {
			t.Fatal(err)
		}
		checkGeometries(t, table)
	})
}

// checkGeometries reads a table and holds its geometries against what they
// promise: parts that follow one another and end with the points.
func checkGeometries(t *testing.T, table *files.Table) {
	t.Helper()
	for row, fault := range table.Rows(t.Context()) {
		if fault != nil {
			_ = fault.Error()
			continue
		}
		start := 0
		for _, part := range row.Geometry.Parts {
			if part.End <= start {
				t.Fatalf("part ends %v", row.Geometry.Parts)
			}
			start = part.End
		}
		if start != len(row.Geometry.Points) {
			t.Fatalf("parts end at %d, points at %d", start, len(row.Geometry.Points))
		}
	}
}
