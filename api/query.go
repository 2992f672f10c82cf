package api

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// query holds the parameters of a request: each at most once, none but those that
// the route knows.
// Its positions stand in datum.
type query struct {
	values url.Values
	datum  crs.System
}

// readQuery checks the parameters against the names that a route takes. f, the
// format, is always taken; the answer is JSON.
func readQuery(r *http.Request, allowed ...string) (query, error) {
	return readQueryIn(r, []*format{asGeoJSON}, allowed...)
}

// readQueryIn is readQuery for a route that answers in several forms.
func readQueryIn(r *http.Request, formats []*format, allowed ...string) (query, error) {
	values, err := parseQuery(r)
	if err != nil {
		return query{}, err
	}
	return checkQuery(values, formats, append(allowed, "f"))
}

// readShared is readQuery for a page that residents pass on and that lies in no cache:
// what messengers hang on its address, as from=timeline, is passed over.
func readShared(r *http.Request, allowed ...string) (query, error) {
	values, err := parseQuery(r)
	if err != nil {
		return query{}, err
	}
	maps.DeleteFunc(values, func(name string, _ []string) bool { return !slices.Contains(allowed, name) })
	return checkQuery(values, nil, allowed)
}

func parseQuery(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &problem.Problem{
			Name: "bad-query", Status: http.StatusBadRequest, Title: "The query cannot be read", Detail: err.Error(),
		}
	}
	return values, nil
}

// checkQuery checks parameters against the names that are allowed.
func checkQuery(values url.Values, formats []*format, allowed []string) (query, error) {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			return query{}, &problem.Problem{
				Name: "unknown-parameter", Status: http.StatusBadRequest, Title: "A parameter is not known here",
				Detail:  fmt.Sprintf("%q is not a parameter here; known are %s", name, strings.Join(allowed, ", ")),
				Members: map[string]any{"parameter": name, "allowed": allowed},
			}
		}
		if len(values[name]) > 1 {
			return query{}, problem.Parameter(name, "is given %d times", len(values[name]))
		}
	}
	q := query{values: values}
	switch text := q.text("datum"); text {
	case "", "wgs84":
	case "gcj02":
		q.datum = crs.GCJ02
	case "bd09":
		q.datum = crs.BD09
	default:
		return q, problem.Parameter("datum", "%q is none of wgs84, gcj02 and bd09", text)
	}
	if names := namesOf(formats); q.has("f") && !slices.Contains(names, q.text("f")) {
		return q, problem.Parameter("f", "%q is none of %s", q.text("f"), strings.Join(names, ", "))
	}
	return q, nil
}

// text returns a parameter, empty when it is not given.
func (q query) text(name string) string { return q.values.Get(name) }

func (q query) has(name string) bool { return q.values.Has(name) }

// integer reads a whole number not below least; not given: otherwise.
func (q query) integer(name string, least, otherwise int) (int, error) {
	if !q.has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(q.text(name))
	if err != nil && !errors.Is(err, strconv.ErrRange) { // then it is the nearest there is
		return 0, problem.Parameter(name, "%q is not a whole number", q.text(name))
	}
	if n < least {
		return 0, problem.Parameter(name, "%d is less than %d", n, least)
	}
	return n, nil
}

// flag reads 1, true, 0 or false.
func (q query) flag(name string, otherwise bool) (bool, error) {
	switch text := q.text(name); {
	case !q.has(name):
		return otherwise, nil
	case text == "1" || text == "true":
		return true, nil
	case text == "0" || text == "false":
		return false, nil
	default:
		return false, problem.Parameter(name, "%q is neither 1 nor 0", text)
	}
}

// number reads a finite decimal number.
func number(name, text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	// ParseFloat also reads NaN, infinities, hexadecimals and underscores.
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(text, "xXpP_nN") {
		return 0, problem.Parameter(name, "%q is not a number", text)
	}
	return n, nil
}

// point reads longitude and latitude from two parameters.
func (q query) point(lonName, latName string) (geo.Point, error) {
	for _, name := range []string{lonName, latName} {
		if q.text(name) == "" {
			return geo.Point{}, problem.Parameter(name, "is missing")
		}
	}
	lon, err := number(lonName, q.text(lonName))
	if err != nil {
		return geo.Point{}, err
	}
	lat, err := number(latName, q.text(latName))
	if err != nil {
		return geo.Point{}, err
	}
	p, err := fromDatum(lon, lat, q.datum)
	if err != nil {
		return geo.Point{}, problem.Parameter(lonName, "%v", err)
	}
	return p, nil
}

