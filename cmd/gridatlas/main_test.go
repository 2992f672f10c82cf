package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gridatlas/data/faulttest"
	"gridatlas/data/osm/osmtest"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo/seedtest"
)

// asProgram makes the test binary be gridatlas itself, so that tests can start
// and kill it as a process of its own.
const asProgram = "GRIDATLAS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	faulttest.Arm()
	if what := os.Getenv(asLoader); what != "" {
		load(what)
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
	// Copies of maps go where the tests clean up, not to those of the user.
	cache, err := os.MkdirTemp("", "gridatlas-cache-")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv("XDG_CACHE_HOME", cache); err != nil {
		panic(err)
	}
	code := pgtest.Main(m)
	_ = os.RemoveAll(cache)
	os.Exit(code)
}

// program returns a command that is gridatlas with these arguments.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// runs carries out a command line in this process.
func runs(t testing.TB, want int, args ...string) (stdout string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &out, &errs); code != want {
		t.Fatalf("gridatlas %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out.String(), errs.String())
	}
	return out.String()
}

// stores lists where the whole-program tests keep a city.
var stores = []struct {
	name  string
	make  func(testing.TB) string
	kills int // of whole programs; the kill loops of the stores do many more
}{
	{"gpkg", func(t testing.TB) string { return filepath.Join(t.TempDir(), "city.gpkg") }, 8},
	{"postgis", func(t testing.TB) string { return pgtest.Start(t).URL(t) }, 4},
}

func TestExitCodes(t *testing.T) {
	folder := t.TempDir()
	notGeo := write(t, folder, "list.csv", "a,b\n")
	noLayer := write(t, folder, "nolayer.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[119.1,36.7]},"properties":{}}]}`)
	wrong := write(t, folder, "wrong.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[36.7,119.1]},"properties":{}}]}`)
	store := filepath.Join(folder, "city.gpkg")
	for _, test := range []struct {
		name string
		want int
		args []string
	}{
		{"help", exitOK, []string{"--help"}},
		{"version", exitOK, []string{"version"}},
		{"no command", exitUsage, nil},
		{"unknown flag", exitUsage, []string{"serve", "--colour"}},
		{"check without a store", exitNotFound, []string{"check", "--store", store}},
		{"serve without a store", exitNotFound, []string{"serve", "--listen", "127.0.0.1:0", "--store", store}},
		{"circle without a store", exitNotFound, []string{"circle", "--store", store, "--at", "119,36"}},
		{"circle nowhere", exitUsage, []string{"circle", "--store", store, "--at", "here"}},
		{"strange store", exitUsage, []string{"import", "--store", "mysql://x", "--layer", "booths", noLayer}},
		{"strange layer", exitUsage, []string{"import", "--store", store, "--layer", "roads", noLayer}},
		{"strange file", exitUsage, []string{"import", "--store", store, notGeo}},
		{"missing file", exitNotFound, []string{"import", "--store", store, filepath.Join(folder, "none.osm")}},
		{"circle too long", exitUsage, []string{"circle", "--store", store, "--at", "119,36", "--minutes", "5,61"}},
		{"coverage of nothing", exitUsage, []string{"coverage", "--store", store}},
		{"coverage of no kind", exitUsage, []string{"coverage", "--store", store, "--of", "cafes"}},
		{"coverage by no level", exitUsage, []string{"coverage", "--store", store, "--of", "booths", "--by", "block"}},
		{"coverage at no time", exitUsage, []string{"coverage", "--store", store, "--of", "booths", "--at", "noon"}},
		{"coverage too long", exitUsage, []string{"coverage", "--store", store, "--of", "booths", "--minutes", "61"}},
		{"coverage too fast", exitUsage, []string{"coverage", "--store", store, "--of", "booths", "--speed", "9"}},
		{"coverage without a store", exitNotFound, []string{"coverage", "--store", store, "--of", "booths"}},
		{"circle too slow", exitUsage, []string{"circle", "--store", store, "--at", "119,36", "--speed", "0"}},
		{"address with a path", exitUsage, []string{"serve", "--listen", "127.0.0.1:0", "--public-url", "https://example.org/map/"}},
		{"strange address", exitUsage, []string{"serve", "--listen", "127.0.0.1:0", "--public-url", "example"}},
		{"operators everywhere", exitUsage, []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", ":9090"}},
		{"operators elsewhere", exitUsage, []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "192.0.2.1:9090"}},
		{"operators by name", exitUsage, []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "example.org:9090"}},
		{"no connections", exitUsage, []string{"serve", "--max-connections", "0"}},
		{"no time", exitUsage, []string{"serve", "--header-timeout", "0s"}},
		{"answers never", exitUsage, []string{"serve", "--answer-days", "-1"}},
		{"answers after a year", exitUsage, []string{"serve", "--answer-days", "251"}},
		{"reports kept for less than nothing", exitUsage, []string{"serve", "--keep-reports", "-1"}},
		{"strange zone", exitUsage, []string{"serve", "--zone", "Mars/Base"}},
		{"swapped axes", exitProblems, []string{"import", "--store", store, "--layer", "booths", wrong}},
		{"nothing made by what was refused", exitNotFound, []string{"check", "--store", store}},
		{"good", exitOK, []string{"import", "--store", store, "--layer", "booths", noLayer}},
		{"sound", exitOK, []string{"check", "--store", store}},
	} {
		t.Run(test.name, func(t *testing.T) { runs(t, test.want, test.args...) })
	}
}

func write(t testing.TB, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// boothFile writes a GeoJSON file of n booths.
func boothFile(t testing.TB, name string, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":{"name":"%s %d","trades":["shoe"]}}`,
			119+float64(i%1000)/1e4, 36+float64(i/1000)/1e4, name, i)
	}
	b.WriteString("]}")
	return write(t, t.TempDir(), name+".geojson", b.String())
}

