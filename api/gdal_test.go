package api_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// GDAL's client of OGC API Features finds the layers and pages to the end.
func TestGDALReadsUs(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("ogrinfo (gdal-bin) is not installed")
		}
		t.Skip("ogrinfo (gdal-bin) is not installed")
	}
	server := newServer(t, newTown(t))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	run := func(args ...string) string {
		out, err := exec.CommandContext(ctx, ogrinfo, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("ogrinfo %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run("-ro", "OAPIF:"+server.URL); !strings.Contains(out, "places") || !strings.Contains(out, "streets") {
		t.Errorf("layers: %s", out)
	}
	// 251 features over three pages.
	out := run("-ro", "-al", "-q", "-oo", "PAGE_SIZE=100", "OAPIF:"+server.URL+"/collections/places")
	if got := strings.Count(out, "OGRFeature("); got != 251 {
		t.Errorf("%d features: %s", got, out[:min(len(out), 2000)])
	}
	if !strings.Contains(out, "name (String) = 奎文区") || !strings.Contains(out, "POLYGON ((") {
		t.Errorf("got %s", out[:min(len(out), 2000)])
	}
	out = run("-ro", "-so", "-spat", "119.09", "36.69", "119.11", "36.71", "OAPIF:"+server.URL+"/collections/booths", "booths")
	if !strings.Contains(out, "Feature Count: 2") {
		t.Errorf("booths: %s", out)
	}
	out = run("-ro", "-al", "-q", "MVT:"+server.URL+townTile(14))
	if !strings.Contains(out, "name (String) = 健康街") || !strings.Contains(out, "LINESTRING (") {
		t.Errorf("a tile: %s", out[:min(len(out), 2000)])
	}
}
