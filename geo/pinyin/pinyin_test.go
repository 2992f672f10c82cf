package pinyin_test

import (
	"slices"
	"strings"
	"testing"

	"gridatlas/geo/pinyin"
)

func TestSpellings(t *testing.T) {
	for name, want := range map[string]string{
		"五道庙小区":   "wudaomiaoxiaoqu",
		"西南关社区":   "xinanguanshequ",
		"长松路":     "changsonglu",
		"重庆路":     "chongqinglu",
		"中国银行":    "zhongguoyinhang",
		"绿城花园2期":  "lvchenghuayuan2qi",
		"B座（东）":   "bzuodong",
		"南关房管所宿舍": "nanguanfangguansuosushe",
	} {
		if got := pinyin.Spellings(name); len(got) == 0 || got[0] != want {
			t.Errorf("%s is spelled %v, not %s", name, got, want)
		}
	}
	for _, name := range []string{"", "（）", "——"} {
		if got := pinyin.Spellings(name); got != nil {
			t.Errorf("%q has the spellings %v", name, got)
		}
	}
}

func TestPolyphonesGiveEachReading(t *testing.T) {
	got := pinyin.Spellings("乐都")
	for _, want := range []string{"ledu", "yuedu", "ledou"} {
		if !slices.Contains(got, want) {
			t.Errorf("乐都 is spelled %v, without %s", got, want)
		}
	}
	if n := len(pinyin.Spellings(strings.Repeat("重长乐都", 50))); n != 8 {
		t.Errorf("a name of polyphones has %d spellings", n)
	}
}

func TestInitials(t *testing.T) {
	if got := pinyin.Initials("五道庙小区"); !slices.Equal(got, []string{"wdmxq"}) {
		t.Errorf("%v", got)
	}
	if got := pinyin.Initials("长乐"); !slices.Equal(got, []string{"cl", "zl", "cy", "zy"}) {
		t.Errorf("%v", got)
	}
}

// Whatever is spelled is spelled in small letters and digits, by eight spellings at the
// most; characters with a reading have one, and a name of others has none.
func FuzzSpellings(f *testing.F) {
	f.Add("五道庙小区")
	f.Add("重庆路3号（B座）")
	f.Fuzz(func(t *testing.T, name string) {
		if len(name) > 200 {
			return
		}
		isSaid := strings.ContainsFunc(name, func(r rune) bool { return pinyin.Readings(r) != nil })
		for _, spellings := range [][]string{pinyin.Spellings(name), pinyin.Initials(name)} {
			if (len(spellings) > 0) != isSaid || len(spellings) > 8 {
				t.Fatalf("%q has the spellings %q", name, spellings)
			}
			for _, spelling := range spellings {
				if spelling == "" || strings.Trim(spelling, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
					t.Fatalf("%q is spelled %q", name, spelling)
				}
			}
		}
	})
}
