package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// keptBytes bounds the memory that rendered pages take.
const keptBytes = 32 << 20

// keptPages holds the pages of one map that many ask for, rendered and packed. When a
// plate is shown on television, its page is made once. It is safe for several
// goroutines.
type keptPages struct {
	mu    sync.Mutex
	of    string // the map
	bytes int
	pages map[string]*keptPage
}

// keptPage is one page. Whoever holds made makes it; the others wait.
type keptPage struct {
	made         sync.Mutex
	text, packed []byte
	tag          string
	until        time.Time // zero: not made yet
}

// rendered is a page with the instant until which it is true of its map.
type rendered struct {
	text  []byte
	until time.Time
}

// get returns the page of a key of a map, which render makes when it is not there or
// not true any more.
func (k *keptPages) get(of, key string, now time.Time, render func() (rendered, error)) (*keptPage, error) {
	k.mu.Lock()
	if k.of != of || k.bytes > keptBytes {
		k.of, k.bytes, k.pages = of, 0, map[string]*keptPage{}
	}
	page := k.pages[key]
	if page == nil {
		page = &keptPage{}
		k.pages[key] = page
	}
	k.mu.Unlock()

	page.made.Lock()
	defer page.made.Unlock()
	if now.Before(page.until) {
		return page.copy(), nil
	}
	fresh, err := render()
	if err != nil {
		return nil, err
	}
	before := len(page.text) + len(page.packed)
	page.text, page.packed, page.until = fresh.text, packed(fresh.text), fresh.until
	sum := sha256.Sum256(fresh.text)
	page.tag = `W/"` + hex.EncodeToString(sum[:12]) + `"`
	k.mu.Lock()
	k.bytes += len(page.text) + len(page.packed) - before
	k.mu.Unlock()
	return page.copy(), nil
}

// copy is the page as it stands: it may be made anew while it is being sent.
func (p *keptPage) copy() *keptPage {
	return &keptPage{text: p.text, packed: p.packed, tag: p.tag}
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
