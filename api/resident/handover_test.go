package resident_test

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// linksFor returns the links by app, taken apart.
func linksFor(t *testing.T, name string, at geo.Point) map[resident.App]*url.URL {
	t.Helper()
	links := map[resident.App]*url.URL{}
	for _, link := range resident.Links(name, at) {
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "https" {
			t.Fatalf("%s: %q: %v", link.App, link.URL, err)
		}
		links[link.App] = u
	}
	return links
}

// near fails unless two degrees, which stand for the same place, are the same within
// a metre; 潍坊 in GCJ-02 lies 530 m off, in BD-09 1,300 m.
func near(t *testing.T, what, text string, want float64) {
	t.Helper()
	got, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(got-want) > 1e-5 {
		t.Errorf("%s: %q, want %.6f", what, text, want)
	}
}

// 潍坊市 in three datums, from the services themselves: the fixture of 664 cities of
// the package gcoord (MIT).
const (
	wgsLon, wgsLat = 119.1558626, 36.7063222
	gcjLon, gcjLat = 119.1617632, 36.7067803
)

func weifang() geo.Point { return crs.At(wgsLon, wgsLat) }

// AMap navigation: to=LON,LAT,NAME, no parameter for the datum, so GCJ-02.
func TestLinkAMap(t *testing.T) {
	u := linksFor(t, "五道庙小蓝棚", weifang())[resident.AMap]
	if u.Host != "uri.amap.com" || u.Path != "/navigation" {
		t.Fatal(u)
	}
	to := strings.Split(u.Query().Get("to"), ",")
	if len(to) != 3 || to[2] != "五道庙小蓝棚" {
		t.Fatalf("to=%v", to)
	}
	near(t, "longitude first, GCJ-02", to[0], gcjLon)
	near(t, "latitude second, GCJ-02", to[1], gcjLat)
	if u.Query().Get("mode") != "walk" || u.Query().Get("src") == "" {
		t.Errorf("%v", u.Query())
	}
}

// Tencent route plan: tocoord=LAT,LON, coord_type=1 says GPS degrees (WGS84).
func TestLinkTencent(t *testing.T) {
	u := linksFor(t, "五道庙小蓝棚", weifang())[resident.Tencent]
	if u.Host != "apis.map.qq.com" || u.Path != "/uri/v1/routeplan" {
		t.Fatal(u)
	}
	q := u.Query()
	lat, lon, _ := strings.Cut(q.Get("tocoord"), ",")
	near(t, "latitude first, WGS84", lat, wgsLat)
	near(t, "longitude second, WGS84", lon, wgsLon)
	if q.Get("coord_type") != "1" || q.Get("type") != "walk" || q.Get("to") != "五道庙小蓝棚" || q.Get("referer") == "" {
		t.Errorf("%v", q)
	}
}

// Baidu marker: location=LAT,LON, coord_type=wgs84 (without it BD-09 is read).
func TestLinkBaidu(t *testing.T) {
	u := linksFor(t, "五道庙小蓝棚", weifang())[resident.Baidu]
	if u.Host != "api.map.baidu.com" || u.Path != "/marker" {
		t.Fatal(u)
	}
	q := u.Query()
	lat, lon, _ := strings.Cut(q.Get("location"), ",")
	near(t, "latitude first, WGS84", lat, wgsLat)
	near(t, "longitude second, WGS84", lon, wgsLon)
	if q.Get("coord_type") != "wgs84" || q.Get("output") != "html" || q.Get("title") != "五道庙小蓝棚" || q.Get("content") == "" || strings.Count(q.Get("src"), ".") != 2 {
		t.Errorf("%v", q)
	}
}

// TestLinksOfAnyName: a name can put no value of its own into a link.
func TestLinksOfAnyName(t *testing.T) {
	plain := linksFor(t, "x", weifang())
	for _, name := range []string{"a,b", "a|name:b", "a;b:c", "a&mode=car&to=1,2", "<script>", "", "\n"} {
		for app, u := range linksFor(t, name, weifang()) {
			q, want := u.Query(), plain[app].Query()
			if len(q) != len(want) || u.Host != plain[app].Host {
				t.Errorf("%s of %q: %v", app, name, u)
			}
			for _, key := range []string{"tocoord", "location", "mode", "coord_type", "src", "referer"} {
				if q.Get(key) != want.Get(key) {
					t.Errorf("%s of %q: %s=%q, not %q", app, name, key, q.Get(key), want.Get(key))
				}
			}
			if to := q.Get("to"); app == resident.AMap && strings.Count(to, ",") != 2 {
				t.Errorf("%s of %q: to=%q", app, name, to)
			}
		}
	}
}
