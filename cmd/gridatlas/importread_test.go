package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// A vendor's list in GBK says neither its layer nor its system, so both must be
// stated; then it lands where it belongs.
func TestImportOfList(t *testing.T) {
	folder := t.TempDir()
	text, err := simplifiedchinese.GBK.NewEncoder().String("编号,名称,服务项目,经度,纬度\n潍-001,五道庙小修点,修鞋,119.1617632,36.7067803\n潍-002,奎文小修点,修鞋,119.17,36.71\n")
	if err != nil {
		t.Fatal(err)
	}
	list := write(t, folder, "名单.csv", text)
	store := filepath.Join(folder, "city.gpkg")
	runs(t, exitUsage, "import", "--store", store, list)
	if out := runs(t, exitProblems, "import", "--store", store, "--layer", "booths", list); !strings.Contains(out, "state it (--crs)") {
		t.Errorf("without a system it says %s", out)
	}
	runs(t, exitUsage, "import", "--store", store, "--layer", "booths", "--crs", "EPSG:1", list)
	out := runs(t, exitOK, "import", "--store", store, "--layer", "booths", "--crs", "gcj02", list)
	if !strings.Contains(out, "booths       2") || !strings.Contains(out, "text is read as GB18030 (guessed: it is not UTF-8)") {
		t.Errorf("it says %s", out)
	}
	back := filepath.Join(folder, "back.geojson")
	runs(t, exitOK, "export", "--store", store, "--layer", "booths", "-o", back)
	// The place that gcoord publishes for it: 119.1558626, 36.7063222.
	if got := read(t, back); !strings.Contains(got, "119.15586") || !strings.Contains(got, "36.70632") || !strings.Contains(got, "五道庙小修点") {
		t.Errorf("it came back as %s", got)
	}
}

// Without a layer the tables that are named after one are taken, all in one
// revision.
func TestImportOfTables(t *testing.T) {
	folder := t.TempDir()
	city := filepath.Join(folder, "city.gpkg")
	runs(t, exitOK, "import", "--store", city, "--layer", "booths", boothFile(t, "booth", 300))
	runs(t, exitOK, "import", "--store", city, "--layer", "facilities", boothFile(t, "facility", 200))
	for _, name := range []string{"out.gpkg", "out.xlsx"} {
		out, again := filepath.Join(folder, name), filepath.Join(folder, name+".again.gpkg")
		runs(t, exitOK, "export", "--store", city, "--layer", "booths,facilities", "-o", out)
		said := runs(t, exitOK, "import", "--store", again, "--crs", "wgs84", out)
		if !strings.Contains(said, "booths       300\n  facilities   200\n") || !strings.Contains(said, "stored as revision 1\n") {
			t.Errorf("%s: it says %s", name, said)
		}
		var texts [2]string
		for i, store := range []string{city, again} {
			path := filepath.Join(folder, name+store[len(store)-9:]+".geojsonl")
			runs(t, exitOK, "export", "--store", store, "-o", path)
			texts[i] = read(t, path)
		}
		if texts[0] != texts[1] {
			t.Errorf("%s: it came back as %.300s, not as %.300s", name, texts[1], texts[0])
		}
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
