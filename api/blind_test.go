package api_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/canarytest"
	"gridatlas/geo/walk"
)

// ofTheMap are the words by which an answer says of which map it is, of which version
// a feature, and when it was made: they alone change when figures of a building do.
var ofTheMap = regexp.MustCompile(strings.Join([]string{
	`"(network_|walk_)?revision":\d+`, `(版本|Revision) \d+`, `"version":\d+`, `"(timeStamp|data_time|confirmed|started)":"[^"]*"`, `"age_seconds":[\d.]+`,
	`(Etag|X-Request-Id|Date|Last-Modified|Content-Length|Expires): [^\r\n]*`, `urn:gridatlas:request:\w+`, `page=[\w-]+`,
	`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?`, `[0-9a-f]{16}-\d+(-[0-9a-f]+)?`, `"dataAge":\d+`, `"offline":"[^"]*"`, `id="data-time">[^<]*`, `name="once" value="[^"]*"`,
}, "|"))

// attacks ask what differs by a house or two: circles from many places with many
// minutes, with and without something supposed, and coverage likewise.
func attacks(rng *rand.Rand) (list []ask) {
	for range 60 {
		lon, lat := middleLon+(rng.Float64()-0.5)*0.006, middleLat+(rng.Float64()-0.5)*0.005
		path := fmt.Sprintf("/walk/circle?lon=%.6f&lat=%.6f&minutes=1,2,3,4,%d&outlines=0", lon, lat, 5+rng.IntN(20))
		list = append(list, ask{http.MethodGet, path, ""}, ask{http.MethodGet, path + "&direction=to&speed=0.3", ""})
		for _, body := range supposals {
			list = append(list, ask{http.MethodPost, path, body})
		}
		shut := fmt.Sprintf(`{"closures":[{"type":"LineString","coordinates":[[%f,%f],[%f,%f]]}]}`, lon, lat, lon+0.0005, lat+0.0005)
		list = append(list, ask{http.MethodPost, path, shut},
			ask{http.MethodPost, fmt.Sprintf("/coverage?of=booths&by=grid&minutes=%d", 1+rng.IntN(15)), shut})
	}
	return list
}

// TestAbuse25FiguresOfABuildingChangeNothingPublic: whatever staff enter of the people in
// houses while the totals of their community stay, no public answer of any route has
// another byte, so nothing of a house can be told by comparing any number of answers.
func TestAbuse25FiguresOfABuildingChangeNothingPublic(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for minutes under the race detector; it is run whole without")
	}
	c := newCage(t)
	rng := rand.New(rand.NewPCG(3, 7)) //nolint:gosec // a test
	asks := attacks(rng)
	for _, template := range api.Templates(c.Handler.(*api.Handler)) {
		if template != "/events" && crawl[template] != nil {
			asks = append(asks, crawl[template]()...)
		}
	}
	// One figure of building 2 begins as an estimate, which is marked in its source.
	c.enter(t, 2, func(b *geo.Building) {
		b.Source, b.Residents = "OSM; 估算（人口）：按住宅建筑面积分摊社区统计数 2026-11-25", geo.Some[int32](40)
	})
	all := func() (answers [][]byte) {
		for _, a := range asks {
			status, answer := c.answer(t, a)
			answers = append(answers, append(fmt.Appendf(nil, "%d\n", status), ofTheMap.ReplaceAll(answer, []byte("…"))...))
		}
		return answers
	}
	before, staffBefore := all(), c.bandOf(t, staff...)
	published := c.bandOf(t)
	if published["people"] != 3120.0 || staffBefore["people"] == published["people"] {
		t.Fatalf("nothing can be told by %v and %v", published, staffBefore)
	}
	for round, figures := range []string{`{"residents":7,"households":3}`, `{"residents":null,"households":null,"rental_dwellings":2}`, `{"residents":90000,"households":1}`} {
		for id := 1; id <= 3; id++ {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, fmt.Sprintf("http://map.example/collections/buildings/items/%d", id), strings.NewReader(`{"properties":`+figures+`}`))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/merge-patch+json")
			r.Header.Set("If-Match", "*")
			w := httptest.NewRecorder()
			if c.ServeHTTP(w, r); w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		c.walkAlong()
		if now := c.bandOf(t, staff...); now["people"] == staffBefore["people"] && now["households"] == staffBefore["households"] {
			t.Fatalf("staff see no change: %v", now)
		}
		for i, answer := range all() {
			if !bytes.Equal(answer, before[i]) {
				at := 0
				for at < min(len(answer), len(before[i])) && answer[at] == before[i][at] {
					at++
				}
				from := max(0, at-120)
				t.Errorf("round %d, %s %s %s\n%.240q\nbefore\n%.240q", round, asks[i].method, asks[i].path, asks[i].body, answer[from:], before[i][from:])
			}
		}
		if t.Failed() {
			return
		}
	}
}

// enter changes a building in the store.
func (c *cage) enter(t *testing.T, id int64, change func(*geo.Building)) {
	t.Helper()
	f, _ := c.live.Current().Layer(geo.Buildings).Get(id)
	b := geo.Clone(f).(*geo.Building)
	change(b)
	head, err := c.store.Apply(t.Context(), geo.ChangeSet{At: now, Changes: geo.Changes(geo.Replace(b))})
	if err != nil {
		t.Fatal(err)
	}
	for c.live.Current().Head().Revision < head.Revision {
		time.Sleep(time.Millisecond)
	}
	c.walkAlong()
}

// walkAlong brings the walking map up with the map.
func (c *cage) walkAlong() { c.walk.Store(walk.Prepare(c.live.Current(), c.walk.Load())) }

// TestSumsAreOfTheWholeCityForItsStaffAlone: who is bound to a place gets the sums of
// the public, also for ground within it, and what staff are told lies in no cache.
func TestSumsAreOfTheWholeCityForItsStaffAlone(t *testing.T) {
	n := newNode(t, func(c *api.Config) {
		accounts := everything()
		accounts["local"] = access.Who{Name: "local", Grants: []access.Grant{{Role: access.Planner, Place: "370705001001"}}}
		c.Accounts = accounts
	})
	n.publish(build(1, canarytest.Town()...))
	for _, path := range []string{"/walk/circle?lon=119.1&lat=36.7&minutes=5,15&outlines=0", "/coverage?of=booths&minutes=15"} {
		// Asked in turn, so that one answer that is kept for another would be seen.
		var public, local, whole []string
		for range 2 {
			for _, view := range []struct {
				header  []string
				answers *[]string
			}{{nil, &public}, {staff, &whole}, {[]string{"Authorization", "Bearer local"}, &local}} {
				w := n.get(t, path, view.header...)
				*view.answers = append(*view.answers, w.Body.String())
				vary := strings.Join(w.Header().Values("Vary"), ", ")
				if !strings.Contains(vary, "Authorization") || !strings.Contains(vary, "Cookie") {
					t.Errorf("%s: Vary %q", path, vary)
				}
				if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") {
					t.Errorf("%s: Cache-Control %q", path, cache)
				}
			}
		}
		if local[0] != public[0] || local[1] != public[0] || public[1] != public[0] {
			t.Errorf("%s: the planner of a place is told\n%s\nthe public\n%s", path, local[0], public[0])
		}
		if whole[0] == public[0] || whole[1] != whole[0] || !strings.Contains(whole[0], `"figures":"own"`) || !strings.Contains(public[0], `"figures":"published"`) {
			t.Errorf("%s: staff are told\n%s\nthe public\n%s", path, whole[0], public[0])
		}
	}
}
