package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"gridatlas/geo"
)

// A snapshot's file, numbers little-endian:
//
//	magic       8 bytes, the last one the version of the form
//	chunks      one behind the other
//	directory   catalog (SHA-256 of its layers and fields), epoch, revision, hash
//	            of the head, when it was confirmed (nanoseconds since 1970), number
//	            of chunks, and for each its layer, its content, how many features
//	            or positions it holds, its length and its SHA-256
//	tail        length of the directory, SHA-256 of magic, directory and length
//
// So every byte lies under a hash, chunks are checked and read by several
// goroutines, and what is cut short has no tail. Chunks stand layer by layer in
// catalog order: the features in the packed order of the layer, then the two
// indexes over them, so that nothing is sorted again. Equal snapshots confirmed at
// the same instant give equal bytes.
const magic = "GASNAP\n\x01"

const (
	sumSize      = sha256.Size
	tailSize     = 4 + sumSize
	preludeSize  = sumSize + 8 + 8 + sumSize + 8 + 4
	chunkEntry   = 1 + 1 + 4 + 4 + sumSize
	chunkSize    = 2048 // features a chunk
	smallestRow  = 6    // bytes of a feature of which nothing is known
	positionSize = 4
)

// content is what a chunk holds.
type content uint8

const (
	rows        content = iota // features
	orderByID                  // positions of all features of the layer
	orderByCode                // positions of those with a code
)

// chunk is an entry of the directory.
type chunk struct {
	layer  uint8
	holds  content
	count  uint32
	length uint32
	sum    [sumSize]byte
}

type directory struct {
	head      geo.Head
	confirmed time.Time
	chunks    []chunk
}

// catalogSum names the layers and fields that rows are made of: a file of a
// program that knows others cannot be read.
var catalogSum = func() [sumSize]byte {
	h := sha256.New()
	for _, schema := range geo.Catalog() {
		fmt.Fprintf(h, "%s\n", schema.Layer)
		if len(schema.Fields) > 64 {
			panic("a row tells what is known in 64 bits")
		}
		for _, field := range schema.Fields {
			fmt.Fprintf(h, "\t%s %v\n", field.Name, field.Type)
		}
	}
	return [sumSize]byte(h.Sum(nil))
}()

// append appends the directory and the tail.
func (d *directory) append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, catalogSum[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(d.head.Epoch))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(d.head.Revision))
	dst = append(dst, d.head.Hash[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(d.confirmed.UnixNano()))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(d.chunks)))
	for _, c := range d.chunks {
		dst = append(dst, c.layer, byte(c.holds))
		dst = binary.LittleEndian.AppendUint32(dst, c.count)
		dst = binary.LittleEndian.AppendUint32(dst, c.length)
		dst = append(dst, c.sum[:]...)
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(dst)-start))
	sum := tailSum(dst[start:])
	return append(dst, sum[:]...)
}

// tailSum is the hash over the magic and the directory with its length.
func tailSum(directory []byte) [sumSize]byte {
	h := sha256.New()
	h.Write([]byte(magic))
	h.Write(directory)
	return [sumSize]byte(h.Sum(nil))
}

var (
	errDamaged = errors.New("it is damaged")
	errOther   = errors.New("another version of the program wrote it")
)

// parseDirectory reads a directory whose hash has been checked, of a file of so
// many bytes of chunks.
func parseDirectory(raw []byte, chunkBytes int64) (*directory, error) {
	if len(raw) < preludeSize {
		return nil, errDamaged
	}
	if [sumSize]byte(raw) != catalogSum {
		return nil, errOther
	}
	raw = raw[sumSize:]
	d := &directory{}
	d.head.Epoch = int64(binary.LittleEndian.Uint64(raw))
	d.head.Revision = int64(binary.LittleEndian.Uint64(raw[8:]))
	d.head.Hash = geo.Hash(raw[16:])
	raw = raw[16+sumSize:]
	d.confirmed = time.Unix(0, int64(binary.LittleEndian.Uint64(raw)))
	count := int64(binary.LittleEndian.Uint32(raw[8:]))
	raw = raw[12:]
	if int64(len(raw)) != count*chunkEntry {
		return nil, errDamaged
	}
	d.chunks = make([]chunk, count)
	for i := range d.chunks {
		c := &d.chunks[i]
		c.layer, c.holds = raw[0], content(raw[1])
		c.count, c.length = binary.LittleEndian.Uint32(raw[2:]), binary.LittleEndian.Uint32(raw[6:])
		c.sum = [sumSize]byte(raw[10:])
		raw = raw[chunkEntry:]
		chunkBytes -= int64(c.length)
		fits := int64(c.count)*smallestRow <= int64(c.length)
		if c.holds != rows {
			fits = int64(c.count)*positionSize == int64(c.length)
		}
		if int(c.layer) >= len(geo.Catalog()) || c.holds > orderByCode || !fits || chunkBytes < 0 {
			return nil, errDamaged
		}
	}
	if chunkBytes != 0 {
		return nil, errDamaged
	}
	return d, nil
}
