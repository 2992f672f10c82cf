package files

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/aside"
	"gridatlas/geo/table"
)

// shapefileForm writes Shapefiles (ESRI white paper of July 1998): a set of files
// for each layer, in the folder or in a zip, and one for each kind of geometry
// where features of a layer have several. Beside the geometry (.shp, .shx) and
// the table (.dbf) stand the system (.prj), the encoding (.cpg) and what the short
// names of columns mean (.fields.txt).
type shapefileForm struct {
	path    string
	zipped  bool
	aside   *aside.Files
	archive *os.File // of a zip
	frame   *table.Frame
	writing Writing
	text    dbfText
	layers  []*outLayer
	sets    []*shapeSet
	scratch []*os.File
}

// shapefileLimit is how large a .shp or .dbf may be: programs count its bytes, or
// words of two bytes, in 32 bits with a sign. Tests lower it.
var shapefileLimit int64 = 1<<31 - 1

// Types of shapes.
const (
	shapeNull       = 0
	shapePoint      = 1
	shapePolyLine   = 3
	shapePolygon    = 5
	shapeMultiPoint = 8
)

// setName is what a set of files adds to the name of its layer, where that has
// several.
var setName = map[int32]string{shapePoint: "_point", shapeMultiPoint: "_multipoint", shapePolyLine: "_line", shapePolygon: "_polygon", shapeNull: ""}

// shapeSet is one Shapefile that is being written.
type shapeSet struct {
	layer    *outLayer
	name     string // without ending
	kind     int32
	shp, shx *bufio.Writer // nil: a table alone
	shpFile  *os.File
	shxFile  *os.File
	size     int64
	count    int32
	sides    [4]float64 // least x and y, greatest x and y
	table    *dbfSpool
	record   []byte
}

