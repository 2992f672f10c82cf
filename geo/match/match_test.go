package match_test

import (
	"strings"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/match"
	"gridatlas/geo/seedtest"
	draw "gridatlas/geo/street/streettest"
)

// hamlet is a small town with a compound of two gates, three buildings and what
// stands around it.
func hamlet() *match.Index {
	t := &draw.Town{}
	community := draw.Add(t, &geo.Place{Kind: "community"}, draw.Square(0, 0, 500))
	community.Code, community.Name = "c1", "西南关社区"
	other := draw.Add(t, &geo.Place{Kind: "community"}, draw.Square(1000, 0, 500))
	other.Code, other.Name = "c2", "东北关社区（演示）"
	compound := draw.Add(t, &geo.Compound{Community: "c1"}, draw.Square(0, 0, 100))
	compound.Code, compound.Name = "x1", "五道庙小区"
	garden := draw.Add(t, &geo.Compound{Community: "c1"}, draw.Square(40, 40, 30))
	garden.Code, garden.Name = "x2", "君子园"
	for i, number := range []string{"3", "14号楼", "东1", "1"} {
		b := draw.Add(t, &geo.Building{Compound: "x1", Number: number, Use: "residential"}, draw.Square(float64(-60+35*i), float64(-60+35*i), 8))
		b.Code = "b" + number
	}
	for name, at := range map[string][2]float64{"五道庙小区东门": {100, 0}, "五道庙小区北门": {0, 100}} {
		gate := draw.Add(t, &geo.Gate{Kind: "gate", Of: "x1", Foot: "all"}, draw.Dot(at[0], at[1]))
		gate.Code, gate.Name = name, name
	}
	t.Street(func(s *geo.Street) { s.Name, s.Class, s.WidthM = "胜利东街", "main", geo.Some(20.0) }, -500, 120, 115, 120, 500, 120)
	t.Street(func(s *geo.Street) { s.Name, s.Class, s.WidthM = "健康路", "main", geo.Some(10.0) }, 115, -500, 115, 120)
	t.Street(func(s *geo.Street) { s.Name, s.Class = "健康路", "main" }, 115, 120, 115, 500)
	clinic := draw.Add(t, &geo.Facility{Kind: "clinic", Address: "胜利东街12号"}, draw.Dot(50, 140))
	clinic.Name = "西南关社区卫生服务站"
	shop := draw.Add(t, &geo.Facility{Kind: "supermarket"}, draw.Dot(900, 0))
	shop.Name = "富华超市"
	booth := draw.Add(t, &geo.Booth{Number: "370702500124", Landmark: "君子园西门南20米"}, draw.Dot(8, 20))
	booth.Code = booth.Number
	return match.NewIndex(t.Snapshot())
}

