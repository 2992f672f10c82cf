package api

import (
	"net/http"
	"time"

	"gridatlas/api/problem"
)

const typeEvents = "text/event-stream"

const (
	// beat is how often a listener hears that the line still stands: more often than
	// proxies cut off a silent one, which is after half a minute or more.
	beat = 15 * time.Second
	// hearing is how long a listener may take to receive one event.
	hearing = 10 * time.Second
)

// events answers /events: a stream of server-sent events, one a new map, that tells
// which layers are other than before, and where, as far as the public can see. It
// begins with one that says which map is the newest, or, when a listener names the
// one it heard of last (Last-Event-ID, or the parameter after), with what has
// changed since. A listener that is slow hears of several maps in one.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	recordOf(r).route = "/events"
	if !s.allow(w, r, class{}) {
		return
	}
	if err := s.stream(w, r); err != nil {
		s.fail(w, r, err)
	}
}

// stream sends events until the listener has gone or the server stops. There is no
// error once the answer has begun.
func (s *server) stream(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "after")
	if err != nil {
		return err
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = q.text("after")
	}
	if last != "" && !isHeadName(last) {
		return problem.Parameter("after", "%q is not the id of an event", last)
	}
	if !s.feed.enter() {
		return &problem.Problem{
			Name: "too-many-listeners", Status: http.StatusServiceUnavailable, Title: "Too many listen already",
			RetryAfter: time.Minute,
		}
	}
	defer s.feed.leave()
	news, more, ok := s.feed.since(last)
	if !ok {
		return s.noSnapshot()
	}
	header := w.Header()
	header.Set("Content-Type", typeEvents)
	header.Set("Cache-Control", "no-store, no-transform")
	header.Set("X-Accel-Buffering", "no") // nginx holds answers back otherwise
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	line := http.NewResponseController(w)
	send := func(text []byte) bool {
		// A line without deadlines, as in a test, has none to pass. Between two events
		// there is none: the listener has nothing to take.
		_ = line.SetWriteDeadline(time.Now().Add(hearing))
		defer func() { _ = line.SetWriteDeadline(time.Time{}) }()
		_, err := w.Write(text)
		return err == nil && line.Flush() == nil
	}
	silence := time.NewTicker(beat)
	defer silence.Stop()
	for heard := send(append([]byte("retry: 3000\n\n"), news.event()...)); heard && more != nil; {
		select {
		case <-more:
			news, more, _ = s.feed.since(news.head.Name())
			if more != nil {
				heard = send(news.event())
			}
		case <-silence.C:
			heard = send([]byte(":\n\n"))
		case <-r.Context().Done():
			return nil
		}
	}
	return nil
}
