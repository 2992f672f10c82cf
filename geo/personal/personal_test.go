package personal_test

import (
	"strings"
	"testing"

	"gridatlas/geo/personal"
	"gridatlas/geo/seedtest"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "13号楼2单元": false, "0536-8221234": false, "编号 3707 0200 1742": false, "2026-11-21": false, "网格 370705001000001": false,
		"13800138000": true, "电话：138-0013-8000。": true, "+8613800138000": true, "１３８００１３８０００": true,
		"110105194912310021": true, "11010519491231002x": true, "110105 19491231 002X": true, "137000000000000000000": false,
	} {
		if got := personal.Number(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Wherever a number of a phone stands among words, it is found.
func TestNumberAmongWords(t *testing.T) {
	random := seedtest.New(t)
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
		if text := before + string(number) + words[random.IntN(len(words)-3)]; !personal.Number(text) {
			t.Fatalf("%q", text)
		}
		if personal.Number(before) {
			t.Fatalf("%q", before)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("138 0013 8000")
	f.Add("110105-19491231-002X")
	f.Fuzz(func(t *testing.T, text string) {
		if personal.Number(text) && !strings.ContainsAny(text, "0123456789０１２３４５６７８９") {
			t.Errorf("%q has no digit", text)
		}
	})
}
