package visit_test

import (
	"math/rand/v2"
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

func TestIsPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "13号楼2单元": false, "0536-8221234": false, "编号 3707 0200 1742": false, "2026-11-21": false, "网格 370705001000001": false,
		"13800138000": true, "电话：138-0013-8000。": true, "+8613800138000": true, "１３８００１３８０００": true,
		"110105194912310021": true, "11010519491231002x": true, "110105 19491231 002X": true, "137000000000000000000": false,
	} {
		if got := visit.IsPersonal(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Wherever a number of a phone stands among words, it is found.
func TestIsPersonalAmongWords(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	words := []string{"走访", "号楼", "，", " ", "X", "gas", "。"}
	for range 2000 {
		var b strings.Builder
		for range random.IntN(6) {
			b.WriteString(words[random.IntN(len(words))])
		}
		before := b.String()
		number := []byte("1")
		number = append(number, "3456789"[random.IntN(7)])
		for range 9 {
			number = append(number, "0123456789"[random.IntN(10)])
		}
		if text := before + string(number) + words[random.IntN(len(words)-3)]; !visit.IsPersonal(text) {
			t.Fatalf("seed %d: %q", seed, text)
		}
		if visit.IsPersonal(before) {
			t.Fatalf("seed %d: %q", seed, before)
		}
	}
}

func FuzzIsPersonal(f *testing.F) {
	f.Add("138 0013 8000")
	f.Add("110105-19491231-002X")
	f.Fuzz(func(t *testing.T, text string) {
		if visit.IsPersonal(text) && !strings.ContainsAny(text, "0123456789０１２３４５６７８９") {
			t.Errorf("%q has no digit", text)
		}
	})
}

func TestMonth(t *testing.T) {
	for day, want := range map[string]string{"2026-11-21": "2026-11", "2026-13-01": "", "": "", "2026-11": ""} {
		if got := visit.Month(day); got != want {
			t.Errorf("%q is in %q", day, got)
		}
	}
}
