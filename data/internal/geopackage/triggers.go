package geopackage

import (
	"fmt"

	"gridatlas/geo"
)

// RTreeName is the quoted name of the RTree of a layer.
func RTreeName(schema *geo.Schema) string {
	return Quote("rtree_" + string(schema.Layer) + "_" + GeomColumn)
}

// Object is something beside a table: an index or a trigger. CREATE, its kind,
// quoted name and definition make it.
type Object struct{ Kind, Name, Definition string }

// RTreeTriggers is the set of GeoPackage 1.4, Annex F.3.
func RTreeTriggers(schema *geo.Schema) []Object {
	const (
		full  = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))"
		none  = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
		was   = "(OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))"
		wasNo = "(OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"
		sides = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
		set   = "minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom), miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom)"
	)
	rtree := RTreeName(schema)
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
	objects := make([]Object, 0, len(list))
	for _, t := range list {
		objects = append(objects, Object{
			"TRIGGER", fmt.Sprintf("rtree_%s_%s_%s", schema.Layer, GeomColumn, t.suffix),
			fmt.Sprintf("AFTER %s ON %s WHEN %s BEGIN %s; END", t.event, Quote(string(schema.Layer)), t.when, t.do),
		})
	}
	return objects
}