func newShapefileForm(path string, to *aside.Files, frame *table.Frame, layers []*outLayer, writing Writing) (form, error) {
	if err := describable(frame.System, Shapefile); err != nil {
		return nil, err
	}
	s := &shapefileForm{path: path, aside: to, frame: frame, writing: writing, layers: layers, zipped: strings.EqualFold(filepath.Ext(path), ".zip")}
	var err error
	if s.text, err = newDBFText(writing.Encoding); err != nil {
		return nil, err
	}
	if s.zipped {
		s.archive, err = to.Create(path) // filled at the end
		return s, err
	}
	if len(layers) != 1 {
		return nil, fmt.Errorf("%w: a Shapefile holds one layer; choose it, or write a .zip", ErrUnsuited)
	}
	for _, kind := range shapeTypes(layers[0].schema) {
		for _, ending := range []string{".shp", ".dbf"} {
			if err := to.Free(s.nameOf(layers[0], kind) + ending); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// shapeTypes lists the types of shapes that features of a layer may have.
func shapeTypes(schema *geo.Schema) (types []int32) {
	for _, kind := range schema.Kinds {
		types = append(types, map[geo.Kind][]int32{
			geo.NoShape: {shapeNull}, geo.Points: {shapePoint, shapeMultiPoint}, geo.Lines: {shapePolyLine}, geo.Polygons: {shapePolygon},
		}[kind]...)
	}
	return types
}

func typeOf(s geo.Shape) int32 {
	switch {
	case s.Kind() == geo.Points && s.NumParts() > 1:
		return shapeMultiPoint
	case s.Kind() == geo.Points:
		return shapePoint
	case s.Kind() == geo.Lines:
		return shapePolyLine
	case s.Kind() == geo.Polygons:
		return shapePolygon
	}
	return shapeNull
}

// nameOf is the name of a set without ending: with its folder, or in the zip.
func (s *shapefileForm) nameOf(layer *outLayer, kind int32) string {
	name := string(layer.schema.Layer)
	if !s.zipped {
		name = strings.TrimSuffix(s.path, filepath.Ext(s.path))
	}
	if len(layer.schema.Kinds) > 1 || kind == shapeMultiPoint {
		name += setName[kind]
	}
	return name
}

// setOf returns the set for features of a kind, and begins it with the first.
func (s *shapefileForm) setOf(layer *outLayer, kind int32) (*shapeSet, error) {
	for _, set := range s.sets {
		if set.layer == layer && set.kind == kind {
			return set, nil
		}
	}
	set := &shapeSet{
		layer: layer, name: s.nameOf(layer, kind), kind: kind, size: shapefileHead,
		sides: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)},
	}
	spool, err := aside.Scratch(s.path)
	if err != nil {
		return nil, err
	}
	s.scratch = append(s.scratch, spool)
	set.table = newDBFSpool(spool, layer, s.text)
	if kind != shapeNull {
		for _, part := range []struct {
			ending string
			file   **os.File
			out    **bufio.Writer
		}{{".shx", &set.shxFile, &set.shx}, {".shp", &set.shpFile, &set.shp}} {
			if *part.file, err = s.part(set.name + part.ending); err != nil {
				return nil, err
			}
			*part.out = bufferedFile(*part.file)
			if _, err := (*part.out).Write(make([]byte, shapefileHead)); err != nil { // known at the end
				return nil, err
			}
		}
	}
	s.sets = append(s.sets, set)
	return set, nil
}

// part begins a file of a set.
func (s *shapefileForm) part(name string) (*os.File, error) {
	if !s.zipped {
		return s.aside.Create(name)
	}
	file, err := aside.Scratch(s.path)
	if err == nil {
		s.scratch = append(s.scratch, file)
	}
	return file, err
}

func (s *shapefileForm) feature(layer *outLayer, f geo.Feature) error {
	set, err := s.setOf(layer, typeOf(f.Common().Shape))
	if err != nil {
		return err
	}
	if err := set.table.add(f); err != nil {
		return err
	}
	if set.shp == nil {
		return nil
	}
	return set.shape(f.Common().Shape, s.frame)
}

// shapefileHead is the size of the head of .shp and .shx.
const shapefileHead = 100

// shape writes a record: its number and length, then the shape, little endian.
func (set *shapeSet) shape(shape geo.Shape, in *table.Frame) error {
	set.count++
	set.record = appendESRIShape(set.record[:0], shape, set.kind, in, set.grow)
	words := uint32(len(set.record) / 2)
	var head, entry [8]byte
	binary.BigEndian.PutUint32(head[:], uint32(set.count))
	binary.BigEndian.PutUint32(head[4:], words)
	binary.BigEndian.PutUint32(entry[:], uint32(set.size/2))
	binary.BigEndian.PutUint32(entry[4:], words)
	set.size += int64(len(head) + len(set.record))
	if set.size > shapefileLimit {
		return errTooLarge(set.layer)
	}
	if _, err := set.shx.Write(entry[:]); err != nil {
		return err
	}
	if _, err := set.shp.Write(head[:]); err != nil {
		return err
	}
	_, err := set.shp.Write(set.record)
	return err
}

func errTooLarge(layer *outLayer) error {
	return fmt.Errorf("the Shapefile of layer %s would be larger than %d MiB, which the format cannot hold; write .gpkg", layer.schema.Layer, (shapefileLimit+1)>>20)
}

func (set *shapeSet) grow(x, y float64) {
	set.sides = [4]float64{min(set.sides[0], x), min(set.sides[1], y), max(set.sides[2], x), max(set.sides[3], y)}
}

// appendESRIShape appends the content of a record. Outer rings run clockwise and
// holes counterclockwise there, so each ring is written from its end.
func appendESRIShape(dst []byte, shape geo.Shape, kind int32, in *table.Frame, grow func(x, y float64)) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(kind))
	point := func(p geo.Point) {
		x, y := in.At(p)
		grow(x, y)
		dst = le.AppendUint64(le.AppendUint64(dst, math.Float64bits(x)), math.Float64bits(y))
	}
	if kind == shapePoint {
		point(shape.Points()[0])
		return dst
	}
	box := len(dst)
	dst = append(dst, make([]byte, 32)...)
	own := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	outer := grow
	grow = func(x, y float64) {
		own = [4]float64{min(own[0], x), min(own[1], y), max(own[2], x), max(own[3], y)}
		outer(x, y)
	}
	closing := 0 // corners that are repeated at the end of a ring
	if kind == shapePolygon {
		closing = 1
	}
	if kind == shapeMultiPoint {
		dst = le.AppendUint32(dst, uint32(shape.NumParts()))
	} else {
		dst = le.AppendUint32(dst, uint32(shape.NumParts()))
		dst = le.AppendUint32(dst, uint32(len(shape.Points())+closing*shape.NumParts()))
		start := 0
		for part := range shape.Parts() {
			dst = le.AppendUint32(dst, uint32(start))
			start += len(part.Points) + closing
		}
	}
	for part := range shape.Parts() {
		if kind != shapePolygon {
			for _, p := range part.Points {
				point(p)
			}
			continue
		}
		for _, p := range slices.Backward(part.Points) {
			point(p)
		}
		point(part.Points[len(part.Points)-1])
	}
	for i, side := range own {
		le.PutUint64(dst[box+8*i:], math.Float64bits(side))
	}
	return dst
}

