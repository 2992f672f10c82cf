package access

import (
	"errors"
	"sync"
	"time"

	"gridatlas/geo"
)

// remembered is who came lately, so that an emergency team is not signed out by the
// loss of the database: while the store is away, who was known within the last
// SessionLength still is. Nothing can be written then anyway.
type remembered struct {
	mu  sync.Mutex
	who map[string]seen // by the hash of the secret
}

type seen struct {
	who Who
	at  time.Time
}

// rememberedMost bounds the memory: some 2 MB.
const rememberedMost = 10_000

func newRemembered() remembered { return remembered{who: map[string]seen{}} }

// orElse keeps an answer of the store, and stands in for it while it is away.
func (r *remembered) orElse(key string, who Who, err error, now time.Time) (Who, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		if _, there := r.who[key]; !there && len(r.who) >= rememberedMost {
			for other := range r.who { // any of them
				delete(r.who, other)
				break
			}
		}
		r.who[key] = seen{who, now}
	case errors.Is(err, geo.ErrUnavailable):
		if last, there := r.who[key]; there && now.Sub(last.at) < SessionLength {
			return last.who, nil
		}
	default:
		delete(r.who, key)
	}
	return who, err
}

func (r *remembered) drop(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.who, key)
}

// forget drops everybody who came by an account.
func (r *remembered) forget(account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, last := range r.who {
		if last.who.Name == account {
			delete(r.who, key)
		}
	}
}
