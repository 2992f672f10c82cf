package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"gridatlas/geo"
	"gridatlas/geo/report"
	"gridatlas/geo/seedtest"
)

// TestStates: the table of what may follow what, and the words of each.
func TestStates(t *testing.T) {
	want := map[report.State]string{
		report.Accepted: "working", report.Working: "settled accepted", report.Settled: "answered working", report.Answered: "",
	}
	for _, state := range report.AllStates {
		var names []string
		for _, next := range state.Next() {
			names = append(names, string(next))
		}
		if got := strings.Join(names, " "); got != want[state] {
			t.Errorf("after %s: %s, want %s", state, got, want[state])
		}
		if state.Zh() == string(state) || state.En() == string(state) {
			t.Errorf("%s has no words", state)
		}
	}
	if len(want) != len(report.AllStates) {
		t.Error("a state is missing")
	}
}

// TestKinds: each has words, each layer that has any has Other, and nothing is listed
// twice.
func TestKinds(t *testing.T) {
	for _, kind := range report.AllKinds {
		if kind.Zh() == string(kind) || kind.En() == string(kind) {
			t.Errorf("%s has no words", kind)
		}
	}
	layers := []geo.Layer{""}
	for _, schema := range geo.Catalog() {
		layers = append(layers, schema.Layer)
	}
	for _, layer := range layers {
		kinds := report.KindsOf(layer)
		if len(kinds) > 0 && kinds[len(kinds)-1] != report.Other {
			t.Errorf("%q: %v", layer, kinds)
		}
		for i, kind := range kinds {
			if !slices.Contains(report.AllKinds, kind) || slices.Contains(kinds[:i], kind) {
				t.Errorf("%q: %v", layer, kinds)
			}
		}
	}
	for _, layer := range []geo.Layer{geo.Places, geo.Grids, geo.Assignments, geo.Incidents, "cafes"} {
		if len(report.KindsOf(layer)) > 0 {
			t.Errorf("residents report on %s", layer)
		}
	}
}

// TestReceipts: numbers are spread evenly, none is like another, and every wrong digit
// and every two that are swapped are found out.
func TestReceipts(t *testing.T) {
	random := seedtest.New(t)
	seen, firsts := map[report.Receipt]bool{}, [10]int{}
	for range 5000 {
		secret := make([]byte, 16)
		for i := range secret {
			secret[i] = byte(random.Uint32())
		}
		number := report.ReceiptOf(secret, []byte("a note"))
		if seen[number] {
			t.Fatalf("%s twice", number)
		}
		seen[number] = true
		firsts[number[0]-'0']++
		if read, err := report.ParseReceipt(number.Groups()); err != nil || read != number || len(number) != 15 {
			t.Fatalf("%s is read as %s, %v", number, read, err)
		}
		digits := []byte(number)
		at := random.IntN(len(digits))
		wrong := slices.Clone(digits)
		wrong[at] = '0' + (wrong[at]-'0'+1+byte(random.IntN(9)))%10
		if _, err := report.ParseReceipt(string(wrong)); err == nil {
			t.Fatalf("%s for %s", wrong, number)
		}
		at = random.IntN(len(digits) - 1)
		wrong = slices.Clone(digits)
		wrong[at], wrong[at+1] = wrong[at+1], wrong[at]
		if _, err := report.ParseReceipt(string(wrong)); err == nil && wrong[at] != wrong[at+1] {
			t.Fatalf("%s for %s", wrong, number)
		}
	}
	for digit, n := range firsts {
		if n < 400 || n > 600 {
			t.Errorf("%d of 5000 begin with %d", n, digit)
		}
	}
	if report.ReceiptOf([]byte("ab"), []byte("c")) == report.ReceiptOf([]byte("a"), []byte("bc")) {
		t.Error("parts run into one another")
	}
}

func TestReceiptsAsTyped(t *testing.T) {
	number := report.ReceiptOf([]byte("x"))
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, string(number))
	for _, text := range []string{string(number), number.Groups(), wide, " " + string(number[:4]) + "-" + string(number[4:]) + "\t"} {
		if read, err := report.ParseReceipt(text); err != nil || read != number {
			t.Errorf("%q: %s, %v", text, read, err)
		}
	}
	for _, text := range []string{"", "1", string(number) + "0", string(number[:14]), "+" + string(number[1:]), "-" + strings.Repeat("0", 14) + "1", strings.Repeat(" ", 200) + string(number), "1e14", "〇一二三四五六七八九〇一二三四"} {
		if read, err := report.ParseReceipt(text); err == nil {
			t.Errorf("%q is taken for %s", text, read)
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	f.Add(report.ReceiptOf([]byte("x")).Groups())
	f.Add("０00000000000001")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := report.ParseReceipt(text)
		if err != nil {
			return
		}
		if again, err := report.ParseReceipt(string(read)); err != nil || again != read || len(read) != 15 {
			t.Fatalf("%q: %q, %v", text, again, err)
		}
	})
}

// TestText: what steers a device or turns the writing is gone, the words stay.
func TestText(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "  a b \r\n\r c\t": "a b \n\n c", "a\x00b\x1b[31m\x7f": "ab[31m", "\u202Egnp.exe\u2066": "gnp.exe", "<b>&\"'": "<b>&\"'",
		"a\xffb": "a\uFFFDb", "👨‍👩‍👧 好": "👨‍👩‍👧 好", "\u2028x\uFEFF": "x", "\u0085": "",
	} {
		if got := report.Text(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a\r\n\x00\u202E")
	f.Fuzz(func(t *testing.T, typed string) {
		got := report.Text(typed)
		if !utf8.ValidString(got) || report.Text(got) != got || strings.TrimSpace(got) != got {
			t.Fatalf("%q: %q", typed, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q: %q", typed, got)
			}
		}
	})
}

// TestSince: a state counts from when it was last reached, and not when it was taken
// back; what is public says neither who nor what was written.
func TestSince(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 26, 9, minute, 0, 0, time.UTC) }
	r := report.Report{Kind: report.Dirty, Note: "secret", Photo: true, Steps: []report.Step{
		{State: report.Accepted, At: at(1)}, {State: report.Working, At: at(2), By: "secret"}, {State: report.Accepted, At: at(3), Note: "secret"},
	}}
	if r.Since(report.Accepted) != at(1) || !r.Since(report.Working).IsZero() {
		t.Errorf("handed back: %v, %v", r.Since(report.Accepted), r.Since(report.Working))
	}
	r.Steps = append(r.Steps, report.Step{State: report.Working, At: at(4)}, report.Step{State: report.Settled, At: at(5)})
	if r.Since(report.Working) != at(4) || r.Since(report.Settled) != at(5) || !r.Since(report.Answered).IsZero() {
		t.Errorf("settled: %v", r)
	}
	public := r.Public()
	if public.Note != "" || public.Photo || public.State() != report.Settled || slices.ContainsFunc(public.Steps, func(s report.Step) bool { return s.By != "" || s.Note != "" }) {
		t.Errorf("public is %+v", public)
	}
}
