package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
)

// publicStyle is the style of the public set of tiles, which is named map.
const publicStyle = "day"

// style answers /styles/{name}.json; map is another name of the style of day.
func (s *server) style(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	name := mux.Vars(r)["name"]
	known := name
	if name == "map" {
		known = publicStyle
	}
	body, ok := s.Style(known, s.base(r))
	if !ok {
		return problem.NotFound("there is no style %q", name)
	}
	sum := sha256.Sum256(body)
	if unchanged(w, r, `"`+hex.EncodeToString(sum[:8])+`"`, revalidate) {
		return nil
	}
	return write(w, typeJSON, body)
}
