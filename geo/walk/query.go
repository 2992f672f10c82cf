package walk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// Walking speeds in metres a second: the planners' practice (900 m in 15
// minutes), an adult, an elderly person.
const (
	PlannerSpeed = 1.0
	AdultSpeed   = 1.2
	ElderSpeed   = 0.8
)

// MaxMinutes is the longest walk that is searched.
const MaxMinutes = 60

// MaxBands is how many minute values one circle has: between more, borders would
// come closer than the lattice tells apart where they run between two buildings.
const MaxBands = 6

// Query is a question about walking from, or to, one point.
type Query struct {
	Origin   geo.Point
	Minutes  []int   // rising, 1 to MaxMinutes, at most MaxBands
	SpeedMPS float64 // 0: PlannerSpeed
	// Toward asks who can reach the origin instead of what can be reached from it.
	Toward bool
	// At is the instant of leaving, or of arriving with Toward. Gate hours are
	// read on the clock of its location.
	At time.Time
	Of []Category
	// Routes adds the line of the walk to each listed place, Outlines the polygon
	// of each band.
	Routes, Outlines bool
	// MaxRoutes is how many places of a category get a line, the nearest; 0: all.
	// A circle may list ten thousand places, each with a line of kilometres.
	MaxRoutes int
	// Lasting adds until when the answer stays what it is as time goes by, without
	// Change.
	Lasting bool
	// OwnFigures makes sums of the figures of the buildings themselves, which are for
	// staff. Without it they are made of what places publish, spread over the floors of
	// the buildings: no figure of a building bears on them.
	OwnFigures bool
	// Change is what is supposed beside the map; nil: nothing.
	Change *Change
}

func (q *Query) speed() float64 {
	if q.SpeedMPS > 0 {
		return q.SpeedMPS
	}
	return PlannerSpeed
}

func (q *Query) check() error {
	if len(q.Minutes) == 0 {
		return fmt.Errorf("no minutes were asked for")
	}
	if len(q.Minutes) > MaxBands {
		return fmt.Errorf("%d minute values were asked for, at most %d are answered at once", len(q.Minutes), MaxBands)
	}
	last := 0
	for _, minutes := range q.Minutes {
		if minutes <= last || minutes > MaxMinutes {
			return fmt.Errorf("minutes %v are not rising numbers from 1 to %d", q.Minutes, MaxMinutes)
		}
		last = minutes
	}
	return nil
}

// Origin says where a point joins the network.
type Origin struct {
	Asked, Snapped geo.Point
	AccessMetres   float64
	Edge           int64 // id of the street
}

// TooFar says that no walkable street can be joined from a point: none lies
// within street.Reach metres, or water, barriers or closures stand between.
type TooFar struct {
	From geo.Point
	Why
	// Until, when asked for, is until when the same stands between; zero: no end is in
	// sight.
	Until time.Time
}

// farLook is how far a street is looked for, in metres, to tell somebody who
// joins none how far the nearest is.
const farLook = 2000.0

func (e *TooFar) Error() string {
	switch {
	case e.Reason == Shut:
		_, en := e.Texts()
		return en
	case e.Metres == 0:
		return fmt.Sprintf("no walkable street within %.0f m; the nearest is more than %.0f m away", street.Reach, farLook)
	case e.Metres > street.Reach:
		return fmt.Sprintf("no walkable street within %.0f m; the nearest is %.0f m away", street.Reach, e.Metres)
	}
	return fmt.Sprintf("the nearest walkable street, %.0f m away, cannot be reached in a straight line", e.Metres)
}

// NoRoute says why there is no walk between two points.
type NoRoute struct{ Why }

func (e *NoRoute) Error() string { return "no route: " + e.Reason }

// Reasons why something cannot be reached.
const (
	OtherIsland = "other_island" // no street joins the two, whatever is open
	NoStreet    = "no_street"    // it cannot join a street within 250 m
	TooLong     = "too_long"     // more than MaxMinutes, or only round a closed gate
	Shut        = "shut"         // gates, residents' grounds or closures cut it off
	NoPlace     = "no_place"     // there is no place of the kind at all
)

// join snaps to the network at a point, or says how far the nearest street is.
func (m *Map) join(p geo.Point, closed *street.Closed) (street.Foot, error) {
	foot, ok := m.net.Snap(p, closed)
	if !ok {
		return foot, &TooFar{From: p, Why: m.apartFrom(p, closed)}
	}
	return foot, nil
}

func (m *Map) origin(p geo.Point, foot street.Foot) Origin {
	return Origin{
		Asked: p, Snapped: foot.At,
		AccessMetres: float64(foot.Leg) / 1000,
		Edge:         m.net.StreetAt(foot.Edge, foot.MM).ID,
	}
}

// begin joins the network at the origin of a query and searches up to a budget
// in milliseconds. The caller releases the search.
func (m *Map) begin(ctx context.Context, q *Query, now *situation, budget int64) (*search, street.Foot, error) {
	foot, err := m.join(q.Origin, now.closed)
	if err != nil {
		var tooFar *TooFar
		if q.Lasting && errors.As(err, &tooFar) {
			tooFar.Until = m.closedUntil(q.At, Reach(q.Origin, 0))
		}
		return nil, foot, err
	}
	s, err := m.searchFrom(ctx, q, now, foot, budget)
	return s, foot, err
}

// searchFrom is begin from a place on the network.
func (m *Map) searchFrom(ctx context.Context, q *Query, now *situation, foot street.Foot, budget int64) (*search, error) {
	s := m.newSearch(q, now.closed, foot)
	if err := s.run(ctx, budget); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}
