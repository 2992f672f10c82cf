package api

import (
	"net/http"
	"strconv"
	"strings"
)

// format is a form that features are served in.
type format struct {
	name      string // that the parameter f takes
	mediaType string
	usual     int // how many features an answer has when nobody says
	most      int
}

// How many members a list has when nobody says, and at most.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// The forms of features. A page of GeoJSON is for programs that go on to the next;
// tables are opened by people, who want all of it.
var (
	asGeoJSON = &format{name: "json", mediaType: typeGeoJSON, usual: defaultLimit, most: maxLimit}
	asCSV     = &format{name: "csv", mediaType: typeCSV, usual: 100_000, most: 100_000}
	asPackage = &format{name: "gpkg", mediaType: typeGeoPackage, usual: 100_000, most: 100_000}
)

// formats lists what features are served in; the first where nobody says.
func (s *server) formats() []*format {
	if s.GeoPackage == nil {
		return []*format{asGeoJSON, asCSV}
	}
	return []*format{asGeoJSON, asCSV, asPackage}
}

// formatOf chooses a form: what f says, else what the client would rather have of
// those that it accepts. One that accepts none of them gets the first.
func (s *server) formatOf(w http.ResponseWriter, r *http.Request, q query) *format {
	w.Header().Add("Vary", "Accept")
	all := s.formats()
	if q.has("f") {
		for _, form := range all {
			if form.name == q.text("f") {
				return form
			}
		}
		return asGeoJSON // under its other name
	}
	accepted := parseAccept(r.Header.Get("Accept"))
	best, most := asGeoJSON, 0.0
	for _, form := range all {
		weight := accepted.weight(form.mediaType)
		if form == asGeoJSON {
			weight = max(weight, accepted.weight(typeJSON))
		}
		if weight > most {
			best, most = form, weight
		}
	}
	return best
}

// accept is what a client accepts: media types and ranges with their weights.
type accept map[string]float64

// parseAccept reads an Accept header (RFC 9110, 12.5.1). Parameters of media types do
// not matter here; what is no number weighs 1.
func parseAccept(header string) accept {
	all := accept{}
	for part := range strings.SplitSeq(header, ",") {
		media, params, _ := strings.Cut(part, ";")
		weight := 1.0
		for param := range strings.SplitSeq(params, ";") {
			if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(param)), "q="); ok {
				if v, err := strconv.ParseFloat(q, 64); err == nil {
					weight = v
				}
			}
		}
		if media = strings.ToLower(strings.TrimSpace(media)); media != "" {
			all[media] = weight
		}
	}
	return all
}

// weight is that of the most exact range that takes a media type.
func (a accept) weight(mediaType string) float64 {
	family, _, _ := strings.Cut(mediaType, "/")
	for _, pattern := range []string{mediaType, family + "/*", "*/*"} {
		if weight, named := a[pattern]; named {
			return weight
		}
	}
	return 0
}

// named is the weight of media types that are named themselves, not by a range.
func (a accept) named(mediaTypes ...string) (most float64) {
	for _, mediaType := range mediaTypes {
		most = max(most, a[mediaType])
	}
	return most
}

// namesOf lists what f takes.
func namesOf(formats []*format) []string {
	names := []string{"json", "geojson"}
	for _, form := range formats {
		if form != asGeoJSON {
			names = append(names, form.name)
		}
	}
	return names
}

// tagIn is the entity tag of an answer in one of several forms.
func tagIn(form *format, etag string) string {
	if form == asGeoJSON {
		return etag
	}
	return strings.TrimSuffix(etag, `"`) + "-" + form.name + `"`
}
