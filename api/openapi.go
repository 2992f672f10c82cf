package api

import (
	_ "embed" // the description of the routes
	"net/http"
)

//go:embed openapi.yaml
var openAPI []byte

// typeOpenAPI is what clients of OGC API look for.
const typeOpenAPI = "application/vnd.oai.openapi;version=3.0"

// openapi answers /openapi.yaml.
func (s *server) openapi(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	if unchanged(w, r, `W/"`+s.build.short+`"`, revalidate) {
		return nil
	}
	return write(w, typeOpenAPI, openAPI)
}
