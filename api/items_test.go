package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// pages follows next from a path and returns the ids it met, in order.
func pages(t testing.TB, n *node, path string, between func(page int)) []int64 {
	t.Helper()
	var ids []int64
	for page := 0; path != ""; page++ {
		doc := n.getJSON(t, path)
		features := doc["features"].([]any)
		if int(doc["numberReturned"].(float64)) != len(features) {
			t.Fatalf("%s: numberReturned %v of %d", path, doc["numberReturned"], len(features))
		}
		for _, f := range features {
			ids = append(ids, int64(f.(map[string]any)["id"].(float64)))
		}
		path = ""
		if next := linkOf(doc, "next"); next != "" {
			path = local(t, next)
		}
		if between != nil {
			between(page)
		}
	}
	return ids
}

func renamed(f geo.Feature, revision int64) geo.Feature {
	f = geo.Clone(f)
	base := f.Common()
	base.Name, base.Version, base.Revision = fmt.Sprintf("r%d", revision), base.Version+1, revision
	return f
}

// advance publishes the next revision: the first place is deleted and the others
// are renamed.
func advance(n *node) *snapshot.Snapshot {
	s := n.live.Current()
	revision := s.Head().Revision + 1
	delta := geo.Delta{Head: geo.Head{Epoch: s.Head().Epoch, Revision: revision}}
	for f := range s.Layer(geo.Places).After(0) {
		if delta.Deleted == nil && s.Layer(geo.Places).Len() > 200 {
			delta.Deleted = []geo.Key{geo.KeyOf(f)}
			continue
		}
		delta.Changed = append(delta.Changed, renamed(f, revision))
	}
	next := s.Advance(delta)
	n.live.Publish(next)
	return next
}

func TestPagingVisitsEachOnce(t *testing.T) {
	for _, path := range []string{
		"/collections/places/items?limit=7", "/collections/places/items?limit=251",
		"/collections/places/items?limit=50&kind=community",
		"/collections/places/items?limit=20&bbox=119.09,36,119.11,37", "/collections/streets/items?limit=1",
		"/collections/streets/items?limit=3", "/collections/booths/items?bbox=119,36,-170,37&limit=1",
	} {
		t.Run(path, func(t *testing.T) {
			n := newTown(t)
			want := pages(t, n, whole(path), nil)
			got := pages(t, n, path, nil)
			if fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
				t.Errorf("got %d ids %v, want %d", len(got), got, len(want))
			}
			for i := 1; i < len(got); i++ {
				if got[i] <= got[i-1] {
					t.Errorf("%d after %d", got[i], got[i-1])
				}
			}
		})
	}
}

// whole asks the same question for all at once.
func whole(path string) string {
	before, after, _ := strings.Cut(path, "limit=")
	_, rest, _ := strings.Cut(after, "&")
	return before + "limit=1000&" + rest
}

// Who reads on while the map changes reads the map of the first page, and its
// numberMatched stays true.
func TestPagingKeepsItsRevision(t *testing.T) {
	n := newTown(t)
	want := pages(t, n, "/collections/places/items?limit=1000", nil)
	got := pages(t, n, "/collections/places/items?limit=40", func(page int) {
		if page < 6 {
			advance(n)
		}
	})
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %d of %d", len(got), len(want))
	}
	if after := pages(t, n, "/collections/places/items?limit=1000", nil); len(after) >= len(want) {
		t.Errorf("the map did not change: %d", len(after))
	}
}

// A next page is promised for five minutes from the page before, through however many
// maps.
func TestOldPageIsGone(t *testing.T) {
	clock := now
	n := newTown(t, func(c *api.Config) { c.Clock = func() time.Time { return clock } })
	next := func(path string) string { return local(t, linkOf(n.getJSON(t, path), "next")) }
	second := next("/collections/places/items?limit=5&kind=community")
	for range 40 {
		advance(n)
		next("/collections/places/items?limit=5") // promises a next page of each map
	}
	clock = clock.Add(4 * time.Minute)
	third := next(second)
	clock = clock.Add(4 * time.Minute)
	next("/collections/places/items?limit=5")
	next(third)
	clock = clock.Add(6 * time.Minute)
	next("/collections/places/items?limit=5")
	w := n.get(t, second)
	body := parse(t, w.Body.Bytes())
	if w.Code != http.StatusGone || body["type"] != "urn:gridatlas:problem:page-expired" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	start := local(t, body["start"].(string))
	if strings.Contains(start, "page=") || n.getJSON(t, start)["numberMatched"] == nil || !strings.Contains(w.Header().Get("Link"), "start") {
		t.Errorf("start again at %s, Link %s", start, w.Header().Get("Link"))
	}
}

