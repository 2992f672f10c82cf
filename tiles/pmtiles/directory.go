package pmtiles

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/gzip"
)

// entry says where the tiles of some following numbers lie, which all have the
// same content; with run 0, where the leaf directory lies that begins with id.
type entry struct {
	id     uint64
	offset uint64 // in the section of tiles or of leaf directories
	length uint32 // bytes
	run    uint32 // tiles
}

const (
	headBytes = 16 << 10 // what readers fetch first
	rootBytes = headBytes - headerBytes - 1
	leafSize  = 4096 // entries of a leaf directory, some 15 KB
)

// directories returns the root directory of all entries, compressed, and the
// section of leaf directories behind it, which is empty when all fit in the root.
// Leaves have size entries, or more where so many of them would make the root too
// long.
func directories(entries []entry, size int) (root, leaves []byte, err error) {
	if len(entries) <= size {
		root, err = pack(encodeEntries(entries))
		if err != nil || len(root) <= rootBytes {
			return root, nil, err
		}
	}
	for ; ; size *= 2 {
		if root, leaves, err = split(entries, size); err != nil || len(root) <= rootBytes {
			return root, leaves, err
		}
	}
}

// split puts entries into leaf directories of so many.
func split(entries []entry, size int) (root, leaves []byte, err error) {
	var heads []entry
	for len(entries) > 0 {
		leaf := entries[:min(size, len(entries))]
		entries = entries[len(leaf):]
		packed, err := pack(encodeEntries(leaf))
		if err != nil {
			return nil, nil, err
		}
		heads = append(heads, entry{id: leaf[0].id, offset: uint64(len(leaves)), length: uint32(len(packed))})
		leaves = append(leaves, packed...)
	}
	root, err = pack(encodeEntries(heads))
	return root, leaves, err
}

// encodeEntries writes a directory column by column: numbers as differences, and 0
// for the offset of what follows directly on the entry before.
func encodeEntries(entries []entry) []byte {
	raw := binary.AppendUvarint(make([]byte, 0, 8*len(entries)), uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		raw = binary.AppendUvarint(raw, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		raw = binary.AppendUvarint(raw, uint64(e.run))
	}
	for _, e := range entries {
		raw = binary.AppendUvarint(raw, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			raw = append(raw, 0)
		} else {
			raw = binary.AppendUvarint(raw, e.offset+1)
		}
	}
	return raw
}

// pack compresses a section that is not of tiles.
func pack(raw []byte) ([]byte, error) {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = writer.Write(raw)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress a directory: %w", err)
	}
	return packed.Bytes(), nil
}
