package pmtiles_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"sort"
	"testing"
)

// archive reads a file by the letter of the specification, with another gzip than
// the writer's.
type archive struct {
	raw                          []byte
	root, meta, leaves, tiles    []byte
	addressed, entries, contents uint64
	clustered                    bool
	minZoom, maxZoom, zoom       int
	bounds                       [4]int32
	centre                       [2]int32
	all                          []entry // run 0 resolved
	leafCount                    int
}

type entry = struct{ ID, Offset, Length, Run uint64 }

func openArchive(t testing.TB, raw []byte) *archive {
	t.Helper()
	little := binary.LittleEndian
	if len(raw) < 16384 || string(raw[:7]) != "PMTiles" || raw[7] != 3 || raw[97] != 2 || raw[98] != 2 || raw[99] != 1 {
		t.Fatalf("no archive of version 3 with gzip and vector tiles: %q", raw[:min(len(raw), 127)])
	}
	a := &archive{raw: raw}
	sum := uint64(16384)
	for i, part := range []*[]byte{&a.root, &a.meta, &a.leaves, &a.tiles} {
		offset, length := little.Uint64(raw[8+16*i:]), little.Uint64(raw[16+16*i:])
		if offset == 0 || offset+length > uint64(len(raw)) {
			t.Fatalf("section %d: %d bytes at %d of %d", i, length, offset, len(raw))
		}
		*part = raw[offset : offset+length]
		if i == 0 && offset+length >= 16384 {
			t.Fatalf("the root directory ends at %d", offset+length)
		}
		if i > 0 {
			sum += length
		}
	}
	if sum != uint64(len(raw)) {
		t.Fatalf("sections make %d bytes of %d", sum, len(raw))
	}
	a.addressed, a.entries, a.contents = little.Uint64(raw[72:]), little.Uint64(raw[80:]), little.Uint64(raw[88:])
	a.clustered, a.minZoom, a.maxZoom, a.zoom = raw[96] == 1, int(raw[100]), int(raw[101]), int(raw[118])
	for i := range a.bounds {
		a.bounds[i] = int32(little.Uint32(raw[102+4*i:]))
	}
	for i := range a.centre {
		a.centre[i] = int32(little.Uint32(raw[119+4*i:]))
	}
	for _, e := range directory(t, a.root) {
		if e.Run > 0 {
			a.all = append(a.all, e)
			continue
		}
		a.leafCount++
		leaf := directory(t, a.leaves[e.Offset:e.Offset+e.Length])
		if leaf[0].ID != e.ID {
			t.Fatalf("a leaf of %d begins with %d", e.ID, leaf[0].ID)
		}
		a.all = append(a.all, leaf...)
	}
	a.check(t)
	return a
}

// check compares the counts of the header and the order of the entries.
func (a *archive) check(t testing.TB) {
	t.Helper()
	var addressed, next, end uint64
	contents := map[uint64]bool{}
	for _, e := range a.all {
		if e.ID < next || e.Length == 0 || e.Run == 0 || e.Offset+e.Length > uint64(len(a.tiles)) {
			t.Fatalf("entry %+v after %d", e, next)
		}
		if !contents[e.Offset] && e.Offset != end {
			t.Fatalf("the tiles of %+v do not follow on %d", e, end)
		}
		if !contents[e.Offset] {
			end += e.Length
		}
		contents[e.Offset] = true
		addressed += e.Run
		next = e.ID + e.Run
	}
	if !a.clustered || end != uint64(len(a.tiles)) || addressed != a.addressed || uint64(len(a.all)) != a.entries || uint64(len(contents)) != a.contents {
		t.Fatalf("the header counts %d tiles, %d entries, %d contents; there are %d, %d, %d in %d of %d bytes",
			a.addressed, a.entries, a.contents, addressed, len(a.all), len(contents), end, len(a.tiles))
	}
}

// tile returns the tile of a number, nil when it is not there.
func (a *archive) tile(t testing.TB, id uint64) []byte {
	t.Helper()
	i := sort.Search(len(a.all), func(i int) bool { return a.all[i].ID > id }) - 1
	if i < 0 || id >= a.all[i].ID+a.all[i].Run {
		return nil
	}
	return unzip(t, a.tiles[a.all[i].Offset:][:a.all[i].Length])
}

func (a *archive) metadata(t testing.TB) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(unzip(t, a.meta), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func directory(t testing.TB, packed []byte) []entry {
	t.Helper()
	in := bytes.NewReader(unzip(t, packed))
	number := func() uint64 {
		n, err := binary.ReadUvarint(in)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	list := make([]entry, number())
	if len(list) == 0 {
		t.Fatal("an empty directory")
	}
	last := uint64(0)
	for i := range list {
		last += number()
		list[i].ID = last
	}
	for i := range list {
		list[i].Run = number()
	}
	for i := range list {
		list[i].Length = number()
	}
	for i := range list {
		if n := number(); n > 0 {
			list[i].Offset = n - 1
		} else if i > 0 {
			list[i].Offset = list[i-1].Offset + list[i-1].Length
		} else {
			t.Fatal("the first entry follows on nothing")
		}
	}
	if in.Len() > 0 {
		t.Fatalf("%d bytes behind a directory", in.Len())
	}
	return list
}

func unzip(t testing.TB, packed []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// memory is a file that is not on a disk.
type memory struct {
	raw []byte
	at  int
}

func (m *memory) Write(p []byte) (int, error) {
	if grow := m.at + len(p) - len(m.raw); grow > 0 {
		m.raw = append(m.raw, make([]byte, grow)...)
	}
	copy(m.raw[m.at:], p)
	m.at += len(p)
	return len(p), nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	m.at = int(offset)
	return offset, nil
}
