package style

import (
	"encoding/json"
	"fmt"
)

// Names lists the flavours in the order in which they are offered.
func Names() []string {
	names := make([]string, len(flavours))
	for i, f := range flavours {
		names[i] = f.name
	}
	return names
}

// Layer is one layer of a style. Group is what a layer switch turns on and off.
type layer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Metadata    map[string]any `json:"metadata,omitempty"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     float64        `json:"minzoom,omitempty"`
	MaxZoom     float64        `json:"maxzoom,omitempty"`
	Filter      any            `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint,omitempty"`
}

type document struct {
	Version  int            `json:"version"`
	Name     string         `json:"name"`
	Metadata map[string]any `json:"metadata"`
	Sprite   string         `json:"sprite"`
	Sources  map[string]any `json:"sources"`
	Layers   []layer        `json:"layers"`
}

// JSON returns the style of a name, and whether there is one of that name. The
// base URL stands before the path of the TileJSON, without a slash at its end;
// empty, the style can be used by pages of the same host alone. Equal arguments
// give equal bytes.
func JSON(name, baseURL string) ([]byte, bool) {
	for i := range flavours {
		if flavours[i].name == name {
			return marshal(&flavours[i], baseURL), true
		}
	}
	return nil, false
}

func marshal(f *flavour, baseURL string) []byte {
	none := map[string]any{"type": "FeatureCollection", "features": []any{}}
	doc := document{
		Version: 8,
		Name:    "gridatlas " + f.name,
		// The page paints its box in this colour before the first tile.
		Metadata: map[string]any{"gridatlas:ground": f.land, "gridatlas:dark": f.dark},
		Sprite:   baseURL + "/sprites/map",
		Sources: map[string]any{
			"map":       map[string]any{"type": "vector", "url": baseURL + "/tiles/map.json"},
			"circle":    map[string]any{"type": "geojson", "data": none},
			"results":   map[string]any{"type": "geojson", "data": none},
			"route":     map[string]any{"type": "geojson", "data": none},
			"selection": map[string]any{"type": "geojson", "data": none},
			"worklist":  map[string]any{"type": "geojson", "data": none},
			"measure":   map[string]any{"type": "geojson", "data": none},
			"coverage":  map[string]any{"type": "geojson", "data": none},
			"proposal":  map[string]any{"type": "geojson", "data": none},
		},
	}
	for _, part := range [][]layer{
		ground(f), bands(f), streets(f), borders(f), coverageMarks(f), answers(f), labels(f), proposed(f), measuring(f),
	} {
		doc.Layers = append(doc.Layers, part...)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(fmt.Sprintf("style %s: %v", f.name, err)) // strings and numbers only
	}
	return text
}
