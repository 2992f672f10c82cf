package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo"
)

// houses is a town with so many houses along its streets, of so many people each, in
// one community that publishes their sums.
func houses(people ...int32) *geoTown {
	t := &geoTown{}
	for _, f := range town() {
		switch f := f.(type) {
		case *geo.Building:
		case *geo.Place:
			if f.Kind != "community" {
				t.features = append(t.features, f)
			}
		default:
			t.features = append(t.features, f)
		}
	}
	community := &geo.Place{
		Base: geo.Base{ID: 5000, Version: 1, Code: "370705001001", Name: "南关社区", Shape: box(-100, 0, 0, 420)}, Kind: "community",
		Population: geo.Some[int32](0), Households: geo.Some[int32](0),
	}
	t.features = append(t.features, community)
	for i, n := range people {
		community.Population.Value += n
		community.Households.Value += n / 3
		y := float64(20 + 30*i)
		t.features = append(t.features, &geo.Building{
			Base:      geo.Base{ID: int64(900 + i), Version: 1, Shape: box(-30, y, -20, y+10)},
			Residents: geo.Some(n), Households: geo.Some(n / 3),
		})
	}
	return t
}

type geoTown struct{ features []geo.Feature }

func (t *geoTown) node(tb testing.TB) *node {
	n := newNode(tb, withStaff)
	n.publish(build(1, t.features...))
	return n
}

// The sums of an area are, for the public, of what it publishes, rounded to ten and
// nothing under ten; for staff they are what was counted at the buildings.
func TestCoverageSums(t *testing.T) {
	// The booth stands at 300 m on the street of the houses, each 25 m beside it:
	// within 2 minutes, 120 m, is the last of eight.
	type sums struct{ all, in any }
	for _, c := range []struct {
		people        []int32
		public, staff sums
		buildingIn    float64
	}{
		{[]int32{40, 0, 0, 0, 0, 0, 0, 57}, sums{100.0, 10.0}, sums{97.0, 57.0}, 1},
		{[]int32{7, 0, 0, 0, 0, 0, 0, 57}, sums{60.0, nil}, sums{64.0, 57.0}, 1}, // an eighth is few
		{[]int32{40}, sums{40.0, 0.0}, sums{40.0, 0.0}, 0},
		{[]int32{4}, sums{nil, 0.0}, sums{4.0, 0.0}, 0},
	} {
		n := houses(c.people...).node(t)
		row := func(header ...string) map[string]any {
			w := n.get(t, "/coverage?of=booths.shoe&minutes=2", header...)
			return parse(t, w.Body.Bytes())["rows"].([]any)[0].(map[string]any)
		}
		for _, view := range []struct {
			name string
			row  map[string]any
			want sums
		}{{"public", row(), c.public}, {"staff", row(staff...), c.staff}} {
			if got := (sums{view.row["people"], view.row["people_in"]}); got != view.want || view.row["buildings_in"] != c.buildingIn || view.row["known"] != 1.0 {
				t.Errorf("%s, %v: %v", view.name, c.people, view.row)
			}
		}
	}
}

// Minutes and places are those of a list of the nearest, rows add up to the total,
// and the list of those outside goes on page by page.
func TestCoverageAgrees(t *testing.T) {
	n := houses(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10).node(t)
	doc := n.getJSON(t, "/coverage?of=booths,facilities.clinic&minutes=2&speed=elder")
	total := doc["total"].(map[string]any)
	buildings, in := 0.0, 0.0
	for _, row := range doc["rows"].([]any) {
		buildings += row.(map[string]any)["buildings"].(float64)
		in += row.(map[string]any)["buildings_in"].(float64)
	}
	if buildings != 14 || total["buildings"] != buildings || total["buildings_in"] != in || in == 0 || in == 14 {
		t.Errorf("%v in %v of %v", in, buildings, total)
	}
	if doc["places"] != 3.0 || !cmp.Equal(doc["of"], []any{"booths", "facilities.clinic"}) || doc["speed_mps"] != 0.8 || doc["at"] != "2026-11-21T09:12:00+08:00" {
		t.Errorf("got %v", doc)
	}
	var outside []any
	pages := 0
	for path := "/coverage/outside?of=booths,facilities.clinic&minutes=2&speed=elder&limit=3"; path != ""; pages++ {
		page := n.getJSON(t, path)
		if page["matched"] != 14-in {
			t.Errorf("%v matched, %v are outside", page["matched"], 14-in)
		}
		outside = append(outside, page["items"].([]any)...)
		if next, ok := page["next"].(string); ok {
			path = local(t, next)
		} else {
			path = ""
		}
	}
	if float64(len(outside)) != 14-in || pages < 2 {
		t.Errorf("%d buildings on %d pages", len(outside), pages)
	}
	for _, item := range outside {
		item := item.(map[string]any)
		nearest := n.getJSON(t, fmt.Sprintf("/walk/nearest?of=booths,facilities.clinic&speed=elder&limit=1&lon=%.7f&lat=%.7f", item["lon"], item["lat"]))
		first := nearest["items"].([]any)[0].(map[string]any)
		place := item["nearest"].(map[string]any)
		if item["minutes"] != first["minutes"] || place["id"] != first["id"] || place["layer"] != first["layer"] || item["reason"] != nil {
			t.Errorf("outside with %v, nearest says %v", item, first)
		}
	}
	all := n.getJSON(t, "/coverage/buildings?of=booths,facilities.clinic&speed=elder&bbox=119,36.6,119.2,36.8")
	within := 0.0
	for i, minutes := range all["minutes"].([]any) {
		if minutes.(float64) <= 2 {
			within++
			continue
		}
		// The point of a building is the one that the list of those outside names.
		id, point := all["ids"].([]any)[i], all["points"].([]any)[i].([]any)
		k := slices.IndexFunc(outside, func(item any) bool { return item.(map[string]any)["id"] == id })
		if k < 0 {
			t.Fatalf("building %v is outside for the map alone", id)
		}
		if item := outside[k].(map[string]any); !cmp.Equal(point, []any{item["lon"], item["lat"]}) {
			t.Errorf("building %v at %v, listed as %v", id, point, item)
		}
	}
	if len(all["ids"].([]any)) != 14 || within != in {
		t.Errorf("%v of %v buildings within", within, all)
	}
	// A row names its area in a way that leads to it.
	row := doc["rows"].([]any)[0].(map[string]any)
	place := n.getJSON(t, fmt.Sprintf("/collections/places/items/%.0f", row["id"]))
	if place["properties"].(map[string]any)["code"] != row["code"] {
		t.Errorf("the area %v is %v", row, place)
	}
}

