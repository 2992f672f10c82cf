package pgtest

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Proxy stands between programs and a cluster. It reads the protocol message by
// message (PostgreSQL manual, chapter 55) and cuts or slows it where a test says.
type Proxy struct {
	cluster *Cluster
	folder  string
	gone    chan struct{} // closed when the test is over
	work    sync.WaitGroup

	mu     sync.Mutex // guards what follows
	cut    Cut
	passed [2]int // messages by direction since Cut was set
	struck bool
	pace   Pace
}

// Direction is the way that a message goes.
type Direction int

// The two ways.
const (
	ToServer Direction = iota
	ToProgram
)

// Cut says where connections break. Messages are counted over all connections.
type Cut struct {
	Direction Direction
	Nth       int  // message that does not arrive, from 1; 0: none
	Ever      bool // nothing gets through afterwards, by new connections neither
	// Linger is how long the server is left in the belief that the program is
	// there, as when a cable is pulled.
	Linger time.Duration
}

// Pace slows messages to the program.
type Pace struct {
	Delay          time.Duration // before each message
	BytesPerSecond int           // zero: at once
}

// Proxy starts a proxy before the cluster that lives as long as the test.
func (c *Cluster) Proxy(t testing.TB) *Proxy {
	t.Helper()
	folder, err := os.MkdirTemp("", "gridatlas-pg-")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{cluster: c, folder: folder, gone: make(chan struct{})}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(folder, socket))
	if err != nil {
		t.Fatal(err)
	}
	p.work.Go(func() {
		for {
			program, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			p.work.Go(func() { p.connect(program) })
		}
	})
	t.Cleanup(func() {
		close(p.gone)
		listener.Close()
		p.work.Wait()
		os.RemoveAll(folder)
	})
	return p
}

const socket = ".s.PGSQL.5432"

// URL leads an address of the cluster through the proxy.
func (p *Proxy) URL(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("host", p.folder)
	u.RawQuery = query.Encode()
	return u.String()
}

// Break sets where connections break from now on; the zero Cut mends the line.
func (p *Proxy) Break(cut Cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.passed, p.struck = cut, [2]int{}, false
}

// Passed gives the messages each way since the last Break.
func (p *Proxy) Passed() [2]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// Struck reports whether the message of the last Break was reached.
func (p *Proxy) Struck() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.struck
}

// Slow sets the pace of all connections.
func (p *Proxy) Slow(pace Pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace = pace
}

// pass counts a message and reports whether it gets through.
func (p *Proxy) pass(direction Direction) (ok bool, linger time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed[direction]++
	if p.cut.Nth == 0 {
		return true, 0
	}
	if p.struck {
		return !p.cut.Ever, 0
	}
	p.struck = direction == p.cut.Direction && p.passed[direction] == p.cut.Nth
	return !p.struck, p.cut.Linger
}

// connect carries one connection until either side ends it or it is cut.
func (p *Proxy) connect(program net.Conn) {
	defer program.Close()
	server, err := (&net.Dialer{}).Dial("unix", filepath.Join(p.cluster.folder, socket))
	if err != nil {
		return // as if nobody listened
	}
	defer server.Close()
	ended := make(chan time.Duration, 2)
	p.work.Go(func() { ended <- p.carry(program, server, ToServer) })
	p.work.Go(func() { ended <- p.carry(server, program, ToProgram) })
	select {
	case linger := <-ended:
		program.Close()
		p.wait(linger)
	case <-p.gone:
	}
}

// carry copies messages one way; linger is told by a cut.
func (p *Proxy) carry(from, to net.Conn, direction Direction) (linger time.Duration) {
	in := bufio.NewReader(from)
	kind := 1 // bytes before the length: the first message of a program has no kind
	if direction == ToServer {
		kind = 0
	}
	for {
		message := make([]byte, kind+4)
		if _, err := io.ReadFull(in, message); err != nil {
			return 0
		}
		rest := make([]byte, binary.BigEndian.Uint32(message[kind:])-4)
		if _, err := io.ReadFull(in, rest); err != nil {
			return 0
		}
		kind = 1
		ok, linger := p.pass(direction)
		if !ok {
			return linger
		}
		if err := p.write(to, append(message, rest...), direction); err != nil {
			return 0
		}
	}
}

func (p *Proxy) write(to io.Writer, message []byte, direction Direction) error {
	p.mu.Lock()
	pace := p.pace
	p.mu.Unlock()
	if direction == ToServer {
		pace = Pace{}
	}
	p.wait(pace.Delay)
	for pace.BytesPerSecond > 0 && len(message) > 1 {
		if _, err := to.Write(message[:1]); err != nil {
			return err
		}
		message = message[1:]
		p.wait(time.Second / time.Duration(pace.BytesPerSecond))
	}
	_, err := to.Write(message)
	return err
}

func (p *Proxy) wait(d time.Duration) {
	if d == 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-p.gone:
	}
}
