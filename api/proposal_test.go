package api_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
)

func fourEyes(c *api.Config) { c.FourEyes = true }

// newOffice is a town where nobody publishes alone: wang draws, li reviews, and the
// planner of the grid and another reviewer are bound to other places.
func newOffice(t *testing.T) *writer {
	t.Helper()
	w := newWriter(t, fourEyes)
	for name, grants := range map[string][]access.Grant{
		"wang": {{Role: access.Planner}, {Role: access.Reviewer}}, "li": {{Role: access.Reviewer}},
		"far": {{Role: access.Reviewer, Place: "370705001001"}}, "worker": {{Role: access.GridWorker}},
	} {
		w.known[name] = access.Who{Name: name, Grants: grants}
	}
	return w
}

func (w *writer) as(t testing.TB, name, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	if body == "" && method == "POST" {
		body = "{}"
	}
	if method == "POST" {
		header = append([]string{"Content-Type", "application/json"}, header...)
	}
	return w.send(t, method, path, body, append([]string{"Authorization", "Bearer " + name}, header...)...)
}

// proposed changes the name of the grid, as wang, and returns where that waits.
func (w *writer) proposed(t testing.TB, name string) string {
	t.Helper()
	grid := fmt.Sprintf("/collections/grids/items/%d", w.idOf(t, geo.Grids, gridOfTown))
	answer := w.must(t, 202, w.as(t, "wang", "PATCH", grid, fmt.Sprintf(`{"properties":{"name":%q}}`, name), "If-Match", "*"))
	return local(t, answer.Header().Get("Location"))
}

func (w *writer) gridName(t testing.TB) string {
	t.Helper()
	f, _ := w.live.Current().Layer(geo.Grids).ByCode(gridOfTown)
	return f.Common().Name
}

// What somebody draws becomes public when somebody else says so, and then it is the
// work of who drew it.
func TestAbuse22NobodyPublishesAlone(t *testing.T) {
	w := newOffice(t)
	before := w.live.Current().Head().Revision
	proposal := w.proposed(t, "甲")
	if w.gridName(t) != "第一网格" || w.live.Current().Head().Revision != before {
		t.Fatal("what is proposed is public")
	}
	document := parse(t, w.must(t, 200, w.as(t, "li", "GET", proposal, "")).Body.Bytes())
	if text, _ := json.Marshal(document["changes"]); !strings.Contains(string(text), `{"field":"name","is":"甲","was":"第一网格"}`) || document["author"] != "wang" || document["state"] != "open" {
		t.Errorf("a reviewer reads %v", document)
	}
	w.must(t, 404, w.as(t, "far", "GET", proposal, ""))
	w.must(t, 404, w.as(t, "far", "POST", proposal+"/publish", ""))
	w.must(t, 403, w.as(t, "worker", "POST", proposal+"/publish", ""))
	w.must(t, 403, w.as(t, "worker", "POST", proposal+"/refuse", ""))
	if answer := w.must(t, 403, w.as(t, "wang", "POST", proposal+"/publish", "")); !strings.Contains(answer.Body.String(), "four-eyes") {
		t.Errorf("who is planner and reviewer publishes alone: %s", answer.Body)
	}
	w.must(t, 401, w.get(t, proposal))
	w.must(t, 403, w.as(t, "li", "POST", proposal+"/withdraw", ""))
	w.must(t, 200, w.as(t, "li", "POST", proposal+"/publish", ""))
	if w.gridName(t) != "甲" {
		t.Error("what was published is not public")
	}
	log := w.must(t, 200, w.as(t, "li", "GET", fmt.Sprintf("/changes?since=%d", before), "")).Body.String()
	if !strings.Contains(log, `"author":"wang"`) || !strings.Contains(log, "published by li") {
		t.Errorf("the log says %s", log)
	}
	w.must(t, 409, w.as(t, "li", "POST", proposal+"/publish", ""))
	w.must(t, 409, w.as(t, "wang", "POST", proposal+"/withdraw", ""))
	// Points and buildings need nobody else.
	w.must(t, 200, w.as(t, "worker", "PATCH", fmt.Sprintf("%s/%d", boothItems, w.idOf(t, geo.Booths, "XLP-1")), `{"properties":{"phone":"1"}}`, "If-Match", "*"))
}

