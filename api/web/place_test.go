package web_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// street is a town of one street with booths along it, on a clock of its own.
type street struct {
	live     snapshot.Live
	walk     *walk.Map
	now      time.Time
	revision int64
	features []geo.Feature
}

// Numbers of the booths, in their order along the street.
var (
	openBooth    = numberOf(17)
	closedBooth  = numberOf(18)
	movedBooth   = numberOf(19)
	retiredBooth = numberOf(20)
	doubtBooth   = numberOf(21)
)

func numberOf(serial int) string {
	number, err := plate.Make("370702", serial)
	if err != nil {
		panic(err)
	}
	return string(number)
}

func newStreet(t testing.TB) *street {
	t.Helper()
	local := crs.NewLocal(crs.At(119.1, 36.7))
	ring := func(metres ...float64) (points []geo.Point) {
		for i := 0; i < len(metres); i += 2 {
			points = append(points, local.Point(metres[i], metres[i+1]))
		}
		return points
	}
	s := &street{now: time.Date(2026, 11, 25, 10, 0, 0, 0, hours.Shanghai)} // a Wednesday
	base := func(id int64, name, code string, shape geo.Shape) geo.Base {
		return geo.Base{ID: id, Version: 1, Name: name, Code: code, Shape: shape}
	}
	point := func(x float64) geo.Shape { return geo.PointShape(ring(x, 5)[0]) }
	touched := geo.InstantOf(s.now.AddDate(0, 0, -1))
	s.features = []geo.Feature{
		&geo.Place{Base: base(1, "示例社区", "370702001001", geo.PolygonShape(ring(-900, -900, 900, -900, 900, 900, -900, 900))), Kind: "community"},
		&geo.Street{Base: base(1, "健康街", "", geo.LineShape(ring(-800, 0, 800, 0))), Class: "main", Foot: "yes"},
		&geo.Booth{
			Base: base(1, "健康街<小>蓝棚", "B1", point(0)), Number: openBooth, Trades: []string{"shoe", "key"}, Phone: "0536-0000001", Landmark: "东门北50米",
			Prices: "修鞋5元起，配钥匙6元起", Hours: "Mo-Sa 08:00-18:00", Status: "open", StatusAt: touched, Checks: []string{"number", "mat"}, LastChecked: geo.DateOf(s.now) - 20,
		},
		&geo.Booth{Base: base(2, "东街小蓝棚", "B2", point(300)), Number: closedBooth, Trades: []string{"bicycle"}, Hours: "Mo-Fr 14:00-18:00"},
		&geo.Booth{Base: base(3, "旧街小蓝棚", "B3", point(400)), Number: movedBooth, Phone: "0536-0000003", Landmark: "旧街南门", Prices: "修鞋5元", Hours: "24/7", Status: "moved", StatusAt: touched, MovedOn: geo.DateOf(s.now) - 48, MovedTo: "B1"},
		&geo.Booth{Base: base(4, "西街小蓝棚", "B4", point(-300)), Number: retiredBooth, Status: "retired", StatusAt: touched},
		&geo.Booth{Base: base(5, "南街小蓝棚", "B5", point(-500)), Number: doubtBooth, Hours: "Mo-Su 08:00-18:00", Status: "open", StatusAt: geo.InstantOf(s.now.AddDate(0, 0, -15)), Trades: []string{"sewing"}},
		&geo.Facility{Base: base(1, "示例社区服务联系点", "F1", point(100)), Kind: "contact_point", Phone: "0536-0000009", Hours: "Mo-Fr 08:30-17:30"},
		&geo.Facility{Base: base(2, "健康街公厕", "F2", point(-100)), Kind: "toilet", Hours: "24/7"},
		&geo.Gate{Base: base(1, "甲苑南门", "M1", point(50)), Kind: "gate", Foot: "residents", Hours: "06:00-22:00"},
		&geo.Gate{Base: base(2, "甲苑北门", "M2", point(60)), Kind: "gate", Foot: "none", Hours: "24/7"},
		&geo.Facility{Base: base(3, "鹰眼一号", "F3", point(10)), Kind: "camera_high"},
	}
	s.publish()
	return s
}

