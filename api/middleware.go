package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
)

// Limits of what a client may send; class has that of bodies.
const (
	maxURL   = 8 << 10
	maxQuery = 4 << 10
)

// patience is how long a client may take to receive its answer: a phone with poor
// reception gets a megabyte in that time, and who reads nothing is hung up on.
const patience = time.Minute

// policy lets an answer load nothing and stand in no frame: it is data, whatever a
// browser takes it for. Pages send policies of their own.
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// record is what the access log says of a request.
type record struct {
	id     string
	route  string // the template, so that no query and no place is in the log
	status int
	bytes  int64

	who   access.Who
	asked bool // who has been found out
}

type recordKey struct{}

func recordOf(r *http.Request) *record {
	if rec, ok := r.Context().Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{}
}

// outermost is around everything: request id, headers of every answer, limits of
// what is sent, panics, the log.
func (s *server) outermost(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{id: newRequestID()}
		w := &recorder{ResponseWriter: out, rec: rec}
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		header := w.Header()
		if s.stopping.Load() {
			header.Set("Connection", "close")
		}
		header.Set("X-Request-Id", rec.id)
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Access-Control-Allow-Origin", "*")
		header.Set("Access-Control-Expose-Headers", "Content-Crs, Content-Disposition, ETag, Link, Location, Retry-After, X-Data-Age, X-Request-Id, "+
			headerMatched+", "+headerReturned+", "+headerRevision)
		s.inFlight.Add(1)
		defer func() {
			s.inFlight.Add(-1)
			s.ended(r, rec, time.Since(start))
		}()
		defer func() {
			if fault := recover(); fault != nil {
				s.recovered(w, r, fault)
			}
		}()
		s.expectBody(w, r, class{})
		if err := s.checkHost(r); err != nil {
			s.fail(w, r, err)
			return
		}
		switch {
		case len(r.RequestURI) > maxURL:
			(&problem.Problem{Name: "uri-too-long", Status: http.StatusRequestURITooLong}).Write(w, rec.id)
		case len(r.URL.RawQuery) > maxQuery:
			(&problem.Problem{Name: "query-too-long", Status: http.StatusRequestURITooLong, Detail: "the query is longer than 4096 bytes"}).Write(w, rec.id)
		default:
			inner.ServeHTTP(w, r)
		}
	})
}

// slow is after how long a request is worth a warning; listeners to /events stay.
const slow = 2 * time.Second

// ended logs and counts a request. No query, no path, no name and no address is told.
func (s *server) ended(r *http.Request, rec *record, took time.Duration) {
	done := Done{Route: rec.route, Method: methodOf(r), Status: rec.status, Bytes: rec.bytes, Took: took}
	if done.Route == "" { // refused before its route was looked for
		done.Route = "none"
	}
	if done.Status == 0 { // net/http sends it for who writes nothing
		done.Status = http.StatusOK
	}
	level, message := slog.LevelInfo, "request"
	if took >= slow && done.Route != "/events" {
		level, message = slog.LevelWarn, "slow request"
	}
	s.Log.LogAttrs(r.Context(), level, message,
		slog.String("id", rec.id), slog.String("method", done.Method), slog.String("route", done.Route),
		slog.Int("status", done.Status), slog.Int64("bytes", done.Bytes), slog.Duration("took", took))
	if s.Done != nil {
		s.Done(done)
	}
}

func (s *server) recovered(w *recorder, r *http.Request, fault any) {
	if fault == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
		panic(fault)
	}
	s.Log.ErrorContext(r.Context(), "panic", "id", w.rec.id, "route", w.rec.route, "fault", fault, "stack", string(debug.Stack()))
	if w.rec.status == 0 {
		s.tell(w, r, &problem.Problem{Name: "internal", Status: http.StatusInternalServerError})
	}
}

// fail writes the answer of an error. The chain of an inner error goes to the
// log only. A server that stops says so to those who still wait: their context
// ends with the cause http.ErrServerClosed.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	rec := recordOf(r)
	p := problem.Of(err)
	if p == nil {
		// Cancelled: by the client that left, by the server that stops, or because
		// the work was shared with somebody who left. In the last two the client
		// still waits.
		stopping := errors.Is(context.Cause(r.Context()), http.ErrServerClosed)
		if r.Context().Err() != nil && !stopping {
			rec.status = statusGone
			return
		}
		p = &problem.Problem{
			Name: "interrupted", Status: http.StatusServiceUnavailable, Title: "The work was cut off",
			Detail: "ask again", RetryAfter: 2 * time.Second,
		}
		if stopping {
			p.Name, p.Title = "stopping", "The server is stopping"
		}
	}
	if p.Status == http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "request failed", "id", rec.id, "route", rec.route, "error", err)
	}
	s.tell(w, r, p)
}

// tell writes a problem: on a page to who opens one in a browser, as JSON to programs.
func (s *server) tell(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	rec := recordOf(r)
	if s.ProblemPage == nil || !forPeople[rec.route] || wantsJSON(r) {
		p.Write(w, rec.id)
		return
	}
	p.Head(w.Header())
	s.ProblemPage(w, r, p.Status, rec.id)
}

// statusGone stands in the log for a request whose client left before there was
// an answer; nothing is sent.
const statusGone = 499

// allow answers what is neither reading nor a method of the class, and reports
// whether to go on.
func (s *server) allow(w http.ResponseWriter, r *http.Request, c class) bool {
	served := append([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, c.methods...)
	if c.unread {
		served = served[2:]
	}
	methods := strings.Join(served, ", ")
	switch {
	case r.Method != http.MethodOptions && slices.Contains(served, r.Method):
		return true
	case r.Method == http.MethodOptions:
		header := w.Header()
		header.Set("Allow", methods)
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", "Content-Type, If-None-Match")
		if s.Store != nil {
			header.Set("Access-Control-Allow-Headers", "Authorization, Content-Crs, Content-Type, If-Match, If-None-Match, "+headerIdempotency)
		}
		header.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", methods)
		s.fail(w, r, &problem.Problem{
			Name: "method-not-allowed", Status: http.StatusMethodNotAllowed, Detail: "only " + methods + " are served here",
		})
	}
	return false
}

func noRoute(_ http.ResponseWriter, r *http.Request) error {
	recordOf(r).route = "none"
	return problem.NotFound("nothing is served at this path")
}

// recorder notes status and size on their way out, and bounds the time that they
// may take.
type recorder struct {
	http.ResponseWriter
	rec *record
}

// begin notes the status when the answer begins.
func (w *recorder) begin(status int) {
	if w.rec.status != 0 || status < 200 {
		return
	}
	w.rec.status = status
	if w.rec.who.SignedIn() { // what is for somebody lies in no cache where another may find it
		w.Header().Set("Cache-Control", "private, no-store")
	}
	// The only error is that a writer has no deadlines, as a recorder in a test.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(patience))
}

func (w *recorder) WriteHeader(status int) {
	w.begin(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	w.begin(http.StatusOK)
	n, err := w.ResponseWriter.Write(b)
	w.rec.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func newRequestID() string {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// matches reports whether a list of entity tags, as in If-None-Match, names one.
// Tags are compared weakly, and without the suffix of compressed answers.
func matches(list, etag string) bool {
	bare := func(tag string) string {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		return strings.TrimSuffix(strings.Trim(tag, `"`), packSuffix)
	}
	if list == "" || etag == "" {
		return false
	}
	for tag := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(tag) == "*" || bare(tag) == bare(etag) {
			return true
		}
	}
	return false
}
