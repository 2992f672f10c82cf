package mvt

import (
	"encoding/binary"
	"math"
	"strconv"
)

// MaxExact is the largest whole number up to which JavaScript, and so every web
// map, holds all whole numbers.
const MaxExact = 1<<53 - 1

// Fields of a value.
const (
	valueString = 1
	valueFloat  = 2
	valueDouble = 3
	valueInt    = 4
	valueUint   = 5
	valueSint   = 6
	valueBool   = 7
)

// Wire types of protocol buffers, the lower three bits of a field's tag.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// AppendString appends the bytes of a text value.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, valueString<<3|wireBytes)
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendInt appends the bytes of a whole number. One beyond MaxExact goes as its
// digits, which a page would not get otherwise.
func AppendInt(dst []byte, v int64) []byte {
	if v > MaxExact || v < -MaxExact {
		return AppendString(dst, strconv.FormatInt(v, 10))
	}
	if v < 0 {
		dst = append(dst, valueSint<<3|wireVarint)
		return binary.AppendUvarint(dst, uint64(v<<1)^uint64(v>>63))
	}
	dst = append(dst, valueUint<<3|wireVarint)
	return binary.AppendUvarint(dst, uint64(v))
}

// AppendDouble appends the bytes of a number that need not be whole. It is another
// value than the same whole number of AppendInt.
func AppendDouble(dst []byte, v float64) []byte {
	dst = append(dst, valueDouble<<3|wireFixed64)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// AppendBool appends the bytes of a truth value.
func AppendBool(dst []byte, v bool) []byte {
	dst = append(dst, valueBool<<3|wireVarint)
	if v {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// Values are attribute values by number, each as the ready bytes that the Append
// functions make. The zero Values is empty. A copy keeps what there was when it
// was made and may be read while one goroutine adds to the newest copy.
type Values struct {
	bytes []byte
	ends  []uint32
}

// Add appends a value and returns its number. The caller adds no value twice.
func (v *Values) Add(value []byte) (number uint32) {
	v.bytes = append(v.bytes, value...)
	v.ends = append(v.ends, uint32(len(v.bytes)))
	return uint32(len(v.ends) - 1)
}

// Len returns how many values there are.
func (v Values) Len() int { return len(v.ends) }

// At returns the bytes of a value. The caller must not change them.
func (v Values) At(number uint32) []byte {
	start := uint32(0)
	if number > 0 {
		start = v.ends[number-1]
	}
	return v.bytes[start:v.ends[number]]
}
