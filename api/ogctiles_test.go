package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A client that knows the standard alone finds its way from the landing page to the
// tiles, and gets the tiles that /tiles/{layers}/{z}/{x}/{y}.mvt gives.
func TestTilesByTheStandard(t *testing.T) {
	n := newTown(t)
	const (
		tilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
		scheme   = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	)
	a := tileAt(14)
	for _, test := range []struct{ start, plain string }{
		{"/?f=json", fmt.Sprintf("/tiles/map/14/%d/%d.mvt", a[0], a[1])},
		{"/collections/streets", fmt.Sprintf("/tiles/streets/14/%d/%d.mvt", a[0], a[1])},
	} {
		list := n.getJSON(t, local(t, linkOf(n.getJSON(t, test.start), tilesets)))["tilesets"].([]any)
		if len(list) != 1 {
			t.Fatalf("%s: %v", test.start, list)
		}
		item := list[0].(map[string]any)
		set := n.getJSON(t, local(t, linkOf(item, "self")))
		for _, doc := range []map[string]any{item, set} {
			if doc["dataType"] != "vector" || doc["crs"] != "http://www.opengis.net/def/crs/EPSG/0/3857" ||
				doc["tileMatrixSetURI"] != "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad" {
				t.Errorf("%s: %v", test.start, doc)
			}
		}
		if box := set["boundingBox"].(map[string]any)["lowerLeft"].([]any); box[0].(float64) > middleLon || box[1].(float64) > middleLat {
			t.Errorf("%s: the box begins at %v", test.start, box)
		}
		matrices := n.getJSON(t, local(t, linkOf(set, scheme)))["tileMatrices"].([]any)
		first := matrices[0].(map[string]any)
		if scale := first["scaleDenominator"].(float64); len(matrices) != 23 || scale < 559082264.0287 || scale > 559082264.0288 {
			t.Errorf("%d matrices from 1:%v", len(matrices), first["scaleDenominator"])
		}
		at := func(matrix string, row, column any) string {
			whole := func(number any) string { return fmt.Sprint(int(number.(float64))) }
			return local(t, strings.NewReplacer("{tileMatrix}", matrix, "{tileRow}", whole(row), "{tileCol}", whole(column)).Replace(linkOf(set, "item")))
		}
		limits := set["tileMatrixSetLimits"].([]any)
		for _, limit := range []any{limits[0], limits[len(limits)-1]} {
			l := limit.(map[string]any)
			path := at(l["tileMatrix"].(string), l["maxTileRow"], l["minTileCol"])
			if w := n.get(t, path); w.Code != http.StatusOK && w.Code != http.StatusNoContent {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		path := at("14", float64(a[1]), float64(a[0]))
		w, plain := n.get(t, path), n.get(t, test.plain)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/vnd.mapbox-vector-tile" || w.Header().Get("ETag") != plain.Header().Get("ETag") || !bytes.Equal(w.Body.Bytes(), plain.Body.Bytes()) {
			t.Errorf("%s: %d, not the tile %s", path, w.Code, test.plain)
		}
	}
	some := n.get(t, fmt.Sprintf("/tiles/WebMercatorQuad/14/%d/%d?collections=streets,places", a[1], a[0]))
	if plain := n.get(t, fmt.Sprintf("/tiles/places,streets/14/%d/%d.mvt", a[0], a[1])); !bytes.Equal(some.Body.Bytes(), plain.Body.Bytes()) {
		t.Errorf("some collections: %d", some.Code)
	}
	for path, status := range map[string]int{
		"/collections/assignments/tiles":                                  404, // has no geometry
		"/collections/roads/tiles":                                        404,
		"/collections/booths/tiles/WebMercatorQuad/10/0/0":                404, // below its limits
		"/collections/booths/tiles/WebMercatorQuad/11/0/2048":             404,
		"/collections/booths/tiles/WebMercatorQuad/11/0/2047":             204,
		"/collections/booths/tiles/WorldCRS84Quad":                        404,
		"/tiles/WebMercatorQuad/1/0/2":                                    404,
		"/tiles/WebMercatorQuad/1/00/0":                                   404,
		"/tiles/WebMercatorQuad/1/0/0?collections=roads":                  400,
		"/tiles/WebMercatorQuad/1/0/0?collections=map":                    400,
		"/tiles/WebMercatorQuad/1/0/0?collections=":                       400,
		"/tiles/WebMercatorQuad/1/0/0?revision=7":                         404,
		"/collections/streets/tiles/WebMercatorQuad/14/1/1?collections=a": 400,
		"/tiles?limit=1": 400,
	} {
		if w := n.get(t, path); w.Code != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if linkOf(n.getJSON(t, "/collections/assignments"), tilesets) != "" {
		t.Error("a layer without geometry leads to tiles")
	}
}
