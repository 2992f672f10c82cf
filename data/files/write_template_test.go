package files_test

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// A template that is filled in as its examples say is imported, for every layer;
// an empty one brings nothing.
func TestTemplates(t *testing.T) {
	for _, schema := range geo.Catalog() {
		folder := t.TempDir()
		path := filepath.Join(folder, "list.csv")
		if _, err := files.WriteTemplate(path, schema.Layer, false); err != nil {
			t.Fatal(err)
		}
		if rows := again(t, path, "", schema); len(rows) > 0 {
			t.Errorf("%s: an empty template brings %v", schema.Layer, rows)
		}
		described, err := os.Open(filepath.Join(folder, "list.说明.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer described.Close()
		rows, err := csv.NewReader(described).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var examples []string
		for _, row := range rows[1:] {
			examples = append(examples, row[5])
			if row[5] == "" || row[2] == "" {
				t.Errorf("%s: %q has no example or does not say how to fill it in", schema.Layer, row)
			}
		}
		list, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		lines := csv.NewWriter(list)
		if err := lines.WriteAll([][]string{examples}); err != nil {
			t.Fatal(err)
		}
		list.Close()
		for read, fault := range files.Features(t.Context(), openTable(t, path, "", files.Options{}), schema, files.Reading{System: crs.WGS84}) {
			if fault != nil {
				t.Fatalf("%s: the examples are refused: %v", schema.Layer, fault)
			}
			for i := range schema.Fields {
				if field := &schema.Fields[i]; (field.Get(read.Feature) == nil) != field.Photo {
					t.Errorf("%s.%s is not filled by its example", schema.Layer, schema.Fields[i].Name)
				}
			}
			if read.Unplaced {
				t.Errorf("%s: the examples give no place", schema.Layer)
			}
		}
	}
}

// A workbook offers the values of closed lists, and its first sheet is the empty
// list.
func TestTemplateWorkbook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "booths.xlsx")
	if _, err := files.WriteTemplate(path, geo.Booths, false); err != nil {
		t.Fatal(err)
	}
	if rows := again(t, path, "", geo.MustSchema(geo.Booths)); len(rows) > 0 {
		t.Errorf("an empty template brings %v", rows)
	}
	book, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet, err := book.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(sheet)
	if err != nil {
		t.Fatal(err)
	}
	if want := `sqref="Q2:Q1048576"><formula1>'允许值'!$C$2:$C$7</formula1>`; !strings.Contains(string(text), want) { // the status, of six
		t.Errorf("no %s in %s", want, text)
	}
	tables := ogrTables(t, path, "--config", "OGR_XLSX_HEADERS", "FORCE")
	if got := tables["允许值"][0]["状态"]; got != "出摊中" {
		t.Errorf("the first status that is offered is %q", got)
	}
	if got := len(tables["说明"]); got != len(geo.MustSchema(geo.Booths).Fields)-1+2 { // without the photo
		t.Errorf("%d columns are described", got)
	}
}
