package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
	standing "gridatlas/geo/booth"
)

// plainCard is the page of a master's card as JSON.
func plainCard(w http.ResponseWriter, _ *http.Request, status int, card standing.Card) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	number := ""
	if card.Booth != nil {
		number = card.Booth.Number
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"number": number, "state": card.State.Kind.String(), "undo": card.Undo, "done": card.Done, "fault": card.Fault, "once": card.Once,
	})
}

// master is who holds the card of a booth: no account.
type master struct {
	*writer
	card string // its path
}

func newMaster(t *testing.T, change ...func(*api.Config)) (*master, int64) {
	t.Helper()
	w := newWriter(t, change...)
	id := w.idOf(t, "booths", "XLP-1")
	made := parse(t, w.must(t, 201, w.send(t, "POST", fmt.Sprintf("/booths/%d/card", id), "")).Body.Bytes())
	link, _ := made["link"].(string)
	path, found := strings.CutPrefix(link, "http://map.example")
	if !found || !strings.HasPrefix(made["svg"].(string), "<svg") {
		t.Fatalf("%v", made)
	}
	return &master{w, path}, id
}

func (m *master) says(t *testing.T, want int, pairs ...string) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "http://map.example"+m.card, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "null") // as browsers say from a page without referrer
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	if w.Code != want {
		t.Errorf("%v: %d, want %d: %s", pairs, w.Code, want, w.Body)
	}
	return w
}

func (m *master) page(t *testing.T, want int) map[string]any {
	t.Helper()
	w := m.get(t, m.card)
	if w.Code != want {
		t.Errorf("%d, want %d: %s", w.Code, want, w.Body)
	}
	return parse(t, w.Body.Bytes())
}

// A master comes, goes and takes back, by the card alone; everybody reads it, and the
// log of changes names the card and nobody.
func TestMasterSays(t *testing.T) {
	m, id := newMaster(t)
	item := fmt.Sprintf("/collections/booths/items/%d", id)
	for _, step := range []struct {
		form   []string
		state  string
		fields map[string]any
	}{
		{[]string{"deed", "open"}, "open", map[string]any{"status": "open", "status_at": "2026-11-21T01:12:00Z"}},
		{[]string{"deed", "away", "back", "30"}, "away", map[string]any{"status": "away", "back_at": "2026-11-21T01:42:00Z"}},
		{[]string{"deed", "away", "back_at", "14:30"}, "away", map[string]any{"back_at": "2026-11-21T06:30:00Z"}},
		{[]string{"deed", "away", "back_at", "08:00"}, "away", map[string]any{"back_at": "2026-11-22T00:00:00Z"}},
		{[]string{"deed", "hours", "from", "09:00", "to", "15:30"}, "open", map[string]any{"hours_today": "09:00-15:30", "back_at": nil}},
		{[]string{"deed", "closed"}, "closed", map[string]any{"status": "closed", "hours_today": nil}},
		{[]string{"deed", "day_off"}, "day_off", map[string]any{"status": "day_off"}},
		{[]string{"deed", "undo"}, "closed", map[string]any{"status": "closed"}},
	} {
		to := m.says(t, 303, step.form...).Header().Get("Location")
		if to != m.card+"?done=1" {
			t.Fatalf("leads to %s", to)
		}
		page := m.page(t, 200)
		if page["state"] != step.state || page["number"] != "370702000186" || page["undo"] != (step.form[1] != "undo") {
			t.Errorf("%v: %v", step.form, page)
		}
		properties := inside(t, m.getJSON(t, item), "properties").(map[string]any)
		for name, want := range step.fields {
			if properties[name] != want {
				t.Errorf("%v: %s is %v, want %v", step.form, name, properties[name], want)
			}
		}
	}
	m.says(t, 409, "deed", "undo") // it was taken back
	change := m.asStaff(t, "/changes/2")
	if inside(t, change, "author") != "booth card 370702000186" || inside(t, change, "note") != "the master's card: open" {
		t.Errorf("%v", change)
	}
}

// A form counts once, however often it is sent; the same status again is but touched.
func TestMasterSaysTwice(t *testing.T) {
	clock := now
	m, id := newMaster(t, func(c *api.Config) { c.Clock = func() time.Time { return clock } })
	for range 3 {
		m.says(t, 303, "deed", "day_off", "once", "a")
	}
	if revision := m.live.Current().Head().Revision; revision != 2 {
		t.Errorf("revision %d", revision)
	}
	m.says(t, 303, "deed", "day_off", "once", "b") // within the minute: nothing changes
	clock = clock.Add(2 * time.Minute)
	m.says(t, 303, "deed", "day_off", "once", "c")
	if revision := m.live.Current().Head().Revision; revision != 3 {
		t.Errorf("revision %d", revision)
	}
	f, _ := m.live.Current().Layer(geo.Booths).Get(id)
	if at := f.(*geo.Booth).StatusAt; at != geo.InstantOf(clock) {
		t.Errorf("touched at %v", at)
	}
	m.says(t, 303, "deed", "undo")
	if f, _ = m.live.Current().Layer(geo.Booths).Get(id); f.(*geo.Booth).StatusAt != geo.InstantOf(now) {
		t.Errorf("undone to %v", f.(*geo.Booth).StatusAt)
	}
	// After somebody else wrote, or an hour, nothing is undone.
	m.says(t, 303, "deed", "open")
	clock = clock.Add(time.Hour)
	m.says(t, 409, "deed", "undo")
	m.says(t, 303, "deed", "closed")
	m.must(t, 200, m.send(t, "PATCH", fmt.Sprintf("/collections/booths/items/%d", id), `{"properties":{"phone":"0536-0000001"}}`, "If-Match", "*"))
	if page := m.page(t, 200); page["undo"] != false {
		t.Errorf("%v", page)
	}
	m.says(t, 409, "deed", "undo")
}

