package api

import "net/http"

// worklist answers /worklist: what imports left for people to decide, as GeoJSON.
// It is read from the store each time, since no revision tells when it changes,
// and is there only where the server was started to show it.
func (s *server) worklist(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	body, err := s.Worklist(r.Context())
	if err != nil {
		return err
	}
	return write(w, typeGeoJSON, body)
}
