package files_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

func csvTable(t testing.TB, text string, opts files.Options) *files.Table {
	t.Helper()
	table, err := files.CSVTable(func() io.Reader { return strings.NewReader(text) }, opts)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rowsOf writes the rows of a table down, one a line, and their faults.
func rowsOf(t testing.TB, table *files.Table) []string {
	t.Helper()
	var lines []string
	for row, fault := range table.Rows(context.Background()) {
		if fault != nil {
			lines = append(lines, "! "+fault.Error())
			continue
		}
		line := row.String() + ":"
		for _, v := range row.Values {
			line += fmt.Sprintf(" %s=%v", v.Column, v.Value)
		}
		if row.Geometry.Kind != geo.NoShape {
			line += fmt.Sprintf(" %v %v %v", row.Geometry.Kind, row.Geometry.Points, row.Geometry.Parts)
		}
		lines = append(lines, line)
	}
	return lines
}

func encoded(t testing.TB, e encoding.Encoding, text string) string {
	t.Helper()
	raw, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The same list in each encoding and with each delimiter is the same rows, and
// the table says how its encoding is known.
func TestCSVEncodings(t *testing.T) {
	const list = "编号,名称,经度,纬度\r\n甲1,五道庙小修点,119.1,36.7\r\n\r\n,,,\r\n甲2,\"两行\n\"\"引号\"\"\",119.2,36.8\r\n"
	want := []string{
		"row 1, line 2: 编号=甲1 名称=五道庙小修点 经度=119.1 纬度=36.7",
		"row 2, line 5: 编号=甲2 名称=两行\n\"引号\" 经度=119.2 纬度=36.8",
	}
	for _, test := range []struct {
		name, text, stated, encoding string
	}{
		{"UTF-8", list, "", "UTF-8"},
		{"with a mark", "\ufeff" + list, "", "UTF-8 (by its byte order mark)"},
		{"GBK", encoded(t, simplifiedchinese.GBK, list), "", "GB18030 (guessed: it is not UTF-8)"},
		{"GBK stated", encoded(t, simplifiedchinese.GBK, list), "gbk", "GB18030 (stated)"},
		{"Big5 stated", encoded(t, traditionalchinese.Big5, strings.NewReplacer("编", "編", "号", "號", "纬", "緯", "经", "經", "称", "稱", "点", "點", "庙", "廟", "两", "兩", "引號", "引號").Replace(list)), "big5", "Big5 (stated)"},
		{"UTF-16LE", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), list), "", "UTF-16LE (by its byte order mark)"},
		{"UTF-16BE", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), list), "", "UTF-16BE (by its byte order mark)"},
		{"semicolons", strings.ReplaceAll(list, ",", ";"), "", "UTF-8"},
		{"tabs", strings.ReplaceAll(list, ",", "\t"), "", "UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := csvTable(t, test.text, files.Options{Encoding: test.stated})
			if table.Encoding != test.encoding {
				t.Errorf("the encoding is %q, want %q", table.Encoding, test.encoding)
			}
			for range 2 { // a table can be read again
				got := rowsOf(t, table)
				if test.stated == "big5" {
					got = []string{strings.NewReplacer("編", "编", "號", "号", "緯", "纬", "經", "经", "稱", "称", "點", "点", "廟", "庙", "兩", "两").Replace(strings.Join(got, "|"))}
					got = strings.Split(got[0], "|")
				}
				if !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// Rows that cannot be read are named with their line, and the others come.
func TestCSVNamesBadRows(t *testing.T) {
	table := csvTable(t, "a,b\n1,2\n3\n4,5,6\n7,8,,\n\"x\"y,1\n9,10\n", files.Options{})
	want := []string{
		"row 1, line 2: a=1 b=2",
		"! row 2, line 3: it has 1 cells, the heading has 2",
		"! row 3, line 4: it has 3 cells, the heading has 2",
		"row 4, line 5: a=7 b=8",
		`! row 5, line 6: extraneous or missing " in quoted-field (at line 6, character 3)`,
		"row 6, line 7: a=9 b=10",
	}
	if got := rowsOf(t, table); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	table = csvTable(t, "a,b\n1,2\n3,"+gbk+"\n", files.Options{Encoding: "utf-8"})
	if got := rowsOf(t, table); got[1] != "! row 2, line 3, field b: the text is not UTF-8" {
		t.Errorf("got %q", got)
	}
}

func TestCSVRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, encoding, want string }{
		{"empty", "", "", "the file is empty"},
		{"neither UTF-8 nor GBK", "a\n\xff\xff\xff\n", "", "neither UTF-8"},
		{"unknown encoding", "a\n", "ebcdic", `the encoding "ebcdic" is none of UTF-8`},
		{"heading not UTF-8", gbk + "\n1\n", "utf-8", "the text is not UTF-8; is the file GBK?"},
	} {
		_, err := files.CSVTable(func() io.Reader { return strings.NewReader(test.text) }, files.Options{Encoding: test.encoding})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// A quote that is never closed does not have the rest of a huge file read into
// memory.
func TestCSVHoldsBackHugeRows(t *testing.T) {
	table, err := files.CSVTable(func() io.Reader {
		return io.MultiReader(strings.NewReader("a,b\n1,\""), &repeated{text: strings.Repeat("x", 1<<16), n: 1 << 11})
	}, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(t, table); len(got) != 1 || !strings.Contains(got[0], "one row is larger than 16 MiB") {
		t.Errorf("got %.200q", got)
	}
}

// What a spreadsheet calls a formula is read as the text it is.
func TestAbuse14Formulas(t *testing.T) {
	table := csvTable(t, "phone,name,lon,lat\n1,=1+1,119,36\n2,@SUM(A1),119,36\n3,-1,119,36\n", files.Options{})
	features, faults := featuresOf(t, table, geo.Booths, files.Reading{System: crs.WGS84})
	if len(faults) > 0 || len(features) != 3 || features[0].Common().Name != "=1+1" || features[1].Common().Name != "@SUM(A1)" || features[2].Common().Name != "-1" {
		t.Errorf("got %v, %v", features, faults)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("编号,名称,经度,纬度\n3707 0200 0186,\"a\nb\",119.1,36.7\n"))
	f.Add([]byte("wkt;name\nPOINT (1 2);x\n\"MULTIPOLYGON (((0 0,1 0,1 1,0 0)))\";" + gbk + "\n"))
	f.Add([]byte("\xff\xfea\x00\n\x001\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := files.CSVTable(func() io.Reader { return strings.NewReader(string(raw)) }, files.Options{})
		if err != nil {
			return
		}
		for read, fault := range files.Features(context.Background(), table, geo.MustSchema(geo.Facilities), files.Reading{System: crs.WGS84}) {
			if fault != nil {
				_ = fault.Error()
			} else if bad := geo.CheckFields(read.Feature); bad != nil && !read.Unplaced {
				t.Error(bad)
			}
		}
	})
}
