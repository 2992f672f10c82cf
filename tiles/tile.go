package tiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"

	"gridatlas/geo"
)

// Tile is an encoded tile as it is kept: compressed once, with a name for its
// content. It is shared and must not be changed.
type Tile struct {
	Hash string // of the bytes before compression; equal tiles have equal hashes
	Gzip []byte // nil: nothing appears in the tile
	Size int    // bytes before compression
	// Until is the instant from which the tile is other than now, though nothing is
	// changed: a feature comes into effect or goes out of it. Zero: there is none.
	Until geo.Instant

	from geo.Instant // it was built at
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

// isTrueAt reports whether the tile shows what is in effect at an instant.
func (t *Tile) isTrueAt(at geo.Instant) bool {
	return at >= t.from && (t.Until == 0 || at < t.Until)
}

// packer makes a tile what is kept of it. It keeps its memory from tile to tile.
type packer struct {
	plain  []byte
	packed bytes.Buffer
	writer *gzip.Writer
}

var packers = sync.Pool{New: func() any {
	writer, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &packer{writer: writer}
}}

// pack returns the tile of which plain holds the bytes.
func (p *packer) pack() (*Tile, error) {
	if len(p.plain) == 0 {
		return &Tile{}, nil
	}
	p.packed.Reset()
	p.writer.Reset(&p.packed)
	_, err := p.writer.Write(p.plain)
	if err == nil {
		err = p.writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress a tile: %w", err)
	}
	sum := sha256.Sum256(p.plain)
	return &Tile{Hash: hex.EncodeToString(sum[:12]), Gzip: bytes.Clone(p.packed.Bytes()), Size: len(p.plain)}, nil
}
