package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/label"
)

// plainLabels stands for the page of labels.
func plainLabels(w http.ResponseWriter, _ *http.Request, status int, page *label.Page) {
	w.WriteHeader(status)
	fmt.Fprint(w, page.Fault, " ", len(page.Sheets.Labels))
	for _, l := range page.Sheets.Labels {
		fmt.Fprint(w, " ", l.Number, " ", l.Address)
	}
	if page.Set != nil {
		fmt.Fprint(w, " ", page.Set.Unknown, page.Set.Suggests, page.Set.Bare)
	}
}

// Labels are printed by who has signed in, for what is chosen, once it is known where
// codes lead.
func TestLabels(t *testing.T) {
	w := newWriter(t, func(c *api.Config) { c.SignInPage = func(http.ResponseWriter, *http.Request, int, access.Form) {} })
	staff := []string{"Authorization", "Bearer " + token}
	if answer := w.get(t, "/labels"); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/signin?to=labels" {
		t.Errorf("a resident gets %d %s", answer.Code, answer.Body)
	}
	if answer := w.get(t, "/labels?of=booths", staff...); answer.Body.String() != "no_address 0" {
		t.Errorf("without a public URL: %s", answer.Body)
	}
	w = newWriter(t, func(c *api.Config) { c.PublicURL = &url.URL{Scheme: "https", Host: "grid.example.org"} })
	const one = " 3707 0200 0186 https://grid.example.org/b/370702000186"
	for path, want := range map[string]string{
		"/labels":           "200  0",
		"/labels?of=booths": "200  2" + one + " 3707 0200 0283 https://grid.example.org/b/370702000283 [] [] 0",
		"/labels?of=booths&number=3707-0200-0186%0a370702000238": "200  1" + one + " [370702000238] [3707 0200 0283] 0",
		"/labels?of=cafes": "404 unknown 0", "/labels?of=facilities": "404 unknown 0", "/labels?of=facilities.cafe": "404 unknown 0",
		"/labels?of=booths&size=a3": "404 unknown 0", "/labels?of=booths&community=nowhere": "404 unknown 0",
		"/labels?of=facilities.camera_high": "200  0 [] [] 0",
	} {
		answer := w.get(t, path, staff...)
		if got := fmt.Sprint(answer.Code, " ", answer.Body); got != want {
			t.Errorf("%s: got  %s\nwant %s", path, got, want)
		}
	}
}
