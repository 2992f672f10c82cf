package match

import "testing"

func TestNormal(t *testing.T) {
	for text, want := range map[string]string{
		"五道庙 小区（东区）１４＃":   "五道庙小区东区14#",
		"濰坊市，濰城區；五道廟":     "潍坊市 潍城区 五道庙",
		"⑭号楼 Ｂ座":          "14号楼b座",
		"14 2 301":        "14-2-301",
		"14——2～301-":      "14-2-301",
		" 、五道庙、":          "五道庙",
		"Wu Dao Miao 14#": "wudaomiao14#",
		"":                "",
	} {
		if got := normal(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

func TestNumeral(t *testing.T) {
	for text, want := range map[string]string{
		"十四": "14", "二十": "20", "一百零二": "102", "二三": "23", "014": "14", "零": "0", "十": "10", "百": "100", "b": "b", "": "", "两": "2", "一百一十": "110",
	} {
		if got := numeral(text); got != want {
			t.Errorf("%s became %s, not %s", text, got, want)
		}
	}
}

func TestReadHouse(t *testing.T) {
	for _, c := range []struct {
		text  string
		whole bool
		want  house
		rest  string
	}{
		{"五道庙小区14号楼2单元301", false, house{"14", "2"}, "五道庙小区 "},
		{"五道庙小区14#", false, house{"14", ""}, "五道庙小区 "},
		{"五道庙14＃楼2-301室", false, house{"14", "2"}, "五道庙 "},
		{"五道庙小区14栋", false, house{"14", ""}, "五道庙小区 "},
		{"五道庙小区14幢301", false, house{"14", ""}, "五道庙小区 "},
		{"五道庙小区十四号楼二单元", false, house{"14", "2"}, "五道庙小区 "},
		{"五道庙小区14-2单元", false, house{"14", "2"}, "五道庙小区 "},
		{"五道庙小区14-2-301", false, house{"14", "2"}, "五道庙小区 "},
		{"五道庙小区14-301", false, house{"14", ""}, "五道庙小区 "},
		{"五道庙小区14-2", false, house{"14", "2"}, "五道庙小区"},
		{"五道庙小区14号", false, house{"14", ""}, "五道庙小区"},
		{"五道庙小区14", false, house{"14", ""}, "五道庙小区"},
		{"名都B座", false, house{"b", ""}, "名都 "},
		{"名都B3栋", false, house{"b3", ""}, "名都 "},
		{"华庭东1号楼", false, house{"东1", ""}, "华庭 "},
		{"华庭3甲号楼", false, house{"3甲", ""}, "华庭 "},
		{"14", true, house{"14", ""}, ""},
		{"十四", true, house{"14", ""}, ""},
		{"14号楼东单元", true, house{"14", "东"}, " "},
		{"七马路", false, house{}, "七马路"},
		{"棉纺厂第一宿舍", false, house{}, "棉纺厂第一宿舍"},
		{"三里庄一区三号楼", false, house{"3", ""}, "三里庄一区 "},
		{"五道庙小区14号楼附近", false, house{"14", ""}, "五道庙小区 附近"},
		{"", false, house{}, ""},
	} {
		got, rest := readHouse(normal(c.text), c.whole)
		if got != c.want || rest != c.rest {
			t.Errorf("%s: %+v and %q, not %+v and %q", c.text, got, rest, c.want, c.rest)
		}
	}
}
