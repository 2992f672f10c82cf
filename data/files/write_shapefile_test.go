package files_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
)

// Names of columns fit, differ and can be read; those that fit stay.
func TestShortNames(t *testing.T) {
	for _, schema := range geo.Catalog() {
		taken := map[string]string{}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			short := files.ShortName(schema, field)
			if short == "" || len(short) > 10 || len(field.Name) <= 10 && short != field.Name || short[0] != field.Name[0] {
				t.Errorf("%s.%s becomes %q", schema.Layer, field.Name, short)
			}
			if other := taken[strings.ToLower(short)]; other != "" {
				t.Errorf("%s: both %s and %s become %s", schema.Layer, other, field.Name, short)
			}
			taken[strings.ToLower(short)] = field.Name
		}
	}
	shelter, _ := geo.MustSchema(geo.Shelters).Field("effective_m2")
	if got := files.ShortName(geo.MustSchema(geo.Shelters), shelter); got != "effectv_m2" {
		t.Errorf("effective_m2 becomes %q", got)
	}
}

// Titles of closed lists lead back to one value, so lists for people can be read
// again.
func TestTitlesLeadBack(t *testing.T) {
	for _, schema := range geo.Catalog() {
		titles := map[string]string{}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if other := titles[field.Zh]; other != "" {
				t.Errorf("%s: both %s and %s are called %s", schema.Layer, other, field.Name, field.Zh)
			}
			titles[field.Zh] = field.Name
			values := map[string]string{}
			for _, term := range field.Terms {
				if other := values[term.Zh]; other != "" {
					t.Errorf("%s.%s: both %s and %s are called %s", schema.Layer, field.Name, other, term.Value, term.Zh)
				}
				values[term.Zh] = term.Value
				if strings.ContainsAny(term.Zh, ";,；，、") && field.Type == geo.List {
					t.Errorf("%s.%s: %s is cut where a list is", schema.Layer, field.Name, term.Zh)
				}
			}
		}
	}
}

// A text that is too long is cut between two characters and told of.
func TestShapefileCutsTexts(t *testing.T) {
	for encoding, want := range map[string]string{"UTF-8": strings.Repeat("道", 84), "GBK": strings.Repeat("道", 127)} {
		long := booth("1")
		long.Landmark = strings.Repeat("道", 200)
		path, written := export(t, "cut.shp", files.Writing{Layers: []geo.Layer{geo.Booths}, Encoding: encoding}, long)
		if note := "booths.landmark: 1 texts are longer than 254 bytes and were cut"; !slices.Contains(written.Notes, note) {
			t.Errorf("%s: it notes %q", encoding, written.Notes)
		}
		if got := again(t, path, "", geo.MustSchema(geo.Booths))[0].(*geo.Booth).Landmark; got != want {
			t.Errorf("%s: %d characters came back, want %d", encoding, len([]rune(got)), len([]rune(want)))
		}
	}
}

// Characters that GBK has not are told of.
func TestShapefileInGBK(t *testing.T) {
	odd := booth("1")
	odd.Name, odd.Landmark = "𠮷野家", "五道庙"
	path, written := export(t, "gbk.shp", files.Writing{Layers: []geo.Layer{geo.Booths}, Encoding: "GBK"}, odd)
	if note := "booths.name: 1 characters that GBK has not were written as ?"; !slices.Contains(written.Notes, note) {
		t.Errorf("it notes %q", written.Notes)
	}
	back := again(t, path, "", geo.MustSchema(geo.Booths))[0].(*geo.Booth)
	if back.Name != "?野家" || back.Landmark != "五道庙" {
		t.Errorf("came back as %q, %q", back.Name, back.Landmark)
	}
	table, err := os.ReadFile(strings.TrimSuffix(path, ".shp") + ".dbf")
	if err != nil || table[29] != 0x4d {
		t.Errorf("the language driver is %#x (%v)", table[29], err)
	}
}

// A file that would be too large is refused and nothing is left of it.
func TestShapefileLimit(t *testing.T) {
	defer files.LowerShapefileLimit(10_000)()
	for name, landmark := range map[string]string{"shapes": "", "texts": strings.Repeat("x", 250)} {
		path := filepath.Join(t.TempDir(), "large.shp")
		w, err := files.Create(path, files.Shapefile, files.Writing{Layers: []geo.Layer{geo.Booths}})
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			f := booth("")
			f.Landmark = landmark
			if err = w.Write(f); err != nil {
				break
			}
			if landmark != "" { // the table grows faster
				break
			}
		}
		if err == nil && landmark != "" {
			for range 40 {
				f := booth("")
				f.Landmark = landmark
				if err = w.Write(f); err != nil {
					t.Fatal(err)
				}
			}
			_, err = w.Close()
		}
		w.Abort()
		if err == nil || !strings.Contains(err.Error(), "the format cannot hold") {
			t.Errorf("%s: %v", name, err)
		}
		if left := names(t, filepath.Dir(path)); len(left) > 0 {
			t.Errorf("%s: it left %q", name, left)
		}
	}
}

// The files of a set that programs ask for are there, and say what they should.
func TestShapefileSet(t *testing.T) {
	path, written := export(t, "booths.shp", files.Writing{Layers: []geo.Layer{geo.Booths}, Attribution: "街道办"}, booth("1"))
	if left := names(t, filepath.Dir(path)); !slices.Equal(left, []string{"booths.cpg", "booths.dbf", "booths.fields.txt", "booths.prj", "booths.shp", "booths.shx"}) {
		t.Errorf("there are %q", left)
	}
	if last := written.Files[len(written.Files)-1]; last != path {
		t.Errorf("the last file to appear is %s", last)
	}
	table, err := os.ReadFile(strings.TrimSuffix(path, ".shp") + ".fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"街道办\n", "列名,字段,标题,单位,取值\n", "last_chckd,last_checked,最近检查,,\n", "status,status,状态,,open 出摊中;"} {
		if !strings.Contains(string(table), want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if told := judge(t, "ogrinfo", "-al", "-so", path); !strings.Contains(told, "Feature Count: 1\n") || !strings.Contains(told, `ID["EPSG",4326]`) {
		t.Errorf("GDAL says\n%s", told)
	}
}
