package files

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"gridatlas/geo"
)

// Layout of the main file: ESRI Shapefile Technical Description, July 1998.
const (
	shpCode      = 9994
	shpHead      = 100
	shpRecord    = 8        // number and length before each record
	maxShpRecord = 64 << 20 // bytes of one
	maxRings     = 10_000
)

// Types of shapes; those with heights are 10 more, with measures 20 more.
const (
	shpNull, shpPoint, shpLines, shpPolygon, shpPoints = 0, 1, 3, 5, 8
	shpZ, shpM                                         = 10, 20
)

// shpReader gives the geometry of record after record.
type shpReader struct {
	ctx    context.Context
	name   string
	file   io.ReadCloser
	in     *bufio.Reader
	size   int64
	at     int64
	count  int
	buf    []byte
	report func(done int64)
}

func openSHP(ctx context.Context, in stream) (*shpReader, error) {
	file, err := in.open()
	if err != nil {
		return nil, err
	}
	r := &shpReader{ctx: ctx, name: in.name, file: file, in: bufio.NewReaderSize(file, 1<<16), size: in.size, at: shpHead, report: in.progress}
	head := make([]byte, shpHead)
	_, err = io.ReadFull(r.in, head)
	switch {
	case err != nil:
		err = errors.New("it is too short for a shapefile")
	case binary.BigEndian.Uint32(head) != shpCode:
		err = errors.New("it is no shapefile")
	default:
		if says := int64(binary.BigEndian.Uint32(head[24:])) * 2; says > in.size {
			err = fmt.Errorf("it says that it is %d bytes long, but it is %d: it was cut", says, in.size)
		} else if says >= shpHead {
			r.size = says
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", in.name, err), file.Close())
	}
	return r, nil
}

// next reads the geometry of the next record into g; io.EOF behind the last. A
// *RowFault is about this record alone.
func (r *shpReader) next(g *Geometry) error {
	if r.at >= r.size {
		return io.EOF
	}
	if r.count&1023 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if r.report != nil {
			r.report(r.at)
		}
	}
	r.count++
	var head [shpRecord]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return fmt.Errorf("read record %d of %s: %w", r.count, r.name, err)
	}
	r.at += shpRecord
	length := int64(binary.BigEndian.Uint32(head[4:])) * 2
	if length > r.size-r.at {
		return fmt.Errorf("record %d of %s says that it is %d bytes long, but %d are left", r.count, r.name, length, r.size-r.at)
	}
	r.at += length
	if length > maxShpRecord {
		if _, err := io.CopyN(io.Discard, r.in, length); err != nil {
			return fmt.Errorf("read record %d of %s: %w", r.count, r.name, err)
		}
		return &RowFault{Reason: fmt.Sprintf("its geometry takes more than %d MiB", maxShpRecord>>20)}
	}
	if int64(cap(r.buf)) < length {
		r.buf = make([]byte, length)
	}
	r.buf = r.buf[:length]
	if _, err := io.ReadFull(r.in, r.buf); err != nil {
		return fmt.Errorf("read record %d of %s: %w", r.count, r.name, err)
	}
	if err := g.shp(r.buf); err != nil {
		return faultOf(err)
	}
	return nil
}

var errShpShort = errors.New("its geometry is cut short")

// shp reads the content of a record. Counts are held against its length before
// anything is allocated for them.
func (g *Geometry) shp(raw []byte) error {
	if len(raw) < 4 {
		return errShpShort
	}
	kind := binary.LittleEndian.Uint32(raw)
	flat := kind
	if tens := kind / 10 * 10; tens == shpZ || tens == shpM {
		flat -= tens
	}
	raw = raw[4:]
	switch flat {
	case shpNull:
		if kind == shpNull {
			return nil
		}
	case shpPoint:
		g.Kind = geo.Points
		if err := g.shpPoints(raw, 1); err != nil {
			return err
		}
		g.countHeights(kind)
		return g.endPart(false)
	case shpPoints:
		g.Kind = geo.Points
		if len(raw) < 36 {
			return errShpShort
		}
		n := int64(binary.LittleEndian.Uint32(raw[32:]))
		if err := g.shpPoints(raw[36:], n); err != nil {
			return err
		}
		for i := range g.Points {
			g.Parts = append(g.Parts, Part{End: i + 1})
		}
		g.countHeights(kind)
		return nil
	case shpLines, shpPolygon:
		g.Kind = geo.Lines
		if flat == shpPolygon {
			g.Kind = geo.Polygons
		}
		if err := g.shpParts(raw); err != nil {
			return err
		}
		g.countHeights(kind)
		if flat == shpPolygon {
			return g.nestRings()
		}
		return nil
	}
	return fmt.Errorf("a shape of type %d cannot be stored", kind)
}

func (g *Geometry) countHeights(kind uint32) {
	if kind > shpZ {
		g.Heights += len(g.Points)
	}
}

func (g *Geometry) shpPoints(raw []byte, n int64) error {
	if n*16 > int64(len(raw)) {
		return errShpShort
	}
	for ; n > 0; n-- {
		x := math.Float64frombits(binary.LittleEndian.Uint64(raw))
		y := math.Float64frombits(binary.LittleEndian.Uint64(raw[8:]))
		if err := g.add(x, y); err != nil {
			return err
		}
		raw = raw[16:]
	}
	return nil
}

// shpParts reads lines or rings: a box, two counts, where the parts begin, the
// points.
func (g *Geometry) shpParts(raw []byte) error {
	if len(raw) < 40 {
		return errShpShort
	}
	parts, points := int64(binary.LittleEndian.Uint32(raw[32:])), int64(binary.LittleEndian.Uint32(raw[36:]))
	raw = raw[40:]
	if parts*4+points*16 > int64(len(raw)) {
		return errShpShort
	}
	if parts > maxRings {
		return fmt.Errorf("its geometry has %d parts, more than %d", parts, maxRings)
	}
	if err := g.shpPoints(raw[parts*4:], points); err != nil {
		return err
	}
	for i := range parts {
		begin, end := int64(binary.LittleEndian.Uint32(raw[i*4:])), points
		if i+1 < parts {
			end = int64(binary.LittleEndian.Uint32(raw[i*4+4:]))
		}
		if begin != int64(g.partStart()) || end < begin || end > points {
			return errors.New("the parts of its geometry do not follow one another")
		}
		if end == begin {
			continue // an empty part
		}
		g.Parts = append(g.Parts, Part{End: int(end)})
	}
	if g.partStart() != len(g.Points) {
		return errors.New("the parts of its geometry leave positions over")
	}
	return nil
}
