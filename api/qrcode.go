package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/api/qr"
	"gridatlas/geo"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// aDay lets caches keep a code for a day: a number stays what it is, and its address
// changes with the public URL alone.
const aDay = "public, max-age=86400"

// maxSuggested is how many numbers an answer suggests.
const maxSuggested = 5

// pathOf is where a plate leads.
func pathOfNumber(number plate.Number) string { return "/b/" + string(number) }

// pathOfCode is where the poster of a place leads.
func pathOfCode(code string) string { return "/p/" + url.PathEscape(code) }

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
		known := numbersOf(snap)
		number, err := plate.Parse(typed)
		if err != nil || !known[number] {
			return unknownPlate(typed, err, plate.Suggest(typed, func(n plate.Number) bool { return known[n] }))
		}
		return s.writeCode(w, r, pathOfNumber(number), draw)
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
		if !slices.ContainsFunc(snap.Layers(), func(layer *snapshot.Layer) bool {
			f, there := layer.ByCode(code)
			return there && geo.ForPublic(f)
		}) {
			return &problem.Problem{Name: "qr-unknown", Status: http.StatusNotFound, Title: "No place has this code", Detail: "no place has the code " + code}
		}
		return s.writeCode(w, r, pathOfCode(code), draw)
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

// numbersOf is the numbers that booths of a map have.
func numbersOf(snap *snapshot.Snapshot) map[plate.Number]bool {
	known := map[plate.Number]bool{}
	for booth := range snapshot.All[*geo.Booth](snap) {
		known[plate.Number(booth.Number)] = true
	}
	return known
}

// unknownPlate says that no booth has a number, why it cannot be one if it cannot, and
// which may have been meant.
func unknownPlate(typed string, fault error, suggested []plate.Number) *problem.Problem {
	p := &problem.Problem{
		Name: "qr-unknown", Status: http.StatusNotFound, Title: "No plate has this number",
		Detail: "no booth has the number " + typed, Members: map[string]any{},
	}
	if fault != nil {
		p.Detail += ": " + fault.Error()
	}
	if suggested = suggested[:min(len(suggested), maxSuggested)]; len(suggested) > 0 {
		p.Members["suggestions"] = suggested
	}
	return p
}
