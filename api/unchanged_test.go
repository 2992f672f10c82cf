package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gridatlas/geo/crs"
)

// What is sent as it stands makes no version and no revision.
func TestNothingNew(t *testing.T) {
	w := newWriter(t)
	body := boothBody(`"name":"小蓝棚","number":"370702007752","trades":["shoe"]`)
	made := w.must(t, 201, w.send(t, "POST", boothItems, body))
	path, etag := local(t, made.Header().Get("Location")), made.Header().Get("ETag")
	for _, test := range []struct{ method, body, key string }{
		{"PUT", body, ""},
		{"PATCH", `{"properties":{"number":"370702007752"}}`, ""},
		{"PATCH", `{}`, ""},
		{"PUT", made.Body.String(), "once"},
		{"PUT", made.Body.String(), "once"}, // the repeat
	} {
		header := []string{"If-Match", etag}
		if test.key != "" {
			header = append(header, "Idempotency-Key", test.key)
		}
		answer := w.must(t, 200, w.send(t, test.method, path, test.body, header...))
		if answer.Header().Get("ETag") != etag || answer.Header().Get("X-Revision") != "" || answer.Body.String() != made.Body.String() {
			t.Errorf("%s %s: %v %s", test.method, test.body, answer.Header(), answer.Body)
		}
	}
	// A repeat is the repeat of the first, whatever happened since.
	w.must(t, 200, w.send(t, "PATCH", path, `{"properties":{"name":"x"}}`, "If-Match", etag))
	if again := w.must(t, 200, w.send(t, "PUT", path, made.Body.String(), "If-Match", etag, "Idempotency-Key", "once")); again.Header().Get("ETag") != etag {
		t.Errorf("repeated: %v", again.Header())
	}
	w.must(t, 412, w.send(t, "PUT", path, body, "If-Match", etag))

	// In a batch what is as it stands is passed over, and the rest is written.
	id := strings.TrimPrefix(path, boothItems+"/")
	set := func(phone string) string {
		return fmt.Sprintf(`{"changes":[{"action":"patch","layer":"booths","id":%s,"version":2,"feature":{"properties":{"name":"x"}}},
			{"action":"patch","layer":"booths","id":1,"version":1,"feature":{"properties":{"phone":"%s"}}}]}`, id, phone)
	}
	doc := parse(t, w.must(t, 200, w.send(t, "POST", "/changes", set("110"), "Content-Type", "application/json")).Body.Bytes())
	if doc["revision"] != 4.0 || fmt.Sprint(doc["wrote"]) != fmt.Sprintf("[map[etag:%s id:%s layer:booths unchanged:true version:2] map[etag:%s id:1 layer:booths version:2]]", tagOf(t, w, path), id, tagOf(t, w, boothItems+"/1")) {
		t.Errorf("got %v", doc)
	}
	same := strings.Replace(set("110"), `"id":1,"version":1`, `"id":1,"version":2`, 1)
	doc = parse(t, w.must(t, 200, w.send(t, "POST", "/changes", same, "Content-Type", "application/json")).Body.Bytes())
	if doc["revision"] != nil || w.live.Current().Head().Revision != 4 {
		t.Errorf("got %v at revision %d", doc, w.live.Current().Head().Revision)
	}
	// Faults are told by their place among all changes, those that change nothing too.
	bad := strings.Replace(set("110"), `"version":1,"feature":{"properties":{`, `"version":2,"feature":{"properties":{"status":"lost",`, 1)
	violations := parse(t, w.must(t, 422, w.send(t, "POST", "/changes", bad, "Content-Type", "application/json")).Body.Bytes())["violations"].([]any)
	if len(violations) != 1 || violations[0].(map[string]any)["change"] != 1.0 {
		t.Errorf("got %v", violations)
	}
}

func tagOf(t *testing.T, w *writer, path string) string {
	t.Helper()
	return w.must(t, 200, w.send(t, "GET", path, "")).Header().Get("ETag")
}

// What is served in a coordinate system can be sent back in it, and is the same to
// the step of the lattice.
func TestWriteInOtherSystems(t *testing.T) {
	w := newWriter(t)
	const source = "/collections/land/items/1"
	want := member(t, parse(t, w.get(t, source).Body.Bytes()), "geometry")
	for _, ref := range crs.References {
		header := []string{"Content-Crs", "<" + ref.String() + ">"}
		there := w.must(t, 200, w.get(t, source+"?crs="+ref.String()))
		body := strings.Replace(there.Body.String(), `"id":1,`, "", 1)
		made := w.must(t, 201, w.send(t, "POST", "/collections/land/items", body, header...))
		path := local(t, made.Header().Get("Location"))
		same := func(what string, body []byte, want any) {
			t.Helper()
			if got := member(t, parse(t, body), "geometry"); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %s:\ngot  %v\nwant %v", ref, what, got, want)
			}
		}
		same("answered", made.Body.Bytes(), member(t, parse(t, there.Body.Bytes()), "geometry"))
		if made.Header().Get("Content-Crs") != "<"+ref.String()+">" {
			t.Errorf("%s: answered in %s", ref, made.Header().Get("Content-Crs"))
		}
		same("stored", w.get(t, path).Body.Bytes(), want)
		etag := made.Header().Get("ETag")
		if again := w.must(t, 200, w.send(t, "PUT", path, body, append(header, "If-Match", etag)...)); again.Header().Get("ETag") != etag {
			t.Errorf("%s: the same again is another version", ref)
		}
		// A patch of the kind of geometry alone leaves the positions where they are.
		w.must(t, 200, w.send(t, "PATCH", path, `{"geometry":{"type":"Polygon"},"properties":{"name":"x"}}`, append(header, "If-Match", etag)...))
		same("patched", w.get(t, path).Body.Bytes(), want)
		set := fmt.Sprintf(`{"changes":[{"action":"insert","layer":"land","feature":%s}]}`, there.Body)
		wrote := member(t, parse(t, w.must(t, 200, w.send(t, "POST", "/changes", set, append(header, "Content-Type", "application/json")...)).Body.Bytes()), "wrote").([]any)
		same("in a set", w.get(t, fmt.Sprintf("/collections/land/items/%v", wrote[0].(map[string]any)["id"])).Body.Bytes(), want)
	}
	body := boothBody(`"name":"x"`)
	for _, address := range []string{"EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4214", "http://www.opengis.net/def/crs/EPSG/0/4550", "x"} {
		answer := w.must(t, 400, w.send(t, "POST", boothItems, body, "Content-Crs", "<"+address+">"))
		if !strings.Contains(answer.Body.String(), "4549") {
			t.Errorf("%s: %s", address, answer.Body)
		}
	}
	// Degrees that are sent as metres are no place in the zone.
	answer := w.must(t, 422, w.send(t, "POST", boothItems, body, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/4549>"))
	if !strings.Contains(answer.Body.String(), `"field":"geometry"`) {
		t.Errorf("%s", answer.Body)
	}
}
