package api

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/walk"
)

// Bounds of walking questions from the public.
const (
	publicMinutes = 30
	maxCategories = 40
	minSpeed      = 0.3 // metres a second
	maxSpeed      = 3
)

// walkMap takes the walking map for a request: its answers are of that map alone.
func (s *server) walkMap(w http.ResponseWriter) (*walk.Map, error) {
	m := s.Walk()
	if m == nil {
		return nil, &problem.Problem{
			Name: "no-network", Status: http.StatusServiceUnavailable, Title: "The walking network is not ready yet",
			RetryAfter: 5 * time.Second,
		}
	}
	s.age(w)
	return m, nil
}

// readWalk reads what all walking questions share: speed, direction and instant.
func (s *server) readWalk(q query) (walk.Query, error) {
	want := walk.Query{SpeedMPS: walk.PlannerSpeed}
	switch text := q.text("speed"); text {
	case "", "planner":
	case "adult":
		want.SpeedMPS = walk.AdultSpeed
	case "elder":
		want.SpeedMPS = walk.ElderSpeed
	default:
		speed, err := number("speed", text)
		if err != nil || speed < minSpeed || speed > maxSpeed {
			return want, problem.Parameter("speed", "%q is none of planner, adult, elder or metres a second from %v to %v", text, minSpeed, maxSpeed)
		}
		want.SpeedMPS = speed
	}
	switch text := q.text("direction"); text {
	case "", "from":
	case "to":
		want.Toward = true
	default:
		return want, problem.Parameter("direction", "%q is neither from nor to", text)
	}
	var err error
	want.At, err = s.instant(q)
	return want, err
}

// instant reads at: RFC 3339, or a local time of the city without an offset; now
// when it is not given. It is cut to the minute.
func (s *server) instant(q query) (time.Time, error) {
	at := s.Clock()
	if text := withPlus(q.text("at")); q.has("at") {
		parsed := false
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
			if t, err := time.ParseInLocation(layout, text, s.Zone); err == nil {
				at, parsed = t, true
				break
			}
		}
		if !parsed {
			return at, problem.Parameter("at", "%q is neither RFC 3339 nor a local time as 2006-01-02T15:04", text)
		}
		if at.Year() < 1970 || at.Year() > 9999 {
			return at, problem.Parameter("at", "%q is out of range", text)
		}
	}
	return at.In(s.Zone).Truncate(time.Minute), nil
}

// readCategories reads of; not given: every service layer.
func readCategories(q query) ([]walk.Category, error) {
	if q.has("of") && strings.Count(q.text("of"), ",") >= maxCategories {
		return nil, problem.Parameter("of", "has more than %d words", maxCategories)
	}
	if q.has("of") && strings.TrimSpace(q.text("of")) == "" {
		return nil, problem.Parameter("of", "is empty")
	}
	categories, err := walk.ParseCategories(q.text("of"))
	if err != nil {
		return nil, problem.Parameter("of", "%v", err)
	}
	for _, category := range categories {
		if !geo.ForPublic(&geo.Facility{Kind: category.Kind}) {
			return nil, problem.Parameter("of", "no such kind of place: %q", category.Word)
		}
	}
	return categories, nil
}

