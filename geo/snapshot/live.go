package snapshot

import (
	"sync/atomic"
	"time"
)

// Live publishes the newest snapshot of a source. The zero value has none yet.
type Live struct {
	current  atomic.Pointer[Snapshot]
	standing atomic.Pointer[Standing]
	losses   atomic.Int64
	changed  atomic.Pointer[func(before, after *Snapshot)]
}

// Standing is how far the current snapshot can be taken for the newest state of
// its source.
type Standing struct {
	// Confirmed is when the source last said that it is; zero: never.
	Confirmed time.Time
	// Away: the source did not answer when it was asked last.
	Away bool
	// FromFile: the source has not answered since this node started, and the
	// snapshot is the one that the node had kept.
	FromFile bool
}

// Age is how long ago the source last confirmed the snapshot.
func (s Standing) Age() time.Duration { return max(0, time.Since(s.Confirmed)) }

// Current returns the newest snapshot, or nil before there is one. A request calls
// it once.
func (l *Live) Current() *Snapshot { return l.current.Load() }

// Standing returns how far Current can be trusted to be the newest.
func (l *Live) Standing() Standing {
	if s := l.standing.Load(); s != nil {
		return *s
	}
	return Standing{}
}

// Age says how long ago the source last confirmed the current snapshot.
func (l *Live) Age() time.Duration { return l.Standing().Age() }

// OnChange sets what is called, on the publishing goroutine, after a snapshot was
// published; before is nil for the first.
func (l *Live) OnChange(f func(before, after *Snapshot)) { l.changed.Store(&f) }

// Publish makes s, which its source has just given or confirmed, the current
// snapshot. Follow calls it; tests may.
func (l *Live) Publish(s *Snapshot) { l.publish(s, Standing{Confirmed: time.Now()}) }

// Resume makes s, from this node's file, the current snapshot until its source is
// reached. It must not run at the same time as Follow.
func (l *Live) Resume(s *Snapshot, confirmed time.Time) {
	l.publish(s, Standing{Confirmed: confirmed, FromFile: true})
}

func (l *Live) publish(s *Snapshot, standing Standing) {
	before := l.current.Swap(s)
	l.standing.Store(&standing)
	if f := l.changed.Load(); f != nil && before != s {
		(*f)(before, s)
	}
}

// confirm notes that the source stands by the current snapshot.
func (l *Live) confirm() { l.standing.Store(&Standing{Confirmed: time.Now()}) }

// Lost notes that the source cannot be reached, until it confirms or gives a
// snapshot again. Follow calls it; who opens the source does, too.
func (l *Live) Lost() {
	l.losses.Add(1)
	standing := l.Standing()
	standing.Away = true
	l.standing.Store(&standing)
}

// Losses is how often the source was lost, or asked in vain, since the start.
func (l *Live) Losses() int64 { return l.losses.Load() }
