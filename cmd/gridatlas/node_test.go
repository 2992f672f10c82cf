package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gridatlas/data/postgis/pgtest"
)

const anyBooth = "/collections/booths/items?limit=1"

func matched(want float64) func(int, map[string]any) bool {
	return func(_ int, answer map[string]any) bool { return answer["numberMatched"] == want }
}

func degraded(want bool) func(int, map[string]any) bool {
	return func(status int, answer map[string]any) bool {
		return status == http.StatusOK && answer["degraded"] == want && (answer["reason"] != nil) == want
	}
}

// age returns the age that an answer states, -1 for none.
func (s *server) age(t testing.TB, path string) int {
	t.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	text := answer.Header.Get("X-Data-Age")
	if text == "" {
		return -1
	}
	age, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return age
}

// keptFile returns the one snapshot in a cache folder.
func keptFile(t testing.TB, cache string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "*.snapshot"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the cache folder holds %v (%v), want one snapshot", files, err)
	}
	return files[0]
}

// TestStartWithoutStore is the life of a node beside a PostgreSQL that comes and
// goes: started from its file while the server is down, caught up without a
// restart when it is back, killed again under the running node, and back again.
func TestStartWithoutStore(t *testing.T) {
	cluster := pgtest.Private(t)
	store, cache := cluster.URL(t), t.TempDir()
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 10))

	s := startServer(t, "--store", store, "--cache-dir", cache)
	s.wait(t, "/readyz", degraded(false))
	if age := s.age(t, anyBooth); age != -1 {
		t.Errorf("a fresh map has the age %d", age)
	}
	s.stop(t)
	keptFile(t, cache)

	cluster.KillPostmaster(t)
	s = startServer(t, "--store", store, "--cache-dir", cache)
	s.wait(t, anyBooth, matched(10))
	s.wait(t, "/readyz", degraded(true))
	s.says(t, "the store is away; what is in memory is served")
	if age := s.age(t, anyBooth); age < 0 || age > 300 {
		t.Errorf("the map of the file has the age %d", age)
	}
	cluster.Restart(t)
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "second", 5))
	s.wait(t, anyBooth, matched(15))
	s.wait(t, "/readyz", degraded(false))

	cluster.KillPostmaster(t)
	s.wait(t, "/readyz", degraded(true))
	s.wait(t, anyBooth, matched(15))
	if age := s.age(t, anyBooth); age < 0 {
		t.Error("a store that was lost leaves no age")
	}
	cluster.Restart(t)
	s.wait(t, "/readyz", degraded(false))
	if age := s.age(t, anyBooth); age != -1 {
		t.Errorf("a store that is back leaves the age %d", age)
	}
	s.stop(t)
}

// TestNoStoreNoFile: without a map there are clear answers, and no restart is
// needed once the store is there.
func TestNoStoreNoFile(t *testing.T) {
	cluster := pgtest.Private(t)
	store := cluster.URL(t)
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "first", 10))
	cluster.KillPostmaster(t)
	s := launch(t, "--store", store, "--cache-dir", t.TempDir())
	s.says(t, "there is no map to serve until it answers")
	for _, path := range []string{anyBooth, "/?f=html", "/readyz", "/walk/circle?lon=119&lat=36", "/search?q=1", "/tiles/map.json", "/tiles/map/14/13600/6400.mvt"} {
		answer, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q", path, answer.StatusCode, answer.Header.Get("Retry-After"))
		}
	}
	if status, answer := s.get(t, "/readyz"); answer["type"] != "urn:gridatlas:problem:no-snapshot" || !strings.Contains(answer["detail"].(string), "does not answer") {
		t.Errorf("/readyz: %d %v", status, answer)
	}
	if status, _ := s.get(t, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	cluster.Restart(t)
	s.wait(t, anyBooth, matched(10))
	s.wait(t, "/readyz", degraded(false))
	s.stop(t)
}

// TestRefusedStart: what nobody but a person can mend ends a node that has nothing
// to serve, with the reason and without a password.
func TestRefusedStart(t *testing.T) {
	store, err := url.Parse(pgtest.Start(t).URL(t))
	if err != nil {
		t.Fatal(err)
	}
	runs(t, exitOK, "import", "--store", store.String(), "--layer", "booths", boothFile(t, "first", 1))
	strange := *store
	strange.User = url.UserPassword("nobody", "s3cret")
	folder := t.TempDir()
	other := write(t, folder, "other.gpkg", "this is no database, whatever its name says, and it is long enough to be read as one: "+strings.Repeat("x", 2000))
	for name, test := range map[string]struct {
		store string
		want  int
	}{
		"unknown user":  {strange.String(), exitFailed},
		"no database":   {other, exitFailed},
		"no such store": {filepath.Join(folder, "none.gpkg"), exitNotFound},
		"no address":    {"postgres://%zz", exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0", "--store", test.store, "--cache-dir", t.TempDir()}, &out, &errs)
			if code != test.want || strings.Contains(errs.String(), "s3cret") {
				t.Errorf("exit code %d, want %d:\n%s", code, test.want, errs.String())
			}
		})
	}
}

