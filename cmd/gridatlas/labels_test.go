package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/geo/plate"
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

// Labels of 128 booths are printed as PDF; every label that is cut out of the sheets at
// 300 dpi leads a scanner to its booth, its number stands on it as text, names of any
// length too.
func TestLabels(t *testing.T) {
	const count, base = 128, "https://map.example.org"
	folder := t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	var rows []string
	var numbers []plate.Number
	for i := range count {
		number, err := plate.Make("370702", 5001+i)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, number)
		name := fmt.Sprintf("第%d小蓝棚%s", i+1, strings.Repeat("名称很长", i%14))
		rows = append(rows, fmt.Sprintf(`{"type":"Feature","layer":"booths","geometry":{"type":"Point","coordinates":[119.1,%.4f]},"properties":{"number":%q,"name":%q,"status":"open"}}`, 36.7+float64(i)/1e4, number, name))
	}
	rows = append(rows, `{"type":"Feature","layer":"booths","geometry":{"type":"Point","coordinates":[119.1,36.6]},"properties":{"name":"无号","status":"open"}}`)
	runs(t, exitOK, "import", "--store", store, write(t, folder, "booths.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(rows, ",\n")+"]}"))

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
	if strings.Contains(text, "演示数据") || strings.Count(text, "0536-12345") != count || strings.Count(text, "打印于") != 7 {
		t.Errorf("beside the labels: %.200s", text)
	}
	output(t, "pdftoppm", "-r", "300", "-gray", "-png", pdf, filepath.Join(folder, "sheet"))
	args := []string{"--nodbus", "--raw", "-q", "-Sdisable", "-Sqrcode.enable"}
	var sheet image.Image
	for i := range numbers {
		if i%perSheet == 0 {
			sheet = readPNG(t, filepath.Join(folder, fmt.Sprintf("sheet-%d.png", i/perSheet+1)))
		}
		args = append(args, cutOut(t, sheet, i, filepath.Join(folder, fmt.Sprintf("label-%03d.png", i))))
	}
	scanned := strings.Fields(output(t, "zbarimg", args...))
	if len(scanned) != count {
		t.Fatalf("%d of %d labels were read", len(scanned), count)
	}
	for i, number := range numbers {
		if want := base + "/b/" + string(number); scanned[i] != want {
			t.Errorf("label %d leads to %s, want %s", i+1, scanned[i], want)
		}
	}

	for size, pages := range map[string]string{"plate120": "Page size:       340", "plate200": "Page size:       567"} {
		runs(t, exitOK, "labels", "--store", store, "--out", pdf, "--public-url", base, "--size", size, "--number", "3707-0250-0124")
		if info := output(t, "pdfinfo", pdf); !strings.Contains(info, pages) || !strings.Contains(info, "Pages:           1\n") {
			t.Errorf("%s: %s", size, info)
		}
	}
}

// perSheet is how many labels a sheet of A4 has.
const perSheet = 21

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// cutOut saves one label of its sheet as a picture of its own.
func cutOut(t *testing.T, sheet image.Image, nth int, path string) string {
	t.Helper()
	const margin, width, height, across = 12, 62, 36, 3 // mm
	pixels := func(mm int) int { return mm * 3000 / 254 }
	cell := nth % perSheet
	x, y := pixels(margin+width*(cell%across)), pixels(margin+height*(cell/across))
	label := image.NewGray(image.Rect(0, 0, pixels(width), pixels(height)))
	draw.Draw(label, label.Bounds(), sheet, image.Pt(x, y), draw.Src)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, label); err != nil {
		t.Fatal(err)
	}
	return path
}
