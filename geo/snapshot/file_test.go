package snapshot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/snapshot"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123, time.UTC)

// anything returns a feature of a layer with random values in a random part of its
// fields, extremes among them.
func anything(rng *rand.Rand, schema *geo.Schema, id int64) geo.Feature {
	f := schema.New()
	base := f.Common()
	base.ID, base.Version, base.Revision = id, 1+rng.Int64N(9), rng.Int64N(1<<40)
	base.Shape = anyShape(rng, schema.Kinds[rng.IntN(len(schema.Kinds))])
	words := []string{"小蓝棚", "奎文区", "a", "3", strings.Repeat("长", 300), "\x00\xff", fmt.Sprint(id), " 边 "}
	word := func() string { return words[rng.IntN(len(words))] }
	for i := range schema.Fields {
		if rng.IntN(3) == 0 {
			continue
		}
		switch p := schema.Fields[i].Pointer(f).(type) {
		case *string:
			*p = word()
		case *geo.Hours:
			*p = geo.Hours(word())
		case *[]string:
			for range 1 + rng.IntN(3) {
				*p = append(*p, word())
			}
		case *geo.Opt[int32]:
			*p = geo.Some([]int32{0, -1, math.MaxInt32, math.MinInt32, rng.Int32()}[rng.IntN(5)])
		case *geo.Opt[float64]:
			*p = geo.Some([]float64{0, -0.5, math.MaxFloat64, math.SmallestNonzeroFloat64, rng.Float64()}[rng.IntN(5)])
		case *geo.Opt[bool]:
			*p = geo.Some(rng.IntN(2) == 0)
		case *bool:
			*p = true
		case *geo.Date:
			*p = geo.Date(rng.Int32())
		case *geo.Instant:
			*p = geo.Instant(-rng.Int32())
		default:
			panic("a type of field that this test does not know")
		}
	}
	return f
}

func anyShape(rng *rand.Rand, kind geo.Kind) geo.Shape {
	corner := func() geo.Point {
		if rng.IntN(20) == 0 {
			return geo.Point{X: []int32{geo.World.W, geo.World.E}[rng.IntN(2)], Y: []int32{geo.World.S, geo.World.N}[rng.IntN(2)]}
		}
		return geo.Point{X: 1_190_000_000 + rng.Int32N(1_000_000), Y: 366_000_000 + rng.Int32N(1_000_000)}
	}
	var parts []geo.Part
	for i := range 1 + rng.IntN(3) {
		n := map[geo.Kind]int{geo.NoShape: 0, geo.Points: 1, geo.Lines: 2 + rng.IntN(4), geo.Polygons: 3 + rng.IntN(9)}[kind]
		part := geo.Part{Hole: kind == geo.Polygons && i > 0 && rng.IntN(2) == 0}
		for range n {
			part.Points = append(part.Points, corner())
		}
		parts = append(parts, part)
	}
	return geo.MakeShape(kind, parts)
}

// everything is a snapshot with features in all layers.
func everything(rng *rand.Rand, most int) *snapshot.Snapshot {
	b := snapshot.NewBuilder()
	for _, schema := range geo.Catalog() {
		id := int64(0)
		for range rng.IntN(most + 1) {
			id += 1 + rng.Int64N(50)
			b.Add(anything(rng, schema, id))
		}
	}
	return b.Build(geo.Head{Epoch: rng.Int64(), Revision: 1 << 40, Hash: geo.Hash{1, 2, 31: 9}})
}

func encoded(t testing.TB, s *snapshot.Snapshot) []byte {
	t.Helper()
	raw, err := s.Encode(noon)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// same compares two snapshots feature by feature, and what their indexes find.
func same(t *testing.T, got, want *snapshot.Snapshot) {
	t.Helper()
	if got.Head() != want.Head() {
		t.Fatalf("head %+v, want %+v", got.Head(), want.Head())
	}
	for i, layer := range want.Layers() {
		name := layer.Schema().Layer
		read := got.Layers()[i]
		a, b := slices.Collect(read.After(0)), slices.Collect(layer.After(0))
		if len(a) != len(b) || read.Len() != layer.Len() {
			t.Fatalf("%s: %d features (Len %d), want %d", name, len(a), read.Len(), len(b))
		}
		for i := range a {
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("%s: got %+v, want %+v", name, a[i], b[i])
			}
			if byID, ok := read.Get(b[i].Common().ID); !ok || byID != a[i] {
				t.Fatalf("%s/%d is not found by its id", name, b[i].Common().ID)
			}
			byCode, ok := read.ByCode(b[i].Common().Code)
			wanted, wantOK := layer.ByCode(b[i].Common().Code)
			if ok != wantOK || ok && byCode.Common().ID != wanted.Common().ID {
				t.Fatalf("%s: code %q finds another feature", name, b[i].Common().Code)
			}
			if i%(1+len(b)/50) != 0 { // boxes reach far and find thousands
				continue
			}
			box := b[i].Common().Shape.Box()
			if found, wanted := collectIDs(read.Search(box)), collectIDs(layer.Search(box)); !slices.Equal(sorted(found), sorted(wanted)) {
				t.Fatalf("%s: box %v finds %v, want %v", name, box, found, wanted)
			}
		}
	}
}

func sorted(ids []int64) []int64 { slices.Sort(ids); return ids }

