package photo_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/photo"
)

// TestOfPlace: the middle is kept, three to two as it is seen, no larger than pages show
// and no larger than it was, in few bytes, with nothing hidden in it.
func TestOfPlace(t *testing.T) {
	for _, c := range []struct {
		w, h int
		turn uint16
		size image.Point
	}{
		{3000, 2000, 1, image.Pt(960, 640)}, {4000, 3000, 1, image.Pt(960, 640)}, {3000, 4000, 1, image.Pt(960, 640)}, {961, 641, 1, image.Pt(960, 640)},
		{4000, 3000, 6, image.Pt(960, 640)}, {3000, 4000, 8, image.Pt(960, 640)}, {300, 200, 1, image.Pt(300, 200)}, {300, 300, 1, image.Pt(300, 200)},
		{200, 300, 5, image.Pt(300, 200)}, {1000, 500, 1, image.Pt(750, 500)}, {1, 1, 1, image.Pt(1, 1)}, {1, 900, 1, image.Pt(1, 1)}, {900, 1, 6, image.Pt(1, 1)},
	} {
		upload := withSegment(asJPEG(t, quarters(c.w, c.h)), 0xe1, exif(binary.BigEndian, c.turn))
		kept, err := photo.OfPlace(upload)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil || m.Bounds().Size() != c.size || len(kept) > photo.PlaceBytes || bytes.Contains(kept, []byte("Exif")) {
			t.Errorf("%d x %d held as %d: %v, %d bytes, %v", c.w, c.h, c.turn, m.Bounds(), len(kept), err)
		}
		if want := map[uint16]string{1: "rgbw", 5: "rbgw", 6: "brwg", 8: "gwrb"}[c.turn]; c.w > 100 && c.h > 100 && cornersOf(m) != want {
			t.Errorf("%d x %d held as %d: the corners are %s, not %s", c.w, c.h, c.turn, cornersOf(m), want)
		}
	}
	for _, upload := range [][]byte{nil, []byte("<svg>"), asJPEG(t, quarters(60, 40))[:200], sized(asPNG(t, quarters(60, 40)), 20000, 20000), make([]byte, photo.MaxUpload+1)} {
		if kept, err := photo.OfPlace(upload); err == nil || kept != nil {
			t.Errorf("%.20q gives %d bytes, %v", upload, len(kept), err)
		}
	}
}

// TestMark: a photo is named by what is in it, and stands at an address of its own.
func TestMark(t *testing.T) {
	one, other := photo.Mark([]byte("one")), photo.Mark([]byte("other"))
	if len(one) != 24 || one == other || one != photo.Mark([]byte("one")) {
		t.Errorf("%s, %s", one, other)
	}
	b := &geo.Booth{Base: geo.Base{ID: 7}, Photo: one}
	if got := photo.Path(b); got != "/photos/booths/7/"+one+".jpg" {
		t.Error(got)
	}
	if photo.Path(&geo.Booth{}) != "" || photo.Path(&geo.Street{}) != "" {
		t.Error("a path of no photo")
	}
}