// A proposal that does not fit the map any more is refused and goes on waiting; its
// author takes it back, a reviewer sends it back with a reason.
func TestProposalsThatCome(t *testing.T) {
	w := newOffice(t)
	first, second, third := w.proposed(t, "甲"), w.proposed(t, "乙"), w.proposed(t, "丙")
	w.must(t, 200, w.as(t, "li", "POST", first+"/publish", ""))
	w.must(t, 409, w.as(t, "li", "POST", second+"/publish", ""))
	w.must(t, 200, w.as(t, "wang", "POST", second+"/withdraw", `{"reason":"甲已发布"}`))
	sent := parse(t, w.must(t, 200, w.as(t, "li", "POST", third+"/refuse", `{"reason":"界线不清"}`)).Body.Bytes())
	if sent["state"] != "refused" || sent["reason"] != "界线不清" || sent["by"] != "li" {
		t.Errorf("sent back as %v", sent)
	}
	for state, n := range map[string]float64{"": 3, "?state=open": 0, "?state=published": 1, "?state=refused": 1, "?state=withdrawn": 1} {
		if got := parse(t, w.must(t, 200, w.as(t, "li", "GET", "/proposals"+state, "")).Body.Bytes())["numberMatched"]; got != n {
			t.Errorf("%q lists %v", state, got)
		}
	}
	w.must(t, 400, w.as(t, "li", "GET", "/proposals?state=lost", ""))
	w.must(t, 404, w.as(t, "li", "GET", "/proposals/nothing", ""))
	if w.gridName(t) != "甲" {
		t.Errorf("the grid is named %s", w.gridName(t))
	}
}

// Sets, new features, deletions and takings back wait as well; faults are said at once;
// with a key the same request is one proposal.
func TestWhatIsProposed(t *testing.T) {
	w := newOffice(t)
	id := w.idOf(t, geo.Grids, gridOfTown)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"a set":       {"POST", "/changes", fmt.Sprintf(`{"changes":[{"action":"patch","layer":"grids","id":%d,"version":1,"feature":{"properties":{"name":"丁"}}},{"action":"patch","layer":"booths","id":%d,"version":1,"feature":{"properties":{"phone":"9"}}}]}`, id, w.idOf(t, geo.Booths, "XLP-1")), 202},
		"a duty":      {"POST", "/collections/assignments/items", fmt.Sprintf(`{"type":"Feature","geometry":null,"properties":{"role":"grid_head","who":"某单位","of_layer":"grids","of_code":%q}}`, gridOfTown), 202},
		"a deletion":  {"DELETE", fmt.Sprintf("/collections/grids/items/%d", id), "", 202},
		"a fault":     {"PATCH", fmt.Sprintf("/collections/grids/items/%d", id), `{"properties":{"kind":"no such kind"}}`, 422},
		"nothing new": {"PATCH", fmt.Sprintf("/collections/grids/items/%d", id), `{"properties":{"name":"第一网格"}}`, 200},
	} {
		if answer := w.as(t, "wang", c.method, c.path, c.body, "If-Match", "*"); answer.Code != c.status {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	again := func() string {
		return w.must(t, 202, w.as(t, "wang", "PATCH", fmt.Sprintf("/collections/grids/items/%d", id), `{"properties":{"name":"戊"}}`, "If-Match", "*", "Idempotency-Key", "k")).Header().Get("Location")
	}
	if first := again(); first == "" || again() != first {
		t.Error("the same request twice is two proposals")
	}
	// Of many reviewers at once one publishes.
	proposal := w.proposed(t, "己")
	var wait sync.WaitGroup
	var published atomic.Int32
	for range 8 {
		wait.Go(func() {
			switch answer := w.as(t, "li", "POST", proposal+"/publish", ""); answer.Code {
			case 200:
				published.Add(1)
			case 409:
			default:
				t.Errorf("%d %s", answer.Code, answer.Body)
			}
		})
	}
	wait.Wait()
	if published.Load() != 1 || w.gridName(t) != "己" {
		t.Errorf("published %d times, named %s", published.Load(), w.gridName(t))
	}
	// One's own published work is taken back by a proposal, too.
	revision := w.live.Current().Head().Revision
	w.must(t, 202, w.send(t, "POST", fmt.Sprintf("/changes/%d/revert", revision), "", "Authorization", "Bearer wang"))
}
