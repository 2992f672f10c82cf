package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridatlas/geo"
)

// readRows reads a chunk of features into their places.
func readRows(schema *geo.Schema, features []geo.Feature, raw []byte) error {
	r := &rowReader{raw: raw}
	if err := r.begin(); err != nil {
		return err
	}
	copy(features, schema.NewRun(len(features)))
	lastID := int64(0)
	for _, f := range features {
		if err := r.row(schema, f, lastID); err != nil {
			return err
		}
		lastID = f.Common().ID
	}
	if len(r.raw) != 0 {
		return fmt.Errorf("%d bytes follow the last feature", len(r.raw))
	}
	return nil
}

// rowReader reads a chunk from its front. The first fault is kept in bad, and
// what is read after it is zero.
type rowReader struct {
	raw    []byte
	texts  []string // of the chunk, all of one piece of memory
	shapes geo.ShapeReader
	bad    error
}

var errShort = errors.New("a number does not end")

func (r *rowReader) signed() int64 {
	v, n := binary.Varint(r.raw)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.raw = r.raw[n:]
	return v
}

func (r *rowReader) unsigned() uint64 {
	v, n := binary.Uvarint(r.raw)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.raw = r.raw[n:]
	return v
}

func (r *rowReader) fail(err error) {
	if r.bad == nil {
		r.bad, r.raw = err, nil
	}
}

// count reads how many things follow that take so many bytes each at least.
func (r *rowReader) count(least int) int {
	n := r.unsigned()
	if n > uint64(len(r.raw)/least) {
		r.fail(fmt.Errorf("%d things do not fit into %d bytes", n, len(r.raw)))
		return 0
	}
	return int(n)
}

// begin reads what stands before the rows.
func (r *rowReader) begin() error {
	corners := r.count(2)
	r.texts = make([]string, r.count(1))
	ends := make([]int, len(r.texts))
	total := 0
	for i := range ends {
		length := r.unsigned()
		if length > uint64(len(r.raw)-total) {
			r.fail(fmt.Errorf("a text of %d bytes does not fit", length))
			break
		}
		total += int(length)
		ends[i] = total
	}
	if total > len(r.raw) {
		r.fail(errors.New("the texts do not fit"))
	}
	if r.bad != nil {
		return r.bad
	}
	letters := string(r.raw[:total])
	r.raw = r.raw[total:]
	start := 0
	for i, end := range ends {
		r.texts[i] = letters[start:end]
		start = end
	}
	r.shapes.Reserve(corners)
	return nil
}

func (r *rowReader) row(schema *geo.Schema, f geo.Feature, lastID int64) error {
	base := f.Common()
	base.ID = lastID + r.signed()
	base.Version = r.signed()
	base.Revision = r.signed()
	if r.bad != nil {
		return r.bad
	}
	shape, rest, err := r.shapes.Next(r.raw)
	if err != nil {
		return err
	}
	if !geo.World.Covers(shape.Box()) && !shape.IsZero() {
		return fmt.Errorf("feature %d lies outside the world", base.ID)
	}
	base.Shape, r.raw = shape, rest
	known := r.unsigned()
	if len(schema.Fields) < 64 && known>>len(schema.Fields) != 0 {
		return fmt.Errorf("feature %d has fields that the layer has not", base.ID)
	}
	for i := 0; known != 0; i, known = i+1, known>>1 {
		if known&1 != 0 {
			r.value(schema.Fields[i].Pointer(f))
		}
	}
	return r.bad
}

// value reads a known value.
func (r *rowReader) value(pointer any) {
	switch p := pointer.(type) {
	case *string:
		*p = r.text()
	case *geo.Hours:
		*p = geo.Hours(r.text())
	case *[]string:
		list := make([]string, r.count(1))
		for i := range list {
			list[i] = r.text()
		}
		*p = list
	case *geo.Opt[int32]:
		*p = geo.Some(r.small())
	case *geo.Opt[float64]:
		if len(r.raw) < 8 {
			r.fail(errShort)
			return
		}
		*p = geo.Some(math.Float64frombits(binary.LittleEndian.Uint64(r.raw)))
		r.raw = r.raw[8:]
	case *geo.Opt[bool]:
		*p = geo.Some(r.unsigned() == 1)
	case *bool:
		*p = true
	case *geo.Date:
		*p = geo.Date(r.small())
	case *geo.Instant:
		*p = geo.Instant(r.small())
	}
}

// small reads a number of 32 bits.
func (r *rowReader) small() int32 {
	v := r.signed()
	if v != int64(int32(v)) {
		r.fail(fmt.Errorf("%d is out of range", v))
		return 0
	}
	return int32(v)
}

func (r *rowReader) text() string {
	at := r.unsigned()
	if at >= uint64(len(r.texts)) {
		r.fail(fmt.Errorf("there is no text %d of %d", at, len(r.texts)))
		return ""
	}
	return r.texts[at]
}
