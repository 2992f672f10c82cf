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
	Most     int  // of each category within Near, the nearest; 0: all
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
	of.At = of.At.Truncate(time.Minute)
	return list(ctx, m, of, nil)
}

// list is List at a whole minute; u, which may be nil, learns until when.
func list(ctx context.Context, m *walk.Map, of Question, u *until) (*Listing, error) {
	q := walk.Query{
		Origin: of.From, SpeedMPS: of.SpeedMPS, At: of.At, Minutes: []int{Near}, Of: of.Of, Lasting: u != nil,
	}
	c, err := m.Circle(ctx, q)
	var tooFar *walk.TooFar
	switch {
	case errors.As(err, &tooFar):
		u.at(tooFar.Until)
		return &Listing{OffStreet: true}, nil
	case err != nil:
		return nil, err
	}
	u.at(c.Until)
	l := &Listing{}
	listed := map[geo.Key]bool{} // a booth of two trades stands under both
	for _, one := range c.Reachable {
		left := of.Most
		if left == 0 {
			left = len(one.Places)
		}
		for i := range one.Places {
			if left == 0 {
				break
			}
			if key := geo.KeyOf(one.Places[i].Feature); !listed[key] && of.wants(&one.Places[i], u) {
				listed[key] = true
				l.Places = append(l.Places, one.Places[i])
				left--
			}
		}
	}
	slices.SortStableFunc(l.Places, func(a, b walk.Place) int { return cmp.Compare(a.Minutes, b.Minutes) })
	if len(l.Places) == 0 {
		l.Beyond, err = beyond(ctx, m, q, &of, u)
	}
	return l, err
}

// beyond looks for the nearest place that answers a question however far it is; nil:
// there is none.
func beyond(ctx context.Context, m *walk.Map, q walk.Query, of *Question, u *until) (*walk.Place, error) {
	for ask := 4; ; ask *= 4 {
		n, err := m.Nearest(ctx, q, ask)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(n.Places, func(place walk.Place) bool { return of.wants(&place, u) })
		switch {
		case i >= 0:
			u.at(n.Until)
			return &n.Places[i], nil
		case len(n.Places) < ask || ask >= mostBeyond:
			u.at(n.Until)
			return nil, nil
		}
	}
}

// wants reports whether a place answers the question, and notes until when.
func (q *Question) wants(place *walk.Place, u *until) bool {
	if place.Feature == q.Besides || !geo.ForPublic(place.Feature) {
		return false
	}
	state, _ := Stand(place.Feature, q.At)
	switch state.Kind {
	case booth.Moved, booth.Retired:
		return false
	}
	u.at(state.Changes)
	return !q.OpenOnly || state.Kind == booth.Open
}
