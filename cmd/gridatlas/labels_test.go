package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api/qr/qrtest"
	"gridatlas/geo/plate"
	"gridatlas/geo/seedtest"
)

// tool finds a program that judges from outside; in CI all of them are there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, name), args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// bluebooths imports booths with these numbers into a store of its own, with names of
// all lengths, and one booth that has no number yet.
func bluebooths(t *testing.T, folder string, numbers []plate.Number) (store string) {
	t.Helper()
	var rows []string
	for i, number := range numbers {
		name := fmt.Sprintf("第%d小蓝棚%s", i+1, strings.Repeat("名称很长", i%14))
		rows = append(rows, fmt.Sprintf(`{"type":"Feature","layer":"booths","geometry":{"type":"Point","coordinates":[119.1,%.4f]},"properties":{"number":%q,"name":%q,"status":"open"}}`, 36.7+float64(i)/1e4, number, name))
	}
	rows = append(rows, `{"type":"Feature","layer":"booths","geometry":{"type":"Point","coordinates":[119.1,36.6]},"properties":{"name":"无号","status":"open"}}`)
	store = filepath.Join(folder, "city.gpkg")
	runs(t, exitOK, "import", "--store", store, write(t, folder, "booths.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(rows, ",\n")+"]}"))
	return store
}

// inARow are the numbers of a county's first booths, as the first city gives them.
func inARow(t *testing.T, count int) (numbers []plate.Number) {
	t.Helper()
	for i := range count {
		number, err := plate.Make("370702", 5001+i)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
	}
	return numbers
}

// Labels of 128 booths are printed as PDF: numbers and names of any length are text in
// it. Plates are one page each, and what cannot be printed leaves no file.
func TestLabels(t *testing.T) {
	const base = "https://map.example.org"
	folder := t.TempDir()
	numbers := inARow(t, 128)
	store := bluebooths(t, folder, numbers)
	pdf, page := filepath.Join(folder, "labels.pdf"), filepath.Join(folder, "labels.html")
	runs(t, exitUsage, "labels", "--store", store, "--out", page) // nobody knows where codes are to lead
	runs(t, exitUsage, "labels", "--store", store, "--out", filepath.Join(folder, "labels.odt"), "--public-url", base)
	runs(t, exitNotFound, "labels", "--store", store, "--out", page, "--public-url", base, "--of", "cafes")
	runs(t, exitProblems, "labels", "--store", store, "--out", page, "--public-url", base, "--number", "3707 0250 0142")
	runs(t, exitNotFound, "labels", "--store", store, "--out", pdf, "--public-url", base, "--browser", filepath.Join(folder, "none"))
	if _, err := os.Stat(pdf); err == nil {
		t.Error("a PDF that was not printed is there")
	}
	tool(t, "chromium")
	runs(t, exitOK, "labels", "--store", store, "--out", pdf, "--public-url", base, "--service-phone", "0536-12345")
	text := strings.Join(strings.Fields(output(t, "pdftotext", pdf, "-")), "")
	for i, number := range numbers {
		if !strings.Contains(text, string(number)) || !strings.Contains(text, fmt.Sprintf("第%d小蓝棚", i+1)) {
			t.Errorf("%s or its name is no text in the PDF", number)
		}
	}
	if strings.Contains(text, "演示数据") || strings.Count(text, "0536-12345") != len(numbers) || strings.Count(text, "打印于") != 7 {
		t.Errorf("beside the labels: %.200s", text)
	}
	for size, pages := range map[string]string{"plate120": "Page size:       340", "plate200": "Page size:       567"} {
		runs(t, exitOK, "labels", "--store", store, "--out", pdf, "--public-url", base, "--size", size, "--number", "3707-0250-0124")
		if info := output(t, "pdfinfo", pdf); !strings.Contains(info, pages) || !strings.Contains(info, "Pages:           1\n") {
			t.Errorf("%s: %s", size, info)
		}
		if read := qrtest.Read(t, dots(t, pdf, 300)...); !slices.Equal(read, []string{base + "/b/370702500124"}) {
			t.Errorf("%s leads to %v", size, read)
		}
	}
}

// A scanner that is shown whole sheets, 21 codes on each, reads every one: of numbers in
// a row, of any numbers, and with a long address, whose codes have more modules.
func TestSheetsAreReadWhole(t *testing.T) {
	tool(t, "chromium")
	random := seedtest.New(t)
	anyNumbers := func(count int) (numbers []plate.Number) {
		for len(numbers) < count {
			number, err := plate.Make(fmt.Sprintf("%06d", 110101+random.IntN(500000)), 1+random.IntN(9999))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(numbers, number) {
				numbers = append(numbers, number)
			}
		}
		return numbers
	}
	for _, set := range []struct {
		name, base string
		numbers    []plate.Number
		dpi        []int
	}{
		{"in a row", "https://map.example.org", inARow(t, 128), []int{300}},
		{"any", "http://localhost:8080", anyNumbers(128), []int{300}},
		{"long address", "https://a-service-for-residents.of-some-district.example.org", anyNumbers(42), []int{300, 200}},
	} {
		folder := t.TempDir()
		pdf := filepath.Join(folder, "labels.pdf")
		runs(t, exitOK, "labels", "--store", bluebooths(t, folder, set.numbers), "--out", pdf, "--public-url", set.base, "--service-phone", "0536-12345")
		missing := map[string]bool{}
		for _, dpi := range set.dpi {
			for _, number := range set.numbers {
				missing[set.base+"/b/"+string(number)] = true
			}
			for _, address := range qrtest.Read(t, dots(t, pdf, dpi)...) {
				if !missing[address] {
					t.Errorf("%s: %s was read, twice or where it does not stand", set.name, address)
				}
				delete(missing, address)
			}
			if len(missing) > 0 {
				t.Errorf("%s at %d dpi: %d of %d codes were read; not %v", set.name, dpi, len(set.numbers)-len(missing), len(set.numbers), slices.Sorted(maps.Keys(missing)))
			}
		}
	}
}

// dots draws the pages of a PDF as pictures, as a printer or a scanner has them.
func dots(t *testing.T, pdf string, dpi int) (pictures []string) {
	t.Helper()
	folder := t.TempDir()
	output(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-gray", pdf, filepath.Join(folder, "sheet"))
	pictures, err := filepath.Glob(filepath.Join(folder, "sheet*"))
	if err != nil {
		t.Fatal(err)
	}
	return pictures
}
