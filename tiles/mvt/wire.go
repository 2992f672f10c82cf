package mvt

import (
	"encoding/binary"
	"math"
)

// message reads the fields of a protocol buffer message, a part of the tile.
type message struct {
	data []byte // the whole tile, so that places in it can be told
	at   int
	end  int
}

// field is one field of a message: a number for varints and fixed lengths, a
// message for bytes.
type field struct {
	number int
	wire   byte
	value  uint64
	bytes  message
	at     int // where it begins
}

// tag is the field and how it is written, as the first byte of short ones.
func (f field) tag() int { return f.number<<3 | int(f.wire) }

// more reports whether fields are left.
func (m *message) more() bool { return m.at < m.end }

// next reads a field.
func (m *message) next() (field, error) {
	f := field{at: m.at}
	tag, err := m.varint()
	if err != nil {
		return f, err
	}
	if tag>>3 == 0 || tag > math.MaxUint32 {
		return f, faultAt(f.at, "a field with the number %d", tag>>3)
	}
	f.number, f.wire = int(tag>>3), byte(tag&7)
	switch f.wire {
	case wireVarint:
		f.value, err = m.varint()
		return f, err
	case wireFixed64:
		bytes, err := m.take(f.at, 8)
		if err != nil {
			return f, err
		}
		f.value = binary.LittleEndian.Uint64(m.data[bytes.at:])
		return f, nil
	case wireFixed32:
		bytes, err := m.take(f.at, 4)
		if err != nil {
			return f, err
		}
		f.value = uint64(binary.LittleEndian.Uint32(m.data[bytes.at:]))
		return f, nil
	case wireBytes:
		length, err := m.varint()
		if err != nil {
			return f, err
		}
		f.bytes, err = m.take(f.at, length)
		return f, err
	}
	return f, faultAt(f.at, "a field of the unknown wire type %d", f.wire)
}

func (m *message) varint() (uint64, error) {
	v, n := binary.Uvarint(m.data[m.at:m.end])
	if n <= 0 {
		return 0, faultAt(m.at, "a number that does not end")
	}
	m.at += n
	return v, nil
}

// short reads a number of 32 bits.
func (m *message) short() (uint32, error) {
	at := m.at
	v, err := m.varint()
	if err == nil && v > math.MaxUint32 {
		err = faultAt(at, "the number %d does not fit into 32 bits", v)
	}
	return uint32(v), err
}

// take returns the next bytes of a field that began at a place.
func (m *message) take(from int, length uint64) (message, error) {
	if length > uint64(m.end-m.at) {
		return message{}, faultAt(from, "a field of %d bytes where %d are left", length, m.end-m.at)
	}
	part := message{m.data, m.at, m.at + int(length)}
	m.at = part.end
	return part, nil
}

func (m *message) text() string { return string(m.data[m.at:m.end]) }
