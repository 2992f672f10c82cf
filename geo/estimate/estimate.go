package estimate

import (
	"cmp"
	"context"
	"slices"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Options chooses whose figures are spread.
type Options struct {
	// By restricts it to the figures of one level. Empty: those of communities,
	// those of street offices for the ground whose community states none, and those
	// of districts where neither does.
	By Level
	// At is when places and buildings must be in effect to count. The others stay
	// as they are.
	At geo.Instant
	// On is the day that the marks carry.
	On geo.Date
}

// Result is what an estimate changes, and why.
type Result struct {
	// Changed are copies of the buildings whose figures change, by id, those that
	// lose an estimate of an earlier run among them.
	Changed []*geo.Building
	// Places has a report for each place with a figure, communities first, by id.
	Places []Report
}

// Report says how the figures of a place were spread.
type Report struct {
	Place      *geo.Place
	Buildings  int // inside that people live in, as far as the map tells
	Households Figure
	People     Figure
}

// Figure is a stated number and where it went: Known was counted at buildings,
// Elsewhere is stated by places inside, Estimated was spread,
// and Unplaced is the rest: below zero when more was counted than is stated.
type Figure struct {
	Stated                                geo.Opt[int64]
	Known, Elsewhere, Estimated, Unplaced int64
	Buildings                             int    // that got a part
	Reason                                Reason // of Unplaced
}

// Reason says why a part of a figure could not be placed.
type Reason string

// The reasons.
const (
	AllPlaced   Reason = ""
	NoOutline   Reason = "the place has no outline on the map"
	NoBuildings Reason = "no residential building inside"
	AllCounted  Reason = "every residential building inside is counted"
	TooMany     Reason = "more is counted than the place states"
)

// figure tells the two numbers apart.
type figure int

const (
	households figure = iota
	people
)

var both = [...]figure{households, people}

func statedBy(p *geo.Place, f figure) geo.Opt[int64] {
	n := p.Households
	if f == people {
		n = p.Population
	}
	return geo.Opt[int64]{Value: int64(n.Value), Known: n.Known && n.Value >= 0}
}

func countOf(b *geo.Building, f figure) *geo.Opt[int32] {
	if f == people {
		return &b.Residents
	}
	return &b.Households
}

// ground is a place whose figures are spread, with what stands on it that no
// other place's figure counts for.
type ground struct {
	place     *geo.Place
	level     Level
	homes     [2][]*home // by figure
	known     [2]int64
	elsewhere [2]int64
}

// Spread estimates the households and residents of buildings. Estimates of an
// earlier run are made anew or taken away; what stays the same keeps its date. The
// same map and options give the same result. It ends early with ctx's error.
func Spread(ctx context.Context, s *snapshot.Snapshot, o Options) (*Result, error) {
	grounds := groundsOf(s, o.By, o.At)
	changed := map[int64]*geo.Building{}
	steps := 0
	for stored := range snapshot.All[*geo.Building](s) {
		if steps++; steps%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !stored.InEffect(o.At) {
			continue
		}
		b := cleared(stored)
		if b != stored {
			changed[b.ID] = b
		}
		if !b.Shape.IsZero() {
			grounds.settle(b)
		}
	}
	result := &Result{}
	for _, g := range grounds.list {
		result.Places = append(result.Places, g.spread(o.On, changed))
	}
	result.Changed = different(s, changed)
	return result, nil
}

// settle puts a building on the grounds that count for it.
func (all *grounds) settle(b *geo.Building) {
	h, lived := homeOf(b)
	for f, g := range all.under(inner(b.Shape)) {
		if g == nil {
			continue
		}
		if n := countOf(b, figure(f)); n.Known {
			g.known[f] += int64(n.Value)
		}
		if lived {
			own := h
			g.homes[f] = append(g.homes[f], &own)
		}
	}
}

// Clear takes every estimate away, and returns copies of the buildings that had
// one, by id.
func Clear(s *snapshot.Snapshot) []*geo.Building {
	var changed []*geo.Building
	for b := range snapshot.All[*geo.Building](s) {
		if clean := cleared(b); clean != b {
			changed = append(changed, clean)
		}
	}
	return changed
}

// cleared returns a copy of a building without its estimates, or the building
// itself if it has none.
func cleared(b *geo.Building) *geo.Building {
	rest, m := split(b.Source)
	if m.isZero() {
		return b
	}
	clean := geo.Clone(b).(*geo.Building)
	clean.Source = rest
	if m.Households {
		clean.Households = geo.Opt[int32]{}
	}
	if m.People {
		clean.Residents = geo.Opt[int32]{}
	}
	return clean
}

// different leaves out what is as it was, but for the day of the mark.
func different(s *snapshot.Snapshot, changed map[int64]*geo.Building) []*geo.Building {
	var list []*geo.Building
	for id, b := range changed {
		f, _ := s.Layer(geo.Buildings).Get(id)
		stored := f.(*geo.Building)
		restBefore, before := split(stored.Source)
		rest, m := split(b.Source)
		before.On = m.On
		if before == m && rest == restBefore && stored.Households == b.Households && stored.Residents == b.Residents {
			continue
		}
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b *geo.Building) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// spread gives the homes of a ground their parts and reports it.
func (g *ground) spread(on geo.Date, changed map[int64]*geo.Building) Report {
	r := Report{Place: g.place}
	for _, f := range both {
		homes := g.living(f)
		weigh(homes)
		r.Buildings = max(r.Buildings, len(homes))
		report := &r.Households
		if f == people {
			report = &r.People
		}
		open := slices.DeleteFunc(slices.Clone(homes), func(h *home) bool { return countOf(h.building, f).Known })
		*report = g.part(f, homes, open, func(h *home, n int32) {
			b := h.building
			copied, ok := changed[b.ID]
			if !ok {
				copied = geo.Clone(b).(*geo.Building)
				changed[b.ID] = copied
			}
			*countOf(copied, f) = geo.Some(n)
			rest, m := split(copied.Source)
			m.Households = m.Households || f == households
			m.People = m.People || f == people
			m.Of, m.On = g.level, on
			copied.Source = join(rest, m)
		})
	}
	return r
}

// living returns the homes that count: without the vague ones where the use of
// others is known.
func (g *ground) living(f figure) []*home {
	sure := slices.ContainsFunc(g.homes[f], func(h *home) bool { return !h.vague })
	return slices.DeleteFunc(slices.Clone(g.homes[f]), func(h *home) bool { return sure && h.vague })
}

// part parts one figure among those homes that are open to it.
func (g *ground) part(f figure, homes, open []*home, set func(*home, int32)) Figure {
	out := Figure{Stated: statedBy(g.place, f), Known: g.known[f], Elsewhere: g.elsewhere[f]}
	if !out.Stated.Known {
		return out
	}
	whole := out.Stated.Value - out.Known - out.Elsewhere
	switch {
	case whole < 0:
		out.Unplaced, out.Reason = whole, TooMany
	case g.place.Shape.Kind() != geo.Polygons:
		out.Unplaced, out.Reason = whole, NoOutline
	case len(homes) == 0 && whole > 0:
		out.Unplaced, out.Reason = whole, NoBuildings
	case len(open) == 0 && whole > 0:
		out.Unplaced, out.Reason = whole, AllCounted
	}
	if len(open) == 0 || out.Reason != AllPlaced {
		return out
	}
	weights := make([]int64, len(open))
	for i, h := range open {
		weights[i] = h.weight
	}
	for i, n := range share(whole, weights) {
		set(open[i], int32(n))
		out.Estimated += n
	}
	out.Buildings = len(open)
	return out
}
