package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
)

// TestRollingRestart restarts two nodes over one store, one after the other, while
// people ask and somebody writes. Between them and the nodes stands what a load
// balancer is: it asks /readyz, and sends each request to the next node that is
// ready, once. No request fails, no node goes back in time, and no answer is of a map
// that was superseded more than ten seconds before.
func TestRollingRestart(t *testing.T) {
	store := pgtest.Start(t).URL(t)
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "booths", 200))
	var balancer balancer
	start := func(cache, address string) *server {
		return startServer(t, "--store", store, "--cache-dir", cache, "--listen", address, "--drain-wait", "2s", "--paces", "0")
	}
	caches := []string{t.TempDir(), t.TempDir()}
	nodes := []*server{start(caches[0], "127.0.0.1:0"), start(caches[1], "127.0.0.1:0")}
	for _, s := range nodes {
		balancer.nodes = append(balancer.nodes, &balanced{url: s.url})
	}
	var work sync.WaitGroup
	ended := make(chan struct{})
	for _, n := range balancer.nodes {
		work.Go(func() { n.check(ended) })
		n.awaitReady(t)
	}
	var head atomic.Pointer[heads]
	head.Store(&heads{})
	work.Go(func() { // a writer: a revision now and then
		for i := 0; ; i++ {
			select {
			case <-ended:
				return
			case <-time.After(400 * time.Millisecond):
			}
			runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, fmt.Sprint("more", i), 2))
			head.Store(head.Load().add(balancer.newest()))
		}
	})
	for range 4 {
		work.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-ended:
					return
				default:
				}
				balancer.ask(t, []string{anyBooth, "/walk/nearest?lon=119.001&lat=36&of=booths", "/tiles/map/14/13606/6449.mvt"}[i%3], head.Load())
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	for i := range nodes {
		time.Sleep(1500 * time.Millisecond)
		address := strings.TrimPrefix(nodes[i].url, "http://")
		nodes[i].stop(t)
		nodes[i] = start(caches[i], address)
		balancer.nodes[i].awaitReady(t)
	}
	time.Sleep(time.Second)
	close(ended)
	work.Wait()
	t.Logf("%d requests, %d failed, %d back in time; newest revision %d",
		balancer.asked.Load(), balancer.failed.Load(), balancer.backward.Load(), balancer.newest())
	if balancer.failed.Load() > 0 || balancer.backward.Load() > 0 || balancer.asked.Load() < 500 || balancer.newest() < 3 {
		t.Error("this is no rolling restart without an error")
	}
}

// heads are the newest revisions that were seen, and when.
type heads struct {
	list []seen
}

type seen struct {
	revision int64
	at       time.Time
}

func (h *heads) add(revision int64) *heads {
	return &heads{append(h.list[:len(h.list):len(h.list)], seen{revision, time.Now()})}
}

// before is the newest revision that was seen until an instant.
func (h *heads) before(at time.Time) (revision int64) {
	for _, s := range h.list {
		if s.at.Before(at) {
			revision = max(revision, s.revision)
		}
	}
	return revision
}

// balanced is a node as a load balancer knows it.
type balanced struct {
	url    string
	ready  atomic.Bool
	newest atomic.Int64 // revision of all its answers, over its restarts
}

func (n *balanced) check(ended <-chan struct{}) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		answer, err := client.Get(n.url + "/readyz")
		if err == nil {
			answer.Body.Close()
		}
		n.ready.Store(err == nil && answer.StatusCode == http.StatusOK)
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (n *balanced) awaitReady(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !n.ready.Load(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a node does not come back")
		}
	}
}

// balancer sends requests to the nodes that are ready, in turn.
type balancer struct {
	nodes                         []*balanced
	turn, asked, failed, backward atomic.Int64
}

func (b *balancer) newest() (revision int64) {
	for _, n := range b.nodes {
		revision = max(revision, n.newest.Load())
	}
	return revision
}

func (b *balancer) next() *balanced {
	turn := int(b.turn.Add(1)) // taken once: others take turns meanwhile
	for i := range b.nodes {
		if n := b.nodes[(turn+i)%len(b.nodes)]; n.ready.Load() {
			return n
		}
	}
	return nil
}

func (b *balancer) ask(t *testing.T, path string, known *heads) {
	b.asked.Add(1)
	n := b.next()
	if n == nil {
		b.failed.Add(1)
		t.Error("no node is ready")
		return
	}
	must := max(known.before(time.Now().Add(-10*time.Second)), 0)
	was := n.newest.Load()
	answer, err := http.Get(n.url + path)
	if err != nil {
		b.failed.Add(1)
		t.Errorf("%s: %v", path, err)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 400 && answer.StatusCode != http.StatusUnprocessableEntity && answer.StatusCode != http.StatusNotFound {
		b.failed.Add(1)
		t.Errorf("%s: %d, %v: %.300s", path, answer.StatusCode, err, body)
		return
	}
	var said struct{ Revision int64 }
	if json.Unmarshal(body, &said) != nil || said.Revision == 0 {
		return // a tile does not say, and who walks where no street is gets a reason
	}
	if path == anyBooth && (said.Revision < was || said.Revision < must) {
		b.backward.Add(1)
		t.Errorf("%s is of revision %d after %d, and %d ten seconds ago", path, said.Revision, was, must)
	}
	for {
		was = n.newest.Load()
		if said.Revision <= was || path != anyBooth || n.newest.CompareAndSwap(was, said.Revision) {
			return
		}
	}
}

// TestStopIsTold: once told to stop, /readyz says so while everything is served, over
// connections that end; then none is taken, and streams have ended.
func TestStopIsTold(t *testing.T) {
	s := boothServer(t, "--drain-wait", "3s")
	stream, err := http.Get(s.url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	begun := time.Now()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.stop(t)
	}()
	s.wait(t, "/readyz", func(status int, answer map[string]any) bool {
		return status == http.StatusServiceUnavailable && answer["type"] == "urn:gridatlas:problem:stopping"
	})
	answer, err := http.Get(s.url + anyBooth)
	if err != nil {
		t.Fatalf("while the stop is told, nothing is served: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !answer.Close {
		t.Errorf("while the stop is told: %d, Connection: close %v", answer.StatusCode, answer.Close)
	}
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("the stream of events was cut off: %v", err)
	}
	<-stopped
	if took := time.Since(begun); took < 3*time.Second {
		t.Errorf("stopped after %v already", took)
	}
	if line, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
		line.Close()
		t.Error("a server that has stopped takes connections")
	}
}
