package osm

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"gridatlas/geo"
)

// Options say how to read. The zero value reads and mends nothing.
type Options struct {
	// Progress is told now and then how many of how many bytes are done. The file
	// is walked through three times, so total is three times its size.
	Progress func(done, total int64)
	// Repair mends broken polygons (geo/valid) and reports each; otherwise they
	// are left out and reported.
	Repair bool
}

// Result is what a file holds: features without ids in the order of the objects
// in the file (relations, ways, nodes), all of them clean by geo.CheckFields and
// geo/valid, and what happened on the way.
type Result struct {
	Features []geo.Feature
	Report   Report
}

// ReadFile is Read for a file by its path.
func ReadFile(ctx context.Context, path string, opts Options) (*Result, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // read only: nothing can be lost
	result, err := Read(ctx, file, opts)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return result, nil
}

// Read reads an OSM file, XML or PBF, told by its first bytes. It walks through
// the file three times (relations, then the ways they and we need, then the
// nodes those need), so memory is taken by what is kept and not by the file:
// 17 bytes a needed node. Damaged bytes are an error with their place; a file
// clipped from a larger one is not (see Report).
func Read(ctx context.Context, file io.ReadSeeker, opts Options) (*Result, error) {
	counted := &countingReader{file: file, progress: opts.Progress}
	if err := counted.measure(); err != nil {
		return nil, err
	}
	s, err := open(counted)
	if err != nil {
		return nil, err
	}
	b := newBuilder(opts)
	for i, pass := range []struct {
		kind objectType
		each func(*object) error
	}{{relation, b.keepRelation}, {way, b.keepWay}, {node, b.keepNode}} {
		counted.before = int64(i) * counted.size
		if err := s.scan(ctx, pass.kind, pass.each); err != nil {
			return nil, err
		}
		if pass.kind == way {
			b.points.seal()
		}
	}
	b.bounds = s.bounds()
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	counted.tell(3 * counted.size)
	return &Result{Features: b.features, Report: b.report}, nil
}

type countingReader struct {
	file          io.ReadSeeker
	progress      func(done, total int64)
	size          int64
	before        int64 // bytes of the walks that are done
	offset, spoke int64
}

func (c *countingReader) measure() error {
	size, err := c.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = c.file.Seek(0, io.SeekStart)
	}
	c.size = size
	return err
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.offset += int64(n)
	const step = 1 << 20
	if done := c.before + c.offset; done-c.spoke >= step && c.offset <= c.size {
		c.tell(done)
	}
	return n, err
}

func (c *countingReader) Seek(offset int64, whence int) (int64, error) {
	at, err := c.file.Seek(offset, whence)
	c.offset = at
	return at, err
}

func (c *countingReader) tell(done int64) {
	c.spoke = done
	if c.progress != nil {
		c.progress(done, 3*c.size)
	}
}

// pointStore keeps the places of needed nodes: sorted ids and lattice points.
type pointStore struct {
	ids    []int64
	points []geo.Point
	known  []bool
}

func (p *pointStore) need(ids ...int64) { p.ids = append(p.ids, ids...) }

// seal ends the needing.
func (p *pointStore) seal() {
	slices.Sort(p.ids)
	p.ids = slices.Clip(slices.Compact(p.ids))
	p.points = make([]geo.Point, len(p.ids))
	p.known = make([]bool, len(p.ids))
}

func (p *pointStore) put(id int64, at geo.Point) {
	if i, needed := slices.BinarySearch(p.ids, id); needed {
		p.points[i], p.known[i] = at, true
	}
}

func (p *pointStore) get(id int64) (geo.Point, bool) {
	i, needed := slices.BinarySearch(p.ids, id)
	if !needed || !p.known[i] {
		return geo.Point{}, false
	}
	return p.points[i], true
}
