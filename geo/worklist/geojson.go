package worklist

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"gridatlas/geo"
)

// MaxShown is how many items GeoJSON gives at most: more than a person can settle
// before looking again.
const MaxShown = 5000

type collection struct {
	Type     string    `json:"type"`
	Matched  int       `json:"numberMatched"`
	Returned int       `json:"numberReturned"`
	Features []feature `json:"features"`
}

type feature struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties Item            `json:"properties"`
}

// GeoJSON returns the items that wait as a FeatureCollection, for a map: the
// largest first, then rows without a place, which stand at their best candidate if
// they have one. The feature that a row will make is left out: it may hold what is
// for staff.
func GeoJSON(ctx context.Context, from geo.RecordReader) ([]byte, error) {
	waiting := collection{Type: "FeatureCollection", Features: []feature{}}
	err := Items.All(ctx, from, func(id string, _ int64, item Item) error {
		if item.State != Open {
			return nil
		}
		f := feature{Type: "Feature", ID: id, Geometry: item.Geometry}
		if f.Geometry == nil {
			f.Geometry = item.point()
		}
		item.Geometry, item.Feature, item.Fields = nil, nil, nil
		f.Properties = item
		waiting.Features = append(waiting.Features, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(waiting.Features, func(a, b feature) int {
		return cmp.Or(cmp.Compare(b.Properties.AreaM2, a.Properties.AreaM2), cmp.Compare(a.ID, b.ID))
	})
	waiting.Matched = len(waiting.Features)
	waiting.Features = waiting.Features[:min(waiting.Matched, MaxShown)]
	waiting.Returned = len(waiting.Features)
	return json.Marshal(waiting)
}

func (item *Item) point() json.RawMessage {
	at := item.At
	if at == nil && len(item.Candidates) > 0 {
		at = &[2]float64{item.Candidates[0].Lon, item.Candidates[0].Lat}
	}
	if at == nil {
		return json.RawMessage("null")
	}
	text, err := json.Marshal(map[string]any{"type": "Point", "coordinates": at})
	if err != nil { // finite numbers always marshal
		return json.RawMessage("null")
	}
	return text
}
