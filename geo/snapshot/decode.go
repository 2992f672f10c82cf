package snapshot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gridatlas/geo"
)

// decode reads what encode wrote, a file of size bytes, and tells when it was
// confirmed. Anything else is an error: every byte is checked against its hash
// before it is looked at, and what a hash cannot tell, that rows and indexes fit
// together, is checked as well. All cores take part. What is held in memory beside
// the snapshot is a chunk a core; a file of strangers cannot ask for more than a
// hundred times its size.
func decode(ctx context.Context, file io.ReaderAt, size int64) (*Snapshot, time.Time, error) {
	d, err := readDirectory(file, size)
	if err != nil {
		return nil, time.Time{}, err
	}
	layers, jobs, err := plan(d)
	if err != nil {
		return nil, time.Time{}, err
	}
	if err := each(ctx, len(jobs), func() func(int) error {
		var raw []byte // of this goroutine, for chunk after chunk
		return func(i int) error {
			job := &jobs[i]
			if cap(raw) < int(job.length) {
				raw = make([]byte, job.length)
			}
			raw = raw[:job.length]
			if _, err := file.ReadAt(raw, job.offset); err != nil {
				return fmt.Errorf("read %d bytes at %d: %w", job.length, job.offset, err)
			}
			if sha256.Sum256(raw) != job.sum {
				return fmt.Errorf("%w at byte %d to %d", errDamaged, job.offset, job.offset+int64(job.length))
			}
			return job.into.take(job, raw)
		}
	}); err != nil {
		return nil, time.Time{}, err
	}
	// Of each layer three things are left that look at all of it.
	if err := each(ctx, 3*len(layers), func() func(int) error {
		return func(i int) error { return layers[i/3].finish(i % 3) }
	}); err != nil {
		return nil, time.Time{}, err
	}
	s := &Snapshot{head: d.head, layers: make([]*Layer, len(layers))}
	for i, l := range layers {
		s.layers[i] = &Layer{schema: l.schema, base: l.base}
	}
	return s, d.confirmed, nil
}

// each carries out n jobs on all cores, the first ones first, until one fails or
// ctx ends. Each core gets a function of its own.
func each(ctx context.Context, n int, worker func() func(int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			do := worker()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					stop(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

func readDirectory(file io.ReaderAt, size int64) (*directory, error) {
	first := make([]byte, len(magic))
	if size < int64(len(magic)+preludeSize+tailSize) {
		return nil, errDamaged
	}
	if _, err := file.ReadAt(first, 0); err != nil {
		return nil, err
	}
	if string(first[:len(magic)-1]) != magic[:len(magic)-1] {
		return nil, errDamaged
	}
	if first[len(magic)-1] != magic[len(magic)-1] {
		return nil, errOther
	}
	tail := make([]byte, tailSize)
	if _, err := file.ReadAt(tail, size-tailSize); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	chunkBytes := size - tailSize - length - int64(len(magic))
	if chunkBytes < 0 {
		return nil, errDamaged
	}
	raw := make([]byte, length+4)
	if _, err := file.ReadAt(raw, size-tailSize-length); err != nil {
		return nil, err
	}
	if tailSum(raw) != [sumSize]byte(tail[4:]) {
		return nil, errDamaged
	}
	return parseDirectory(raw[:length], chunkBytes)
}

// job is one chunk with where it stands in the file and where it goes.
type job struct {
	chunk
	offset int64
	into   *layerReader
	first  int // position of its first feature in the layer
}

// plan makes room for every layer and says which chunk goes where.
func plan(d *directory) ([]*layerReader, []job, error) {
	layers := make([]*layerReader, len(geo.Catalog()))
	for i, schema := range geo.Catalog() {
		layers[i] = &layerReader{schema: schema, base: &base{}}
	}
	jobs := make([]job, len(d.chunks))
	offset := int64(len(magic))
	for i, c := range d.chunks {
		l := layers[c.layer]
		jobs[i] = job{chunk: c, offset: offset, into: l, first: l.count}
		offset += int64(c.length)
		if c.holds == rows {
			l.count += int(c.count)
			continue
		}
		order := &l.base.byID
		if c.holds == orderByCode {
			order = &l.base.byCode
		}
		if *order != nil {
			return nil, nil, errDamaged
		}
		*order = make([]uint32, c.count)
	}
	for _, l := range layers {
		if l.count > math.MaxInt32 {
			return nil, nil, errDamaged
		}
		if l.count > 0 {
			l.base.features = make([]geo.Feature, l.count)
			l.base.boxes = make([]geo.Box, l.count)
		}
	}
	return layers, jobs, nil
}

// layerReader is a layer that is being read. Each chunk has places of its own in
// it, so goroutines need no lock.
type layerReader struct {
	schema *geo.Schema
	base   *base
	count  int
}

func (l *layerReader) take(j *job, raw []byte) error {
	switch j.holds {
	case orderByID:
		readOrder(l.base.byID, raw)
	case orderByCode:
		readOrder(l.base.byCode, raw)
	default:
		end := j.first + int(j.count)
		features := l.base.features[j.first:end]
		if err := readRows(l.schema, features, raw); err != nil {
			return fmt.Errorf("%s: %w", l.schema.Layer, err)
		}
		for i, f := range features {
			l.base.boxes[j.first+i] = f.Common().Shape.Box()
		}
	}
	return nil
}

func readOrder(order []uint32, raw []byte) {
	for i := range order {
		order[i] = binary.LittleEndian.Uint32(raw[i*positionSize:])
	}
}

// finish does what needs the whole layer: the levels of the box tree, and a look
// at each index, which must name in order every feature that belongs into it.
func (l *layerReader) finish(part int) error {
	var ok bool
	switch b := l.base; part {
	case 0:
		b.raise()
		return nil
	case 1:
		ok = len(b.byID) == l.count && ascends(b, b.byID, func(_, _ uint32, before, after *geo.Base) bool {
			return before.ID < after.ID
		})
	case 2:
		coded := 0
		for _, f := range b.features {
			if f.Common().Code != "" {
				coded++
			}
		}
		ok = len(b.byCode) == coded && ascends(b, b.byCode, func(i, j uint32, before, after *geo.Base) bool {
			return before.Code != "" && cmp.Or(strings.Compare(before.Code, after.Code), cmp.Compare(i, j)) < 0
		})
	}
	if !ok {
		return fmt.Errorf("%s: an index does not fit the features", l.schema.Layer)
	}
	return nil
}

// ascends reports whether the positions of an order are those of features, each
// before the next.
func ascends(b *base, order []uint32, less func(i, j uint32, before, after *geo.Base) bool) bool {
	var before *geo.Base
	for n, j := range order {
		if int(j) >= len(b.features) {
			return false
		}
		after := b.features[j].Common()
		if n > 0 && !less(order[n-1], j, before, after) {
			return false
		}
		before = after
	}
	return true
}
