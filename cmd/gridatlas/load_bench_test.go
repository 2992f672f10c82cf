package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridatlas/data/postgis/pgtest"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// asLoader makes the test binary load a map and say what that took, so that the
// memory of nothing else is counted: file:PATH or the location of a store.
const asLoader = "GRIDATLAS_TEST_AS_LOADER"

// loaded is what a loader says.
type loaded struct {
	Features     int
	Took         time.Duration
	Heap         uint64 // bytes in use after a collection, all indexes in
	Peak, Before uint64 // largest resident size until then, and before loading
}

// load is the loader; it ends the process.
func load(what string) {
	ctx := context.Background()
	said := loaded{Before: peakRSS()}
	begun := time.Now()
	var s *snapshot.Snapshot
	var err error
	if path, ok := strings.CutPrefix(what, "file:"); ok {
		s, _, err = (&snapshot.File{Path: path}).Read(ctx)
	} else {
		store, opening := openExisting(ctx, what)
		if err = opening; err == nil {
			s, err = snapshot.Load(ctx, store)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFailed)
	}
	said.Took, said.Peak = time.Since(begun), peakRSS()
	for _, layer := range s.Layers() {
		said.Features += layer.Len()
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	said.Heap = stats.HeapAlloc
	runtime.KeepAlive(s)
	_ = json.NewEncoder(os.Stdout).Encode(said)
	os.Exit(exitOK)
}

// peakRSS reads the largest resident size so far, in bytes.
func peakRSS() uint64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, _ := strconv.ParseUint(number, 10, 64)
	return kib << 10
}

// buildings streams n buildings of eight corners with the fields of the demo city,
// each of a compound of its neighbours.
func buildings(n int) func(func(geo.Change, error) bool) {
	return func(yield func(geo.Change, error) bool) {
		for i := range n {
			x, y := int32(1190000000+i%1000*2000), int32(367000000+i/1000*1500)
			ring := make([]geo.Point, 8)
			for j := range ring { // a comb
				ring[j] = geo.Point{X: x + int32(j)*150, Y: y + int32(j%2)*800}
			}
			b := &geo.Building{
				Number: strconv.Itoa(1 + i%40), Levels: geo.Some(int32(i%30 + 1)), Units: geo.Some[int32](3), Use: "residential",
				Year: geo.Some(int32(1980 + i%45)), HeightM: geo.Some(float64(i%30+1) * 2.9),
				Households: geo.Some(int32(i % 120)), Residents: geo.Some(int32(i % 300)),
			}
			b.Shape = geo.PolygonShape(ring)
			b.Code, b.Name = fmt.Sprintf("3707%08d", i), fmt.Sprintf("五道庙小区%d号楼", 1+i%40)
			b.Source, b.SurveyedOn, b.DueOn = "made up", 20000, 20365
			if !yield(geo.Insert(b), nil) {
				return
			}
		}
	}
}

// BenchmarkLoad loads the same buildings from a node's snapshot file and from both
// stores, in a process each. GRIDATLAS_BENCH_BUILDINGS is their number.
func BenchmarkLoad(b *testing.B) {
	n := 100_000
	if text := os.Getenv("GRIDATLAS_BENCH_BUILDINGS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for _, where := range []struct {
		name string
		make func() string
	}{
		{"gpkg", func() string { return filepath.Join(b.TempDir(), "city.gpkg") }},
		{"postgis", func() string { return pgtest.Start(b).URL(b) }},
	} {
		location := where.make()
		store, err := openStore(b.Context(), location)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := store.Apply(b.Context(), geo.ChangeSet{Changes: buildings(n)}); err != nil {
			b.Fatal(err)
		}
		if where.name == "gpkg" {
			s, err := snapshot.Load(b.Context(), store)
			if err != nil {
				b.Fatal(err)
			}
			file := &snapshot.File{Path: filepath.Join(b.TempDir(), "a.snapshot")}
			begun := time.Now()
			if err := file.Write(b.Context(), s, begun); err != nil {
				b.Fatal(err)
			}
			b.Logf("the file of %d buildings was written in %v", n, time.Since(begun))
			b.Run("file", func(b *testing.B) { benchmarkLoad(b, "file:"+file.Path, n) })
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		b.Run(where.name, func(b *testing.B) { benchmarkLoad(b, location, n) })
	}
}

func benchmarkLoad(b *testing.B, what string, n int) {
	var took, cores time.Duration
	var last loaded
	for b.Loop() {
		cmd := program(b)
		cmd.Env = append(cmd.Env, asLoader+"="+what)
		cmd.Stderr = os.Stderr
		text, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		if err := json.Unmarshal(text, &last); err != nil || last.Features != n {
			b.Fatalf("%s: %v", text, err)
		}
		took += last.Took
		cores += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(0, "ns/op") // of the process, which is not the question
	b.ReportMetric(took.Seconds()/float64(b.N), "s/load")
	b.ReportMetric(cores.Seconds()/float64(b.N), "core-s/load")
	b.ReportMetric(float64(last.Heap)/float64(n), "heap-B/feature")
	b.ReportMetric(float64(last.Peak-last.Before)/float64(last.Heap), "peak/heap")
	b.ReportMetric(float64(last.Peak)/(1<<20), "peak-MiB")
}
