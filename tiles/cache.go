package tiles

import (
	"container/list"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Cache keeps the tiles that were asked for last, up to a number of bytes, all of
// them true for the newest map it knows. A newer map drops the tiles that what
// changed touches, before and after, and the others stay; a feature that comes into
// effect or goes out of it ends the tiles it is in. A reader of an older map gets a
// kept tile when that has not changed since, else one built for it alone. Equal
// requests at the same time share one build, which stops when the last of them has
// gone. It is safe for use by several goroutines.
type Cache struct {
	atlas    Atlas
	maxBytes int
	// builds bounds the tiles built at the same time: more would only make all
	// of them late and hold more memory.
	builds chan struct{}

	following sync.Mutex // held while a newer map is compared; guards changes
	changes   Changes    // that led to the newest map

	mu      sync.Mutex
	stats   CacheStats // Hits and Misses
	newest  *snapshot.Snapshot
	maps    known
	bytes   int
	recent  *list.List // of *entry, the last used in front, those with nothing in them behind
	entries map[key]*list.Element
	places  pyramid // of the entries
	flights map[flightKey]*flight
	// moving says that borders are being compared: a tile built meanwhile from the
	// ones before is not kept, since nobody looked at it.
	moving bool
}

type key struct {
	view string
	set  string
	tile Address
}

type entry struct {
	key   key
	set   *Set
	tile  *Tile
	since int // the number of the map it was built from; it is true for all later ones
}

// entryBytes is what an entry costs beside its bytes and its place, about.
const entryBytes = 480

type flightKey struct {
	key
	snapshot *snapshot.Snapshot
	at       geo.Instant
}

type flight struct {
	set    *Set
	number int  // of the map
	passed bool // guarded by Cache.mu: what is built is not true for the newest map

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

// Follow makes a map the newest, drops the tiles that are other than before, and
// returns what led to it from the one that was the newest. Called when a map is
// published, it spares the first who asks the wait; Get does it, too.
func (c *Cache) Follow(s *snapshot.Snapshot) Changes {
	c.following.Lock()
	defer c.following.Unlock()
	c.mu.Lock()
	before := c.newest
	if before == s {
		c.mu.Unlock()
		return c.changes
	}
	c.moving = before != nil && coverageOf(before) != coverageOf(s)
	c.mu.Unlock()
	c.changes = Between(Public, before, s)
	if c.moving && !c.changes.All {
		// Nobody waits for this alone, so nothing ends it but a fault.
		if err := c.atlas.addMoved(context.Background(), before, s, Public, &c.changes); err != nil {
			c.changes = Changes{All: true}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest = s
	c.maps.add(s)
	for fk, f := range c.flights {
		f.passed = f.passed || c.moving && f.set.hasBorders() || c.changes.touch(f.set, fk.tile)
	}
	c.moving = false
	c.forget()
	return c.changes
}

// forget drops the kept tiles that the changes touch. The caller holds following
// and mu.
func (c *Cache) forget() {
	if c.changes.All {
		c.bytes, c.entries, c.places = 0, map[key]*list.Element{}, pyramid{}
		c.recent.Init()
		return
	}
	var touched []*entry
	for i := range c.changes.Layers {
		c.places.touched(&c.changes.Layers[i], func(e *entry) { touched = append(touched, e) })
	}
	for _, e := range touched {
		if element, ok := c.entries[e.key]; ok { // not yet dropped for another touch
			c.drop(element)
		}
	}
}

// CacheStats is how a cache is doing.
type CacheStats struct {
	Hits, Misses int64 // since it began; who waits for another's build misses, too
	Tiles, Bytes int   // now
}

// Stats returns how the cache is doing.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	stats := c.stats
	stats.Tiles, stats.Bytes = len(c.entries), c.bytes
	return stats
}

// Get returns a tile of a snapshot at an instant, from memory or built now. The
// error is ctx's, or of the encoder.
func (c *Cache) Get(ctx context.Context, s *snapshot.Snapshot, set *Set, a Address, at geo.Instant) (*Tile, error) {
	k := key{set.view.name, set.Name, a}
	c.mu.Lock()
	if c.isNews(s) {
		c.mu.Unlock()
		c.Follow(s)
		c.mu.Lock()
	}
	number := c.maps.number(s)
	if element, ok := c.entries[k]; ok {
		if e := element.Value.(*entry); e.since <= number && e.tile.isTrueAt(at) {
			if !e.tile.Empty() {
				c.recent.MoveToFront(element)
			}
			c.stats.Hits++
			c.mu.Unlock()
			return e.tile, nil
		}
	}
	c.stats.Misses++
	fk := flightKey{k, s, at}
	f := c.flights[fk]
	if f == nil {
		// The build outlives the request that began it while others wait for it.
		work, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{set: set, number: number, passed: s != c.newest, cancel: cancel, done: make(chan struct{})}
		c.flights[fk] = f
		go c.build(work, f, fk)
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

// isNews reports whether a map is a later one of the history that the newest is of,
// or the first. The caller holds mu.
func (c *Cache) isNews(s *snapshot.Snapshot) bool {
	if c.newest == nil {
		return true
	}
	last, head := c.newest.Head(), s.Head()
	return head.Epoch == last.Epoch && head.Revision > last.Revision
}

func (c *Cache) build(ctx context.Context, f *flight, fk flightKey) {
	defer f.cancel()
	f.tile, f.err = c.encode(ctx, fk, f.set)
	c.mu.Lock()
	if c.flights[fk] == f { // else everybody left, and nobody told it of newer maps
		delete(c.flights, fk)
		if f.err == nil && !f.passed && (!c.moving || !f.set.hasBorders()) {
			c.keep(&entry{key: fk.key, set: f.set, tile: f.tile, since: f.number})
		}
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
	p := packers.Get().(*packer)
	defer packers.Put(p)
	plain, until, err := c.atlas.Append(ctx, p.plain[:0], fk.snapshot, set, fk.tile, fk.at)
	if err != nil {
		return nil, err
	}
	p.plain = plain
	if tile, err = p.pack(); err != nil {
		return nil, err
	}
	tile.from, tile.Until = fk.at, until
	return tile, nil
}

// keep puts a tile in front and drops the ones unused for longest. One with nothing in
// it goes behind all others, for it is made at once, and whoever goes through all the
// tiles of the world is not to push out those that show something. The caller holds mu.
func (c *Cache) keep(e *entry) {
	if element, ok := c.entries[e.key]; ok {
		c.drop(element)
	}
	if e.tile.Empty() {
		c.entries[e.key] = c.recent.PushBack(e)
	} else {
		c.entries[e.key] = c.recent.PushFront(e)
	}
	c.bytes += entryBytes + len(e.tile.Gzip) + quarterBytes*c.places.add(e)
	for c.bytes > c.maxBytes && c.recent.Len() > 0 {
		c.drop(c.recent.Back())
	}
}

// drop takes a kept tile out. The caller holds mu.
func (c *Cache) drop(element *list.Element) {
	e := c.recent.Remove(element).(*entry)
	delete(c.entries, e.key)
	c.bytes -= entryBytes + len(e.tile.Gzip) + quarterBytes*c.places.remove(e)
}

// known numbers the maps that were the newest, one after another, and remembers
// the last of them for readers who hold on to one. It keeps none of them in memory.
type known struct {
	maps []weak.Pointer[snapshot.Snapshot]
	past int // how many there were before maps
}

// mostKnown is for how many changes a reader of an older map may still find tiles:
// more than there are while a request lasts.
const mostKnown = 64

func (k *known) add(s *snapshot.Snapshot) {
	if len(k.maps) == mostKnown {
		k.maps = slices.Delete(k.maps, 0, 1)
		k.past++
	}
	k.maps = append(k.maps, weak.Make(s))
}

// number returns the number of a map, below all of them when it is not known.
func (k *known) number(s *snapshot.Snapshot) int {
	asked := weak.Make(s)
	for i, m := range slices.Backward(k.maps) {
		if m == asked {
			return k.past + i
		}
	}
	return -1
}
