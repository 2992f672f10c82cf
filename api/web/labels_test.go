package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gridatlas/api/label"
	"gridatlas/api/qr"
	"gridatlas/api/web"
	"gridatlas/geo/snapshot"
)

// The page of labels shows what was chosen and what is printed; the ground that is made
// up is said on each label.
func TestLabelsPage(t *testing.T) {
	live := &snapshot.Live{}
	live.Publish(snapshot.Empty())
	code, err := qr.Of("https://map.example.org/b/370702500124")
	if err != nil {
		t.Fatal(err)
	}
	size, _ := label.SizeOf("")
	one := label.Label{Name: "君子园<小>蓝棚", Number: "3707 0250 0124", Code: code}
	page := &label.Page{
		Of: "booths", Set: &label.Set{Labels: []label.Label{one}, Unknown: []string{"1"}, Suggests: []string{"3707 0250 0124"}, Bare: 2},
		Sheets: label.Sheets{Size: size, Labels: []label.Label{one}, Service: "0536-12345", Demo: true},
	}
	w := httptest.NewRecorder()
	web.New(web.Config{Live: live}).Labels(w, httptest.NewRequest(http.MethodGet, "/labels?of=booths&lang=zh", nil), http.StatusOK, page)
	body := w.Body.String()
	for _, want := range []string{"君子园&lt;小&gt;蓝棚", "3707 0250 0124", "<svg ", "0536-12345", `<span class="demo" lang="zh-Hans">演示数据</span>`, "共 1 个标签，1 页。另有 2 处", "没有找到：1。是不是：3707 0250 0124？"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %d %s", want, w.Code, body)
		}
	}
}
