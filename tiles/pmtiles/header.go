package pmtiles

import "encoding/binary"

const headerBytes = 127

// Codes of the specification.
const (
	specVersion = 3
	asGzip      = 2 // compression
	asMVT       = 1 // type of the tiles
)

// section is a piece of an archive.
type section struct{ offset, length uint64 }

// header is what an archive begins with.
type header struct {
	root, metadata, leaves, tiles section
	// Tiles that can be asked for, entries that name them, contents that differ.
	addressed, entries, contents uint64
	minZoom, maxZoom, zoom       uint8
	bounds                       [4]int32 // west, south, east, north in 1e-7 degree
	centre                       [2]int32 // lon, lat
}

func (h *header) encode() []byte {
	little := binary.LittleEndian
	raw := append(make([]byte, 0, headerBytes), "PMTiles"...)
	raw = append(raw, specVersion)
	for _, s := range []section{h.root, h.metadata, h.leaves, h.tiles} {
		raw = little.AppendUint64(little.AppendUint64(raw, s.offset), s.length)
	}
	for _, n := range []uint64{h.addressed, h.entries, h.contents} {
		raw = little.AppendUint64(raw, n)
	}
	const clustered = 1 // tiles lie in the order of their numbers
	raw = append(raw, clustered, asGzip, asGzip, asMVT, h.minZoom, h.maxZoom)
	for _, degrees := range h.bounds {
		raw = little.AppendUint32(raw, uint32(degrees))
	}
	raw = append(raw, h.zoom)
	for _, degrees := range h.centre {
		raw = little.AppendUint32(raw, uint32(degrees))
	}
	return raw
}
