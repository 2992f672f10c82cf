package geopackage

import (
	"database/sql/driver"
	_ "embed" // for Tables
	"fmt"
	"strings"

	"gridatlas/geo"
)

// Tables makes the tables that the standard asks for in an empty file.
//
//go:embed tables.sql
var Tables string

// GeomColumn and IDColumn are named as other GeoPackage programs name them.
const (
	GeomColumn = "geom"
	IDColumn   = "fid"
)

// Quote makes an identifier of a name.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Text makes a literal of a text.
func Text(value string) string { return `'` + strings.ReplaceAll(value, `'`, `''`) + `'` }

// HasPlace reports whether features of a layer have geometry.
func HasPlace(schema *geo.Schema) bool { return !schema.Allows(geo.NoShape) }

// GeometryType is the geometry type of a layer's column and whether its rows are
// all of the type for several parts. Layers with one kind of geometry declare
// that, since a POLYGON column may not hold a MULTIPOLYGON nor the reverse.
func GeometryType(schema *geo.Schema) (name string, multi bool) {
	if len(schema.Kinds) > 1 {
		return "GEOMETRY", false
	}
	return map[geo.Kind]string{geo.Points: "MULTIPOINT", geo.Lines: "MULTILINESTRING", geo.Polygons: "MULTIPOLYGON"}[schema.Kinds[0]], true
}

// ColumnType is the declared type of a field's column.
func ColumnType(t geo.FieldType) string {
	switch t {
	case geo.Text, geo.OpeningHours, geo.List: // lists are JSON arrays
		return "TEXT"
	case geo.Integer:
		return "MEDIUMINT" // 32 bits
	case geo.Number:
		return "DOUBLE"
	case geo.Boolean:
		return "BOOLEAN"
	case geo.Flag:
		return "BOOLEAN NOT NULL DEFAULT 0"
	case geo.Day:
		return "DATE"
	case geo.Moment:
		return "DATETIME"
	}
	panic(fmt.Sprintf("no column type for %v", t))
}

// Table is a layer as a feature table, or as a table of attributes when it has no
// places.
type Table struct {
	Schema      *geo.Schema
	Fields      []*geo.Field // those that are columns
	Own         []string     // definitions of columns that stand before them
	Description string
	SRS         int32 // of the geometry, as in gpkg_spatial_ref_sys
}

// Create makes the table with its RTree, which is empty, and says what is in it:
// titles, units and closed lists too. The triggers that keep the RTree are
// RTreeTriggers.
func (t Table) Create(s Session) error {
	name := string(t.Schema.Layer)
	lines := []string{IDColumn + " INTEGER PRIMARY KEY NOT NULL"}
	geometry, _ := GeometryType(t.Schema)
	place := HasPlace(t.Schema)
	if place {
		lines = append(lines, GeomColumn+" "+geometry+" NOT NULL")
	}
	lines = append(lines, t.Own...)
	for _, field := range t.Fields {
		lines = append(lines, Quote(field.Name)+" "+ColumnType(field.Type))
	}
	if err := s.Exec(fmt.Sprintf("CREATE TABLE %s (\n    %s\n)", Quote(name), strings.Join(lines, ",\n    "))); err != nil {
		return err
	}

	dataType, srs := "attributes", driver.Value(nil)
	if place {
		dataType, srs = "features", int64(t.SRS)
	}
	err := s.Exec("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
		name, dataType, t.Schema.Zh, t.Description, srs)
	if err != nil {
		return err
	}
	for _, field := range t.Fields {
		if err := DescribeColumn(s, t.Schema, field); err != nil {
			return err
		}
	}
	if !place {
		return nil
	}
	if err := s.Exec("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", name, GeomColumn, geometry, srs); err != nil {
		return err
	}
	err = s.Exec("INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec/#extension_rtree', 'write-only')",
		name, GeomColumn)
	if err != nil {
		return err
	}
	return s.Exec(fmt.Sprintf("CREATE VIRTUAL TABLE %s USING rtree(id, minx, maxx, miny, maxy)", RTreeName(t.Schema)))
}

// DescribeColumn enters the titles of a field and its closed list.
func DescribeColumn(s Session, schema *geo.Schema, field *geo.Field) error {
	description, constraint := field.En, driver.Value(nil)
	if field.Unit != "" {
		description += " (" + field.Unit + ")"
	}
	if field.Terms != nil && field.Type == geo.Text {
		name := string(schema.Layer) + "_" + field.Name
		constraint = name
		for _, term := range field.Terms {
			err := s.Exec("INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)",
				name, term.Value, term.Zh)
			if err != nil {
				return err
			}
		}
	}
	return s.Exec("INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) VALUES (?, ?, ?, ?, ?, ?)",
		string(schema.Layer), field.Name, field.Name, field.Zh, description, constraint)
}
