package api

import (
	"net/http"
	"time"

	"gridatlas/api/problem"
)

// worklist answers /worklist: what imports left for people to decide, as GeoJSON.
// It is read from the store each time, since no revision tells when it changes,
// and is there only where the server was started to show it.
func (s *server) worklist(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	body, err := s.Worklist(r.Context())
	if err != nil {
		s.Log.Warn("the worklist cannot be read", "error", err)
		return &problem.Problem{
			Name: "store-unavailable", Status: http.StatusServiceUnavailable, Title: "The store does not answer now",
			RetryAfter: 5 * time.Second,
		}
	}
	return write(w, typeGeoJSON, body)
}
