package pmtiles

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// Options says what goes into an archive. The zero value is zoom 0 alone, of the
// map without words, built by one goroutine.
type Options struct {
	MinZoom, MaxZoom int
	// At is the instant at which features must be in effect to be drawn.
	At geo.Instant
	// Words that stand with the map.
	Name, Description, Attribution string
	// Mark is what must be said of a made-up city.
	Mark string
	// DataTime is when the newest change was made.
	DataTime time.Time
	// Workers is how many tiles are drawn at the same time; 0: one a core.
	Workers int
	// Progress is told how many of the tiles that may hold something are done; it
	// is called by one goroutine.
	Progress func(done, total int64)
}

// metadata is the description inside an archive. The first members are those of
// the specification and of TileJSON.
type metadata struct {
	Name         string              `json:"name,omitempty"`
	Description  string              `json:"description,omitempty"`
	Attribution  string              `json:"attribution,omitempty"`
	Type         string              `json:"type"`
	Version      string              `json:"version"`
	VectorLayers []tiles.VectorLayer `json:"vector_layers"`

	Set      string `json:"set"`
	Revision int64  `json:"revision"`
	DataTime string `json:"data_time,omitempty"`
	// TrueUntil is when a feature next comes into effect or goes out of it.
	TrueUntil string `json:"true_until,omitempty"`
	Mark      string `json:"mark,omitempty"`
}

// Build writes an archive of a set over a snapshot into an empty file. Equal
// snapshots and options give equal bytes, on any number of cores; the instant
// counts only through what is in effect. The error is ErrEmpty, ctx's, of the
// encoder or of the file.
func Build(ctx context.Context, out io.WriteSeeker, s *snapshot.Snapshot, set *tiles.Set, o Options) (Written, error) {
	w, err := NewWriter(out)
	if err != nil {
		return Written{}, err
	}
	until, err := fill(ctx, w, s, set, o)
	if err != nil {
		return Written{}, err
	}
	return w.Close(frame(s, set, o, until))
}

func frame(s *snapshot.Snapshot, set *tiles.Set, o Options, until geo.Instant) Frame {
	about := metadata{
		Name: o.Name, Description: o.Description, Attribution: o.Attribution, Type: "baselayer",
		Version: fmt.Sprint(s.Head().Revision), VectorLayers: []tiles.VectorLayer{},
		Set: set.Name, Revision: s.Head().Revision, TrueUntil: until.String(), Mark: o.Mark,
	}
	if !o.DataTime.IsZero() {
		about.DataTime = o.DataTime.UTC().Format(time.RFC3339)
	}
	for _, layer := range set.Describe(s, "").VectorLayers {
		if layer.MinZoom <= o.MaxZoom {
			layer.MinZoom, layer.MaxZoom = max(layer.MinZoom, o.MinZoom), o.MaxZoom
			about.VectorLayers = append(about.VectorLayers, layer)
		}
	}
	box := geo.NoBox
	for _, layer := range set.Layers() {
		box = box.Union(s.Layer(layer).PublicBox())
	}
	return Frame{Metadata: about, Bounds: box, Centre: box.Centre(), Zoom: firstZoom}
}

// firstZoom shows a city, or most of it.
const firstZoom = 12

// each walks over the tiles that may hold something, in the order of the archive.
func each(s *snapshot.Snapshot, set *tiles.Set, o Options) iter.Seq[tiles.Address] {
	return func(yield func(tiles.Address) bool) {
		for zoom := o.MinZoom; zoom <= o.MaxZoom; zoom++ {
			for a := range inside(s, set, uint32(zoom)) {
				if !yield(a) {
					return
				}
			}
		}
	}
}

func count(ctx context.Context, s *snapshot.Snapshot, set *tiles.Set, o Options) (n int64, err error) {
	for range each(s, set, o) {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
	}
	return n, ctx.Err()
}

// piece is a tile on its way through a worker.
type piece struct {
	address tiles.Address
	packed  []byte
	until   geo.Instant
	err     error
	done    chan struct{} // closed when the fields before are set
}

// fill adds all tiles. Workers take pieces in the order of the archive, and pieces
// wait in that order to be written, a few for each worker: so no more tiles are in
// memory, however large the city.
func fill(ctx context.Context, w *Writer, s *snapshot.Snapshot, set *tiles.Set, o Options) (until geo.Instant, err error) {
	total, err := count(ctx, s, set, o)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	workers := o.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	work, queue := make(chan *piece), make(chan *piece, 8*workers)
	var atlas tiles.Atlas
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() {
		defer close(queue)
		defer close(work)
		for a := range each(s, set, o) {
			p := &piece{address: a, done: make(chan struct{})}
			for _, to := range []chan *piece{queue, work} {
				select {
				case to <- p:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range workers {
		running.Go(func() {
			z := packer{atlas: &atlas}
			for p := range work {
				p.packed, p.until, p.err = z.tile(ctx, s, set, p.address, o.At)
				close(p.done)
			}
		})
	}
	done := int64(0)
	for p := range queue {
		select {
		case <-p.done:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		if p.err != nil {
			return 0, p.err
		}
		until = o.At.FirstAfter(until, p.until)
		if p.packed != nil {
			if err := w.Add(p.address, p.packed); err != nil {
				return 0, err
			}
		}
		if done++; o.Progress != nil {
			o.Progress(done, total)
		}
	}
	return until, ctx.Err()
}
