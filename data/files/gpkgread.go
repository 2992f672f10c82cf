package files

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gridatlas/data/internal/geopackage"
	"gridatlas/geo/crs"
)

// packageFile is an open GeoPackage of anybody. It is opened to be read only and
// as one that nobody writes; the schema in it is not trusted, and of its tables
// only the columns that they declare are read: views and triggers never run.
type packageFile struct {
	session geopackage.Session
	folder  string // of a copy; empty: none was needed
}

func (p *packageFile) Close() error {
	err := p.session.Close()
	if p.folder != "" {
		err = errors.Join(err, os.RemoveAll(p.folder))
	}
	return err
}

// openPackage opens the file and checks that it is sound. What a program that
// has it open wrote last stands beside it in a -wal file, which cannot be read
// without writing: then both are copied aside first.
func openPackage(path string) (*packageFile, error) {
	p := &packageFile{}
	options := url.Values{"mode": {"ro"}, "immutable": {"1"}}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		if p.folder, err = os.MkdirTemp("", "gridatlas-*"); err != nil {
			return nil, err
		}
		copied := filepath.Join(p.folder, "copy.gpkg")
		for _, ending := range []string{"", "-wal"} {
			if err := copyFile(copied+ending, path+ending); err != nil {
				return nil, errors.Join(err, os.RemoveAll(p.folder))
			}
		}
		path, options = copied, url.Values{"mode": {"rw"}}
	}
	var err error
	if p.session, err = geopackage.Connect(path, options); err != nil {
		if p.folder != "" {
			err = errors.Join(err, os.RemoveAll(p.folder))
		}
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func (p *packageFile) check() error {
	p.session.LimitLength(maxMember)
	for _, pragma := range []string{"trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"} {
		if err := p.session.Exec("PRAGMA " + pragma); err != nil {
			return err
		}
	}
	row, err := p.session.One("PRAGMA quick_check(1)")
	if err != nil {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	if len(row) != 1 || row[0] != "ok" {
		return fmt.Errorf("the file is damaged: %v", row)
	}
	// No view may stand for one of the tables that tell of the others.
	for _, name := range []string{"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} {
		if row, err = p.session.One("SELECT type FROM sqlite_master WHERE name = ?", name); err != nil {
			return err
		}
		if name == "gpkg_geometry_columns" && row == nil {
			continue // a file of attributes alone has none
		}
		if row == nil || row[0] != "table" {
			return fmt.Errorf("it is no GeoPackage: it has no table %s", name)
		}
	}
	return nil
}

// tables lists the tables of features and of attributes that the file declares.
func (p *packageFile) tables() ([]*Table, error) {
	var names []string
	err := p.session.Query(`SELECT c.table_name FROM gpkg_contents c JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table'
		WHERE c.data_type IN ('features', 'attributes') AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY c.rowid`, nil,
		func(row []driver.Value) error {
			if name, ok := row[0].(string); ok {
				names = append(names, name)
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	var tables []*Table
	for _, name := range names {
		t, err := p.table(name)
		if err != nil {
			return nil, fmt.Errorf("table %q: %w", name, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func (p *packageFile) table(name string) (*Table, error) {
	t := &Table{Name: name}
	geometry, note, err := p.geometry(t)
	if err != nil {
		return nil, err
	}
	var columns []string // the geometry first, if there is one
	if geometry != "" {
		columns = append(columns, geometry)
	}
	err = p.session.Query("SELECT name FROM pragma_table_info(?)", []driver.Value{name}, func(row []driver.Value) error {
		column, ok := row[0].(string)
		if ok && column != geometry {
			columns = append(columns, column)
			t.Columns = append(t.Columns, column)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A plus changes no value, but hides the declared type, by which the driver
	// would make times and truths of what is neither.
	query := "SELECT "
	for i, column := range columns {
		if i > 0 {
			query += ", "
		}
		query += "+" + geopackage.Quote(column)
	}
	query += " FROM " + geopackage.Quote(name)
	t.read = func(ctx context.Context, want rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			want.report.note(note)
			r := packageReader{ctx: ctx, columns: t.Columns, placed: geometry != "", yield: yield}
			if err := p.session.Query(query, nil, r.give); err != nil && !errors.Is(err, errStop) {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
			}
		}
	}
	return t, nil
}

// geometry finds the geometry column of a table, empty when it has none, and its
// system; the note says why that cannot be used.
func (p *packageFile) geometry(t *Table) (column, note string, err error) {
	if row, err := p.session.One("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_geometry_columns'"); err != nil || row == nil {
		return "", "", err
	}
	row, err := p.session.One(`SELECT g.column_name, s.organization, s.organization_coordsys_id, s.definition
		FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s USING (srs_id) WHERE g.table_name = ?`, t.Name)
	if err != nil || row == nil {
		return "", "", err
	}
	column, _ = row[0].(string)
	organization, _ := row[1].(string)
	code, _ := row[2].(int64)
	definition, _ := row[3].(string)
	var system crs.System
	switch {
	case code <= 0: // undefined, by the standard
		return column, "", nil
	case strings.EqualFold(organization, "EPSG"):
		if system, err = crs.ParseSystem(fmt.Sprintf("EPSG:%d", code)); err == nil {
			break
		}
		fallthrough
	default:
		if system, err = crs.SystemOfWKT(definition); err != nil {
			return column, fmt.Sprintf("its coordinate system %s:%d cannot be used: %v", organization, code, err), nil
		}
	}
	t.System = system
	return column, "", nil
}

// packageReader makes rows of what SQLite gives.
type packageReader struct {
	ctx     context.Context
	columns []string
	placed  bool // the first value is the geometry
	yield   func(*Row, *RowFault) bool
	row     Row
	count   int
}

func (r *packageReader) give(values []driver.Value) error {
	if r.count&255 == 0 && r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	r.count++
	r.row.reset(Place{Row: r.count})
	var fault *RowFault
	if r.placed {
		if blob, ok := values[0].([]byte); ok {
			if err := r.row.Geometry.blob(blob); err != nil {
				fault = faultOf(err).at(r.row.Place)
			}
		}
		values = values[1:]
	}
	for i, value := range values {
		plain, ok := plainValue(value)
		if !ok && fault == nil {
			fault = &RowFault{Place: r.row.Place, Field: r.columns[i], Reason: "the text is not UTF-8"}
		}
		r.row.Values = append(r.row.Values, Value{r.columns[i], plain})
	}
	if !r.yield(&r.row, fault) {
		return errStop
	}
	return nil
}

// plainValue makes a value of a row of what the driver gives; other binary values
// than geometry are none. False when a text is not UTF-8.
func plainValue(value driver.Value) (plain any, ok bool) {
	switch v := value.(type) {
	case int64:
		return json.Number(strconv.FormatInt(v, 10)), true
	case float64:
		return plainNumber(v), true
	case string:
		if v == "" {
			return nil, true
		}
		return v, utf8.ValidString(v)
	case bool:
		return v, true
	case time.Time:
		return v.Format(time.RFC3339), true
	}
	return nil, true
}

// blob reads the geometry of a GeoPackage.
func (g *Geometry) blob(blob []byte) error {
	body, _, err := geopackage.BlobBody(blob)
	if err != nil || body == nil {
		return err
	}
	return g.wkb(body)
}

// plainNumber is the shortest text of a number, without exponent as long as its
// digits count: codes often stand in columns of numbers.
func plainNumber(v float64) json.Number {
	form := byte('f')
	if math.Abs(v) >= 1e21 {
		form = 'g'
	}
	return json.Number(strconv.FormatFloat(v, form, -1, 64))
}
