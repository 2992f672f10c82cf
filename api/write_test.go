package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/report"
)

// token is that of an account which may do everything everywhere.
const token = "a token for tests only"

// known are accounts by the secrets of their tokens and sessions; what a store makes
// of them is a matter of access.
type known map[string]access.Who

func (k known) ByToken(_ context.Context, secret string) (access.Who, error) {
	if who, there := k[secret]; there {
		return who, nil
	}
	return access.Who{}, access.ErrUnknown
}

func (k known) BySession(ctx context.Context, secret string) (access.Who, error) {
	return k.ByToken(ctx, secret)
}
func (k known) SignOut(_ context.Context, secret string) error { delete(k, secret); return nil }
func (k known) SignIn(context.Context, access.Credentials) (string, access.Who, error) {
	return "", access.Who{}, access.ErrWrong
}

// everything is an account with the token of the tests.
func everything() known {
	var grants []access.Grant
	for _, role := range access.AllRoles {
		grants = append(grants, access.Grant{Role: role})
	}
	return known{token: {Name: "chief", Grants: grants}}
}

// writer is a node over a store of its own, followed as a server does it.
type writer struct {
	*node
	store   data.Store
	through *through
	known   known
}

// through is a store that can be put before another while a node writes to it.
type through struct{ api.Store }

// newWriter fills a store with the town, of which ids are given anew, layer by
// layer.
func newWriter(t testing.TB, change ...func(*api.Config)) *writer {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "town.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	return newWriterOn(t, store, change...)
}

