package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gridatlas/geo/seedtest"
)

// kind is a class of work, as visitors ask for it.
type kind struct {
	name  string
	share float64 // of all requests
	path  func(*rand.Rand, *town) string
}

// town is what requests are made of.
type town struct{ homes [][2]float64 }

func (c *town) home(r *rand.Rand) (lon, lat float64) {
	home := c.homes[r.IntN(len(c.homes))]
	return home[0] + (r.Float64()-0.5)/500, home[1] + (r.Float64()-0.5)/500
}

// kinds is a mix as a city's map has it on a day when everybody looks: mostly tiles
// and pages, many circles, few who count the coverage or take data away.
var kinds = []kind{
	{"page", 0.10, func(*rand.Rand, *town) string { return "/" }},
	{"tile", 0.466, func(r *rand.Rand, c *town) string {
		lon, lat := c.home(r)
		z := 13 + r.IntN(4)
		n := math.Exp2(float64(z))
		y := (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n
		return fmt.Sprintf("/tiles/map/%d/%d/%d.mvt", z, int((lon+180)/360*n), int(y))
	}},
	{"look-up", 0.24, func(r *rand.Rand, c *town) string {
		lon, lat := c.home(r)
		switch r.IntN(3) {
		case 0:
			return fmt.Sprintf("/grids/at?lon=%.6f&lat=%.6f", lon, lat)
		case 1:
			return fmt.Sprintf("/search?q=%d", r.IntN(300))
		}
		return fmt.Sprintf("/collections/buildings/items?limit=50&bbox=%.5f,%.5f,%.5f,%.5f", lon, lat, lon+0.003, lat+0.003)
	}},
	{"circle", 0.17, func(r *rand.Rand, c *town) string {
		lon, lat := c.home(r)
		return fmt.Sprintf("/walk/circle?lon=%.6f&lat=%.6f&minutes=5,10,15", lon, lat)
	}},
	{"coverage", 0.004, func(r *rand.Rand, _ *town) string {
		// What the page offers, mostly as it offers it: a map keeps some of these.
		minutes, speed := 15, "planner"
		if r.IntN(5) == 0 {
			minutes = 5 + 5*r.IntN(2)
		}
		if r.IntN(5) == 0 {
			speed = "elder"
		}
		return fmt.Sprintf("/coverage?of=%s&minutes=%d&speed=%s", []string{"booths", "shelters", "facilities.clinic", "parking"}[r.IntN(4)], minutes, speed)
	}},
	{"export", 0.02, func(r *rand.Rand, _ *town) string {
		return fmt.Sprintf("/collections/buildings/items?f=csv&limit=%d", 800+r.IntN(800))
	}},
}

// patienceOfVisitors is after how long nobody waits for an answer any more.
const patienceOfVisitors = 2 * time.Second

// tally is what became of the requests of one kind.
type tally struct {
	asked, served, shed, failed int
	took                        []time.Duration // of those served
}

func (y *tally) quantile(q float64) time.Duration {
	if len(y.took) == 0 {
		return 0
	}
	slices.Sort(y.took)
	return y.took[min(len(y.took)-1, int(q*float64(len(y.took))))]
}

// crowd asks a server over connections of its own.
type crowd struct {
	address string
	town    *town
	lanes   chan *lane // that are idle
	mu      sync.Mutex
	tallies []tally // by kind
}

type lane struct {
	conn net.Conn
	in   *bufio.Reader
}

func newCrowd(address string, c *town, lanes int) *crowd {
	w := &crowd{address: address, town: c, lanes: make(chan *lane, lanes), tallies: make([]tally, len(kinds))}
	for range lanes {
		w.lanes <- &lane{}
	}
	return w
}

// ask sends one request; ok says that it was served, shed that it was turned away.
func (w *crowd) ask(l *lane, path string) (served, shed bool) {
	if l.conn == nil {
		conn, err := net.DialTimeout("tcp", w.address, patienceOfVisitors)
		if err != nil {
			return false, false
		}
		l.conn, l.in = conn, bufio.NewReaderSize(conn, 16<<10)
	}
	_ = l.conn.SetDeadline(time.Now().Add(patienceOfVisitors))
	status := 0
	if _, err := io.WriteString(l.conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nAccept: text/html, */*\r\n\r\n"); err == nil {
		if answer, err := http.ReadResponse(l.in, nil); err == nil {
			if _, err := io.Copy(io.Discard, answer.Body); err == nil {
				status = answer.StatusCode
			}
			_ = answer.Body.Close()
		}
	}
	if status == 0 {
		_ = l.conn.Close()
		l.conn = nil
	}
	return status >= 200 && status < 400, status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests
}

func (w *crowd) note(k int, served, shed bool, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	y := &w.tallies[k]
	y.asked++
	switch {
	case served:
		y.served++
		y.took = append(y.took, took)
	case shed:
		y.shed++
	default:
		y.failed++
	}
}

// pickKind chooses a kind by its share.
func pickKind(r *rand.Rand) int {
	at := r.Float64()
	for k := range kinds {
		if at -= kinds[k].share; at < 0 {
			return k
		}
	}
	return 0
}

// closed keeps so many visitors busy who each wait for their answer, and returns how
// many requests were served a second: what the server bears.
func (w *crowd) closed(seed uint64, visitors int, lasts time.Duration) float64 {
	var served atomic.Int64
	var wait sync.WaitGroup
	end := time.Now().Add(lasts)
	for v := range visitors {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(v)))
			l := <-w.lanes
			for time.Now().Before(end) {
				if ok, _ := w.ask(l, kinds[pickKind(r)].path(r, w.town)); ok {
					served.Add(1)
				}
			}
			w.lanes <- l
		})
	}
	wait.Wait()
	return float64(served.Load()) / lasts.Seconds()
}

// open sends requests at a rate whether they are answered or not, as a city does.
func (w *crowd) open(ctx context.Context, seed uint64, rate float64, lasts time.Duration) {
	r := rand.New(rand.NewPCG(seed, 1))
	var wait sync.WaitGroup
	begin := time.Now()
	for sent := 0; ctx.Err() == nil; {
		due := int(time.Since(begin).Seconds() * rate)
		if time.Since(begin) >= lasts {
			break
		}
		if sent >= due {
			time.Sleep(200 * time.Microsecond)
			continue
		}
		for ; sent < due; sent++ {
			k := pickKind(r)
			path := kinds[k].path(r, w.town)
			select {
			case l := <-w.lanes:
				wait.Go(func() {
					start := time.Now()
					served, shed := w.ask(l, path)
					w.note(k, served, shed, time.Since(start))
					w.lanes <- l
				})
			default:
				w.note(k, false, false, 0) // all connections wait: this one does not get through
			}
		}
	}
	wait.Wait()
}

// taken returns the tallies and begins anew.
func (w *crowd) taken() []tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.tallies
	w.tallies = make([]tally, len(kinds))
	return taken
}

// TestOverload asks a node for more than it bears, with the same mix of work each
// time: what it serves does not fall, for no kind of work, pages go on being served,
// and afterwards it is as quick as before. The whole run takes OVERLOAD seconds for
// each load and prints a table; the node and those who ask get a core each, so that
// one does not take from the other.
func TestOverload(t *testing.T) {
	seconds, whole := 1.0, os.Getenv("OVERLOAD") != ""
	if whole {
		var err error
		if seconds, err = strconv.ParseFloat(os.Getenv("OVERLOAD"), 64); err != nil {
			t.Fatal(err)
		}
	}
	city := filepath.Join(t.TempDir(), "city.gpkg")
	runs(t, exitOK, "demo", "--store", city)
	t.Setenv("GOMAXPROCS", "1")
	s := startServer(t, "--store", city, "--cache-dir", "none", "--paces", "0", "--log-level", "info")
	s.wait(t, "/readyz", func(_ int, answer map[string]any) bool { return answer["walk_revision"] != nil })
	if taskset, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() > 1 && whole {
		for pid, core := range map[int]string{s.cmd.Process.Pid: "0", os.Getpid(): "1"} {
			if out, err := exec.Command(taskset, "-apc", core, strconv.Itoa(pid)).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
	}
	c := &town{}
	_, page := s.get(t, "/collections/buildings/items?limit=1000")
	for _, f := range page["features"].([]any) {
		corner := f.(map[string]any)["geometry"].(map[string]any)["coordinates"].([]any)
		for len(corner) > 0 {
			if inner, isList := corner[0].([]any); isList {
				corner = inner
				continue
			}
			break
		}
		c.homes = append(c.homes, [2]float64{corner[0].(float64), corner[1].(float64)})
	}
	seed := seedtest.Of(t)
	crowd := newCrowd(strings.TrimPrefix(s.url, "http://"), c, 1500)
	lasts := time.Duration(seconds * float64(time.Second))
	crowd.closed(seed, 64, lasts) // warms up
	bears := crowd.closed(seed+1, 64, 2*lasts)
	crowd.open(t.Context(), seed, bears/2, lasts)
	before := crowd.taken()

	loads := []float64{1, 2, 5, 10}
	if !whole {
		loads = []float64{1, 5}
	}
	results := make([][]tally, len(loads))
	for i, load := range loads {
		crowd.open(t.Context(), seed+uint64(i)+10, bears*load, 2*lasts)
		results[i] = crowd.taken()
	}
	time.Sleep(min(5*time.Second, lasts))
	var after []tally
	fails := func(y tally) bool { return y.failed > y.asked/20+1 }
	for range 10 { // other programs on the machine may disturb one try
		crowd.open(t.Context(), seed+99, bears/2, lasts)
		if after = crowd.taken(); !slices.ContainsFunc(after, fails) {
			break
		}
	}
	t.Logf("the node bears %.0f requests a second\n%s", bears, overloadTable(loads, results, 2*seconds, before, after))

	if err := s.cmd.Process.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("the node did not survive: %v", err)
	}
	for k, kind := range kinds {
		peak := 0
		for i := range loads {
			peak = max(peak, results[i][k].served)
		}
		// Of what is asked for or of the most that was ever served, whichever is less.
		for i, load := range loads {
			if y := results[i][k]; whole && float64(y.served) < 0.8*float64(min(y.asked, peak)) {
				t.Errorf("%s: at %.0f times the load %d of %d are served, at the peak %d", kind.name, load, y.served, y.asked, peak)
			}
		}
	}
	if served := results[len(loads)-1][0].served; served == 0 {
		t.Error("no page is served under overload")
	}
	for k := range kinds {
		if y := after[k]; fails(y) {
			t.Errorf("%s: afterwards %d of %d fail", kinds[k].name, y.failed, y.asked)
		}
	}
	s.stop(t)
}

// overloadTable shows what is served of each kind at each load, as a share of the
// most that was served at any.
func overloadTable(loads []float64, results [][]tally, seconds float64, before, after []tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-9s", "")
	for _, load := range loads {
		fmt.Fprintf(&b, " | %22s", fmt.Sprintf("%.0fx: a second, shed, p99", load))
	}
	fmt.Fprintf(&b, " | p99 before, after\n")
	for k, kind := range kinds {
		fmt.Fprintf(&b, "%-9s", kind.name)
		peak := slices.MaxFunc(results, func(a, c []tally) int { return cmp.Compare(a[k].served, c[k].served) })[k].served
		for i := range loads {
			y := &results[i][k]
			bar := strings.Repeat("▇", int(math.Round(8*float64(y.served)/float64(max(1, peak)))))
			fmt.Fprintf(&b, " | %-8s %5.0f %3.0f%% %5dms", bar, float64(y.served)/seconds, 100*float64(y.asked-y.served)/float64(max(1, y.asked)), y.quantile(0.99).Milliseconds())
		}
		fmt.Fprintf(&b, " | %d, %d ms\n", before[k].quantile(0.99).Milliseconds(), after[k].quantile(0.99).Milliseconds())
	}
	return b.String()
}
