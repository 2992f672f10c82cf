package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/data/gpkg"
)

// visitor is a browser with one cookie.
type visitor struct {
	*node
	cookie *http.Cookie
}

// send asks as a browser on the page of our own host does; header are name, value
// pairs that may say otherwise.
func (v *visitor) send(t testing.TB, method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "https://map.example"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if cookie.Path != "/" { // only names the account, for the page /my
			continue
		}
		if v.cookie = cookie; cookie.MaxAge < 0 {
			v.cookie = nil
		}
	}
	return w
}

// newDoor is a town where people can sign in: wang, a planner of everywhere.
func newDoor(t *testing.T) *visitor {
	t.Helper()
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "accounts.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	book := access.NewBook(store, func() time.Time { return now })
	if _, err := book.Add(t.Context(), "test", "wang", "five willows by the river", []access.Grant{{Role: access.Planner}}); err != nil {
		t.Fatal(err)
	}
	return &visitor{node: newTown(t, func(c *api.Config) {
		c.Accounts, c.Store = book, deaf{}
		c.SignInPage = func(w http.ResponseWriter, _ *http.Request, status int, form access.Form) {
			w.WriteHeader(status)
			fmt.Fprintf(w, "who=%s name=%s to=%s fault=%s wait=%d plain=%v", form.Who.Name, form.Name, form.To, form.Fault, form.Wait, form.Plain)
		}
	})}
}

func signInForm(password, to string) url.Values {
	return url.Values{"name": {"wang"}, "password": {password}, "to": {to}}
}

// TestSignIn: a person signs in, does something, and signs out; afterwards the cookie
// opens nothing.
func TestSignIn(t *testing.T) {
	v := newDoor(t)
	if w := v.send(t, "GET", "/me", nil); w.Code != 401 {
		t.Errorf("a resident is somebody: %d %s", w.Code, w.Body)
	}
	if w := v.send(t, "POST", "/signin", signInForm("wrong", "docs")); w.Code != 401 || v.cookie != nil || !strings.Contains(w.Body.String(), "name=wang to=docs fault=wrong") {
		t.Errorf("a wrong password: %d %s", w.Code, w.Body)
	}
	w := v.send(t, "POST", "/signin", signInForm("five willows by the river", ""))
	if w.Code != 303 || w.Header().Get("Location") != "/" || v.cookie == nil {
		t.Fatalf("signing in: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if set := w.Header().Get("Set-Cookie"); !strings.HasPrefix(set, "__Host-gridatlas=") {
		t.Errorf("a session in %s", set)
	}
	for _, flag := range []string{"Path=/", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=43200"} {
		if !strings.Contains(w.Header().Get("Set-Cookie"), "; "+flag) {
			t.Errorf("the cookie is not %s", flag)
		}
	}
	w = v.send(t, "GET", "/me", nil)
	if w.Code != 200 || parse(t, w.Body.Bytes())["name"] != "wang" || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("signed in as %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := v.send(t, "GET", "/collections/booths/items", nil); !strings.Contains(w.Body.String(), canaryText) {
		t.Error("who signed in is not shown what is for staff")
	}
	if w := v.send(t, "GET", "/signin", nil); !strings.Contains(w.Body.String(), "who=wang") {
		t.Errorf("the page does not know who came: %s", w.Body)
	}
	kept := *v.cookie
	if w := v.send(t, "POST", "/signout", url.Values{}); w.Code != 303 || v.cookie != nil {
		t.Errorf("signing out: %d %v", w.Code, w.Header())
	}
	v.cookie = &kept
	if w := v.send(t, "GET", "/me", nil); w.Code != 401 || v.cookie != nil {
		t.Errorf("a session goes on after signing out: %d, %v", w.Code, v.cookie)
	}
	if w := v.send(t, "GET", "/collections/booths/items", nil); strings.Contains(w.Body.String(), canaryText) || w.Code != 200 {
		t.Error("who signed out is shown what is for staff")
	}
}

// TestAbuse20CrossOrigin: what the page of another host makes a browser send is refused,
// also a sign-in and a sign-out.
func TestAbuse20CrossOrigin(t *testing.T) {
	v := newDoor(t)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		if w := v.send(t, "POST", "/signin", signInForm("five willows by the river", ""), header...); w.Code != 403 || v.cookie != nil {
			t.Errorf("%v signs in: %d", header, w.Code)
		}
	}
	v.send(t, "POST", "/signin", signInForm("five willows by the river", ""))
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		for _, ask := range []struct{ method, path string }{{"DELETE", "/collections/booths/items/1"}, {"POST", "/changes"}, {"POST", "/signout"}} {
			var form url.Values
			if ask.path == "/signout" {
				form = url.Values{}
			}
			if w := v.send(t, ask.method, ask.path, form, header...); w.Code != 403 || !strings.Contains(w.Body.String(), "cross-origin") {
				t.Errorf("%v %s %s: %d %s", header, ask.method, ask.path, w.Code, w.Body)
			}
		}
	}
	if w := v.send(t, "DELETE", "/collections/booths/items/1", nil); w.Code != 428 {
		t.Errorf("our own page is refused: %d %s", w.Code, w.Body)
	}
}