// publish makes a new revision of what features holds.
func (s *street) publish() {
	s.revision++
	b := snapshot.NewBuilder()
	for _, f := range s.features {
		b.Add(geo.Clone(f))
	}
	made := b.Build(geo.Head{Epoch: 1, Revision: s.revision})
	s.live.Publish(made)
	s.walk = walk.Prepare(made, s.walk)
}

func (s *street) booth(t testing.TB, number string) *geo.Booth {
	t.Helper()
	i := slices.IndexFunc(s.features, func(f geo.Feature) bool {
		b, isBooth := f.(*geo.Booth)
		return isBooth && b.Number == number
	})
	return s.features[i].(*geo.Booth)
}

func (s *street) handler() *web.Handler {
	return web.New(web.Config{
		Live: &s.live, Walk: func() *walk.Map { return s.walk }, Clock: func() time.Time { return s.now }, Zone: hours.Shanghai, Assets: bundle(),
	})
}

// told is the text of a page without its tags.
func told(t testing.TB, r *http.Response) string {
	t.Helper()
	body := text(t, r)
	_, body, _ = strings.Cut(body, "<main")
	body = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`).ReplaceAllString(body, " ")
	return regexp.MustCompile(`\s+`).ReplaceAllString(body, " ")
}

func wants(t testing.TB, body string, all ...string) {
	t.Helper()
	for _, part := range all {
		if !strings.Contains(body, part) {
			t.Errorf("no %q in %q", part, body)
		}
	}
}

func TestPlate(t *testing.T) {
	s := newStreet(t)
	h := s.handler()
	r := get(t, h, "/b/"+openBooth)
	if r.StatusCode != http.StatusOK {
		t.Fatal(r.Status)
	}
	body := text(t, r)
	for _, part := range []string{
		`href="tel:0536-0000001"`, `/report?of=booths/1`, "https://uri.amap.com/navigation?", "https://apis.map.qq.com/uri/v1/routeplan?", "https://api.map.baidu.com/marker?",
		"健康街&lt;小&gt;蓝棚", `href="tel:0536-0000009"`, `/b/` + closedBooth + `?from=booths.1`, `lang="zh-Hans"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s", part)
		}
	}
	if strings.Contains(body, "<小>") || strings.Contains(body, "鹰眼") {
		t.Error("a name is markup, or a camera is shown")
	}
	if size := len(body) + len(fileOf(t, "small")); size > 60<<10 {
		t.Errorf("%d bytes until it can be read", size)
	}
	wants(t, told(t, get(t, h, "/b/"+openBooth)),
		plate.Number(openBooth).Grouped(), "出摊中", "到 18:00", "今天 08:00–18:00", "修鞋 · 配钥匙开锁", "东门北50米", "打电话 0536-0000001", "修鞋5元起", "配钥匙6元起",
		"附近（步行 15 分钟内）", "6 分钟", "东街小蓝棚", "修自行车 · 已收摊", "附近没有您要的？", "示例社区服务联系点", "2/7 合格 · 11月5日 查", "待改进：划线定位、遮阳棚（伞）")
	wants(t, told(t, get(t, h, "/b/"+openBooth+"?lang=en")), "Open", "until 18:00", "Shoes · Keys and locks", "Within 15 minutes on foot", "5 min")
}

