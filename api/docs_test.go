package api_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/web"
	"gridatlas/data/demo/demotest"
)

// Each command of /docs works as it stands there, in a shell: curl gets what it asks
// for, or the fault that it is to show; GDAL reads and copies. Those that write want a
// token, and are held by the tests of writing.
func TestCommandsOfDocsWork(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo city takes seconds to make")
	}
	shell, _ := judge(t, "sh", "dash"), judge(t, "curl", "curl")
	judge(t, "ogr2ogr", "gdal-bin")
	n := newNode(t, packages, func(c *api.Config) {
		c.Pages = web.New(web.Config{Live: c.Live, Description: api.Description()})
	})
	n.publish(demotest.City(t, 0))
	server := newServer(t, n)
	for _, lang := range []string{"zh", "en"} {
		response, err := http.Get(server.URL + "/docs?lang=" + lang)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(response.Body)
		if response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		commands := regexp.MustCompile(`(?s)<pre[^>]*><code([^>]*)>(.*?)</code>`).FindAllStringSubmatch(string(page), -1)
		asked := 0
		for _, found := range commands {
			marks, command := found[1], html.UnescapeString(found[2])
			if strings.Contains(marks, "data-write") || lang == "en" && !strings.HasPrefix(command, "curl '") {
				continue // the commands are the same in both languages
			}
			asked++
			script := exec.CommandContext(t.Context(), shell, "-c", `curl() { command curl -sS -w '\n%{http_code} %{content_type}' "$@"; }; `+command)
			script.Dir = t.TempDir()
			out, err := script.CombinedOutput()
			if err != nil || strings.Contains(string(out), "ERROR") {
				t.Errorf("%s: %v: %s", command, err, out)
				continue
			}
			if !strings.HasPrefix(command, "curl") {
				continue
			}
			end := strings.LastIndexByte(string(out), '\n')
			status, mediaType, _ := strings.Cut(string(out)[end+1:], " ")
			want := "200"
			if fails := regexp.MustCompile(`data-fails="(\d+)"`).FindStringSubmatch(marks); fails != nil {
				want = fails[1]
			}
			if status != want {
				t.Errorf("%s: %s: %s", command, status, out[:min(len(out), 500)])
			}
			var collection struct{ NumberReturned *int }
			if mediaType == "application/geo+json" && json.Unmarshal(out[:end], &collection) == nil && collection.NumberReturned != nil && *collection.NumberReturned == 0 {
				t.Errorf("%s: finds nothing", command)
			}
		}
		if asked < 20 {
			t.Errorf("%s: only %d commands of %d were asked", lang, asked, len(commands))
		}
	}
}

// The page has all routes in both languages, says nothing in the wrong one, and its
// links lead somewhere.
func TestDocs(t *testing.T) {
	n := newTown(t, func(c *api.Config) {
		c.Pages = web.New(web.Config{Live: c.Live, Description: api.Description(), PublicURL: mustURL(t, "https://map.weifang.example/")})
	})
	for _, lang := range []string{"zh", "en"} {
		w := n.get(t, "/docs?lang="+lang, "Accept", "text/html")
		page := w.Body.String()
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		for _, op := range api.Description().Operations {
			if !strings.Contains(page, `id="`+op.ID+`"`) {
				t.Errorf("%s: %s %s is not there", lang, op.Method, op.Path)
			}
		}
		if !strings.Contains(page, "curl &#39;https://map.weifang.example/collections&#39;") {
			t.Errorf("%s: the commands do not ask the public address", lang)
		}
		if left := regexp.MustCompile(`\{(base|booth|lon|lat|box|triangle|column|row)\}`).FindString(page); left != "" {
			t.Errorf("%s: %s is not filled", lang, left)
		}
		seen := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if seen[id[1]] {
				t.Errorf("%s: two have the id %s", lang, id[1])
			}
			seen[id[1]] = true
		}
		for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if !seen[link[1]] {
				t.Errorf("%s: a link to #%s leads nowhere", lang, link[1])
			}
		}
	}
	if got := linkOf(n.getJSON(t, "/?f=json"), "service-doc"); !strings.HasSuffix(got, "/docs") {
		t.Errorf("the landing document leads to %q", got)
	}
	if w := newNode(t, func(c *api.Config) { c.Pages = web.New(web.Config{Live: c.Live, Description: api.Description()}) }).get(t, "/docs"); w.Code != http.StatusOK {
		t.Errorf("before the first map: %d", w.Code)
	}
	if w := newNode(t, func(c *api.Config) { c.Pages = nil }).get(t, "/docs"); w.Code != http.StatusNotFound {
		t.Errorf("without pages: %d", w.Code)
	}
}
