package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"gridatlas/data/internal/wkb"
	"gridatlas/geo"
)

// table is how one layer lies in the database: id, version and revision, then
// the fields of the catalog, then the geometry where the layer has one. Unknown
// is NULL.
type table struct {
	schema  *geo.Schema
	shaped  bool // has the column geom
	columns []string
	list    string // the columns quoted and joined, for SELECT
	update  string // UPDATE of one whole row, arguments in the order of columns
	recode  string // UPDATE of the unique columns, after the id
	unique  []int  // places of the unique columns
}

// fixed is the number of columns before the fields.
const fixed = 3

// tables holds every layer's table in catalog order.
var tables = makeTables()

func makeTables() []*table {
	var list []*table
	for _, schema := range geo.Catalog() {
		t := &table{schema: schema, columns: []string{"id", "version", "revision"}}
		for i := range schema.Fields {
			if schema.Fields[i].Unique {
				t.unique = append(t.unique, len(t.columns))
			}
			t.columns = append(t.columns, schema.Fields[i].Name)
		}
		for _, kind := range schema.Kinds {
			t.shaped = t.shaped || kind != geo.NoShape
		}
		if t.shaped {
			t.columns = append(t.columns, "geom")
		}
		quoted := make([]string, len(t.columns))
		var assignments []string
		for i, name := range t.columns {
			quoted[i] = quote(name)
			if i > 0 {
				assignments = append(assignments, fmt.Sprintf("%s = $%d", quoted[i], i+1))
			}
		}
		var recoded []string
		for i, column := range t.unique {
			recoded = append(recoded, fmt.Sprintf("%s = $%d", quoted[column], i+2))
		}
		t.recode = fmt.Sprintf("UPDATE %s SET %s WHERE id = $1", t.name(), strings.Join(recoded, ", "))
		t.list = strings.Join(quoted, ", ")
		t.update = fmt.Sprintf("UPDATE %s SET %s WHERE id = $1", t.name(), strings.Join(assignments, ", "))
		list = append(list, t)
	}
	return list
}

func tableOf(layer geo.Layer) (*table, error) {
	for _, t := range tables {
		if t.layer() == layer {
			return t, nil
		}
	}
	return nil, fmt.Errorf("no layer %q", layer)
}

func (t *table) layer() geo.Layer { return t.schema.Layer }

// name is the quoted name of the table; the search path gives the schema.
func (t *table) name() string { return quote(string(t.schema.Layer)) }

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// values appends the row of a feature, in the order of the columns.
func (t *table) values(row []any, f geo.Feature) []any {
	base := f.Common()
	row = append(row, base.ID, base.Version, base.Revision)
	for i := range t.schema.Fields {
		row = append(row, value(&t.schema.Fields[i], f))
	}
	if t.shaped {
		row = append(row, base.Shape)
	}
	return row
}

// value is Field.Get with days and moments as times, as pgx wants them.
func value(field *geo.Field, f geo.Feature) any {
	switch field.Type {
	case geo.Day:
		if day := *field.Pointer(f).(*geo.Date); day != 0 {
			return day.Time()
		}
		return nil
	case geo.Moment:
		if moment := *field.Pointer(f).(*geo.Instant); moment != 0 {
			return moment.Time()
		}
		return nil
	}
	return field.Get(f)
}

// rowReader turns rows in binary form into features. It keeps the short texts it
// has met, so that a million buildings share one "residential". It belongs to one
// query.
type rowReader struct {
	table *table
	types *pgtype.Map
	texts map[string]string
}

// Texts longer than internBytes are seldom the same twice, and a table of more
// than internTexts different ones shows a column like names or codes.
const (
	internBytes = 24
	internTexts = 4096
)

func newRowReader(t *table, types *pgtype.Map) *rowReader {
	return &rowReader{table: t, types: types, texts: map[string]string{}}
}

// feature reads one row; the raw values are not kept.
func (r *rowReader) feature(raw [][]byte) (geo.Feature, error) {
	f := r.table.schema.New()
	base := f.Common()
	for i, target := range []*int64{&base.ID, &base.Version, &base.Revision} {
		number, err := integer(raw[i], 8)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", r.table.layer(), r.table.columns[i], err)
		}
		*target = number
	}
	for i := range r.table.schema.Fields {
		if field := &r.table.schema.Fields[i]; raw[fixed+i] != nil {
			if err := r.set(field.Pointer(f), raw[fixed+i]); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", geo.KeyOf(f), field.Name, err)
			}
		}
	}
	if last := len(raw) - 1; r.table.shaped && raw[last] != nil {
		var err error
		if base.Shape, err = wkb.Parse(raw[last], ewkb); err != nil {
			return nil, fmt.Errorf("%s: geom: %w", geo.KeyOf(f), err)
		}
	}
	return f, nil
}

// PostgreSQL counts days and microseconds from 2000-01-01.
const (
	epochDays   = 10957
	epochMicros = epochDays * int64(24*time.Hour/time.Microsecond)
	minute      = int64(time.Minute / time.Microsecond)
)

// set writes the binary form of a known value into a field.
func (r *rowReader) set(pointer any, raw []byte) error {
	switch p := pointer.(type) {
	case *string:
		*p = r.text(raw)
	case *geo.Hours:
		*p = geo.Hours(r.text(raw))
	case *[]string:
		return r.types.Scan(pgtype.TextArrayOID, pgtype.BinaryFormatCode, raw, p)
	case *geo.Opt[int32]:
		v, err := integer(raw, 4)
		*p = geo.Some(int32(v))
		return err
	case *geo.Opt[float64]:
		v, err := integer(raw, 8)
		*p = geo.Some(math.Float64frombits(uint64(v)))
		return err
	case *geo.Opt[bool]:
		v, err := integer(raw, 1)
		*p = geo.Some(v != 0)
		return err
	case *bool:
		v, err := integer(raw, 1)
		*p = v != 0
		return err
	case *geo.Date:
		v, err := integer(raw, 4)
		*p = geo.Date(v + epochDays)
		return err
	case *geo.Instant:
		v, err := integer(raw, 8)
		*p = geo.Instant((v + epochMicros) / minute)
		return err
	default:
		return fmt.Errorf("no form for %T", pointer)
	}
	return nil
}

func (r *rowReader) text(raw []byte) string {
	if len(raw) > internBytes {
		return string(raw)
	}
	if text, ok := r.texts[string(raw)]; ok {
		return text
	}
	text := string(raw)
	if len(r.texts) < internTexts {
		r.texts[text] = text
	}
	return text
}

// integer reads a signed big-endian number of size bytes.
func integer(raw []byte, size int) (int64, error) {
	if len(raw) != size {
		return 0, fmt.Errorf("%d bytes, want %d", len(raw), size)
	}
	switch size {
	case 1:
		return int64(raw[0]), nil
	case 4:
		return int64(int32(binary.BigEndian.Uint32(raw))), nil
	default:
		return int64(binary.BigEndian.Uint64(raw)), nil
	}
}
