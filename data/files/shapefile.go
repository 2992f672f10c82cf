package files

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gridatlas/geo/crs"
)

const unitRecord = "record"

// shapefile is the set of files that make one: only the first two must be there,
// and a lone .dbf is a table without places.
type shapefile struct {
	shp, dbf, shx, prj, cpg *stream
}

// member returns where the file of an ending belongs; nil when it is none of the
// set.
func (s *shapefile) member(ending string) **stream {
	switch strings.ToLower(ending) {
	case ".shp":
		return &s.shp
	case ".dbf":
		return &s.dbf
	case ".shx":
		return &s.shx
	case ".prj":
		return &s.prj
	case ".cpg":
		return &s.cpg
	}
	return nil
}

// shapefileBeside finds the files that stand beside one of the set.
func shapefileBeside(path string, progress func(done int64)) (*shapefile, error) {
	folder, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	set := &shapefile{}
	for _, entry := range folder {
		ending := filepath.Ext(entry.Name())
		to := set.member(ending)
		if to == nil || !strings.EqualFold(strings.TrimSuffix(entry.Name(), ending), baseName(path)) {
			continue
		}
		in, err := fileStream(filepath.Join(filepath.Dir(path), entry.Name()), nil)
		if err != nil {
			return nil, err
		}
		*to = &in
	}
	if set.shp != nil {
		set.shp.progress = progress
	}
	return set, nil
}

// shapefilesIn finds the sets of an archive, by the folder and name of each .shp,
// and each .dbf that stands alone.
func shapefilesIn(a *archive, progress func(done int64)) []*shapefile {
	var sets []*shapefile
	for _, main := range a.withEnding(".shp") {
		set := &shapefile{}
		stem := strings.TrimSuffix(main.name, filepath.Ext(main.name))
		for _, m := range a.members {
			ending := filepath.Ext(m.name)
			if to := set.member(ending); to != nil && strings.EqualFold(strings.TrimSuffix(m.name, ending), stem) {
				*to = &m
			}
		}
		set.shp.progress = progress
		sets = append(sets, set)
	}
	for _, main := range a.withEnding(".dbf") { // tables without places
		if stem := strings.TrimSuffix(main.name, filepath.Ext(main.name)); !slices.ContainsFunc(sets, func(s *shapefile) bool { return s.dbf != nil && s.dbf.name == main.name }) {
			set := &shapefile{dbf: &main}
			if cpg, ok := a.member(stem + ".cpg"); ok {
				set.cpg = &cpg
			}
			sets = append(sets, set)
		}
	}
	return sets
}

// name is that of the file that people see in it.
func (s *shapefile) name() string {
	if s.shp != nil {
		return s.shp.name
	}
	return s.dbf.name
}

// table checks the set and finds what it says of itself.
func (s *shapefile) table(ctx context.Context, opts Options) (*Table, error) {
	if s.dbf == nil {
		return nil, errors.New("its .dbf file is missing")
	}
	stated, err := charsetStated(opts.Encoding)
	if err != nil {
		return nil, err
	}
	cpg, err := smallText(s.cpg)
	if err != nil {
		return nil, err
	}
	attributes, err := openDBF(ctx, *s.dbf, stated, cpg)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: baseName(s.dbf.name), Encoding: attributes.text.String()}
	for _, f := range attributes.fields {
		t.Columns = append(t.Columns, f.name)
	}
	var notes []string
	if len(attributes.passed) > 0 {
		notes = append(notes, fmt.Sprintf("columns %q have a type that cannot be read", attributes.passed))
	}
	if s.prj != nil {
		wkt, err := smallText(s.prj)
		if err != nil {
			return nil, err
		}
		if system, err := crs.SystemOfWKT(wkt); err != nil {
			notes = append(notes, "its .prj file cannot be used: "+err.Error())
		} else {
			t.System = system
		}
	}
	if s.shx != nil && s.shp != nil {
		if n := (s.shx.size - shpHead) / 8; n != int64(attributes.records) {
			return nil, fmt.Errorf("its .shx file has %d records, its .dbf file %d", n, attributes.records)
		}
	}
	t.read = func(ctx context.Context, want rowOptions) iter.Seq2[*Row, *RowFault] {
		return func(yield func(*Row, *RowFault) bool) {
			for _, note := range notes {
				want.report.note(note)
			}
			if err := s.rows(ctx, attributes, want.report, yield); err != nil {
				yield(nil, &RowFault{Reason: err.Error(), Fatal: true})
			}
		}
	}
	return t, nil
}

// rows reads geometry and attributes side by side. The error ends the reading;
// when the caller wants no more there is none.
func (s *shapefile) rows(ctx context.Context, attributes *dbfTable, report *Report, yield func(*Row, *RowFault) bool) error {
	records, err := attributes.open(ctx)
	if err != nil {
		return err
	}
	defer records.file.Close()
	var shapes *shpReader
	if s.shp != nil {
		if shapes, err = openSHP(ctx, *s.shp); err != nil {
			return err
		}
		defer shapes.file.Close()
	}
	deleted := 0
	var row Row
	for {
		record, err := records.next()
		if err != nil {
			return err
		}
		row.reset(Place{Unit: unitRecord, Row: records.count})
		var fault *RowFault
		if shapes != nil {
			switch err := shapes.next(&row.Geometry); {
			case errors.Is(err, io.EOF) != (record == nil):
				return fmt.Errorf("its .shp file has %d records, its .dbf file %d", shapes.records(), attributes.records)
			case errors.Is(err, io.EOF), err == nil:
			case !errors.As(err, &fault):
				return err
			}
		}
		if record == nil {
			break
		}
		if record[0] == dbfDeleted {
			deleted++
			continue
		}
		if bad := attributes.fill(&row, record); fault == nil {
			fault = bad
		}
		if fault != nil {
			fault = fault.at(row.Place)
		}
		if !yield(&row, fault) {
			return nil
		}
	}
	if deleted > 0 {
		report.note(fmt.Sprintf("%d records are marked as deleted and were passed over", deleted))
	}
	return nil
}

// records counts the records of the main file, for the message that they are not
// those of the table; it leaves the reader at the end.
func (r *shpReader) records() int {
	n := r.count
	for r.at+shpRecord <= r.size {
		var head [shpRecord]byte
		if _, err := io.ReadFull(r.in, head[:]); err != nil {
			break
		}
		length := int64(binary.BigEndian.Uint32(head[4:])) * 2
		if _, err := io.CopyN(io.Discard, r.in, length); err != nil {
			break
		}
		r.at += shpRecord + length
		n++
	}
	return n
}

// smallText reads a file of a few words; empty when there is none.
func smallText(in *stream) (string, error) {
	const most = 64 << 10
	if in == nil {
		return "", nil
	}
	if in.size > most {
		return "", fmt.Errorf("%s is larger than %d KiB", in.name, most>>10)
	}
	raw := make([]byte, in.size)
	_, err := readSome(*in, raw)
	return string(raw), err
}
