package gpkg

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo"
)

// table knows how the features of a layer become rows and back. Its columns
// stand in one order everywhere: fid, version, revision, geom where the layer
// has places, then the fields of the catalog.
type table struct {
	schema                            *geo.Schema
	place                             bool // has a geometry column
	multi                             bool // writes the types for several parts
	insert, update, remove, selectAll string
	recode                            string // writes the unique columns alone
	checkAll                          string // selectAll and the box in the RTree
	width                             int    // number of columns
	unique                            []int  // places of the unique columns
}

// tables by layer, in catalog order as well.
var (
	tables     = map[geo.Layer]*table{}
	tableOrder []*table
)

func init() {
	for _, schema := range geo.Catalog() {
		t := newTable(schema)
		tables[schema.Layer] = t
		tableOrder = append(tableOrder, t)
	}
}

func newTable(schema *geo.Schema) *table {
	t := &table{schema: schema, place: geopackage.HasPlace(schema)}
	_, t.multi = geopackage.GeometryType(schema)
	columns := []string{geopackage.IDColumn, "version", "revision"}
	if t.place {
		columns = append(columns, geopackage.GeomColumn)
	}
	reads := append([]string{}, columns...)
	var recoded []string
	for i := range schema.Fields {
		field := &schema.Fields[i]
		name := geopackage.Quote(field.Name)
		if field.Unique {
			t.unique = append(t.unique, len(columns))
			recoded = append(recoded, name+" = ?")
		}
		columns = append(columns, name)
		if field.Type == geo.Day || field.Type == geo.Moment {
			name = "+" + name // an expression has no declared type, which the driver would parse as a time
		}
		reads = append(reads, name)
	}
	from := geopackage.Quote(string(schema.Layer))
	t.insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s)", from, strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1))
	t.update = fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s = ?1", from, strings.Join(columns, " = ?, "), geopackage.IDColumn)
	t.recode = fmt.Sprintf("UPDATE %s SET %s WHERE %s = ?", from, strings.Join(recoded, ", "), geopackage.IDColumn)
	t.remove = fmt.Sprintf("DELETE FROM %s WHERE %s = ?", from, geopackage.IDColumn)
	t.selectAll = fmt.Sprintf("SELECT %s FROM %s", strings.Join(reads, ", "), from)
	t.width, t.checkAll = len(columns), t.selectAll
	if t.place {
		t.checkAll = fmt.Sprintf("SELECT %s, minx, maxx, miny, maxy FROM %s LEFT JOIN %s ON id = %s",
			strings.Join(reads, ", "), from, geopackage.RTreeName(schema), geopackage.IDColumn)
	}
	return t
}

// values appends the row of a feature. blob is memory for the geometry; it must
// stay as it is until the row is written.
func (t *table) values(row []driver.Value, f geo.Feature, blob []byte) ([]driver.Value, []byte, error) {
	base := f.Common()
	row = append(row, base.ID, base.Version, base.Revision)
	if t.place {
		var err error
		if blob, err = geopackage.AppendBlob(blob, base.Shape, t.multi); err != nil {
			return nil, nil, fmt.Errorf("%s of %v: %w", geopackage.GeomColumn, geo.KeyOf(f), err)
		}
		row = append(row, blob)
	}
	for i := range t.schema.Fields {
		value, err := geopackage.ColumnValue(t.schema.Fields[i].Pointer(f))
		if err != nil {
			return nil, nil, fmt.Errorf("%s of %v: %w", t.schema.Fields[i].Name, geo.KeyOf(f), err)
		}
		row = append(row, value)
	}
	return row, blob, nil
}

// feature reads a row of selectAll. Values that are not of the column's type
// are an error: SQLite itself does not hold to types.
func (t *table) feature(row []driver.Value) (geo.Feature, error) {
	f := t.schema.New()
	base := f.Common()
	var ok [3]bool
	base.ID, ok[0] = row[0].(int64)
	base.Version, ok[1] = row[1].(int64)
	base.Revision, ok[2] = row[2].(int64)
	if ok != [3]bool{true, true, true} {
		return nil, fmt.Errorf("a row of %s without id, version or revision", t.schema.Layer)
	}
	rest := row[3:]
	if t.place {
		blob, _ := rest[0].([]byte)
		shape, err := geopackage.ParseBlob(blob)
		if err != nil {
			return nil, fmt.Errorf("%s/%d: %w", t.schema.Layer, base.ID, err)
		}
		base.Shape = shape
		rest = rest[1:]
	}
	for i, value := range rest {
		if value == nil {
			continue
		}
		field := &t.schema.Fields[i]
		if err := setColumn(field.Pointer(f), value); err != nil {
			return nil, fmt.Errorf("%s/%d.%s: %w", t.schema.Layer, base.ID, field.Name, err)
		}
	}
	return f, nil
}

func setColumn(pointer any, value driver.Value) (err error) {
	ok := false
	switch p := pointer.(type) {
	case *string:
		*p, ok = value.(string)
	case *geo.Hours:
		var hours string
		hours, ok = value.(string)
		*p = geo.Hours(hours)
	case *[]string:
		var list string
		if list, ok = value.(string); ok {
			err = json.Unmarshal([]byte(list), p)
		}
	case *geo.Opt[int32]:
		var number int64
		number, ok = value.(int64)
		ok = ok && int64(int32(number)) == number
		*p = geo.Some(int32(number))
	case *geo.Opt[float64]:
		var number float64
		number, ok = value.(float64)
		*p = geo.Some(number)
	case *geo.Opt[bool]:
		var truth bool
		truth, ok = value.(bool)
		*p = geo.Some(truth)
	case *bool:
		*p, ok = value.(bool)
	case *geo.Date:
		var day string
		if day, ok = value.(string); ok {
			*p, err = geo.ParseDate(day)
		}
	case *geo.Instant:
		var moment string
		if moment, ok = value.(string); ok {
			var at time.Time
			at, err = time.Parse(time.RFC3339Nano, moment)
			*p = geo.InstantOf(at)
		}
	}
	if !ok {
		return fmt.Errorf("the column holds %T", value)
	}
	return err
}
