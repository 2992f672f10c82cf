package pmtiles

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gridatlas/geo"
	"gridatlas/tiles"
)

// ErrEmpty says that there is no tile to put into an archive, which must have one.
var ErrEmpty = errors.New("there is nothing to draw at these zooms")

// Writer puts tiles into an archive as they come. It keeps the directory in
// memory, some 80 bytes a tile, and of the tiles nothing. It is not for several
// goroutines at once.
type Writer struct {
	out     io.WriteSeeker
	tiles   *bufio.Writer
	length  uint64             // bytes of tiles so far
	entries []entry            // of tiles
	kept    map[[16]byte]entry // by hash of the content: where it lies
	// addressed counts tiles, equal ones too.
	addressed uint64
}

// Frame is what an archive says of itself beside its tiles.
type Frame struct {
	// Metadata is written as a JSON object.
	Metadata any
	Bounds   geo.Box
	Centre   geo.Point
	Zoom     int // at which a reader begins; it is brought into those of the archive
}

// Written says what lies in a finished archive.
type Written struct {
	Tiles    int64 `json:"tiles"`    // that can be asked for
	Contents int64 `json:"contents"` // that differ
	Bytes    int64 `json:"bytes"`    // of the whole archive
	MinZoom  int   `json:"minzoom"`  // of the first tile
	MaxZoom  int   `json:"maxzoom"`  // of the last one
}

// NewWriter begins an archive at the start of an empty file. Only Close makes it
// one.
func NewWriter(out io.WriteSeeker) (*Writer, error) {
	if _, err := out.Seek(headBytes, io.SeekStart); err != nil {
		return nil, err
	}
	return &Writer{out: out, tiles: bufio.NewWriterSize(out, 1<<20), kept: map[[16]byte]entry{}}, nil
}

// Add puts a tile behind those before it, whose IDs must be smaller: a tile in
// Mapbox Vector Tile form, compressed with gzip. One that is equal to an earlier
// one, byte for byte, takes no room.
func (w *Writer) Add(a tiles.Address, packed []byte) error {
	id := ID(a)
	last := len(w.entries) - 1
	switch {
	case last >= 0 && id < w.entries[last].id+uint64(w.entries[last].run):
		return fmt.Errorf("tile %v comes after one that stands behind it in an archive", a)
	case len(packed) == 0:
		return fmt.Errorf("tile %v is empty: an archive leaves it out", a)
	}
	w.addressed++
	sum := sha256.Sum256(packed)
	hash := [16]byte(sum[:])
	one, known := w.kept[hash]
	if !known {
		one = entry{offset: w.length, length: uint32(len(packed))}
		if _, err := w.tiles.Write(packed); err != nil {
			return err
		}
		w.length += uint64(len(packed))
		w.kept[hash] = one
	}
	if last >= 0 {
		if before := &w.entries[last]; before.offset == one.offset && before.id+uint64(before.run) == id {
			before.run++
			return nil
		}
	}
	one.id, one.run = id, 1
	w.entries = append(w.entries, one)
	return nil
}

// Close writes what tells readers where the tiles lie. ErrEmpty when there are
// none.
func (w *Writer) Close(f Frame) (Written, error) {
	if len(w.entries) == 0 {
		return Written{}, ErrEmpty
	}
	text, err := json.Marshal(f.Metadata)
	if err != nil {
		return Written{}, err
	}
	metadata, err := pack(text)
	if err != nil {
		return Written{}, err
	}
	root, leaves, err := directories(w.entries, leafSize)
	if err != nil {
		return Written{}, err
	}
	for _, part := range [][]byte{metadata, leaves} {
		if _, err := w.tiles.Write(part); err != nil {
			return Written{}, err
		}
	}
	if err := w.tiles.Flush(); err != nil {
		return Written{}, err
	}
	h := w.header(f, len(root), len(metadata), len(leaves))
	head := append(h.encode(), root...)
	head = append(head, make([]byte, headBytes-len(head))...)
	if _, err := w.out.Seek(0, io.SeekStart); err != nil {
		return Written{}, err
	}
	if _, err := io.Copy(w.out, bytes.NewReader(head)); err != nil {
		return Written{}, err
	}
	return Written{
		Tiles: int64(w.addressed), Contents: int64(len(w.kept)), Bytes: int64(h.leaves.offset + h.leaves.length),
		MinZoom: int(h.minZoom), MaxZoom: int(h.maxZoom),
	}, nil
}

func (w *Writer) header(f Frame, root, metadata, leaves int) *header {
	h := &header{
		root:      section{headerBytes, uint64(root)},
		tiles:     section{headBytes, w.length},
		addressed: w.addressed, entries: uint64(len(w.entries)), contents: uint64(len(w.kept)),
		minZoom: zoomOf(w.entries[0].id), maxZoom: zoomOf(w.entries[len(w.entries)-1].id),
		bounds: [4]int32{f.Bounds.W, f.Bounds.S, f.Bounds.E, f.Bounds.N},
		centre: [2]int32{f.Centre.X, f.Centre.Y},
	}
	h.metadata = section{h.tiles.offset + h.tiles.length, uint64(metadata)}
	h.leaves = section{h.metadata.offset + h.metadata.length, uint64(leaves)}
	h.zoom = min(max(uint8(f.Zoom), h.minZoom), h.maxZoom)
	return h
}
