package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
	"gridatlas/tiles/pmtiles"
)

type tilesCommand struct {
	Store     string `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	Out       string `xor:"target" required:"" short:"o" help:"Archive to write, a .pmtiles file."`
	Site      string `xor:"target" required:"" placeholder:"FOLDER" help:"Folder to write a map page into, with the archive: any web server that answers range requests can serve it."`
	Set       string `default:"map" help:"Tiles to write: a set (${tile_sets}) or layers with commas between."`
	MinZoom   int    `name:"minzoom" default:"0" help:"First zoom."`
	MaxZoom   int    `name:"maxzoom" default:"${tile_zoom}" help:"Last zoom; maps enlarge its tiles beyond it."`
	At        string `help:"Instant at which features are in effect: RFC 3339, or local time as 2026-11-21T09:12; now by default."`
	Zone      string `default:"Asia/Shanghai" help:"Time zone of the city."`
	Title     string `help:"Name of the map."`
	Overwrite bool   `help:"Replace a file that is there."`
	JSON      bool   `help:"Write the report as JSON."`
}

// tilesReport says what the command made.
type tilesReport struct {
	File     string `json:"file"`
	Revision int64  `json:"revision"`
	pmtiles.Written
	Seconds float64 `json:"seconds"`
}

// Run writes all tiles of a city into one archive.
func (c *tilesCommand) Run(ctx context.Context, con *console) error {
	set, options, err := c.options()
	if err != nil {
		return err
	}
	store, s, err := openMap(ctx, c.Store)
	if err != nil {
		return err
	}
	defer store.Close()
	if same(c.Store, c.Out) {
		return usagef("%s is the store itself", c.Out)
	}
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return err
	}
	options.Attribution, options.Mark = credits(log)
	if len(log) > 0 {
		options.DataTime = log[len(log)-1].At
	}
	begin := time.Now()
	written, err := c.write(ctx, con, s, set, options)
	target := cmp.Or(c.Site, c.Out)
	switch {
	case errors.Is(err, fs.ErrExist):
		return standingError{fmt.Errorf("%w; replace it with --overwrite", err)}
	case err != nil:
		return fmt.Errorf("write %s: %w", target, err)
	}
	report := tilesReport{target, s.Head().Revision, written, time.Since(begin).Seconds()}
	if err := c.print(con.out, report); err != nil {
		return err
	}
	return store.Close()
}

func (c *tilesCommand) options() (*tiles.Set, pmtiles.Options, error) {
	o := pmtiles.Options{MinZoom: c.MinZoom, MaxZoom: c.MaxZoom, Name: cmp.Or(c.Title, "gridatlas")}
	set, err := tiles.ParseSet(tiles.Public, c.Set)
	if err != nil {
		return nil, o, usagef("--set: %w", err)
	}
	if c.Site != "" && c.Set != "map" {
		return nil, o, usagef("--set %s: the page of --site draws the set map", c.Set)
	}
	if c.MinZoom < 0 || c.MaxZoom > tiles.MaxZoom || c.MinZoom > c.MaxZoom {
		return nil, o, usagef("--minzoom %d, --maxzoom %d: zooms go from 0 to %d", c.MinZoom, c.MaxZoom, tiles.MaxZoom)
	}
	at, err := moment(c.At, c.Zone)
	o.At = geo.InstantOf(at)
	return set, o, err
}

func (c *tilesCommand) write(ctx context.Context, con *console, s *snapshot.Snapshot, set *tiles.Set, o pmtiles.Options) (written pmtiles.Written, err error) {
	out := aside.Files{Replace: c.Overwrite}
	defer out.Abort()
	archive := c.Out
	var page site
	if c.Site != "" {
		page = openSite(c.Site, &out)
		defer func() {
			out.Abort()
			if err != nil {
				page.made.remove()
			}
		}()
		archive = filepath.Join(c.Site, siteArchive)
		if err := c.writePage(&page, s, o); err != nil {
			return written, err
		}
	}
	file, err := out.Create(archive)
	if err != nil {
		return written, err
	}
	bar := newProgress(con.err, "writing "+filepath.Base(archive), "tiles", 0)
	defer bar.finish()
	o.Progress = bar.set
	if written, err = pmtiles.Build(ctx, file, s, set, o); err != nil {
		return written, err
	}
	// What people open comes last.
	out.Order(func(path string) int { return strings.Count(filepath.Base(path), "index.html") })
	if err := out.Commit(); err != nil {
		return written, err
	}
	return written, page.sweep()
}

func (c *tilesCommand) print(w io.Writer, r tilesReport) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintln(w, r.File)
	fmt.Fprintf(w, "  %d tiles of zooms %d to %d, %d of them different, %.1f MB\n", r.Tiles, r.MinZoom, r.MaxZoom, r.Contents, float64(r.Bytes)/1e6)
	fmt.Fprintf(w, "  as the store stood at revision %d\n", r.Revision)
	return nil
}
