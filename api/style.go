package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
)

// style answers /styles/{name}.json.
func (s *server) style(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	name := mux.Vars(r)["name"]
	body, ok := s.Style(name, s.base(r))
	if !ok {
		return problem.NotFound("there is no style %q", name)
	}
	sum := sha256.Sum256(body)
	if unchanged(w, r, `"`+hex.EncodeToString(sum[:8])+`"`, revalidate) {
		return nil
	}
	return write(w, typeJSON, body)
}
