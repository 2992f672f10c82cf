package api

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/table"
)

// Headers of answers whose form has no place for such numbers.
const (
	headerMatched  = "OGC-NumberMatched"
	headerReturned = "OGC-NumberReturned"
)

// writeCSV answers with a table, row by row as the client takes it. The columns say
// in which coordinate system they are; longitude or metres east come first.
func writeCSV(w http.ResponseWriter, r *http.Request, out output) error {
	setTableHeaders(w, out)
	header := w.Header()
	header.Set("Content-Type", typeCSV+"; charset=utf-8")
	later(w, r, func(w http.ResponseWriter, r *http.Request) error {
		frame := &table.Frame{System: out.in.System}
		layout := table.Layout{Schema: out.schema, Fields: out.fields, Frame: frame, Titles: out.titles, IDs: true}
		buffer := bufio.NewWriterSize(sendPieces(w, r), pieceSize)
		rows, err := table.NewCSV(buffer, layout.Header())
		if err != nil {
			return err
		}
		var cells []any
		for _, f := range out.features {
			cells = layout.AppendRow(cells[:0], f)
			if frame.Fault != nil {
				return fmt.Errorf("write %v: %w", geo.KeyOf(f), frame.Fault)
			}
			if err := rows.Row(cells); err != nil {
				return err
			}
		}
		if err := rows.Flush(); err != nil {
			return err
		}
		return buffer.Flush()
	})
	return nil
}

// setTableHeaders says of an answer that is a file what GeoJSON says inside.
func setTableHeaders(w http.ResponseWriter, out output) {
	header := w.Header()
	header.Set(headerMatched, strconv.FormatInt(out.matched, 10))
	header.Set(headerReturned, strconv.Itoa(len(out.features)))
	header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", string(out.schema.Layer)+"."+out.form.name))
	texts := make([]string, len(out.links))
	for i, l := range out.links {
		texts[i] = fmt.Sprintf("<%s>; rel=%q; type=%q", l.Href, l.Rel, l.Type)
	}
	header.Set("Link", strings.Join(texts, ", "))
}