// TestFileThatCannotBeUsed: a node whose file is damaged, is of an older epoch, or
// is of another store, says so and loads everything anew.
func TestFileThatCannotBeUsed(t *testing.T) {
	folder, cache := t.TempDir(), t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	serve := func() *server { return startServer(t, "--store", store, "--cache-dir", cache) }
	fill := func(n int) {
		t.Helper()
		runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "some", n))
	}
	fill(10)
	serve().stop(t)
	kept := keptFile(t, cache)

	// A sound one is used, and only what is new is asked for.
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "new", 2))
	s := serve()
	s.says(t, "the map is from this node's file")
	s.wait(t, anyBooth, matched(12))
	s.says(t, `"changed":2`)
	s.stop(t)
	sound, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}

	damaged := bytes.Clone(sound)
	damaged[len(damaged)/2] ^= 4
	for name, content := range map[string][]byte{"a changed byte": damaged, "the first half": sound[:len(sound)/2], "nothing": nil} {
		if err := os.WriteFile(kept, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := serve()
		s.wait(t, anyBooth, matched(12))
		s.says(t, "this node's snapshot file is not used")
		s.says(t, "the map is loaded from the store")
		s.stop(t)
		if now, err := os.ReadFile(kept); err != nil || len(now) != len(sound) {
			t.Errorf("%s: no sound file takes its place: %d bytes, %v", name, len(now), err)
		}
	}

	// The city is made anew under the same name: another epoch.
	if err := os.Remove(store); err != nil {
		t.Fatal(err)
	}
	fill(3)
	s = serve()
	s.wait(t, anyBooth, matched(3))
	s.says(t, "another epoch")
	s.stop(t)

	// The file of one store under the name of another.
	if err := os.WriteFile(kept, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	s = serve()
	s.wait(t, anyBooth, matched(3))
	s.says(t, "another epoch")

	// A store that is gone is served on, one that takes its place is found.
	if err := os.Remove(store); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "/readyz", degraded(true))
	s.wait(t, anyBooth, matched(3))
	fill(7)
	s.wait(t, anyBooth, matched(7))
	s.wait(t, "/readyz", degraded(false))
	s.stop(t)

	if err := os.Remove(store); err != nil {
		t.Fatal(err)
	}
	s = serve()
	s.wait(t, anyBooth, matched(7))
	s.wait(t, "/readyz", degraded(true))
	s.says(t, "the store cannot be used; what is in memory is served")
	s.stop(t)
	if _, err := os.Stat(store); err == nil {
		t.Error("a store that is gone was made by serving it")
	}
}

// TestKilledNodeKeepsItsFile: what was written by a node that is killed is good.
func TestKilledNodeKeepsItsFile(t *testing.T) {
	cache, store := t.TempDir(), filepath.Join(t.TempDir(), "city.gpkg")
	runs(t, exitOK, "import", "--store", store, "--layer", "booths", boothFile(t, "some", 10))
	s := startServer(t, "--store", store, "--cache-dir", cache)
	s.says(t, "wrote this node's snapshot file")
	_ = s.cmd.Process.Kill()
	<-s.logged
	_ = s.cmd.Wait()
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	s = startServer(t, "--store", store, "--cache-dir", cache)
	s.wait(t, anyBooth, matched(10))
	s.stop(t)
}

func TestCacheDir(t *testing.T) {
	folder := t.TempDir()
	store := filepath.Join(folder, "city.gpkg")
	for _, off := range []string{"", "none"} {
		if file, err := snapshotFile(off, store); file != nil || err != nil {
			t.Errorf("--cache-dir %q gives %v, %v", off, file, err)
		}
	}
	if _, err := snapshotFile(folder, store); exitCode(err) != exitUsage {
		t.Errorf("a cache beside the store gives %v", err)
	}
	name := func(location string) string {
		t.Helper()
		file, err := snapshotFile(filepath.Join(folder, "cache"), location)
		if err != nil {
			t.Fatal(err)
		}
		return file.Path
	}
	t.Chdir(folder)
	t.Setenv("PGDATABASE", "weifang")
	for a, b := range map[string]string{
		store:                                    "city.gpkg",
		"postgres://ann:one@host/city":           "postgres://ann:two@host:5432/city?connect_timeout=5",
		"postgres://host/weifang":                "postgresql://host",
		"postgres://a/x?search_path=gridatlas":   "postgres://a/x",
		"postgres://a,b/x":                       "postgres://b,a/x",
		"postgres://a/x?sslmode=disable":         "postgres://a/x?sslmode=prefer",
		"postgres:///x?host=/tmp/a&port=5433":    "postgres:///x?host=/tmp/a&port=5433&user=ann",
		"postgres://a/x?password=p&user=someone": "postgres://a/x",
	} {
		if name(a) != name(b) {
			t.Errorf("%s and %s are one store with two files", a, b)
		}
	}
	names := map[string]string{}
	for _, location := range []string{
		store, store + "2", "postgres://host/city", "postgres://host/city2", "postgres://host2/city", "postgres://host:5433/city",
		"postgres://host/city?search_path=other", "postgres:///city?host=/tmp/a",
	} {
		if twin := names[name(location)]; twin != "" {
			t.Errorf("%s and %s are two stores with one file", location, twin)
		}
		names[name(location)] = location
	}
	if strings.Contains(name("postgres://ann:secret@host/city"), "host") {
		t.Error("the name of the file tells the address")
	}
}
