package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo"
)

func TestCircle(t *testing.T) {
	n := newTown(t)
	doc := n.getJSON(t, "/walk/circle?lon=119.1&lat=36.7&minutes=15,5,10,5&of=booths,booths.shoe,facilities.clinic&speed=adult&routes=1&at=2026-11-21T09:12:40%2B08:00")
	var minutes []float64
	for _, f := range doc["features"].([]any) {
		f := f.(map[string]any)
		properties := f["properties"].(map[string]any)
		minutes = append(minutes, properties["minutes"].(float64))
		if geometry := f["geometry"].(map[string]any); geometry["type"] != "MultiPolygon" {
			t.Errorf("a %v", geometry["type"])
		}
		for _, name := range []string{"metres_walked_max", "area_m2", "households", "people", "buildings", "known", "estimated"} {
			if _, ok := properties[name]; !ok {
				t.Errorf("no %s", name)
			}
		}
	}
	if !cmp.Equal(minutes, []float64{5, 10, 15}) {
		t.Errorf("minutes %v", minutes)
	}
	for name, want := range map[string]any{
		"type": "FeatureCollection", "speed_mps": 1.2, "direction": "from", "at": "2026-11-21T09:12:00+08:00",
		"revision": 1.0, "network_revision": 1.0, "closures": 0.0,
	} {
		if doc[name] != want {
			t.Errorf("%s is %v, not %v", name, doc[name], want)
		}
	}
	origin := doc["origin"].(map[string]any)
	if origin["lon"] != 119.1 || origin["lat"] != 36.7 || origin["access_metres"] != 0.0 || origin["edge"] == 0.0 || origin["snapped_lon"] != 119.1 {
		t.Errorf("origin %v", origin)
	}
	reachable := doc["reachable"].(map[string]any)
	booths := reachable["booths"].([]any)
	if len(booths) != 2 || len(reachable["booths.shoe"].([]any)) != 1 || len(reachable["facilities.clinic"].([]any)) != 1 {
		t.Fatalf("reachable %v", reachable)
	}
	first := booths[0].(map[string]any)
	if first["code"] != "XLP-1" || first["layer"] != "booths" || first["kind"] != "shoe,key" || first["name"] != "新华路小蓝棚" ||
		first["metres"].(float64) < 300 || first["metres"].(float64) > 320 || first["minutes"].(float64) < 4.1 || first["minutes"].(float64) > 4.5 {
		t.Errorf("the nearest booth is %v", first)
	}
	if route := first["route"].(map[string]any); route["type"] != "LineString" {
		t.Errorf("route %v", route)
	}
}

// The order in which reachable has its words is that of the question.
func TestCircleKeepsTheOrderOfWords(t *testing.T) {
	body := newTown(t).get(t, "/walk/circle?lon=119.1&lat=36.7&of=facilities,booths&outlines=0").Body.String()
	if strings.Index(body, `"facilities":[`) > strings.Index(body, `"booths":[`) || !strings.Contains(body, `"geometry":null`) || !strings.Contains(body, `"area_m2":null`) {
		t.Errorf("got %s", body)
	}
	if strings.Contains(body, "e-0") || strings.Contains(body, "e+") {
		t.Errorf("a number in exponent form: %s", body)
	}
}

// bandOf returns what a circle of the town says of its 15 minutes.
func (n *node) bandOf(t *testing.T, header ...string) map[string]any {
	t.Helper()
	doc := parse(t, n.get(t, "/walk/circle?lon=119.1&lat=36.7", header...).Body.Bytes())
	return member(t, doc, "features", 0, "properties").(map[string]any)
}

// Public sums are of what places publish, rounded to ten, and nothing is said of
// fewer than ten; the sums of staff are what was counted at the buildings.
func TestSumsByView(t *testing.T) {
	n := newNode(t, withStaff)
	var features []geo.Feature
	for _, f := range town() {
		if b, ok := f.(*geo.Building); ok && b.Code == "B1" { // the canary
			continue
		}
		if place, ok := f.(*geo.Place); ok && place.Kind == "district" {
			place.Population, place.Households = geo.Some[int32](123), geo.Some[int32](4)
		}
		features = append(features, f)
	}
	n.publish(build(1, features...))
	if band := n.bandOf(t); band["people"] != 120.0 || band["households"] != nil || band["buildings"] != 1.0 || band["known"] != 1.0 || band["estimated"] != 1.0 {
		t.Errorf("public: %v", band)
	}
	if band := n.bandOf(t, staff...); band["people"] != 47.0 || band["households"] != 4.0 || band["buildings"] != 1.0 || band["known"] != 1.0 || band["estimated"] != 0.0 {
		t.Errorf("staff: %v", band)
	}
}

// Where no place publishes a figure nothing is known in public.
func TestNothingPublished(t *testing.T) {
	n := newNode(t)
	var features []geo.Feature
	for _, f := range town() {
		if place, ok := f.(*geo.Place); ok {
			place.Population = geo.Opt[int32]{}
		}
		features = append(features, f)
	}
	n.publish(build(1, features...))
	if band := n.bandOf(t); band["people"] != nil || band["households"] != nil || band["known"] != 0.0 || band["estimated"] != nil {
		t.Errorf("%v", band)
	}
}

