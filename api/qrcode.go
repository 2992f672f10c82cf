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
	"gridatlas/geo/snapshot"
)

// aDay lets caches keep a code for a day: a number stays what it is, and its address
// changes with the public URL alone.
const aDay = "public, max-age=86400"

// plateCode answers /qr/{number}.svg and .png: the code on the plate of a booth, one
// out of use too.
func (s *server) plateCode(draw drawing) handler {
	return s.codeOf(draw, func(snap *snapshot.Snapshot, r *http.Request) (string, error) {
		typed := mux.Vars(r)["number"]
		number, err := plate.Parse(typed)
		if _, known := resident.ByNumber(snap, number); err != nil || !known {
			return "", unknownPlate(typed, err, resident.Suggest(snap, typed))
		}
		return "/b/" + string(number), nil
	})
}

// placeCode answers /qr/p/{code}.svg and .png: the code of a poster at a place that the
// public may know.
func (s *server) placeCode(draw drawing) handler {
	return s.codeOf(draw, func(snap *snapshot.Snapshot, r *http.Request) (string, error) {
		code := mux.Vars(r)["code"]
		if _, known := resident.ByCode(snap, code); !known {
			return "", &problem.Problem{Name: "qr-unknown", Status: http.StatusNotFound, Title: "No place has this code", Detail: "no place has the code " + code}
		}
		return "/p/" + url.PathEscape(code), nil
	})
}

// codeOf answers with the code of a page of ours, whose path the newest map tells.
func (s *server) codeOf(draw drawing, pathOf func(*snapshot.Snapshot, *http.Request) (string, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := readQuery(r); err != nil {
			return err
		}
		snap, err := s.snapshot(w)
		if err != nil {
			return err
		}
		path, err := pathOf(snap, r)
		if err != nil {
			return err
		}
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
}

// drawing makes a picture of a code and says of which type it is.
type drawing func(qr.Code) (mediaType string, body []byte, err error)

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
