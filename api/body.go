package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"gridatlas/api/problem"
)

// bodyTime is how long a body may take to come: what a server gives everybody, and a
// second for each MiB that it may have; ten for what a phone sends.
func (s *server) bodyTime(c class) time.Duration {
	perMiB := time.Second
	if c.cut {
		perMiB *= 10
	}
	return s.BodyTime + time.Duration(c.body>>20)*perMiB
}

// expectBody bounds how long the body of a request may take to come, also one that
// nobody asked for, which net/http reads away.
func (s *server) expectBody(w http.ResponseWriter, r *http.Request, c class) {
	if r.ContentLength != 0 {
		// The only error is that a writer has no deadlines, as a recorder in a test.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.bodyTime(c)))
	}
}

// bodies are those that one route holds in memory. They are read whole before it is
// the turn of their requests, so that who sends slowly takes nobody's turn, and come
// to as much as bodiesAtOnce of the longest.
type bodies struct {
	most int64 // bytes of one
	held atomic.Int64
}

const bodiesAtOnce = 8

// receive reads the body of a request, which is in memory afterwards, until release.
func (s *server) receive(w http.ResponseWriter, r *http.Request, c class, all *bodies) (release func(), err error) {
	release = func() {}
	if c.signed {
		if _, err := s.signedIn(w, r); err != nil {
			return nil, err
		}
	}
	if r.Body == nil || r.ContentLength == 0 {
		return release, nil
	}
	s.expectBody(w, r, c)
	in := &counting{from: http.MaxBytesReader(w, r.Body, all.most), all: all}
	release = func() { all.held.Add(-in.read) }
	text, err := io.ReadAll(in)
	isCut := false
	if tooLarge := (*http.MaxBytesError)(nil); c.cut && errors.As(err, &tooLarge) {
		isCut, err = true, nil
		// Who still sends hears no answer.
		if _, failed := io.CopyN(io.Discard, r.Body, readAway); !errors.Is(failed, io.EOF) {
			w.Header().Set("Connection", "close")
		}
	}
	if err != nil {
		// The rest may still be on its way: the line is of no more use.
		w.Header().Set("Connection", "close")
		release()
		return nil, bodyFault(err)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	whole := io.Reader(bytes.NewReader(text))
	if isCut {
		whole = io.MultiReader(whole, cutHere{})
	}
	r.Body = io.NopCloser(whole)
	return release, nil
}

// errCut is what comes at the end of a body that was cut.
var errCut = errors.New("the body is longer than is read of it")

// cutHere is a reader of nothing more.
type cutHere struct{}

func (cutHere) Read([]byte) (int, error) { return 0, errCut }

func bodyFault(err error) error {
	var tooLarge *http.MaxBytesError
	var own *problem.Problem
	switch {
	case errors.As(err, &tooLarge), errors.As(err, &own):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &problem.Problem{
			Name: "body-too-slow", Status: http.StatusRequestTimeout, Title: "The body did not come in time",
		}
	}
	return badBody(fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err))
}

// counting counts what it reads among all that a route holds.
type counting struct {
	from io.Reader
	all  *bodies
	read int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.read += int64(n)
	if c.all.held.Add(int64(n)) > bodiesAtOnce*c.all.most {
		return n, &problem.Problem{
			Name: "overloaded", Status: http.StatusServiceUnavailable, Title: "Too many long questions at once",
			RetryAfter: 5 * time.Second,
		}
	}
	return n, err
}
