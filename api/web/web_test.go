package web_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gridatlas/api/web"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
)

// bundle is a built page as the build writes it, with one file in three forms.
func bundle() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":          {Data: []byte(`{"main":"main-A1.js","styles":"styles-B2.css","map":"map-C3.css","worker":"worker-D4.mjs","site":"site-E5.js","site_assets":["site-E5.js","worker-D4.mjs","styles-B2.css","map-C3.css"]}`)},
		"assets/main-A1.js":      {Data: []byte("plain")},
		"assets/main-A1.js.gz":   {Data: []byte("as gzip")},
		"assets/main-A1.js.br":   {Data: []byte("as brotli")},
		"assets/site-E5.js":      {Data: []byte("site")},
		"assets/worker-D4.mjs":   {Data: []byte("worker")},
		"assets/styles-B2.css":   {Data: []byte("css")},
		"assets/map-C3.css":      {Data: []byte("css")},
		"assets/secret/inner.js": {Data: []byte("inner")},
		"sprites/map.json":       {Data: []byte("{}")},
		"sprites/map@2x.json.br": {Data: []byte("as brotli")},
		"sprites/map@2x.png":     {Data: []byte("image")},
	}
}

// town is a snapshot with one of a few things.
func town() *snapshot.Live {
	at := func(lon, lat float64) geo.Shape { return geo.PointShape(crs.At(lon, lat)) }
	base := func(id int64, name, code string, shape geo.Shape) geo.Base {
		return geo.Base{ID: id, Name: name, Code: code, Shape: shape, Source: "osm:node/1"}
	}
	b := snapshot.NewBuilder()
	for _, f := range []geo.Feature{
		&geo.Place{Base: base(1, "示例市", "370700", at(119.1, 36.7)), Kind: "city"},
		&geo.Booth{Base: base(1, "健康街<小>蓝棚", "B1", at(119.11, 36.71)), Number: "370702001742", Trades: []string{"shoe", "key"}, Phone: "0536-0000001", Landmark: "东门北50米"},
		&geo.Facility{Base: base(1, "鹰眼一号", "C1", at(119.1, 36.7)), Kind: "camera_high"},
		&geo.Facility{Base: base(2, "示例药店", "C2", at(119.12, 36.7)), Kind: "pharmacy"},
	} {
		b.Add(f)
	}
	var live snapshot.Live
	live.Publish(b.Build(geo.Head{Epoch: 1, Revision: 7}))
	return &live
}

func get(t testing.TB, h http.Handler, target string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestUnbuiltPageSaysHowToBuild(t *testing.T) {
	r := get(t, web.New(web.Config{Live: town(), Assets: fstest.MapFS{}}), "/")
	if body := text(t, r); r.StatusCode != http.StatusOK || !strings.Contains(body, "make pages") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
}

func TestPage(t *testing.T) {
	h := web.New(web.Config{Live: town(), Demo: true, Assets: bundle()})
	tests := []struct {
		name, target string
		headers      []string
		want, not    []string
	}{
		{"Chinese first", "/", nil,
			[]string{`lang="zh-Hans"`, "gridatlas 社区地图 · 示例市", "演示数据", "/assets/main-A1.js", "/assets/styles-B2.css", "版本 7", "© OpenStreetMap contributors"},
			[]string{`class="big"`, "data-theme", "鹰眼"}},
		{"English by address", "/?lang=en", nil, []string{`lang="en"`, "Demo", "Search names"}, []string{"搜地点"}},
		{"English by cookie", "/", []string{"Cookie", "lang=en"}, []string{`lang="en"`}, nil},
		{"English by browser", "/", []string{"Accept-Language", "de, en;q=0.8"}, []string{`lang="en"`}, nil},
		{"Chinese wherever it is read", "/", []string{"Accept-Language", "en, zh-CN;q=0.1"}, []string{`lang="zh-Hans"`}, nil},
		{"large text", "/?big=1", nil, []string{`class="big"`, `href="/?big=0"`}, nil},
		{"address before cookie", "/?big=0", []string{"Cookie", "big=1"}, nil, []string{`class="big"`}},
		{"night", "/?theme=night", nil, []string{`data-theme="night"`}, nil},
		{"a style of the map", "/?style=planner", nil, []string{`data-style="planner"`}, nil},
		{"a style of an earlier visit", "/", []string{"Cookie", "style=emergency"}, []string{`data-style="emergency"`}, nil},
		{"nonsense is no choice", "/?theme=pink&lang=xx&big=7&style=day", nil, []string{`lang="zh-Hans"`}, []string{"data-theme", "data-style", `class="big"`}},
		{"list without script", "/", nil, []string{"健康街&lt;小&gt;蓝棚", "修鞋 · 配钥匙开锁", "370702001742", "东门北50米", `href="tel:0536-0000001"`}, nil},
		{"search without script", "/?q=药店", nil, []string{"示例药店", `value="药店"`}, []string{"东门北50米"}},
		{"search by number", "/?q=370702001742", nil, []string{"健康街"}, []string{"示例药店"}},
		{"nothing found", "/?q=nowhere", nil, []string{"没有找到“nowhere”"}, nil},
		{"cameras are for staff", "/?q=鹰眼", nil, []string{"没有找到"}, []string{"鹰眼一号"}},
		{"markup is text", "/?q=%3Cscript%3Ealert(1)%3C/script%3E", nil, []string{"&lt;script&gt;alert(1)"}, []string{"<script>alert"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := get(t, h, tt.target, tt.headers...)
			body := text(t, r)
			if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Fatalf("%d %v", r.StatusCode, r.Header)
			}
			for _, want := range tt.want {
				if !strings.Contains(body, want) {
					t.Errorf("the page has no %q", want)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(body, not) {
					t.Errorf("the page has %q", not)
				}
			}
		})
	}
}

// The policy forbids what stands in the page, so nothing may stand there.
func TestPageHasNoInlineScriptOrStyle(t *testing.T) {
	r := get(t, web.New(web.Config{Live: town(), Assets: bundle()}), "/?q=药")
	body := text(t, r)
	policy := r.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %q has no %q", policy, part)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("policy %q lets more in than the own host", policy)
	}
	for _, found := range regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|https?://`).FindAllString(body, -1) {
		t.Errorf("the page has %q", found)
	}
	for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(body, -1) {
		if !strings.Contains(tag, "src=") && !strings.Contains(tag, `type="application/json"`) {
			t.Errorf("a script stands in the page: %s", tag)
		}
	}
}

