package gpkg

import (
	"fmt"
	"strings"

	"gridatlas/geo"
)

// What is derived from the rows of a layer table: unique codes, the index by
// revision, the triggers. A first bulk load drops it and makes it anew behind
// the rows, which is several times faster than row by row.

// refusal is what other programs read when they try to write.
const refusal = "gridatlas keeps versions and an audit of this file: change it through its HTTP API or with gridatlas import"

func rtreeName(schema *geo.Schema) string {
	return quote("rtree_" + string(schema.Layer) + "_" + geomColumn)
}

// uniqueFields are the fields whose value may occur once in a layer.
func uniqueFields(schema *geo.Schema) []string {
	if schema.Layer == geo.Booths {
		return []string{"code", "number"} // the number on the plate
	}
	return []string{"code"}
}

type object struct{ kind, name, definition string }

func derivedObjects(schema *geo.Schema) []object {
	table := string(schema.Layer)
	objects := []object{{"INDEX", table + "_revision", fmt.Sprintf("ON %s (revision)", quote(table))}}
	for _, field := range uniqueFields(schema) {
		objects = append(objects, object{
			"UNIQUE INDEX", table + "_" + field,
			fmt.Sprintf("ON %s (%s) WHERE %s IS NOT NULL", quote(table), quote(field), quote(field)),
		})
	}
	for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
		objects = append(objects, object{"TRIGGER", table + "_guard_" + strings.ToLower(event), guard(event, table)})
	}
	if hasPlace(schema) {
		objects = append(objects, rtreeTriggers(schema)...)
	}
	return objects
}

// guard is a trigger that lets nobody write but Apply.
func guard(event, table string) string {
	return fmt.Sprintf("BEFORE %s ON %s WHEN (SELECT writing FROM gridatlas_head) = 0 BEGIN SELECT RAISE(ABORT, %s); END",
		event, quote(table), text(refusal))
}

// rtreeTriggers is the set of GeoPackage 1.4, Annex F.3.
func rtreeTriggers(schema *geo.Schema) []object {
	const (
		full  = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
		none  = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
		was   = "(OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"
		wasNo = "(OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"
		sides = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
		set   = "minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)"
	)
	rtree := rtreeName(schema)
	put := fmt.Sprintf("INSERT OR REPLACE INTO %s VALUES (NEW.fid, %s)", rtree, sides)
	remove := fmt.Sprintf("DELETE FROM %s WHERE id = OLD.fid", rtree)
	list := []struct{ suffix, event, when, do string }{
		{"insert", "INSERT", full, put},
		{"update2", "UPDATE OF geom", "OLD.fid = NEW.fid AND " + none, remove},
		{"update4", "UPDATE", "OLD.fid != NEW.fid AND " + none, fmt.Sprintf("DELETE FROM %s WHERE id IN (OLD.fid, NEW.fid)", rtree)},
		{"update5", "UPDATE", "OLD.fid != NEW.fid AND " + full, remove + "; " + put},
		{"update6", "UPDATE OF geom", "OLD.fid = NEW.fid AND " + full + " AND " + was, fmt.Sprintf("UPDATE %s SET %s WHERE id = NEW.fid", rtree, set)},
		{"update7", "UPDATE OF geom", "OLD.fid = NEW.fid AND " + full + " AND " + wasNo, put},
		{"delete", "DELETE", "OLD.geom NOTNULL", remove},
	}
	objects := make([]object, 0, len(list))
	for _, t := range list {
		objects = append(objects, object{
			"TRIGGER", fmt.Sprintf("rtree_%s_%s_%s", schema.Layer, geomColumn, t.suffix),
			fmt.Sprintf("AFTER %s ON %s WHEN %s BEGIN %s; END", t.event, quote(string(schema.Layer)), t.when, t.do),
		})
	}
	return objects
}

func createDerived(s session, schema *geo.Schema) error {
	for _, o := range derivedObjects(schema) {
		if err := s.exec(fmt.Sprintf("CREATE %s %s %s", o.kind, quote(o.name), o.definition)); err != nil {
			return err
		}
	}
	return nil
}

func dropDerived(s session, schema *geo.Schema) error {
	for _, o := range derivedObjects(schema) {
		kind := strings.TrimPrefix(o.kind, "UNIQUE ")
		if err := s.exec(fmt.Sprintf("DROP %s %s", kind, quote(o.name))); err != nil {
			return err
		}
	}
	return nil
}
