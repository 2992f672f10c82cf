package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gridatlas/data"
	"gridatlas/data/files"
	"gridatlas/data/osm"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/source"
)

type importCommand struct {
	Store     string     `required:"" help:"GeoPackage file or postgres:// URL; made if it is not there."`
	Layer     string     `help:"Layer of rows that do not name one; without it, tables named after a layer are taken."`
	Encoding  string     `help:"Encoding of the text, for files that do not say: ${encodings}."`
	CRS       crsFlag    `help:"Coordinate system of the positions, as EPSG:4549, gcj02 or bd09, where the file does not say or says it wrongly."`
	Control   string     `type:"path" help:"CSV of control points (x, y and lon, lat, or east, north in the system of --crs) for files in a city's own system."`
	Map       string     `type:"path" help:"JSON file that says which column fills which field."`
	Source    string     `help:"Name of a list that comes again: its rows are compared with what stands, and what is gone is retired."`
	Key       string     `help:"Column whose value names a row of the source, the same in each delivery."`
	Yes       bool       `help:"Retire what a source no longer has, however much that is, without asking."`
	Overwrite bool       `help:"Take what the rows say where somebody edited by hand since; the edits are listed."`
	Table     string     `aliases:"sheet" help:"Table or sheet of a file that holds several."`
	Repair    repairFlag `placeholder:"0.5m" help:"Mend broken polygons, and close gaps and overlaps of grids, blocks and places that are narrower; each is listed with its place."`
	Partial   bool       `help:"Import the good rows of a file even if others are refused."`
	DryRun    bool       `help:"Read and report, write nothing."`
	Verbose   bool       `short:"v" help:"Name everything that was left out, not only the first of each kind."`
	Add       bool       `help:"Add an OpenStreetMap file to a store that holds one already; what both have is then there twice."`
	BoothCap  int        `name:"booth-cap" help:"How many booths the city allows itself; rows that pass it need --decision. 0: any number."`
	Decision  string     `help:"The decision by which there may be more booths than --booth-cap, as a minute or notice; it is kept with who and when."`
	JSON      bool       `help:"Write the report as JSON."`
	Files     []string   `arg:"" name:"file" help:"Files: .osm, .osm.pbf, .geojson, .csv, .xlsx, .shp, .zip, .gpkg, .kml, .kmz; others by ogr2ogr."`

	source  *source.Source // of Source; nil: rows are added
	mapping files.Mapping
	control []crs.Control
	fitted  []string // how well the control points fit
}

// report says what one file brought.
type report struct {
	File      string         `json:"file"`
	Layers    map[string]int `json:"layers"`             // features read, by layer
	Unplaced  int            `json:"unplaced,omitempty"` // rows without coordinates
	Systems   []string       `json:"systems,omitempty"`  // how well control points fit, and in a dry run each coordinate system
	System    string         `json:"system,omitempty"`   // the one that clearly does
	Worklist  int            `json:"worklist,omitempty"` // items left for people to decide
	Refused   []string       `json:"refused,omitempty"`
	Notes     []string       `json:"notes,omitempty"`
	Revision  int64          `json:"revision,omitempty"`  // zero: nothing was written
	Repeated  bool           `json:"repeated,omitempty"`  // the same file was imported before
	Unchanged bool           `json:"unchanged,omitempty"` // it was taken in and changed no feature

	shown bool // what was found stands on the screen already
}

// prepare reads what the flags name.
func (c *importCommand) prepare(ctx context.Context) error {
	if err := errors.Join(c.readMap(), c.readControl()); err != nil {
		return err
	}
	if err := c.findSource(ctx); err != nil {
		return err
	}
	return c.fitControl()
}

// Run imports each file as one change set of its own: all of it or nothing.
func (c *importCommand) Run(ctx context.Context, con *console) error {
	if c.Layer != "" {
		if _, ok := geo.SchemaOf(geo.Layer(c.Layer)); !ok {
			return usagef("--layer %q is none of %v", c.Layer, layerNames())
		}
	}
	if err := c.checkCap(); err != nil {
		return err
	}
	if err := c.prepare(ctx); err != nil {
		return err
	}
	// The store is opened, and made, when there is something to write.
	var store data.Store
	open := func() (data.Store, error) {
		var err error
		if store == nil {
			store, err = openStore(ctx, c.Store)
		}
		return store, err
	}
	defer func() {
		if store != nil {
			store.Close()
		}
	}()
	refused := 0
	for _, file := range c.Files {
		r, err := c.importFile(ctx, con, open, file)
		var held problems // the file was understood and not taken in
		if errors.As(err, &held) && c.JSON {
			err = errors.Join(err, c.print(con.out, r))
		}
		if err != nil {
			return fmt.Errorf("import %s: %w", file, err)
		}
		if err := c.print(con.out, r); err != nil {
			return err
		}
		refused += len(r.Refused)
	}
	if store != nil {
		if err := store.Close(); err != nil {
			return err
		}
	}
	if refused > 0 {
		return problems{fmt.Errorf("%d rows were refused", refused)}
	}
	return nil
}