// What is not understood changes nothing, and the page says why.
func TestMasterRefused(t *testing.T) {
	m, id := newMaster(t)
	for name, test := range map[string]struct {
		form   []string
		status int
		says   string
	}{
		"no time of return": {[]string{"deed", "away"}, 422, `"fault":"back"`},
		"no clock":          {[]string{"deed", "away", "back_at", "25:00"}, 422, `"fault":"back"`},
		"back at once":      {[]string{"deed", "away", "back", "-5"}, 422, `"fault":"back"`},
		"hours backwards":   {[]string{"deed", "hours", "from", "15:00", "to", "14:00"}, 422, `"fault":"span"`},
		"hours over":        {[]string{"deed", "hours", "from", "07:00", "to", "08:00"}, 422, `"fault":"span"`},
		"no hours":          {[]string{"deed", "hours"}, 422, `"fault":"span"`},
		"for good":          {[]string{"deed", "retired"}, 400, "deed"},
		"nothing":           {nil, 400, "deed"},
		"long once":         {[]string{"deed", "open", "once", strings.Repeat("x", 65)}, 400, "form"},
		"nothing to undo":   {[]string{"deed", "undo"}, 409, `"fault":"undo"`},
	} {
		t.Run(name, func(t *testing.T) {
			if answer := m.says(t, test.status, test.form...); !strings.Contains(answer.Body.String(), test.says) {
				t.Errorf("%s", answer.Body)
			}
		})
	}
	if revision := m.live.Current().Head().Revision; revision != 1 {
		t.Errorf("revision %d", revision)
	}
	m.must(t, 415, m.send(t, "POST", m.card, `{"deed":"open"}`, asJSON...))
	m.must(t, 400, m.get(t, m.card+"?deed=open"))
	good := m.card
	for _, bad := range []string{"/m/none", good[:len(good)-1], good + "x", strings.Replace(good, "/m/", "/m/1", 1)} {
		m.card = bad
		if page := m.page(t, 404); page["fault"] != "card" || page["number"] != "" {
			t.Errorf("%s: %v", bad, page)
		}
		m.says(t, 404, "deed", "open")
	}
	m.card = good
	w := m.writer
	w.must(t, 204, w.send(t, "DELETE", fmt.Sprintf("/booths/%d/card", id), ""))
	w.must(t, 404, w.send(t, "DELETE", fmt.Sprintf("/booths/%d/card", id), ""))
	m.page(t, 404)
	m.says(t, 404, "deed", "open")
}

// The card of a booth that is given up ends with it; a new one is not made.
func TestMasterOfRetiredBooth(t *testing.T) {
	m, id := newMaster(t)
	path := fmt.Sprintf("/booths/%d/", id)
	made := m.asStaff(t, path+"card")
	if made["by"] != "chief" || made["made"] != "2026-11-21T01:12:40Z" {
		t.Errorf("%v", made)
	}
	m.must(t, 200, m.send(t, "POST", path+"retire", `{}`, asJSON...))
	m.page(t, 404)
	m.must(t, 409, m.send(t, "POST", path+"card", ""))
	m.must(t, 404, m.send(t, "GET", path+"card", ""))
	// One given up by another way says so, and offers nothing.
	m, id = newMaster(t)
	m.must(t, 200, m.send(t, "PATCH", fmt.Sprintf("/collections/booths/items/%d", id), `{"properties":{"status":"moved"}}`, "If-Match", "*"))
	if page := m.page(t, 410); page["fault"] != "ended" {
		t.Errorf("%v", page)
	}
	m.says(t, 410, "deed", "open")
}

// One card is slowed down, whoever uses it, and the page says so.
func TestMasterPaced(t *testing.T) {
	m, _ := newMaster(t, func(c *api.Config) { c.Paces = 1 })
	for range 12 {
		m.says(t, 303, "deed", "open")
	}
	answer := m.says(t, 429, "deed", "closed")
	if !strings.Contains(answer.Body.String(), `"fault":"too_soon"`) || answer.Header().Get("Retry-After") == "" {
		t.Errorf("%s", answer.Body)
	}
}
