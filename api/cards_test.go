package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/api/label"
)

// plainCards stands for the page of cards: the fault, booths with their cards, and what
// is to be printed.
func plainCards(w http.ResponseWriter, _ *http.Request, status int, page *label.CardPage) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintf(w, "fault=%s ended=%s more=%d bare=%d once=%s", page.Fault, page.Ended, page.More, page.Bare, page.Once)
	for _, b := range page.Booths {
		fmt.Fprintf(w, "\n%s card=%v by=%s", b.Number, !b.Made.IsZero(), b.By)
	}
	for _, l := range page.Sheets.Labels {
		fmt.Fprintf(w, "\nprinted %s %s", l.Number, l.Address)
	}
}

// form sends what the page of cards sends.
func (w *writer) form(t *testing.T, want int, secret string, pairs ...string) string {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "http://map.example/cards", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+secret)
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	if answer.Code != want {
		t.Errorf("%v: %d, want %d: %s", pairs, answer.Code, want, answer.Body)
	}
	if to := answer.Header().Get("Location"); to != "" {
		return to
	}
	return answer.Body.String()
}

// Cards are made of the booths that are ticked, are told this once, and end.
func TestCardsPage(t *testing.T) {
	w := newWriter(t, func(c *api.Config) {
		c.PublicURL = &url.URL{Scheme: "https", Host: "grid.example.org"}
		c.SignInPage = func(http.ResponseWriter, *http.Request, int, access.Form) {}
	})
	first, second := w.idOf(t, "booths", "XLP-1"), w.idOf(t, "booths", "XLP-2")
	if answer := w.get(t, "/cards"); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/signin?to=cards" {
		t.Errorf("%d %s", answer.Code, answer.Header().Get("Location"))
	}
	list := func(secret string) string {
		answer := w.get(t, "/cards", "Authorization", "Bearer "+secret)
		if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Cache-Control"), "no-store") {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
		return answer.Body.String()
	}
	if page := list(token); !strings.Contains(page, "\n3707 0200 0186 card=false by=\n3707 0200 0283 card=false by=") {
		t.Fatalf("%s", page)
	}
	one, two := strconv.FormatInt(first, 10), strconv.FormatInt(second, 10)
	made := w.form(t, 200, token, "once", "a", "booth", two, "booth", one, "booth", one, "size", "a6")
	var links []string
	for _, line := range strings.Split(made, "\n") {
		if text, is := strings.CutPrefix(line, "printed "); is {
			links = append(links, text)
		}
	}
	if len(links) != 2 || !strings.HasPrefix(links[0], "3707 0200 0186 https://grid.example.org/m/"+one+".") || !strings.HasPrefix(links[1], "3707 0200 0283 https://grid.example.org/m/"+two+".") {
		t.Fatalf("%s", made)
	}
	pathOf := func(link string) string {
		_, secret, _ := strings.Cut(link, "/m/")
		return "/m/" + secret
	}
	m := &master{w, pathOf(links[0])}
	m.page(t, 200)
	if page := list(token); !strings.Contains(page, "0186 card=true by=chief") || strings.Contains(page, "/m/") {
		t.Errorf("%s", page)
	}
	// Sent again nothing is made, and what is printed goes on working.
	if again := w.form(t, 422, token, "once", "a", "booth", one, "booth", two); !strings.HasPrefix(again, "fault=made") || strings.Contains(again, "/m/") {
		t.Errorf("%s", again)
	}
	m.page(t, 200)
	for name, test := range map[string]struct {
		form []string
		says string
	}{
		"nothing":        {[]string{"once", "b"}, "fault=none"},
		"no such booth":  {[]string{"once", "b", "booth", "99999", "booth", one}, "fault=gone"},
		"no number":      {[]string{"once", "b", "booth", "x"}, "fault=gone"},
		"end of no such": {[]string{"end", "99999"}, "fault=gone"},
		"end of nothing": {[]string{"end", "", "booth", one}, "fault=gone"},
	} {
		if answer := w.form(t, 422, token, test.form...); !strings.HasPrefix(answer, test.says) {
			t.Errorf("%s: %s", name, answer)
		}
	}
	m.page(t, 200) // no choice that failed made anything
	if to := w.form(t, 303, token, "end", one, "booth", two); to != "/cards?community=&ended=370702000186" {
		t.Errorf("leads to %s", to)
	}
	m.page(t, 404)
	if page := w.get(t, "/cards?ended=370702000186", "Authorization", "Bearer "+token).Body.String(); !strings.HasPrefix(page, "fault= ended=3707 0200 0186") {
		t.Errorf("%s", page)
	}
	w.form(t, 303, token, "end", one) // ended already
	m.card = pathOf(links[1])
	m.page(t, 200) // the other one goes on
}

// Who may not record at a booth neither sees it on the page nor makes or ends its card.
func TestCardsOfOthers(t *testing.T) {
	w := newWriter(t)
	w.known["reader"] = access.Who{Name: "reader", Grants: []access.Grant{{Role: "viewer"}}}
	id := strconv.FormatInt(w.idOf(t, "booths", "XLP-1"), 10)
	w.form(t, 401, "nobody", "booth", id)
	page := w.get(t, "/cards", "Authorization", "Bearer reader").Body.String()
	if strings.Contains(page, "3707") {
		t.Errorf("%s", page)
	}
	w.form(t, 422, "reader", "booth", id)
	w.form(t, 422, "reader", "end", id)
	// Where nobody said under which address the server is reached, nothing is printed.
	if answer := w.form(t, 422, token, "booth", id); !strings.HasPrefix(answer, "fault=no_address") || strings.Contains(answer, "/m/") {
		t.Errorf("%s", answer)
	}
}
