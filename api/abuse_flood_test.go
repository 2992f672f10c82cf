package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
)

// A flood of sign-ins is bounded in what it costs: access.Hasher lets two hash at a
// time, and who has guessed too often waits.
func TestAbuse21SignInFlood(t *testing.T) {
	v := newDoor(t)
	statuses := map[int]int{}
	for range 30 {
		w := v.send(t, "POST", "/signin", signInForm("wrong", ""))
		statuses[w.Code]++
	}
	if statuses[401] != 6 || statuses[429] != 24 {
		t.Errorf("30 guesses at once: %v", statuses)
	}
}

// pacedTown is a town at the usual paces, and how it is asked from an address; the clock
// stands until it is moved.
func pacedTown(t *testing.T) (clock *time.Time, ask func(address, path string) *httptest.ResponseRecorder) {
	t.Helper()
	at := now
	n := newTown(t, func(c *api.Config) { c.Paces, c.Clock = 1, func() time.Time { return at } })
	return &at, func(address, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://map.example"+path, nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		n.ServeHTTP(w, r)
		return w
	}
}

// A flood of circles from one network is told to wait, and others are served; the
// usual pace leaves a network 20 circles a second.
func TestAbuse29Flood(t *testing.T) {
	clock, ask := pacedTown(t)
	const circle = "/walk/circle?lon=119.1&lat=36.7&minutes=5"
	served := 0
	for range 100 {
		if ask("192.0.2.1:5000", circle).Code == 200 {
			served++
		}
	}
	if served != 60 {
		t.Errorf("%d of 100 at once are served", served)
	}
	w := ask("192.0.2.1:5001", circle)
	if wait := w.Header().Get("Retry-After"); w.Code != 429 || wait < "1" || wait > "4" || !strings.Contains(w.Body.String(), "rate-limited") {
		t.Errorf("a flood: %d %v %s", w.Code, w.Header(), w.Body)
	}
	for _, path := range []string{"/healthz", "/tiles/map/14/0/0.mvt", "/collections/booths/items", "/"} {
		if w := ask("192.0.2.1:5002", path); w.Code >= 400 {
			t.Errorf("%s while circles are slowed down: %d", path, w.Code)
		}
	}
	if w := ask("192.0.2.2:5000", circle); w.Code != 200 {
		t.Errorf("another network: %d", w.Code)
	}
	served = 0
	for range 10 * 100 { // ten seconds at 100 a second
		*clock = clock.Add(10 * time.Millisecond)
		if ask("192.0.2.1:5000", circle).Code == 200 {
			served++
		}
	}
	if served < 195 || served > 205 {
		t.Errorf("%d circles in ten seconds", served)
	}
}

// Many residents may come by one address, that of a carrier, at the same moment: each
// loads the page with its tiles, looks for a shelter and walks to it. Nobody is told to
// wait, and while a flood of circles from there is, what is cheap goes on.
func TestAbuse30CarrierAddress(t *testing.T) {
	_, ask := pacedTown(t)
	const address = "100.64.0.1:5000"
	spot := tileAt(15)
	tile := fmt.Sprintf("/tiles/map/15/%d/%d.mvt", spot[0], spot[1])
	resident := func(i int) {
		for range 40 {
			if w := ask(address, tile); w.Code != 200 {
				t.Fatalf("resident %d, a tile: %d", i, w.Code)
			}
		}
		for _, path := range []string{"/", "/styles/day.json", "/collections/shelters/items", "/grids/at?lon=119.1&lat=36.7", "/search?q=公园"} {
			if w := ask(address, path); w.Code != 200 {
				t.Fatalf("resident %d, %s: %d", i, path, w.Code)
			}
		}
	}
	for i := range 50 {
		resident(i)
		if w := ask(address, "/walk/nearest?lon=119.1&lat=36.7&of=shelters"); w.Code != 200 {
			t.Fatalf("resident %d, the nearest shelter: %d", i, w.Code)
		}
	}
	refused := 0
	for range 100 {
		if ask(address, "/walk/circle?lon=119.1&lat=36.7&minutes=5").Code == 429 {
			refused++
		}
	}
	if refused < 80 {
		t.Errorf("of 100 circles more %d are refused", refused)
	}
	for i := range 20 {
		resident(50 + i)
	}
}
