package api

import (
	"cmp"
	"net/http"
	"time"

	"gridatlas/geo/report"
)

// reportRow is a report in a table, with where it lies.
type reportRow struct {
	report.Held
	grid, community *namedArea
	late            bool
	zone            *time.Location
}

func (a *namedArea) cell() any {
	if a == nil {
		return nil
	}
	return cmp.Or(a.Name, a.Code)
}

var reportColumns = []column[reportRow]{
	{"受理编号", "receipt", func(r *reportRow, _ int) any { return r.Receipt.Groups() }},
	{"办理状态", "state", func(r *reportRow, l int) any { return [...]string{r.State().Zh(), r.State().En()}[l] }},
	{"问题", "kind", func(r *reportRow, l int) any { return [...]string{r.Kind.Zh(), r.Kind.En()}[l] }},
	{"地点", "place", func(r *reportRow, _ int) any { return r.Name }},
	{"网格", "grid", func(r *reportRow, _ int) any { return r.grid.cell() }},
	{"社区", "community", func(r *reportRow, _ int) any { return r.community.cell() }},
	{"补充说明", "note", func(r *reportRow, _ int) any { return r.Note }},
	{"受理时间", "accepted", func(r *reportRow, _ int) any { return r.when(report.Accepted) }},
	{"应答复日期", "due_on", func(r *reportRow, _ int) any { return r.Due.String() }},
	{"已超期", "overdue", func(r *reportRow, _ int) any { return r.late }},
	{"办结时间", "settled", func(r *reportRow, _ int) any { return r.when(report.Settled) }},
	{"答复时间", "answered", func(r *reportRow, _ int) any { return r.when(report.Answered) }},
	{"答复", "answer", func(r *reportRow, _ int) any { return r.Answer }},
	{"文字已删除", "forgotten", func(r *reportRow, _ int) any { return r.Forgotten }},
	{"经度_wgs84", "lon_wgs84", func(r *reportRow, _ int) any { return r.At[0] }},
	{"纬度_wgs84", "lat_wgs84", func(r *reportRow, _ int) any { return r.At[1] }},
}

// when a report came to a state, in the city; nothing where it has not.
func (r *reportRow) when(state report.State) any {
	at := r.Since(state)
	if at.IsZero() {
		return nil
	}
	return at.In(r.zone).Format("2006-01-02 15:04")
}

// reportsCSV answers /reports.csv: the list of /reports as a table, whole.
func (s *server) reportsCSV(w http.ResponseWriter, r *http.Request) error {
	v, err := s.viewNow(w, r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, append([]string{"lang"}, reportParameters...)...)
	if err != nil {
		return err
	}
	want, err := readReports(q)
	if err != nil {
		return err
	}
	language, err := languageOf(q)
	if err != nil {
		return err
	}
	found, _, err := s.siftReports(r, v, want)
	if err != nil {
		return err
	}
	rows := make([]reportRow, len(found))
	for i, held := range found {
		rows[i] = reportRow{Held: held, late: held.Late(v.today), zone: s.Zone}
		if _, rows[i].grid, rows[i].community, err = v.lies(&held.Report); err != nil {
			return err
		}
	}
	return sendTable(w, "问题上报-"+v.today.String(), reportColumns, rows, language)
}