func TestFind(t *testing.T) {
	x := hamlet()
	at := draw.At
	for _, c := range []struct {
		name string
		q    match.Query
		at   geo.Point
		sure bool
		says string // in the reasons of the first candidate
	}{
		{"compound and number", match.Query{Compound: "五道庙小区", Building: "14"}, at(-25, -25), true, "14号楼"},
		{"a whole address", match.Query{Address: "山东省潍坊市潍城区南关街道西南关社区五道庙小区１４号楼2单元301"}, at(-25, -25), true, "在西南关社区"},
		{"characters for digits", match.Query{Address: "五道庙十四号楼"}, at(-25, -25), true, "即五道庙小区"},
		{"pinyin", match.Query{Community: "西南关", Address: "wudaomiao xiaoqu 14 haolou"}, at(-25, -25), true, "读音同"},
		{"initials", match.Query{Community: "西南关", Compound: "wdm", Building: "14#"}, at(-25, -25), false, "拼音首字母"},
		{"a homophone, with the community", match.Query{Community: "西南关居委会", Address: "五到庙小区14栋"}, at(-25, -25), true, "读音同"},
		{"a homophone alone", match.Query{Address: "五到庙小区14栋"}, at(-25, -25), false, "读音同"},
		{"a slip, with the community", match.Query{Community: "西南关社区", Address: "五道苗圃小区14栋"}, at(-25, -25), false, "读音同"},
		{"another ending", match.Query{Community: "西南关社区", Address: "五道庙花园14栋"}, at(-25, -25), false, "通名不同"},
		{"another community", match.Query{Community: "东北关社区", Address: "五道庙小区14栋"}, at(-25, -25), false, "不符"},
		{"no such building", match.Query{Compound: "五道庙小区", Building: "99"}, at(0, 0), false, "没有99号楼"},
		{"a building with a direction", match.Query{Address: "五道庙小区东1号楼"}, at(10, 10), true, "东1号楼"},
		{"a garden's building stands on the compound", match.Query{Address: "君子园1号楼"}, at(45, 45), true, "1号楼"},
		{"all in one column", match.Query{Community: "西南关社区五道庙小区14号楼"}, at(-25, -25), true, "14号楼"},
		{"a gate", match.Query{Address: "五道庙小区东大门"}, at(100, 0), true, "东门"},
		{"from a gate along the street", match.Query{Community: "西南关社区", Landmark: "五道庙小区东门北50米路西"}, at(115-7, 50), true, "向北50米，路西"},
		{"the other side", match.Query{Landmark: "五道庙东门往南约五十米，路东侧"}, at(115+7, -50), true, "路东"},
		{"on to the next piece", match.Query{Landmark: "五道庙小区东门向北200m路西"}, at(115-6, 200), true, ""},
		{"pinyin of a landmark", match.Query{Landmark: "wudaomiao dongmen bei 50 mi luxi"}, at(115-7, 50), false, ""},
		{"no such gate", match.Query{Landmark: "五道庙小区西门"}, at(-100, 0), false, "没有西门"},
		{"the same landmark", match.Query{Community: "西南关", Landmark: "君子园西门往南20米"}, at(8, 20), true, "位置说明相同"},
		{"a named place in its community", match.Query{Community: "西南关社区", Name: "西南关社区卫生服务站"}, at(50, 140), true, ""},
		{"a named place alone", match.Query{Name: "富华超市"}, at(900, 0), false, ""},
		{"a named place elsewhere", match.Query{Community: "西南关社区", Name: "富华超市"}, at(900, 0), false, "不符"},
		{"a number on a street", match.Query{Community: "西南关", Street: "胜利东街12号"}, at(50, 140), true, "门牌12号"},
		{"a crossing", match.Query{Address: "健康路与胜利东街交叉口"}, at(115, 120), false, "交叉口"},
		{"a community alone", match.Query{Address: "潍坊市西南关社区"}, at(0, 0), false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			result := x.Find(c.q, 5)
			if len(result.Candidates) == 0 {
				t.Fatalf("nothing found; unread %q", result.Unread)
			}
			first := result.Candidates[0]
			if d := crs.Distance(first.At, c.at); d > 3 && c.says != "" || result.Sure != c.sure {
				t.Errorf("%.0f m off, sure %v: %+v; unread %q", d, result.Sure, result.Candidates, result.Unread)
			}
			all := ""
			for _, reason := range first.Reasons {
				all += reason.Zh
			}
			if !strings.Contains(all, c.says) {
				t.Errorf("the reasons %q lack %q", all, c.says)
			}
		})
	}
	for _, q := range []match.Query{{}, {Address: "——"}, {Name: "一二三四五"}} {
		if result := x.Find(q, 5); len(result.Candidates) > 0 || result.Sure {
			t.Errorf("%+v finds %+v", q, result)
		}
	}
	if result := x.Find(match.Query{Address: "五道庙小区14号楼"}, 0); len(result.Candidates) > 0 {
		t.Errorf("a limit of zero gives %+v", result)
	}
}

// Any text ends soon and gives scores in order.
func FuzzFind(f *testing.F) {
	x := hamlet()
	for _, seed := range []string{"五道庙小区東門北50米路西", "wudaomiao14haolou", "１４＃－２－301", strings.Repeat("五道庙14号楼", 60), "\xff\ue000\uf8ff号楼", "西南关社区胜利东街12号院3号楼"} {
		f.Add(seed, "")
		f.Add("西南关", seed)
	}
	f.Fuzz(func(t *testing.T, community, text string) {
		begin := time.Now()
		result := x.Find(match.Query{Community: community, Compound: text, Building: text, Landmark: text, Name: text, Address: text, Street: text}, 10)
		if took := time.Since(begin); took > 10*time.Second {
			t.Fatalf("%v", took)
		}
		last := 1.0
		for _, c := range result.Candidates {
			if c.Score > last || c.Score <= 0 || len(c.Reasons) == 0 {
				t.Fatalf("%+v", result.Candidates)
			}
			last = c.Score
		}
	})
}

func BenchmarkFind(b *testing.B) {
	c := city()
	k := newClerk(c, seedtest.New(b))
	var rows []row
	for building := range c.snap.Layer(geo.Buildings).After(0) {
		building := building.(*geo.Building)
		if compound, ok := c.snap.Layer(geo.Compounds).ByCode(building.Compound); ok && building.Number != "" && len(rows) < 1000 {
			rows = append(rows, k.house(building, compound.(*geo.Compound)))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, row := range rows {
			c.index.Find(row.q, 5)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(rows)), "µs/row")
}

func BenchmarkNewIndex(b *testing.B) {
	c := city()
	b.ReportAllocs()
	for b.Loop() {
		match.NewIndex(c.snap)
	}
}
