package port_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"time"

	"gridatlas/api/port"
)

// serve answers "served" at a port within limits.
func serve(t *testing.T, limits port.Limits, h http.Handler) *port.Listener {
	t.Helper()
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := port.Limit(open, limits)
	if h == nil {
		h = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "served") })
	}
	server := &http.Server{Handler: h, ConnState: l.Note}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-ended
		if left := l.Counts().Open; left != 0 {
			t.Errorf("%d connections are still counted", left)
		}
	})
	return l
}

// dial connects from an address of this machine.
func dial(t *testing.T, l net.Listener, from string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Minute}
	line, err := dialer.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.Close() })
	return line
}

// ask sends one request and reports whether it was answered, and not hung up on.
func ask(t *testing.T, line net.Conn) bool {
	t.Helper()
	_ = line.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(line, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		return false
	}
	answer, err := http.ReadResponse(bufio.NewReader(line), nil)
	if err != nil {
		if timeout, is := err.(net.Error); is && timeout.Timeout() { //nolint:errorlint // as net says it
			t.Error("neither answered nor hung up on")
		}
		return false
	}
	text, err := io.ReadAll(answer.Body)
	return err == nil && string(text) == "served"
}

// isCut reports whether a connection is closed from the other side.
func isCut(line net.Conn) bool {
	_ = line.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := line.Read(make([]byte, 1))
	timeout, is := err.(net.Error) //nolint:errorlint // as net says it
	return err != nil && (!is || !timeout.Timeout())
}

func settle(t *testing.T, l *port.Listener, holds func(port.Counts) bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(l.Counts()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the port counts %+v", l.Counts())
		}
	}
}

// One network has so many connections, and others have theirs; one that closes
// makes room for the next.
func TestPerNetwork(t *testing.T) {
	l := serve(t, port.Limits{All: 100, PerNetwork: 3}, nil)
	var mine []net.Conn
	for range 3 {
		mine = append(mine, dial(t, l, "127.0.0.1"))
	}
	settle(t, l, func(c port.Counts) bool { return c.Open == 3 })
	if !isCut(dial(t, l, "127.0.0.1")) {
		t.Error("the fourth from one address is let in")
	}
	if !ask(t, dial(t, l, "127.0.0.2")) {
		t.Error("somebody else is not served")
	}
	for _, line := range mine {
		if !ask(t, line) {
			t.Error("one of the first three is not served")
		}
	}
	mine[0].Close()
	settle(t, l, func(c port.Counts) bool { return c.Open == 3 }) // two and somebody else's
	if !ask(t, dial(t, l, "127.0.0.1")) {
		t.Error("a place that is free again is not given")
	}
	if c := l.Counts(); c.PerNetwork != 1 || c.Full != 0 || c.Evicted != 0 || c.Accepted != 5 {
		t.Errorf("the port counts %+v", c)
	}
}

func TestExempt(t *testing.T) {
	l := serve(t, port.Limits{PerNetwork: 2, Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}}, nil)
	for range 10 {
		dial(t, l, "127.0.0.1")
	}
	if !ask(t, dial(t, l, "127.0.0.1")) {
		t.Error("the eleventh of an exempt network is not served")
	}
	for range 2 {
		dial(t, l, "127.0.0.9")
	}
	if !isCut(dial(t, l, "127.0.0.9")) {
		t.Error("the third of another network is let in")
	}
}

// When all places are taken, whoever waits longest makes room, also between two
// questions; who is being answered does not.
func TestFull(t *testing.T) {
	asked, let := make(chan struct{}, 3), make(chan struct{})
	release := sync.OnceFunc(func() { close(let) })
	defer release()
	l := serve(t, port.Limits{All: 3}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Slow") != "" {
			asked <- struct{}{}
			<-let
		}
		_, _ = io.WriteString(w, "served")
	}))
	slow := func() net.Conn {
		line := dial(t, l, "127.0.0.1")
		_, _ = io.WriteString(line, "GET / HTTP/1.1\r\nHost: localhost\r\nSlow: yes\r\n\r\n")
		select {
		case <-asked:
		case <-time.After(time.Minute):
			t.Fatal("one who asks is not let in")
		}
		return line
	}
	busy := slow()
	idle := dial(t, l, "127.0.0.1")
	if !ask(t, idle) {
		t.Fatal("the second is not served")
	}
	silent := dial(t, l, "127.0.0.1")
	settle(t, l, func(c port.Counts) bool { return c.Open == 3 && c.Waiting == 2 })
	third := dial(t, l, "127.0.0.1")
	if !isCut(idle) || !ask(t, third) {
		t.Error("the one that waited longest did not make room")
	}
	settle(t, l, func(c port.Counts) bool { return c.Waiting == 2 })
	if !ask(t, dial(t, l, "127.0.0.1")) || !isCut(silent) {
		t.Error("the one that never asked did not make room")
	}
	settle(t, l, func(c port.Counts) bool { return c.Open == 3 && c.Waiting == 2 && c.Evicted == 2 })
	// Two more that are answered, and nobody waits any more.
	second, last := slow(), slow()
	if !isCut(dial(t, l, "127.0.0.1")) {
		t.Error("one too many is let in")
	}
	release()
	for _, line := range []net.Conn{busy, second, last} {
		answer, err := http.ReadResponse(bufio.NewReader(line), nil)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("one who was being answered was cut off: %v", err)
		}
	}
	if c := l.Counts(); c.Full != 1 || c.Evicted != 4 {
		t.Errorf("the port counts %+v", c)
	}
}
