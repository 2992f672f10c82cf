package api_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"
)

// stuck is a client that takes no byte until it is let go.
type stuck struct {
	*httptest.ResponseRecorder
	reached  func()
	let      chan struct{}
	deadline time.Time
}

func (w *stuck) Write(b []byte) (int, error) {
	w.reached()
	<-w.let
	return w.ResponseRecorder.Write(b)
}

func (w *stuck) SetWriteDeadline(at time.Time) error {
	w.deadline = at
	return nil
}

// Clients that do not read their answers take nobody's turn, and are hung up on
// after a while.
func TestSlowClientsHoldNobodyUp(t *testing.T) {
	n := newTown(t)
	var clients, writing sync.WaitGroup
	let := make(chan struct{})
	list := make([]*stuck, 2*runtime.GOMAXPROCS(0)) // as many as may walk at a time
	for i := range list {
		writing.Add(1)
		list[i] = &stuck{ResponseRecorder: httptest.NewRecorder(), reached: sync.OnceFunc(writing.Done), let: let}
		clients.Go(func() {
			n.ServeHTTP(list[i], httptest.NewRequest(http.MethodGet, "/walk/nearest?lon=119.1&lat=36.7&of=booths", nil))
		})
	}
	writing.Wait()
	if w := n.get(t, "/walk/nearest?lon=119.1&lat=36.7&of=booths"); w.Code != http.StatusOK {
		t.Errorf("beside %d slow clients: %d %s", len(list), w.Code, w.Body)
	}
	close(let)
	clients.Wait()
	for _, w := range list {
		if left := time.Until(w.deadline); left <= 0 || left > 2*time.Minute || w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%d, %d bytes, %v left to read them", w.Code, w.Body.Len(), left)
		}
	}
}