// head is that of .shp and .shx, whose size in bytes differs.
func (set *shapeSet) head(size int64) []byte {
	head := make([]byte, shapefileHead)
	binary.BigEndian.PutUint32(head, 9994)
	binary.BigEndian.PutUint32(head[24:], uint32(size/2))
	binary.LittleEndian.PutUint32(head[28:], 1000)
	binary.LittleEndian.PutUint32(head[32:], uint32(set.kind))
	for i, side := range set.sides {
		if set.count > 0 {
			binary.LittleEndian.PutUint64(head[36+8*i:], math.Float64bits(side))
		}
	}
	return head
}

func (s *shapefileForm) end(note func(string, ...any)) error {
	if len(s.sets) == 0 && !s.zipped { // a file with no features is a file
		if _, err := s.setOf(s.layers[0], shapeTypes(s.layers[0].schema)[0]); err != nil {
			return err
		}
	}
	if s.zipped {
		return s.endZip(note)
	}
	for _, set := range s.sets {
		if err := s.endSet(set, nil, note); err != nil {
			return err
		}
	}
	// The .shp is what people open: it comes last.
	s.aside.Order(func(path string) int { return strings.Count(filepath.Ext(path), ".shp") })
	return nil
}

func (s *shapefileForm) endZip(note func(string, ...any)) error {
	out := bufferedFile(s.archive)
	entries := zip.NewWriter(out)
	if err := entries.SetComment(s.writing.Attribution); err != nil {
		return err
	}
	for _, set := range s.sets {
		if err := s.endSet(set, entries, note); err != nil {
			return err
		}
	}
	return errors.Join(entries.Close(), out.Flush())
}

// endSet writes what is known at the end, and the small files.
func (s *shapefileForm) endSet(set *shapeSet, entries *zip.Writer, note func(string, ...any)) error {
	parts := map[string]*os.File{}
	if set.shp != nil {
		parts[".shp"], parts[".shx"] = set.shpFile, set.shxFile
		if err := errors.Join(set.shp.Flush(), set.shx.Flush()); err != nil {
			return err
		}
		if _, err := set.shpFile.WriteAt(set.head(set.size), 0); err != nil {
			return err
		}
		if _, err := set.shxFile.WriteAt(set.head(shapefileHead+8*int64(set.count)), 0); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		ending string
		write  func(io.Writer) error
	}{
		{".dbf", func(w io.Writer) error { return set.table.write(w, note) }},
		{".cpg", func(w io.Writer) error { return writeText(w, s.text.name) }},
		{".prj", func(w io.Writer) error { return writeText(w, s.frame.System.WKT()) }},
		{".fields.txt", func(w io.Writer) error { return writeFieldNames(w, set.layer, s.writing.Attribution) }},
	} {
		if part.ending == ".prj" && set.shp == nil {
			continue
		}
		file, err := s.part(set.name + part.ending)
		if err != nil {
			return err
		}
		parts[part.ending] = file
		out := bufferedFile(file)
		if err := errors.Join(part.write(out), out.Flush()); err != nil {
			return err
		}
	}
	if entries == nil {
		return nil
	}
	for _, ending := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg", ".fields.txt"} {
		if err := copyEntry(entries, set.name+ending, parts[ending]); err != nil {
			return err
		}
	}
	return nil
}

func writeText(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// copyEntry puts a file into a zip; none for nil.
func copyEntry(entries *zip.Writer, name string, file *os.File) error {
	if file == nil {
		return nil
	}
	entry, err := zipEntry(entries, name)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(entry, file)
	return err
}

func (s *shapefileForm) drop() {
	for _, file := range s.scratch {
		_ = file.Close()
	}
	s.scratch = nil
}