func newWriterOn(t testing.TB, store data.Store, change ...func(*api.Config)) *writer {
	t.Helper()
	var changes []geo.Change
	for _, f := range town() {
		f.Common().ID = 0
		changes = append(changes, geo.Insert(f))
	}
	if _, err := store.Apply(t.Context(), geo.ChangeSet{Note: "the town", At: now, Changes: geo.Changes(changes...)}); err != nil {
		t.Fatal(err)
	}
	accounts, reached := everything(), &through{store}
	n := newNode(t, append(change, func(c *api.Config) {
		c.Accounts, c.Store = accounts, reached
		if c.ReportPages = (plainPages{}); c.Reports == nil {
			c.Reports = report.NewBook(reached, func() time.Time { return now }, report.Limits{}, report.Promise{})
		}
		c.Cards, c.CardPage = access.NewBook(reached, func() time.Time { return now }), plainCard
		c.LabelsPage, c.CardsPage = plainLabels, plainCards
		if c.PhotoPage == nil {
			c.PhotoPage = plainPhoto
		}
	})...)
	ctx, stop := context.WithCancel(context.Background())
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		_ = n.live.Follow(ctx, store, slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		stop()
		<-followed
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for n.live.Current() == nil {
		if ctx.Err() != nil {
			t.Fatal("no map came")
		}
	}
	return &writer{n, store, reached, accounts}
}

// send asks with the token; header are name, value pairs.
func (w *writer) send(t testing.TB, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://map.example"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	switch method {
	case http.MethodPost, http.MethodPut:
		r.Header.Set("Content-Type", "application/geo+json")
	case http.MethodPatch:
		r.Header.Set("Content-Type", "application/merge-patch+json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, r)
	return recorder
}

func (w *writer) must(t testing.TB, status int, answer *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("%d, want %d: %s", answer.Code, status, answer.Body)
	}
	if status >= 400 && answer.Header().Get("Content-Type") != problem.MediaType {
		t.Errorf("%d as %s", status, answer.Header().Get("Content-Type"))
	}
	return answer
}

const boothItems = "/collections/booths/items"

func boothBody(properties string) string {
	lon, lat := 119.1001, 36.7003
	return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[%v,%v]},"properties":{%s}}`, lon, lat, properties)
}

// The life of a booth: made, replaced, changed in part and taken away, each time
// with what the writer saw.
func TestLifeOfABooth(t *testing.T) {
	w := newWriter(t)
	made := w.must(t, 201, w.send(t, "POST", boothItems, boothBody(`"name":"新小蓝棚","landmark":"路口","trades":["shoe","配钥匙开锁"],"hours":"Mo-Fr 09:00-17:00","surveyed_by":"某人"`)))
	path := local(t, made.Header().Get("Location"))
	first := made.Header().Get("ETag")
	if made.Header().Get("X-Revision") != "2" || first == "" {
		t.Errorf("made as %v", made.Header())
	}
	// Who wrote sees it at once, all of it; the public what is for it.
	seen := w.must(t, 200, w.send(t, "GET", path, ""))
	if seen.Header().Get("ETag") != first || seen.Body.String() != made.Body.String() || !strings.Contains(seen.Body.String(), "某人") {
		t.Errorf("seen as %v %s", seen.Header(), seen.Body)
	}
	public := w.get(t, path)
	if public.Header().Get("ETag") == first || strings.Contains(public.Body.String(), "surveyed_by") || !slices.Contains(public.Header().Values("Vary"), "Authorization") {
		t.Errorf("the public sees %v %s", public.Header(), public.Body)
	}
	if trades := member(t, parse(t, seen.Body.Bytes()), "properties", "trades"); fmt.Sprint(trades) != "[shoe key]" {
		t.Errorf("trades %v", trades)
	}

	w.must(t, 428, w.send(t, "PUT", path, boothBody(`"name":"x"`)))
	w.must(t, 428, w.send(t, "PATCH", path, `{"properties":{"name":"x"}}`))
	w.must(t, 428, w.send(t, "DELETE", path, ""))

	second := w.must(t, 200, w.send(t, "PATCH", path, `{"properties":{"phone":"0536-77","hours":null}}`, "If-Match", first)).Header().Get("ETag")
	doc := parse(t, w.send(t, "GET", path, "").Body.Bytes())
	if p := member(t, doc, "properties").(map[string]any); p["phone"] != "0536-77" || p["hours"] != nil || p["name"] != "新小蓝棚" || doc["version"] != 2.0 || doc["revision"] != 3.0 {
		t.Errorf("patched %v", doc)
	}
	for _, stale := range []*httptest.ResponseRecorder{
		w.send(t, "PATCH", path, `{"properties":{"name":"x"}}`, "If-Match", first),
		w.send(t, "PUT", path, boothBody(`"name":"x"`), "If-Match", first),
		w.send(t, "DELETE", path, "", "If-Match", first),
	} {
		if body := parse(t, w.must(t, 412, stale).Body.Bytes()); body["etag"] != second {
			t.Errorf("a stale writer is told %v", body)
		}
	}
	third := w.must(t, 200, w.send(t, "PUT", path, boothBody(`"name":"又名"`), "If-Match", second)).Header().Get("ETag")
	doc = parse(t, w.send(t, "GET", path, "").Body.Bytes())
	if p := member(t, doc, "properties").(map[string]any); p["name"] != "又名" || p["phone"] != nil || p["landmark"] != nil {
		t.Errorf("replaced %v", doc)
	}
	w.must(t, 200, w.send(t, "PATCH", path, `{"geometry":{"coordinates":[119.1002,36.7]}}`, "If-Match", `W/"x", `+third))
	doc = parse(t, w.send(t, "GET", path, "").Body.Bytes())
	if at := member(t, doc, "geometry", "coordinates"); fmt.Sprint(at) != "[119.1002 36.7]" {
		t.Errorf("moved to %v", at)
	}
	if gone := w.must(t, 204, w.send(t, "DELETE", path, "", "If-Match", "*")); gone.Header().Get("X-Revision") != "6" || gone.Body.Len() != 0 {
		t.Errorf("gone as %v", gone.Header())
	}
	w.must(t, 404, w.send(t, "GET", path, ""))
	w.must(t, 404, w.send(t, "PATCH", path, `{}`, "If-Match", "*"))
	w.must(t, 404, w.send(t, "DELETE", path, "", "If-Match", third))
}

// A number is taken in any grouping, refused when it is none, and stays with its booth
// for ever.
func TestNumberOfABooth(t *testing.T) {
	w := newWriter(t)
	fault := func(response *httptest.ResponseRecorder) string {
		t.Helper()
		at := member(t, parse(t, w.must(t, 422, response).Body.Bytes()), "violations", 0).(map[string]any)
		return fmt.Sprint(at["field"], ": ", at["rule"], ": ", at["detail"])
	}
	if got, want := fault(w.send(t, "POST", boothItems, boothBody(`"number":"3707 0200 7725"`))), `number: value: "3707 0200 7725" is no number of a plate: wrong check digits: 25`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	made := w.must(t, 201, w.send(t, "POST", boothItems, boothBody(`"name":"小蓝棚","number":"３７０７-0200 7752"`)))
	path := local(t, made.Header().Get("Location"))
	number := func() any {
		return member(t, parse(t, w.send(t, "GET", path, "").Body.Bytes()), "properties", "number")
	}
	if number() != "370702007752" {
		t.Errorf("stored as %v", number())
	}
	for what, response := range map[string]*httptest.ResponseRecorder{
		"replaced without it": w.send(t, "PUT", path, boothBody(`"name":"又名"`), "If-Match", "*"),
		"another one":         w.send(t, "PATCH", path, `{"properties":{"number":"370702009983"}}`, "If-Match", "*"),
		"deleted":             w.send(t, "DELETE", path, "", "If-Match", "*"),
	} {
		if got := fault(response); !strings.HasPrefix(got, "number: code_spent: ") {
			t.Errorf("%s: %s", what, got)
		}
	}
	w.must(t, 200, w.send(t, "PATCH", path, `{"properties":{"until":"2020-01-01T00:00:00+08:00"}}`, "If-Match", "*"))
	if got := fault(w.send(t, "POST", boothItems, boothBody(`"number":"370702007752"`))); !strings.HasPrefix(got, "number: code_taken: ") {
		t.Errorf("the number of a retired booth: %s", got)
	}
}

// Without a token at the start there is no route that writes, and with one nobody
// writes or sees more without it.
func TestWhoMayWrite(t *testing.T) {
	n := newTown(t)
	w := newWriter(t)
	body := boothBody(`"name":"x"`)
	for _, test := range []struct{ method, path, allow string }{
		{"POST", boothItems, "GET, HEAD, OPTIONS, POST"},
		{"PUT", boothItems + "/1", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
		{"PATCH", boothItems + "/1", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
		{"DELETE", boothItems + "/1", "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"},
	} {
		without := n.ask(t, test.method, test.path, "Authorization", "Bearer "+token, "If-Match", "*")
		if without.Code != http.StatusMethodNotAllowed || without.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s %s without a token at the start: %d, Allow %q", test.method, test.path, without.Code, without.Header().Get("Allow"))
		}
		options := w.ask(t, "OPTIONS", test.path)
		if options.Code != http.StatusNoContent || options.Header().Get("Allow") != test.allow || !strings.Contains(options.Header().Get("Access-Control-Allow-Headers"), "If-Match") {
			t.Errorf("OPTIONS %s: %d %v", test.path, options.Code, options.Header())
		}
		for _, credentials := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "Basic " + token, token, "Bearer " + token + "x"} {
			answer := w.send(t, test.method, test.path, body, "If-Match", "*", "Authorization", credentials)
			if w.must(t, 401, answer); !strings.HasPrefix(answer.Header().Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s %s with %q: %v", test.method, test.path, credentials, answer.Header())
			}
		}
	}
	w.must(t, 401, w.get(t, boothItems+"/1", "Authorization", "Bearer wrong"))
	if head := w.live.Current().Head(); head.Revision != 1 {
		t.Errorf("revision %d", head.Revision)
	}
	// A camera and what a building holds, for those with the token alone.
	camera, staff := "/collections/facilities/items/2", "/collections/buildings/items/1"
	w.must(t, 404, w.get(t, camera))
	w.must(t, 200, w.send(t, "GET", camera, ""))
	if text := w.get(t, staff).Body.String(); strings.Contains(text, fmt.Sprint(canaryNumber)) || !strings.Contains(w.send(t, "GET", staff, "").Body.String(), fmt.Sprint(canaryNumber)) {
		t.Errorf("the public sees %s", text)
	}
}

// All that is wrong with a feature is said at once, each fault with its rule, field
// and place, and nothing is written.
func TestAllFaultsAtOnce(t *testing.T) {
	w := newWriter(t)
	for _, test := range []struct{ name, path, body, want string }{
		{
			"fields", boothItems,
			boothBody(`"number":"370702000186","trades":["shoe","surgery"],"hours":"Mo 25:00","status":7,"from":"soon","colour":"red","last_checked":"2026-02-30","phone":{"a":1}`),
			"booths.colour field_unknown; booths.from value; booths.hours value; booths.last_checked value; booths.number code_taken; booths.phone value; booths.status term; booths.trades term",
		},
		{
			"types", "/collections/buildings/items",
			`{"type":"Feature","geometry":{"type":"Point","coordinates":[119,36]},"properties":{"levels":6.5,"units":3e9,"height_m":"high","compound":"nowhere","code":"B1"}}`,
			"buildings.code code_taken; buildings.compound reference; buildings.geometry shape_kind; buildings.height_m value; buildings.levels value; buildings.units value",
		},
		{
			"a bow tie", "/collections/land/items",
			`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[119,36],[119.01,36.01],[119.01,36],[119,36.01],[119,36]]]},"properties":{"kind":"moor"}}`,
			"land.geometry self_crossing at 119.005 36.005; land.kind term",
		},
		{
			"a ring that is open", "/collections/land/items",
			`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[119,36],[119.01,36.01],[119.01,36],[119,36.01]]]},"properties":{"kind":"water"}}`,
			"land.geometry geometry at 119 36.01",
		},
		{"no place", boothItems, `{"type":"Feature","properties":{"name":"x"}}`, "booths.geometry shape_missing"},
		{"null is no number", boothItems, `{"type":"Feature","geometry":{"type":"Point","coordinates":[null,36]},"properties":{}}`, "booths.geometry geometry"},
		{"outside the world", boothItems, `{"type":"Feature","geometry":{"type":"Point","coordinates":[119,96]},"properties":null}`, "booths.geometry geometry"},
		{"ended before it began", boothItems, boothBody(`"from":"2026-01-02","until":"2026-01-01"`), "booths.until until_before_from"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := w.must(t, 422, w.send(t, "POST", test.path, test.body))
			var faults []string
			for _, v := range parse(t, answer.Body.Bytes())["violations"].([]any) {
				v := v.(map[string]any)
				text := fmt.Sprintf("%v.%v %v", v["layer"], v["field"], v["rule"])
				if v["lon"] != nil {
					text += fmt.Sprintf(" at %v %v", v["lon"], v["lat"])
				}
				if v["detail"] == "" {
					t.Errorf("no words for %v", v)
				}
				faults = append(faults, text)
			}
			slices.Sort(faults)
			if got := strings.Join(faults, "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if head := w.live.Current().Head(); head.Revision != 1 {
		t.Errorf("revision %d", head.Revision)
	}
}

// Bodies that are none are refused with the place where they stop being one.
func TestBodiesThatAreNone(t *testing.T) {
	w := newWriter(t)
	good := boothBody(`"name":"x"`)
	for _, test := range []struct {
		name, body, mediaType string
		status                int
		holds                 string
	}{
		{"nothing", "", "application/geo+json", 400, "ends before"},
		{"cut off", good[:40], "application/geo+json", 400, "ends before"},
		{"more follows", good + "{}", "application/geo+json", 400, "more follows"},
		{"a list", "[]", "application/geo+json", 400, "bad-body"},
		{"another type", strings.Replace(good, "Feature", "Future", 1), "application/geo+json", 400, "not Feature"},
		{"properties that are a list", `{"type":"Feature","properties":[]}`, "application/geo+json", 400, "properties"},
		{"not UTF-8", strings.Replace(good, `"x"`, "\"\xff\"", 1), "application/geo+json", 400, "UTF-8"},
		{"deep", `{"type":"Feature","properties":{"name":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "}}", "application/geo+json", 400, "deeper"},
		{"text", good, "text/plain", 415, "application/geo+json"},
		{"no type", good, "", 415, "application/geo+json"},
		{"another charset", good, "application/geo+json; charset=gbk", 415, ""},
		{"a patch", good, "application/merge-patch+json", 415, ""},
		{"large", `{"type":"Feature","x":"` + strings.Repeat("x", 5<<20) + `"}`, "application/geo+json", 413, "4194304"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := w.must(t, test.status, w.send(t, "POST", boothItems, test.body, "Content-Type", test.mediaType))
			if !strings.Contains(answer.Body.String(), test.holds) {
				t.Errorf("%s", answer.Body)
			}
		})
	}
	w.must(t, 400, w.send(t, "POST", boothItems, good, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/4214>"))
	w.must(t, 400, w.send(t, "POST", boothItems+"?x=1", good))
	w.must(t, 201, w.send(t, "POST", boothItems, good, "Content-Crs", "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>", "Content-Type", "application/json; charset=UTF-8"))
}

// A request with an idempotency key is carried out once, whatever happens to the
// answer; the repeat gets the answer of the first.
func TestRepeats(t *testing.T) {
	w := newWriter(t)
	body := boothBody(`"name":"once"`)
	first := w.must(t, 201, w.send(t, "POST", boothItems, body, "Idempotency-Key", "k1"))
	path := local(t, first.Header().Get("Location"))
	w.must(t, 200, w.send(t, "PATCH", path, `{"properties":{"name":"later"}}`, "If-Match", first.Header().Get("ETag"), "Idempotency-Key", "k2"))
	for _, test := range []struct {
		answer *httptest.ResponseRecorder
		want   string
	}{
		{w.send(t, "POST", boothItems, body, "Idempotency-Key", "k1"), "2"},
		{w.send(t, "PATCH", path, `{"properties":{"name":"later"}}`, "If-Match", first.Header().Get("ETag"), "Idempotency-Key", "k2"), "3"},
	} {
		if test.answer.Code >= 300 || test.answer.Header().Get("X-Revision") != test.want {
			t.Errorf("repeated: %d %v %s", test.answer.Code, test.answer.Header(), test.answer.Body)
		}
	}
	again := w.send(t, "POST", boothItems, body, "Idempotency-Key", "k1")
	if again.Body.String() != first.Body.String() || again.Header().Get("Location") != first.Header().Get("Location") || again.Header().Get("ETag") != first.Header().Get("ETag") {
		t.Errorf("got %v %s", again.Header(), again.Body)
	}
	w.must(t, 422, w.send(t, "POST", boothItems, boothBody(`"name":"other"`), "Idempotency-Key", "k1"))
	w.must(t, 400, w.send(t, "POST", boothItems, body, "Idempotency-Key", strings.Repeat("k", 201)))
	if head := w.live.Current().Head(); head.Revision != 3 {
		t.Errorf("revision %d", head.Revision)
	}
	gone := w.must(t, 204, w.send(t, "DELETE", path, "", "If-Match", "*", "Idempotency-Key", "k3"))
	if again := w.must(t, 204, w.send(t, "DELETE", path, "", "If-Match", "*", "Idempotency-Key", "k3")); again.Header().Get("X-Revision") != gone.Header().Get("X-Revision") {
		t.Errorf("gone again as %v", again.Header())
	}
}

// Lists and schemas show all to those with the token; a page of one audience is no
// page of the other.
func TestStaffSeeAll(t *testing.T) {
	w := newWriter(t)
	for path, holds := range map[string]string{
		"/collections/facilities/items":                              `"numberMatched":2`,
		"/collections/facilities/items?filter=kind%3D'camera_high'":  `"numberMatched":1`,
		"/collections/buildings/items":                               `"residents":47`,
		"/collections/buildings/items?residents=47":                  `"numberMatched":1`,
		"/collections/buildings/items?filter=residents%20%3E%201000": `"numberMatched":1`,
		"/collections/buildings/schema":                              `"rental_dwellings"`,
		"/collections/buildings/queryables":                          `"surveyed_by"`,
	} {
		staff, public := w.must(t, 200, w.send(t, "GET", path, "")), w.get(t, path)
		if !strings.Contains(staff.Body.String(), holds) || strings.Contains(public.Body.String(), holds) {
			t.Errorf("%s: staff see %s", path, staff.Body)
		}
		if tag := staff.Header().Get("ETag"); tag != "" && tag == public.Header().Get("ETag") {
			t.Errorf("%s: one ETag for two answers", path)
		}
	}
	next := local(t, linkOf(parse(t, w.send(t, "GET", "/collections/buildings/items?limit=1", "").Body.Bytes()), "next"))
	w.must(t, 200, w.send(t, "GET", next, ""))
	w.must(t, 400, w.get(t, next))
}

// moody is a store that answers as it is told.
type moody struct {
	api.Store
	answers []error // of the next calls of Apply; nil: carried out
	calls   int
}

func (m *moody) Apply(ctx context.Context, set geo.ChangeSet) (geo.Head, error) {
	if m.calls++; m.calls <= len(m.answers) && m.answers[m.calls-1] != nil {
		return geo.Head{}, m.answers[m.calls-1]
	}
	return m.Store.Apply(ctx, set)
}

// What the store refuses has an answer: a change of what was relied on is tried
// once more, on the next map.
func TestStoreThatRefuses(t *testing.T) {
	stale, conflict := &geo.Stale{Layers: []geo.Layer{geo.Places}}, &geo.Conflict{Keys: []geo.Key{{Layer: geo.Booths, ID: 1}}}
	for _, test := range []struct {
		name    string
		answers []error
		ifMatch string // empty: as it was seen
		status  int
		calls   int
	}{
		{"stale once", []error{stale}, "", 200, 2},
		{"stale twice", []error{stale, stale}, "", 409, 2},
		{"changed by another node", []error{conflict}, "", 412, 1},
		{"changed by another node, whatever it was", []error{conflict}, "*", 200, 2},
		{"changed by other nodes again and again", []error{conflict, conflict}, "*", 409, 2},
		{"away", []error{geo.ErrUnavailable}, "", 503, 1},
		{"full", []error{geo.ErrFull}, "", 507, 1},
		{"a code that is spent", []error{&geo.Violation{Rule: "code_spent", Layer: geo.Booths, Field: "code"}}, "", 422, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWriter(t)
			m := &moody{Store: w.store, answers: test.answers}
			w.through.Store = m
			written := make(chan struct{})
			time.AfterFunc(50*time.Millisecond, func() { // something else is written meanwhile
				defer close(written)
				changed := geo.Insert(&geo.LandArea{Base: geo.Base{Shape: box(0, 0, 9, 9)}, Kind: "green"})
				if _, err := w.store.Apply(context.Background(), geo.ChangeSet{Changes: geo.Changes(changed)}); err != nil {
					t.Error(err)
				}
			})
			seen := test.ifMatch
			if seen == "" {
				seen = w.get(t, boothItems+"/1").Header().Get("ETag")
			}
			w.must(t, test.status, w.send(t, "PATCH", boothItems+"/1", `{"properties":{"phone":"1"}}`, "If-Match", seen))
			if m.calls != test.calls {
				t.Errorf("%d calls", m.calls)
			}
			<-written
		})
	}
}
