package files_test

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
)

const sheetHead = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`

// madeWorkbook packs a workbook of sheets, whose rows are given, with three
// shared texts and the styles 0 general, 1 a built-in date, 2 a Chinese date by
// code, 3 a code that only looks like one.
func madeWorkbook(t testing.TB, properties string, sheets ...string) string {
	t.Helper()
	return madeZip(t, func(a *zip.Writer) error {
		book, links := "", ""
		members := map[string]string{
			"xl/sharedStrings.xml": `<sst><si><t>编号</t></si><si><r><t>名</t></r><r><t xml:space="preserve">称 </t></r><rPh><t>ming</t></rPh></si><si><t>a_x000D_b &lt;</t></si></sst>`,
			"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="0.0&quot;day&quot;"/></numFmts>` +
				`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		}
		for i, rows := range sheets {
			book += fmt.Sprintf(`<sheet name="表%d" sheetId="%d" r:id="rId%d"/>`, i+1, i+7, i+1)
			links += fmt.Sprintf(`<Relationship Id="rId%d" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
			members[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = sheetHead + rows + `</worksheet>`
		}
		members["xl/workbook.xml"] = `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr ` + properties + `/><sheets>` + book + `</sheets></workbook>`
		members["xl/_rels/workbook.xml.rels"] = `<Relationships>` + links + `</Relationships>`
		for name, text := range members {
			member, err := a.Create(name)
			if err == nil {
				_, err = io.WriteString(member, text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func TestSheets(t *testing.T) {
	const end = `</sheetData>`
	for _, test := range []struct {
		name, properties, rows string
		columns                []string
		want                   []string
	}{
		{
			"cells of every type", "",
			`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>值</t></is></c></row>` +
				`<row r="3"><c r="A3"><v>370702001001</v></c><c r="B3" t="s"><v>2</v></c><c r="C3"><v>0.10000000000000001</v></c></row>` +
				`<row r="4"><c r="A4" t="str"><f>A1&amp;"x"</f><v>编号x</v></c><c r="B4" t="b"><v>1</v></c><c r="C4"><f>1+1</f><v>2</v></c></row>` +
				`<row r="5"><c r="B5" s="0"/></row>` +
				`<row r="6"><c r="C6"><v>1E+3</v></c></row>` + end,
			[]string{"编号", "名称", "值"},
			[]string{"row 1, line 3: 编号=370702001001 名称=a\rb < 值=0.1", "row 2, line 4: 编号=编号x 名称=true 值=2", "row 3, line 6: 编号=<nil> 名称=<nil> 值=1000"},
		},
		{
			"dates", "",
			`<row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c><c t="inlineStr"><is><t>c</t></is></c><c t="inlineStr"><is><t>d</t></is></c></row>` +
				`<row r="2"><c s="1"><v>45413</v></c><c s="2"><v>45413.75</v></c><c s="3"><v>45413</v></c><c s="1"><v>0.5</v></c></row>` +
				`<row r="3"><c s="1"><v>1</v></c><c s="1"><v>61</v></c><c s="1"><v>59</v></c><c s="9"><v>5</v></c></row>` + end,
			[]string{"a", "b", "c", "d"},
			[]string{"row 1, line 2: a=2024-05-01 b=2024-05-01 c=45413 d=12:00", "row 2, line 3: a=1900-01-01 b=1900-03-01 c=1900-02-28 d=5"},
		},
		{
			"dates from 1904", `date1904="1"`,
			`<row r="1"><c t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c s="1"><v>43951</v></c></row>` + end,
			[]string{"a"}, []string{"row 1, line 2: a=2024-05-01"},
		},
		{
			"a title over merged columns, communities merged over rows", "",
			`<row r="1"><c r="A1" t="inlineStr"><is><t>2024年台账</t></is></c><c r="B1"/></row>` +
				`<row r="2"><c r="A2" t="inlineStr"><is><t>社区</t></is></c><c r="B2" t="inlineStr"><is><t>楼号</t></is></c></row>` +
				`<row r="3"><c r="A3" t="inlineStr"><is><t>甲</t></is></c><c r="B3"><v>1</v></c></row>` +
				`<row r="4"><c r="A4"/><c r="B4"><v>2</v></c></row>` +
				`<row r="5"><c r="A5"/><c r="B5"/></row>` +
				`<row r="6"><c r="B6"><v>3</v></c></row>` + end + `<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A3:A5"/></mergeCells>`,
			[]string{"社区", "楼号"},
			[]string{"row 1, line 3: 社区=甲 楼号=1", "row 2, line 4: 社区=甲 楼号=2", "row 3, line 6: 社区=<nil> 楼号=3"},
		},
		{
			"one column", "", `<row r="1"><c t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c t="inlineStr"><is><t>x</t></is></c></row>` + end,
			[]string{"name"}, []string{"row 1, line 2: name=x"},
		},
		{
			"errors and what has no heading", "",
			`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>` +
				`<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row><row r="3"><c r="AB3"><v>1</v></c></row><row r="4"><c r="A4" t="s"><v>99</v></c></row><row r="5"><c r="A5"><v>x</v></c></row>` + end,
			[]string{"a", "b"},
			[]string{
				"! row 1, line 2, field a: the cell holds the error #REF!", "row 2, line 3: a=<nil> b=<nil>" + strings.Repeat(" =<nil>", 25) + " AB=1",
				`! row 3, line 4, field a: the cell points to text "99", which is not there`, `! row 4, line 5, field a: "x" is not a number`,
			},
		},
		{
			"rows out of order", "",
			`<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="9"><c r="A9"><v>1</v></c></row><row r="2"/>` + end,
			[]string{"a", "b"}, []string{"row 1, line 9: a=1", `! row "2" does not follow row 9`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := openTable(t, madeWorkbook(t, test.properties, test.rows), "", files.Options{})
			if !slices.Equal(table.Columns, test.columns) {
				t.Errorf("the columns are %q", table.Columns)
			}
			for range 2 {
				if got := rowsOf(t, table); !slices.Equal(got, test.want) {
					t.Errorf("got  %q\nwant %q", got, test.want)
				}
			}
		})
	}
}

// The first sheet is taken, or the one that is named; empty ones are none.
func TestSheetByName(t *testing.T) {
	row := func(name string) string {
		return `<row><c t="inlineStr"><is><t>` + name + `</t></is></c></row></sheetData>`
	}
	path := madeWorkbook(t, "", `</sheetData>`, row("b"), row("c"))
	if got := openTable(t, path, "", files.Options{}); got.Name != "表2" || got.Columns[0] != "b" {
		t.Errorf("the first is %s %q", got.Name, got.Columns)
	}
	if got := openTable(t, path, "表3", files.Options{}); got.Columns[0] != "c" {
		t.Errorf("the third has %q", got.Columns)
	}
	file, err := files.Open(t.Context(), path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.Table("表1"); err == nil || !strings.Contains(err.Error(), `there is no table "表1" in it, only ["表2" "表3"]`) {
		t.Errorf("got %v", err)
	}
}

func TestWorkbookRefuses(t *testing.T) {
	overlap := `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData>` +
		strings.Repeat(`<mergeCell ref="A2:BXX3"/>`, 2) + ``
	table := openTable(t, madeWorkbook(t, "", overlap), "", files.Options{})
	if got := rowsOf(t, table); len(got) != 1 || !strings.Contains(got[0], "merged cells overlap in row 2") {
		t.Errorf("got %q", got)
	}
	_, err := files.Open(t.Context(), madeWorkbook(t, "", `<row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData>`), files.Options{})
	if err == nil || !strings.Contains(err.Error(), "more than 2000 columns") {
		t.Errorf("got %v", err)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>1</v></c></row><row><c s="1"><v>45413</v></c></row></sheetData><mergeCell ref="A1:B2"/>`)
	f.Add(`<row><c t="inlineStr"><is><t>name</t></is></c></row><row><c t="b"><v>1</v></c></row></sheetData>`)
	f.Fuzz(func(t *testing.T, rows string) {
		table, err := files.SheetTable([]byte(sheetHead + rows + `</worksheet>`))
		if err != nil || table == nil {
			return
		}
		for read, fault := range files.Features(context.Background(), table, geo.MustSchema(geo.Assignments), files.Reading{}) {
			if fault != nil {
				_ = fault.Error()
			} else if bad := geo.CheckFields(read.Feature); bad != nil {
				t.Error(bad)
			}
		}
	})
}

func TestKML(t *testing.T) {
	text := `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Style id="x"><LineStyle/></Style><Folder><name>网格</name>
<Placemark><name>甲</name><description><![CDATA[<b>x</b>]]></description><ExtendedData><Data name="编码"><displayName>y</displayName><value>G1</value></Data>
 <SchemaData><SimpleData name="户数">7</SimpleData></SchemaData></ExtendedData>
 <Polygon><outerBoundaryIs><LinearRing><coordinates>119,36,0 119.1,36,0
  119.1,36.1,0 119,36,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>119.05,36.01 119.06,36.02 119.06,36.01 119.05,36.01</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
<Placemark><MultiGeometry><Point><coordinates>1,2,12.5</coordinates></Point><Point><coordinates>3,4</coordinates></Point></MultiGeometry></Placemark>
<Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark>
<Placemark><name>nothing</name></Placemark>
<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry></Placemark>
<Placemark><Point><coordinates>1;2</coordinates></Point></Placemark>
<Placemark><Model><Location/></Model></Placemark>
</Folder></Document></kml>`
	want := []string{
		"placemark 1, line 3: name=甲 description=<b>x</b> 编码=G1 户数=7 polygon [[119 36] [119.1 36] [119.1 36.1] [119 36] [119.05 36.01] [119.06 36.02] [119.06 36.01] [119.05 36.01]] [{4 false} {8 true}]",
		"placemark 2, line 7: point [[1 2] [3 4]] [{1 false} {2 false}]",
		"placemark 3, line 8: line [[1 2] [3 4]] [{2 false}]",
		"placemark 4, line 9: name=nothing",
		"! placemark 5, line 10: points and lines in one placemark cannot be stored",
		`! placemark 6, line 11: "1;2" is not a position`,
		`! placemark 7, line 12: a geometry of type "Model" cannot be stored`,
	}
	folder := t.TempDir()
	plain := filepath.Join(folder, "map.kml")
	if err := os.WriteFile(plain, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, zipOf(t, "doc.kml", plain)} {
		if got := rowsOf(t, openTable(t, path, "", files.Options{})); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func FuzzKML(f *testing.F) {
	f.Add(`<kml><Placemark><name>x</name><MultiGeometry><Point><coordinates>1,2</coordinates></Point></MultiGeometry></Placemark></kml>`)
	f.Add(`<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>`)
	f.Fuzz(func(t *testing.T, text string) {
		checkGeometries(t, files.KMLTable(func() io.Reader { return strings.NewReader(text) }))
	})
}

func FuzzGeometryBlob(f *testing.F) {
	f.Add([]byte{'G', 'P', 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x5d, 0, 0, 0, 0, 0, 0, 0x42, 0x40})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var g files.Geometry
		if g.FromBlob(raw) != nil {
			return
		}
		start := 0
		for _, part := range g.Parts {
			if part.End <= start {
				t.Fatalf("part ends %v", g.Parts)
			}
			start = part.End
		}
		if start != len(g.Points) {
			t.Fatalf("parts end at %d, points at %d", start, len(g.Points))
		}
	})
}
