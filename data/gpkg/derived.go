package gpkg

import (
	"fmt"
	"strings"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo"
)

// What is derived from the rows of a layer table: unique codes, the index by
// revision, the triggers. A first bulk load drops it and makes it anew behind
// the rows, which is several times faster than row by row.

// refusal is what other programs read when they try to write.
const refusal = "gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import"

func derivedObjects(schema *geo.Schema) []geopackage.Object {
	table := string(schema.Layer)
	objects := []geopackage.Object{
		{Kind: "INDEX", Name: table + "_revision", Definition: fmt.Sprintf("ON %s (revision)", geopackage.Quote(table))},
	}
	for _, field := range schema.UniqueFields() {
		column := geopackage.Quote(field.Name)
		objects = append(objects, geopackage.Object{
			Kind: "UNIQUE INDEX", Name: table + "_" + field.Name,
			Definition: fmt.Sprintf("ON %s (%s) WHERE %s IS NOT NULL", geopackage.Quote(table), column, column),
		})
	}
	for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
		objects = append(objects, geopackage.Object{Kind: "TRIGGER", Name: table + "_guard_" + strings.ToLower(event), Definition: guard(event, table)})
	}
	if geopackage.HasPlace(schema) {
		objects = append(objects, geopackage.RTreeTriggers(schema)...)
	}
	return objects
}

// guard is a trigger that lets nobody write but Apply.
func guard(event, table string) string {
	return fmt.Sprintf("BEFORE %s ON %s WHEN (SELECT writing FROM gridatlas_head) = 0 BEGIN SELECT RAISE(ABORT, %s); END",
		event, geopackage.Quote(table), geopackage.Text(refusal))
}

func createDerived(s session, schema *geo.Schema) error {
	for _, o := range derivedObjects(schema) {
		if err := s.Exec(fmt.Sprintf("CREATE %s %s %s", o.Kind, geopackage.Quote(o.Name), o.Definition)); err != nil {
			return err
		}
	}
	return nil
}

func dropDerived(s session, schema *geo.Schema) error {
	for _, o := range derivedObjects(schema) {
		kind := strings.TrimPrefix(o.Kind, "UNIQUE ")
		if err := s.Exec(fmt.Sprintf("DROP %s %s", kind, geopackage.Quote(o.Name))); err != nil {
			return err
		}
	}
	return nil
}
