package web_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridatlas/api/resident"
	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/walk"
)

// here is a position on the street of newStreet, some metres from its middle.
func here(metres float64) (lon, lat float64) {
	return crs.ToDegrees(crs.NewLocal(crs.At(119.1, 36.7)).Point(metres, 5))
}

func nearAt(metres float64, more string) string {
	lon, lat := here(metres)
	return fmt.Sprintf("/near?lon=%.6f&lat=%.6f%s", lon, lat, more)
}

// minutes are those of the rows of a page, in their order.
func minutesOf(t *testing.T, body string) (list []int) {
	t.Helper()
	for _, match := range regexp.MustCompile(`class="minutes">(\d+) `).FindAllStringSubmatch(body, -1) {
		n, err := strconv.Atoi(match[1])
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func TestNear(t *testing.T) {
	h := newStreet(t).handler()
	r := get(t, h, nearAt(-40, ""))
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("ETag") != "" {
		t.Fatal(r.Status, r.Header)
	}
	body := text(t, r)
	if minutes := minutesOf(t, body); len(minutes) != 5 || !slices.IsSorted(minutes) {
		t.Errorf("minutes %v", minutes)
	}
	lon, lat := here(-40)
	for _, part := range []string{
		fmt.Sprintf(`/b/%s?from=%.6f%%2C%.6f`, openBooth, lon, lat), `/p/F2?from=`, "健康街&lt;小&gt;蓝棚", `aria-current="true">全部`, `>改</a>`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s", part)
		}
	}
	for _, part := range []string{"鹰眼", "旧街", "西街", "<小>"} { // for staff, moved, given up, markup
		if strings.Contains(body, part) {
			t.Errorf("says %s", part)
		}
	}
	wants(t, told(t, get(t, h, "/near?from=booths.2&of=booths")), "从： 东街小蓝棚", "步行 15 分钟内 2 个", "修鞋 · 配钥匙开锁 · 出摊中", "6 分", "310 米")
	wants(t, told(t, get(t, h, "/near?from=booths.2&of=booths&lang=en&big=1")), "From: 东街小蓝棚", "Open now only", "pace of the elderly", "7 min")
	wants(t, told(t, get(t, h, "/near?from=booths.2&of=booths.sewing")), "缝补裁衣 · 未确认", "南街小蓝棚")
	wants(t, told(t, get(t, h, "/near?from=booths.2&of=facilities.market")), "步行一小时内没有便民市场", "换类别")
}

func TestNearOpenNow(t *testing.T) {
	s := newStreet(t)
	h := s.handler()
	open := told(t, get(t, h, nearAt(40, "&of=booths&open=1")))
	wants(t, open, "步行 15 分钟内 1 个", "出摊中")
	s.now = time.Date(2026, 11, 25, 15, 0, 0, 0, hours.Shanghai)
	wants(t, told(t, get(t, h, nearAt(40, "&of=booths&open=1"))), "步行 15 分钟内 2 个", "东街")
	s.now = time.Date(2026, 11, 25, 23, 0, 0, 0, hours.Shanghai)
	wants(t, told(t, get(t, h, "/near?from=booths.1&of=booths&open=1")), "步行一小时内没有开着的小蓝棚")
	wants(t, told(t, get(t, h, "/near?from=booths.1&open=1")), "步行 15 分钟内 1 个", "健康街公厕")
}

// TestNearBeyond: nothing within 15 minutes, so the nearest farther off is named.
func TestNearBeyond(t *testing.T) {
	body := told(t, get(t, newStreet(t).handler(), nearAt(790, "&of=booths.sewing&big=1"))) // 1,290 m at 0.8 m/s
	wants(t, body, "步行 15 分钟内没有缝补裁衣，最近的要走 28 分", "28 分", "南街小蓝棚")
}

// TestNearDatum: what WeChat hands over is half a kilometre off in degrees, and leads to
// the same list.
func TestNearDatum(t *testing.T) {
	h := newStreet(t).handler()
	lon, lat := here(-40)
	want := told(t, get(t, h, nearAt(-40, "")))
	for name, datum := range map[string]crs.System{"gcj02": crs.GCJ02, "bd09": crs.BD09} {
		x, y, err := datum.FromWGS84(lon, lat)
		if err != nil || math.Abs(x-lon) < 0.004 {
			t.Fatal(x, y, err)
		}
		target := fmt.Sprintf("/near?lon=%.7f&lat=%.7f&datum=", x, y)
		page := text(t, get(t, h, target+name))
		if got := told(t, get(t, h, target+name)); got != want {
			t.Errorf("%s: %s\nnot %s", name, got, want)
		}
		match := regexp.MustCompile(`href="/near\?lon=([\d.]+)&amp;lat=([\d.]+)&amp;of=booths"`).FindStringSubmatch(page)
		if match == nil {
			t.Fatalf("%s: links %v", name, match)
		}
		near(t, match[1], lon)
		near(t, match[2], lat)
		if plain := told(t, get(t, h, target+"wgs84")); plain == want {
			t.Errorf("%s read as wgs84 is the same list", name)
		}
	}
}

// near fails unless degrees in an address are those wanted, to a metre.
func near(t *testing.T, text string, want float64) {
	t.Helper()
	if got, err := strconv.ParseFloat(text, 64); err != nil || math.Abs(got-want) > 1e-5 {
		t.Errorf("%s, want %.6f", text, want)
	}
}

// finding is a handler of the street whose search finds the open booth for two words, and
// fails for another.
func (s *street) finding() *web.Handler {
	return web.New(web.Config{
		Live: &s.live, Walk: func() *walk.Map { return s.walk }, Clock: func() time.Time { return s.now }, Zone: hours.Shanghai, Assets: bundle(),
		Find: func(_ context.Context, text string, limit int) ([]resident.Found, error) {
			switch {
			case text == "broken":
				return nil, errors.New("broken")
			case limit > 0 && (text == "jkj" || text == openBooth):
				return []resident.Found{{Feature: s.features[2], Title: s.features[2].Common().Name, Within: "示例社区"}}, nil
			}
			return nil, nil
		},
	})
}

func TestNearWays(t *testing.T) {
	h := newStreet(t).finding()
	page := text(t, get(t, h, "/near?of=booths.shoe&open=1"))
	for _, part := range []string{`name="q"`, `<input type="hidden" name="of" value="booths.shoe">`, `name="open" value="1"`, `href="/near?from=places.1&amp;of=booths.shoe&amp;open=1"`, "用我的位置", `href="/"`} {
		if !strings.Contains(page, part) {
			t.Errorf("no %s", part)
		}
	}
	grouped := strings.ReplaceAll(openBooth[:4]+" "+openBooth[4:8]+" "+openBooth[8:], " ", "+")
	if page := text(t, get(t, h, "/near?of=booths&q=jkj")); !strings.Contains(page, `href="/near?from=booths.1&amp;of=booths"`) || !strings.Contains(page, "示例社区") {
		t.Error(page)
	}
	for _, q := range []string{openBooth, grouped, strings.ReplaceAll(grouped, "+", "-"), openBooth[:6] + "++" + openBooth[6:]} {
		if r := get(t, h, "/near?of=booths&q="+q); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/near?from=booths.1&of=booths" {
			t.Errorf("%s: %s %v", q, r.Status, r.Header)
		}
	}
	swapped := openBooth[:10] + openBooth[11:] + openBooth[10:11]
	if page := text(t, get(t, h, "/near?q="+swapped)); !strings.Contains(page, "是不是") || !strings.Contains(page, `href="/near?from=booths.1"`) {
		t.Error(page)
	}
	for _, q := range []string{"%3Cscript%3Ealert(1)%3C/script%3E", "%22%20onfocus=x%20autofocus%20%22", "%00%ff", strings.Repeat("%E4%B8%AD", 400)} {
		r := get(t, h, "/near?q="+q)
		page := text(t, r)
		if r.StatusCode != http.StatusOK || strings.Contains(page, "<script>alert") || strings.Contains(page, `" onfocus`) || len(page) > 15_000 {
			t.Errorf("%.30s: %s %d bytes", q, r.Status, len(page))
		}
		wants(t, page, "没有找到")
	}
	if r := get(t, h, "/near?q=broken"); r.StatusCode != http.StatusInternalServerError {
		t.Error(r.Status)
	}
}

