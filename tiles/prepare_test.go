package tiles_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"gridatlas/geo/crs"
	"gridatlas/tiles"
)

// Of a map that was prepared every layer of the named sets is drawn, and tiles are
// those of a map that was not. Preparing ends with its context.
func TestPrepare(t *testing.T) {
	s := build(town()...)
	c := tiles.NewCache(1<<20, 2)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Prepare(over, s); !errors.Is(err, context.Canceled) || len(c.Drawn(s)) > 0 {
		t.Fatalf("%v; %v are drawn", err, c.Drawn(s))
	}
	if err := c.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	drawn := c.Drawn(s)
	for _, name := range tiles.Names() {
		for _, layer := range mustSet(t, name).Layers() {
			if !slices.Contains(drawn, layer) {
				t.Errorf("%s is not drawn", layer)
			}
		}
	}
	for z := uint32(8); z <= 16; z++ {
		a := tileOf(z, crs.At(middleLon, middleLat))
		for _, name := range tiles.Names() {
			got, err := mustGet(t, c, s, name, a).Bytes()
			if err != nil || !bytes.Equal(got, mustAppend(t, s, name, a)) {
				t.Fatalf("%s %v differs (%v)", name, a, err)
			}
		}
	}
}
