package api_test

import (
	"fmt"
	"math"
	"testing"

	"gridatlas/geo/crs"
)

// A question in a shifted datum is the same question, and its answer the same
// answer, in that datum.
func TestDatum(t *testing.T) {
	n := newTown(t)
	for name, datum := range map[string]crs.System{"gcj02": crs.GCJ02, "bd09": crs.BD09} {
		shift := func(lon, lat float64) (float64, float64) {
			x, y, err := datum.FromWGS84(lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			return x, y
		}
		// check compares positions of two answers wherever they stand.
		var check func(where string, plain, shifted any)
		positions := 0
		same := func(where string, lon, lat, x, y float64) {
			positions++
			wantX, wantY := shift(lon, lat)
			if math.Abs(x-wantX) > 2e-7 || math.Abs(y-wantY) > 2e-7 {
				t.Fatalf("%s%s: %v, %v is %v, %v and not %v, %v", name, where, lon, lat, x, y, wantX, wantY)
			}
		}
		check = func(where string, plain, shifted any) {
			switch plain := plain.(type) {
			case map[string]any:
				shifted := shifted.(map[string]any)
				for member, value := range plain {
					switch member {
					case "lon", "snapped_lon":
						lat := map[string]string{"lon": "lat", "snapped_lon": "snapped_lat"}[member]
						same(where, value.(float64), plain[lat].(float64), shifted[member].(float64), shifted[lat].(float64))
					case "lat", "snapped_lat":
					default:
						check(where+"/"+member, value, shifted[member])
					}
				}
			case []any:
				shifted := shifted.([]any)
				if len(plain) != len(shifted) {
					t.Fatalf("%s%s: %d items, plainly %d", name, where, len(shifted), len(plain))
				}
				if x, number := append(plain, nil)[0].(float64); number && len(plain) == 2 {
					same(where, x, plain[1].(float64), shifted[0].(float64), shifted[1].(float64))
					return
				}
				for i := range plain {
					check(fmt.Sprintf("%s[%d]", where, i), plain[i], shifted[i])
				}
			default:
				if plain != shifted {
					t.Errorf("%s%s is %v, plainly %v", name, where, shifted, plain)
				}
			}
		}
		x, y := shift(119.1, 36.7)
		toX, toY := shift(119.1, 36.702)
		for plain, shifted := range map[string]string{
			"/walk/circle?lon=119.1&lat=36.7&minutes=5,15&routes=1": fmt.Sprintf("/walk/circle?lon=%.9f&lat=%.9f&minutes=5,15&routes=1&datum=%s", x, y, name),
			"/walk/nearest?lon=119.1&lat=36.7&routes=1":             fmt.Sprintf("/walk/nearest?lon=%.9f&lat=%.9f&routes=1&datum=%s", x, y, name),
			"/walk/route?from=119.1,36.7&to=119.1,36.702":           fmt.Sprintf("/walk/route?from=%.9f,%.9f&to=%.9f,%.9f&datum=%s", x, y, toX, toY, name),
		} {
			got := n.getJSON(t, shifted)
			if got["datum"] != name {
				t.Errorf("%s: datum %v", shifted, got["datum"])
			}
			check("", n.getJSON(t, plain), got)
		}
		if positions < 50 {
			t.Errorf("%d positions were compared", positions)
		}
		px, py := shift(119.0985, 36.7)
		doc := n.suppose(t, fmt.Sprintf("/walk/circle?lon=%.9f&lat=%.9f&datum=%s&of=booths", x, y, name), fmt.Sprintf(`{"add":[{"layer":"booths","lon":%.9f,"lat":%.9f}]}`, px, py))
		added := member(t, doc, "changed", "reachable", "booths", "gained", 0).(map[string]any)
		if math.Abs(added["lon"].(float64)-px) > 2e-7 || math.Abs(added["lat"].(float64)-py) > 2e-7 {
			t.Errorf("added at %v, %v, listed at %v", px, py, added)
		}
	}
	if w := n.get(t, "/walk/circle?lon=119.1&lat=36.7&datum=mars"); w.Code != 400 {
		t.Errorf("another datum: %d", w.Code)
	}
}