// Staff are told which share of the people in a circle is estimated at their
// buildings.
func TestEstimatedShare(t *testing.T) {
	const mark = "估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25"
	for _, c := range []struct {
		counted, guessed int32
		people, want     any
	}{
		{47, 0, 47.0, 0.0},
		{0, 47, 47.0, 1.0},
		{62, 38, 100.0, 0.38},
		{0, 0, 0.0, nil},
	} {
		n := newNode(t, withStaff)
		var features []geo.Feature
		for _, f := range town() {
			if b, ok := f.(*geo.Building); !ok || b.Code != "B1" {
				features = append(features, f)
				if ok {
					b.Residents, b.Households = geo.Some(c.counted), geo.Opt[int32]{}
					guess := geo.Clone(b).(*geo.Building)
					guess.ID, guess.Code, guess.Source, guess.Residents = 900, "B900", mark, geo.Some(c.guessed)
					features = append(features, guess)
				}
			}
		}
		n.publish(build(1, features...))
		if band := n.bandOf(t, staff...); band["people"] != c.people || band["estimated"] != c.want || band["buildings"] != 2.0 {
			t.Errorf("%d counted, %d guessed: %v", c.counted, c.guessed, band)
		}
	}
}

func TestNearest(t *testing.T) {
	doc := newTown(t).getJSON(t, "/walk/nearest?lon=119.1&lat=36.7&of=facilities,booths&limit=2")
	items := doc["items"].([]any)
	if len(items) != 2 || items[0].(map[string]any)["name"] != "南关卫生站" || items[1].(map[string]any)["code"] != "XLP-1" {
		t.Errorf("items %v", items)
	}
	if doc["revision"] != 1.0 || doc["speed_mps"] != 1.0 || doc["at"] != "2026-11-21T09:12:00+08:00" || doc["unreachable"] == nil {
		t.Errorf("got %v", doc)
	}
}

func TestRoute(t *testing.T) {
	n := newTown(t)
	doc := n.getJSON(t, "/walk/route?from=119.1,36.7&to=119.1,36.702&at=2026-11-21T09:12")
	properties := doc["properties"].(map[string]any)
	if doc["type"] != "Feature" || doc["geometry"].(map[string]any)["type"] != "LineString" {
		t.Errorf("got %v", doc)
	}
	if metres := properties["metres"].(float64); metres < 215 || metres > 230 || properties["minutes"] == 0.0 {
		t.Errorf("%v m in %v minutes", metres, properties["minutes"])
	}
	steps := properties["steps"].([]any)
	if len(steps) == 0 || steps[0].(map[string]any)["text_zh"] == "" || steps[0].(map[string]any)["text_en"] == "" {
		t.Errorf("steps %v", steps)
	}
	if w := n.get(t, "/walk/route?from=119.1,36.7&to=119.4,36.7"); w.Code != 422 {
		t.Errorf("to nowhere: %d %s", w.Code, w.Body)
	}
}

// The lines of a circle are bounded: the nearest of each category have one, and
// the answer says how many have none.
func TestCircleBoundsRoutes(t *testing.T) {
	const booths = 33
	features := town()
	for i := range booths - 2 { // the town has two
		features = append(features, &geo.Booth{Base: geo.Base{ID: int64(1000 + i), Version: 1, Shape: at(float64(10+i*5), 9)}, Status: "open"})
	}
	n := newNode(t)
	n.publish(build(1, features...))
	doc := n.getJSON(t, "/walk/circle?lon=119.1&lat=36.7&of=booths,facilities&outlines=0&routes=1")
	for i, place := range doc["reachable"].(map[string]any)["booths"].([]any) {
		if _, has := place.(map[string]any)["route"]; has != (i < 20) {
			t.Errorf("place %d has a route: %v", i, has)
		}
	}
	if doc["routes_left_out"] != float64(booths-20) {
		t.Errorf("%v routes are said to be left out", doc["routes_left_out"])
	}
	if doc := n.getJSON(t, "/walk/circle?lon=119.1&lat=36.7&of=booths&outlines=0"); doc["routes_left_out"] != nil {
		t.Errorf("none were asked for, %v left out", doc["routes_left_out"])
	}
}

// The route to a place takes the minutes that the circle lists, by the entrance
// that it lists, in both directions.
func TestRouteToAPlace(t *testing.T) {
	n := newTown(t)
	for direction, path := range map[string]string{
		"from": "/walk/route?from=119.1,36.7&to=%s/%v", "to": "/walk/route?direction=to&to=119.1,36.7&from=%s/%v",
	} {
		circle := n.getJSON(t, "/walk/circle?lon=119.1&lat=36.7&of=shelters,booths,facilities&routes=1&direction="+direction)
		listed := 0
		for word, list := range circle["reachable"].(map[string]any) {
			for _, place := range list.([]any) {
				place := place.(map[string]any)
				route := n.getJSON(t, fmt.Sprintf(path, word, place["id"]))
				got := route["properties"].(map[string]any)
				if got["minutes"] != place["minutes"] || got["metres"] != place["metres"] || !cmp.Equal(route["geometry"], place["route"]) {
					t.Errorf("%s %v: listed %v minutes, %v m, routed %v, %v", word, place["id"], place["minutes"], place["metres"], got["minutes"], got["metres"])
				}
				listed++
			}
		}
		if listed != 4 {
			t.Errorf("%d places were listed", listed)
		}
	}
}
