package snapshot

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"gridatlas/geo"
)

// encode writes the snapshot, confirmed at an instant, in the form of form.go. It
// holds one chunk in memory, and of layers that changed since they were packed a
// packed twin: the bytes do not tell how the snapshot came about.
func (s *Snapshot) encode(ctx context.Context, out io.Writer, confirmed time.Time) error {
	e := &encoder{ctx: ctx, out: out, directory: directory{head: s.head, confirmed: confirmed}, texts: map[string]uint64{}}
	if _, err := io.WriteString(out, magic); err != nil {
		return err
	}
	for i, layer := range s.layers {
		if err := e.layer(uint8(i), layer); err != nil {
			return err
		}
	}
	_, err := out.Write(e.directory.append(nil))
	return err
}

type encoder struct {
	ctx       context.Context //nolint:containedctx // of one call of encode
	out       io.Writer
	directory directory

	chunk []byte // being made
	rows  []byte // of the chunk
	// texts of the chunk by where they stand in its list: what repeats stands there
	// once, and is one string again when it is read.
	texts   map[string]uint64
	lengths []byte
	letters []byte
	corners int
}

func (e *encoder) layer(number uint8, layer *Layer) error {
	packed := layer.base
	if layer.over != nil {
		packed = newBase(slices.Collect(layer.After(0)))
	}
	for run := range slices.Chunk(packed.features, chunkSize) {
		e.features(layer.schema, run)
		if err := e.write(number, rows, len(run)); err != nil {
			return err
		}
	}
	for _, index := range []struct {
		holds content
		order []uint32
	}{{orderByID, packed.byID}, {orderByCode, packed.byCode}} {
		if len(index.order) == 0 {
			continue
		}
		e.chunk = e.chunk[:0]
		for _, position := range index.order {
			e.chunk = binary.LittleEndian.AppendUint32(e.chunk, position)
		}
		if err := e.write(number, index.holds, len(index.order)); err != nil {
			return err
		}
	}
	return nil
}

// write sends the chunk and notes it in the directory.
func (e *encoder) write(layer uint8, holds content, count int) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if len(e.chunk) > math.MaxUint32 {
		return fmt.Errorf("%d bytes of one chunk are more than the form can hold", len(e.chunk))
	}
	e.directory.chunks = append(e.directory.chunks, chunk{
		layer: layer, holds: holds, count: uint32(count), length: uint32(len(e.chunk)), sum: sha256.Sum256(e.chunk),
	})
	_, err := e.out.Write(e.chunk)
	return err
}

// features makes the chunk of a run of features: number of corners, number of
// texts, the length of each, their letters, then the rows.
func (e *encoder) features(schema *geo.Schema, run []geo.Feature) {
	clear(e.texts)
	e.rows, e.lengths, e.letters, e.corners = e.rows[:0], e.lengths[:0], e.letters[:0], 0
	lastID := int64(0)
	for _, f := range run {
		e.row(schema, f, lastID)
		lastID = f.Common().ID
	}
	e.chunk = binary.AppendUvarint(e.chunk[:0], uint64(e.corners))
	e.chunk = binary.AppendUvarint(e.chunk, uint64(len(e.texts)))
	e.chunk = append(e.chunk, e.lengths...)
	e.chunk = append(e.chunk, e.letters...)
	e.chunk = append(e.chunk, e.rows...)
}

// row appends a feature: the difference of its id to the one before, version,
// revision, shape, which of its fields are known, and those.
func (e *encoder) row(schema *geo.Schema, f geo.Feature, lastID int64) {
	base := f.Common()
	e.rows = binary.AppendVarint(e.rows, base.ID-lastID)
	e.rows = binary.AppendVarint(e.rows, base.Version)
	e.rows = binary.AppendVarint(e.rows, base.Revision)
	e.rows = geo.AppendShape(e.rows, base.Shape)
	e.corners += len(base.Shape.Points())
	var known uint64
	for i := range schema.Fields {
		if isKnown(schema.Fields[i].Pointer(f)) {
			known |= 1 << i
		}
	}
	e.rows = binary.AppendUvarint(e.rows, known)
	for i := range schema.Fields {
		if known&(1<<i) != 0 {
			e.value(schema.Fields[i].Pointer(f))
		}
	}
}

func isKnown(pointer any) bool {
	switch p := pointer.(type) {
	case *string:
		return *p != ""
	case *geo.Hours:
		return *p != ""
	case *[]string:
		return len(*p) > 0
	case *geo.Opt[int32]:
		return p.Known
	case *geo.Opt[float64]:
		return p.Known
	case *geo.Opt[bool]:
		return p.Known
	case *bool:
		return *p
	case *geo.Date:
		return *p != 0
	case *geo.Instant:
		return *p != 0
	}
	panic(fmt.Sprintf("no binary form for %T", pointer))
}

// value appends a known value.
func (e *encoder) value(pointer any) {
	switch p := pointer.(type) {
	case *string:
		e.text(*p)
	case *geo.Hours:
		e.text(string(*p))
	case *[]string:
		e.rows = binary.AppendUvarint(e.rows, uint64(len(*p)))
		for _, item := range *p {
			e.text(item)
		}
	case *geo.Opt[int32]:
		e.rows = binary.AppendVarint(e.rows, int64(p.Value))
	case *geo.Opt[float64]:
		e.rows = binary.LittleEndian.AppendUint64(e.rows, math.Float64bits(p.Value))
	case *geo.Opt[bool]:
		e.rows = append(e.rows, truth(p.Value))
	case *bool: // that it is known says it
	case *geo.Date:
		e.rows = binary.AppendVarint(e.rows, int64(*p))
	case *geo.Instant:
		e.rows = binary.AppendVarint(e.rows, int64(*p))
	}
}

func truth(v bool) byte {
	if v {
		return 1
	}
	return 0
}

// text appends where a text stands in the list of the chunk.
func (e *encoder) text(text string) {
	at, ok := e.texts[text]
	if !ok {
		at = uint64(len(e.texts))
		e.texts[text] = at
		e.lengths = binary.AppendUvarint(e.lengths, uint64(len(text)))
		e.letters = append(e.letters, text...)
	}
	e.rows = binary.AppendUvarint(e.rows, at)
}
