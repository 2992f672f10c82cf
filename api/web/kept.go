package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// keptBytes bounds the memory that rendered pages take.
const keptBytes = 32 << 20

// keptPages holds the pages that many ask for, rendered and packed. When a plate is
// shown on television, its page is made once; it is given away until what it says is
// other, by the clock or by a change on its ground. It is safe for several goroutines.
type keptPages struct {
	mu    sync.Mutex
	of    *walk.Map // that all are true of; nil: of none yet
	bytes int
	pages map[pageKey]*keptPage
	made  int // pages, since the beginning
}

// pageKey is all that a page depends on besides the map and the time.
type pageKey struct {
	path string // to which its own links lead
	of   geo.Key
	choices
	// What the foot says.
	day     geo.Date
	sources string
	demo    bool
}

// keptPage is one page. It does not change once it is made.
type keptPage struct {
	made         chan struct{} // closed when it is
	err          error
	text, packed []byte
	tag          string
	until        time.Time
	reach        resident.Reach
}

// rendered is a page with the instant until which it is true of its map, and what of
// the map it tells.
type rendered struct {
	text  []byte
	until time.Time
	reach resident.Reach
}

// get returns the page of a key, true of a map, which render makes when it is not
// there or not true any more. Who asks for a page that is being made waits for it.
func (k *keptPages) get(ctx context.Context, m *walk.Map, key pageKey, now time.Time, render func() (rendered, error)) (*keptPage, error) {
	k.mu.Lock()
	follows := k.follow(m)
	page := k.pages[key]
	if follows && page != nil && !page.over(now) {
		k.mu.Unlock()
		select {
		case <-page.made:
			return page, page.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	k.made++
	page = &keptPage{made: make(chan struct{}), err: errUnmade}
	if follows {
		k.drop(key)
		k.pages[key] = page
	}
	k.mu.Unlock()
	defer k.finish(key, page)
	fresh, err := render()
	if page.err = err; err == nil {
		page.fill(fresh)
	}
	return page, page.err
}

// errUnmade is what those who waited are told when rendering ended in a panic.
var errUnmade = errors.New("the page was not made")

// follow makes all pages those of a map, and reports false for one that is older than
// what they are of: it is not followed. The caller holds the lock.
func (k *keptPages) follow(m *walk.Map) bool {
	if k.of == m {
		return true
	}
	if k.of == nil {
		k.of, k.pages = m, map[pageKey]*keptPage{}
		return true
	}
	was, head := k.of.Snapshot().Head(), m.Snapshot().Head()
	if was.Epoch == head.Epoch && head.Revision < was.Revision {
		return false
	}
	if len(k.pages) > 0 {
		changed := resident.Between(k.of, m)
		for key, page := range k.pages {
			if !page.isMade() || !changed.Keeps(&page.reach) {
				k.drop(key)
			}
		}
	}
	k.of = m
	return true
}

// finish gives a page to those who wait, and keeps it unless it is a failure or a newer
// map has come meanwhile.
func (k *keptPages) finish(key pageKey, page *keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(page.made)
	if k.pages[key] != page {
		return
	}
	if page.err != nil {
		delete(k.pages, key)
		return
	}
	k.bytes += page.size()
	for other := range k.pages { // any: those that many ask for are soon back
		if k.bytes <= keptBytes {
			break
		}
		if other != key && k.pages[other].isMade() {
			k.drop(other)
		}
	}
}

// drop forgets a page. The caller holds the lock.
func (k *keptPages) drop(key pageKey) {
	if page := k.pages[key]; page != nil && page.isMade() {
		k.bytes -= page.size()
	}
	delete(k.pages, key)
}

func (p *keptPage) isMade() bool {
	select {
	case <-p.made:
		return true
	default:
		return false
	}
}

// over reports whether a page was true once, and is no more.
func (p *keptPage) over(now time.Time) bool { return p.isMade() && !now.Before(p.until) }

func (p *keptPage) size() int { return len(p.text) + len(p.packed) }

func (p *keptPage) fill(fresh rendered) {
	p.text, p.packed, p.until, p.reach = fresh.text, packed(fresh.text), fresh.until, fresh.reach
	sum := sha256.Sum256(fresh.text)
	p.tag = `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

func packed(text []byte) []byte {
	var out bytes.Buffer
	zipper := gzip.NewWriter(&out)
	_, _ = zipper.Write(text) // into memory
	_ = zipper.Close()
	return out.Bytes()
}

// send answers with the page, with nothing where the visitor has it already.
func (p *keptPage) send(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("ETag", p.tag)
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Accept-Encoding")
	for tag := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimSpace(tag) == p.tag {
			header.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := p.text
	if accepts(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = p.packed
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a visitor who left reads nothing
}