// pair reads "lon,lat" from one parameter.
func (q query) pair(name string) (geo.Point, error) {
	lonText, latText, ok := strings.Cut(q.text(name), ",")
	if !ok {
		return geo.Point{}, problem.Parameter(name, "%q is not of the form lon,lat", q.text(name))
	}
	lon, err := number(name, lonText)
	if err != nil {
		return geo.Point{}, err
	}
	lat, err := number(name, latText)
	if err != nil {
		return geo.Point{}, err
	}
	p, err := fromDatum(lon, lat, q.datum)
	if err != nil {
		return geo.Point{}, problem.Parameter(name, "%v", err)
	}
	return p, nil
}

// corners are the two corners of a box, in some coordinate system.
type corners struct{ west, south, east, north float64 }

// corners reads a bbox of four numbers, or six with heights that do not matter
// here.
func (q query) corners(name string) (corners, error) {
	parts := strings.Split(q.text(name), ",")
	if len(parts) != 4 && len(parts) != 6 {
		return corners{}, problem.Parameter(name, "has %d numbers, not 4 or 6", len(parts))
	}
	numbers := make([]float64, len(parts))
	for i, part := range parts {
		n, err := number(name, part)
		if err != nil {
			return corners{}, err
		}
		numbers[i] = n
	}
	if len(numbers) == 6 {
		if numbers[2] > numbers[5] {
			return corners{}, problem.Parameter(name, "the lower height is above the upper one")
		}
		numbers = []float64{numbers[0], numbers[1], numbers[3], numbers[4]}
	}
	return corners{west: numbers[0], south: numbers[1], east: numbers[2], north: numbers[3]}, nil
}

// boxes reads a bbox in longitude and latitude. Not given: nil.
func (q query) boxes(name string) ([]geo.Box, error) {
	if !q.has(name) {
		return nil, nil
	}
	c, err := q.corners(name)
	if err != nil {
		return nil, err
	}
	return c.boxes(name)
}

// boxes puts corners in degrees on the lattice. A box that crosses 180 degrees, west
// above east, becomes two.
func (c corners) boxes(name string) ([]geo.Box, error) {
	// Rounded to the nearest lattice point, as the features were.
	sw, err := crs.ToLattice(c.west, c.south)
	if err != nil {
		return nil, problem.Parameter(name, "%v", err)
	}
	ne, err := crs.ToLattice(c.east, c.north)
	if err != nil {
		return nil, problem.Parameter(name, "%v", err)
	}
	if sw.Y > ne.Y {
		return nil, problem.Parameter(name, "south lies above north")
	}
	if sw.X > ne.X {
		return []geo.Box{{W: sw.X, S: sw.Y, E: geo.World.E, N: ne.Y}, {W: geo.World.W, S: sw.Y, E: ne.X, N: ne.Y}}, nil
	}
	return []geo.Box{{W: sw.X, S: sw.Y, E: ne.X, N: ne.Y}}, nil
}

// withPlus mends the offset of an instant whose plus was not escaped: in a query
// it stands for a space, and 09:00:00+08:00 comes as 09:00:00 08:00. An instant
// has no space of its own there.
func withPlus(text string) string {
	const offset = len(" 08:00")
	if i := len(text) - offset; i > len("2006-01-02T15:04") && text[i] == ' ' {
		return text[:i] + "+" + text[i+1:]
	}
	return text
}

// span is a piece of time in minutes; zero bounds are open.
type span struct{ from, until geo.Instant }

// span reads an instant or an interval a/b with .. or nothing for an open end.
// Not given: nil.
func (q query) span(name string) (*span, error) {
	if !q.has(name) {
		return nil, nil
	}
	first, last, interval := strings.Cut(q.text(name), "/")
	if !interval {
		last = first
	}
	instant := func(text string) (geo.Instant, error) {
		if interval && (text == "" || text == "..") {
			return 0, nil
		}
		at, err := geo.ParseInstant(withPlus(text))
		if err != nil || text == "" {
			return 0, problem.Parameter(name, "%q is not an instant (RFC 3339) or an interval of two", q.text(name))
		}
		return at, nil
	}
	from, err := instant(first)
	if err != nil {
		return nil, err
	}
	until, err := instant(last)
	if err != nil {
		return nil, err
	}
	if from != 0 && until != 0 && until < from {
		return nil, problem.Parameter(name, "ends before it begins")
	}
	return &span{from, until}, nil
}

// meets reports whether a feature is in effect at some instant of the span.
func (s *span) meets(b *geo.Base) bool {
	return (s.until == 0 || b.From == 0 || b.From <= s.until) && (s.from == 0 || b.Until == 0 || s.from < b.Until)
}
