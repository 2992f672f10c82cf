package api

import (
	"bytes"
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
	"gridatlas/geo/register"
	"gridatlas/geo/stalls"
	"gridatlas/geo/table"
)

// column is one of a table of a register: its names in Chinese and in English, and
// what stands in it, in the language of the table.
type column[T any] struct {
	zh, en string
	cell   func(row *T, language int) any
}

func yuan(v float64) any    { return table.Decimal(appendRounded(nil, v, 2)) }
func whole(n int) any       { return int64(n) }
func metres(v float64) any  { return table.Decimal(appendRounded(nil, v, 0)) }
func minutes(v float64) any { return table.Decimal(appendRounded(nil, v, 1)) }

// percent is a share as a number of hundredths, nothing where it is not known.
func percent(share float64, known bool) any {
	if !known {
		return nil
	}
	return table.Decimal(appendRounded(nil, 100*share, 1))
}

// titlesOf writes terms in a language, with semicolons between.
func titlesOf(terms []geo.Term, values []string, language int) string {
	var titles []string
	for _, term := range terms {
		if slices.Contains(values, term.Value) {
			titles = append(titles, [...]string{term.Zh, term.En}[language])
		}
	}
	return strings.Join(titles, [...]string{"；", "; "}[language])
}

var boothColumns = []column[register.Booth]{
	{"编号", "number", func(b *register.Booth, _ int) any { return b.Number }},
	{"名称", "name", func(b *register.Booth, _ int) any { return b.Name }},
	{"社区", "community", func(b *register.Booth, _ int) any { return nameOfPlace(b.Community) }},
	{"位置", "where", func(b *register.Booth, _ int) any { return b.Landmark }},
	{"状态", "status", func(b *register.Booth, l int) any { return titlesOf(register.Statuses, []string{b.Status}, l) }},
	{"服务项目", "trades", func(b *register.Booth, l int) any { return titlesOf(trades, b.Trades, l) }},
	{"电话", "phone", func(b *register.Booth, _ int) any { return b.Phone }},
	{"最近检查", "last_checked", func(b *register.Booth, _ int) any { return b.Checked.String() }},
	{"应检查日期", "due_on", func(b *register.Booth, _ int) any { return b.Due.String() }},
	{"超期未检查", "overdue", func(b *register.Booth, _ int) any { return b.Overdue }},
	{"七统一不合格项", "failed", func(b *register.Booth, l int) any { return titlesOf(register.Checks, b.Failed, l) }},
	{"最近的小蓝棚", "nearest", func(b *register.Booth, _ int) any { return near(b, func(n register.Neighbour) any { return n.Name }) }},
	{"最近的编号", "nearest_number", func(b *register.Booth, _ int) any { return near(b, func(n register.Neighbour) any { return n.Number }) }},
	{"步行米数", "metres", func(b *register.Booth, _ int) any {
		return near(b, func(n register.Neighbour) any { return metres(n.Metres) })
	}},
	{"步行分钟", "minutes", func(b *register.Booth, _ int) any {
		return near(b, func(n register.Neighbour) any { return minutes(n.Minutes) })
	}},
	{"经度_wgs84", "lon_wgs84", func(b *register.Booth, _ int) any {
		return at(b, func(p geo.Point) any { return table.Decimal(geojson.AppendDegrees(nil, p.X)) })
	}},
	{"纬度_wgs84", "lat_wgs84", func(b *register.Booth, _ int) any {
		return at(b, func(p geo.Point) any { return table.Decimal(geojson.AppendDegrees(nil, p.Y)) })
	}},
}

var trades = func() []geo.Term {
	field, _ := geo.MustSchema(geo.Booths).Field("trades")
	return field.Terms
}()

// near is a cell about the nearest other booth.
func near(b *register.Booth, cell func(register.Neighbour) any) any {
	if len(b.Near) == 0 {
		return nil
	}
	return cell(b.Near[0])
}

// at is a cell about where a booth is.
func at(b *register.Booth, cell func(geo.Point) any) any {
	if b.Shape.IsZero() {
		return nil
	}
	return cell(middle(b.Shape))
}

// communityColumns are those of the table by community.
var communityColumns = func() []column[register.BoothRow] {
	columns := []column[register.BoothRow]{
		{"社区编码", "code", func(r *register.BoothRow, _ int) any { return codeOf(r.Community) }},
		{"社区", "community", func(r *register.BoothRow, _ int) any { return nameOfPlace(r.Community) }},
		{"小蓝棚", "booths", func(r *register.BoothRow, _ int) any { return whole(r.Booths) }},
	}
	for i, term := range register.Statuses {
		columns = append(columns, column[register.BoothRow]{term.Zh, term.Value, func(r *register.BoothRow, _ int) any { return whole(r.Status[i]) }})
	}
	columns = append(columns,
		column[register.BoothRow]{"超期未检查", "overdue", func(r *register.BoothRow, _ int) any { return whole(r.Overdue) }},
		column[register.BoothRow]{"从未检查", "unchecked", func(r *register.BoothRow, _ int) any { return whole(r.Unchecked) }},
		column[register.BoothRow]{"七统一有不合格", "failing", func(r *register.BoothRow, _ int) any { return whole(r.Failing) }},
	)
	for i, term := range register.Checks {
		columns = append(columns, column[register.BoothRow]{"不合格：" + term.Zh, "failed_" + term.Value, func(r *register.BoothRow, _ int) any { return whole(r.Failed[i]) }})
	}
	return append(columns,
		column[register.BoothRow]{"间距不足", "close", func(r *register.BoothRow, _ int) any { return whole(r.Close) }},
		column[register.BoothRow]{"15分钟内覆盖户数_%", "households_near_percent", func(r *register.BoothRow, _ int) any { return percent(r.Reach.Share()) }},
	)
}()

