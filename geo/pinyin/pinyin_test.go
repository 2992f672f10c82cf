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

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        bool
	}{
		{"五道庙小区", "wdm", true},
		{"五道庙小区", "wudaomiao", true},
		{"五道庙小区", "wudaom", true},
		{"五道庙小区", "wdaomiao", true},
		{"五道庙小区", "dmxq", true},
		{"五道庙小区", "wmd", false},
		{"五道庙小区", "wudaomiaoxiaoquhao", false},
		{"五道庙小区", "", false},
		{"五道庙14号楼", "wdm14", true},
		{"重庆路", "cql", true},
		{"重庆路", "zql", true},
		{"西安路", "xian", true},
	} {
		if got := pinyin.Matches(c.name, c.typed); got != c.want {
			t.Errorf("%s by %q: %v", c.name, c.typed, got)
		}
	}
}

// Every name matches its own spellings and initials, and every beginning of them.
func FuzzMatches(f *testing.F) {
	f.Add("五道庙小区", "wdm")
	f.Add("重庆路", "cq")
	f.Fuzz(func(t *testing.T, name, typed string) {
		if len(name) > 200 || len(typed) > 200 {
			return
		}
		pinyin.Matches(name, typed)
		plain := strings.Map(func(r rune) rune {
			if pinyin.Readings(r) == nil {
				return -1
			}
			return r
		}, name)
		for _, r := range plain {
			for _, reading := range pinyin.Readings(r) {
				for _, c := range reading {
					if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
						t.Fatalf("%c reads %q", r, reading)
					}
				}
			}
		}
		runes := []rune(plain)
		for i := range min(len(runes), 3) {
			first := string(runes[i : i+1])
			if !pinyin.Matches(plain, pinyin.Spellings(first)[0]) {
				t.Fatalf("%q does not match its own %q", plain, first)
			}
		}
	})
}
