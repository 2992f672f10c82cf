package crs

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostControls bounds a control file: more points than a survey has.
const mostControls = 10_000

// The columns of a control file and what they may be called.
var controlColumns = map[string][]string{
	"name":  {"name", "点名", "点号"},
	"x":     {"x", "local_x", "本地x", "本地东坐标"},
	"y":     {"y", "local_y", "本地y", "本地北坐标"},
	"lon":   {"lon", "lng", "longitude", "经度"},
	"lat":   {"lat", "latitude", "纬度"},
	"east":  {"east", "easting", "东坐标"},
	"north": {"north", "northing", "北坐标"},
}

// ReadControls reads control points from CSV in UTF-8 with a row of titles: x, y
// (local, easting first) and either lon, lat or east, north, which are in the base
// system; name is optional, other columns are passed over. Chinese titles (点名,
// 经度, 纬度, 东坐标, 北坐标) are known too. Faults are named with their line.
func ReadControls(r io.Reader, base System) ([]Control, error) {
	reader := csv.NewReader(r)
	reader.TrimLeadingSpace = true
	titles, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("control points: the file is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("control points: %w", err)
	}
	columns := map[string]int{}
	for i, title := range titles {
		if !utf8.ValidString(title) {
			return nil, errors.New("control points: the file is not in UTF-8")
		}
		title = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(title, "\ufeff")))
		for column, names := range controlColumns {
			if !slices.Contains(names, title) {
				continue
			}
			if _, twice := columns[column]; twice {
				return nil, fmt.Errorf("control points: two columns for %s", column)
			}
			columns[column] = i
		}
	}
	has := func(a, b string) bool {
		_, okA := columns[a]
		_, okB := columns[b]
		return okA && okB
	}
	east, north := "lon", "lat"
	if !base.Geographic() {
		east, north = "east", "north"
	}
	if !has("x", "y") || !has(east, north) {
		return nil, fmt.Errorf("control points in %s: the first line must name the columns x, y, %s, %s; it names %s", base.name(), east, north, shorten(strings.Join(titles, ", ")))
	}
	var points []Control
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return points, nil
		}
		if err != nil {
			return nil, fmt.Errorf("control points: %w", err)
		}
		line, _ := reader.FieldPos(0)
		if len(points) == mostControls {
			return nil, fmt.Errorf("control points: more than %d", mostControls)
		}
		var p Control
		if i, ok := columns["name"]; ok {
			p.Name = row[i]
		}
		var values [4]float64
		for i, column := range []string{"x", "y", east, north} {
			text := strings.TrimSpace(row[columns[column]])
			if values[i], err = strconv.ParseFloat(text, 64); err != nil || !isFinite(values[i]) {
				return nil, fmt.Errorf("control points, line %d: %s %q is not a number", line, column, shorten(text))
			}
		}
		p.X, p.Y = values[0], values[1]
		if p.Lon, p.Lat, err = base.ToWGS84(values[2], values[3]); err != nil {
			return nil, fmt.Errorf("control points, line %d: %w", line, err)
		}
		points = append(points, p)
	}
}
