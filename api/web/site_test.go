package web_test

import (
	"encoding/json"
	"errors"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gridatlas/api/web"
)

func site() web.Site {
	return web.Site{
		Snapshot: town().Current(), Archive: "map.pmtiles", Title: "城<图>", Approval: "鲁S(2026)001号", Assets: bundle(),
		DataTime: time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC), Zone: time.FixedZone("", 8*3600),
		Style: func(name, base string) ([]byte, bool) { return []byte(name + " at " + base), true },
	}
}

// What a site is made of: its own files in their plain form, a page in each
// language, and nothing that points out of the folder.
func TestSite(t *testing.T) {
	files := map[string]string{}
	last := ""
	err := site().Write(func(path string, content []byte) error {
		if _, twice := files[path]; twice {
			t.Errorf("%s twice", path)
		}
		files[path], last = string(content), path
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != "index.html" {
		t.Errorf("the last file is %s", last)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(name string) bool { return strings.HasPrefix(name, "assets/catalog-") })
	want := []string{
		"assets/map-C3.css", "assets/site-E5.js", "assets/styles-B2.css", "assets/worker-D4.mjs",
		"en.html", "index.html", "sprites/map.json", "sprites/map@2x.png", "styles/day.json",
		"styles/emergency-night.json", "styles/emergency.json", "styles/night.json", "styles/planner-night.json", "styles/planner.json",
	}
	if !slices.Equal(names, want) || len(files) != len(want)+1 {
		t.Errorf("files %q", names)
	}
	if files["styles/day.json"] != "day at ." {
		t.Errorf("the style is %q", files["styles/day.json"])
	}
	for name, language := range map[string]string{"index.html": "zh", "en.html": "en"} {
		page := files[name]
		var config struct{ Language, Archive, Catalog, Worker, MapStyle string }
		text := regexp.MustCompile(`(?s)<script type="application/json" id="config">(.*?)</script>`).FindStringSubmatch(page)[1]
		if err := json.Unmarshal([]byte(text), &config); err != nil {
			t.Fatal(err)
		}
		if config.Language != language || config.Archive != "map.pmtiles" || files[config.Catalog] == "" || files[config.Worker] == "" || files[config.MapStyle] == "" {
			t.Errorf("%s is told %+v", name, config)
		}
		for _, link := range regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if files[link[1]] == "" && !strings.HasPrefix(link[1], "#") && !strings.HasPrefix(link[1], "data:") {
				t.Errorf("%s links to %q, which is no file of it", name, link[1])
			}
		}
		for _, part := range []string{"城&lt;图&gt;", "2026-03-02", "鲁S(2026)001号", "OpenStreetMap contributors", "default-src 'none'"} {
			if !strings.Contains(page, part) && !strings.Contains(html.UnescapeString(page), part) {
				t.Errorf("%s does not say %q", name, part)
			}
		}
		if strings.Contains(page, "frame-ancestors") { // is not heard in a page, and browsers complain
			t.Errorf("%s says in which frames it may stand", name)
		}
	}
}

func TestSiteFails(t *testing.T) {
	unbuilt := site()
	unbuilt.Assets = fstest.MapFS{}
	if err := unbuilt.Write(func(string, []byte) error { return nil }); !errors.Is(err, web.ErrUnbuilt) {
		t.Errorf("without pages: %v", err)
	}
	broken, n := errors.New("no room"), 0
	err := site().Write(func(string, []byte) error {
		if n++; n == 3 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, broken) || n != 3 {
		t.Errorf("got %v after %d files", err, n)
	}
}
