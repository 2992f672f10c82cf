package osm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"gridatlas/geo"
)

// Limits of the format (OSM wiki, PBF Format): a blob header has at most 64 KiB,
// a blob 32 MiB, packed or not.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// pbfScanner reads a PBF file. The first scan notes which types each blob holds,
// later ones pass over blobs that hold nothing wanted.
type pbfScanner struct {
	file   io.ReadSeeker
	holds  []objectType // by blob; grows in the first scan
	stated geo.Box

	header, packedBlob []byte // buffers
	inflated           bytes.Buffer
	inflate            io.ReadCloser
	object             object
}

func (s *pbfScanner) bounds() geo.Box { return s.stated }

func (s *pbfScanner) scan(ctx context.Context, wanted objectType, each func(*object) error) error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var offset int64
	for blob := 0; ; blob++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		next, err := s.blob(blob, wanted, each, offset)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("blob %d at byte %d: %w", blob, offset, err)
		}
		offset = next
	}
}

// blob reads the next blob and returns the offset behind it.
func (s *pbfScanner) blob(index int, wanted objectType, each func(*object) error, offset int64) (int64, error) {
	var size [4]byte
	if _, err := io.ReadFull(s.file, size[:]); err != nil {
		return 0, err // io.EOF: the file ends here
	}
	length := binary.BigEndian.Uint32(size[:])
	if length > maxBlobHeader {
		return 0, fmt.Errorf("a header of %d bytes, more than %d", length, maxBlobHeader)
	}
	var err error
	if s.header, err = readInto(s.file, s.header, int(length)); err != nil {
		return 0, err
	}
	var kind string
	var dataSize uint64
	err = fields(s.header, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			kind = string(data)
		case 3:
			dataSize = value
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if dataSize > maxBlob {
		return 0, fmt.Errorf("%d bytes, more than %d", dataSize, maxBlob)
	}
	next := offset + 4 + int64(length) + int64(dataSize)
	known := index < len(s.holds)
	if known && s.holds[index]&wanted == 0 {
		_, err := s.file.Seek(int64(dataSize), io.SeekCurrent)
		return next, err
	}
	if s.packedBlob, err = readInto(s.file, s.packedBlob, int(dataSize)); err != nil {
		return 0, err
	}
	raw, err := s.unpack(s.packedBlob)
	if err != nil {
		return 0, err
	}
	var holds objectType
	switch kind {
	case "OSMHeader":
		err = s.readHeader(raw)
	case "OSMData":
		holds, err = s.block(raw, wanted, each)
	}
	if !known {
		s.holds = append(s.holds, holds)
	}
	return next, err
}

func readInto(r io.Reader, buffer []byte, n int) ([]byte, error) {
	if cap(buffer) < n {
		buffer = make([]byte, n)
	}
	buffer = buffer[:n]
	if _, err := io.ReadFull(r, buffer); err != nil {
		return buffer, fmt.Errorf("the file ends inside it: %w", io.ErrUnexpectedEOF)
	}
	return buffer, nil
}

// unpack returns the bytes of a blob, valid until the next call.
func (s *pbfScanner) unpack(blob []byte) ([]byte, error) {
	var raw, zipped []byte
	var rawSize uint64
	var other int
	err := fields(blob, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			raw = data
		case 2:
			rawSize = value
		case 3:
			zipped = data
		default:
			other = number
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case raw != nil:
		return raw, nil
	case zipped == nil:
		return nil, fmt.Errorf("packed in a way that is not supported (field %d); only zlib is", other)
	case rawSize > maxBlob:
		return nil, fmt.Errorf("%d bytes when unpacked, more than %d", rawSize, maxBlob)
	}
	if s.inflate == nil {
		s.inflate, err = zlib.NewReader(bytes.NewReader(zipped))
	} else {
		err = s.inflate.(zlib.Resetter).Reset(bytes.NewReader(zipped), nil)
	}
	if err != nil {
		s.inflate = nil
		return nil, fmt.Errorf("unpack: %w", err)
	}
	s.inflated.Reset()
	n, err := s.inflated.ReadFrom(io.LimitReader(s.inflate, int64(rawSize)+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if uint64(n) != rawSize {
		return nil, fmt.Errorf("unpacks to other than the %d bytes stated", rawSize)
	}
	return s.inflated.Bytes(), nil
}

// readHeader reads the bounds and refuses files that need what we cannot do, such
// as history files.
func (s *pbfScanner) readHeader(header []byte) error {
	return fields(header, func(number int, _ uint64, data []byte) (err error) {
		switch feature := string(data); {
		case number == 1:
			s.stated, err = readBox(data)
		case number == 4 && feature != "OsmSchema-V0.6" && feature != "DenseNodes":
			err = fmt.Errorf("the file needs the feature %q, which is not supported", feature)
		}
		return err
	})
}

// readBox reads a HeaderBBox, the sides of which are in nanodegrees.
func readBox(data []byte) (geo.Box, error) {
	sides := [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	err := fields(data, func(number int, value uint64, _ []byte) error {
		if 1 <= number && number <= 4 {
			sides[number-1] = float64(unzigzag(value)) / 1e9
		}
		return nil
	})
	return boxOf(sides[0], sides[3], sides[1], sides[2]), err // left, right, top, bottom
}

// block is one PrimitiveBlock: strings, and objects that name them by number.
type block struct {
	strings              [][]byte
	granularity          int64 // nanodegrees
	lonOffset, latOffset int64
}

var errString = errors.New("names a string that is not in the table")

func (b *block) string(i uint64) (string, error) {
	if i >= uint64(len(b.strings)) {
		return "", errString
	}
	return string(b.strings[i]), nil
}

// block gives the wanted objects of a block and returns which types it holds.
func (s *pbfScanner) block(raw []byte, wanted objectType, each func(*object) error) (objectType, error) {
	b := block{granularity: 100}
	var groups [][]byte
	err := fields(raw, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			return fields(data, func(number int, _ uint64, data []byte) error {
				if number == 1 {
					b.strings = append(b.strings, data)
				}
				return nil
			})
		case 2:
			groups = append(groups, data)
		case 17:
			b.granularity = int64(value)
		case 19:
			b.latOffset = int64(value)
		case 20:
			b.lonOffset = int64(value)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if b.granularity < 1 || b.granularity > 1e6 {
		return 0, fmt.Errorf("a granularity of %d nanodegrees", b.granularity)
	}
	var holds objectType
	for _, group := range groups {
		err := fields(group, func(number int, _ uint64, data []byte) error {
			o := &s.object
			switch number {
			case 1:
				holds |= node
				if wanted&node == 0 {
					return nil
				}
				return first(o.readNode(data, &b), o, each)
			case 2:
				holds |= node
				if wanted&node == 0 {
					return nil
				}
				return o.readDense(data, &b, each)
			case 3:
				holds |= way
				if wanted&way == 0 {
					return nil
				}
				return first(o.readWay(data, &b), o, each)
			case 4:
				holds |= relation
				if wanted&relation == 0 {
					return nil
				}
				return first(o.readRelation(data, &b), o, each)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return holds, nil
}

// first returns the error, or else hands the object on.
func first(err error, o *object, each func(*object) error) error {
	if err != nil {
		return fmt.Errorf("%s %d: %w", o.kind, o.id, err)
	}
	return each(o)
}
