package api

import (
	_ "embed" // the description of the routes
	"net/http"
	"sync"

	"gridatlas/api/openapi"
	"gridatlas/api/problem"
)

//go:embed openapi.yaml
var openAPI []byte

// Description is what openapi.yaml says of the routes.
var Description = sync.OnceValue(func() *openapi.Document {
	document, err := openapi.Parse(openAPI)
	if err != nil {
		panic(err) // a test reads it
	}
	return document
})

// What clients of OGC API look for.
const (
	typeOpenAPI     = "application/vnd.oai.openapi;version=3.0"
	typeOpenAPIJSON = "application/vnd.oai.openapi+json;version=3.0"
)

// openapi answers /openapi.yaml.
func (s *server) openapi(w http.ResponseWriter, r *http.Request) error {
	return s.writeDescription(w, r, typeOpenAPI, openAPI)
}

// openapiJSON answers /openapi.json.
func (s *server) openapiJSON(w http.ResponseWriter, r *http.Request) error {
	return s.writeDescription(w, r, typeOpenAPIJSON, Description().JSON)
}

func (s *server) writeDescription(w http.ResponseWriter, r *http.Request, mediaType string, text []byte) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	if unchanged(w, r, `W/"`+s.build.short+`"`, revalidate) {
		return nil
	}
	return write(w, mediaType, text)
}

// docs answers /docs: the description of the routes for people, a page.
func (s *server) docs(w http.ResponseWriter, r *http.Request) error {
	if s.Pages == nil {
		return problem.NotFound("this server has no pages")
	}
	s.Pages.ServeHTTP(w, r)
	return nil
}
