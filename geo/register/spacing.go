package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

// Neighbour is another booth and the walk to it.
type Neighbour struct {
	*geo.Booth
	Metres, Minutes float64
}

// Pair is two booths that stand close, and the shorter of the walks between them. A
// has the smaller number.
type Pair struct {
	A, B            *geo.Booth
	Metres, Minutes float64
}

// Spacing says how far booths stand apart on one walking map. It does not change.
type Spacing struct {
	Metres float64 // closer is close
	// NetworkRevision is that of the walking map.
	NetworkRevision int64
	walks           map[int64][]neighbour // by id of the booth, the shortest first
	ground          ground
}

// ground is what walks between booths hang on: maps that are alike in it are alike in
// them. It keeps no old map in memory.
type ground struct {
	network  weak.Pointer[street.Network]
	closures weak.Pointer[snapshot.Layer]
	day      geo.Date
	booths   []standing
}

// standing is a booth in use: walks to it end where it is, or at gates with its code.
type standing struct {
	id   int64
	at   geo.Point
	code string
}

// neighbour is a booth by its id: the register may be of a newer map.
type neighbour struct {
	id              int64
	metres, minutes float64
}

// Noon is noon of a day in its own location: the instant of the walks of registers.
func Noon(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, day.Location())
}

// MeasureSpacing walks from every booth in use to the nearest other one, and to all
// that are closer than so many metres, at noon of a day. It uses all processors and
// ends early with ctx's error.
func MeasureSpacing(ctx context.Context, m *walk.Map, metres float64, day time.Time) (*Spacing, error) {
	s := &Spacing{Metres: metres, NetworkRevision: m.NetworkRevision(), walks: map[int64][]neighbour{}, ground: groundOf(m, day)}
	at := Noon(day)
	booths := s.ground.booths
	var mu sync.Mutex // of s.walks and failed
	var failed error
	next := make(chan standing)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(booths)) {
		workers.Go(func() {
			for booth := range next {
				near, err := walksFrom(ctx, m, booth, metres, at)
				mu.Lock()
				s.walks[booth.id] = near
				failed = cmp.Or(failed, err)
				mu.Unlock()
			}
		})
	}
	for _, booth := range booths {
		if ctx.Err() != nil {
			break
		}
		next <- booth
	}
	close(next)
	workers.Wait()
	return s, cmp.Or(ctx.Err(), failed)
}

// Holds reports whether the spacing is that of another map and day too: nothing that
// walks between booths hang on is different.
func (s *Spacing) Holds(m *walk.Map, day time.Time) bool {
	is := groundOf(m, day)
	return s.ground.network == is.network && s.ground.closures == is.closures && s.ground.day == is.day &&
		slices.Equal(s.ground.booths, is.booths)
}

func groundOf(m *walk.Map, day time.Time) ground {
	g := ground{network: weak.Make(m.Network()), closures: weak.Make(m.Snapshot().Layer(geo.Closures)), day: geo.DateOf(day)}
	noon := geo.InstantOf(Noon(day))
	for booth := range snapshot.All[*geo.Booth](m.Snapshot()) {
		if booth.InUse() && booth.InEffect(noon) && !booth.Shape.IsZero() {
			g.booths = append(g.booths, standing{booth.ID, booth.Shape.Points()[0], booth.Code})
		}
	}
	return g
}

// walksFrom walks from a booth: to more and more others, until one is as far as that
// does not matter any more.
func walksFrom(ctx context.Context, m *walk.Map, booth standing, metres float64, at time.Time) ([]neighbour, error) {
	of := []walk.Category{{Word: string(geo.Booths), Layer: geo.Booths}}
	for limit := 4; ; limit *= 2 {
		found, err := m.Nearest(ctx, walk.Query{Origin: booth.at, At: at, Of: of}, limit)
		var tooFar *walk.TooFar
		if errors.As(err, &tooFar) { // it stands beside no street
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("walk from booth %d: %w", booth.id, err)
		}
		var near []neighbour
		all := len(found.Places) < limit
		for _, place := range found.Places {
			if id := place.Feature.Common().ID; id != booth.id {
				near = append(near, neighbour{id, place.Metres, place.Minutes})
			}
			all = all || place.Metres >= metres
		}
		slices.SortStableFunc(near, func(a, b neighbour) int { return cmp.Compare(a.metres, b.metres) })
		if all {
			for len(near) > 1 && near[len(near)-1].metres >= metres {
				near = near[:len(near)-1]
			}
			return near, nil
		}
	}
}

// near lists what stands near a booth, on a map that may be newer.
func (s *Spacing) near(on *snapshot.Snapshot, id int64) (list []Neighbour) {
	if s == nil {
		return nil
	}
	for _, to := range s.walks[id] {
		if other := inUse(on, to.id); other != nil {
			list = append(list, Neighbour{other, to.metres, to.minutes})
		}
	}
	return list
}

// pairs lists the booths that stand close, each two once.
func (s *Spacing) pairs(on *snapshot.Snapshot) (list []Pair) {
	if s == nil {
		return nil
	}
	type two struct{ a, b int64 }
	shortest := map[two]neighbour{}
	for id, near := range s.walks {
		for _, to := range near {
			key := two{min(id, to.id), max(id, to.id)}
			if known, there := shortest[key]; to.metres < s.Metres && (!there || to.metres < known.metres) {
				shortest[key] = to
			}
		}
	}
	for key, walk := range shortest {
		a, b := inUse(on, key.a), inUse(on, key.b)
		if a == nil || b == nil {
			continue
		}
		if numbered(a, b) > 0 {
			a, b = b, a
		}
		list = append(list, Pair{a, b, walk.metres, walk.minutes})
	}
	slices.SortFunc(list, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(p.Metres, q.Metres), numbered(p.A, q.A), numbered(p.B, q.B))
	})
	return list
}

// inUse returns the booth of an id if it is in use; nil: it is not.
func inUse(on *snapshot.Snapshot, id int64) *geo.Booth {
	f, there := on.Get(geo.Key{Layer: geo.Booths, ID: id})
	if booth, is := f.(*geo.Booth); there && is && booth.InUse() {
		return booth
	}
	return nil
}

func byNumber(a, b Booth) int { return numbered(a.Booth, b.Booth) }

// numbered orders booths by number; those without one come last.
func numbered(a, b *geo.Booth) int {
	return cmp.Or(cmp.Compare(one(a.Number == ""), one(b.Number == "")), cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
}
