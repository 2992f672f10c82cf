package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridatlas/api"
	"gridatlas/data/files"
	"gridatlas/geo"
)

// packages has a node serve GeoPackages.
func packages(c *api.Config) {
	c.GeoPackage = func(ctx context.Context, p api.Package) (*os.File, error) {
		return files.Nameless(ctx, files.GeoPackage, files.Writing{
			Layers: []geo.Layer{p.Layer}, System: p.System, Public: !p.Staff, Attribution: p.Attribution,
		}, p.Features)
	}
}

// GDAL reads each package: the features that the list has, every field that the public
// may see and no other, in the coordinate system that was asked for.
func TestGDALReadsPackages(t *testing.T) {
	ogrinfo := judge(t, "ogrinfo", "gdal-bin")
	n := newTown(t, packages, func(c *api.Config) { c.Accounts, c.Store = everything(), deaf{} })
	folder := t.TempDir()
	info := func(path string, header ...string) string {
		t.Helper()
		w := n.get(t, path, header...)
		if w.Code != http.StatusOK || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Fatalf("%s: %d %v", path, w.Code, w.Header())
		}
		file := filepath.Join(folder, "answer.gpkg")
		if err := os.WriteFile(file, w.Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), ogrinfo, "-ro", "-al", file).CombinedOutput()
		if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
			t.Fatalf("%s: ogrinfo: %v\n%s", path, err, out)
		}
		return string(out)
	}
	for _, layer := range n.live.Current().Layers() {
		schema := layer.Schema()
		path := "/collections/" + string(schema.Layer) + "/items?f=gpkg"
		for _, header := range [][]string{nil, {"Authorization", "Bearer " + token}} {
			staff := header != nil
			out := info(path, header...)
			want := 0
			for f := range layer.After(0) {
				if staff || geo.ForPublic(f) {
					want++
					if !strings.Contains(out, fmt.Sprintf("OGRFeature(%s):%d\n", schema.Layer, f.Common().ID)) {
						t.Errorf("%s, staff %v: no feature %d", path, staff, f.Common().ID)
					}
				}
			}
			if !strings.Contains(out, fmt.Sprintf("Feature Count: %d\n", want)) {
				t.Errorf("%s, staff %v: not %d features: %s", path, staff, want, out[:min(len(out), 800)])
			}
			for _, field := range schema.Fields {
				if has := strings.Contains(out, "\n"+field.Name+": "); has != (staff || !field.Staff) && !field.Photo { // no file carries a photo
					t.Errorf("%s, staff %v: has the field %s: %v", path, staff, field.Name, has)
				}
			}
			if !staff && strings.Contains(out, canaryText) {
				t.Errorf("%s shows what is for staff", path)
			}
		}
	}
	if out := info("/collections/streets/items?f=gpkg&crs=" + epsg(4549)); !strings.Contains(out, `ID["EPSG",4549]`) || !strings.Contains(out, "LINESTRING ((419566.464190788 4062695.99989093") {
		t.Errorf("in metres: %s", out)
	}
	if out := info("/collections/places/items?f=gpkg&kind=community&filter=until+IS+NULL&bbox=119.09,36,119.11,37"); !strings.Contains(out, "Feature Count: 30\n") {
		t.Errorf("filtered: %s", out[:800])
	}
	w := n.get(t, "/collections/places/items?limit=40", "Accept", "application/geopackage+sqlite3", "Accept-Encoding", "gzip")
	for name, want := range map[string]string{
		"Content-Type": "application/geopackage+sqlite3", "Content-Disposition": `attachment; filename="places.gpkg"`,
		"OGC-NumberMatched": "251", "OGC-NumberReturned": "40", "Content-Length": fmt.Sprint(w.Body.Len()), "Content-Encoding": "",
	} {
		if w.Header().Get(name) != want {
			t.Errorf("%s is %q, want %q", name, w.Header().Get(name), want)
		}
	}
	if out := info(local(t, headerLink(w.Header(), "next"))); !strings.Contains(out, "Feature Count: 40\n") {
		t.Errorf("the next: %s", out[:800])
	}
	if again := n.get(t, "/collections/places/items?f=gpkg", "If-None-Match", n.get(t, "/collections/places/items?f=gpkg").Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", again.Code)
	}
	if head := n.ask(t, http.MethodHead, "/collections/places/items?f=gpkg"); head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("OGC-NumberMatched") != "251" {
		t.Errorf("HEAD: %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
	if w := newTown(t).get(t, "/collections/places/items?f=gpkg"); w.Code != http.StatusBadRequest {
		t.Errorf("a server that makes none: %d", w.Code)
	}
}

// Only so many packages take room on the disk: who comes then is told to come again,
// and everything else goes on being served.
func TestPackagesAreBounded(t *testing.T) {
	const most = 16
	var mu sync.Mutex
	var made []*os.File
	working, peak := 0, 0
	release := make(chan struct{})
	n := newTown(t, func(c *api.Config) {
		c.GeoPackage = func(ctx context.Context, _ api.Package) (*os.File, error) {
			count := func(by int) {
				mu.Lock()
				defer mu.Unlock()
				working += by
				peak = max(peak, working)
			}
			count(1)
			defer count(-1)
			select {
			case <-release:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			file, err := os.Open(os.DevNull)
			mu.Lock()
			made = append(made, file)
			mu.Unlock()
			return file, err
		}
	})
	const path = "/collections/places/items?f=gpkg"
	codes := make(chan int, most)
	for range most {
		go func() {
			code := http.StatusServiceUnavailable
			for code == http.StatusServiceUnavailable { // whoever looks below may have been quicker
				code = n.get(t, path).Code
				time.Sleep(time.Millisecond)
			}
			codes <- code
		}()
	}
	refused := func() bool { // once all have come
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		w := httptest.NewRecorder()
		n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx))
		return w.Code == http.StatusServiceUnavailable && strings.Contains(w.Body.String(), "overloaded") && w.Header().Get("Retry-After") != "" && w.Header().Get("Content-Disposition") == ""
	}
	for deadline := time.Now().Add(time.Minute); !refused(); {
		if time.Now().After(deadline) {
			t.Fatal("nobody is refused")
		}
	}
	if w := n.get(t, "/collections/places/items?f=csv"); w.Code != http.StatusOK {
		t.Errorf("a table meanwhile: %d", w.Code)
	}
	close(release)
	for range most {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("one that waited got %d", code)
		}
	}
	for range most + 1 { // no place was lost
		if w := n.get(t, path); w.Code != http.StatusOK {
			t.Errorf("afterwards: %d", w.Code)
		}
	}
	if peak > runtime.GOMAXPROCS(0) {
		t.Errorf("%d were made at once", peak)
	}
	for _, file := range made {
		if _, err := file.Stat(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("a package was left open (%v)", err)
		}
	}
}

