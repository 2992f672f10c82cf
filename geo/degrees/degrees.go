// Package degrees reads positions as people type them or copy them from map services
// and handheld receivers: 119.1, 36.7; 36°42′N 119°6′E; GCJ-02：东经119度6分，北纬36度42分.
// The search of the map page reads the same writings in the browser
// (api/web/src/coordinates.ts). It does not know which datum was meant where none is named.
package degrees

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"gridatlas/geo/crs"
)

// Typed is a position in degrees of a datum.
type Typed struct {
	Lon, Lat float64
	Datum    crs.System // WGS84 where none was named
	Named    bool       // the datum was named
}

// most is how long a text may be, in bytes, to be read at all.
const most = 200

// Read reads a text that is a position and nothing else. Longitude comes first; second
// where letters or words say so, where only that is on earth, or where that alone lies
// in the box: west, south, east, north of where people are likely to be; the zero box
// holds nothing.
func Read(text string, box [4]float64) (Typed, bool) {
	if len(text) > most {
		return Typed{}, false
	}
	text = plain(text)
	t := Typed{}
	if named := datumNamed.FindStringSubmatch(text); named != nil {
		if t.Datum, t.Named = datums[named[1]+named[2]]; !t.Named {
			return Typed{}, false
		}
		text = text[len(named[0]):]
	}
	a, b, ok := cut(strings.TrimRight(strings.TrimLeft(text, " ("), " )"))
	if !ok {
		return Typed{}, false
	}
	orders := [][2]float64{{a.degrees, b.degrees}, {b.degrees, a.degrees}}
	switch {
	case a.axis == lat || b.axis == lon:
		orders = orders[1:]
	case a.axis == lon || b.axis == lat:
		orders = orders[:1]
	}
	known := false
	for _, o := range orders {
		x, y := o[0], o[1]
		if math.Abs(x) > 180 || math.Abs(y) > 90 {
			continue
		}
		inside := box != [4]float64{} && x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]
		if !known || inside {
			t.Lon, t.Lat, known = x, y, true
		}
		if inside {
			break
		}
	}
	return t, known
}

var (
	datumNamed = regexp.MustCompile(`^ *(wgs|cgcs|gcj|bd)[ -]?(84|2000|02|09)[ :]+`)
	datums     = map[string]crs.System{"wgs84": crs.WGS84, "cgcs2000": crs.WGS84, "gcj02": crs.GCJ02, "bd09": crs.BD09}
)

// signs are words and marks that mean the same, the longer ones first.
var signs = strings.NewReplacer(
	"东经", "e", "東經", "e", "经度", "e", "經度", "e", "longitude", "e", "lng", "e", "lon", "e",
	"西经", "w", "西經", "w", "北纬", "n", "北緯", "n", "纬度", "n", "緯度", "n", "latitude", "n", "lat", "n", "南纬", "s", "南緯", "s",
	"度", "°", "º", "°", "˚", "°", "分", "'", "’", "'", "‘", "'", "′", "'", "´", "'",
	"秒", `"`, "”", `"`, "“", `"`, "″", `"`, "''", `"`, "、", ",", "\t", " ", "\n", " ", "\u00a0", " ", "−", "-",
)

// plain is a text in one writing: small letters, marks and signs of ASCII but for the
// degree.
func plain(text string) string {
	return signs.Replace(strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E: // full width
			return r - 0xFEE0
		case r == 0x3000:
			return ' '
		}
		return r
	}, text)))
}

// axis is what a letter or word beside an angle says that it is of.
type axis uint8

const (
	unsaid axis = iota
	lon
	lat
)

type angle struct {
	degrees float64 // negative in the west and in the south
	axis    axis
}

// cut parts a text into two angles: by blanks and commas, after a mark or a letter, or
// before a letter. Of several ways the first angle is the longer one.
func cut(text string) (a, b angle, ok bool) {
	for i := len(text) - 1; i > 0; i-- {
		first, second := strings.TrimRight(text[:i], " ,;/"), strings.TrimLeft(text[i:], " ,;/")
		if first == "" || second == "" {
			continue
		}
		parted := len(first)+len(second) < len(text) || strings.ContainsAny(first[len(first)-1:], `ensw'"`) ||
			strings.HasSuffix(first, "°") || strings.ContainsAny(second[:1], "ensw")
		if !parted {
			continue
		}
		var okA, okB bool
		if a, okA = readAngle(first); !okA {
			continue
		}
		if b, okB = readAngle(second); okB && (a.axis == unsaid || a.axis != b.axis) {
			return a, b, true
		}
	}
	return angle{}, angle{}, false
}

// Minutes need a sign between them and the seconds; that of the last part may be missing.
var written = regexp.MustCompile(`^(?:([ensw]) *:? *)?([-+]?\d+(?:\.\d+)?)(?: *°(?: *(\d+(?:\.\d+)?)(?: *'(?: *(\d+(?:\.\d+)?) *"?)?)?)?)? *([ensw])?$`)

func readAngle(text string) (angle, bool) {
	parts := written.FindStringSubmatch(text)
	if parts == nil || parts[1] != "" && parts[5] != "" {
		return angle{}, false
	}
	size := 0.0
	for i, part := range parts[2:5] {
		if part == "" {
			continue
		}
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || i > 0 && (n >= 60 || strings.Contains(parts[1+i], ".")) { // 28.5°30′ is no angle
			return angle{}, false
		}
		size += math.Abs(n) / math.Pow(60, float64(i))
	}
	letter := parts[1] + parts[5]
	a := angle{degrees: size, axis: map[string]axis{"e": lon, "w": lon, "n": lat, "s": lat}[letter]}
	if strings.HasPrefix(parts[2], "-") || letter == "s" || letter == "w" {
		a.degrees = -size
	}
	return a, true
}
