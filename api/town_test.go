package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/walk"
)

// What must never be seen in public: a text and a number that stand in every
// staff field of the town.
const (
	canaryText   = "CANARY-7f3a"
	canaryNumber = 76543217
)

const middleLon, middleLat = 119.1, 36.7

// ring returns corners given in metres around the middle of the town.
func ring(metres ...float64) []geo.Point {
	local := crs.NewLocal(crs.At(middleLon, middleLat))
	var points []geo.Point
	for i := 0; i < len(metres); i += 2 {
		points = append(points, local.Point(metres[i], metres[i+1]))
	}
	return points
}

func box(w, s, e, n float64) geo.Shape { return geo.PolygonShape(ring(w, s, e, s, e, n, w, n)) }

func at(x, y float64) geo.Shape { return geo.PointShape(ring(x, y)[0]) }

// town is a cross of two streets with houses, two booths, a clinic, a shelter, a
// camera for staff, and 250 communities in a row for paging.
func town() []geo.Feature {
	id := int64(0)
	base := func(code, name string, shape geo.Shape) geo.Base {
		id++
		return geo.Base{ID: id, Version: 3, Revision: 1, Code: code, Name: name, Shape: shape, SurveyedBy: canaryText}
	}
	secret := geo.Some[int32](canaryNumber)
	list := []geo.Feature{
		&geo.Place{Base: base("370705", "奎文区", box(-4000, -4000, 4000, 4000)), Kind: "district", Population: geo.Some[int32](400_000)},
		&geo.Street{Base: base("", "健康街", geo.LineShape(ring(-900, 0, 0, 0))), Class: "main", Foot: "yes"},
		&geo.Street{Base: base("", "健康街", geo.LineShape(ring(0, 0, 900, 0))), Class: "main", Foot: "yes"},
		&geo.Street{Base: base("", "新华路", geo.LineShape(ring(0, -900, 0, 0, 0, 450))), Class: "collector", Foot: "yes"},
		&geo.Compound{Base: base("C1", "五道庙小区", box(20, 20, 200, 200)), Community: "370705001000", Management: "good"},
		&geo.Building{Base: base("B1", "", box(30, 30, 80, 42)), Compound: "C1", Number: "3", Use: "residential", Levels: geo.Some[int32](6), Residents: secret, Households: secret, RentalDwellings: secret},
		&geo.Building{Base: base("", "", box(30, 60, 80, 72)), Compound: "C1", Number: "13", Use: "residential", Residents: geo.Some[int32](47), Households: geo.Some[int32](4)},
		&geo.Booth{Base: base("XLP-1", "新华路小蓝棚", at(10, 300)), Number: "370702000186", Trades: []string{"shoe", "key"}, Status: "open", Phone: "0536-1"},
		&geo.Booth{Base: base("XLP-2", "健康街小蓝棚", at(-400, 8)), Number: "370702000283", Trades: []string{"bicycle"}, Status: "away"},
		&geo.Facility{Base: base("", "南关卫生站", at(200, -9)), Kind: "clinic", StepFree: geo.Some(true)},
		&geo.Facility{Base: base("", canaryText+" 鹰眼", at(210, -9)), Kind: "camera_high"},
		&geo.Shelter{Base: base("S1", "人民公园", box(-300, 50, -200, 120)), Class: "short", State: "ready", Capacity: geo.Some[int32](1240), GrossM2: geo.Some(7000.5)},
		&geo.Block{Base: base("K1", "", box(0, 0, 10, 10)), Residents: secret, Households: secret, Work: secret},
		&geo.Assignment{Base: base("", "", geo.Shape{}), Role: "grid_head", Who: canaryText, OfLayer: "grids", DutyPhone: canaryText},
		&geo.Assignment{Base: base("", "", geo.Shape{}), Role: "grid_head", Who: "南关社区", OfLayer: "grids", Public: geo.Some(true)},
		&geo.LandArea{Base: base("", "虞河", box(-900, 500, 900, 540)), Kind: "water"},
		&geo.Grid{Base: base("370705001000001", "第一网格", box(0, 0, 400, 400)), Kind: "general", Community: "370705001000"},
		&geo.Street{Base: base("", "虞河桥", geo.LineShape(ring(0, 450, 0, 600))), Class: "collector", Foot: "yes", Bridge: true},
	}
	for i := range 250 {
		x := float64(i-125) * 30
		community := &geo.Place{Base: base(fmt.Sprintf("370705001%03d", i), fmt.Sprintf("第%d社区", i), box(x, -3000, x+30, 3000)), Kind: "community", Parent: "370705"}
		if i%2 == 0 {
			community.Until = geo.InstantOf(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		list = append(list, community)
	}
	return list
}

func build(revision int64, features ...geo.Feature) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, f := range features {
		b.Add(geo.Clone(f))
	}
	return b.Build(geo.Head{Epoch: 0x7fffffffffffff01, Revision: revision, Hash: geo.Hash{byte(revision)}})
}

// node is a handler over a town, with what tests turn.
type node struct {
	http.Handler
	live *snapshot.Live
	walk atomic.Pointer[walk.Map]
}

var now = time.Date(2026, 11, 21, 1, 12, 40, 0, time.UTC) // a Saturday morning in Weifang

func newNode(t testing.TB, change ...func(*api.Config)) *node {
	t.Helper()
	n := &node{live: &snapshot.Live{}}
	config := api.Config{
		Live: n.live, Walk: n.walk.Load, Clock: func() time.Time { return now },
		Zone:  time.FixedZone("Asia/Shanghai", 8*3600),
		Pages: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "<!doctype html>"+r.URL.Path) }),
		Style: func(name, base string) ([]byte, bool) {
			return []byte(`{"version":8,"sources":{"map":{"url":"` + base + `/tiles/map.json"}}}`), name == "day"
		},
	}
	for _, f := range change {
		f(&config)
	}
	handler := api.New(config)
	n.Handler = handler
	n.live.OnChange(func(_, after *snapshot.Snapshot) { handler.Published(after) })
	return n
}

// staff is the header of who may see everything everywhere, at a node withStaff.
var staff = []string{"Authorization", "Bearer " + token}

func withStaff(c *api.Config) { c.Accounts = everything() }

// newTown is a node that has loaded the town.
func newTown(t testing.TB, change ...func(*api.Config)) *node {
	t.Helper()
	n := newNode(t, change...)
	n.publish(build(1, town()...))
	return n
}

func (n *node) publish(s *snapshot.Snapshot) {
	n.live.Publish(s)
	n.walk.Store(walk.Prepare(s, n.walk.Load()))
}

// get asks the node for a path; header are name, value pairs.
func (n *node) get(t testing.TB, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return n.ask(t, http.MethodGet, path, header...)
}

func (n *node) ask(t testing.TB, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://map.example"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	return w
}

// getJSON asks for a path that must be answered with 200 and an object.
func (n *node) getJSON(t testing.TB, path string) map[string]any {
	t.Helper()
	w := n.get(t, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return parse(t, w.Body.Bytes())
}

func parse(t testing.TB, text []byte) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return object
}

// linkOf returns the address of a link of a document, empty when it has none.
func linkOf(document map[string]any, rel string) string {
	links, _ := document["links"].([]any)
	for _, l := range links {
		if l := l.(map[string]any); l["rel"] == rel {
			return l["href"].(string)
		}
	}
	return ""
}

// local turns a link of the service into a path.
func local(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host != "map.example" {
		t.Fatalf("a link to %q (%v)", address, err)
	}
	return u.RequestURI()
}
