package degrees_test

import (
	"fmt"
	"math"
	"testing"

	"gridatlas/geo/crs"
	"gridatlas/geo/degrees"
	"gridatlas/geo/seedtest"
)

var city = [4]float64{118.9, 36.5, 119.4, 36.9}

func TestRead(t *testing.T) {
	for _, text := range []string{
		"119.11,36.71", "36.71 119.11", "119.11，36.71", "（119.11、36.71）", "119.11;36.71", "119.11/36.71", " 119.11\t36.71 ", "１１９.１１，３６.７１",
		"36.71N 119.11E", "E119.11 N36.71", "E119.11N36.71", "n36.71e119.11", "119.11°36.71°", "119.11° 36.71", "东经119.11，北纬36.71", "北纬36.71东经119.11",
		"纬度：36.71，经度：119.11", "119°6'36\" 36°42'36\"", "36°42′36″N 119°6′36″E", "36° 42' 36'' N, 119° 6' 36'' E", "119度6分36秒，36度42分36秒",
		"东经119度6.6分 北纬36度42.6分", "119°6.6 36°42.6", "lat: 36.71, lon: 119.11", "latitude 36.71 longitude 119.11", "+119.11 +36.71", "119.11 E 36.71",
	} {
		got, ok := degrees.Read(text, city)
		if !ok || got.Named || math.Abs(got.Lon-119.11) > 1e-9 || math.Abs(got.Lat-36.71) > 1e-9 {
			t.Errorf("%q: %+v %t", text, got, ok)
		}
		for name, datum := range map[string]crs.System{"GCJ-02：": crs.GCJ02, "bd09 ": crs.BD09, "WGS 84: ": crs.WGS84, "CGCS2000 ": crs.WGS84} {
			if got, ok := degrees.Read(name+text, city); !ok || !got.Named || got.Datum != datum || math.Abs(got.Lon-119.11) > 1e-9 {
				t.Errorf("%q: %+v %t", name+text, got, ok)
			}
		}
	}
	for text, want := range map[string][2]float64{"-70.5,-33.4": {-70.5, -33.4}, "33.4S 70.5W": {-70.5, -33.4}, "10,20": {10, 20}, "100,20": {100, 20}, "20,100": {100, 20}} {
		if got, ok := degrees.Read(text, city); !ok || math.Abs(got.Lon-want[0]) > 1e-9 || math.Abs(got.Lat-want[1]) > 1e-9 {
			t.Errorf("%q: %+v %t", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "119.11", "119.11.36.71", "11911 3671", "1,2,3", "190,95", "119.11E 36.71E", "NaN,1", "1e3,2", "3707 0200 1742", "健康街 45号", "119°61' 36°", "119.5°30' 36°",
		"gcj09 119.11,36.71", "12号楼", "e n", "119,,", fmt.Sprintf("%0300d,1", 1),
	} {
		if got, ok := degrees.Read(text, city); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// TestReadWhatIsWritten: whatever is written in degrees, minutes and seconds is read as
// it was, to the digits that are written.
func TestReadWhatIsWritten(t *testing.T) {
	random := seedtest.New(t)
	write := func(v float64, letters string) string {
		letter, size := letters[:1], math.Abs(v)
		if v < 0 {
			letter = letters[1:]
		}
		whole, part := math.Modf(size)
		minutes, seconds := math.Modf(part * 60)
		switch random.IntN(3) {
		case 0:
			return fmt.Sprintf("%.7f%s", size, letter)
		case 1:
			return fmt.Sprintf("%s%.0f°%.5f'", letter, whole, part*59.999)
		}
		return fmt.Sprintf("%.0f°%.0f′%.3f″%s", whole, minutes, seconds*59.99, letter)
	}
	for range 2000 {
		x, y := random.Float64()*360-180, random.Float64()*180-90
		text := write(y, "NS") + []string{" ", ", ", "，", ""}[random.IntN(4)] + write(x, "EW")
		got, ok := degrees.Read(text, [4]float64{})
		if !ok || math.Abs(got.Lon-x) > 2e-4 || math.Abs(got.Lat-y) > 2e-4 {
			t.Fatalf("%q: %+v %t, wrote %.6f %.6f", text, got, ok, x, y)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"119.11,36.71", "东经119度6分，北纬36度42分", "bd09 E119°6'36\" N36°42'36''", "°'\"", "((((1 2))))"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := degrees.Read(text, city); ok && (!(math.Abs(got.Lon) <= 180) || !(math.Abs(got.Lat) <= 90)) {
			t.Errorf("%q: %+v", text, got)
		}
	})
}