func TestConfigForTheScript(t *testing.T) {
	body := text(t, get(t, web.New(web.Config{Live: town(), Demo: true, Assets: bundle()}), "/?lang=en"))
	m := regexp.MustCompile(`id="config">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no configuration")
	}
	var config struct {
		Language, City, Catalog, Worker string
		Demo                            bool
		Head                            string
		Bounds                          [4]float64
		Centre                          [2]float64
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &config); err != nil {
		t.Fatal(err)
	}
	if config.Language != "en" || config.City != "示例市" || !config.Demo || config.Head != "0000000000000001-7" || config.Worker != "/assets/worker-D4.mjs" {
		t.Errorf("%+v", config)
	}
	if config.Bounds != [4]float64{119.1, 36.7, 119.12, 36.71} || config.Centre != [2]float64{119.1, 36.7} {
		t.Errorf("bounds %v centre %v", config.Bounds, config.Centre)
	}
}

func TestEmptyMap(t *testing.T) {
	var empty snapshot.Live
	empty.Publish(snapshot.NewBuilder().Build(geo.Head{}))
	if r := get(t, web.New(web.Config{Live: &empty, Assets: bundle()}), "/?q=x"); r.StatusCode != http.StatusOK {
		t.Errorf("%d", r.StatusCode)
	}
}

// Without a map the page says whether it is on its way, in the language asked for,
// and asks again by itself; that it was not built is of no account then.
func TestWaitingPage(t *testing.T) {
	var loading, away snapshot.Live
	away.Lost()
	for _, test := range []struct {
		live   *snapshot.Live
		assets fstest.MapFS
		target string
		says   string
	}{
		{&loading, bundle(), "/", "地图数据正在加载"},
		{&loading, fstest.MapFS{}, "/?lang=en", "The map is being loaded"},
		{&away, bundle(), "/?q=x&big=1", "暂时连不上数据库"},
		{&away, bundle(), "/?lang=en", "The database cannot be reached"},
	} {
		r := get(t, web.New(web.Config{Live: test.live, Assets: test.assets}), test.target)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") != "5" ||
			r.Header.Get("Cache-Control") != "no-store" || !strings.Contains(string(body), test.says) ||
			!strings.Contains(string(body), `http-equiv="refresh" content="5"`) {
			t.Errorf("%s: %d %v %s", test.target, r.StatusCode, r.Header, body)
		}
	}
}

// The page says how old the data is before its script has run, in the time of the
// city, and the graver the older.
func TestOldDataIsSaid(t *testing.T) {
	whole := town().Current()
	weifang := time.FixedZone("Asia/Shanghai", 8*3600)
	for _, test := range []struct {
		age    time.Duration
		target string
		rank   string
		says   string
	}{
		{time.Minute, "/", "", ""},
		{12 * time.Minute, "/", "note", "（12 分钟前），可能不是最新。"},
		{3*time.Hour + 50*time.Minute, "/", "warn", "（3 小时前），请以现场情况为准。"},
		{26 * time.Hour, "/?lang=en", "grave", " (26 h ago). Check on site"},
		{80 * time.Hour, "/", "grave", "（3 天前），仅供参考"},
	} {
		var live snapshot.Live
		at := time.Now().Add(-test.age)
		live.Resume(whole, at)
		body := text(t, get(t, web.New(web.Config{Live: &live, Zone: weifang, Assets: bundle()}), test.target))
		strip := regexp.MustCompile(`<p id="banner"[^>]*>[^<]*</p>`).FindString(body)
		if test.rank == "" {
			if !strings.Contains(strip, " hidden") {
				t.Errorf("%v: %s", test.age, strip)
			}
			continue
		}
		clock := at.In(weifang).Format("15:04")
		if !strings.Contains(strip, `data-rank="`+test.rank+`"`) || !strings.Contains(strip, test.says) || !strings.Contains(strip, clock) || strings.Contains(strip, "hidden") {
			t.Errorf("%v: %s", test.age, strip)
		}
	}
}

func TestChoicesAreRemembered(t *testing.T) {
	r := get(t, web.New(web.Config{Live: town(), Assets: bundle()}), "/?lang=en&big=1")
	got := map[string]string{}
	for _, cookie := range r.Cookies() {
		got[cookie.Name] = cookie.Value
		if cookie.MaxAge == 0 || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %v", cookie)
		}
	}
	if len(got) != 2 || got["lang"] != "en" || got["big"] != "1" {
		t.Errorf("cookies %v", got)
	}
}

func TestAssets(t *testing.T) {
	h := web.New(web.Config{Live: town(), Assets: bundle()})
	tests := []struct {
		path, accept   string
		status         int
		body, encoding string
		contentType    string
	}{
		{"/assets/main-A1.js", "", 200, "plain", "", "text/javascript; charset=utf-8"},
		{"/assets/main-A1.js", "gzip", 200, "as gzip", "gzip", "text/javascript; charset=utf-8"},
		{"/assets/main-A1.js", "gzip, deflate, br", 200, "as brotli", "br", "text/javascript; charset=utf-8"},
		{"/assets/main-A1.js", "br;q=0, gzip;q=0.5", 200, "as gzip", "gzip", "text/javascript; charset=utf-8"},
		{"/assets/worker-D4.mjs", "br", 200, "worker", "", "text/javascript; charset=utf-8"},
		{"/sprites/map.json", "br", 200, "{}", "", "application/json"},
		{"/sprites/map@2x.png", "", 200, "image", "", "image/png"},
		{"/sprites/main-A1.js", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/assets/none.js", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/assets/", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/assets/../manifest.json", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/assets/secret/inner.js", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
		{"/else", "", 404, "404 page not found\n", "", "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.path+" "+tt.accept, func(t *testing.T) {
			r := get(t, h, tt.path, "Accept-Encoding", tt.accept)
			body := text(t, r)
			if r.StatusCode != tt.status || body != tt.body || r.Header.Get("Content-Encoding") != tt.encoding || r.Header.Get("Content-Type") != tt.contentType {
				t.Errorf("%d %q %v", r.StatusCode, body, r.Header)
			}
			if immutable := strings.Contains(r.Header.Get("Cache-Control"), "immutable"); immutable != (tt.status == 200 && strings.HasPrefix(tt.path, "/assets/")) {
				t.Errorf("Cache-Control %q", r.Header.Get("Cache-Control"))
			}
		})
	}
}

// Staff fields and their titles stay on the server.
func TestCatalogIsPublic(t *testing.T) {
	h := web.New(web.Config{Live: town(), Assets: bundle()})
	path := regexp.MustCompile(`/assets/catalog-[0-9a-f]+\.json`).FindString(text(t, get(t, h, "/")))
	var layers map[geo.Layer]struct {
		Fields []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(text(t, get(t, h, path))), &layers); err != nil {
		t.Fatal(err)
	}
	for _, schema := range geo.Catalog() {
		fields := map[string]bool{}
		for _, field := range layers[schema.Layer].Fields {
			fields[field.Name] = true
		}
		for _, field := range schema.Fields {
			if fields[field.Name] == field.Staff {
				t.Errorf("%s.%s: staff %v, in the catalog %v", schema.Layer, field.Name, field.Staff, fields[field.Name])
			}
		}
	}
}

func TestMethods(t *testing.T) {
	h := web.New(web.Config{Live: town(), Assets: bundle()})
	for method, status := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "DELETE": 405} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != status || (method == "HEAD" && w.Body.Len() > 0) {
			t.Errorf("%s: %d with %d bytes", method, w.Code, w.Body.Len())
		}
	}
}

// What is embedded is a whole bundle or none.
func TestEmbeddedBundle(t *testing.T) {
	r := get(t, web.New(web.Config{Live: town()}), "/")
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%d", r.StatusCode)
	}
	for _, path := range regexp.MustCompile(`/assets/[\w.-]+`).FindAllString(text(t, r), -1) {
		if r := get(t, web.New(web.Config{Live: town()}), path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}
