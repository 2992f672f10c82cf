package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/api/qr"
	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/plate"
)

// aDay lets caches keep a code for a day: a number stays what it is, and its address
// changes with the public URL alone.
const aDay = "public, max-age=86400"

// plateCode answers /qr/{number}.svg and .png: the code on the plate of a booth, one
// out of use too.
func (s *server) plateCode(draw func(qr.Code) (string, []byte, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := readQuery(r); err != nil {
			return err
		}
		snap, err := s.snapshot(w)
		if err != nil {
			return err
		}
		typed := mux.Vars(r)["number"]
		number, err := plate.Parse(typed)
		if _, known := resident.ByNumber(snap, number); err != nil || !known {
			return unknownPlate(typed, err, resident.Suggest(snap, typed))
		}
		return s.writeCode(w, r, "/b/"+string(number), draw)
	}
}

// placeCode answers /qr/p/{code}.svg and .png: the code of a poster at a place that the
// public may know.
func (s *server) placeCode(draw func(qr.Code) (string, []byte, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := readQuery(r); err != nil {
			return err
		}
		snap, err := s.snapshot(w)
		if err != nil {
			return err
		}
		code := mux.Vars(r)["code"]
		if _, known := resident.ByCode(snap, code); !known {
			return &problem.Problem{Name: "qr-unknown", Status: http.StatusNotFound, Title: "No place has this code", Detail: "no place has the code " + code}
		}
		return s.writeCode(w, r, "/p/"+url.PathEscape(code), draw)
	}
}

// writeCode answers with the code of an address of ours.
func (s *server) writeCode(w http.ResponseWriter, r *http.Request, path string, draw func(qr.Code) (string, []byte, error)) error {
	code, err := qr.Of(s.base(r) + path)
	if err != nil {
		return err
	}
	mediaType, body, err := draw(code)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if unchanged(w, r, `"`+hex.EncodeToString(sum[:8])+`"`, aDay) {
		return nil
	}
	return write(w, mediaType, body)
}

func asSVG(c qr.Code) (string, []byte, error) { return "image/svg+xml", c.SVG(), nil }

func asPNG(c qr.Code) (string, []byte, error) {
	body, err := c.PNG()
	return "image/png", body, err
}

// unknownPlate says that no booth has a number, why it cannot be one if it cannot, and
// which may have been meant.
func unknownPlate(typed string, fault error, suggested []*geo.Booth) *problem.Problem {
	p := &problem.Problem{
		Name: "qr-unknown", Status: http.StatusNotFound, Title: "No plate has this number",
		Detail: "no booth has the number " + typed, Members: map[string]any{},
	}
	if fault != nil {
		p.Detail += ": " + fault.Error()
	}
	var numbers []string
	for _, booth := range suggested {
		numbers = append(numbers, booth.Number)
	}
	if numbers != nil {
		p.Members["suggestions"] = numbers
	}
	return p
}
