package api_test

import (
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridatlas/api"
	"gridatlas/api/qr/qrtest"
)

// A scanner reads from the codes where plates and posters lead: under the public URL,
// and without one under what the visitor asked for.
func TestCodesLeadHome(t *testing.T) {
	for _, node := range []struct {
		base   string
		public *url.URL
	}{{"http://map.example", nil}, {"https://grid.example.org", &url.URL{Scheme: "https", Host: "grid.example.org"}}} {
		n := newTown(t, func(c *api.Config) { c.PublicURL = node.public })
		for path, want := range map[string]string{
			"/qr/370702000186.png": "/b/370702000186", "/qr/3707-0200-0186.png": "/b/370702000186", "/qr/p/XLP-1.png": "/p/XLP-1",
		} {
			answer := n.get(t, path)
			if answer.Code != http.StatusOK || answer.Header().Get("Cache-Control") != "public, max-age=86400" {
				t.Fatalf("%s: %d %s", path, answer.Code, answer.Header())
			}
			if _, err := png.DecodeConfig(strings.NewReader(answer.Body.String())); err != nil {
				t.Fatal(err)
			}
			again := n.get(t, path, "If-None-Match", answer.Header().Get("ETag"))
			if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				t.Errorf("%s again: %d", path, again.Code)
			}
			file := filepath.Join(t.TempDir(), "code.png")
			if err := os.WriteFile(file, answer.Body.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := qrtest.Read(t, file); !slices.Equal(got, []string{node.base + want}) {
				t.Errorf("%s leads to %q, want %s%s", path, got, node.base, want)
			}
		}
	}
}