// server is a running gridatlas serve.
type server struct {
	url string
	cmd *exec.Cmd

	mu     sync.Mutex
	log    strings.Builder
	logged chan struct{} // closed with the log
}

// startServer starts a server and waits until it has a map.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := launch(t, args...)
	s.wait(t, "/readyz", func(status int, _ map[string]any) bool { return status == http.StatusOK })
	return s
}

// launch starts a server and waits until it listens.
func launch(t testing.TB, args ...string) *server {
	t.Helper()
	return launchAs(t, func(*exec.Cmd) {}, args...)
}

// launchAs is launch of a command that is changed before it starts.
func launchAs(t testing.TB, change func(*exec.Cmd), args ...string) *server {
	t.Helper()
	cmd := program(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--log-level", "debug"}, args...)...)
	change(cmd)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd, logged: make(chan struct{})}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if t.Failed() {
			s.mu.Lock()
			defer s.mu.Unlock()
			t.Logf("log of %v:\n%s", args, s.log.String())
		}
	})
	address := make(chan string, 1)
	go func() {
		defer close(s.logged)
		serves := false
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			s.mu.Lock()
			s.log.WriteString(lines.Text() + "\n")
			s.mu.Unlock()
			if serves { // what follows may be much
				continue
			}
			if url := urlIn(lines.Text(), "serving"); url != "" {
				serves = true
				address <- url
			}
		}
	}()
	select {
	case s.url = <-address:
	case <-s.logged:
		t.Fatalf("gridatlas serve ended before it served: %v", cmd.Wait())
	}
	return s
}

// urlIn is the URL of an entry of the log, in either form, that has a message; empty if
// the entry is another.
func urlIn(line, message string) string {
	var entry struct{ Msg, URL string }
	if json.Unmarshal([]byte(line), &entry) == nil {
		if entry.Msg == message {
			return entry.URL
		}
		return ""
	}
	for _, msg := range []string{message, strconv.Quote(message)} {
		if _, rest, found := strings.Cut(line, " msg="+msg+" url="); found {
			url, _, _ := strings.Cut(rest, " ")
			return url
		}
	}
	return ""
}

// says waits until a text is in the log.
func (s *server) says(t testing.TB, text string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		s.mu.Lock()
		found := strings.Contains(s.log.String(), text)
		s.mu.Unlock()
		if found {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log does not say %q", text)
		}
	}
}

// wait asks a path until the answer holds, up to a minute.
func (s *server) wait(t testing.TB, path string, holds func(status int, answer map[string]any) bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		status, answer := s.get(t, path)
		if holds(status, answer) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("GET %s still answers %d %v", path, status, answer)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *server) get(t testing.TB, path string) (int, map[string]any) {
	t.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	_ = json.Unmarshal(body, &members)
	return answer.StatusCode, members
}

// stop ends the server the polite way.
func (s *server) stop(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.logged // Wait closes the pipe under its reader
	if err := s.cmd.Wait(); err != nil {
		t.Fatalf("gridatlas serve ended with %v", err)
	}
}

// TestImportIsSeen imports with one process while another serves.
func TestImportIsSeen(t *testing.T) {
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			store := where.make(t)
			first, second := boothFile(t, "first", 10), boothFile(t, "second", 5)
			runs(t, exitOK, "import", "--store", store, "--layer", "booths", first)
			s := startServer(t, "--store", store)
			count := func(want float64) func(int, map[string]any) bool {
				return func(_ int, answer map[string]any) bool { return answer["numberMatched"] == want }
			}
			s.wait(t, "/collections/booths/items?limit=1", count(10))
			runs(t, exitOK, "import", "--store", store, "--layer", "booths", second)
			s.wait(t, "/collections/booths/items?limit=1", count(15))
			again := runs(t, exitOK, "import", "--store", store, "--layer", "booths", second)
			if !strings.Contains(again, "imported before") {
				t.Errorf("the second import of one file says:\n%s", again)
			}
			s.stop(t)
			runs(t, exitOK, "check", "--store", store)
			onlyFile(t, store)
		})
	}
}

