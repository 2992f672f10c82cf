package api

import (
	"net/http"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// mayWrite refuses changes that who writes has no leave for: what stands and what is
// to stand must both lie where they may write. All of them are named at once.
func (s *server) mayWrite(work *writing, snap *snapshot.Snapshot, changes []geo.Change) error {
	if work.byCard {
		return nil
	}
	grounds, at := s.groundsOf(snap), geo.InstantOf(s.Clock())
	var refused []map[string]any
	var lacks access.Action
	for i, change := range changes {
		needs := work.needs
		if needs == "" {
			needs = access.Writing(change.Key.Layer)
		}
		before, _ := snap.Get(change.Key)
		for _, f := range []geo.Feature{before, change.After} {
			if f == nil || work.who.May(needs, grounds.place(f, at)) {
				continue
			}
			lacks = needs
			refused = append(refused, map[string]any{"change": i, "layer": change.Key.Layer, "id": f.Common().ID, "action": needs})
			break
		}
	}
	if len(refused) == 0 {
		return nil
	}
	p := &problem.Problem{
		Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
		Detail:  "what is to be changed lies where " + work.who.Name + " may not write",
		Members: map[string]any{"account": work.who.Name, "refused": refused},
	}
	if !work.who.MayAnywhere(lacks) {
		p.Detail = work.who.Name + " has no role that lets it write this (" + string(lacks) + ")"
	}
	return p
}
