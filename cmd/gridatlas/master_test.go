package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/qr/qrtest"
	"gridatlas/geo"
	"gridatlas/geo/plate"
)

// TestMaster makes, lists and ends cards on the command line, on both stores.
func TestMaster(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			place, dir := store.make(t), t.TempDir()
			master := func(want int, args ...string) string {
				t.Helper()
				return runs(t, want, append([]string{"master", args[0], "--store", place}, args[1:]...)...)
			}
			booths := `{"type":"FeatureCollection","features":[
				{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.7]},"properties":{"code":"1","name":"甲","number":"370702000186"}},
				{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.8]},"properties":{"code":"2","name":"乙","number":"370702000283","status":"retired"}}]}`
			runs(t, exitOK, "import", "--store", place, "--layer", "booths", write(t, dir, "booths.geojson", booths))
			code := filepath.Join(dir, "card.svg")
			link := strings.TrimSpace(master(exitOK, "new", "--public-url", "https://map.example", "--svg", code, "3707 0200 0186"))
			if !strings.HasPrefix(link, "https://map.example/m/") {
				t.Fatalf("the link is %q", link)
			}
			if drawn, err := os.ReadFile(code); err != nil || !strings.HasPrefix(string(drawn), "<svg") {
				t.Errorf("%v %s", err, drawn)
			}
			_, secret, _ := strings.Cut(link, "/m/")
			if list := master(exitOK, "list"); !strings.HasPrefix(list, "3707 0200 0186  甲") || strings.Contains(list, secret) {
				t.Errorf("%s", list)
			}
			master(exitUsage, "new", "--public-url", "https://map.example", "370702000187")
			master(exitNotFound, "new", "--public-url", "https://map.example", "370702000380")
			master(exitFailed, "new", "--public-url", "https://map.example", "370702000283")
			master(exitUsage, "new", "370702000186")
			master(exitOK, "revoke", "370702000186")
			master(exitNotFound, "revoke", "370702000186")
			if list := master(exitOK, "list"); list != "" {
				t.Errorf("%s", list)
			}
			if log := runs(t, exitOK, "user", "log", "--store", place); strings.Contains(log, secret) || !strings.Contains(log, "lost its card") {
				t.Errorf("%s", log)
			}
		})
	}
}

// Cards of many booths are printed by a table of them: a scanner reads on each the link
// that opens its booth, at 300 dpi, and the file is its owner's alone.
func TestMasterPrints(t *testing.T) {
	const base, count = "https://map.example.org", 11
	dir := t.TempDir()
	place, table := filepath.Join(dir, "city.gpkg"), "\ufeff名称,编号\n"
	var rows []string
	for i := range count {
		number, err := plate.Make("370702", 5001+i)
		if err != nil {
			t.Fatal(err)
		}
		table += fmt.Sprintf("第%d,%s\n", i+1, number.Grouped())
		rows = append(rows, fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,%.4f]},"properties":{"number":%q,"name":"第%d小蓝棚%s"}}`, 36.7+float64(i)/1e4, number, i+1, strings.Repeat("名称很长", 13*(i%2))))
	}
	runs(t, exitOK, "import", "--store", place, "--layer", "booths", write(t, dir, "booths.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(rows, ",")+`]}`))
	list, pdf := write(t, dir, "booths.csv", table), filepath.Join(dir, "cards.pdf")
	print := func(want int, out string, args ...string) string {
		t.Helper()
		return runs(t, want, append([]string{"master", "new", "--store", place, "--public-url", base, "--service-phone", "0536-12345", "--out", out}, args...)...)
	}
	print(exitUsage, pdf)
	print(exitUsage, filepath.Join(dir, "cards.odt"), "--csv", list)
	print(exitUsage, pdf, "--csv", write(t, dir, "other.csv", "名称\n甲\n"))
	print(exitNotFound, pdf, "--csv", list, "370702000186")
	print(exitNotFound, pdf, "--csv", list, "--browser", filepath.Join(dir, "none"))
	if cards := runs(t, exitOK, "master", "list", "--store", place); cards != "" {
		t.Errorf("cards that were not printed: %s", cards)
	}
	for size, sheets := range map[string]int{"cards": 2, "a6": count} {
		out := filepath.Join(dir, size+".pdf")
		if told := print(exitOK, out, "--csv", list, "--size", size); told != "" {
			t.Errorf("told %s", told)
		}
		if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if info := output(t, "pdfinfo", out); !strings.Contains(info, fmt.Sprintf("Pages:           %d\n", sheets)) {
			t.Errorf("%s: %s", size, info)
		}
		text := strings.Join(strings.Fields(output(t, "pdftotext", out, "-")), "")
		if strings.Count(text, "0536-12345") != count || strings.Count(text, "不要给顾客看") != count || strings.Contains(text, "/m/") {
			t.Errorf("%s: %.300s", size, text)
		}
		scanned := qrtest.Read(t, dots(t, out, 300)...)
		slices.Sort(scanned)
		if opened := slices.Compact(scanned); len(opened) != count {
			t.Errorf("%s: %d of %d cards were read: %v", size, len(opened), count, opened)
		}
		store, s, err := openMap(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range scanned {
			secret, found := strings.CutPrefix(link, base+"/m/")
			id, err := access.NewBook(store, time.Now).ByCard(t.Context(), secret)
			if _, there := s.Layer(geo.Booths).Get(id); !found || err != nil || !there {
				t.Errorf("%s opens %d: %v", link, id, err)
			}
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	print(exitFailed, filepath.Join(dir, "a6.pdf"), "--csv", list) // a file that is there is kept
}
