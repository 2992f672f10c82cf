package api

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
)

// Media types of answers.
const (
	typeJSON       = "application/json"
	typeGeoJSON    = "application/geo+json"
	typeCSV        = "text/csv"
	typeGeoPackage = "application/geopackage+sqlite3"
	typeSchema     = "application/schema+json"
	typeHTML       = "text/html"
	typeTile       = "application/vnd.mapbox-vector-tile"
)

// revalidate lets caches keep an answer as long as they ask whether it is true.
const revalidate = "no-cache"

// snapshot takes the map for a request, and tells the client when the store does
// not stand by it.
func (s *server) snapshot(w http.ResponseWriter) (*snapshot.Snapshot, error) {
	snap := s.Live.Current()
	if snap == nil {
		return nil, s.noSnapshot()
	}
	s.age(w)
	return snap, nil
}

// noSnapshot says that there is no map yet, and whether it is on its way.
func (s *server) noSnapshot() *problem.Problem {
	p := &problem.Problem{
		Name: "no-snapshot", Status: http.StatusServiceUnavailable, Title: "The map is not loaded yet",
		Detail: "it is being loaded", RetryAfter: 5 * time.Second,
	}
	if s.Live.Standing().Away {
		p.Detail = "the store does not answer, and this node has no file of its map; it goes on trying"
	}
	return p
}

// age tells the client how old the map is when the store does not stand by it.
func (s *server) age(w http.ResponseWriter) {
	if standing := s.Live.Standing(); s.doubt(standing) != "" {
		w.Header().Set("X-Data-Age", strconv.Itoa(int(standing.Age().Seconds())))
	}
}

// etag names an answer that depends on the map, the program and the query alone.
// It is weak: answers may differ in the time they were made at.
func (s *server) etag(snap *snapshot.Snapshot) string {
	head := snap.Head()
	return fmt.Sprintf(`W/"%s-%d-%x-%s"`, epochText(head.Epoch), head.Revision, head.Hash[:4], s.build.short)
}

// etagFor is etag of an answer that differs from view to view.
func (s *server) etagFor(snap *snapshot.Snapshot, view string) string {
	if view == "" {
		return s.etag(snap)
	}
	return strings.TrimSuffix(s.etag(snap), `"`) + "-" + view + `"`
}

// epochText writes an epoch in JSON and tags: 63 bits are more than a number in
// JSON can hold.
func epochText(epoch int64) string {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], uint64(epoch))
	return hex.EncodeToString(raw[:])
}

// unchanged sets the tag of an answer and reports whether the client has it
// already; then the answer has been given.
func unchanged(w http.ResponseWriter, r *http.Request, etag, cache string) bool {
	w.Header().Set("ETag", etag)
	w.Header().Set("Cache-Control", cache)
	if !matches(r.Header.Get("If-None-Match"), etag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// write answers with a body, which must not be changed any more.
func write(w http.ResponseWriter, mediaType string, body []byte) error {
	header := w.Header()
	header.Set("Content-Type", mediaType)
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.(*draft).give(body) // adapt gives handlers nothing else
	return nil
}

// writeDocument sends a small document made of structs.
func writeDocument(w http.ResponseWriter, mediaType string, document any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	return write(w, mediaType, text.Bytes())
}

// link is one link of a document (RFC 8288).
type link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// object appends the members of a JSON object one after another.
// Positions stand in it in datum; sums of people are exact for staff, else rounded.
type object struct {
	text  []byte
	datum crs.System
	exact bool
}

func (o *object) name(name string) {
	if o.text[len(o.text)-1] != '{' {
		o.text = append(o.text, ',')
	}
	o.text = append(o.text, '"')
	o.text = append(o.text, name...) // names are our own: nothing to escape
	o.text = append(o.text, '"', ':')
}

func (o *object) open()              { o.text = append(o.text, '{') }
func (o *object) close()             { o.text = append(o.text, '}') }
func (o *object) raw(name, v string) { o.name(name); o.text = append(o.text, v...) }
func (o *object) str(name, v string) { o.name(name); o.text = geojson.AppendString(o.text, v) }
func (o *object) int(name string, v int64) {
	o.name(name)
	o.text = strconv.AppendInt(o.text, v, 10)
}
func (o *object) degrees(name string, v int32) {
	o.name(name)
	o.text = geojson.AppendDegrees(o.text, v)
}

// position appends longitude and latitude.
func (o *object) position(lonName, latName string, p geo.Point) {
	p = inDatum(p, o.datum)
	o.degrees(lonName, p.X)
	o.degrees(latName, p.Y)
}

// geometry appends a shape; null for none.
func (o *object) geometry(name string, s geo.Shape) {
	o.name(name)
	o.text = geojson.AppendGeometry(o.text, shapeInDatum(s, o.datum))
}

// box appends west, south, east and north.
func (o *object) box(name string, b geo.Box) {
	o.name(name)
	o.text = appendBox(o.text, b)
}

func appendBox(dst []byte, b geo.Box) []byte {
	for i, v := range [4]int32{b.W, b.S, b.E, b.N} {
		dst = append(dst, "[,,,"[i])
		dst = geojson.AppendDegrees(dst, v)
	}
	return append(dst, ']')
}

// num appends a number rounded to so many decimals, never in exponent form.
func (o *object) num(name string, v float64, decimals int) {
	o.name(name)
	o.text = appendRounded(o.text, v, decimals)
}

func appendRounded(dst []byte, v float64, decimals int) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(dst, "null"...)
	}
	scale := math.Pow10(decimals)
	if rounded := math.Round(v*scale) / scale; rounded != 0 { // no -0
		return strconv.AppendFloat(dst, rounded, 'f', -1, 64)
	}
	return append(dst, '0')
}

// array appends a member that is an array, one element a call of each.
func array[T any](o *object, name string, list []T, each func(T)) {
	o.name(name)
	o.text = append(o.text, '[')
	for i, item := range list {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		each(item)
	}
	o.text = append(o.text, ']')
}
