package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gridatlas/api/label"
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
	Size         string   `default:"a4" enum:"a4,plate120,plate200" help:"Sheets of A4 with 21 labels of 61 x 36 mm, or plates of 120 x 80 or 200 x 130 mm."`
	PublicURL    string   `name:"public-url" help:"How the outside world reaches the server; codes lead there."`
	ServicePhone string   `help:"Number of the service line, which stands on each label."`
	Zone         string   `default:"Asia/Shanghai" help:"Time zone of the city."`
	Browser      string   `placeholder:"PATH" help:"Chromium that makes the PDF; without it, one in PATH is used."`
}

// demoURL is where the demo is served when nobody says otherwise.
const demoURL = "http://localhost:8080"

// Run writes the labels of a store into a file.
func (c *labelsCommand) Run(ctx context.Context, con *console) error {
	now, err := moment("", c.Zone)
	if err != nil {
		return err
	}
	public, err := parsePublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	if err := checkSheetFile(c.Out); err != nil {
		return err
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	sheets, set, err := c.sheets(ctx, store, s, public, now)
	if err != nil {
		return err
	}
	out := aside.Files{Replace: true}
	defer out.Abort()
	if err := writeSheets(ctx, &out, c.Out, c.Browser, sheets); err != nil {
		return err
	}
	if err := out.Commit(); err != nil {
		return err
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
