package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/photo"
)

// TestPhotoOnAPage: a place with a photo shows it in a box of its size, one without has
// no box, and the kept page of a plate follows a change of the photo.
func TestPhotoOnAPage(t *testing.T) {
	s := newStreet(t)
	h := s.handler()
	page := func(path string) string { return text(t, get(t, h, path)) }
	b := s.booth(t, openBooth)
	for _, mark := range []string{"", photo.Mark([]byte("one")), photo.Mark([]byte("other")), ""} {
		b.Photo = mark
		s.publish()
		for range 2 {
			body := page("/b/" + openBooth)
			want := `<img class="photo" src="/photos/` + geo.KeyOf(b).String() + "/" + mark + `.jpg" width="960" height="640" alt="健康街&lt;小&gt;蓝棚" loading="lazy" decoding="async">`
			if strings.Contains(body, want) != (mark != "") || strings.Contains(body, "<img") != (mark != "") {
				t.Errorf("with the mark %q: %s", mark, body)
			}
			if strings.Contains(body, `href="/photos/`) {
				t.Error("a resident is led to where the photo is set")
			}
		}
		if len(page("/b/"+openBooth)) > 30_000 {
			t.Error("the page has grown")
		}
	}
}

// TestPhotoPage: the page on which a photo is set says what was done and what is wrong,
// beside the field, and how a photo is to be taken.
func TestPhotoPage(t *testing.T) {
	s := newStreet(t)
	b := s.booth(t, openBooth)
	b.Photo = photo.Mark([]byte("one"))
	s.publish()
	h := s.handler()
	show := func(path string, p *photo.Page) string {
		w := httptest.NewRecorder()
		h.Photo(w, httptest.NewRequest(http.MethodGet, path, nil), http.StatusOK, p)
		return w.Body.String()
	}
	for fault, says := range map[photo.Fault]string{
		photo.FaultMissing: "还没有选照片", photo.FaultKind: "不是 JPG 或 PNG", photo.FaultLarge: "照片太大", photo.FaultBroken: "打不开",
		photo.FaultBusy: "传照片的人太多", photo.FaultAway: "暂时存不了", photo.FaultChanged: "没有改成",
	} {
		if body := show("/photos/booths/1", &photo.Page{Feature: b, Once: "once", Faults: []photo.Fault{fault}}); !strings.Contains(body, says) {
			t.Errorf("%s: %s", fault, body)
		}
	}
	for says, did := range map[string]*photo.Done{
		"照片放上去了": {Revision: 7, Is: "1", Undo: true}, "照片换好了": {Revision: 7, Was: "1", Is: "2", Undo: true}, "照片撤下来了": {Revision: 7, Was: "1"},
	} {
		body := show("/photos/booths/1", &photo.Page{Feature: b, Done: did})
		if !strings.Contains(body, says) || strings.Contains(body, `name="revision" value="7"`) != did.Undo {
			t.Errorf("%+v: %s", did, body)
		}
	}
	body := show("/photos/booths/1?lang=en", &photo.Page{Feature: b, Once: "once"})
	for _, says := range []string{"No faces and no number plates", "Take the photo down", `name="once" value="once"`, `href="/b/` + openBooth + `"`} {
		if !strings.Contains(body, says) {
			t.Errorf("no %q in %s", says, body)
		}
	}
	b.Photo = ""
	if body := show("/photos/booths/1", &photo.Page{Feature: b}); strings.Contains(body, "<img") || strings.Contains(body, "撤下") || !strings.Contains(body, "还没有照片") {
		t.Errorf("without a photo: %s", body)
	}
}
