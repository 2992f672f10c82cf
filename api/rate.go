package api

import (
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"gridatlas/api/problem"
)

// pace is how many requests of a class one network may ask for in a second, and how
// many at once before that counts. It is meant for programs that ask without end:
// one address may be a whole carrier, an office, a school. The zero pace is without
// bound.
type pace struct {
	perSecond float64
	burst     int
}

// The paces of the classes. A person who drags a map asks for some dozen tiles a
// second, a program that pages through a layer for some dozen lists.
var (
	paceOfPages   = pace{100, 300}
	paceOfTiles   = pace{1000, 3000}
	paceOfLists   = pace{100, 300}
	paceOfSearch  = pace{40, 120}
	paceOfWalks   = pace{20, 60}
	paceOfCover   = pace{5, 20}
	paceOfPacking = pace{0.5, 5}
	paceOfForms   = pace{2, 20}
	paceOfCards   = pace{0.1, 12} // of one booth's card, wherever it is used
	// Reports that are accepted: one address may be a whole street on its phones.
	paceOfReports  = pace{1. / 20, 10}
	paceOfReceipts = pace{1, 30}
)

// limiter keeps a pace, network by network.
type limiter struct {
	pace
	now func() time.Time

	mu            sync.Mutex
	newer, older  map[string]*rate.Limiter
	newerBegan    time.Time
	generationFor time.Duration // after so long a network that was silent has a full burst again
}

// limiterMost bounds the networks that are remembered in one generation: two of them
// are some 20 MB at worst.
const limiterMost = 50_000

// newLimiter returns a limiter; nil, which lets everything through, for no pace or
// when the paces of a server are taken times 0.
func newLimiter(p pace, times float64, now func() time.Time) *limiter {
	if p.perSecond == 0 || times == 0 {
		return nil
	}
	p.perSecond *= times
	p.burst = max(1, int(float64(p.burst)*times))
	return &limiter{
		pace: p, now: now, newer: map[string]*rate.Limiter{}, newerBegan: now(),
		generationFor: time.Duration(math.Ceil(float64(p.burst)/p.perSecond)) * time.Second,
	}
}

// wait is how long a network has to wait for its next turn; 0: it is now.
func (l *limiter) wait(network string) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if now.Sub(l.newerBegan) >= l.generationFor || len(l.newer) >= limiterMost {
		l.older, l.newer, l.newerBegan = l.newer, map[string]*rate.Limiter{}, now
	}
	bucket := l.newer[network]
	if bucket == nil {
		if bucket = l.older[network]; bucket == nil {
			bucket = rate.NewLimiter(rate.Limit(l.perSecond), l.burst)
		}
		l.newer[network] = bucket
	}
	turn := bucket.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait > 0 {
		turn.CancelAt(now) // it did not come to it
	}
	return wait
}

// tooFast answers who asks faster than the pace. The time to wait is spread, so that
// those who were refused together do not come back together.
func tooFast(wait time.Duration) *problem.Problem {
	return &problem.Problem{
		Name: "rate-limited", Status: http.StatusTooManyRequests, Title: "Too many questions from one network",
		Detail: "ask more slowly", RetryAfter: wait + time.Second + rand.N(2*time.Second),
	}
}
