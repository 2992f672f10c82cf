package api

import (
	"net/http"
	"time"

	"gridatlas/tiles"
)

// Done is what is known of a request when it has ended. Nothing in it is of whoever
// asked, nor what was asked for: Route is a template, Method one of a closed list.
type Done struct {
	Route  string // "none" where nothing is served
	Method string // "other" for those that are served nowhere
	Status int    // 499: the client left before there was an answer
	Bytes  int64  // of the body, as it was sent
	Took   time.Duration
}

// Stats is how a server is doing, since it began or, where it says so, now.
type Stats struct {
	InFlight      int64 // requests now, listeners to /events among them
	Tiles         tiles.CacheStats
	Turns         map[string]Turns // by class of work
	SignIns       int64
	FailedSignIns int64
}

// Turns is how a class of work is doing.
type Turns struct {
	Working, Waiting int64 // now
	Refused          int64 // sent away, for too many waited
}

// Stats returns how the server is doing.
func (h *Handler) Stats() Stats {
	s := h.server
	stats := Stats{
		InFlight: s.inFlight.Load(), Tiles: s.tiles.Stats(), Turns: map[string]Turns{},
		SignIns: s.signIns.Load(), FailedSignIns: s.failedSignIns.Load(),
	}
	for name, g := range s.gates {
		stats.Turns[name] = Turns{Working: int64(len(g.working)), Waiting: g.waiting.Load(), Refused: g.refused.Load()}
	}
	return stats
}

// methodOf is the method of a request where it is one that something may be served
// by: any other is whatever a stranger has made up.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}
