package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/label"
	"gridatlas/api/web"
	"gridatlas/geo/aside"
)

// browsers are the names of Chromium in PATH.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// printTime is how long Chromium may take: 500 labels take it some seconds.
const printTime = 2 * time.Minute

// checkSheetFile refuses a file name that is of neither kind of sheets.
func checkSheetFile(path string) error {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".html" && ext != ".pdf" {
		return usagef("--out %s: sheets are written as .html or .pdf", path)
	}
	return nil
}

// writeSheets begins the file of sheets of labels or cards: HTML that any browser prints,
// or by the end of its name a PDF, which takes Chromium.
func writeSheets(ctx context.Context, out *aside.Files, path, browser string, sheets *label.Sheets) error {
	var content bytes.Buffer
	err := web.WriteSheets(&content, sheets)
	page := content.Bytes()
	if err == nil && strings.EqualFold(filepath.Ext(path), ".pdf") {
		page, err = printPDF(ctx, browser, page)
	}
	if err == nil {
		var file *os.File
		if file, err = out.Create(path); err == nil {
			_, err = file.Write(page)
		}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// printPDF has Chromium print a page. What it writes on the way goes with its folder,
// which is nobody else's.
func printPDF(ctx context.Context, browser string, page []byte) ([]byte, error) {
	for _, name := range browsers {
		if browser == "" {
			browser, _ = exec.LookPath(name)
		}
	}
	if browser == "" {
		return nil, fmt.Errorf("a PDF takes Chromium, and none is in PATH as %s; name it by --browser, or write .html and print that", strings.Join(browsers, ", "))
	}
	folder, err := os.MkdirTemp("", "gridatlas-print-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	from, to := filepath.Join(folder, "sheets.html"), filepath.Join(folder, "sheets.pdf")
	if err := os.WriteFile(from, page, 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	args := []string{
		"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer",
		"--user-data-dir=" + filepath.Join(folder, "profile"), "--print-to-pdf=" + to,
	}
	if os.Geteuid() == 0 { // it refuses to sandbox itself as root; what it opens is our own page
		args = append(args, "--no-sandbox")
	}
	said, err := exec.CommandContext(ctx, browser, append(args, (&url.URL{Scheme: "file", Path: from}).String())...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", browser, err, strings.TrimSpace(string(said)))
	}
	pdf, err := os.ReadFile(to)
	if err != nil {
		return nil, fmt.Errorf("%s printed nothing: %s", browser, strconv.Quote(strings.TrimSpace(string(said))))
	}
	return pdf, nil
}