// What changes the map changes the coverage: a new booth, a closure.
func TestCoverageFollowsTheMap(t *testing.T) {
	town := houses(10, 10, 10, 10)
	n := town.node(t)
	in := func() any {
		return n.getJSON(t, "/coverage?of=booths.watch&minutes=2")["total"].(map[string]any)["buildings_in"]
	}
	if got := in(); got != 0.0 {
		t.Errorf("%v buildings reach what is not there", got)
	}
	booth := &geo.Booth{Base: geo.Base{ID: 700, Version: 1, Shape: at(3, 60)}, Trades: []string{"watch"}, Status: "open"}
	n.publish(build(2, append(town.features, booth)...))
	if got := in(); got != 4.0 {
		t.Errorf("%v buildings reach the new booth", got)
	}
	closure := &geo.Closure{Base: geo.Base{ID: 701, Version: 1, Shape: box(-60, 75, 60, 78)}}
	n.publish(build(3, append(town.features, booth, closure)...))
	if got := in(); got != 2.0 {
		t.Errorf("%v buildings reach the booth before the closure", got)
	}
}

// A supposition counts as a map on which it is true, says what it changes where,
// and stores nothing.
func TestCoverageSupposed(t *testing.T) {
	n := houses(40, 40, 40, 40, 40, 40, 40, 40, 40, 40).node(t)
	const path = "/coverage?of=booths.shoe&minutes=2"
	today := n.getJSON(t, path)["total"].(map[string]any)
	if today["buildings_in"] == 0.0 || today["buildings_in"] == today["buildings"] {
		t.Fatalf("nothing can be told of %v", today)
	}
	none := n.suppose(t, path, fmt.Sprintf(`{"remove":["booths/%d"]}`, shoeBooth(t, n)))
	total := none["changed"].(map[string]any)["total"].(map[string]any)
	want := map[string]any{"before": today["buildings_in"], "after": 0.0}
	if !cmp.Equal(total["buildings_in"], any(want)) || none["total"].(map[string]any)["buildings_in"] != 0.0 {
		t.Errorf("without its booth: %v, want %v", total, want)
	}
	if people := total["people_in"].(map[string]any); people["before"] != today["people_in"] || people["after"] != 0.0 {
		t.Errorf("people %v, today %v", people, today["people_in"])
	}
	rows := none["changed"].(map[string]any)["rows"].([]any)
	if len(rows) != 1 || rows[0].(map[string]any)["code"] != "370705001001" {
		t.Errorf("areas: %v", rows)
	}
	lonLat := corners(-25, 30)
	more := n.suppose(t, path, fmt.Sprintf(`{"add":[{"layer":"booths","kind":"shoe","lon":%s}]}`, strings.Replace(strings.Trim(lonLat, "[]"), ",", `,"lat":`, 1)))
	if after := more["total"].(map[string]any)["buildings_in"].(float64); after <= today["buildings_in"].(float64) {
		t.Errorf("a second booth serves %v buildings, one serves %v", after, today["buildings_in"])
	}
	if again := n.getJSON(t, path)["total"]; !cmp.Equal(again, any(today)) {
		t.Errorf("something was stored: %v", again)
	}
	if w := n.post(t, path, `{"raise":1}`); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown member: %d", w.Code)
	}
}

func shoeBooth(t *testing.T, n *node) int64 {
	t.Helper()
	features := n.getJSON(t, "/collections/booths/items?code=XLP-1")["features"].([]any)
	return int64(features[0].(map[string]any)["id"].(float64))
}
