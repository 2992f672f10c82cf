package api_test

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/api"
	"gridatlas/data/files"
	"gridatlas/geo"
)

// rowsOf asks for a table and returns its rows, the heading first.
func rowsOf(t testing.TB, n *node, path string) ([][]string, http.Header) {
	t.Helper()
	w := n.get(t, path)
	text, marked := strings.CutPrefix(w.Body.String(), "\ufeff")
	if w.Code != http.StatusOK || !marked {
		t.Fatalf("%s: %d, marked %v: %s", path, w.Code, marked, text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows, w.Header()
}

// headerLink returns the address of a link in the header Link.
func headerLink(header http.Header, rel string) string {
	found := regexp.MustCompile(`<([^>]*)>; rel="` + rel + `"`).FindStringSubmatch(header.Get("Link"))
	if found == nil {
		return ""
	}
	return found[1]
}

func TestTables(t *testing.T) {
	n := newNode(t)
	booth := &geo.Booth{
		Base:   geo.Base{ID: 8, Version: 3, Code: "=cmd|' /C calc'!A0", Name: "新华路, “小蓝棚”", Shape: at(10, 300), SurveyedBy: canaryText},
		Number: "370702000186", Trades: []string{"shoe", "key"}, Status: "open", Phone: "-1",
	}
	n.publish(build(1, booth, &geo.Street{Base: geo.Base{ID: 2, Shape: geo.LineShape(ring(-900, 0, 0, 0))}, Class: "main", Foot: "yes"}))
	column := func(path, title string) string {
		t.Helper()
		rows, _ := rowsOf(t, n, path)
		if len(rows) != 2 {
			t.Fatalf("%s has %d rows", path, len(rows))
		}
		for i, name := range rows[0] {
			if name == title {
				return rows[1][i]
			}
		}
		t.Fatalf("%s has no column %s but %v", path, title, rows[0])
		return ""
	}
	for _, test := range []struct{ path, title, want string }{
		{"booths/items?f=csv", "id", "8"},
		{"booths/items?f=csv", "code", "'=cmd|' /C calc'!A0"},
		{"booths/items?f=csv", "phone", "'-1"},
		{"booths/items?f=csv", "name", "新华路, “小蓝棚”"},
		{"booths/items?f=csv", "trades", "shoe;key"},
		{"booths/items?f=csv", "lon_wgs84", "119.1001119"},
		{"booths/items?f=csv", "lat_wgs84", "36.7027034"},
		{"booths/items?f=csv&titles=1", "服务项目", "修鞋;配钥匙开锁"},
		{"booths/items?f=csv&titles=1", "经度_wgs84", "119.1001119"},
		{"booths/items?f=csv&crs=" + epsg(4326), "lon_wgs84", "119.1001119"},
		{"booths/items?f=csv&crs=" + epsg(4549), "y_epsg4549", "4063895.9553"},
		{"booths/items?f=csv&crs=" + epsg(3857), "x_epsg3857", "13258163.8101"},
		{"streets/items?f=csv", "WKT_wgs84", "LINESTRING (119.0899284 36.7,119.1 36.7)"},
		{"streets/items?f=csv&crs=" + epsg(4490), "WKT_epsg4490", "LINESTRING (119.0899284 36.7,119.1 36.7)"},
		{"streets/items?f=csv", "bridge", "否"},
	} {
		if got := column("/collections/"+test.path, test.title); got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.path, test.title, got, test.want)
		}
	}
	rows, header := rowsOf(t, n, "/collections/booths/items?f=csv")
	if strings.Contains(fmt.Sprint(rows), canaryText) {
		t.Error("it shows what is for staff")
	}
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="booths.csv"`,
		"OGC-NumberMatched": "1", "OGC-NumberReturned": "1", "Content-Crs": "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>",
	} {
		if header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, header.Get(name), want)
		}
	}
	if rows, _ := rowsOf(t, n, "/collections/gates/items?f=csv"); len(rows) != 1 {
		t.Errorf("no gates are %v", rows)
	}
}

// All that a list answers is in the table as well, whatever is asked, page by page.
func TestTablesHoldWhatListsHold(t *testing.T) {
	n := newTown(t)
	for _, path := range []string{
		"/collections/places/items?", "/collections/places/items?kind=community&limit=40&", "/collections/places/items?filter=until+IS+NULL&limit=100&",
		"/collections/places/items?limit=20&bbox=119.09,36,119.11,37&", "/collections/booths/items?limit=1&", "/collections/assignments/items?",
	} {
		var want, got []int64
		want = pages(t, n, path, nil)
		for next := path + "f=csv"; next != ""; {
			rows, header := rowsOf(t, n, next)
			for _, row := range rows[1:] {
				id, err := strconv.ParseInt(row[0], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, id)
			}
			if fmt.Sprint(len(rows)-1) != header.Get("OGC-NumberReturned") || fmt.Sprint(len(want)) != header.Get("OGC-NumberMatched") {
				t.Errorf("%s: %d rows of %d, and %v", next, len(rows)-1, len(want), header)
			}
			if next = headerLink(header, "next"); next != "" {
				next = local(t, next)
			}
			advance(n) // the pages that follow are of the map of the first
		}
		if !cmp.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: %d rows, want %d", path, len(got), len(want))
		}
		n = newTown(t)
	}
}

// A table that was answered is imported again: every layer comes back as it is.
func TestTablesAreImportedAgain(t *testing.T) {
	n := newTown(t)
	for _, layer := range n.live.Current().Layers() {
		schema := layer.Schema()
		for _, more := range []string{"", "&titles=1", "&titles=1&crs=" + epsg(4549)} {
			rows, _ := rowsOf(t, n, "/collections/"+string(schema.Layer)+"/items?f=csv"+more)
			if len(rows) == 1 {
				continue
			}
			path := filepath.Join(t.TempDir(), "table.csv")
			body := n.get(t, "/collections/"+string(schema.Layer)+"/items?f=csv"+more).Body.Bytes()
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := files.Open(t.Context(), path, files.Options{})
			if err != nil {
				t.Fatal(err)
			}
			table, err := file.Table("")
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			for read, fault := range files.Features(t.Context(), table, schema, files.Reading{}) {
				if fault != nil {
					t.Fatalf("%s%s: %v", schema.Layer, more, fault)
				}
				id, err := strconv.ParseInt(rows[count+1][0], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				want, _ := n.live.Current().Get(geo.Key{Layer: schema.Layer, ID: id})
				for i := range schema.Fields {
					if field := &schema.Fields[i]; !field.Staff && !cmp.Equal(field.Get(read.Feature), field.Get(want)) {
						t.Errorf("%v%s: %s is %v, was %v", geo.KeyOf(want), more, field.Name, field.Get(read.Feature), field.Get(want))
					}
				}
				if got := read.Feature.Common().Shape; !got.Equal(want.Common().Shape) {
					t.Errorf("%v%s: the shape is %v, was %v", geo.KeyOf(want), more, got, want.Common().Shape)
				}
				count++
			}
			if file.Close(); count != len(rows)-1 {
				t.Errorf("%s%s: %d of %d came back", schema.Layer, more, count, len(rows)-1)
			}
		}
	}
}

func TestFormOfItems(t *testing.T) {
	n := newTown(t)
	for _, test := range []struct{ query, accept, want string }{
		{"", "", "application/geo+json"},
		{"", "*/*", "application/geo+json"},
		{"", "text/csv", "text/csv; charset=utf-8"},
		{"", "Text/CSV;q=0.2", "text/csv; charset=utf-8"},
		{"", "text/*", "text/csv; charset=utf-8"},
		{"", "text/csv;q=0.5, application/geo+json", "application/geo+json"},
		{"", "text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8"},
		{"", "text/csv, */*;q=0.1", "text/csv; charset=utf-8"},
		{"", "text/csv;q=0, */*;q=0.1", "application/geo+json"},
		{"", "text/html, application/xhtml+xml", "application/geo+json"}, // nothing that is served
		{"?f=csv", "application/geo+json", "text/csv; charset=utf-8"},
		{"?f=json", "text/csv", "application/geo+json"},
		{"?f=geojson", "text/csv", "application/geo+json"},
	} {
		w := n.get(t, "/collections/places/items"+test.query, "Accept", test.accept)
		if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != test.want {
			t.Errorf("%q with %q: %d %s", test.query, test.accept, w.Code, got)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept") {
			t.Errorf("Vary %q", w.Header().Values("Vary"))
		}
	}
	// One address, two forms: the tag of one is not that of the other.
	list := n.get(t, "/collections/places/items").Header().Get("ETag")
	table := n.get(t, "/collections/places/items", "Accept", "text/csv").Header().Get("ETag")
	for _, test := range []struct {
		accept, tag string
		want        int
	}{{"text/csv", list, 200}, {"text/csv", table, 304}, {"*/*", table, 200}, {"*/*", list, 304}} {
		if w := n.get(t, "/collections/places/items", "Accept", test.accept, "If-None-Match", test.tag); w.Code != test.want {
			t.Errorf("%s with %s: %d", test.accept, test.tag, w.Code)
		}
	}
	// Each form links to the others.
	doc := n.getJSON(t, "/collections/places/items?kind=district&limit=7")
	_, header := rowsOf(t, n, local(t, linkOf(doc, "alternate")))
	back := n.getJSON(t, local(t, headerLink(header, "alternate")))
	if header.Get("OGC-NumberMatched") != "1" || back["numberMatched"] != 1.0 || headerLink(header, "collection") == "" || headerLink(header, "self") == "" {
		t.Errorf("%v, %v", header, back)
	}
}

// A table whose sending is cut off, or whose client reads on while the server ends, is
// seen to be half a table.
func TestHalfATableIsSeen(t *testing.T) {
	n := newNode(t)
	var features []geo.Feature
	noise := rand.NewChaCha8([32]byte{7}) // so that sockets cannot hold all of it, packed or not
	for i := range 60_000 {
		name := make([]byte, 200)
		_, _ = noise.Read(name)
		features = append(features, &geo.Place{Base: geo.Base{ID: int64(i + 1), Name: base64.StdEncoding.EncodeToString(name)}, Kind: "community"})
	}
	n.publish(build(1, features...))
	base, stop := context.WithCancelCause(context.Background())
	server := httptest.NewUnstartedServer(n)
	server.Config.BaseContext = func(net.Listener) context.Context { return base }
	server.Start()
	t.Cleanup(server.Close)
	ask := func(encoding string) *http.Response {
		request, err := http.NewRequest(http.MethodGet, server.URL+"/collections/places/items?f=csv", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", encoding)
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	whole := ask("identity")
	body, err := io.ReadAll(whole.Body)
	if lines := strings.Count(string(body), "\n"); err != nil || lines != 60_001 {
		t.Errorf("%d lines, %v", lines, err)
	}
	plain, packed := ask("identity"), ask("gzip")
	for _, response := range []*http.Response{plain, packed} {
		if _, err := io.ReadFull(response.Body, make([]byte, 10_000)); err != nil {
			t.Fatal(err)
		}
	}
	stop(http.ErrServerClosed)
	for _, response := range []*http.Response{plain, packed} {
		if rest, err := io.ReadAll(response.Body); err == nil {
			t.Errorf("%s: it ends as if it were whole after %d bytes", response.Header.Get("Content-Encoding"), len(rest))
		}
	}
}

func TestBadTables(t *testing.T) {
	n := newTown(t)
	for path, says := range map[string]string{
		"/collections/places/items?titles=1":                                  "titles: there are none but in f=csv",
		"/collections/places/items?f=csv&titles=2":                            "titles:",
		"/collections/places/items?f=CSV":                                     `f: \"CSV\" is none of json, geojson, csv`,
		"/collections/places/items?f=":                                        "f: ",
		"/collections/places/items/1?f=csv":                                   `f: \"csv\" is none of json, geojson`,
		"/collections?f=csv":                                                  "f: ",
		"/collections/places/items?f=csv&crs=" + url.QueryEscape("EPSG:4326"): "crs: ",
	} {
		if w := n.get(t, path); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	// Who sees all, sees all in the table.
	all := newTown(t, func(c *api.Config) { c.Accounts, c.Store = everything(), deaf{} })
	if w := all.get(t, "/collections/facilities/items?f=csv", "Authorization", "Bearer "+token); strings.Count(w.Body.String(), "\n") != 3 || !strings.Contains(w.Body.String(), canaryText) {
		t.Errorf("staff: %d %s", w.Code, w.Body)
	}
}
