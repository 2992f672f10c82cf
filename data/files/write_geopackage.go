package files

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/crs"
	"gridatlas/geo/table"
)

// geopackageForm writes layers as plain feature tables: fid is the feature's id,
// geom its shape, then the fields, with their titles and closed lists by the
// Schema extension. Of each feature 24 bytes stay in memory for the RTree.
type geopackageForm struct {
	frame   *table.Frame
	session geopackage.Session
	open    bool
	tables  map[*outLayer]*featureTable
	order   []*featureTable
	row     []driver.Value
	blob    []byte
}

// featureTable is a table that is being filled.
type featureTable struct {
	layer   *outLayer
	insert  *geopackage.Statement
	place   bool
	multi   bool
	last    int64 // greatest id so far
	sides   geopackage.Sides
	entries []geopackage.Entry
}

// A file that nobody sees before it is whole needs no journal and no flush
// between.
var geopackageOptions = url.Values{"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}, "_locking_mode": {"EXCLUSIVE"}, "_foreign_keys": {"1"}}

func newGeoPackageForm(path string, to *aside.Files, frame *table.Frame, layers []*outLayer, writing Writing) (form, error) {
	if err := describable(frame.System, GeoPackage); err != nil {
		return nil, err
	}
	file, err := to.Create(path)
	if err != nil {
		return nil, err
	}
	session, err := geopackage.Connect(file.Name(), geopackageOptions)
	if err != nil {
		return nil, err
	}
	g := &geopackageForm{frame: frame, session: session, open: true, tables: map[*outLayer]*featureTable{}}
	if err := g.begin(layers, writing); err != nil {
		g.drop()
		return nil, err
	}
	return g, nil
}

func (g *geopackageForm) begin(layers []*outLayer, writing Writing) error {
	if err := g.session.Exec("BEGIN"); err != nil {
		return err
	}
	if err := g.session.Exec(geopackage.Tables); err != nil {
		return err
	}
	if system := g.frame.System; system != crs.WGS84 {
		err := g.session.Exec("INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition) VALUES (?, ?, 'EPSG', ?, ?)",
			system.Title(), int64(system.EPSG()), int64(system.EPSG()), system.WKT())
		if err != nil {
			return err
		}
	}
	for _, layer := range layers {
		description := layer.schema.En
		if writing.Attribution != "" {
			description += ". " + writing.Attribution
		}
		features := geopackage.Table{Schema: layer.schema, Fields: layer.fields, Description: description, SRS: int32(g.frame.System.EPSG())}
		if err := features.Create(g.session); err != nil {
			return fmt.Errorf("table %s: %w", layer.schema.Layer, err)
		}
		t := &featureTable{layer: layer, place: geopackage.HasPlace(layer.schema), sides: geopackage.NoSides}
		_, t.multi = geopackage.GeometryType(layer.schema)
		columns := []string{geopackage.IDColumn}
		if t.place {
			columns = append(columns, geopackage.GeomColumn)
		}
		for _, field := range layer.fields {
			columns = append(columns, geopackage.Quote(field.Name))
		}
		var err error
		t.insert, err = g.session.Prepare(fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)",
			geopackage.Quote(string(layer.schema.Layer)), strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1)))
		if err != nil {
			return err
		}
		g.tables[layer] = t
		g.order = append(g.order, t)
	}
	return nil
}

func (g *geopackageForm) feature(layer *outLayer, f geo.Feature) error {
	t, base := g.tables[layer], f.Common()
	id := base.ID
	if id == 0 { // it comes from no store
		id = t.last + 1
	}
	t.last = max(t.last, id)
	g.row = append(g.row[:0], id)
	if t.place {
		sides, err := g.geometry(base.Shape, t.multi)
		if err != nil {
			return err
		}
		t.sides = t.sides.Union(sides)
		t.entries = append(t.entries, geopackage.EntryOf(id, sides))
		g.row = append(g.row, g.blob)
	}
	for _, field := range layer.fields {
		value, err := geopackage.ColumnValue(field.Pointer(f))
		if err != nil {
			return fmt.Errorf("field %s: %w", field.Name, err)
		}
		g.row = append(g.row, value)
	}
	return t.insert.Run(g.row)
}

// geometry makes the blob of a shape and returns its sides.
func (g *geopackageForm) geometry(s geo.Shape, multi bool) (sides geopackage.Sides, err error) {
	if g.frame.System == crs.WGS84 {
		g.blob, err = geopackage.AppendBlob(g.blob[:0], s, multi)
		return geopackage.SidesOf(s.Box()), err
	}
	g.blob, sides, err = geopackage.AppendBlobIn(g.blob[:0], s, multi, int32(g.frame.System.EPSG()), g.frame.At)
	return sides, err
}

func (g *geopackageForm) end(func(string, ...any)) error {
	for _, t := range g.order {
		if err := t.finish(g.session); err != nil {
			return fmt.Errorf("table %s: %w", t.layer.schema.Layer, err)
		}
	}
	if err := g.session.Exec("COMMIT"); err != nil {
		return err
	}
	return g.close()
}

// finish makes what stands beside the rows.
func (t *featureTable) finish(session geopackage.Session) error {
	if !t.place {
		return nil
	}
	schema := t.layer.schema
	if err := geopackage.WriteRTree(session, geopackage.RTreeName(schema), t.entries); err != nil {
		return err
	}
	t.entries = nil
	for _, o := range geopackage.RTreeTriggers(schema) {
		if err := session.Exec(fmt.Sprintf("CREATE %s %s %s", o.Kind, geopackage.Quote(o.Name), o.Definition)); err != nil {
			return err
		}
	}
	if t.layer.count == 0 {
		return nil
	}
	return session.Exec("UPDATE gpkg_contents SET min_x = ?, max_x = ?, min_y = ?, max_y = ? WHERE table_name = ?",
		t.sides[0], t.sides[1], t.sides[2], t.sides[3], string(schema.Layer))
}

func (g *geopackageForm) close() error {
	if !g.open {
		return nil
	}
	g.open = false
	var err error
	for _, t := range g.order {
		err = errors.Join(err, t.insert.Close())
	}
	return errors.Join(err, g.session.Close())
}

func (g *geopackageForm) drop() { _ = g.close() }