// TestAbuse18OpenRedirect: no address that a link or a form brings is followed.
func TestAbuse18OpenRedirect(t *testing.T) {
	for to, want := range map[string]string{
		"": "/", "docs": "/docs", "//evil.example": "/", "https://evil.example": "/", "/\\evil.example": "/", "docs\r\nX: y": "/", "../docs": "/",
	} {
		v := newDoor(t)
		w := v.send(t, "POST", "/signin", signInForm("five willows by the river", to))
		if w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%q leads to %q", to, w.Header().Get("Location"))
		}
	}
}

// TestSignInForms: what is no form is refused, and an empty one is wrong.
func TestSignInForms(t *testing.T) {
	v := newDoor(t)
	for name, ask := range map[string]struct {
		body, mediaType string
		status          int
	}{
		"json":      {`{"name":"wang"}`, "application/json", 415},
		"no type":   {"name=wang", "", 415},
		"multipart": {"--x--", "multipart/form-data; boundary=x", 415},
		"too large": {"name=" + strings.Repeat("w", 8<<10), "application/x-www-form-urlencoded", 413},
		"broken":    {"name=%zz", "application/x-www-form-urlencoded", 400},
		"empty":     {"", "application/x-www-form-urlencoded", 401},
	} {
		r := httptest.NewRequest(http.MethodPost, "https://map.example/signin", strings.NewReader(ask.body))
		if ask.mediaType != "" {
			r.Header.Set("Content-Type", ask.mediaType)
		}
		w := httptest.NewRecorder()
		v.ServeHTTP(w, r)
		if w.Code != ask.status {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, ask.status, w.Body)
		}
	}
}

// TestGuessingOverHTTP is told to wait, and for how long; a proxy that is trusted
// says for whom it asks, and nobody else does.
func TestGuessingOverHTTP(t *testing.T) {
	v := newDoor(t)
	for range 5 {
		v.send(t, "POST", "/signin", signInForm("wrong", ""))
	}
	v.send(t, "POST", "/signin", signInForm("wrong", ""))
	w := v.send(t, "POST", "/signin", signInForm("five willows by the river", ""))
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "fault=too_soon wait=1") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestNetworkOf(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"192.0.2.7:1234", "", "192.0.2.7"},
		{"192.0.2.7:1234", "198.51.100.1", "192.0.2.7"}, // nobody trusts it
		{"10.1.2.3:1234", "198.51.100.1", "198.51.100.1"},
		{"10.1.2.3:1234", "203.0.113.9, 198.51.100.1", "198.51.100.1"}, // the first was made up by the client
		{"10.1.2.3:1234", "203.0.113.9, 198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:1234", "unknown", "10.1.2.3"},
		{"10.1.2.3:1234", "", "10.1.2.3"},
		{"[::1]:1234", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.7]:1234", "", "192.0.2.7"},
		{"[fe80::1%eth0]:1234", "", "fe80::/64"},
		{"@", "", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := api.NetworkOf(proxies, r); got != c.want {
			t.Errorf("%s for %q: %q, want %q", c.remote, c.forwarded, got, c.want)
		}
	}
}
