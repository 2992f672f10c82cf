package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// lonLat is a place so many metres from the middle of the town, as a body has it.
func lonLat(x, y float64) string {
	lon, lat := crs.ToDegrees(ring(x, y)[0])
	return fmt.Sprintf("[%.7f,%.7f]", lon, lat)
}

// rowBody asks for a row of ten along the north of the courtyard of C1.
func rowBody(more string) string {
	return fmt.Sprintf(`{"compound":"C1","line":[%s,%s],"count":10,"first":"098","angle":"perpendicular","side":"left","kind":"ordinary","fee_yuan_month":60,"public_income":true%s}`,
		lonLat(100, 100), lonLat(130, 100), more)
}

const rowPath = "/registers/parking/row"

// A row is shown first, then drawn as one change set, and counted by the register; where
// it lies over another one, or its numbers are taken, nothing is.
func TestParkingRow(t *testing.T) {
	w := newWriter(t)
	asJSON := []string{"Content-Type", "application/json"}
	preview := parse(t, w.must(t, 200, w.send(t, "POST", rowPath, rowBody(`,"preview":true`), asJSON...)).Body.Bytes())
	features := preview["features"].([]any)
	if len(features) != 10 || preview["outside"] != 0.0 || preview["length_m"] != 5.3 || len(preview["faults"].([]any)) != 0 ||
		inside(t, features, 9, "properties", "number") != "107" || inside(t, features, 9, "properties", "inside") != true {
		t.Errorf("the preview: %v", preview)
	}
	if w.live.Current().Head().Revision != 1 {
		t.Error("a preview stores something")
	}
	done := parse(t, w.must(t, 200, w.send(t, "POST", rowPath, rowBody(""), asJSON...)).Body.Bytes())
	if done["revision"] != 2.0 || len(done["wrote"].([]any)) != 10 {
		t.Errorf("drawn: %v", done)
	}
	total := inside(t, w.asStaff(t, "/registers/parking"), "total")
	if inside(t, total, "numbered") != 10.0 || inside(t, total, "yuan_a_year") != 7200.0 || inside(t, total, "known") != 1.0 {
		t.Errorf("the register: %v", total)
	}
	again := parse(t, w.must(t, 422, w.send(t, "POST", rowPath, rowBody(""), asJSON...)).Body.Bytes())
	rules := map[any]int{}
	for _, violation := range again["violations"].([]any) {
		rules[violation.(map[string]any)["rule"]]++
	}
	if rules["number_taken"] != 10 || rules["overlap"] != 10 {
		t.Errorf("the same row again breaks %v", rules)
	}
	if shown := parse(t, w.must(t, 200, w.send(t, "POST", rowPath, rowBody(`,"preview":true`), asJSON...)).Body.Bytes()); len(shown["faults"].([]any)) != 20 {
		t.Errorf("its preview says %v", shown["faults"])
	}
	// Out of the courtyard: it says so.
	out := strings.Replace(rowBody(`,"preview":true`), lonLat(100, 100), lonLat(190, 150), 1)
	out = strings.Replace(out, lonLat(130, 100), lonLat(230, 150), 1)
	if shown := parse(t, w.must(t, 200, w.send(t, "POST", rowPath, out, asJSON...)).Body.Bytes()); shown["outside"] != 6.0 {
		t.Errorf("out of the courtyard: %v", shown["outside"])
	}
	// Elsewhere in the courtyard, with numbers that nobody has.
	moved := strings.NewReplacer(lonLat(100, 100), lonLat(100, 150), lonLat(130, 100), lonLat(130, 150), `"098"`, `"200"`)
	other := moved.Replace(rowBody(""))
	for change, field := range map[[2]string]string{
		{`"count":10`, `"count":0`}: "count", {`"count":10`, `"count":13`}: "line", {`"C1"`, `"C9"`}: "compound", {`"200"`, `"A"`}: "first",
		{`"left"`, `"up"`}: "side", {`"perpendicular"`, `"askew"`}: "angle", {`"ordinary"`, `"lorry"`}: "kind", {`:60,`, `:-1,`}: "fee_yuan_month",
		{lonLat(100, 150), `[200,100]`}: "line",
	} {
		answer := w.must(t, 422, w.send(t, "POST", rowPath, strings.Replace(other, change[0], change[1], 1), asJSON...))
		if got := inside(t, parse(t, answer.Body.Bytes()), "violations", 0, "field"); got != field {
			t.Errorf("%s: %v in %s", change[1], got, answer.Body)
		}
	}
	w.must(t, 400, w.send(t, "POST", rowPath, `{"rows":1}`, asJSON...))
	// Who looks after the grid may draw in it, and not beyond.
	local := append(w.within(access.GridWorker), asJSON...)
	beyond := strings.NewReplacer(lonLat(100, 150), lonLat(500, 150), lonLat(130, 150), lonLat(530, 150)).Replace(other)
	w.must(t, 403, w.send(t, "POST", rowPath, beyond, local...))
	w.must(t, 200, w.send(t, "POST", rowPath, other, local...))
	if n := w.live.Current().Layer(geo.Parking).Len(); n != 20 {
		t.Errorf("%d spaces", n)
	}
}
