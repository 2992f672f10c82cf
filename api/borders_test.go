package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/geojson"
)

const gridItems = "/collections/grids/items"

// feature is a Feature of GeoJSON.
func feature(shape geo.Shape, properties string) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":%s,"properties":{%s}}`, geojson.AppendGeometry(nil, shape), properties)
}

// said lists the faults of a 422 as change, layer, field and rule.
func said(t *testing.T, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	var list []string
	for _, v := range parse(t, answer.Body.Bytes())["violations"].([]any) {
		v := v.(map[string]any)
		text := fmt.Sprintf("%v.%v %v", v["layer"], v["field"], v["rule"])
		if v["change"] != nil {
			text = fmt.Sprintf("%v %s", v["change"], text)
		}
		if v["lon"] == nil || v["lat"] == nil || v["detail"] == "" {
			t.Errorf("no place or words in %v", v)
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

// quarter is a community with two grids side by side, north of the town; it
// returns the paths of the grids.
func quarter(t *testing.T, w *writer) (west, east string) {
	t.Helper()
	set := fmt.Sprintf(`{"note":"a new community","changes":[{"action":"insert","layer":"places","feature":%s},{"action":"insert","layer":"grids","feature":%s},{"action":"insert","layer":"grids","feature":%s}]}`,
		feature(geo.PolygonShape(ring(0, 9000, 200, 9000, 200, 9100, 0, 9100)), `"code":"Q","kind":"community"`),
		feature(box(0, 9000, 100, 9100), `"code":"Q1","community":"Q"`), feature(box(100, 9000, 200, 9100), `"code":"Q2","community":"Q"`))
	wrote := parse(t, w.must(t, 200, w.send(t, "POST", "/changes", set, "Content-Type", "application/json")).Body.Bytes())["wrote"].([]any)
	path := func(i int) string { return fmt.Sprintf("%s/%v", gridItems, wrote[i].(map[string]any)["id"]) }
	return path(1), path(2)
}

// A write that breaks a border is refused, and one that moves both sides is not.
func TestBorders(t *testing.T) {
	w := newWriter(t)
	west, east := quarter(t, w)
	move := func(path string, shape geo.Shape) *httptest.ResponseRecorder {
		return w.send(t, "PATCH", path, feature(shape, `"name":"x"`), "If-Match", "*")
	}
	for _, test := range []struct {
		name   string
		answer *httptest.ResponseRecorder
		want   string
	}{
		{"back from the neighbour", move(west, box(0, 9000, 80, 9100)), "grids.geometry gap"},
		{"over the neighbour and out of the community", move(west, box(-20, 9000, 120, 9100)), "grids.geometry outside; grids.geometry overlap"},
		{"a corner that the neighbour lacks", move(west, geo.PolygonShape(ring(0, 9000, 100, 9000, 100, 9050, 100, 9100, 0, 9100))), "grids.geometry noding"},
		{"taken away", w.send(t, "DELETE", east, "", "If-Match", "*"), ""}, // the code took effect: another rule
		{"once more", w.send(t, "POST", gridItems, feature(box(0, 9000, 100, 9100), `"code":"Q3","community":"Q"`)), "grids.geometry duplicate"},
		{"retired", w.send(t, "PATCH", east, `{"properties":{"until":"2026-01-01"}}`, "If-Match", "*"), "grids.geometry gap"},
	} {
		w.must(t, 422, test.answer)
		if test.want == "" {
			continue
		}
		if got := strings.Join(said(t, test.answer), "; "); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.name, got, test.want)
		}
	}
	if head := w.live.Current().Head(); head.Revision != 2 {
		t.Errorf("revision %d", head.Revision)
	}
	id := func(path string) string { return strings.TrimPrefix(path, gridItems+"/") }
	both := func(x float64) *httptest.ResponseRecorder {
		set := fmt.Sprintf(`{"changes":[{"action":"patch","layer":"grids","id":%s,"version":1,"feature":%s},{"action":"patch","layer":"grids","id":%s,"version":1,"feature":%s}]}`,
			id(west), feature(box(0, 9000, x, 9100), ""), id(east), feature(box(80, 9000, 200, 9100), ""))
		return w.send(t, "POST", "/changes", set, "Content-Type", "application/json")
	}
	if got := strings.Join(said(t, w.must(t, 422, both(90))), "; "); got != "0 grids.geometry overlap" {
		t.Errorf("both, one too far: %s", got)
	}
	w.must(t, 200, both(80))
	// What neither border nor time is of, is no matter of borders.
	w.must(t, 200, w.send(t, "PATCH", west, `{"properties":{"name":"西"}}`, "If-Match", "*"))
}

// meeting is a store of which the first two writers wait for each other before they
// write: both have judged on the map that neither is in.
type meeting struct {
	api.Store
	met   sync.WaitGroup
	calls atomic.Int32
}

func (m *meeting) Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	if m.calls.Add(1) <= 2 {
		m.met.Done()
		m.met.Wait()
	}
	return m.Store.Apply(ctx, set)
}

// Two writers make no overlap together that neither makes alone.
func TestBordersOfTwoWriters(t *testing.T) {
	w := newWriter(t)
	m := &meeting{Store: w.store}
	m.met.Add(2)
	w.through.Store = m
	answers := make([]*httptest.ResponseRecorder, 2)
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() {
			x := float64(i) * 60
			answers[i] = w.send(t, "POST", gridItems, feature(box(x, 9000, x+100, 9100), fmt.Sprintf(`"code":"R%d"`, i)))
		})
	}
	both.Wait()
	slices.SortFunc(answers, func(a, b *httptest.ResponseRecorder) int { return a.Code - b.Code })
	w.must(t, 201, answers[0])
	if got := said(t, w.must(t, 422, answers[1])); !slices.Contains(got, "grids.geometry overlap") || m.calls.Load() != 2 {
		t.Errorf("the second is told %q after %d calls", got, m.calls.Load())
	}
}

// moving is a store whose map always moved meanwhile.
type moving struct {
	api.Store
	calls int
}

func (m *moving) Apply(context.Context, geo.ChangeSet) (geo.Head, error) {
	m.calls++
	return geo.Head{}, &geo.Stale{Layers: []geo.Layer{geo.Grids}}
}

// A map that moves is judged once more, and then the writer is told.
func TestStaleTwice(t *testing.T) {
	w := newWriter(t)
	m := &moving{Store: w.store}
	w.through.Store = m
	answer := w.must(t, http.StatusConflict, w.send(t, "POST", gridItems, feature(box(0, 9000, 100, 9100), `"code":"R"`)))
	var body struct {
		Type   string
		Layers []string
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body.Type != "urn:gridatlas:problem:stale" || !slices.Equal(body.Layers, []string{"grids"}) {
		t.Errorf("%v: %s", err, answer.Body)
	}
	if m.calls != 2 {
		t.Errorf("tried %d times", m.calls)
	}
}
