package main

import (
	"bytes"
	"context"
	"errors"
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
	"gridatlas/data"
	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/snapshot"
)

type labelsCommand struct {
	Store        string   `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	Out          string   `required:"" type:"path" placeholder:"FILE.pdf" help:"File to write: .html, which any browser prints, or .pdf, which takes Chromium."`
	Of           string   `default:"booths" help:"What gets labels: booths, shelters, compounds, gates, or a kind of facilities as facilities.station."`
	Community    string   `placeholder:"CODE" help:"Those in this community alone."`
	Number       []string `placeholder:"NUMBER,..." help:"Those with these numbers or codes alone."`
	Size         string   `default:"a4" enum:"a4,plate120,plate200" help:"Sheets of A4 with 21 labels of 62 x 36 mm, or plates of 120 x 80 or 200 x 130 mm."`
	PublicURL    string   `name:"public-url" help:"How the outside world reaches the server; codes lead there."`
	ServicePhone string   `help:"Number of the service line, which stands on each label."`
	Zone         string   `default:"Asia/Shanghai" help:"Time zone of the city."`
	Browser      string   `placeholder:"PATH" help:"Chromium that makes the PDF; without it, one in PATH is used."`
}

// demoURL is where the demo is served when nobody says otherwise.
const demoURL = "http://localhost:8080"

// Run writes the labels of a store into a file.
func (c *labelsCommand) Run(ctx context.Context, con *console) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usagef("--zone: %w", err)
	}
	public, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	ext := strings.ToLower(filepath.Ext(c.Out))
	if ext != ".html" && ext != ".pdf" {
		return usagef("--out %s: labels are written as .html or .pdf", c.Out)
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	sheets, set, err := c.sheets(ctx, store, s, public, time.Now().In(zone))
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := web.WriteSheets(&page, sheets); err != nil {
		return err
	}
	if ext == ".pdf" {
		err = printPDF(ctx, c.Browser, page.Bytes(), c.Out)
	} else {
		err = writeWhole(c.Out, page.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Out, err)
	}
	fmt.Fprintf(con.err, "%d labels written to %s\n", len(sheets.Labels), c.Out)
	if set.Bare > 0 {
		fmt.Fprintf(con.err, "%d places have no number or code yet and get no label; gridatlas number gives booths theirs\n", set.Bare)
	}
	if len(set.Unknown) > 0 {
		text := "nothing here has the number " + strings.Join(set.Unknown, ", ")
		if len(set.Suggests) > 0 {
			text += "; is it " + strings.Join(set.Suggests, " or ") + "?"
		}
		return problems{errors.New(text)}
	}
	return store.Close()
}

// sheets chooses what is printed.
func (c *labelsCommand) sheets(ctx context.Context, store data.Store, s *snapshot.Snapshot, public *url.URL, now time.Time) (*label.Sheets, *label.Set, error) {
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	base, isDemo := demoURL, isDemo(log)
	switch {
	case public != nil:
		base = strings.TrimSuffix(public.String(), "/")
	case !isDemo:
		return nil, nil, usagef("say by --public-url where codes are to lead: what is printed cannot be changed")
	}
	set, err := label.Choose(ctx, s, label.Choice{Of: c.Of, Community: c.Community, Numbers: c.Number, At: geo.InstantOf(now)}, base)
	if err != nil {
		return nil, nil, err
	}
	if len(set.Labels) == 0 && len(set.Unknown) == 0 {
		return nil, nil, fmt.Errorf("labels of %s: %w", c.Of, geo.ErrNotFound)
	}
	dataTime := now
	if len(log) > 0 {
		dataTime = log[len(log)-1].At.In(now.Location())
	}
	size, _ := label.SizeOf(c.Size) // kong has checked it against the list
	return &label.Sheets{Size: size, Labels: set.Labels, Service: c.ServicePhone, Demo: isDemo, DataTime: dataTime, Printed: now}, set, nil
}

// browsers are the names of Chromium in PATH.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// printTime is how long Chromium may take: 500 labels take it some seconds.
const printTime = 2 * time.Minute

// printPDF has Chromium print a page into a file, which is whole or not there.
func printPDF(ctx context.Context, browser string, page []byte, out string) error {
	for _, name := range browsers {
		if browser == "" {
			browser, _ = exec.LookPath(name)
		}
	}
	if browser == "" {
		return fmt.Errorf("a PDF takes Chromium, and none is in PATH as %s; name it by --browser, or write .html and print that", strings.Join(browsers, ", "))
	}
	folder, err := os.MkdirTemp("", "gridatlas-labels-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	from, to := filepath.Join(folder, "labels.html"), filepath.Join(folder, "labels.pdf")
	if err := os.WriteFile(from, page, 0o600); err != nil {
		return err
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
		return fmt.Errorf("%s: %w: %s", browser, err, strings.TrimSpace(string(said)))
	}
	pdf, err := os.ReadFile(to)
	if err != nil {
		return fmt.Errorf("%s printed nothing: %s", browser, strconv.Quote(strings.TrimSpace(string(said))))
	}
	return writeWhole(out, pdf)
}

// writeWhole puts a file in its place, over one that is there.
func writeWhole(path string, content []byte) error {
	out := aside.Files{Replace: true}
	defer out.Abort()
	file, err := out.Create(path)
	if err != nil {
		return err
	}
	if _, err := file.Write(content); err != nil {
		return err
	}
	return out.Commit()
}
