package plate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo/plate"
	"gridatlas/geo/seedtest"
)

func number(t testing.TB, county string, serial int) plate.Number {
	t.Helper()
	n, err := plate.Make(county, serial)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func some(t testing.TB, r *rand.Rand) plate.Number {
	return number(t, fmt.Sprintf("%06d", 110000+r.IntN(710000)), 1+r.IntN(plate.MaxSerial))
}

func TestParse(t *testing.T) {
	const want = plate.Number("370702500124")
	for _, text := range []string{
		"370702500124", "3707 0250 0124", "3707-0250-0124", "370702 5001 24", " 3707\u30000250\u00a00124\n",
		"３７０７　０２５０　０１２４", "3707－0250–0124", "3 7 0 7 0 2 5 0 0 1 2 4",
	} {
		if got, err := plate.Parse(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v", text, got, err)
		}
	}
	for text, fault := range map[string]error{
		"":                         plate.ErrLength,
		"37070250012":              plate.ErrLength,
		"3707025001244":            plate.ErrLength,
		"№370702500124":            plate.ErrDigit,
		"3707025OO124":             plate.ErrDigit,
		"٣٧٠٧٠٢٥٠٠١٢٤":             plate.ErrDigit,
		"3707\x000250\x000124":     plate.ErrDigit,
		"\xff70702500124":          plate.ErrDigit,
		"370702500125":             plate.ErrCheck,
		"3707025001-42":            plate.ErrCheck,
		string(zeroCounty):         plate.ErrCounty,
		string(zeroSerial):         plate.ErrSerial,
		strings.Repeat("1", 1<<16): plate.ErrLength,
	} {
		if got, err := plate.Parse(text); got != "" || !errors.Is(err, fault) {
			t.Errorf("%.20q: got %s, %v, want %v", text, got, err, fault)
		}
	}
	if err := plate.Check("3707 0250 0124"); err == nil {
		t.Error("a number with spaces is not in its stored form")
	}
}

// Both leave 1 when divided by 97, and are no numbers all the same.
const (
	zeroCounty plate.Number = "000000079444"
	zeroSerial plate.Number = "370702000089"
)

func TestMake(t *testing.T) {
	n := number(t, "370702", 5001)
	if n != "370702500124" || n.County() != "370702" || n.Serial() != 5001 || n.Grouped() != "3707 0250 0124" {
		t.Errorf("got %s: %s, %d, %s", n, n.County(), n.Serial(), n.Grouped())
	}
	for _, county := range []string{"", "37070", "3707020", "37070x", "３７０７０２", "070702"} {
		if _, err := plate.Make(county, 1); !errors.Is(err, plate.ErrCounty) {
			t.Errorf("county %q: %v", county, err)
		}
	}
	for _, serial := range []int{-1, 0, 10000} {
		if _, err := plate.Make("370702", serial); !errors.Is(err, plate.ErrSerial) {
			t.Errorf("serial %d: %v", serial, err)
		}
	}
	if got := plate.Number("370702五12").Grouped(); got != "3707 02五1 2" {
		t.Errorf("what is no number: %q", got)
	}
}

// TestOneSpelling holds that of all check digits one pair alone is right.
func TestOneSpelling(t *testing.T) {
	for serial := 1; serial <= plate.MaxSerial; serial++ {
		n := number(t, "370702", serial)
		for c := range 100 {
			other := fmt.Sprintf("%s%02d", n[:10], c)
			if right := plate.Check(other) == nil; right != (other == string(n)) {
				t.Fatalf("%s beside %s: sound %v", other, n, right)
			}
		}
	}
}

// TestSlips holds that every wrong digit and every swap of neighbours is noticed.
func TestSlips(t *testing.T) {
	r := seedtest.New(t)
	for range 2000 {
		n := string(some(t, r))
		for i := range n {
			for d := byte('0'); d <= '9'; d++ {
				if wrong := n[:i] + string(d) + n[i+1:]; wrong != n && plate.Check(wrong) == nil {
					t.Fatalf("%s passes for %s", wrong, n)
				}
			}
			if i > 0 && n[i] != n[i-1] {
				if wrong := n[:i-1] + n[i:i+1] + n[i-1:i] + n[i+1:]; plate.Check(wrong) == nil {
					t.Fatalf("%s passes for %s", wrong, n)
				}
			}
		}
	}
}

// TestSuggest compares with a look at each number there is.
func TestSuggest(t *testing.T) {
	r := seedtest.New(t)
	var all []plate.Number
	for serial := 5001; serial <= 5128; serial++ {
		all = append(all, number(t, "370702", serial), number(t, "370703", serial), number(t, "370720", serial))
	}
	known := func(n plate.Number) bool { return slices.Contains(all, n) }
	suggested := 0
	for range 3000 {
		n := all[r.IntN(len(all))]
		typed := slip(r, string(n))
		if r.IntN(4) == 0 {
			typed = slip(r, typed)
		}
		got := plate.Suggest(plate.Number(typed).Grouped(), known)
		if slices.Contains(all, plate.Number(typed)) {
			if len(got) > 0 {
				t.Fatalf("%s exists, and suggests %v", typed, got)
			}
			continue
		}
		var want []plate.Number
		for _, other := range all {
			if oneSlip(typed, string(other)) {
				want = append(want, other)
			}
		}
		suggested += len(want)
		sorted := slices.Sorted(slices.Values(got))
		slices.Sort(want)
		if !slices.Equal(sorted, want) {
			t.Fatalf("%s: got %v, want %v", typed, sorted, want)
		}
	}
	if suggested < 2000 {
		t.Errorf("only %d suggestions in 3000 tries: the test sees too little", suggested)
	}
	for _, typed := range []string{"", "what", strings.Repeat("37", 4000)} {
		if got := plate.Suggest(typed, known); got != nil {
			t.Errorf("%.10q: got %v", typed, got)
		}
	}
	first := plate.Suggest("370702500142", known)
	if len(first) == 0 || first[0] != "370702500124" {
		t.Errorf("wrong check digits come first: got %v", first)
	}
}

// slip is what a hand does: a wrong digit, a swap, a digit too many or too few, or
// check digits of another plate.
func slip(r *rand.Rand, n string) string {
	i, d := r.IntN(len(n)-1), string(rune('0'+r.IntN(10)))
	switch r.IntN(5) {
	case 0:
		return n[:i] + d + n[i+1:]
	case 1:
		return n[:i] + n[i+1:i+2] + n[i:i+1] + n[i+2:]
	case 2:
		return n[:i] + d + n[i:]
	case 3:
		return n[:i] + n[i+1:]
	}
	return n[:len(n)-2] + fmt.Sprintf("%02d", r.IntN(100))
}

// oneSlip reports whether typed comes of meant by one slip, found by what both have
// in common from the left and from the right.
func oneSlip(typed, meant string) bool {
	left := 0
	for left < min(len(typed), len(meant)) && typed[left] == meant[left] {
		left++
	}
	right := 0
	for right < min(len(typed), len(meant))-left && typed[len(typed)-1-right] == meant[len(meant)-1-right] {
		right++
	}
	a, b := typed[left:len(typed)-right], meant[left:len(meant)-right]
	switch {
	case len(typed) != len(meant):
		return len(a)+len(b) == 1
	case len(a) == 1, left >= 10:
		return true
	}
	return len(a) == 2 && a[0] == b[1] && a[1] == b[0]
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"370702500124", "3707 0250 0124", "３７０７－０２５０－０１２４", "370702500142", "", "\xff\xfe", "000000079444"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := plate.Parse(text)
		if (err == nil) != (n != "") {
			t.Fatalf("got %q and %v", n, err)
		}
		asked := 0
		plate.Suggest(text, func(plate.Number) bool { asked++; return false })
		if asked > 200 {
			t.Fatalf("asked %d times", asked)
		}
		if err != nil {
			return
		}
		if err := plate.Check(string(n)); err != nil {
			t.Fatalf("%s was read and is wrong: %v", n, err)
		}
		if again, err := plate.Parse(n.Grouped()); err != nil || again != n {
			t.Fatalf("%s is read back as %s, %v", n.Grouped(), again, err)
		}
		if again, err := plate.Make(n.County(), n.Serial()); err != nil || again != n {
			t.Fatalf("%s is put together as %s, %v", n, again, err)
		}
	})
}

func ExampleSuggest() {
	given := []plate.Number{"370702500124", "370702500221"}
	for _, n := range plate.Suggest("3707 0250 0142", func(n plate.Number) bool { return slices.Contains(given, n) }) {
		fmt.Println(n.Grouped())
	}
	// Output: 3707 0250 0124
}