// onlyFile holds that a GeoPackage is one file after a clean end.
func onlyFile(t testing.TB, store string) {
	t.Helper()
	if isPostgres(store) {
		return
	}
	entries, err := os.ReadDir(filepath.Dir(store))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("after a clean end these files are left: %v", entries)
	}
}

// TestKill kills import and serve at random moments: an import is all or
// nothing, and the next start is clean.
func TestKill(t *testing.T) {
	rng := seedtest.New(t)
	const rows = 20_000
	file := boothFile(t, "many", rows)
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			// An import that is left alone says within which time to kill.
			begun := time.Now()
			if err := program(t, "import", "--store", where.make(t), "--layer", "booths", file).Run(); err != nil {
				t.Fatal(err)
			}
			takes := time.Since(begun)
			killed, whole := 0, 0
			for round := range where.kills {
				store := where.make(t)
				cmd := program(t, "import", "--store", store, "--layer", "booths", file)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rng.Int64N(int64(takes))))
				_ = cmd.Process.Kill()
				if err := cmd.Wait(); err != nil {
					killed++
				}
				// The next start is clean: it opens, checks and can be written.
				another := boothFile(t, "next", 1+round)
				runs(t, exitOK, "import", "--store", store, "--layer", "booths", another)
				s := startServer(t, "--store", store)
				_, answer := s.get(t, "/collections/booths/items?limit=1")
				switch got := answer["numberMatched"]; got {
				case float64(1 + round):
				case float64(rows + 1 + round):
					whole++
				default:
					t.Fatalf("round %d: %v booths after a kill, want %d or %d", round, got, 1+round, rows+1+round)
				}
				if round%2 == 0 {
					s.stop(t)
				} else { // a killed server leaves nothing that the next start minds
					_ = s.cmd.Process.Kill()
					_ = s.cmd.Wait()
				}
				runs(t, exitOK, "check", "--store", store)
				onlyFile(t, store)
			}
			t.Logf("%d of %d imports were killed under way, %d had been stored whole", killed, where.kills, whole)
		})
	}
}

// TestRealCity follows the README with a real extract, on both stores.
func TestRealCity(t *testing.T) {
	file := osmtest.File(t, "osm-china/guixi-jiangxi-city.osm")
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			store := where.make(t)
			t.Log(runs(t, exitOK, "import", "--store", store, file))
			s := startServer(t, "--store", store)
			defer s.stop(t)
			for path, want := range map[string]float64{
				"/collections/buildings/items?limit=1":             165,
				"/collections/places/items?kind=community&limit=1": 16,
			} {
				if _, answer := s.get(t, path); answer["numberMatched"] != want {
					t.Errorf("%s has %v, want %v", path, answer["numberMatched"], want)
				}
			}
			if _, answer := s.get(t, "/search?q=%E8%B4%B5%E6%BA%AA%E5%B8%82"); !strings.Contains(fmt.Sprint(answer), "贵溪市") {
				t.Errorf("贵溪市 is not found: %v", answer)
			}
			const question = "/walk/circle?lon=117.2117&lat=28.2916&minutes=5,10,15"
			s.wait(t, question, func(status int, _ map[string]any) bool { return status == http.StatusOK })
			_, circle := s.get(t, question)
			outlines, _ := circle["features"].([]any)
			if len(outlines) != 3 {
				t.Fatalf("the circle from the centre answers %v", circle)
			}
			last := outlines[2].(map[string]any)["properties"].(map[string]any)
			if buildings, _ := last["buildings"].(float64); buildings < 1 {
				t.Errorf("no building within 15 minutes of the centre: %v", last)
			}
			before := runs(t, exitOK, "import", "--store", store, "--repair", "0.5m", file)
			if !strings.Contains(before, "imported before") {
				t.Errorf("the same file with another flag:\n%s", before)
			}
			runs(t, exitConflict, "import", "--store", store, osmtest.File(t, "osm-china/shanghai-baoshan-shu.osm"))
			var out bytes.Buffer
			if code := run(context.Background(), []string{"circle", "--store", store, "--at", "117.2117,28.2916"}, &out, io.Discard); code != exitOK {
				t.Errorf("gridatlas circle ends with %d:\n%s", code, out.String())
			}
			for _, more := range [][]string{nil, {"--json"}, {"--outside"}, {"--outside", "--json"}} {
				out.Reset()
				code := run(context.Background(), append([]string{"coverage", "--store", store, "--of", "facilities", "--at", "2026-11-21T09:12"}, more...), &out, io.Discard)
				if buildings, _, _ := strings.Cut(out.String(), "\n"); code != exitOK || len(out.String()) < 200 {
					t.Errorf("gridatlas coverage %v ends with %d: %s", more, code, buildings)
				}
			}
		})
	}
}
