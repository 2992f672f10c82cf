package files

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/table"
)

// WriteTemplate writes an empty list of a layer to fill in: columns with Chinese
// titles, which the importer takes, and beside them a description of each with
// its name, type, unit, allowed values and an example. In a workbook that is a
// sheet of its own, and cells with a closed list offer it; beside a .csv it is a
// second file. Nothing in it is imported before something is filled in.
func WriteTemplate(path string, layer geo.Layer, replace bool) (Written, error) {
	schema, ok := geo.SchemaOf(layer)
	if !ok {
		return Written{}, fmt.Errorf("there is no layer %q", layer)
	}
	format, err := FormatOf(path)
	if err != nil {
		return Written{}, err
	}
	a := aside.Files{Replace: replace}
	defer a.Abort()
	t := templateOf(schema)
	switch format {
	case CSV:
		err = t.writeCSV(path, &a)
	case Workbook:
		err = t.writeWorkbook(path, &a)
	default:
		err = fmt.Errorf("%w: a template is a .xlsx or a .csv", ErrUnsuited)
	}
	if err != nil {
		return Written{}, err
	}
	return Written{Files: a.Paths()}, a.Commit()
}

// template is a layer as a list to fill in.
type template struct {
	schema  *geo.Schema
	columns []templateColumn
}

type templateColumn struct {
	title, name, form, unit string
	allowed                 []string // titles; one of them, or several in a list
	one                     bool     // of the allowed
	number                  bool
	example                 string
}

var templateHeader = []string{"标题", "字段", "填写", "单位", "允许值", "示例"}

func templateOf(schema *geo.Schema) template {
	t := template{schema: schema}
	for _, field := range carried(schema, true) {
		c := templateColumn{
			title: field.Zh, name: field.Name, form: formOf[field.Type], unit: field.Unit,
			number: field.Type == geo.Integer || field.Type == geo.Number, one: field.Type != geo.List,
			example: exampleOf(field),
		}
		for _, term := range field.Terms {
			c.allowed = append(c.allowed, term.Zh)
		}
		switch {
		case field.Type == geo.Boolean || field.Type == geo.Flag:
			c.allowed = []string{table.Yes, table.No}
		case field.Terms != nil && c.one:
			c.form = "选一项"
		case len(field.Refs) > 0:
			c.form = "编码，属于" + layerTitles(field.Refs)
		case field.Plate:
			c.form = "号牌上的 12 位数字，尚未编号的空着"
		}
		t.columns = append(t.columns, c)
	}
	lonLat, wkt := table.PlaceColumns(schema)
	if lonLat {
		t.columns = append(t.columns,
			templateColumn{title: "经度", name: "lon", form: "WGS84 度，或导入时说明的坐标系", number: true, example: "119.1071234"},
			templateColumn{title: "纬度", name: "lat", form: "同上", number: true, example: "36.7081234"})
	} else if wkt {
		t.columns = append(t.columns, templateColumn{title: "WKT", name: "wkt", form: "WKT 几何", example: exampleWKT[schema.Kinds[0]]})
	}
	return t
}

// formOf says how a field is filled in.
var formOf = map[geo.FieldType]string{
	geo.Text: "文字", geo.List: "可填多项，用 ; 分开", geo.Integer: "整数", geo.Number: "数", geo.Boolean: "是或否，不知道就空着",
	geo.Flag: "是或否", geo.Day: "日期，年-月-日", geo.Moment: "日期，或 RFC 3339 时间", geo.OpeningHours: "OSM opening_hours 写法",
}

var exampleWKT = map[geo.Kind]string{
	geo.Lines:    "LINESTRING (119.1071 36.7081,119.1075 36.7081)",
	geo.Polygons: "POLYGON ((119.1071 36.7081,119.1073 36.7081,119.1073 36.7083,119.1071 36.7083,119.1071 36.7081))",
}

