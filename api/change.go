package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

// Limits of what one question may suppose.
const (
	maxChange       = 2 << 20 // bytes
	maxChangeItems  = 100     // of each list
	maxChangePoints = 20_000  // of all closures
	maxChangeMetres = 1e6     // of all lines and borders of closures
	maxChangeName   = 200     // bytes
)

// changeBody is the body of a question that supposes a change.
type changeBody struct {
	Closures  []geometry `json:"closures"`
	OpenGates []int64    `json:"open_gates"`
	Add       []added    `json:"add"`
	Remove    []string   `json:"remove"`
}

type added struct {
	Layer string   `json:"layer"`
	Kind  string   `json:"kind"`
	Lon   *float64 `json:"lon"`
	Lat   *float64 `json:"lat"`
	Name  string   `json:"name"`
}

// readChange reads what a POST supposes; nil for other methods. Positions are in a
// datum.
func readChange(r *http.Request, datum crs.System) (*walk.Change, error) {
	if r.Method != http.MethodPost {
		return nil, nil
	}
	if text := r.Header.Get("Content-Type"); text != "" {
		if media, _, err := mime.ParseMediaType(text); err != nil || media != typeJSON {
			return nil, &problem.Problem{
				Name: "unsupported-media-type", Status: http.StatusUnsupportedMediaType, Detail: "the body is to be " + typeJSON,
			}
		}
	}
	var body changeBody
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &body); err != nil {
		return nil, badBody(err)
	}
	for field, n := range map[string]int{
		"closures": len(body.Closures), "open_gates": len(body.OpenGates), "add": len(body.Add), "remove": len(body.Remove),
	} {
		if n > maxChangeItems {
			return nil, badChange(field, maxChangeItems, "has %d items, more than %d", n, maxChangeItems)
		}
	}
	change := &walk.Change{OpenGates: body.OpenGates}
	var err error
	if change.Closures, err = readClosures(body.Closures, datum); err != nil {
		return nil, err
	}
	for i, add := range body.Add {
		f, err := add.feature(i, datum)
		if err != nil {
			return nil, err
		}
		change.Add = append(change.Add, f)
	}
	for i, text := range body.Remove {
		layer, idText, _ := strings.Cut(text, "/")
		schema, ok := geo.SchemaOf(geo.Layer(layer))
		id, err := strconv.ParseInt(idText, 10, 64)
		if !ok || !schema.Service || err != nil || id < 1 {
			return nil, badChange("remove", i, "%q is not the layer and id of a place to walk to, as booths/12", text)
		}
		change.Remove = append(change.Remove, geo.Key{Layer: schema.Layer, ID: id})
	}
	return change, nil
}

// decodeOne reads one value that nothing follows.
func decodeOne(decoder *json.Decoder, into any) error {
	if err := decoder.Decode(into); err != nil {
		return err
	}
	_, err := decoder.Token()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return errors.New("more follows after the object")
}

// badBody says why a body cannot be read, and where.
func badBody(err error) error {
	p := &problem.Problem{
		Name: "bad-body", Status: http.StatusBadRequest, Title: "The body cannot be read",
		Detail: strings.TrimPrefix(err.Error(), "json: "), Members: map[string]any{},
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		p.Detail = "the body ends before its object does"
	case errors.As(err, &syntax):
		p.Members["offset"] = syntax.Offset
	case errors.As(err, &kind):
		p.Detail = fmt.Sprintf("%s: a %s stands where none belongs", kind.Field, kind.Value)
		p.Members["field"], p.Members["offset"] = kind.Field, kind.Offset
	}
	return p
}

// badChange is a 422 about one item of a list of the body.
func badChange(field string, index int, format string, args ...any) *problem.Problem {
	return problem.Of(&walk.ChangeError{Field: field, Index: index, Detail: fmt.Sprintf(format, args...)})
}

// feature makes the place that is added. It has no id of the map: the first has
// -1, the next -2.
func (a *added) feature(i int, datum crs.System) (geo.Feature, error) {
	schema, ok := geo.SchemaOf(geo.Layer(a.Layer))
	if !ok || !schema.Service {
		return nil, badChange("add", i, "layer: %q is no layer of places to walk to", a.Layer)
	}
	if a.Lon == nil || a.Lat == nil {
		return nil, badChange("add", i, "lon and lat are missing")
	}
	p, err := fromDatum(*a.Lon, *a.Lat, datum)
	if err != nil {
		return nil, badChange("add", i, "lon, lat: %v", err)
	}
	if len(a.Name) > maxChangeName || !utf8.ValidString(a.Name) {
		return nil, badChange("add", i, "name: is longer than %d bytes", maxChangeName)
	}
	f := schema.New()
	*f.Common() = geo.Base{ID: int64(-i - 1), Name: a.Name, Shape: geo.PointShape(p)}
	if a.Kind != "" {
		field, ok := schema.Field(schema.KindField)
		if ok {
			_, ok = field.Term(a.Kind)
		}
		if !ok || field.Set(f, a.Kind) != nil || !geo.ForPublic(f) {
			return nil, badChange("add", i, "kind: %q is no kind of %s", a.Kind, a.Layer)
		}
	}
	return f, nil
}