var parkingColumns = func() []column[register.ParkingRow] {
	count := func(zh, en string, of func(*register.Spaces) int64) column[register.ParkingRow] {
		return column[register.ParkingRow]{zh, en, func(r *register.ParkingRow, _ int) any { return of(&r.Spaces) }}
	}
	columns := []column[register.ParkingRow]{
		{"社区", "community", func(r *register.ParkingRow, _ int) any { return nameOfPlace(r.Community) }},
		{"小区编码", "code", func(r *register.ParkingRow, _ int) any {
			if r.Compound == nil {
				return nil
			}
			return r.Compound.Code
		}},
		{"小区", "compound", func(r *register.ParkingRow, _ int) any {
			if r.Compound == nil {
				return nil
			}
			return r.Compound.Name
		}},
		count("车位数", "spaces", func(s *register.Spaces) int64 { return s.Spaces }),
		count("已编号", "numbered", func(s *register.Spaces) int64 { return s.Numbered }),
	}
	for i, kind := range stalls.Kinds {
		columns = append(columns, count(kind.Zh, kind.Value, func(s *register.Spaces) int64 { return s.Kinds[i] }))
	}
	return append(columns,
		column[register.ParkingRow]{"无障碍占比_%", "accessible_percent", func(r *register.ParkingRow, _ int) any { return percent(r.Share("accessible"), r.Spaces.Spaces > 0) }},
		column[register.ParkingRow]{"充电占比_%", "charging_percent", func(r *register.ParkingRow, _ int) any { return percent(r.Share("charging"), r.Spaces.Spaces > 0) }},
		count("公共收益车位", "public", func(s *register.Spaces) int64 { return s.Public }),
		column[register.ParkingRow]{"年公共收益_元", "yuan_a_year", func(r *register.ParkingRow, _ int) any { return yuan(r.Income) }},
		column[register.ParkingRow]{"收益已知占比_%", "known_percent", func(r *register.ParkingRow, _ int) any { return percent(r.Known(), r.Spaces.Spaces > 0) }},
		count("车位数不明的", "without_capacity", func(s *register.Spaces) int64 { return int64(s.Unknown) }),
	)
}()

// boothsCSV answers /registers/booths.csv: booths one by one, or counted by community.
func (s *server) boothsCSV(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "by", "lang")
	if err != nil {
		return err
	}
	by := cmp.Or(q.text("by"), "booth")
	if by != "booth" && by != "community" {
		return problem.Parameter("by", "%q is neither booth nor community", by)
	}
	language, err := languageOf(q)
	if err != nil {
		return err
	}
	g, err := s.openRegisters(w, r)
	if err != nil {
		return err
	}
	booths, err := s.booths(r.Context(), &g)
	if err != nil {
		return err
	}
	if by == "community" {
		return sendTable(w, "小蓝棚台账-分社区-"+booths.On.String(), communityColumns, booths.Rows, language)
	}
	return sendTable(w, "小蓝棚台账-"+booths.On.String(), boothColumns, booths.List, language)
}

// parkingCSV answers /registers/parking.csv.
func (s *server) parkingCSV(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "community", "lang")
	if err != nil {
		return err
	}
	language, err := languageOf(q)
	if err != nil {
		return err
	}
	g, err := s.openRegisters(w, r)
	if err != nil {
		return err
	}
	parking := g.parking()
	if q.has("community") {
		parking = parking.Of(q.text("community"))
	}
	return sendTable(w, "停车位台账-"+parking.On.String(), parkingColumns, parking.Rows, language)
}

// languageOf reads in which language a table is: 0 is Chinese, 1 English.
func languageOf(q query) (int, error) {
	language := slices.Index([]string{"zh", "en"}, cmp.Or(q.text("lang"), "zh"))
	if language < 0 {
		return 0, problem.Parameter("lang", "%q is neither zh nor en", q.text("lang"))
	}
	return language, nil
}

// sendTable answers with a table as a file of a name.
func sendTable[T any](w http.ResponseWriter, name string, columns []column[T], rows []T, language int) error {
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = [...]string{c.zh, c.en}[language]
	}
	var text bytes.Buffer
	out, err := table.NewCSV(&text, header)
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i := range rows {
		for k, c := range columns {
			cells[k] = c.cell(&rows[i], language)
		}
		if err := out.Row(cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(name) + ".csv"}))
	return write(w, "text/csv; charset=utf-8; header=present", text.Bytes())
}
