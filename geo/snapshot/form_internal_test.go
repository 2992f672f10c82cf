package snapshot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// sealed puts the right hashes on chunks and a directory that somebody else made
// up: what is refused then is refused for what it says.
func sealed(chunks [][]byte, entries []chunk) []byte {
	raw := []byte(magic)
	d := directory{confirmed: time.Unix(1, 0)}
	for i, c := range entries {
		c.length, c.sum = uint32(len(chunks[i])), sha256.Sum256(chunks[i])
		d.chunks = append(d.chunks, c)
		raw = append(raw, chunks[i]...)
	}
	return d.append(raw)
}

// pieces takes a sound file apart.
func pieces(t testing.TB, raw []byte) (chunks [][]byte, entries []chunk) {
	t.Helper()
	d, err := readDirectory(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	at := len(magic)
	for _, c := range d.chunks {
		chunks = append(chunks, raw[at:at+int(c.length)])
		at += int(c.length)
	}
	return chunks, d.chunks
}

func small() *Snapshot {
	b := NewBuilder()
	for i := range int64(3) {
		booth := &geo.Booth{Number: "1", Trades: []string{"shoe", "key"}, Hours: "Mo-Fr 08:00-18:00"}
		booth.ID, booth.Code = 3-i, []string{"", "B", "A"}[i]
		booth.Shape = geo.PointShape(geo.Point{X: int32(i) * 10, Y: 5})
		b.Add(booth)
		compound := &geo.Compound{ResidentsOnly: geo.Some(true)}
		compound.ID = i + 1
		ring := []geo.Point{{X: 0, Y: 0}, {X: 90, Y: 0}, {X: 90, Y: 90}}
		compound.Shape = geo.PolygonShape(ring, []geo.Point{{X: 50, Y: 10}, {X: 60, Y: 10}, {X: 60, Y: 20}})
		b.Add(compound)
		shelter := &geo.Shelter{GrossM2: geo.Some(1.5), Capacity: geo.Some[int32](-7)}
		shelter.ID, shelter.SurveyedOn = i+1, 20_000
		b.Add(shelter)
	}
	return b.Build(geo.Head{Epoch: 1, Revision: 2})
}

// TestSealedNonsense holds that what hashes cannot tell is refused too: indexes
// that do not fit, positions outside, rows of another layer, a layer twice.
func TestSealedNonsense(t *testing.T) {
	raw, err := small().Encode(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	chunks, entries := pieces(t, raw)
	if _, _, err := Decode(sealed(chunks, entries)); err != nil {
		t.Fatalf("put together again: %v", err)
	}
	for i, c := range entries {
		if c.holds == rows {
			continue
		}
		for n := range c.count {
			stands := binary.LittleEndian.Uint32(chunks[i][4*n:])
			for _, position := range []uint32{3, 1 << 31, 1<<32 - 1, (stands + 1) % 3, (stands + 2) % 3} {
				changed := append([][]byte(nil), chunks...)
				changed[i] = bytes.Clone(chunks[i])
				binary.LittleEndian.PutUint32(changed[i][4*n:], position)
				if _, _, err := Decode(sealed(changed, entries)); err == nil {
					t.Errorf("position %d of chunk %d (%v) may be %d", n, i, c.holds, position)
				}
			}
		}
	}
	for i := range entries {
		without := func(n int) ([][]byte, []chunk) {
			return append(append([][]byte(nil), chunks[:i]...), chunks[i+n:]...), append(append([]chunk(nil), entries[:i]...), entries[i+n:]...)
		}
		if c, e := without(1); len(c) > 0 {
			if _, _, err := Decode(sealed(c, e)); err == nil {
				t.Errorf("chunk %d may be missing", i)
			}
		}
		twice := append(append([][]byte(nil), chunks...), chunks[i])
		if _, _, err := Decode(sealed(twice, append(append([]chunk(nil), entries...), entries[i]))); err == nil {
			t.Errorf("chunk %d may be there twice", i)
		}
		for _, change := range []func(*chunk){
			func(c *chunk) { c.layer = uint8(len(geo.Catalog())) },
			func(c *chunk) { c.holds = orderByCode + 1 },
			func(c *chunk) { c.count++ },
			func(c *chunk) { c.count = 1<<32 - 1 },
		} {
			other := append([]chunk(nil), entries...)
			change(&other[i])
			if _, _, err := Decode(sealed(chunks, other)); err == nil {
				t.Errorf("chunk %d may be called %+v", i, other[i])
			}
		}
	}
}

// TestOtherCatalog holds that the file of a program with other fields, or of
// another form, is not read.
func TestOtherCatalog(t *testing.T) {
	raw, err := small().Encode(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	was := catalogSum
	catalogSum[0]++
	_, _, err = Decode(raw)
	catalogSum = was
	if !errors.Is(err, errOther) {
		t.Errorf("another catalog gives %v", err)
	}
	raw[len(magic)-1]++
	if _, _, err := Decode(raw); !errors.Is(err, errOther) {
		t.Errorf("another form gives %v", err)
	}
}

// FuzzDecode reads files with right hashes and a chunk of anybody's: an error or a
// snapshot that can be written and read again, in memory bounded by its size.
func FuzzDecode(f *testing.F) {
	raw, err := small().Encode(time.Unix(1, 0))
	if err != nil {
		f.Fatal(err)
	}
	chunks, entries := pieces(f, raw)
	for i := range chunks {
		f.Add(uint8(i), entries[i].count, chunks[i])
	}
	f.Fuzz(func(t *testing.T, i uint8, count uint32, content []byte) {
		n := int(i) % len(chunks)
		changed, other := append([][]byte(nil), chunks...), append([]chunk(nil), entries...)
		changed[n], other[n].count = content, count
		file := sealed(changed, other)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, _, err := Decode(file)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20+100*uint64(len(file)) {
			t.Errorf("%d bytes took %d bytes of memory", len(file), took)
		}
		if err != nil {
			return
		}
		again, err := s.Encode(time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Decode(again); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}

// FuzzFile reads anybody's bytes.
func FuzzFile(f *testing.F) {
	raw, err := small().Encode(time.Unix(1, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, file []byte) {
		s, confirmed, err := decode(context.Background(), bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		again, err := s.Encode(confirmed)
		if err != nil || !bytes.Equal(again, file) {
			t.Errorf("what was read is written in another way (%v)", err)
		}
	})
}

// TestMutatedRows changes bytes of sound chunks under right hashes.
func TestMutatedRows(t *testing.T) {
	rng := seedtest.New(t)
	raw, err := small().Encode(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	chunks, entries := pieces(t, raw)
	read, rounds := 0, 20_000
	if testing.Short() {
		rounds = 2000
	}
	for range rounds {
		i := rng.IntN(len(chunks))
		changed := append([][]byte(nil), chunks...)
		changed[i] = bytes.Clone(chunks[i])
		for range 1 + rng.IntN(3) {
			changed[i][rng.IntN(len(changed[i]))] = byte(rng.Uint32())
		}
		if rng.IntN(4) == 0 {
			changed[i] = changed[i][:rng.IntN(len(changed[i]))]
		}
		if s, _, err := Decode(sealed(changed, entries)); err == nil {
			read++
			for _, layer := range s.Layers() {
				for f := range layer.After(0) {
					_ = f.Common().Shape.Box()
				}
			}
		}
	}
	t.Logf("%d of %d are maps of their own", read, rounds)
}
