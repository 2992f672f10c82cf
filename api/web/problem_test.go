package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/api/web"
)

// Whatever a status is, people read what happened and what to do next, and nothing that
// stood in the address becomes markup or leads to another host.
func TestProblemPage(t *testing.T) {
	h := web.New(web.Config{Live: town()})
	for status, want := range map[int]string{
		400: "这个网址打不开", 401: "这个网址打不开", 403: "这个网址打不开", 404: "没有这个网页", 405: "这个网址打不开", 410: "没有这个网页", 414: "这个网址打不开",
		429: "打开得太快了", 500: "这一页出错了", 503: "现在打不开", 504: "这一页出错了", 507: "这一页出错了",
	} {
		for _, path := range []string{"/nothing", "//elsewhere.example/x", `/\elsewhere.example`, "/" + script} {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.URL.Path = path
			w := httptest.NewRecorder()
			h.Problem(w, r, status, "f00d")
			page := w.Body.String()
			if w.Code != status || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%d: %d %v", status, w.Code, w.Header())
			}
			if !strings.Contains(page, "<h1>"+want+"</h1>") || strings.Count(page, `class="filled"`) != 1 || strings.Contains(page, `href="">重试`) != (status == 429 || status >= 500) {
				t.Errorf("%d: %s", status, page)
			}
			if strings.Contains(page, "<script") || strings.Contains(page, `href="//`) || strings.Contains(page, `href="/\`) {
				t.Errorf("%s: %s", path, page)
			}
			if failed := status >= 500 && status != 503; strings.Contains(page, "编号 f00d") != failed {
				t.Errorf("%d: the number to quote: %s", status, page)
			}
		}
	}
}
