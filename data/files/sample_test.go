package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridatlas/data/files"
	"gridatlas/geo"
)

func TestSample(t *testing.T) {
	var text strings.Builder
	text.WriteString("名称,经度,纬度\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "点%d,%d,7\n", i, i+1)
	}
	text.WriteString("无,,\n坏,x,y\n")
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := files.Open(t.Context(), path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, most := range []int{50, 5000} {
		sample, err := files.Sample(t.Context(), file.Tables[0], geo.MustSchema(geo.Booths), files.Mapping{}, most)
		if err != nil || len(sample) != min(most, 1000) {
			t.Fatalf("%d of %d: %v", len(sample), most, err)
		}
		seen, sum := map[float64]bool{}, 0.0
		for _, s := range sample {
			x := s.Geometry.Points[0][0]
			if s.Geometry.Kind != geo.Points || s.Geometry.Points[0][1] != 7 || seen[x] || s.Name != fmt.Sprintf("点%.0f", x-1) {
				t.Errorf("%v", s)
			}
			seen[x] = true
			sum += x
		}
		if mean := sum / float64(len(sample)); mean < 380 || mean > 620 { // three sigma of 50 draws
			t.Errorf("the mean of the sample is row %.0f: not spread", mean)
		}
	}
}
