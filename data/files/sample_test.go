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
		for _, g := range sample {
			if g.Kind != geo.Points || g.Points[0][1] != 7 || seen[g.Points[0][0]] {
				t.Errorf("%v", g)
			}
			seen[g.Points[0][0]] = true
			sum += g.Points[0][0]
		}
		if mean := sum / float64(len(sample)); mean < 380 || mean > 620 { // three sigma of 50 draws
			t.Errorf("the mean of the sample is row %.0f: not spread", mean)
		}
	}
}
