package demo_test

import (
	"context"
	"crypto/sha256"
	"path/filepath"
	"testing"

	"gridatlas/data/demo"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
)

// digest is the hash of everything a change set holds.
func digest(t *testing.T, o demo.Options) (sum [32]byte, features int) {
	t.Helper()
	h := sha256.New()
	var text []byte
	for change, err := range demo.Weifang(o).Changes {
		if err != nil {
			t.Fatal(err)
		}
		text = geo.AppendCanonical(text[:0], change.After)
		h.Write(text)
		features++
	}
	return [32]byte(h.Sum(nil)), features
}

func TestTwiceTheSame(t *testing.T) {
	first, n := digest(t, demo.Options{})
	second, m := digest(t, demo.Options{})
	if first != second || n != m {
		t.Errorf("two cities differ: %d features %x, %d features %x", n, first, m, second)
	}
}

func TestSameHeadEachTime(t *testing.T) {
	ctx := context.Background()
	store, err := gpkg.Open(ctx, filepath.Join(t.TempDir(), "again.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	head, err := store.Apply(ctx, demo.Weifang(demo.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	if want := city(t).head; head.Hash != want.Hash || head.Revision != want.Revision {
		t.Errorf("head %d %x, the first time %d %x", head.Revision, head.Hash, want.Revision, want.Hash)
	}
	again, err := store.Apply(ctx, demo.Weifang(demo.Options{}))
	if err != nil || again != head {
		t.Errorf("a second apply answers %v, %v", again, err)
	}
}

func TestCodesAreUnique(t *testing.T) {
	seen := map[string]geo.Layer{}
	for _, f := range city(t).all {
		code := f.Common().Code
		if code == "" {
			continue
		}
		if other, taken := seen[code]; taken {
			t.Errorf("code %s is in %s and %s", code, f.Layer(), other)
		}
		seen[code] = f.Layer()
		if f.Common().Source == "" {
			t.Errorf("%s %s has no source", f.Layer(), code)
		}
	}
}

func BenchmarkWeifang(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range demo.Weifang(demo.Options{}).Changes {
			n++
		}
		b.ReportMetric(float64(n), "features")
	}
}

// TestScale holds that more ground brings as many buildings as asked for, at
// other places, with codes of their own.
func TestScale(t *testing.T) {
	const want = 130_000
	buildings := 0
	codes := map[string]bool{}
	boxes := map[geo.Box]bool{}
	places := 0
	for change, err := range demo.Weifang(demo.Options{Scale: want}).Changes {
		if err != nil {
			t.Fatal(err)
		}
		base := change.After.Common()
		if base.Code != "" {
			key := string(change.Key.Layer) + base.Code
			if codes[key] {
				t.Fatalf("code %s twice", key)
			}
			codes[key] = true
		}
		switch change.After.(type) {
		case *geo.Building:
			buildings++
			if boxes[base.Shape.Box()] {
				t.Fatalf("building %s stands on another", base.Code)
			}
			boxes[base.Shape.Box()] = true
		case *geo.Place:
			places++
		}
	}
	if buildings != want || places != 212 {
		t.Errorf("%d buildings and %d places, want %d and 212", buildings, places, want)
	}
}
