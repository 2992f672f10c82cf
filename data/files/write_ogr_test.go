package files_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/wkt"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// judge runs a program of GDAL, the outside judge of all formats. It must have
// nothing to complain of.
func judge(t testing.TB, name string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed, and CI must have it (apt install gdal-bin)", name)
		}
		t.Skipf("%s is not installed (apt install gdal-bin)", name)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s %v: %v: %s%s", name, args, err, out, complaints.String())
	}
	return string(out)
}

// ogrTables are the layers of a file as GDAL reads them: what it tells of each
// feature as texts, its shape as WKT.
func ogrTables(t testing.TB, path string, options ...string) map[string][]map[string]string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "read")
	judge(t, "ogr2ogr", append(options, "-f", "CSV", "-lco", "GEOMETRY=AS_WKT", "-a_srs", "EPSG:4326", folder, path)...)
	tables := map[string][]map[string]string{}
	for _, name := range names(t, folder) {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(file).ReadAll()
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		table := []map[string]string{}
		for _, row := range rows[1:] {
			values := map[string]string{}
			for i, value := range row {
				values[rows[0][i]] = value
			}
			table = append(table, values)
		}
		tables[strings.TrimSuffix(name, ".csv")] = table
	}
	return tables
}

// shapeOf reads a shape of WKT; empty text is none.
func shapeOf(t testing.TB, text string) geo.Shape {
	t.Helper()
	if text == "" {
		return geo.Shape{}
	}
	geometry, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	shape, err := crs.FromOrb(geometry)
	if err != nil {
		t.Fatal(err)
	}
	return shape
}

// GDAL reads every layer of every format: as many features, each with its shape
// and with every value, all of them odd.
func TestOgrReadsEveryExport(t *testing.T) {
	features := oddFeatures(t)
	for _, form := range []struct {
		name    string
		writing files.Writing
		prefix  string // of the path
		table   func(schema *geo.Schema, f geo.Feature) string
		options []string
		column  func(schema *geo.Schema, field *geo.Field) string
		value   func(field *geo.Field, f geo.Feature) string
	}{
		{name: "odd.gpkg", table: layerName, column: fieldName, value: packageValue},
		{name: "odd.zip", prefix: "/vsizip/", table: setName, column: files.ShortName, value: shapefileValue},
		{
			name: "gbk.zip", writing: files.Writing{Encoding: "GBK"}, prefix: "/vsizip/", table: setName, column: files.ShortName, value: gbkValue,
		},
		{
			name: "odd.xlsx", table: func(schema *geo.Schema, _ geo.Feature) string { return schema.Zh }, options: []string{"--config", "OGR_XLSX_HEADERS", "FORCE", "--config", "OGR_XLSX_FIELD_TYPES", "STRING"},
			column: fieldTitle, value: sheetValue,
		},
	} {
		t.Run(form.name, func(t *testing.T) {
			path, _ := export(t, form.name, form.writing, features...)
			path = form.prefix + path
			judge(t, "ogrinfo", "-al", "-so", path)
			read := ogrTables(t, path, form.options...)
			for _, f := range features {
				schema := geo.MustSchema(f.Layer())
				table := form.table(schema, f)
				if len(read[table]) == 0 {
					t.Fatalf("%s: GDAL finds fewer features than were written", table)
				}
				got := read[table][0]
				read[table] = read[table][1:]
				for i := range schema.Fields {
					field := &schema.Fields[i]
					if got, want := got[form.column(schema, field)], form.value(field, f); !sameText(field, got, want) {
						t.Errorf("%v.%s: GDAL reads %q, want %q", geo.KeyOf(f), field.Name, got, want)
					}
				}
				text := got["WKT"]
				if form.name == "odd.xlsx" {
					if text = got["WKT_wgs84"]; text == "" {
						continue // a point, or no shape
					}
				}
				if shape := shapeOf(t, text); !turned(shape).Equal(turned(f.Common().Shape)) {
					t.Errorf("%v: GDAL reads the shape %v, want %v", geo.KeyOf(f), shape, f.Common().Shape)
				}
			}
			for table, rest := range read {
				if len(rest) > 0 {
					t.Errorf("%s: GDAL finds %d features too many", table, len(rest))
				}
			}
		})
	}
}

// The same of the formats that hold one layer or mix them.
func TestOgrReadsOneLayer(t *testing.T) {
	features := oddFeatures(t)
	for _, layer := range []geo.Layer{geo.Booths, geo.Shelters, geo.Streets, geo.Assignments} {
		schema := geo.MustSchema(layer)
		places := []string{"-oo", "GEOM_POSSIBLE_NAMES=WKT_wgs84"}
		if len(schema.Kinds) == 1 && schema.Allows(geo.Points) {
			places = []string{"-oo", "X_POSSIBLE_NAMES=经度_wgs84", "-oo", "Y_POSSIBLE_NAMES=纬度_wgs84"}
		}
		chosen := listed(layersOf(features, layer))
		for _, form := range []struct {
			name    string
			options []string
			column  func(schema *geo.Schema, field *geo.Field) string
			value   func(field *geo.Field, f geo.Feature) string
		}{
			{"odd.geojson", nil, fieldName, geojsonValue},
			{"odd.geojsonl", nil, fieldName, geojsonValue},
			{"odd.csv", places, fieldTitle, csvValue},
		} {
			t.Run(fmt.Sprint(layer, " ", filepath.Ext(form.name)), func(t *testing.T) {
				path, _ := export(t, form.name, files.Writing{Layers: []geo.Layer{layer}}, chosen...)
				for _, read := range ogrTables(t, path, form.options...) {
					if len(read) != len(chosen) {
						t.Fatalf("GDAL finds %d features of %d", len(read), len(chosen))
					}
					for i, f := range chosen {
						for j := range schema.Fields {
							field := &schema.Fields[j]
							if got, want := read[i][form.column(schema, field)], form.value(field, f); !sameText(field, got, want) {
								t.Errorf("%v.%s: GDAL reads %q, want %q", geo.KeyOf(f), field.Name, got, want)
							}
						}
						if f.Common().Shape.Kind() == geo.Points && len(schema.Kinds) > 1 && form.options != nil {
							continue // GDAL takes one way a table
						}
						if shape := shapeOf(t, read[i]["WKT"]); !shape.Equal(f.Common().Shape) {
							t.Errorf("%v: GDAL reads the shape %v, want %v", geo.KeyOf(f), shape, f.Common().Shape)
						}
					}
				}
			})
		}
	}
}