// fileOf is a file of the bundle that is embedded, by its first name; nothing where no
// page was built.
func fileOf(t testing.TB, name string) []byte {
	t.Helper()
	found, err := fs.Glob(web.Embedded(), "dist/assets/"+name+"-*.css")
	if err != nil || len(found) == 0 {
		return nil
	}
	file, err := fs.ReadFile(web.Embedded(), found[0])
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPlateThatIsNotOpen(t *testing.T) {
	s := newStreet(t)
	h := s.handler()
	closed := told(t, get(t, h, "/b/"+closedBooth))
	wants(t, closed, "已收摊", "14:00 出摊", "别处能修", "健康街&lt;小&gt;蓝棚")
	if strings.Contains(closed, "南街") || strings.Contains(closed, "旧街") || strings.Contains(closed, "西街") {
		t.Errorf("sends people where nothing is open: %s", closed)
	}
	moved := text(t, get(t, h, "/b/"+movedBooth+"?from=booths.1"))
	wants(t, moved, "已迁址", "10月8日起已迁址", "原位置：旧街南门", `class="filled" href="/b/`+openBooth+`">现在去：健康街&lt;小&gt;蓝棚`)
	retired := text(t, get(t, h, "/b/"+retiredBooth))
	wants(t, retired, "已撤点", "这个编号已停用", "健康街&lt;小&gt;蓝棚")
	for _, gone := range []string{moved, retired} { // nothing leads to where nobody serves
		for _, lure := range []string{"tel:0536-0000003", "走过去", "uri.amap.com", "显示地图", "明码标价", `id="walk"`, "<script type=\"module\""} {
			if strings.Contains(gone, lure) {
				t.Errorf("%s on the page of a booth that is gone: %s", lure, gone)
			}
		}
	}
	wants(t, told(t, get(t, h, "/b/"+doubtBooth)), "未确认", "去之前请先打电话", "今天 08:00–18:00")
	s.booth(t, openBooth).Status, s.booth(t, openBooth).BackAt = "away", geo.InstantOf(s.now.Add(90*time.Minute))
	s.booth(t, openBooth).StatusAt = geo.InstantOf(s.now)
	s.publish()
	wants(t, told(t, get(t, h, "/b/"+openBooth)), "暂离", "11:30 回来")
}

func TestPlateThatIsNone(t *testing.T) {
	h := newStreet(t).handler()
	swapped := openBooth[:10] + openBooth[11:] + openBooth[10:11]
	r := get(t, h, "/b/"+swapped)
	if r.StatusCode != http.StatusNotFound {
		t.Fatal(r.Status)
	}
	wants(t, told(t, r), "没有这个编号", "您输入的："+plate.Number(swapped).Grouped(), "是不是", plate.Number(openBooth).Grouped(), "健康街&lt;小&gt;蓝棚")
	for _, typed := range []string{"%3Cscript%3E", "1", strings.Repeat("9", 5000), "%00", "370702009999", numberOf(999)} {
		r := get(t, h, "/b/"+typed)
		if body := text(t, r); r.StatusCode != http.StatusNotFound || strings.Contains(body, "<script>") || len(body) > 20_000 {
			t.Errorf("%.20s: %d, %d bytes", typed, r.StatusCode, len(body))
		}
	}
	grouped := plate.Number(openBooth).Grouped()
	for _, typed := range []string{strings.ReplaceAll(grouped, " ", "%20"), strings.ReplaceAll(grouped, " ", "-"), strings.ReplaceAll(openBooth, "0", "０")} {
		if r := get(t, h, "/b/"+typed); r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Location") != "/b/"+openBooth {
			t.Errorf("%s: %d to %q", typed, r.StatusCode, r.Header.Get("Location"))
		}
	}
	if r := get(t, h, "/b?number="+strings.ReplaceAll(grouped, " ", "+")); r.Header.Get("Location") != "/b/"+openBooth {
		t.Errorf("the form leads to %q", r.Header.Get("Location"))
	}
}

func TestCode(t *testing.T) {
	h := newStreet(t).handler()
	wants(t, told(t, get(t, h, "/p/F1")), "服务联系点", "示例社区服务联系点", "开放中", "到 17:30", "打电话 0536-0000009", "健康街公厕", "健康街&lt;小&gt;蓝棚")
	wants(t, told(t, get(t, h, "/p/F2")), "公共厕所", "开放中", "今天 24 小时")
	if r := get(t, h, "/p/B1"); r.Header.Get("Location") != "/b/"+openBooth {
		t.Errorf("the code of a booth leads to %q", r.Header.Get("Location"))
	}
	for _, code := range []string{"F3", "nothing", "%3Cb%3E"} { // F3 is a camera
		r := get(t, h, "/p/"+code)
		if body := told(t, r); r.StatusCode != http.StatusNotFound || strings.Contains(body, "鹰眼") {
			t.Errorf("%s: %s %s", code, r.Status, body)
		}
	}
}

