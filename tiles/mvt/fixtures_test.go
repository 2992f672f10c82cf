package mvt_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/tiles/mvt"
)

// fixtures is the folder of npm's @mapbox/mvt-fixtures.
func fixtures(t testing.TB) string {
	t.Helper()
	folder := filepath.Join("..", "..", "api", "web", "node_modules", "@mapbox", "mvt-fixtures")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the fixtures are missing: %v", err)
		}
		t.Skip("no fixtures: npm ci --prefix api/web brings them")
	}
	return folder
}

// encode writes a tile that was read.
func encode(tile mvt.Tile) []byte {
	var w mvt.Writer
	w.Reset(nil)
	for _, layer := range tile.Layers {
		var keys []string
		keyOf := map[string]int{}
		var values mvt.Values
		numbers := map[any]uint32{}
		for _, f := range layer.Features {
			for _, a := range f.Attributes {
				if _, ok := keyOf[a.Key]; !ok {
					keyOf[a.Key] = len(keys)
					keys = append(keys, a.Key)
				}
				if _, ok := numbers[a.Value]; !ok {
					numbers[a.Value] = values.Add(value(a.Value))
				}
			}
		}
		w.BeginLayer(layer.Name, keys, values)
		for _, f := range layer.Features {
			for _, a := range f.Attributes {
				w.Tags(mvt.AppendTag(nil, keyOf[a.Key], numbers[a.Value]))
			}
			w.Feature(f.ID, f.Type, mvt.Geometry(f.Type, f.Parts))
		}
		w.EndLayer()
	}
	return w.Bytes()
}

func value(v any) []byte {
	switch v := v.(type) {
	case string:
		return mvt.AppendString(nil, v)
	case float64:
		return mvt.AppendDouble(nil, v)
	case int64:
		return mvt.AppendInt(nil, v)
	case bool:
		return mvt.AppendBool(nil, v)
	}
	panic("a value of another kind")
}

// features returns the features of a tile by layer: those of layers without any
// are not there, an id of zero is none, and those of unknown type have no geometry
// that could be written.
func features(tile mvt.Tile) map[string][]mvt.Feature {
	byLayer := map[string][]mvt.Feature{}
	for _, layer := range tile.Layers {
		for _, f := range layer.Features {
			f.HasID = f.ID != 0
			byLayer[layer.Name] = append(byLayer[layer.Name], f)
		}
	}
	return byLayer
}

// TestFixtures reads the 46 tiles that the suite calls valid, and refuses the 28
// others. Two of the 46 have the fault of one of the 28: 016 has the bytes of 003,
// without a type, and 057 claims 2^29 points as 051 does. They are read, and the
// fault is told.
func TestFixtures(t *testing.T) {
	folder := filepath.Join(fixtures(t), "fixtures")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{"016": true, "057": true}
	valid, refused := 0, 0
	for _, entry := range entries {
		t.Run(entry.Name(), func(t *testing.T) {
			var info struct {
				Description string
				Validity    struct{ V2 bool }
			}
			text, err := os.ReadFile(filepath.Join(folder, entry.Name(), "info.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &info); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(folder, entry.Name(), "tile.mvt"))
			if err != nil {
				t.Fatal(err)
			}
			tile, err := mvt.Decode(data)
			if !info.Validity.V2 {
				if err == nil {
					t.Fatalf("not refused: %s", info.Description)
				}
				t.Log(err)
				refused++
				return
			}
			var fault *mvt.Fault
			if errors.As(err, &fault) != told[entry.Name()] || fault != nil && !fault.Readable {
				t.Fatalf("%v: %s", err, info.Description)
			}
			valid++
			again, err := mvt.Decode(encode(tile))
			if err != nil && entry.Name() != "016" && entry.Name() != "039" {
				t.Fatal(err)
			}
			if diff := cmp.Diff(features(tile), features(again)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if valid != 46 || refused != 28 {
		t.Errorf("%d tiles read and %d refused, not 46 and 28", valid, refused)
	}
}
