package api

import (
	"bytes"
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/find"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/table"
	"gridatlas/geo/upkeep"
)

// upkeepHeader names the columns of /upkeep.csv in Chinese and in English.
var upkeepHeader = [...][]string{
	{"责任人（单位）", "问题", "说明", "图层", "名称", "编码", "位置", "网格", "社区", "最近核查", "应核查日期", "经度_wgs84", "纬度_wgs84", "编号"},
	{"steward", "finding", "why", "layer", "title", "code", "where", "grid", "community", "last_checked", "due_on", "lon_wgs84", "lat_wgs84", "feature"},
}

// upkeepCSV answers /upkeep.csv: what has to be looked after as a table, the work of
// each steward together; of one steward to print and to tick off.
func (s *server) upkeepCSV(w http.ResponseWriter, r *http.Request) error {
	if err := s.staffOnly(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, append([]string{"lang"}, wantedParameters...)...)
	if err != nil {
		return err
	}
	want, err := readWanted(q)
	if err != nil {
		return err
	}
	language, err := languageOf(q)
	if err != nil {
		return err
	}
	snap, report, err := s.report(w, r)
	if err != nil {
		return err
	}
	found, err := want.find(r.Context(), report)
	if err != nil {
		return err
	}
	// Nobody's work comes last: somebody has to be named first.
	slices.SortStableFunc(found, func(a, b *upkeep.Finding) int {
		x, y := whoOf(a.Steward), whoOf(b.Steward)
		if (x == "") != (y == "") {
			return -cmp.Compare(x, y)
		}
		return cmp.Compare(x, y)
	})
	var text bytes.Buffer
	out, err := table.NewCSV(&text, upkeepHeader[language])
	if err != nil {
		return err
	}
	for i, f := range found {
		if i%4096 == 0 && r.Context().Err() != nil {
			return r.Context().Err()
		}
		if err := out.Row(upkeepRow(snap, f, language)); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	name := []string{"核查清单", report.On.String()}
	if want.steward != "" && want.steward != none {
		name = slices.Insert(name, 1, want.steward)
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(strings.Join(name, "-")) + ".csv"}))
	return write(w, "text/csv; charset=utf-8; header=present", text.Bytes())
}

func upkeepRow(snap *snapshot.Snapshot, f *upkeep.Finding, language int) []any {
	pick := func(zh, en string) string { return [...]string{zh, en}[language] }
	base, schema := f.Feature.Common(), geo.MustSchema(f.Feature.Layer())
	title, _ := find.Title(snap, f.Feature)
	grid := ""
	if f.Grid != nil {
		grid = f.Grid.Name
	}
	row := []any{
		whoOf(f.Steward), pick(f.Kind.Titles()), pick(f.Texts()), pick(schema.Zh, schema.En), title, base.Code, whereOf(snap, f), grid,
		nameOfPlace(f.Community), f.Checked.String(), f.Due.String(), nil, nil, geo.KeyOf(f.Feature).String(),
	}
	if !base.Shape.IsZero() {
		at := middle(base.Shape)
		row[11], row[12] = table.Decimal(geojson.AppendDegrees(nil, at.X)), table.Decimal(geojson.AppendDegrees(nil, at.Y))
	}
	return row
}

// fileName leaves out of a name what no file system takes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
}
