package api_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

func newServer(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func mustURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// tileAt returns column and row of the tile over the middle of the town.
func tileAt(z int) [2]uint32 {
	middle := crs.At(middleLon, middleLat)
	return [2]uint32{columnOf(middle, z), rowOf(middle, z)}
}

func columnOf(p geo.Point, z int) uint32 {
	x, _ := crs.Mercator(p)
	return uint32(x * math.Exp2(float64(z)))
}

func rowOf(p geo.Point, z int) uint32 {
	_, y := crs.Mercator(p)
	return uint32(y * math.Exp2(float64(z)))
}