func (c *importCommand) importFile(ctx context.Context, con *console, open func() (data.Store, error), file string) (*report, error) {
	r := &report{File: file, Layers: map[string]int{}, Systems: slices.Clone(c.fitted)}
	read := c.readRows
	if isOSM(file) {
		read = c.readOSM
	}
	changes, err := read(ctx, con, file, r)
	if err != nil {
		return nil, err
	}
	if c.DryRun && !isOSM(file) {
		if err := c.detect(ctx, file, r); err != nil {
			return nil, err
		}
	}
	if !isOSM(file) && c.needsMap(r) {
		if len(r.Refused) > 0 && !c.Partial {
			return r, nil
		}
		return r, c.takeIn(ctx, con, open, file, r)
	}
	total := int64(0)
	for _, n := range r.Layers {
		total += int64(n)
	}
	if c.DryRun || total == 0 || (len(r.Refused) > 0 && !c.Partial) {
		return r, nil
	}
	store, err := open()
	if err != nil {
		return nil, err
	}
	key, err := c.idempotencyKey(file)
	if err != nil {
		return nil, err
	}
	log, err := store.Log(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	if again := c.inTheWay(log, file, key); again != nil {
		return nil, again
	}
	bar := newProgress(con.err, "storing "+filepath.Base(file), "features", total)
	defer bar.finish()
	head, err := store.Apply(ctx, geo.ChangeSet{
		IdempotencyKey: key,
		Author:         "gridatlas import",
		Note:           note(file, key),
		Source:         sourceOf(file),
		Changes:        bar.counted(changes),
	})
	if err != nil {
		return nil, err
	}
	r.Revision = head.Revision
	r.Repeated = slices.ContainsFunc(log, func(h geo.Header) bool { return h.Revision == head.Revision })
	return r, nil
}

// inTheWay keeps a second OpenStreetMap file from doubling the city: its features
// have no codes by which they could be matched with those that stand. The same
// file is known by its key and changes nothing.
func (c *importCommand) inTheWay(log []geo.Header, file, key string) error {
	if !isOSM(file) || c.Add {
		return nil
	}
	for _, header := range log {
		if header.Source == osm.Licence && !strings.HasSuffix(header.Note, keyMark(key)) {
			return standingError{fmt.Errorf("the store holds an OpenStreetMap file since revision %d; import into a new store, or add this one with --add", header.Revision)}
		}
	}
	return nil
}

// note says in the log which file a revision came from, with enough of its key
// to know the same file by another name.
func note(file, key string) string {
	return "import of " + filepath.Base(file) + keyMark(key)
}

func keyMark(key string) string { return fmt.Sprintf(" (%.12s)", strings.TrimPrefix(key, "import-")) }

func sourceOf(file string) string {
	if isOSM(file) {
		return osm.Licence
	}
	return filepath.Base(file)
}

// idempotencyKey names a file by its content, so that the same import again, be
// it with another flag, is not a second copy of the city.
func (c *importCommand) idempotencyKey(file string) (string, error) {
	in, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return "", err
	}
	return "import-" + hex.EncodeToString(h.Sum(nil)), nil
}

func (c *importCommand) print(w io.Writer, r *report) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	if !r.shown {
		c.printFound(w, r)
	}
	switch {
	case r.Repeated:
		fmt.Fprintf(w, "  the same file was imported before, as revision %d; nothing was written\n", r.Revision)
	case r.Revision > 0:
		fmt.Fprintf(w, "  stored as revision %d\n", r.Revision)
	case c.DryRun:
		fmt.Fprintln(w, "  a dry run: nothing was written")
	case r.Unchanged:
		fmt.Fprintln(w, "  nothing changed on the map")
	case len(r.Refused) > 0:
		fmt.Fprintln(w, "  nothing was written; mend the file, or take the good rows with --partial")
	default:
		fmt.Fprintln(w, "  nothing to write")
	}
	return nil
}

// printFound says what is in a file and what it would change.
func (c *importCommand) printFound(w io.Writer, r *report) {
	fmt.Fprintf(w, "%s\n", r.File)
	for _, layer := range layerNames() {
		if n := r.Layers[layer]; n > 0 {
			fmt.Fprintf(w, "  %-12s %d\n", layer, n)
		}
	}
	if r.Unplaced > 0 {
		fmt.Fprintf(w, "  %-12s %d\n", "no place", r.Unplaced)
	}
	c.printNotes(w, r.Notes)
	for _, line := range r.Systems {
		fmt.Fprintf(w, "  %s\n", line)
	}
	for _, line := range r.Refused {
		fmt.Fprintf(w, "  refused: %s\n", line)
	}
}

// printNotes shows each heading with its first details, which are indented; all
// of them with --verbose, and always in the JSON report.
func (c *importCommand) printNotes(w io.Writer, notes []string) {
	const shown = 3
	details := 0
	for i, line := range notes {
		if !strings.HasPrefix(line, " ") {
			details = 0
		} else if details++; details > shown && !c.Verbose {
			if i+1 == len(notes) || !strings.HasPrefix(notes[i+1], " ") {
				fmt.Fprintf(w, "    … %d more, with --verbose\n", details-shown)
			}
			continue
		}
		fmt.Fprintf(w, "  %s\n", line)
	}
}

func layerNames() []string {
	var names []string
	for _, schema := range geo.Catalog() {
		names = append(names, string(schema.Layer))
	}
	return names
}
