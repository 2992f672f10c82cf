package web_test

import (
	"strings"
	"testing"

	"gridatlas/api/web"
)

func TestParseUnderlay(t *testing.T) {
	for _, tt := range []struct{ template, want, origin string }{
		{"https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"},
		{
			"https://t0.example.cn:8443/vec_w/wmts?REQUEST=GetTile&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=KEY",
			"https://t0.example.cn:8443/vec_w/wmts?REQUEST=GetTile&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=KEY", "https://t0.example.cn:8443",
		},
	} {
		got, err := web.ParseUnderlay(tt.template, "© 示例")
		if err != nil || got.Template != tt.want || got.Origin != tt.origin || got.Attribution != "© 示例" {
			t.Errorf("%s: %+v, %v", tt.template, got, err)
		}
	}
	if u, err := web.ParseUnderlay("https://tiles.example/{z}/{x}/{y}", ""); err != nil || u.Attribution != "tiles.example" {
		t.Errorf("without attribution: %+v, %v", u, err)
	}
	for _, bad := range []string{
		"", "{z}{x}{y}", "https://tiles.example/{z}/{x}", "https://tiles.example/{z}/{x}/{y}/{y}", "https://tiles.example/{z}/{x}/{y}/{key}",
		"ftp://tiles.example/{z}/{x}/{y}", "https://me:secret@tiles.example/{z}/{x}/{y}", "https://{z}.example/{x}/{y}",
		"https://tiles.example{z}/{x}/{y}", "//tiles.example/{z}/{x}/{y}", "https://*.example/{z}/{x}/{y}", "https://a.example;script-src/{z}/{x}/{y}",
		"https:///{z}/{x}/{y}", "javascript:{z}{x}{y}",
	} {
		if u, err := web.ParseUnderlay(bad, ""); err == nil {
			t.Errorf("%q was taken: %+v", bad, u)
		}
	}
}

// The page may ask the host of the underlay, and no host where there is none.
func TestPolicyNamesTheUnderlay(t *testing.T) {
	underlay, err := web.ParseUnderlay("https://tiles.example/{z}/{x}/{y}.png", "© 示例")
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, web.New(web.Config{Live: town(), Assets: bundle(), Underlay: underlay}), "/")
	if policy := r.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self' https://tiles.example;") || strings.Count(policy, "example") != 1 {
		t.Errorf("policy %q", policy)
	}
	if body := text(t, r); !strings.Contains(body, "https://tiles.example/{z}/{x}/{y}.png") {
		t.Error("the page does not know the underlay")
	}
	r = get(t, web.New(web.Config{Live: town(), Assets: bundle()}), "/")
	if policy := r.Header.Get("Content-Security-Policy"); strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
}