// Who leaves ends the making of a package; what goes wrong in it is no file.
func TestPackagesThatAreNotMade(t *testing.T) {
	stopped := make(chan error, 1)
	begun := make(chan struct{})
	n := newTown(t, func(c *api.Config) {
		c.GeoPackage = func(ctx context.Context, _ api.Package) (*os.File, error) {
			close(begun)
			<-ctx.Done()
			stopped <- ctx.Err()
			return nil, ctx.Err()
		}
	})
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-begun; leave() }()
	w := httptest.NewRecorder()
	n.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/collections/places/items?f=gpkg", nil).WithContext(ctx))
	if err := <-stopped; !errors.Is(err, context.Canceled) || w.Body.Len() > 0 {
		t.Errorf("%v, and %d bytes were sent", err, w.Body.Len())
	}
	for want, fault := range map[int]error{500: errors.New("the disk is on fire"), 503: context.DeadlineExceeded} {
		n := newTown(t, func(c *api.Config) {
			c.GeoPackage = func(context.Context, api.Package) (*os.File, error) { return nil, fmt.Errorf("make it: %w", fault) }
		})
		w := n.get(t, "/collections/places/items?f=gpkg")
		if w.Code != want || strings.Contains(w.Body.String(), "fire") || w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%v: %d %v %s", fault, w.Code, w.Header(), w.Body)
		}
	}
}

// A package that its client reads slowly goes out whole, over the wire too.
func TestPackageOverTheWire(t *testing.T) {
	server := newServer(t, newTown(t, packages))
	for _, encoding := range []string{"identity", "gzip"} {
		request, err := http.NewRequest(http.MethodGet, server.URL+"/collections/places/items?f=gpkg", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", encoding)
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.ContentLength != int64(len(body)) || !slices.Equal(body[:16], []byte("SQLite format 3\x00")) {
			t.Errorf("%s: %d of %d bytes, %v", encoding, len(body), response.ContentLength, err)
		}
	}
}
