package visit_test

import (
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/visit"
)

func today() geo.Date {
	d, err := geo.ParseDate("2026-11-21")
	if err != nil {
		panic(err)
	}
	return d
}

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*visit.Visit)
		want   string // fields and rules
	}{
		"as it is to be":     {func(*visit.Visit) {}, ""},
		"the first day":      {func(v *visit.Visit) { v.On = "2026-10-22" }, ""},
		"too long ago":       {func(v *visit.Visit) { v.On = "2026-10-21" }, "on range"},
		"tomorrow":           {func(v *visit.Visit) { v.On = "2026-11-22" }, "on range"},
		"no day":             {func(v *visit.Visit) { v.On = "周六" }, "on value"},
		"about nothing":      {func(v *visit.Visit) { v.Topics = nil }, "topics missing"},
		"about the weather":  {func(v *visit.Visit) { v.Topics = []string{"gas", "weather"} }, "topics value"},
		"twice":              {func(v *visit.Visit) { v.Topics = []string{"gas", "gas"} }, "topics value"},
		"a full note":        {func(v *visit.Visit) { v.Note = strings.Repeat("查", visit.MaxNote) }, ""},
		"a long note":        {func(v *visit.Visit) { v.Note = strings.Repeat("查", visit.MaxNote+1) }, "note range"},
		"somebody's number":  {func(v *visit.Visit) { v.Note = "联系 138 0013 8000" }, "note personal"},
		"everything at once": {func(v *visit.Visit) { *v = visit.Visit{Note: "13800138000"} }, "on missing, topics missing, note personal"},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit.Visit{On: "2026-11-21", Topics: []string{"gas", "fire"}, Note: "三单元楼道堆物，已劝离"}
			test.change(&v)
			var got []string
			for _, fault := range v.Check(today()) {
				got = append(got, fault.Field+" "+fault.Rule)
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	if endless := (visit.Visit{On: "2026-11-21", Topics: make([]string, 100_000)}); len(endless.Check(today())) > 100 {
		t.Error("a list without end makes faults without end")
	}
}

func TestMonth(t *testing.T) {
	for day, want := range map[string]string{"2026-11-21": "2026-11", "2026-13-01": "", "": "", "2026-11": ""} {
		if got := visit.Month(day); got != want {
			t.Errorf("%q is in %q", day, got)
		}
	}
}
