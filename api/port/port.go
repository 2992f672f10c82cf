// Package port bounds the connections of a public port: how many in all, and how
// many from one network. Who is one too many from one network is hung up on at once.
// When all places are taken, the connection that has waited longest without asking
// anything makes room for the one that comes: people ask within milliseconds, so
// somebody who opens thousands of connections and dribbles into them hangs up on
// himself. Nobody in the middle of a question or an answer is cut off; how long
// those may take is for the server and its handlers.
package port

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"sync"
)

// Limits of a port. Zero is no limit.
type Limits struct {
	All        int
	PerNetwork int // from one address, in IPv6 from one half of it, a household's
	// Exempt are networks whose connections PerNetwork does not count, as that of a
	// proxy through which everybody comes.
	Exempt []netip.Prefix
}

// Counts is what happened at a port since it was opened, but for Open and Waiting.
type Counts struct {
	Open       int // now
	Waiting    int // of these, between two questions or before the first
	Accepted   uint64
	PerNetwork uint64 // hung up on: too many from one network
	Full       uint64 // hung up on: all places were taken by those who ask
	Evicted    uint64 // hung up on after the longest wait, for another
}

// Listener accepts connections within limits. It is safe for several goroutines.
type Listener struct {
	net.Listener
	limits Limits

	mu      sync.Mutex
	counts  Counts
	from    map[netip.Addr]int // connections by network, those that are exempt left out
	waiting list.List          // of *conn that ask nothing now, the longest wait in front
}

// Limit returns a listener that hands out the connections of another within limits.
// The server that serves it must call Note, or nobody ever makes room.
func Limit(l net.Listener, limits Limits) *Listener {
	return &Listener{Listener: l, limits: limits, from: map[netip.Addr]int{}}
}

// Counts returns what happened so far.
func (l *Listener) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts := l.counts
	counts.Waiting = l.waiting.Len()
	return counts
}

// Accept returns the next connection that is within the limits.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		line, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: line, port: l, network: l.networkOf(line.RemoteAddr())}
		admitted, evicted := l.admit(c)
		if evicted != nil {
			_ = evicted.Close() // its owner finds out by himself
		}
		if admitted {
			return c, nil
		}
		_ = line.Close()
	}
}

// admit counts a connection in, if there is room or somebody who makes it.
func (l *Listener) admit(c *conn) (admitted bool, evicted *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.network.IsValid() && l.limits.PerNetwork > 0 && l.from[c.network] >= l.limits.PerNetwork {
		l.counts.PerNetwork++
		return false, nil
	}
	if l.limits.All > 0 && l.counts.Open >= l.limits.All {
		longest := l.waiting.Front()
		if longest == nil {
			l.counts.Full++
			return false, nil
		}
		evicted = longest.Value.(*conn)
		l.counts.Evicted++
		l.leave(evicted)
	}
	l.counts.Accepted++
	l.counts.Open++
	if c.network.IsValid() {
		l.from[c.network]++
	}
	c.counted, c.place = true, l.waiting.PushBack(c)
	return true, evicted
}

// leave counts a connection out, once. The caller holds mu.
func (l *Listener) leave(c *conn) {
	if !c.counted {
		return
	}
	c.counted = false
	l.counts.Open--
	if c.network.IsValid() {
		if l.from[c.network]--; l.from[c.network] == 0 {
			delete(l.from, c.network)
		}
	}
	l.rest(c)
}

// rest takes a connection off the list of those that wait. The caller holds mu.
func (l *Listener) rest(c *conn) {
	if c.place != nil {
		l.waiting.Remove(c.place)
		c.place = nil
	}
}

// Note is to be the ConnState of the server: it says who asks something and who
// only waits.
func (l *Listener) Note(line net.Conn, state http.ConnState) {
	c, ours := line.(*conn)
	if !ours {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest(c)
	if c.counted && (state == http.StateNew || state == http.StateIdle) {
		c.place = l.waiting.PushBack(c)
	}
}

// networkOf is by what connections are counted together; invalid for those that are
// not counted.
func (l *Listener) networkOf(remote net.Addr) netip.Addr {
	tcp, ok := remote.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	address := tcp.AddrPort().Addr().Unmap().WithZone("")
	for _, network := range l.limits.Exempt {
		if network.Contains(address) {
			return netip.Addr{}
		}
	}
	if address.Is6() {
		network, _ := address.Prefix(64) // no error: an address of IPv6 has so many bits
		return network.Addr()
	}
	return address
}

// conn counts itself out when it is closed.
type conn struct {
	net.Conn
	port    *Listener
	network netip.Addr

	// Guarded by the port's mu.
	counted bool
	place   *list.Element // among those that wait
}

func (c *conn) Close() error {
	c.port.mu.Lock()
	c.port.leave(c)
	c.port.mu.Unlock()
	return c.Conn.Close()
}
