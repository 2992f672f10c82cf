package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gridatlas/api"
	"gridatlas/data"
	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

type exportCommand struct {
	Store      string   `default:"gridatlas.gpkg" help:"GeoPackage file or postgres:// URL."`
	Out        string   `required:"" short:"o" help:"File to write; its ending tells the format: .geojson, .geojsonl, .gpkg, .xlsx, .csv and .shp (one layer each), .zip (Shapefiles, or CSV with --format csv)."`
	Format     string   `help:"Format, where the ending does not tell it: ${formats}."`
	Layer      []string `help:"Layers to write, with commas between; all by default."`
	CRS        string   `name:"crs" help:"Coordinate system, as EPSG:4549 or, in .csv and .xlsx, gcj02; WGS84 by default."`
	Public     bool     `help:"Leave out what is for staff only: fields, and features as cameras."`
	Names      bool     `help:"Write names of fields and values into .csv and .xlsx, instead of their Chinese titles."`
	Encoding   string   `enum:"UTF-8,GBK" default:"UTF-8" help:"Encoding of a Shapefile's text: UTF-8 or GBK."`
	AtRevision int64    `help:"Write the features as they stood at that revision; as they stand now by default."`
	Force      bool     `help:"Replace a file that is there."`
	JSON       bool     `help:"Write the report as JSON."`
}

// exported says what an export made.
type exported struct {
	Files    []string       `json:"files"`
	Layers   map[string]int `json:"layers"`
	Revision int64          `json:"revision"`
	Notes    []string       `json:"notes,omitempty"`
}

// Run writes the features of a store, as they stand or stood at one revision.
func (c *exportCommand) Run(ctx context.Context, con *console) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	writing, err := c.writing()
	if err != nil {
		return err
	}
	store, err := openExisting(ctx, c.Store)
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
	writing.Attribution, writing.Mark = credits(log)
	written, head, err := c.write(ctx, con, store, format, writing)
	if errors.Is(err, fs.ErrExist) {
		return standingError{fmt.Errorf("%w; replace it with --force", err)}
	}
	if errors.Is(err, files.ErrUnsuited) {
		return usageError{err}
	}
	if err != nil {
		return fmt.Errorf("export to %s: %w", c.Out, err)
	}
	if err := c.print(con.out, written, head); err != nil {
		return err
	}
	return store.Close()
}

func (c *exportCommand) write(
	ctx context.Context, con *console, store data.Store, format files.Format, writing files.Writing,
) (files.Written, geo.Head, error) {
	writer, err := files.Create(c.Out, format, writing)
	if err != nil {
		return files.Written{}, geo.Head{}, err
	}
	defer writer.Abort()
	bar := newProgress(con.err, "writing "+filepath.Base(c.Out), "features", 0)
	defer bar.finish()
	load := store.Load
	if c.AtRevision != 0 {
		load = func(ctx context.Context, each func(geo.Feature) error) (geo.Head, error) {
			return store.At(ctx, c.AtRevision, each)
		}
	}
	head, err := load(ctx, func(f geo.Feature) error {
		bar.add(1)
		return writer.Write(f)
	})
	if err != nil {
		return files.Written{}, geo.Head{}, err
	}
	written, err := writer.Close()
	return written, head, err
}

func (c *exportCommand) format() (files.Format, error) {
	if c.Format == "" {
		format, err := files.FormatOf(c.Out)
		if err != nil {
			return "", usageError{err}
		}
		return format, nil
	}
	for _, format := range files.AllFormats {
		if string(format) == c.Format {
			return format, nil
		}
	}
	return "", usagef("--format %q is none of %v", c.Format, files.AllFormats)
}

func (c *exportCommand) writing() (files.Writing, error) {
	writing := files.Writing{Public: c.Public, Names: c.Names, Encoding: c.Encoding, Replace: c.Force}
	if c.CRS != "" {
		var err error
		if writing.System, err = crs.ParseSystem(c.CRS); err != nil {
			return files.Writing{}, usageError{fmt.Errorf("--crs: %w", err)}
		}
	}
	for _, name := range c.Layer {
		if _, ok := geo.SchemaOf(geo.Layer(name)); !ok {
			return files.Writing{}, usagef("--layer %q is none of %v", name, layerNames())
		}
		writing.Layers = append(writing.Layers, geo.Layer(name))
	}
	return writing, nil
}

// same reports whether two locations are one file.
func same(store, out string) bool {
	a, err := os.Stat(store)
	if err != nil {
		return false
	}
	b, err := os.Stat(out)
	return err == nil && os.SameFile(a, b)
}

func (c *exportCommand) print(w io.Writer, written files.Written, head geo.Head) error {
	report := exported{Files: written.Files, Layers: map[string]int{}, Revision: head.Revision, Notes: written.Notes}
	for layer, n := range written.Layers {
		report.Layers[string(layer)] = n
	}
	if c.JSON {
		return json.NewEncoder(w).Encode(report)
	}
	for _, file := range report.Files {
		fmt.Fprintln(w, file)
	}
	for _, layer := range layerNames() {
		if n := report.Layers[layer]; n > 0 {
			fmt.Fprintf(w, "  %-12s %d\n", layer, n)
		}
	}
	for _, note := range report.Notes {
		fmt.Fprintf(w, "  %s\n", note)
	}
	fmt.Fprintf(w, "  as the store stood at revision %d\n", report.Revision)
	return nil
}

// answerPackage makes a GeoPackage of features of the map.
func answerPackage(ctx context.Context, p api.Package) (*os.File, error) {
	return files.Nameless(ctx, files.GeoPackage, files.Writing{
		Layers: []geo.Layer{p.Layer}, System: p.System, Public: !p.Staff, Attribution: p.Attribution,
	}, p.Features)
}
