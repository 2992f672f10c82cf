package mvt_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"

	"gridatlas/tiles/mvt"
)

// TestWriter writes two layers and reads what they hold.
func TestWriter(t *testing.T) {
	var values mvt.Values
	shoe := values.Add(mvt.AppendString(nil, "修鞋"))
	seven := values.Add(mvt.AppendInt(nil, 7))
	minus := values.Add(mvt.AppendInt(nil, -7))
	half := values.Add(mvt.AppendDouble(nil, 0.5))
	yes := values.Add(mvt.AppendBool(nil, true))
	keys := []string{"kind", "n", "unused", "share", "open", "code"}
	point := mvt.Geometry(mvt.Points, []mvt.Part{{Corners: []mvt.Corner{{X: 25, Y: 17}}}})

	var w mvt.Writer
	w.Reset([]byte("before"))
	w.BeginLayer("booths", keys, values)
	w.Tags(mvt.AppendTag(nil, 0, shoe))
	w.Tags(mvt.AppendTag(nil, 1, seven))
	w.Tags(mvt.AppendUniqueTag(nil, 5, mvt.AppendString(nil, "A-1")))
	w.Feature(1, mvt.Points, point)
	w.Tags(mvt.AppendTag(nil, 1, minus))
	w.Tags(mvt.AppendTag(nil, 0, shoe))
	w.Tags(mvt.AppendTag(nil, 4, yes))
	w.Tags(mvt.AppendUniqueTag(nil, 5, mvt.AppendString(nil, "A-2")))
	w.Feature(1<<53, mvt.Points, point)
	w.EndLayer()
	w.BeginLayer("halves", keys, values)
	w.Tags(mvt.AppendTag(nil, 3, half))
	w.Feature(0, mvt.Points, point)
	w.EndLayer()

	data, ok := bytes.CutPrefix(w.Bytes(), []byte("before"))
	if !ok {
		t.Fatalf("the bytes before are gone: %q", w.Bytes())
	}
	got, err := mvt.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	parts := []mvt.Part{{Corners: []mvt.Corner{{X: 25, Y: 17}}}}
	want := mvt.Tile{Layers: []mvt.Layer{
		{Name: "booths", Version: 2, Extent: 4096, Features: []mvt.Feature{
			{ID: 1, HasID: true, Type: mvt.Points, Parts: parts, Attributes: []mvt.Attribute{
				{Key: "kind", Value: "修鞋"}, {Key: "n", Value: int64(7)}, {Key: "code", Value: "A-1"}}},
			{ID: 1 << 53, HasID: true, Type: mvt.Points, Parts: parts, Attributes: []mvt.Attribute{
				{Key: "n", Value: int64(-7)}, {Key: "kind", Value: "修鞋"}, {Key: "open", Value: true}, {Key: "code", Value: "A-2"}}},
		}},
		{Name: "halves", Version: 2, Extent: 4096, Features: []mvt.Feature{
			{Type: mvt.Points, Parts: parts, Attributes: []mvt.Attribute{{Key: "share", Value: 0.5}}},
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for text, count := range map[string]int{"kind": 1, "修鞋": 1, "n": 1, "unused": 0, "A-1": 1} {
		field := append([]byte{byte(len(text))}, text...)
		if n := bytes.Count(data, field); n != count {
			t.Errorf("%q is written %d times, not %d", text, n, count)
		}
	}

	// orb reads the same.
	layers, err := orbmvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	if f := layers[0].Features[1]; f.Geometry != (orb.Point{25, 17}) || f.Properties["n"] != float64(-7) || f.Properties["code"] != "A-2" {
		t.Errorf("orb reads %v %v", f.Geometry, f.Properties)
	}
}

// TestLayerLengths writes layers whose lengths take more bytes and fewer than were
// left for them, one after another.
func TestLayerLengths(t *testing.T) {
	var w mvt.Writer
	w.Reset(nil)
	lengths := []int{1, 80, 90, 16_300, 16_400, 1 << 21, 5, 300}
	for i, n := range lengths {
		w.BeginLayer(fmt.Sprint(i), []string{"text"}, mvt.Values{})
		w.Tags(mvt.AppendUniqueTag(nil, 0, mvt.AppendString(nil, strings.Repeat("x", n))))
		w.Feature(1, mvt.Points, []byte{9, 0, 0})
		w.EndLayer()
	}
	tile, err := mvt.Decode(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range lengths {
		if got := tile.Layers[i].Features[0].Attributes[0].Value; got != strings.Repeat("x", n) {
			t.Errorf("layer of %d bytes: another text", n)
		}
	}
	layers, err := orbmvt.Unmarshal(w.Bytes())
	if err != nil || len(layers) != len(lengths) {
		t.Errorf("orb reads %d layers, %v", len(layers), err)
	}
	for rest, i := w.Bytes(), 0; len(rest) > 0; i++ {
		length, n := binary.Uvarint(rest[1:])
		if short := binary.AppendUvarint(nil, length); len(short) != n {
			t.Errorf("layer %d: a length of %d bytes, want %d", i, n, len(short))
		}
		rest = rest[1+n+int(length):]
	}
}

// TestNoAllocations writes tiles with a writer and a frame that have seen others.
func TestNoAllocations(t *testing.T) {
	c := makeCity(500, mvt.Extent+1200)
	var w mvt.Writer
	var f mvt.Frame
	dst := c.draw(&w, &f, nil)
	if n := testing.AllocsPerRun(20, func() { dst = c.draw(&w, &f, dst[:0]) }); n != 0 {
		t.Errorf("%v allocations a tile of 500 features", n)
	}
}

// TestSameBytes writes one tile with a new writer, and with one that has written
// others and had its epoch come round.
func TestSameBytes(t *testing.T) {
	c := makeCity(100, mvt.Extent+1200)
	want := c.draw(new(mvt.Writer), new(mvt.Frame), nil)
	var w mvt.Writer
	var f mvt.Frame
	c.draw(&w, &f, nil)
	w.LastEpoch()
	for range 3 {
		if got := c.draw(&w, &f, nil); !bytes.Equal(got, want) {
			t.Fatal("other bytes")
		}
	}
}

// TestValuesGrow reads values of an old copy while new ones are added.
func TestValuesGrow(t *testing.T) {
	var all mvt.Values
	var copies []mvt.Values
	for i := range 100 {
		all.Add(mvt.AppendInt(nil, int64(i)))
		copies = append(copies, all)
	}
	for i, values := range copies {
		if values.Len() != i+1 {
			t.Fatalf("copy %d has %d values", i, values.Len())
		}
		for number := range uint32(values.Len()) {
			if got := values.At(number); !bytes.Equal(got, mvt.AppendInt(nil, int64(number))) {
				t.Fatalf("value %d of copy %d is %v", number, i, got)
			}
		}
	}
}