// sameText compares numbers by value, and truth as GDAL writes it.
func sameText(field *geo.Field, got, want string) bool {
	switch field.Type {
	case geo.Integer, geo.Number:
		a, err := strconv.ParseFloat(got, 64)
		b, fault := strconv.ParseFloat(want, 64)
		return got == want || err == nil && fault == nil && a == b
	case geo.Boolean, geo.Flag:
		return got == want || got == map[string]string{"true": "1", "false": "0"}[want]
	case geo.List: // JSON may have blanks
		var a, b []string
		if json.Unmarshal([]byte(got), &a) == nil && json.Unmarshal([]byte(want), &b) == nil {
			return slices.Equal(a, b)
		}
	}
	return got == want
}

// turned starts each ring with its least corner: GDAL turns rings of Shapefiles,
// which run the other way, by their end.
func turned(s geo.Shape) geo.Shape {
	if s.Kind() != geo.Polygons {
		return s
	}
	var parts []geo.Part
	for part := range s.Parts() {
		least := 0
		for i, p := range part.Points {
			if q := part.Points[least]; p.X < q.X || p.X == q.X && p.Y < q.Y {
				least = i
			}
		}
		parts = append(parts, geo.Part{Points: slices.Concat(part.Points[least:], part.Points[:least]), Hole: part.Hole})
	}
	return geo.MakeShape(geo.Polygons, parts)
}

// told is a value of GeoJSON as text; empty for none.
func told(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return v
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func layerName(schema *geo.Schema, _ geo.Feature) string { return string(schema.Layer) }
func fieldName(_ *geo.Schema, field *geo.Field) string   { return field.Name }
func fieldTitle(_ *geo.Schema, field *geo.Field) string  { return field.Zh }

// setName is the name of a Shapefile in a zip.
func setName(schema *geo.Schema, f geo.Feature) string {
	shape := f.Common().Shape
	switch {
	case shape.Kind() == geo.Points && shape.NumParts() > 1:
		return string(schema.Layer) + "_multipoint"
	case len(schema.Kinds) > 1:
		return string(schema.Layer) + "_" + shape.Kind().String()
	}
	return string(schema.Layer)
}

// geojsonValue is what GDAL makes of a value: days and instants have a form of
// their own.
func geojsonValue(field *geo.Field, f geo.Feature) string {
	text := told(field.Get(f))
	switch {
	case field.Get(f) == nil:
		return ""
	case field.Type == geo.Day:
		return strings.ReplaceAll(text, "-", "/")
	case field.Type == geo.Moment:
		return strings.NewReplacer("-", "/", "T", " ", "Z", "+00").Replace(text)
	}
	if n, ok := field.Get(f).(int64); ok {
		return told(float64(n))
	}
	return text
}

func packageValue(field *geo.Field, f geo.Feature) string {
	if field.Type == geo.Flag {
		return told(field.Get(f))
	}
	return geojsonValue(field, f)
}

// joined is a list in one text.
func joined(items []string) string {
	for _, item := range items {
		if strings.ContainsAny(item, ";，[") {
			return told(items)
		}
	}
	return strings.Join(items, ";")
}

func shapefileValue(field *geo.Field, f geo.Feature) string {
	switch v := field.Get(f).(type) {
	case []string:
		return joined(v)
	case bool:
		return map[bool]string{true: "T", false: "F"}[v]
	case string:
		if field.Type == geo.Moment {
			return v
		}
	}
	return geojsonValue(field, f)
}

// gbkValue has no characters outside of GBK.
func gbkValue(field *geo.Field, f geo.Feature) string {
	return strings.NewReplacer("𠮷", "?", "🙂", "?").Replace(shapefileValue(field, f))
}

// titledValue is what stands in a list for people.
func titledValue(field *geo.Field, f geo.Feature) string {
	title := func(value string) string {
		if term, ok := field.Term(value); ok {
			return term.Zh
		}
		return value
	}
	switch v := field.Get(f).(type) {
	case string:
		return title(v)
	case []string:
		var titles []string
		for _, item := range v {
			titles = append(titles, title(item))
		}
		return joined(titles)
	case bool:
		return map[bool]string{true: "是", false: "否"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

// sheetValue is what GDAL finds in a workbook: it does not undo escapes.
func sheetValue(field *geo.Field, f geo.Feature) string {
	if field.Type == geo.Number {
		return told(field.Get(f))
	}
	return strings.ReplaceAll(titledValue(field, f), "_x0041_", "_x005F_x0041_")
}

func csvValue(field *geo.Field, f geo.Feature) string {
	text := titledValue(field, f)
	if field.Type == geo.Integer || field.Type == geo.Number {
		return text
	}
	return quotedFormula(text)
}
