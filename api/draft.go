package api

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// draft holds an answer back until it is whole. A handler writes into memory, and
// only afterwards, when its turn is over, does the client take what it wants at
// its own pace: who reads slowly keeps nobody else from being served. Of an answer
// that may be long a handler writes the headers, and leaves the body for later.
type draft struct {
	http.ResponseWriter // its headers are those of the answer
	status              int
	body                []byte
	rest                rest
}

// rest sends the body of an answer after the turn of its handler. An error before
// the first byte is answered as that of a handler; after it the connection is cut, so
// that half an answer is not taken for a whole one.
type rest func(w http.ResponseWriter, r *http.Request) error

func (d *draft) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

func (d *draft) Write(b []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	d.body = append(d.body, b...)
	return len(b), nil
}

// give makes bytes the body, which stay as they are: a kept tile is sent from where it
// is kept.
func (d *draft) give(body []byte) {
	d.WriteHeader(http.StatusOK)
	d.body = slices.Clip(body)
}

// later has the body of an answer sent after the turn. It stands in for a HEAD, which
// has none.
func later(w http.ResponseWriter, r *http.Request, send rest) {
	if r.Method != http.MethodHead {
		w.(*draft).rest = send // adapt gives handlers nothing else
	}
}

// send gives the answer away.
func (d *draft) send(r *http.Request) error {
	if d.rest != nil {
		return d.rest(d.ResponseWriter, r)
	}
	d.WriteHeader(http.StatusOK)
	d.ResponseWriter.WriteHeader(d.status)
	if len(d.body) > 0 {
		_, _ = d.ResponseWriter.Write(d.body) // the client may have gone; nothing is left to tell it
	}
	return nil
}

// longest is how long a client may take to receive a long answer, of which it must
// take a piece within patience each time.
const longest = 10 * time.Minute

// pieceSize is how much of a long answer is sent at a time.
const pieceSize = 64 << 10

// pieces sends a long answer piece by piece.
type pieces struct {
	ctx   context.Context
	w     http.ResponseWriter
	until time.Time
}

func sendPieces(w http.ResponseWriter, r *http.Request) *pieces {
	return &pieces{ctx: r.Context(), w: w, until: time.Now().Add(longest)}
}

func (p *pieces) Write(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.w.Write(b)
	// The recorder gave the first piece its time. The only error is that a writer has no
	// deadlines, as a recorder in a test.
	deadline := time.Now().Add(patience)
	if deadline.After(p.until) {
		deadline = p.until
	}
	_ = http.NewResponseController(p.w).SetWriteDeadline(deadline)
	return n, err
}