func TestPageOfAnotherQuestion(t *testing.T) {
	n := newTown(t)
	u, err := url.Parse(linkOf(n.getJSON(t, "/collections/places/items?limit=5"), "next"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/collections/places/items?kind=community&page=", "/collections/streets/items?page="} {
		if w := n.get(t, path+u.Query().Get("page")); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := n.get(t, "/collections/places/items?limit=9&page="+u.Query().Get("page")); w.Code != http.StatusOK {
		t.Errorf("another limit: %d", w.Code)
	}
}

func TestFeature(t *testing.T) {
	n := newTown(t)
	doc := n.getJSON(t, "/collections/buildings/items/6")
	properties := doc["properties"].(map[string]any)
	if doc["type"] != "Feature" || doc["id"] != 6.0 || doc["version"] != 3.0 || properties["number"] != "3" || properties["levels"] != 6.0 {
		t.Errorf("got %v", doc)
	}
	if year, known := properties["year"]; year != nil || !known {
		t.Errorf("an unknown year is %v", year)
	}
	if linkOf(doc, "self") != "http://map.example/collections/buildings/items/6" || linkOf(doc, "collection") != "http://map.example/collections/buildings" {
		t.Errorf("links %v", doc["links"])
	}
	// The tag is of the feature: another revision that leaves it alone keeps it.
	tag := n.get(t, "/collections/buildings/items/6").Header().Get("ETag")
	advance(n)
	if again := n.get(t, "/collections/buildings/items/6", "If-None-Match", tag); again.Code != http.StatusNotModified {
		t.Errorf("got %d", again.Code)
	}
	place := n.get(t, "/collections/places/items/30").Header().Get("ETag")
	advance(n)
	if again := n.get(t, "/collections/places/items/30", "If-None-Match", place); again.Code != http.StatusOK {
		t.Errorf("a changed feature: %d", again.Code)
	}
}

// A tag of a map falls with the next revision.
func TestTagsFollowTheRevision(t *testing.T) {
	n := newTown(t)
	tag := n.get(t, "/collections/places/items?limit=1").Header().Get("ETag")
	tile := n.get(t, "/tiles/places/14/13612/6394.mvt").Header().Get("ETag")
	streets := n.get(t, "/tiles/streets/14/13612/6394.mvt").Header().Get("ETag")
	advance(n)
	if w := n.get(t, "/collections/places/items?limit=1", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("items: %d", w.Code)
	}
	if w := n.get(t, "/tiles/places/14/13612/6394.mvt", "If-None-Match", tile); w.Code != http.StatusOK {
		t.Errorf("a changed tile: %d", w.Code)
	}
	if w := n.get(t, "/tiles/streets/14/13612/6394.mvt", "If-None-Match", streets); w.Code != http.StatusNotModified {
		t.Errorf("a tile that did not change: %d", w.Code)
	}
}

// Walking through the documents from / reaches a feature, as a client of OGC API
// Features does.
func TestClientFindsItsWay(t *testing.T) {
	n := newTown(t)
	landing := n.getJSON(t, "/?f=json")
	for _, rel := range []string{"self", "conformance", "data"} {
		n.getJSON(t, local(t, linkOf(landing, rel)))
	}
	list := n.getJSON(t, local(t, linkOf(landing, "data")))["collections"].([]any)
	if len(list) != len(geo.Catalog()) {
		t.Errorf("%d collections", len(list))
	}
	for _, c := range list {
		c := c.(map[string]any)
		for _, rel := range []string{"self", "describedby", "http://www.opengis.net/def/rel/ogc/1.0/queryables"} {
			n.getJSON(t, local(t, linkOf(c, rel)))
		}
		items := n.getJSON(t, local(t, linkOf(c, "items")))
		for _, f := range items["features"].([]any)[:min(len(items["features"].([]any)), 1)] {
			n.getJSON(t, fmt.Sprintf("/collections/%s/items/%v", c["id"], f.(map[string]any)["id"]))
		}
	}
}