// TestNearDegrees: typed degrees are a place in each datum, or in the one that is named.
func TestNearDegrees(t *testing.T) {
	h := newStreet(t).finding()
	lon, lat := here(-40)
	x, y, err := crs.GCJ02.FromWGS84(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	starts := func(r *http.Response) [][]string {
		return regexp.MustCompile(`/near\?lon=([\d.]+)&(?:amp;)?lat=([\d.]+)&(?:amp;)?by=degrees`).FindAllStringSubmatch(r.Header.Get("Location")+text(t, r), -1)
	}
	typed := url.QueryEscape(fmt.Sprintf("%.6f，%.6f", y, x))
	if found := starts(get(t, h, "/near?of=booths&q="+typed)); len(found) != 3 {
		t.Errorf("%v", found)
	} else {
		near(t, found[0][1], x)
		near(t, found[1][1], lon)
		near(t, found[1][2], lat)
	}
	for _, target := range []string{"/near?q=" + typed + "&datum=gcj02", "/near?q=GCJ-02+" + typed} {
		r := get(t, h, target)
		if found := starts(r); r.StatusCode != http.StatusSeeOther || len(found) == 0 {
			t.Errorf("%s: %s", target, r.Status)
		} else {
			near(t, found[0][1], lon)
			near(t, found[0][2], lat)
		}
	}
	if r := get(t, h, "/near?q=7.42,43.73"); r.StatusCode != http.StatusSeeOther { // nothing is shifted there
		t.Error(r.Status)
	}
	wants(t, told(t, get(t, h, fmt.Sprintf("/near?lon=%.6f&lat=%.6f&by=degrees", lon, lat))), fmt.Sprintf("从：%.6f, %.6f", lon, lat))
}

// TestNearOfAnything: an address that makes no sense is the page of the ways, or the list
// of everything, never an error.
func TestNearOfAnything(t *testing.T) {
	h := newStreet(t).handler()
	for _, query := range []string{
		"", "lon=1", "lat=36.7", "lon=x&lat=y", "lon=NaN&lat=Inf", "lon=1e999&lat=0", "lon=500&lat=36.7", "from=facilities.3", "from=booths.99", "from=x.y", "from=,",
		"in=nowhere", "lon=&lat=", "from=places", "%zz=1", "n=x",
	} {
		r := get(t, h, "/near?"+query)
		if body := text(t, r); r.StatusCode != http.StatusOK || !strings.Contains(body, "用我的位置") || strings.Contains(body, "鹰眼") {
			t.Errorf("%s: %s", query, r.Status)
		}
	}
	all := told(t, get(t, h, nearAt(0, "")))
	for _, more := range []string{"&of=nothing", "&of=facilities.camera_high", "&of=buildings", "&of=" + strings.Repeat("booths,", 3000) + "x", "&n=-5", "&n=1e9", "&n=99999999999999999999", "&open=yes", "&datum=mars"} {
		if got := told(t, get(t, h, nearAt(0, more))); got != all {
			t.Errorf("%.30s: %s", more, got)
		}
	}
	far := told(t, get(t, h, "/near?lon=10&lat=50"))
	wants(t, far, "这里没有连到能走的路", "换个出发地")
}

// TestNearMore: the first twenty, then twenty more with each press.
func TestNearMore(t *testing.T) {
	s := newStreet(t)
	for i := range int64(45) {
		s.features = append(s.features, &geo.Facility{Base: geo.Base{ID: 100 + i, Version: 1, Name: fmt.Sprint("摊", i), Shape: s.features[2].Common().Shape}, Kind: "stall_group"})
	}
	s.publish()
	h := s.handler()
	const target = "/near?from=booths.2&of=facilities.stall_group"
	page := text(t, get(t, h, target))
	if n := strings.Count(page, `<li id="row-`); n != 20 || !strings.Contains(page, "&amp;n=40#row-21") || !strings.Contains(page, "再显示 20 个（共 45 个）") {
		t.Errorf("%d rows", n)
	}
	page = text(t, get(t, h, target+"&n=40"))
	if n := strings.Count(page, `<li id="row-`); n != 40 || !strings.Contains(page, "再显示 5 个（共 45 个）") {
		t.Errorf("%d rows", n)
	}
	if page = text(t, get(t, h, target+"&n=60")); strings.Contains(page, "再显示") || strings.Count(page, `<li id="row-`) != 45 {
		t.Error("not all")
	}
}
