package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/access"
	"gridatlas/data"
	stores "gridatlas/data/storetest/both"
	"gridatlas/geo"
	"gridatlas/geo/photo"
)

// photographer is a town with the page on which photos of places are set, of which the
// last is kept.
type photographer struct {
	*writer
	last *photo.Page
}

func newPhotographer(t testing.TB, store data.Store) *photographer {
	p := &photographer{}
	show := func(c *api.Config) {
		c.PhotoPage = func(w http.ResponseWriter, _ *http.Request, status int, page *photo.Page) {
			p.last = page
			w.WriteHeader(status)
		}
	}
	if store == nil {
		p.writer = newWriter(t, show)
	} else {
		p.writer = newWriterOn(t, store, show)
	}
	return p
}

// plainPhoto is the page by which the photo of a place is set, as nothing.
func plainPhoto(w http.ResponseWriter, _ *http.Request, status int, _ *photo.Page) {
	w.WriteHeader(status)
}

const boothPhoto = "/photos/booths/1"

// post sends a form of the page of a booth; photo is a file.
func (p *photographer) post(t testing.TB, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	p.last = nil
	var list []field
	for i := 0; i < len(fields); i += 2 {
		one := field{name: fields[i], value: fields[i+1]}
		if one.name == "photo" {
			one.file = "a.jpg"
		}
		list = append(list, one)
	}
	body, mediaType := formBody(t, list)
	return p.send(t, http.MethodPost, boothPhoto, body.String(), "Content-Type", mediaType)
}

// must holds an answer to a status, and returns where it leads.
func (p *photographer) must(t testing.TB, status int, answer *httptest.ResponseRecorder) string {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("%d, want %d: %s, page %+v", answer.Code, status, answer.Body, p.last)
	}
	return answer.Header().Get("Location")
}

// shown is the mark of the photo of the booth.
func (p *photographer) shown(t testing.TB) string {
	t.Helper()
	f, ok := p.live.Current().Get(geo.Key{Layer: geo.Booths, ID: 1})
	if !ok {
		t.Fatal("there is no booth")
	}
	return f.(*geo.Booth).Photo
}

