package estimate

import (
	"context"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Site is a building with the point that says which places it counts for.
type Site struct {
	Building *geo.Building
	At       geo.Point
}

// Share is the part of a building in what places publish; below zero: unknown.
type Share struct{ Households, People int32 }

// Published spreads what places state, which is public, over the floor area of all
// that people live in, as if nobody had counted anything at any building: figures of
// buildings do not count. The rules are those of Spread, and the parts of a place sum
// to what it states less what places inside it state. Buildings on its ground that
// nobody lives in have none; where no place states a figure, or it cannot be placed,
// the parts are unknown. Shares come in the order of the sites, of which all are
// taken to be in effect; places count that are so at an instant. It ends early with
// ctx's error.
func Published(ctx context.Context, s *snapshot.Snapshot, sites []Site, at geo.Instant) ([]Share, error) {
	grounds := groundsOf(s, "", at)
	shares := make([]Share, len(sites))
	standing := map[*ground]*[2][]int{} // what stands on a ground
	for i, site := range sites {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		shares[i] = Share{-1, -1}
		h, lived := homeOf(site.Building)
		h.site = i
		for f, g := range grounds.under(site.At) {
			if g == nil {
				continue
			}
			if standing[g] == nil {
				standing[g] = &[2][]int{}
			}
			standing[g][f] = append(standing[g][f], i)
			if lived {
				own := h
				g.homes[f] = append(g.homes[f], &own)
			}
		}
	}
	for _, g := range grounds.list {
		on := standing[g]
		if on == nil {
			continue
		}
		for _, f := range both {
			homes := g.living(f)
			weigh(homes)
			parts := map[int]int32{}
			spread := g.part(f, homes, homes, func(h *home, n int32) { parts[h.site] = n })
			if !spread.Stated.Known || spread.Reason != AllPlaced {
				continue
			}
			for _, i := range on[f] {
				*shares[i].of(f) = parts[i]
			}
		}
	}
	return shares, nil
}

func (s *Share) of(f figure) *int32 {
	if f == people {
		return &s.People
	}
	return &s.Households
}
