package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/geo"
	"gridatlas/tiles"
)

// listener is a client of /events.
type listener struct {
	response *http.Response
	lines    *bufio.Scanner
}

type event struct {
	ID       string
	Revision int64
	Epoch    string
	All      bool
	Layers   map[string][][4]float64
	Zooms    map[string][][2]int
}

func listen(t testing.TB, address string, header ...string) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = response.Body.Close() })
	return &listener{response, bufio.NewScanner(response.Body)}
}

// next returns the next event; io.EOF after the last.
func (l *listener) next() (event, error) {
	var e event
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "id":
			e.ID = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				return e, err
			}
		case "":
			if e.ID != "" {
				return e, nil
			}
		}
	}
	if err := l.lines.Err(); err != nil {
		return e, err
	}
	return e, io.EOF
}

func (l *listener) mustNext(t testing.TB) event {
	t.Helper()
	e, err := l.next()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// put publishes the next revision with some features in it.
func (n *node) put(features ...geo.Feature) {
	s := n.live.Current()
	head := s.Head()
	head.Revision++
	head.Hash = geo.Hash{byte(head.Revision)}
	n.live.Publish(s.Advance(geo.Delta{Since: head.Revision - 1, Head: head, Changed: features}))
}

func booth(id int64, x, y float64) *geo.Booth {
	return &geo.Booth{Base: geo.Base{ID: id, Version: 1, Shape: at(x, y)}, Trades: []string{"key"}}
}

func TestEventsTellWhereSomethingChanged(t *testing.T) {
	n := newTown(t)
	l := listen(t, newServer(t, n).URL+"/events")
	header := l.response.Header
	if l.response.StatusCode != http.StatusOK || header.Get("Content-Type") != "text/event-stream" ||
		header.Get("X-Accel-Buffering") != "no" || header.Get("Content-Encoding") != "" || !strings.Contains(header.Get("Cache-Control"), "no-transform") {
		t.Fatalf("%d %v", l.response.StatusCode, header)
	}
	first := l.mustNext(t)
	if first.ID != "7fffffffffffff01-1" || first.Revision != 1 || first.Epoch != "7fffffffffffff01" || first.All || first.Layers == nil || len(first.Layers) != 0 {
		t.Fatalf("got %+v", first)
	}
	n.put(booth(900, 40, 40))
	second := l.mustNext(t)
	boxes := second.Layers["booths"]
	if second.ID != "7fffffffffffff01-2" || second.All || len(second.Layers) != 1 || len(boxes) != 1 || boxes[0][0] != boxes[0][2] {
		t.Fatalf("got %+v", second)
	}
	if zooms := second.Zooms["booths"]; !slices.Equal(zooms, [][2]int{{11, tiles.MaxZoom}}) {
		t.Fatalf("zooms %v", zooms)
	}
	n.put(booth(900, 80, 40)) // from where to where
	third := l.mustNext(t)
	if moved := third.Layers["booths"]; len(moved) != 2 || !slices.Contains(moved, boxes[0]) {
		t.Fatalf("got %+v", third)
	}
	// What the public does not see is a revision and nothing more: a camera, a staff
	// field, an assignment that is not public.
	camera := &geo.Facility{Base: geo.Base{ID: 901, Version: 1, Shape: at(1, 1)}, Kind: "camera_police"}
	surveyed := geo.Clone(booth(900, 80, 40))
	surveyed.Common().SurveyedBy = canaryText
	n.put(camera, surveyed, &geo.Assignment{Base: geo.Base{ID: 902, Version: 1}})
	if e := l.mustNext(t); e.Revision != 4 || e.All || len(e.Layers) != 0 {
		t.Fatalf("got %+v", e)
	}
	n.put(&geo.Assignment{Base: geo.Base{ID: 903, Version: 1}, Public: geo.Some(true)})
	if e := l.mustNext(t); len(e.Layers) != 1 || e.Layers["assignments"] == nil || len(e.Layers["assignments"]) != 0 {
		t.Fatalf("got %+v", e)
	}
	n.publish(build(9, town()...)) // loaded anew
	if e := l.mustNext(t); e.Revision != 9 || e.All {
		t.Fatalf("got %+v", e)
	}
	n.publish(build(3, town()...)) // an older map: history was lost
	if e := l.mustNext(t); e.Revision != 3 || !e.All || e.Layers != nil {
		t.Fatalf("got %+v", e)
	}
}

// Events name the zooms at which tiles may be other than before: from where the
// layer begins in some set, and none when tiles do not have what changed.
func TestEventsTellZooms(t *testing.T) {
	n := newTown(t)
	server := newServer(t, n)
	l := listen(t, server.URL+"/events")
	l.mustNext(t)
	kiosk := func(id int64, name, address string) *geo.Facility {
		return &geo.Facility{Base: geo.Base{ID: id, Version: 1, Name: name, Shape: at(40*float64(id), 40)}, Kind: "toilet", Address: address}
	}
	shelter := &geo.Shelter{Base: geo.Base{ID: 910, Version: 1, Shape: at(10, 10)}}
	n.put(kiosk(900, "", ""), shelter)
	if e := l.mustNext(t); !slices.Equal(e.Zooms["facilities"], [][2]int{{15, tiles.MaxZoom}}) || !slices.Equal(e.Zooms["shelters"], [][2]int{{11 - 2, tiles.MaxZoom}}) {
		t.Errorf("a new toilet and a new shelter: %v", e.Zooms)
	}
	n.put(kiosk(900, "", "人民路12号")) // which is no attribute of tiles
	e := l.mustNext(t)
	if zooms := e.Zooms["facilities"]; len(e.Layers["facilities"]) != 1 || len(zooms) != 1 || zooms[0][0] <= zooms[0][1] {
		t.Errorf("another address: %v %v", e.Layers, e.Zooms)
	}
	n.put(kiosk(900, "公厕", "人民路12号"))
	if e := l.mustNext(t); !slices.Equal(e.Zooms["facilities"], [][2]int{{15, tiles.MaxZoom}}) {
		t.Errorf("another name: %v", e.Zooms)
	}
	// In one event that covers all three, the box is there with each.
	e = listen(t, server.URL+"/events?after=7fffffffffffff01-1").mustNext(t)
	if zooms := e.Zooms["facilities"]; len(zooms) != len(e.Layers["facilities"]) || !slices.Contains(zooms, [2]int{15, tiles.MaxZoom}) {
		t.Errorf("all at once: %v %v", e.Layers, e.Zooms)
	}
}

// Who comes back hears in one event of everything since the one heard last; of
// anything, when that is too long ago or of another epoch.
func TestEventsResume(t *testing.T) {
	n := newTown(t)
	server := newServer(t, n)
	for i := range 3 {
		n.put(booth(900+int64(i), float64(40*i), 40))
	}
	for _, test := range []struct {
		header, after string
		boxes         int
		all           bool
	}{
		{"7fffffffffffff01-1", "", 3, false},
		{"", "7fffffffffffff01-2", 2, false},
		{"7fffffffffffff01-3", "7fffffffffffff01-1", 1, false}, // the browser's own word counts
		{"7fffffffffffff01-4", "", 0, false},
		{"", "", 0, false},
		{"7fffffffffffff01-99", "", 0, true},
		{"7fffffffffffff02-4", "", 0, true},
	} {
		address := server.URL + "/events"
		if test.after != "" {
			address += "?after=" + test.after
		}
		e := listen(t, address, "Last-Event-ID", test.header).mustNext(t)
		if e.Revision != 4 || e.All != test.all || len(e.Layers["booths"]) != test.boxes {
			t.Errorf("%+v: got %+v", test, e)
		}
	}
	for i := range 70 {
		n.put(booth(900, float64(i), 40))
	}
	if e := listen(t, server.URL+"/events?after=7fffffffffffff01-4").mustNext(t); e.Revision != 74 || !e.All {
		t.Errorf("after 70 change sets: %+v", e)
	}
	if e := listen(t, server.URL+"/events?after=7fffffffffffff01-20").mustNext(t); e.All || len(e.Layers["booths"]) != 55 {
		t.Errorf("after 54 change sets: %+v", e)
	}
	for _, after := range []string{"1", "x-1", "7fffffffffffff01-", "7fffffffffffff01--1", "7fffffffffffff01-1-1"} {
		if w := n.get(t, "/events?after="+after); w.Code != http.StatusBadRequest {
			t.Errorf("after %q: %d %s", after, w.Code, w.Body)
		}
	}
}

// Boxes are bounded and cover everything.
func TestEventsAreBounded(t *testing.T) {
	n := newTown(t)
	l := listen(t, newServer(t, n).URL+"/events")
	l.mustNext(t)
	var many []geo.Feature
	for i := range 3000 {
		many = append(many, booth(1000+int64(i), float64(i%50*80), float64(i/50*80)))
	}
	n.put(many...)
	e := l.mustNext(t)
	boxes, zooms := e.Layers["booths"], e.Zooms["booths"]
	if len(boxes) != 64 || len(zooms) != 64 || zooms[0] != [2]int{11, tiles.MaxZoom} {
		t.Fatalf("%d boxes, zooms %v", len(boxes), zooms)
	}
	for _, f := range many {
		e := f.Common().Shape.Points()[0]
		lon, lat := float64(e.X)/1e7, float64(e.Y)/1e7
		if !slices.ContainsFunc(boxes, func(b [4]float64) bool { return b[0] <= lon && lon <= b[2] && b[1] <= lat && lat <= b[3] }) {
			t.Fatalf("booth %d is in no box", f.Common().ID)
		}
	}
}

// Only so many may listen; room that was left is given to the next.
func TestListenersAreBounded(t *testing.T) {
	n := newTown(t)
	server := newServer(t, n)
	const most = 1000
	var all []*listener
	for range most {
		all = append(all, listen(t, server.URL+"/events"))
	}
	l := listen(t, server.URL+"/events")
	if l.response.StatusCode != http.StatusServiceUnavailable || l.response.Header.Get("Retry-After") == "" {
		t.Fatalf("one more: %d", l.response.StatusCode)
	}
	n.put(booth(900, 1, 1))
	for i, l := range all {
		l.mustNext(t)
		if e := l.mustNext(t); e.Revision != 2 {
			t.Fatalf("listener %d: %+v", i, e)
		}
	}
	_ = all[0].response.Body.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if listen(t, server.URL+"/events").response.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no room was left by who went")
		}
	}
}

// Streams end when the server begins to stop, so that it need not cut them off.
func TestEventsEndWithTheServer(t *testing.T) {
	n := newTown(t)
	l := listen(t, newServer(t, n).URL+"/events")
	l.mustNext(t)
	n.Handler.(*api.Handler).EndEvents()
	if e, err := l.next(); !errors.Is(err, io.EOF) {
		t.Fatalf("got %+v, %v", e, err)
	}
}

// A listener that reads nothing holds nobody up: others hear of every map or of
// several in one.
func TestSlowListenerHoldsNobodyUp(t *testing.T) {
	n := newTown(t)
	server := newServer(t, n)
	listen(t, server.URL+"/events") // reads nothing
	l := listen(t, server.URL+"/events")
	l.mustNext(t)
	for i := range 200 {
		var many []geo.Feature
		for j := range 40 {
			many = append(many, booth(1000+int64(j), float64(i), float64(j*30)))
		}
		n.put(many...)
	}
	for last := int64(0); last < 201; {
		e := l.mustNext(t)
		if e.Revision <= last {
			t.Fatalf("revision %d after %d", e.Revision, last)
		}
		last = e.Revision
	}
}
