package tiles

import (
	"bytes"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"weak"

	"github.com/klauspost/compress/gzip"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Tile is an encoded tile as it is kept: compressed once, with a name for its
// content. It is shared and must not be changed.
type Tile struct {
	Hash string // of the bytes before compression; equal tiles have equal hashes
	Gzip []byte // nil: nothing appears in the tile
	Size int    // bytes before compression

	from, until geo.Instant // it was built at from and is true before until; zero: no end
}

// Empty reports whether nothing appears in the tile.
func (t *Tile) Empty() bool { return t.Gzip == nil }

// Bytes returns the tile uncompressed.
func (t *Tile) Bytes() ([]byte, error) {
	if t.Empty() {
		return nil, nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(t.Gzip))
	if err != nil {
		return nil, fmt.Errorf("unpack a kept tile: %w", err)
	}
	data := make([]byte, t.Size)
	if _, err := io.ReadFull(reader, data); err != nil {
		return nil, fmt.Errorf("unpack a kept tile: %w", err)
	}
	return data, nil
}

// Cache keeps the tiles that were asked for last, up to a number of bytes. A
// tile is good for as long as none of the layers in it changes, whatever the
// revision, and no feature in it comes into effect or goes out of it. Equal requests at the same time share one build, which stops when
// the last of them has gone. It is safe for use by several goroutines.
type Cache struct {
	atlas    Atlas
	maxBytes int
	// builds bounds the tiles built at the same time: more would only make all
	// of them late and hold more memory.
	builds chan struct{}

	mu      sync.Mutex
	bytes   int
	recent  *list.List // of *entry, the last used in front
	entries map[key]*list.Element
	flights map[flightKey]*flight
}

type key struct {
	view string
	set  string
	tile Address
}

type entry struct {
	key    key
	layers []weak.Pointer[snapshot.Layer] // what it was built from; weak, so that old maps can go
	tile   *Tile
}

// entryBytes is what an entry costs beside its bytes, about.
const entryBytes = 512

type flightKey struct {
	key
	snapshot *snapshot.Snapshot
	at       geo.Instant
}

type flight struct {
	waiting int // guarded by Cache.mu
	cancel  context.CancelFunc
	done    chan struct{} // closed when tile and err are set
	tile    *Tile
	err     error
}

// NewCache returns a cache of so many bytes that builds at most so many tiles at
// the same time.
func NewCache(maxBytes, builds int) *Cache {
	return &Cache{
		maxBytes: maxBytes,
		builds:   make(chan struct{}, max(builds, 1)),
		recent:   list.New(),
		entries:  map[key]*list.Element{},
		flights:  map[flightKey]*flight{},
	}
}

// Get returns a tile of a snapshot at an instant, from memory or built now. The
// error is ctx's, or of the encoder.
func (c *Cache) Get(ctx context.Context, s *snapshot.Snapshot, set *Set, a Address, at geo.Instant) (*Tile, error) {
	k := key{set.view.name, set.Name, a}
	c.mu.Lock()
	if tile := c.lookup(k, set, s, at); tile != nil {
		c.mu.Unlock()
		return tile, nil
	}
	fk := flightKey{k, s, at}
	f := c.flights[fk]
	if f == nil {
		// The build outlives the request that began it while others wait for it.
		work, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{cancel: cancel, done: make(chan struct{})}
		c.flights[fk] = f
		go c.build(work, f, fk, set)
	}
	f.waiting++
	c.mu.Unlock()

	select {
	case <-f.done:
		return f.tile, f.err
	case <-ctx.Done():
		c.mu.Lock()
		if f.waiting--; f.waiting == 0 {
			f.cancel()
			if c.flights[fk] == f { // who comes now starts afresh
				delete(c.flights, fk)
			}
		}
		c.mu.Unlock()
		return nil, ctx.Err()
	}
}

// lookup returns a kept tile that is still true for a snapshot, and drops one
// that is not. The caller holds mu.
func (c *Cache) lookup(k key, set *Set, s *snapshot.Snapshot, at geo.Instant) *Tile {
	element, ok := c.entries[k]
	if !ok {
		return nil
	}
	e := element.Value.(*entry)
	if at < e.tile.from || e.tile.until != 0 && at >= e.tile.until {
		return nil
	}
	for i, r := range set.rules {
		if e.layers[i] != weak.Make(s.Layer(r.layer)) {
			return nil
		}
	}
	c.recent.MoveToFront(element)
	return e.tile
}

func (c *Cache) build(ctx context.Context, f *flight, fk flightKey, set *Set) {
	defer f.cancel()
	f.tile, f.err = c.encode(ctx, fk, set)
	c.mu.Lock()
	if c.flights[fk] == f {
		delete(c.flights, fk)
	}
	if f.err == nil {
		c.keep(fk, set, f.tile)
	}
	c.mu.Unlock()
	close(f.done)
}

func (c *Cache) encode(ctx context.Context, fk flightKey, set *Set) (tile *Tile, err error) {
	// The build has a goroutine of its own: a panic here would end the program.
	defer func() {
		if fault := recover(); fault != nil {
			tile, err = nil, fmt.Errorf("build tile %v of %s: panic: %v\n%s", fk.tile, fk.set, fault, debug.Stack())
		}
	}()
	select {
	case c.builds <- struct{}{}:
		defer func() { <-c.builds }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	data, until, err := c.atlas.Encode(ctx, fk.snapshot, set, fk.tile, fk.at)
	if err != nil {
		return nil, err
	}
	if tile, err = pack(data); err != nil {
		return nil, err
	}
	tile.from, tile.until = fk.at, until
	return tile, nil
}

func pack(data []byte) (*Tile, error) {
	if len(data) == 0 {
		return &Tile{}, nil
	}
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err == nil {
		_, err = writer.Write(data)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress a tile: %w", err)
	}
	sum := sha256.Sum256(data)
	return &Tile{Hash: hex.EncodeToString(sum[:12]), Gzip: slices.Clip(packed.Bytes()), Size: len(data)}, nil
}

// keep puts a tile in front and drops the ones unused for longest. The caller
// holds mu.
func (c *Cache) keep(fk flightKey, set *Set, tile *Tile) {
	if element, ok := c.entries[fk.key]; ok {
		c.drop(element)
	}
	e := &entry{key: fk.key, tile: tile}
	for _, r := range set.rules {
		e.layers = append(e.layers, weak.Make(fk.snapshot.Layer(r.layer)))
	}
	c.entries[fk.key] = c.recent.PushFront(e)
	c.bytes += entryBytes + len(tile.Gzip)
	for c.bytes > c.maxBytes && c.recent.Len() > 0 {
		c.drop(c.recent.Back())
	}
}

func (c *Cache) drop(element *list.Element) {
	e := c.recent.Remove(element).(*entry)
	delete(c.entries, e.key)
	c.bytes -= entryBytes + len(e.tile.Gzip)
}