// TestCodeOfAGate: a plate at a gate says who passes when, and what is near from it.
func TestCodeOfAGate(t *testing.T) {
	h := newStreet(t).handler()
	r := get(t, h, "/p/M1")
	if r.StatusCode != http.StatusOK || r.Header.Get("ETag") == "" {
		t.Error(r.Status, r.Header)
	}
	wants(t, told(t, r), "M1", "甲苑南门", "开放中", "到 22:00", "行人：仅限居民", "1 分", "60 米", "健康街公厕", "健康街&lt;小&gt;蓝棚", "示例社区服务联系点", "附近没有您要的？")
	if body := text(t, get(t, h, "/p/M2")); strings.Contains(body, `class="standing"`) || !strings.Contains(body, "行人：不通行") {
		t.Errorf("a gate that nobody passes is open: %s", body)
	}
}

// TestPlateBig: in large letters people walk more slowly.
func TestPlateBig(t *testing.T) {
	h := newStreet(t).handler()
	wants(t, told(t, get(t, h, "/b/"+openBooth+"?big=1")), "7 分", "310 米") // at 0.8 m/s
}

func TestWalkToPlate(t *testing.T) {
	h := newStreet(t).handler()
	for _, from := range []string{"booths.2", "119.103363,36.700045"} {
		r := get(t, h, "/b/"+openBooth+"?from="+from)
		body := text(t, r)
		if !strings.Contains(body, `id="walk"`) || !strings.Contains(body, `"line":[[`) || r.Header.Get("ETag") != "" {
			t.Errorf("from %s: %.900s", from, body)
		}
	}
	for _, from := range []string{"facilities.3", "booths.99", "x", "1,2", "nan,inf", strings.Repeat("9", 4000) + ".1"} {
		if body := text(t, get(t, h, "/b/"+openBooth+"?from="+from)); strings.Contains(body, `id="walk"`) || !strings.Contains(body, "出摊中") {
			t.Errorf("from %.20s: %.900s", from, body)
		}
	}
}

// TestPageKept: a page is made once, is true when it is given, and is other when what
// it shows is.
func TestPageKept(t *testing.T) {
	s := newStreet(t)
	h := s.handler()
	first := get(t, h, "/b/"+openBooth)
	tag, body := first.Header.Get("ETag"), text(t, first)
	if tag == "" {
		t.Fatal("no ETag")
	}
	if r := get(t, h, "/b/"+openBooth, "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Error(r.Status)
	}
	if again := text(t, get(t, h, "/b/"+openBooth+"?from_wechat=1&isappinstalled=0")); again != body {
		t.Error("what WeChat adds to an address makes another page")
	}
	if r := get(t, h, "/b/"+openBooth, "Accept-Encoding", "gzip"); r.Header.Get("Content-Encoding") != "gzip" || bytes.Contains([]byte(text(t, r)), []byte("html")) {
		t.Error("not packed")
	}
	s.booth(t, doubtBooth).Name = "别处" // not on this page
	s.booth(t, doubtBooth).Shape = geo.PointShape(crs.At(119.2, 36.8))
	s.publish()
	if r := get(t, h, "/b/"+retiredBooth); r.StatusCode != http.StatusOK {
		t.Fatal(r.Status)
	}
	s.now = time.Date(2026, 11, 25, 17, 59, 0, 0, hours.Shanghai)
	if body := told(t, get(t, h, "/b/"+openBooth)); !strings.Contains(body, "出摊中") {
		t.Error("shut too early: ", body)
	}
	s.now = s.now.Add(time.Minute)
	if body := told(t, get(t, h, "/b/"+openBooth)); !strings.Contains(body, "已收摊") || !strings.Contains(body, "明天 08:00 出摊") {
		t.Error("still open: ", body)
	}
	s.booth(t, openBooth).Landmark = "西门南20米"
	s.publish()
	if body := told(t, get(t, h, "/b/"+openBooth)); !strings.Contains(body, "西门南20米") {
		t.Error("of an older map: ", body)
	}
}

func BenchmarkPlate(b *testing.B) {
	s := newStreet(b)
	h := s.handler()
	for b.Loop() {
		if r := get(b, h, "/b/"+openBooth, "Accept-Encoding", "gzip"); r.StatusCode != http.StatusOK {
			b.Fatal(r.Status)
		}
	}
}
