package files

import (
	"bufio"
	"context"
	"io"
	"iter"

	"gridatlas/geo"
	"gridatlas/geo/geojson"
)

// WriteGeoJSON writes features as a FeatureCollection, one feature a line, with
// the fields that fieldsOf gives for their layer (geojson.Fields for instance).
// Each feature carries its layer, so the reader takes the file back whatever
// layers it holds.
func WriteGeoJSON(ctx context.Context, w io.Writer, features iter.Seq[geo.Feature], fieldsOf func(geo.Layer) []*geo.Field) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := out.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	fields := map[geo.Layer][]*geo.Field{}
	var line []byte
	count := 0
	for f := range features {
		if count&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, known := fields[f.Layer()]; !known {
			fields[f.Layer()] = fieldsOf(f.Layer())
		}
		line = line[:0]
		if count > 0 {
			line = append(line, ',')
		}
		line = geojson.AppendFeature(append(line, '\n'), f, fields[f.Layer()])
		if _, err := out.Write(line); err != nil {
			return err
		}
		count++
	}
	if _, err := out.WriteString("\n]}\n"); err != nil {
		return err
	}
	return out.Flush()
}
