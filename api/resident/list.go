package resident

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/walk"
)

// Question asks what is near a position.
type Question struct {
	From     geo.Point
	Besides  geo.Feature // who asks stands there, and wants others; nil: at no place
	Of       []walk.Category
	OpenOnly bool // nothing but what is known to be open at the instant
	SpeedMPS float64
	At       time.Time // read on the clock of its location, to the minute
}

// Listing answers a Question.
type Listing struct {
	Places []walk.Place // within Near, by minutes on foot, each once
	// Beyond is the nearest when none is within Near; nil: none within an hour either.
	Beyond *walk.Place
	// OffStreet: no street that one may walk on leads to the position.
	OffStreet bool
}

// Found is something that was searched for by its name, a code or a number.
type Found struct {
	Feature geo.Feature
	Title   string // what it is called
	Within  string // what it lies in; empty: that is not known
}

// mostBeyond is how many places farther off are looked at for one that answers.
const mostBeyond = 64

// List answers what is near on foot. Booths that moved or were given up are left out,
// and what is for staff.
func List(ctx context.Context, m *walk.Map, of Question) (*Listing, error) {
	q := walk.Query{Origin: of.From, SpeedMPS: of.SpeedMPS, At: of.At.Truncate(time.Minute), Minutes: []int{Near}, Of: of.Of}
	c, err := m.Circle(ctx, q)
	var tooFar *walk.TooFar
	switch {
	case errors.As(err, &tooFar):
		return &Listing{OffStreet: true}, nil
	case err != nil:
		return nil, err
	}
	l := &Listing{}
	listed := map[geo.Key]bool{} // a booth of two trades stands under both
	for _, one := range c.Reachable {
		for i := range one.Places {
			if key := geo.KeyOf(one.Places[i].Feature); !listed[key] && of.wants(&one.Places[i]) {
				listed[key] = true
				l.Places = append(l.Places, one.Places[i])
			}
		}
	}
	slices.SortStableFunc(l.Places, func(a, b walk.Place) int { return cmp.Compare(a.Minutes, b.Minutes) })
	for ask := 4; len(l.Places) == 0 && l.Beyond == nil && ask <= mostBeyond; ask *= 4 {
		n, err := m.Nearest(ctx, q, ask)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(n.Places, func(place walk.Place) bool { return of.wants(&place) }); i >= 0 {
			l.Beyond = &n.Places[i]
		}
		if len(n.Places) < ask {
			break
		}
	}
	return l, nil
}

// wants reports whether a place answers the question.
func (q *Question) wants(place *walk.Place) bool {
	if place.Feature == q.Besides || !geo.ForPublic(place.Feature) {
		return false
	}
	state, _ := Stand(place.Feature, q.At)
	switch state.Kind {
	case booth.Moved, booth.Retired:
		return false
	}
	return !q.OpenOnly || state.Kind == booth.Open
}
