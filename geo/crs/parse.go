package crs

import (
	"fmt"
	"strconv"
	"strings"
)

// The names, in lower case without blanks, hyphens and underscores, by which
// systems without a zone are known.
var systemNames = map[string]System{
	"wgs84": WGS84, "gps": WGS84, "crs84": WGS84,
	"cgcs2000": CGCS2000, "china2000": CGCS2000, "2000国家大地坐标系": CGCS2000, "国家2000": CGCS2000,
	"webmercator": WebMercator, "pseudomercator": WebMercator,
	"gcj02": GCJ02, "gcj": GCJ02, "mars": GCJ02, "火星坐标": GCJ02, "火星坐标系": GCJ02, "高德": GCJ02, "腾讯": GCJ02,
	"bd09": BD09, "bd09ll": BD09, "百度": BD09, "百度坐标": BD09, "百度坐标系": BD09,
}

const known = "EPSG:4326 (wgs84), EPSG:4490 (cgcs2000), EPSG:4534 to 4554 (3-degree zones of CGCS2000; 4549 is 120 E), " +
	"EPSG:4513 to 4533 (the same with a zone number in the easting; 4528 is zone 40), EPSG:3857, gcj02 (火星坐标), bd09 (百度)"

// ParseSystem reads how people name a coordinate system: an EPSG code with or
// without "EPSG:" (also as urn or http address), a name in any case (wgs84,
// cgcs2000, gcj02, 火星坐标, bd09, 百度), or the WKT text of a .prj file. The
// error lists what is known.
func ParseSystem(text string) (System, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "[(") && strings.Contains(text, ",") {
		return SystemOfWKT(text)
	}
	name := strings.NewReplacer(" ", "", "-", "", "_", "").Replace(strings.ToLower(text))
	if system, ok := systemNames[name]; ok {
		return system, nil
	}
	digits := name
	if i := strings.LastIndexAny(name, ":/"); i >= 0 {
		// EPSG:4549, urn:ogc:def:crs:EPSG::4549, http://www.opengis.net/def/crs/EPSG/0/4549
		digits = name[i+1:]
		if system, ok := systemNames[digits]; ok && strings.Contains(name, "crs") {
			return system, nil // urn:ogc:def:crs:OGC:1.3:CRS84
		}
		if !strings.Contains(name[:i], "epsg") {
			digits = ""
		}
	} else {
		digits = strings.TrimPrefix(digits, "epsg")
	}
	code, err := strconv.Atoi(digits)
	if err != nil || code <= 0 || digits[0] == '+' {
		return System{}, fmt.Errorf("no coordinate system %q is known; known are %s", shorten(text), known)
	}
	return systemOfEPSG(code)
}

func systemOfEPSG(code int) (System, error) {
	for _, system := range []System{WGS84, CGCS2000, WebMercator} {
		if system.EPSG() == code {
			return system, nil
		}
	}
	if code == 900913 { // what 3857 was called before it had a number
		return WebMercator, nil
	}
	if system, ok := zoneOfEPSG(code); ok {
		return system, nil
	}
	if datum := oldDatum(code); datum != "" {
		return System{}, fmt.Errorf("EPSG:%d is %s: %s", code, datum, useControls)
	}
	return System{}, fmt.Errorf("EPSG:%d is not known here; known are %s", code, known)
}

// useControls says what to do with a system whose shift from CGCS2000 is not
// published: it differs from city to city by tens of metres.
const useControls = "its shift is a matter of each city and not public; convert the data to CGCS2000, or give control points of the place"

// oldDatum names the datum of the EPSG codes of Xian 1980 and Beijing 1954.
func oldDatum(code int) string {
	switch {
	case code == 4610, code >= 2327 && code <= 2390:
		return "Xian 1980"
	case code == 4214, code >= 2401 && code <= 2442, code >= 21413 && code <= 21423, code >= 21453 && code <= 21463, code >= 21473 && code <= 21483:
		return "Beijing 1954"
	}
	return ""
}

// shorten cuts a stranger's text for an error.
func shorten(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}
