package gpkg

import (
	"database/sql/driver"
	"fmt"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

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
			add := fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", geopackage.Quote(string(schema.Layer)), geopackage.Quote(field.Name), geopackage.ColumnType(field.Type))
			if err := s.Exec(add); err != nil {
				return err
			}
			if err := geopackage.DescribeColumn(s.Session, schema, field); err != nil {
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
	err := s.Query("SELECT name FROM pragma_table_info(?)", []driver.Value{table}, func(row []driver.Value) error {
		held[fmt.Sprint(row[0])] = true
		return nil
	})
	return held, err
}

func createLayer(s session, schema *geo.Schema) error {
	table := geopackage.Table{
		Schema: schema, Description: schema.En, SRS: crs.SRID,
		Own: []string{"version INTEGER NOT NULL", "revision INTEGER NOT NULL"},
	}
	for i := range schema.Fields {
		table.Fields = append(table.Fields, &schema.Fields[i])
	}
	if err := table.Create(s.Session); err != nil {
		return err
	}
	return createDerived(s, schema)
}
