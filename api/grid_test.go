package api_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// ward is two grids side by side in a community, with records that know its street
// and zone, and ground that knows its district.
func ward() []geo.Feature {
	id := int64(0)
	base := func(code string, shape geo.Shape) geo.Base {
		id++
		return geo.Base{ID: id, Version: 1, Revision: 1, Code: code, Name: "名" + code, Shape: shape}
	}
	duty := func(layer, code, who string, public bool) *geo.Assignment {
		return &geo.Assignment{Base: base("", geo.Shape{}), Role: "grid_head", Who: who, OfLayer: layer, OfCode: code, Public: geo.Some(public), DutyPhone: "0536-" + code}
	}
	gone := base("G0", box(0, 0, 100, 100))
	gone.Until = geo.InstantOf(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	return []geo.Feature{
		&geo.Place{Base: base("D", box(-1000, -1000, 1000, 1000)), Kind: "district"},
		&geo.Place{Base: base("S", geo.Shape{}), Kind: "street", Parent: "unheard-of"},
		&geo.Place{Base: base("Z", geo.Shape{}), Kind: "zone"},
		&geo.Place{Base: base("C", box(0, 0, 200, 100)), Kind: "community", Parent: "S", Zone: "Z"},
		&geo.Place{Base: base("C2", box(-300, 0, -200, 100)), Kind: "community", Parent: "D"},
		&geo.Grid{Base: gone, Kind: "general", Community: "C"},
		&geo.Grid{Base: base("G2", box(100, 0, 200, 100)), Kind: "general"},
		&geo.Grid{Base: base("G1", box(0, 0, 100, 100)), Kind: "special", Community: "C"},
		&geo.Grid{Base: base("G3", box(-300, 0, -250, 100)), Kind: "general", Community: "C2"},
		duty("places", "C", "社区", true),
		duty("grids", "G1", "甲", true),
		duty("grids", "G1", canaryText, false),
		duty("places", "G1", "同码", true),
		duty("grids", "G2", "乙", true),
	}
}

func TestGridAt(t *testing.T) {
	n := newNode(t)
	n.publish(build(7, ward()...))
	for _, test := range []struct {
		name                          string
		x, y                          float64
		grid, community, street, zone any
		who                           string
	}{
		{"by the records", 50, 50, "G1", "C", "S", "Z", "甲,社区"},
		{"a grid that names no community", 150, 50, "G2", "C", "S", "Z", "乙,社区"},
		{"a shared border: the first by code", 100, 50, "G1", "C", "S", "Z", "甲,社区"},
		{"a corner", 0, 0, "G1", "C", "S", "Z", "甲,社区"},
		{"right under the district", -260, 50, "G3", "C2", nil, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			lon, lat := crs.ToDegrees(ring(test.x, test.y)[0])
			doc := n.getJSON(t, fmt.Sprintf("/grids/at?lon=%.7f&lat=%.7f", lon, lat))
			want := map[string]any{"grid": test.grid, "community": test.community, "street": test.street, "district": "D", "zone": test.zone}
			for word, code := range want {
				got := doc[word]
				if area, ok := got.(map[string]any); ok {
					got = area["code"]
				}
				if got != code {
					t.Errorf("%s is %v, want %v", word, doc[word], code)
				}
			}
			var who []string
			for _, duty := range doc["assignments"].([]any) {
				who = append(who, duty.(map[string]any)["who"].(string))
			}
			if strings.Join(who, ",") != test.who || doc["revision"] != 7.0 {
				t.Errorf("in charge are %v", doc["assignments"])
			}
		})
	}
	lon, lat := crs.ToDegrees(ring(50, 50)[0])
	path := fmt.Sprintf("/grids/at?lon=%.7f&lat=%.7f", lon, lat)
	duty := n.getJSON(t, path)["assignments"].([]any)[0]
	want := map[string]any{
		"id": 11.0, "layer": "grids", "code": "G1", "role": "grid_head", "role_zh": "网格长", "role_en": "Grid head",
		"who": "甲", "duty_phone": "0536-G1",
	}
	if !cmp.Equal(duty, any(want)) {
		t.Errorf("assignment: %s", cmp.Diff(duty, any(want)))
	}
	if doc := n.getJSON(t, path+"&at=2019-06-01T12:00"); doc["grid"].(map[string]any)["code"] != "G0" {
		t.Errorf("in 2019 the grid is %v", doc["grid"])
	}
	x, y, err := crs.GCJ02.FromWGS84(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	shifted := n.getJSON(t, fmt.Sprintf("/grids/at?lon=%.9f&lat=%.9f&datum=gcj02", x, y))
	if shifted["grid"].(map[string]any)["code"] != "G1" || shifted["datum"] != "gcj02" || math.Abs(shifted["lon"].(float64)-x) > 2e-7 {
		t.Errorf("in GCJ-02: %v", shifted)
	}
}

func TestOutsideEveryGrid(t *testing.T) {
	n := newNode(t)
	n.publish(build(1, ward()...))
	for _, test := range []struct {
		x, y   float64
		code   any
		metres float64
	}{
		{260, 50, "C", 60},
		{230, 140, "C", 50},
		{-90, 50, "C", 90},
		{-110, 50, "C2", 90},
		{-220, 50, "C2", 0},   // in the community, in none of its grids
		{9000, 50, "C", 8800}, // far away
	} {
		lon, lat := crs.ToDegrees(ring(test.x, test.y)[0])
		w := n.get(t, fmt.Sprintf("/grids/at?lon=%.7f&lat=%.7f", lon, lat))
		near, _ := parse(t, w.Body.Bytes())["nearest_community"].(map[string]any)
		if w.Code != http.StatusNotFound || near["code"] != test.code || math.Abs(near["metres"].(float64)-test.metres) > 1+test.metres/1000 {
			t.Errorf("at %v, %v: %d %s", test.x, test.y, w.Code, w.Body)
		}
	}
	empty := newNode(t)
	empty.publish(build(1))
	w := empty.get(t, "/grids/at?lon=0&lat=90")
	if near, told := parse(t, w.Body.Bytes())["nearest_community"]; w.Code != http.StatusNotFound || near != nil || !told {
		t.Errorf("without communities: %d %s", w.Code, w.Body)
	}
	if w := n.get(t, "/grids/at?lon=-60&lat=-90"); w.Code != http.StatusNotFound {
		t.Errorf("at the pole: %d %s", w.Code, w.Body)
	}
}
