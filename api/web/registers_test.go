package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/register"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
	draw "gridatlas/geo/street/streettest"
)

// Every table of the registers can be written in both languages, of booths and parking
// in every state.
func TestRegisters(t *testing.T) {
	town := &draw.Town{}
	draw.Add(town, &geo.Place{Base: geo.Base{Code: "C1", Name: "甲社区"}, Kind: "community"}, draw.Square(0, 0, 300))
	draw.Add(town, &geo.Booth{}, draw.Dot(0, 0)) // nobody has said anything of it
	for _, status := range register.Statuses {
		draw.Add(town, &geo.Booth{Status: status.Value, Number: "370702500397", LastChecked: 100}, draw.Dot(900, 0))
	}
	for _, kind := range stalls.Kinds {
		draw.Add(town, &geo.ParkingSpace{Kind: kind.Value, Number: "1"}, draw.Dot(0, 0))
	}
	draw.Add(town, &geo.ParkingSpace{}, draw.Dot(0, 900))
	s, now := town.Snapshot(), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	live := &snapshot.Live{}
	live.Publish(s)
	h := web.New(web.Config{Live: live})
	for _, language := range []string{"zh", "en"} {
		for _, view := range register.Views {
			for _, community := range []string{"", "C1"} {
				sheet := register.Sheet{View: view, Sort: register.Usual[view], Community: community, Cap: 2, Decided: true, Decisions: []register.Decision{{At: now, By: "chief", Text: "<b>纪要"}}}
				sheet.Booths, sheet.Parking = register.ListBooths(s, nil, nil, now), register.ListParking(s, now)
				sheet.Arrange()
				w := httptest.NewRecorder()
				h.Registers(w, httptest.NewRequest(http.MethodGet, "/registers?view="+view+"&lang="+language, nil), sheet)
				if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "</html>") || strings.Contains(body, "<b>纪要") {
					t.Errorf("%s of %q in %s: %d %s", view, community, language, w.Code, body)
				}
			}
		}
	}
}

// A share that is not nothing is not written as nothing, nor one that is not all as all.
func TestSharesAtTheEnds(t *testing.T) {
	town := &draw.Town{}
	draw.Add(town, &geo.ParkingSpace{Kind: "accessible", Number: "1"}, draw.Dot(0, 0))
	draw.Add(town, &geo.ParkingSpace{Kind: "charging", Capacity: geo.Some[int32](5000)}, draw.Dot(0, 9))
	live, now := &snapshot.Live{}, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	live.Publish(town.Snapshot())
	w := httptest.NewRecorder()
	sheet := register.Sheet{View: "parking", Sort: register.Usual["parking"], Parking: register.ListParking(live.Current(), now)}
	web.New(web.Config{Live: live}).Registers(w, httptest.NewRequest(http.MethodGet, "/registers?view=parking", nil), sheet)
	for _, want := range []string{"1 · &lt;0.1%", "5,000 · &gt;99.9%"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s: %s", want, w.Body)
		}
	}
}
