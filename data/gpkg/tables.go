package gpkg

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// geomColumn and idColumn are named as other GeoPackage programs name them.
const (
	geomColumn = "geom"
	idColumn   = "fid"
)

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func text(value string) string { return `'` + strings.ReplaceAll(value, `'`, `''`) + `'` }

func hasPlace(schema *geo.Schema) bool { return !schema.Allows(geo.NoShape) }

// declaredType is the geometry type of a layer's column and whether its rows are
// all of the type for several parts. Layers with one kind of geometry declare
// that, since a POLYGON column may not hold a MULTIPOLYGON nor the reverse.
func declaredType(schema *geo.Schema) (name string, multi bool) {
	if len(schema.Kinds) > 1 {
		return "GEOMETRY", false
	}
	return map[geo.Kind]string{geo.Points: "MULTIPOINT", geo.Lines: "MULTILINESTRING", geo.Polygons: "MULTIPOLYGON"}[schema.Kinds[0]], true
}

func columnType(t geo.FieldType) string {
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

// followCatalog makes the tables, columns and descriptions that the catalog has
// and the file has not. A column whose field is gone stays: its values are part
// of older states.
func followCatalog(s session) error {
	for _, schema := range geo.Catalog() {
		held, err := columnsOf(s, string(schema.Layer))
		if err != nil {
			return err
		}
		if len(held) == 0 {
			if err := createLayer(s, schema); err != nil {
				return fmt.Errorf("create layer %s: %w", schema.Layer, err)
			}
			continue
		}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if held[field.Name] {
				continue
			}
			add := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", quote(string(schema.Layer)), quote(field.Name), columnType(field.Type))
			if err := s.exec(add); err != nil {
				return err
			}
			if err := describeColumn(s, schema, field); err != nil {
				return err
			}
		}
	}
	return nil
}

// catalogHeld reports whether followCatalog has nothing to do.
func catalogHeld(s session) (bool, error) {
	for _, schema := range geo.Catalog() {
		held, err := columnsOf(s, string(schema.Layer))
		if err != nil {
			return false, err
		}
		for i := range schema.Fields {
			if !held[schema.Fields[i].Name] {
				return false, nil
			}
		}
	}
	return true, nil
}

func columnsOf(s session, table string) (map[string]bool, error) {
	held := map[string]bool{}
	err := s.query("SELECT name FROM pragma_table_info(?)", []driver.Value{table}, func(row []driver.Value) error {
		held[fmt.Sprint(row[0])] = true
		return nil
	})
	return held, err
}

func createLayer(s session, schema *geo.Schema) error {
	table := string(schema.Layer)
	lines := []string{idColumn + " INTEGER PRIMARY KEY NOT NULL"}
	geometry, _ := declaredType(schema)
	if hasPlace(schema) {
		lines = append(lines, geomColumn+" "+geometry+" NOT NULL")
	}
	lines = append(lines, "version INTEGER NOT NULL", "revision INTEGER NOT NULL")
	for i := range schema.Fields {
		lines = append(lines, quote(schema.Fields[i].Name)+" "+columnType(schema.Fields[i].Type))
	}
	if err := s.exec(fmt.Sprintf("CREATE TABLE %s (\n    %s\n)", quote(table), strings.Join(lines, ",\n    "))); err != nil {
		return err
	}

	dataType, srs := "attributes", driver.Value(nil)
	if hasPlace(schema) {
		dataType, srs = "features", int64(crs.SRID)
	}
	err := s.exec("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
		table, dataType, schema.Zh, schema.En, srs)
	if err != nil {
		return err
	}
	for i := range schema.Fields {
		if err := describeColumn(s, schema, &schema.Fields[i]); err != nil {
			return err
		}
	}
	if hasPlace(schema) {
		err := s.exec("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", table, geomColumn, geometry, int64(crs.SRID))
		if err != nil {
			return err
		}
		err = s.exec("INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec/#extension_rtree', 'write-only')",
			table, geomColumn)
		if err != nil {
			return err
		}
		if err := s.exec(fmt.Sprintf("CREATE VIRTUAL TABLE %s USING rtree(id, minx, maxx, miny, maxy)", rtreeName(schema))); err != nil {
			return err
		}
	}
	return createDerived(s, schema)
}

// describeColumn enters the titles of a field and its closed list.
func describeColumn(s session, schema *geo.Schema, field *geo.Field) error {
	description, constraint := field.En, driver.Value(nil)
	if field.Unit != "" {
		description += " (" + field.Unit + ")"
	}
	if field.Terms != nil && field.Type == geo.Text {
		name := string(schema.Layer) + "_" + field.Name
		constraint = name
		for _, term := range field.Terms {
			err := s.exec("INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)",
				name, term.Value, term.Zh)
			if err != nil {
				return err
			}
		}
	}
	return s.exec("INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description, constraint_name) VALUES (?, ?, ?, ?, ?, ?)",
		string(schema.Layer), field.Name, field.Name, field.Zh, description, constraint)
}
