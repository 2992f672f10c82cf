package osm

import (
	"encoding/binary"
	"errors"
)

// errWire says that bytes are not a protocol buffer message.
var errWire = errors.New("damaged protocol buffer")

// fields walks over the fields of one protocol buffer message. For a varint
// field `value` is set, for a length-delimited one `data`.
func fields(message []byte, each func(number int, value uint64, data []byte) error) error {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 {
			return errWire
		}
		message = message[n:]
		var value uint64
		var data []byte
		switch key & 7 {
		case 0:
			value, n = binary.Uvarint(message)
			if n <= 0 {
				return errWire
			}
			message = message[n:]
		case 1, 5:
			size := 8
			if key&7 == 5 {
				size = 4
			}
			if len(message) < size {
				return errWire
			}
			message = message[size:]
		case 2:
			size, n := binary.Uvarint(message)
			if n <= 0 || size > uint64(len(message)-n) {
				return errWire
			}
			data = message[n : n+int(size)]
			message = message[n+int(size):]
		default:
			return errWire
		}
		if err := each(int(min(key>>3, 1<<30)), value, data); err != nil {
			return err
		}
	}
	return nil
}

// packed is a list of varints; next is false at the end and on damage.
type packed []byte

func (p *packed) next() (uint64, bool) {
	if len(*p) > 0 && (*p)[0] < 0x80 { // most are small
		v := (*p)[0]
		*p = (*p)[1:]
		return uint64(v), true
	}
	v, n := binary.Uvarint(*p)
	if n <= 0 {
		*p = nil
		return 0, false
	}
	*p = (*p)[n:]
	return v, true
}

// signed is next for zigzag numbers.
func (p *packed) signed() (int64, bool) {
	v, ok := p.next()
	return unzigzag(v), ok
}

func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
