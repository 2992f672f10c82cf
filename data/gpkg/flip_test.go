package gpkg_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/storetest"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// TestFlips flips random bits of a file, one at a time: opening, reading or Check
// says so, or everything that is read is as before. FLIPS says how many.
func TestFlips(t *testing.T) {
	flips := 60
	if text := os.Getenv("FLIPS"); text != "" {
		var err error
		if flips, err = strconv.Atoi(text); err != nil {
			t.Fatalf("FLIPS: %v", err)
		}
	}
	rng := seedtest.New(t)
	path := filepath.Join(t.TempDir(), "city.gpkg")
	s, err := gpkg.Open(t.Context(), path)
	must(t, err)
	storetest.Scribble(t, s, rng)
	keys := everyKey(t, s)
	want, err := reading(t.Context(), s, keys)
	must(t, err)
	must(t, s.Close())
	whole, err := os.ReadFile(path)
	must(t, err)

	flipped := filepath.Join(t.TempDir(), "flipped.gpkg")
	spoken := map[string]int{}
	for range flips {
		at, bit := rng.IntN(len(whole)), byte(1)<<rng.IntN(8)
		for rng.IntN(4) > 0 && whole[at] == 0 { // much of a small file is empty room in its pages
			at = rng.IntN(len(whole))
		}
		content := bytes.Clone(whole)
		content[at] ^= bit
		must(t, os.WriteFile(flipped, content, 0o644))
		got, who := opened(t, flipped, keys, fmt.Sprintf("byte %d, bit %d", at, bit))
		spoken[who]++
		if who == "nobody" && got != want {
			t.Errorf("byte %d, bit %d: nobody noticed, and something else is read", at, bit)
		}
		for _, journal := range []string{"-wal", "-shm"} {
			os.Remove(flipped + journal)
		}
	}
	t.Logf("%d flips in a file of %d bytes, noticed by %v", flips, len(whole), spoken)
	if flips > 20 && spoken["nobody"] == flips {
		t.Error("not one flip was noticed")
	}
}

// opened reads a file and tells who noticed that it is not whole.
func opened(t *testing.T, path string, keys []geo.Key, where string) (sum [32]byte, who string) {
	t.Helper()
	defer func() {
		if fault := recover(); fault != nil {
			t.Errorf("%s: panic: %v", where, fault)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, err := gpkg.Open(ctx, path)
	if err != nil {
		return sum, "open"
	}
	defer s.Close() // of a broken file, it may fail
	if sum, err = reading(ctx, s, keys); err != nil {
		return sum, "reading"
	}
	if faults, err := s.Check(ctx); err != nil || len(faults) > 0 {
		return sum, "check"
	}
	if ctx.Err() != nil {
		t.Errorf("%s: reading does not end", where)
	}
	return sum, "nobody"
}

// everyKey names every feature there ever was.
func everyKey(t *testing.T, s data.Store) []geo.Key {
	t.Helper()
	keys := map[geo.Key]bool{}
	must(t, s.Archive(t.Context(), func(a data.Archive) error {
		for f, err := range a.Live {
			if err != nil {
				return err
			}
			keys[geo.KeyOf(f)] = true
		}
		for p, err := range a.Past {
			if err != nil {
				return err
			}
			keys[geo.KeyOf(p.Feature)] = true
		}
		return nil
	}))
	return slices.SortedFunc(maps.Keys(keys), func(a, b geo.Key) int { return bytes.Compare([]byte(a.String()), []byte(b.String())) })
}

// reading is the hash of all that a store answers.
func reading(ctx context.Context, s data.Store, keys []geo.Key) (sum [32]byte, err error) {
	h := sha256.New()
	head, err := s.Load(ctx, func(f geo.Feature) error { note(h, f); return nil })
	if err != nil {
		return sum, err
	}
	fmt.Fprintln(h, head)
	for revision := range head.Revision {
		if _, err := s.At(ctx, revision, func(f geo.Feature) error { note(h, f); return nil }); err != nil {
			return sum, err
		}
		delta, err := s.Changes(ctx, revision)
		if err != nil {
			return sum, err
		}
		for _, f := range delta.Changed {
			note(h, f)
		}
		fmt.Fprintln(h, delta.Deleted, delta.SinceHash)
	}
	for _, key := range keys {
		states, err := s.History(ctx, key)
		if err != nil {
			return sum, err
		}
		for _, p := range states {
			note(h, p.Feature)
			fmt.Fprintln(h, p.Ended, p.Deleted)
		}
	}
	err = s.Archive(ctx, func(a data.Archive) error {
		fmt.Fprintln(h, a.Counters, a.RecordVersion, a.RecordSum)
		for e, err := range a.Log {
			if err != nil {
				return err
			}
			fmt.Fprintln(h, e)
		}
		for r, err := range a.Records {
			if err != nil {
				return err
			}
			fmt.Fprintln(h, r)
		}
		return nil
	})
	return [32]byte(h.Sum(nil)), err
}

func note(h hash.Hash, f geo.Feature) {
	h.Write(geo.AppendCanonical(nil, f))
	fmt.Fprintln(h, f.Layer(), f.Common().Revision)
}