// TestFileHoldsEverything writes snapshots of every layer, kind and extreme and
// reads the same back. The sizes are about those of a chunk.
func TestFileHoldsEverything(t *testing.T) {
	rng := seedtest.New(t)
	sizes := []int{0, 1, 3, 40, 2100}
	if testing.Short() {
		sizes = sizes[:4]
	}
	for _, most := range sizes {
		s := everything(rng, most)
		read, confirmed, err := snapshot.Decode(encoded(t, s))
		if err != nil {
			t.Fatal(err)
		}
		if !confirmed.Equal(noon) {
			t.Errorf("confirmed at %v, want %v", confirmed, noon)
		}
		same(t, read, s)
	}
}

// TestEqualSnapshotsGiveEqualBytes comes to the same map in three ways: at once,
// by revisions one after another, and from a file.
func TestEqualSnapshotsGiveEqualBytes(t *testing.T) {
	rng := seedtest.New(t)
	s, twin := snapshot.NewBuilder().Build(geo.Head{}), map[int64]geo.Feature{}
	for revision := int64(1); revision <= 8; revision++ {
		delta := geo.Delta{Head: geo.Head{Revision: revision}}
		for range rng.IntN(2000) {
			f := booth(rng, 1+rng.Int64N(3000), revision)
			f.Code = fmt.Sprintf("%d", f.ID%700) // codes that are not unique have an order as well
			if twin[f.ID] != nil && twin[f.ID].Common().Revision == revision {
				continue
			}
			twin[f.ID] = f
			delta.Changed = append(delta.Changed, f)
		}
		s = s.Advance(delta)
	}
	b := snapshot.NewBuilder()
	for _, f := range twin { // in any order
		b.Add(f)
	}
	want := encoded(t, b.Build(s.Head()))
	if !bytes.Equal(encoded(t, s), want) {
		t.Error("revision after revision gives other bytes than all at once")
	}
	read, _, err := snapshot.Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(encoded(t, read), want) {
		t.Error("what was read gives other bytes when it is written again")
	}
}

// TestReadSnapshotGoesOn advances a snapshot that was read.
func TestReadSnapshotGoesOn(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	s := everything(rng, 300)
	read, _, err := snapshot.Decode(encoded(t, s))
	if err != nil {
		t.Fatal(err)
	}
	for revision := int64(2); revision < 12; revision++ {
		delta := geo.Delta{Head: geo.Head{Revision: revision}}
		for range 200 {
			id := 1 + rng.Int64N(10_000)
			if rng.IntN(3) == 0 {
				delta.Deleted = append(delta.Deleted, geo.Key{Layer: geo.Booths, ID: id})
			} else {
				delta.Changed = append(delta.Changed, booth(rng, 20_000+revision*1000+id%999, revision))
			}
		}
		s, read = s.Advance(delta), read.Advance(delta)
		same(t, read, s)
	}
}

// TestDamageIsRefused cuts a file at every length and changes every byte of it.
func TestDamageIsRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	raw := encoded(t, everything(rng, 2))
	for n := range raw {
		if _, _, err := snapshot.Decode(raw[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are read", n, len(raw))
		}
		changed := bytes.Clone(raw)
		changed[n] ^= byte(1 + rng.IntN(255))
		if _, _, err := snapshot.Decode(changed); err == nil {
			t.Fatalf("byte %d was changed from %x to %x and is read", n, raw[n], changed[n])
		}
	}
	if _, _, err := snapshot.Decode(append(bytes.Clone(raw), 0)); err == nil {
		t.Error("a file with one byte more is read")
	}
}

// TestFileOnDisk holds who may read it, what is left beside it, and what a later
// confirmation says.
func TestFileOnDisk(t *testing.T) {
	file := &snapshot.File{Path: filepath.Join(t.TempDir(), "cache", "[1]", "a.snapshot")}
	if _, _, err := file.Read(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file gives %v", err)
	}
	s := everything(rand.New(rand.NewPCG(3, 1)), 20)
	if err := file.Write(t.Context(), s, noon); err != nil {
		t.Fatal(err)
	}
	confirmed := func() time.Time {
		t.Helper()
		read, at, err := file.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, read, s)
		return at
	}
	if at := confirmed(); !at.Equal(noon) {
		t.Errorf("confirmed at %v", at)
	}
	if info, err := os.Stat(file.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	later := noon.Add(time.Hour)
	if err := file.Confirm(s.Head(), later); err != nil {
		t.Fatal(err)
	}
	if at := confirmed(); !at.Equal(later) {
		t.Errorf("confirmed at %v, want %v", at, later)
	}
	// A confirmation of another snapshot, or a damaged one, says nothing.
	note, err := os.ReadFile(file.Path + ".confirmed")
	if err != nil {
		t.Fatal(err)
	}
	for i := range note {
		changed := bytes.Clone(note)
		changed[i] ^= 1
		if err := os.WriteFile(file.Path+".confirmed", changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if at := confirmed(); !at.Equal(noon) {
			t.Fatalf("byte %d of the confirmation was changed and is believed: %v", i, at)
		}
	}
	other := s.Head()
	other.Revision++
	if err := file.Confirm(other, later); err != nil {
		t.Fatal(err)
	}
	if at := confirmed(); !at.Equal(noon) {
		t.Errorf("the confirmation of another head is believed: %v", at)
	}
	// What a killed program left is removed with the next writing, what another one
	// writes right now is not.
	folder := filepath.Dir(file.Path)
	old, young := filepath.Join(folder, ".a.snapshot.1.part"), filepath.Join(folder, ".a.snapshot.2.part")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := file.Write(stopped, s, later); !errors.Is(err, context.Canceled) {
		t.Errorf("a writing that is stopped gives %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := []string{".a.snapshot.2.part", "a.snapshot", "a.snapshot.confirmed"}; !slices.Equal(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
	if at := confirmed(); !at.Equal(noon) {
		t.Errorf("a writing that was stopped left the time %v", at)
	}
}