// readMinutes reads a comma list of minutes, in any order; 15 when not given.
func readMinutes(q query) ([]int, error) {
	if !q.has("minutes") {
		return []int{15}, nil
	}
	words := strings.Split(q.text("minutes"), ",")
	if len(words) > walk.MaxBands {
		return nil, problem.Parameter("minutes", "has more than %d numbers", walk.MaxBands)
	}
	list := make([]int, len(words))
	for i, word := range words {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return nil, problem.Parameter("minutes", "%q is not a whole number", word)
		}
		if n < 1 || n > publicMinutes {
			return nil, problem.Parameter("minutes", "%d is not from 1 to %d", n, publicMinutes)
		}
		list[i] = n
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// header appends what every walking answer says of itself.
func (o *object) walkHeader(origin walk.Origin, speed float64, q walk.Query, revision, network int64) {
	o.origin("origin", origin)
	o.num("speed_mps", speed, 2)
	direction := "from"
	if q.Toward {
		direction = "to"
	}
	o.str("direction", direction)
	o.str("at", q.At.Format(time.RFC3339))
	if o.datum != crs.WGS84 {
		o.str("datum", o.datum.String())
	}
	o.int("revision", revision)
	o.int("network_revision", network)
}

func (o *object) origin(name string, origin walk.Origin) {
	o.name(name)
	o.open()
	o.position("lon", "lat", origin.Asked)
	o.position("snapped_lon", "snapped_lat", origin.Snapped)
	o.num("access_metres", origin.AccessMetres, 0)
	o.int("edge", origin.Edge)
	o.close()
}

// named appends by what a place is known.
func (o *object) named(f geo.Feature) {
	base := f.Common()
	o.int("id", base.ID)
	o.str("layer", string(f.Layer()))
	o.kind(f)
	o.code("code", base.Code)
	o.code("name", base.Name)
}

// place appends a place with the walk to it.
func (o *object) place(p walk.Place) {
	o.open()
	o.named(p.Feature)
	o.position("lon", "lat", p.At)
	o.num("minutes", p.Minutes, 1)
	o.num("metres", p.Metres, 0)
	o.name("open_now")
	if p.OpenNow.Known {
		o.text = strconv.AppendBool(o.text, p.OpenNow.Value)
	} else {
		o.text = append(o.text, "null"...)
	}
	if p.Booth != booth.Unknown {
		o.str("state", p.Booth.String())
	}
	if !p.Route.IsZero() {
		o.geometry("route", p.Route)
	}
	o.close()
}

// why appends why something is not reached: the reason, what belongs to it, and the
// same in words.
func (o *object) why(w walk.Why) {
	o.str("reason", w.Reason)
	if w.Metres > 0 {
		o.num("metres", w.Metres, 0)
	}
	if w.Minutes > 0 {
		o.num("minutes", w.Minutes, 1)
	}
	if w.Gate != nil {
		o.name("gate")
		o.open()
		o.int("id", w.Gate.ID)
		o.code("name", w.Gate.Name)
		o.code("hours", string(w.Gate.Hours))
		o.close()
	}
	if w.Closure != nil {
		o.name("closure")
		o.open()
		o.int("id", w.Closure.ID)
		o.code("name", w.Closure.Name)
		o.code("reason", w.Closure.Reason)
		o.close()
	}
	zh, en := w.Texts()
	o.str("text_zh", zh)
	o.str("text_en", en)
}

// forPublic returns the places that the public may know of.
func forPublic(places []walk.Place) []walk.Place {
	staff := func(p walk.Place) bool { return !geo.ForPublic(p.Feature) }
	if !slices.ContainsFunc(places, staff) {
		return places
	}
	return slices.DeleteFunc(slices.Clone(places), staff)
}

// figures appends what sums of people are made of.
func (o *object) figures() {
	if o.exact {
		o.str("figures", "own")
	} else {
		o.str("figures", "published")
	}
}

// people appends a sum of people: as the public may see it; exact for staff.
func (o *object) people(name string, sum geo.Opt[int64]) {
	if !o.exact {
		sum = coarse(sum)
	}
	o.known(name, sum)
}

// known appends a count, null where it is not known.
func (o *object) known(name string, n geo.Opt[int64]) {
	if n.Known {
		o.int(name, n.Value)
	} else {
		o.raw(name, "null")
	}
}

// coarse is a sum of people as the public may see it: rounded to ten, and nothing
// under ten.
func coarse(sum geo.Opt[int64]) geo.Opt[int64] {
	if !sum.Known || sum.Value < 10 {
		return geo.Opt[int64]{}
	}
	return geo.Some(int64(math.Round(float64(sum.Value)/10)) * 10)
}

// estimated appends the share of the people that nobody counted at a building, of the
// households where nothing is said of people: of a public sum all. It is null where
// there is no sum.
func (o *object) estimated(of walk.Sums) {
	says := func(sum geo.Opt[int64]) bool { return sum.Known && sum.Value > 0 && (o.exact || sum.Value >= 10) }
	sum, part := of.People, of.PeopleEstimated
	if !says(sum) {
		sum, part = of.Households, of.HouseholdsEstimated
	}
	if !says(sum) {
		o.raw("estimated", "null")
		return
	}
	o.num("estimated", float64(part)/float64(sum.Value), 2)
}

// multiPolygon appends polygons as a MultiPolygon, also a single one; null for
// none. Clients then have one type to draw.
func (o *object) multiPolygon(s geo.Shape) {
	start := len(o.text)
	o.text = geojson.AppendGeometry(o.text, shapeInDatum(s, o.datum))
	single := []byte(`{"type":"Polygon","coordinates":`)
	if rest, ok := bytes.CutPrefix(o.text[start:], single); ok {
		coordinates := string(rest[:len(rest)-1])
		o.text = append(o.text[:start], `{"type":"MultiPolygon","coordinates":[`...)
		o.text = append(o.text, coordinates...)
		o.text = append(o.text, ']', '}')
	}
}
