package numbering

import (
	"cmp"
	"context"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// Options say which booths are given a number.
type Options struct {
	County string // of this county alone, six digits; empty: of all
	At     geo.Instant
}

// Plan is what numbering changes.
type Plan struct {
	Numbered []*geo.Booth // copies with their numbers, by id
	Left     []Left       // booths that can be given none
}

// Left is a booth that stays without a number, and why.
type Left struct {
	Booth  *geo.Booth
	Reason string
}

// counted is how many digits a code of the county, of a street and of a community
// have (GB/T 2260 and GB/T 10114, and the statistics bureau's codes, with 12).
var counted = map[int]bool{6: true, 9: true, 12: true}

// Give works out the numbers of booths that have none, in the order of their ids. A
// booth that has no code takes its number for one, so that others can name it. Those
// that are retired or have moved away have no plate to carry a number and are passed
// over; planned ones are given theirs. Given gets the new numbers too. The error is
// that of a context that ended.
func Give(ctx context.Context, s *snapshot.Snapshot, given *Given, o Options) (*Plan, error) {
	plan := &Plan{}
	for booth := range snapshot.All[*geo.Booth](s) {
		given.Add(booth.Number)
	}
	for booth := range snapshot.All[*geo.Booth](s) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if booth.Number != "" || booth.Status == "moved" || booth.Status == "retired" || booth.Until != 0 && booth.Until <= o.At {
			continue
		}
		county := countyAt(s, booth.Shape.Points()[0], o.At)
		switch {
		case county == "" && o.County == "":
			plan.Left = append(plan.Left, Left{booth, "no county around it"})
			continue
		case county == "" || o.County != "" && county != o.County:
			continue
		}
		number, err := given.Next(county)
		if err != nil {
			plan.Left = append(plan.Left, Left{booth, err.Error()})
			continue
		}
		numbered := geo.Clone(booth).(*geo.Booth)
		numbered.Number = string(number)
		if _, taken := s.Layer(geo.Booths).ByCode(numbered.Number); !taken {
			numbered.Code = cmp.Or(numbered.Code, numbered.Number)
		}
		plan.Numbered = append(plan.Numbered, numbered)
	}
	return plan, nil
}

// countyAt returns the six digits of the county around a point, as the code of the
// district, the street or the community there says; empty where none does. Of several
// areas of one level, as at a border, the first by code counts.
func countyAt(s *snapshot.Snapshot, p geo.Point, at geo.Instant) string {
	found := map[string]string{}
	for place := range snapshot.Search[*geo.Place](s, geo.NoBox.With(p)) {
		code := countyOf(place)
		if code == "" || !place.InEffect(at) || !place.Shape.Covers(p) {
			continue
		}
		if first := found[place.Kind]; first == "" || code < first {
			found[place.Kind] = code
		}
	}
	return cmp.Or(found["district"], found["street"], found["community"])
}

// countyOf returns the county that a place is or lies in, as its code begins (a city
// without counties stands for one, as in its codes of streets); empty for a code of
// another form.
func countyOf(place *geo.Place) string {
	for _, code := range []string{place.Code, place.StatCode} {
		if !counted[len(code)] || strings.Trim(code, "0123456789") != "" {
			continue
		}
		if _, err := plate.Make(code[:6], 1); err == nil {
			return code[:6]
		}
	}
	return ""
}
