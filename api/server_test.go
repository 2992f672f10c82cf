package api_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

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
	x, y := crs.Mercator(crs.At(middleLon, middleLat))
	n := math.Exp2(float64(z))
	return [2]uint32{uint32(x * n), uint32(y * n)}
}
