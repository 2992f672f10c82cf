package resident

import (
	"net/url"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// app names us to map apps, which want to know who sends people.
const app = "gridatlas"

// App is a map app that people may have on their phone.
type App string

// The apps, in the order in which they are offered.
const (
	AMap    App = "amap"    // 高德
	Tencent App = "tencent" // 腾讯
	Baidu   App = "baidu"   // 百度
)

// Link leads to a place in a map app.
type Link struct {
	App App
	URL string
}

// Links are addresses at which map apps show a place and the way to it on foot. Each
// app has an order and a datum of its own; a wrong one sends people 500 to 1,300 m
// off. They are web addresses, which open the app where it is installed: WeChat opens
// no others.
func Links(name string, at geo.Point) []Link {
	return []Link{
		{AMap, amapURL(name, at)},
		{Tencent, tencentURL(name, at)},
		{Baidu, baiduURL(name, at)},
	}
}

// amapURL: longitude first, GCJ-02, since navigation takes no datum
// (lbs.amap.com, URI API, navigation).
func amapURL(name string, at geo.Point) string {
	lon, lat := shifted(at)
	q := url.Values{}
	q.Set("to", lon+","+lat+","+plainName(name))
	q.Set("mode", "walk")
	q.Set("src", app)
	q.Set("callnative", "1")
	return "https://uri.amap.com/navigation?" + q.Encode()
}

// tencentURL: latitude first, WGS84 by coord_type=1 (lbs.qq.com, URI API, routeplan).
func tencentURL(name string, at geo.Point) string {
	lon, lat := plain(at)
	q := url.Values{}
	q.Set("type", "walk")
	q.Set("to", plainName(name))
	q.Set("tocoord", lat+","+lon)
	q.Set("coord_type", "1")
	q.Set("referer", app)
	return "https://apis.map.qq.com/uri/v1/routeplan?" + q.Encode()
}

// baiduURL: latitude first, WGS84 by coord_type=wgs84 (lbsyun.baidu.com, URI API,
// marker). The marker needs no position of the visitor, as directions do; it offers them.
func baiduURL(name string, at geo.Point) string {
	lon, lat := plain(at)
	q := url.Values{}
	q.Set("location", lat+","+lon)
	q.Set("title", plainName(name))
	q.Set("content", plainName(name))
	q.Set("output", "html")
	q.Set("coord_type", "wgs84")
	q.Set("src", "webapp."+app+".map")
	return "https://api.map.baidu.com/marker?" + q.Encode()
}

// plain returns the WGS84 degrees of a point, shifted those of GCJ-02: six decimals,
// a tenth of a metre.
func plain(at geo.Point) (lon, lat string) { return decimals(crs.ToDegrees(at)) }

func shifted(at geo.Point) (lon, lat string) {
	x, y := crs.ToDegrees(at)
	if gcjX, gcjY, err := crs.GCJ02.FromWGS84(x, y); err == nil { // every point of the lattice has some
		x, y = gcjX, gcjY
	}
	return decimals(x, y)
}

func decimals(lon, lat float64) (x, y string) {
	return strconv.FormatFloat(lon, 'f', 6, 64), strconv.FormatFloat(lat, 'f', 6, 64)
}

// plainName is a name without the signs that part values in these addresses.
func plainName(name string) string {
	return strings.NewReplacer(",", " ", "|", " ", ";", " ", ":", " ").Replace(name)
}