func layerTitles(layers []geo.Layer) string {
	var titles []string
	for _, layer := range layers {
		titles = append(titles, geo.MustSchema(layer).Zh)
	}
	return strings.Join(titles, "、")
}

// exampleOf is a value as somebody would fill it in.
func exampleOf(field *geo.Field) string {
	if n := len(field.Terms); n > 0 && field.Type == geo.List {
		return field.Terms[0].Zh + table.ListSeparator + field.Terms[min(1, n-1)].Zh
	} else if n > 0 {
		return field.Terms[0].Zh
	}
	if field.Plate {
		return "3707 0250 0124"
	}
	switch field.Type {
	case geo.Integer:
		return "12"
	case geo.Number:
		return "85.5"
	case geo.Boolean, geo.Flag:
		return table.Yes
	case geo.Day:
		return "2026-09-01"
	case geo.Moment:
		if field.Name == "until" {
			return "2028-12-31"
		}
		return "2026-09-01"
	case geo.OpeningHours:
		return "Mo-Fr 08:00-11:30,14:00-18:00; PH off"
	case geo.List:
		return "示例一" + table.ListSeparator + "示例二"
	}
	return "示例" + field.Zh
}

func (t *template) titles() (titles []string) {
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	return titles
}

func (t *template) description() (rows [][]string) {
	for _, c := range t.columns {
		rows = append(rows, []string{c.title, c.name, c.form, c.unit, strings.Join(c.allowed, table.ListSeparator), c.example})
	}
	return rows
}

func (t *template) writeCSV(path string, a *aside.Files) error {
	if err := writeCSVFile(path, a, [][]string{t.titles()}); err != nil {
		return err
	}
	beside := strings.TrimSuffix(path, filepath.Ext(path)) + ".说明.csv"
	return writeCSVFile(beside, a, append([][]string{templateHeader}, t.description()...))
}

func writeCSVFile(path string, a *aside.Files, rows [][]string) error {
	file, err := a.Create(path)
	if err != nil {
		return err
	}
	if err := writeText(file, table.ByteOrderMark); err != nil {
		return err
	}
	lines := csv.NewWriter(file)
	return lines.WriteAll(rows)
}

func (t *template) writeWorkbook(path string, a *aside.Files) error {
	file, err := a.Create(path)
	if err != nil {
		return err
	}
	const allowedSheet = "允许值"
	out := bufio.NewWriter(file)
	book := newXLSXWriter(out, "")
	main := xlsxSheet{name: t.schema.Zh, header: t.titles(), choice: map[int]string{}, number: map[int]bool{}}
	allowed := xlsxSheet{name: allowedSheet}
	var lists [][]string
	longest := 0
	for i, c := range t.columns {
		main.number[i] = c.number
		if c.allowed == nil {
			continue
		}
		if c.one { // a cell offers one of a list, not several
			letters := columnLetters(len(lists))
			main.choice[i] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", allowedSheet, letters, letters, len(c.allowed)+1)
		}
		allowed.header = append(allowed.header, c.title)
		lists = append(lists, c.allowed)
		longest = max(longest, len(c.allowed))
	}
	if err := book.sheet(main); err != nil {
		return err
	}
	if err := book.sheet(xlsxSheet{name: "说明", header: templateHeader}); err != nil {
		return err
	}
	for _, row := range t.description() {
		cells := make([]any, len(row))
		for i, text := range row {
			cells[i] = text
		}
		if err := book.row(cells); err != nil {
			return err
		}
	}
	if len(lists) > 0 {
		if err := book.sheet(allowed); err != nil {
			return err
		}
	}
	for i := range longest {
		cells := make([]any, len(lists))
		for j, list := range lists {
			if i < len(list) {
				cells[j] = list[i]
			}
		}
		if err := book.row(cells); err != nil {
			return err
		}
	}
	if err := book.close(); err != nil {
		return err
	}
	return out.Flush()
}