// kept is how many photos the store has.
func (p *photographer) kept(t testing.TB) (n int) {
	t.Helper()
	if err := photo.Places.All(t.Context(), p.store, func(string, int64, photo.Kept) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// front is a picture of one colour.
func front(t testing.TB, w, h int, grey uint8) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = grey
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()[:2] + "\xff\xfe\x00\x0bwhere-you" + out.String()[2:]
}

// left is a store that its test closes, and nobody before.
type left struct{ data.Store }

func (left) Close() error { return nil }

// TestPhotoOfAPlace: a photo is set, changed, taken down and put back, in both stores,
// each as a change of the place; everybody sees what is shown now, and nothing else.
func TestPhotoOfAPlace(t *testing.T) {
	stores.Stores(t, func(t *testing.T, store data.Store) {
		t.Run("over HTTP", func(t *testing.T) { photoOfAPlace(t, newPhotographer(t, left{store})) })
	})
}

func photoOfAPlace(t *testing.T, p *photographer) {
	p.must(t, 200, p.send(t, "GET", boothPhoto, ""))
	if page := p.last; page.Feature.Common().Name != "新华路小蓝棚" || page.Once == "" || page.Done != nil {
		t.Fatalf("the empty page: %+v", p.last)
	}
	p.must(t, 404, p.get(t, boothPhoto+"/0.jpg"))
	// Sent twice, it is one change.
	to := p.must(t, 303, p.post(t, "press", "set", "once", onceWord, "photo", front(t, 1200, 1000, 40)))
	again := p.must(t, 303, p.post(t, "press", "set", "once", onceWord, "photo", front(t, 1200, 1000, 40)))
	first := p.shown(t)
	if to != boothPhoto+"?did=2" || again != to || len(first) != 24 || p.kept(t) != 1 {
		t.Fatalf("led to %s, then to %s; %q is shown, %d are kept", to, again, first, p.kept(t))
	}
	p.must(t, 200, p.send(t, "GET", to, ""))
	if did := p.last.Done; did == nil || did.Was != "" || did.Is != first || !did.Undo {
		t.Errorf("the page tells %+v", did)
	}

	// Everybody sees it, upright, small and bare, and keeps it.
	path := boothPhoto + "/" + first + ".jpg"
	seen := p.get(t, path)
	m, err := jpeg.Decode(bytes.NewReader(seen.Body.Bytes()))
	if seen.Code != 200 || err != nil || m.Bounds().Size() != image.Pt(960, 640) || bytes.Contains(seen.Body.Bytes(), []byte("where-you")) {
		t.Fatalf("%d, %v of %v", seen.Code, err, seen.Header())
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "ETag": `"` + first + `"`, "Cache-Control": "public, max-age=86400, immutable", "X-Content-Type-Options": "nosniff",
	} {
		if got := seen.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	p.through.Store = failing{p.store, errors.New("not to be asked")}
	if kept := p.get(t, path, "If-None-Match", `"`+first+`"`); kept.Code != 304 || kept.Body.Len() != 0 {
		t.Errorf("who has it gets %d, %d bytes", kept.Code, kept.Body.Len())
	}
	p.through.Store = p.store
	if feature := p.get(t, boothItems+"/1").Body.String(); !strings.Contains(feature, `"photo":"`+first+`"`) || strings.Contains(feature, "office") {
		t.Errorf("the feature says %s", feature)
	}

	// Another one: who has the page with the one before is led to it.
	p.must(t, 303, p.post(t, "press", "set", "once", "x", "photo", front(t, 600, 600, 200)))
	second := p.shown(t)
	if led := p.get(t, path); led.Code != 302 || led.Header().Get("Location") != boothPhoto+"/"+second+".jpg" || led.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the one before leads to %d %v", led.Code, led.Header())
	}
	if small, err := jpeg.Decode(bytes.NewReader(p.get(t, boothPhoto+"/"+second+".jpg").Body.Bytes())); err != nil || small.Bounds().Size() != image.Pt(600, 400) {
		t.Errorf("%v", err)
	}
	p.must(t, 200, p.send(t, "GET", to, ""))
	if did := p.last.Done; did == nil || did.Undo {
		t.Errorf("what has changed since can be undone: %+v", did)
	}
	p.must(t, 409, p.post(t, "press", "undo", "revision", "2"))
	// What is shown already is no change.
	if to := p.must(t, 303, p.post(t, "press", "set", "once", "y", "photo", front(t, 600, 600, 200))); to != boothPhoto {
		t.Errorf("nothing new leads to %s", to)
	}

	// Taken down, it is at no address; undone twice, it is there again.
	to = p.must(t, 303, p.post(t, "press", "remove", "once", "z"))
	if answer := p.get(t, boothPhoto+"/"+second+".jpg"); answer.Code != 404 || p.shown(t) != "" {
		t.Errorf("taken down: %d", answer.Code)
	}
	revision := strings.TrimPrefix(to, boothPhoto+"?did=")
	for range 2 {
		p.must(t, 303, p.post(t, "press", "undo", "revision", revision))
		if p.shown(t) != second {
			t.Fatalf("undone: %q", p.shown(t))
		}
	}
	p.must(t, 200, p.get(t, boothPhoto+"/"+second+".jpg"))
	// The history has each of them, for staff.
	if history := p.send(t, "GET", boothItems+"/1/history", "").Body.String(); !strings.Contains(history, first) || !strings.Contains(history, "take down the photo of booths/1") {
		t.Errorf("the history tells %s", history)
	}
}

// TestPhotosThatAreRefused: whatever is no photo is refused for what it is, with the
// page, and nothing is stored.
func TestPhotosThatAreRefused(t *testing.T) {
	p := newPhotographer(t, nil)
	whole := front(t, 900, 600, 90)
	huge := []byte(front(t, 64, 64, 90))
	at := bytes.Index(huge, []byte{0xff, 0xc0})
	copy(huge[at+5:], []byte{0xff, 0xff, 0xff, 0xff}) // says that it is 65535 x 65535
	for name, c := range map[string]struct {
		photo  string
		status int
		fault  photo.Fault
	}{
		"none":           {"", 422, photo.FaultMissing},
		"a page":         {"<svg onload=alert(1)>", 415, photo.FaultKind},
		"a film":         {"\x00\x00\x00\x18ftypheic", 415, photo.FaultKind},
		"half":           {whole[:len(whole)/2], 422, photo.FaultBroken},
		"a bomb":         {string(huge), 413, photo.FaultLarge},
		"too many bytes": {whole + strings.Repeat("x", photo.MaxUpload), 413, photo.FaultLarge},
		"far too many":   {whole + strings.Repeat("x", 2*photo.MaxUpload), 413, photo.FaultLarge},
	} {
		p.must(t, c.status, p.post(t, "press", "set", "once", name, "photo", c.photo))
		if page := p.last; page == nil || len(page.Faults) != 1 || page.Faults[0] != c.fault {
			t.Errorf("%s: %+v", name, page)
		}
	}
	p.must(t, 400, p.post(t, "press", "burn"))
	p.must(t, 400, p.post(t, "press", "set", "of", "booths/2", "photo", whole))
	p.must(t, 415, p.send(t, "POST", boothPhoto, "press=remove", "Content-Type", "application/x-www-form-urlencoded"))
	for path, status := range map[string]int{
		"/photos/booths/99": 404, "/photos/facilities/2": 404 /* the camera */, "/photos/streets/1": 404, "/photos/nothing/1": 404, "/photos/booths/01": 404,
		"/photos/booths/1?x=1": 400,
	} {
		p.must(t, status, p.send(t, "GET", path, ""))
		p.must(t, status, p.send(t, "POST", path, ""))
	}
	p.must(t, 400, p.get(t, boothPhoto+"/0.jpg?x=1"))
	// A mark that nobody has sent a photo for is refused, however it is written.
	for _, mark := range []string{photo.Mark([]byte("x")), "../../etc", "x"} {
		answer := p.send(t, "PATCH", boothItems+"/1", fmt.Sprintf(`{"properties":{"photo":%q}}`, mark), "If-Match", "*")
		if p.must(t, 422, answer); !strings.Contains(answer.Body.String(), "no photo of this mark is kept") {
			t.Errorf("%s", answer.Body)
		}
	}
	if p.shown(t) != "" || p.kept(t) != 0 || p.live.Current().Head().Revision != 1 {
		t.Errorf("%q is shown, %d are kept at %d", p.shown(t), p.kept(t), p.live.Current().Head().Revision)
	}

	for _, failure := range []error{geo.ErrUnavailable, geo.ErrFull} {
		p.through.Store = failing{p.store, failure}
		p.must(t, 503, p.post(t, "press", "set", "photo", whole))
		if page := p.last; len(page.Faults) != 1 || page.Faults[0] != photo.FaultAway {
			t.Errorf("%v: %+v", failure, page)
		}
	}
}

// TestWhoSetsPhotos: who may write the place, and nobody else.
func TestWhoSetsPhotos(t *testing.T) {
	p := newPhotographer(t, nil)
	body, mediaType := formBody(t, []field{{name: "press", value: "set"}, {name: "photo", value: front(t, 30, 20, 1), file: "a.jpg"}})
	for role, want := range map[access.Role]int{access.GridWorker: 303, access.Planner: 303, access.Reviewer: 403, access.Emergency: 403, access.Administrator: 403} {
		p.known[token] = access.Who{Name: "one", Grants: []access.Grant{{Role: role}}}
		p.must(t, want, p.send(t, "POST", boothPhoto, body.String(), "Content-Type", mediaType))
	}
	p.known[token] = access.Who{Name: "one", Grants: []access.Grant{{Role: access.GridWorker, Place: "370705001111"}}}
	p.must(t, 403, p.send(t, "POST", boothPhoto, body.String(), "Content-Type", mediaType))
	p.must(t, 403, p.send(t, "GET", boothPhoto, ""))
	p.must(t, 401, p.send(t, "POST", boothPhoto, body.String(), "Content-Type", mediaType, "Authorization", ""))
	p.must(t, 401, p.get(t, boothPhoto))
}
