package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/geo"
)

// inner is what a fault says of the inside, with all that could break a line of a log.
const inner = "dial postgres://gridatlas@10.1.2.3/city: INSIDE\nlevel=ERROR msg=made-up\x1b[31m\xff"

// broken is a store of which everything fails, and accounts that are kept in it.
type broken struct {
	known
	asked int
}

func (b *broken) fault() error {
	b.asked++
	return fmt.Errorf("ask the store: %w", errors.New(inner))
}

func (b *broken) Record(context.Context, string, string) (geo.Record, error) {
	return geo.Record{}, b.fault()
}
func (b *broken) Records(context.Context, string, func(geo.Record) error) error { return b.fault() }
func (b *broken) Apply(context.Context, geo.ChangeSet) (geo.Head, error) {
	return geo.Head{}, b.fault()
}
func (b *broken) Log(context.Context, int64, int) ([]geo.Header, error) { return nil, b.fault() }
func (b *broken) Headers(context.Context, []int64) ([]geo.Header, error) {
	return nil, b.fault()
}
func (b *broken) Deeds(context.Context, int64, geo.Key, int) ([]geo.Deed, error) {
	return nil, b.fault()
}
func (b *broken) History(context.Context, geo.Key) ([]geo.Past, error) { return nil, b.fault() }

func (b *broken) ByToken(ctx context.Context, secret string) (access.Who, error) {
	if secret == "lost" {
		return access.Who{}, b.fault()
	}
	return b.known.ByToken(ctx, secret)
}

func (b *broken) SignIn(context.Context, access.Credentials) (string, access.Who, error) {
	return "", access.Who{}, b.fault()
}

// A fault inside is told to nobody who asks, on any route, and stands in the log in one
// line, by the id of its request, beside nothing that was sent.
func TestAbuse35FaultsTellNothing(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	store := &broken{known: everything()}
	n := newTown(t, func(c *api.Config) {
		c.Store, c.Accounts, c.Log = store, store, slog.New(slog.NewTextHandler(&lockedWriter{&mu, &log}, nil))
		c.SignInPage = func(w http.ResponseWriter, _ *http.Request, status int, _ access.Form) { w.WriteHeader(status) }
	})
	const sent = "SENT"
	faults := map[string]bool{}
	try := func(template string, a ask, bearer string) {
		ctx, cancel := context.WithCancel(t.Context())
		if template == "/events" { // has no end
			cancel()
		}
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, a.method, "http://map.example/", strings.NewReader(a.body))
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(strings.ReplaceAll(a.path, " ", "%20"), "?")
		r.Header.Set("Authorization", "Bearer "+bearer)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("If-Match", "*")
		r.Header.Set("User-Agent", sent+"\x1b[31m")
		r.Header.Set("Idempotency-Key", sent)
		r.Header.Set("Content-Type", "application/json")
		if a.method == http.MethodPatch {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
		if template == "/signin" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.RemoteAddr = "203.0.113.77:5000"
		w := httptest.NewRecorder()
		n.ServeHTTP(w, r)
		id := w.Header().Get("X-Request-Id")
		text := fmt.Sprint(w.Header(), w.Body)
		if strings.Contains(text, "INSIDE") || strings.Contains(text, "10.1.2.3") || strings.Contains(text, "ask the store") {
			t.Errorf("%s %s tells %s", a.method, a.path, text)
		}
		if w.Code == http.StatusInternalServerError {
			faults[a.method+" "+template] = true
			if !strings.Contains(text, "urn:gridatlas:request:"+id) || !strings.Contains(log.String(), id) {
				t.Errorf("%s %s: nobody can find the fault of %s in the log", a.method, a.path, text)
			}
		}
	}
	for _, template := range api.Templates(n.Handler.(*api.Handler)) {
		for _, a := range crawl[template]() {
			try(template, a, token)
			try(template, a, "lost")
		}
	}
	booth := fmt.Sprintf("%s/%d", boothItems, idOf[*geo.Booth]("XLP-1"))
	try("/collections/{layer}/items/{id}", ask{http.MethodPatch, booth, `{"properties":{"phone":"` + sent + `"}}`}, token)
	try("/collections/{layer}/items/{id}", ask{http.MethodDelete, booth, ""}, token)
	try("/signin", ask{http.MethodPost, "/signin", "name=" + sent + "&password=" + sent}, token)
	for _, want := range []string{
		"PATCH /collections/{layer}/items/{id}", "DELETE /collections/{layer}/items/{id}", "GET /collections/{layer}/items", "GET /changes", "GET /worklist",
		"GET /proposals", "GET /me", "POST /changes/{revision}/revert", "GET /collections/{layer}/items/{id}/history",
	} {
		if !faults[want] {
			t.Errorf("%s does not fail with its store: nothing is shown by this", want)
		}
	}
	entry := regexp.MustCompile(`^time=\S+ level=(DEBUG|INFO|WARN|ERROR) msg=("([^"\\]|\\.)*"|\S+)( \w+=("([^"\\]|\\.)*"|[^\s"]*))*$`)
	for line := range strings.Lines(log.String()) {
		if !entry.MatchString(strings.TrimSuffix(line, "\n")) || strings.Contains(line, "\x1b") || strings.Contains(line, "\xff") {
			t.Errorf("%q is no line of a log", line)
		}
	}
	if !strings.Contains(log.String(), "INSIDE") {
		t.Error("not even the log has the fault")
	}
	said := regexp.MustCompile(`took=\S+`).ReplaceAllString(log.String(), "") // which may be 119.1 ms
	for _, not := range []string{sent, "203.0.113", token, "lost", "119.1"} {
		if strings.Contains(said, not) {
			t.Errorf("the log holds %q", not)
		}
	}
	t.Logf("%d kinds of request fail, the store was asked %d times", len(faults), store.asked)
}
