package api

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// OGC API Tiles 1.0 (20-057): the same tiles under the paths and with the documents
// of the standard. A tile is named by its matrix, which is the zoom, then its row,
// then its column.

const (
	webMercatorQuad = "WebMercatorQuad"
	matrixSetURI    = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	webMercator     = "http://www.opengis.net/def/crs/EPSG/0/3857"

	relTilesets = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relScheme   = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	relSchemes  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

func matrixSetsPath() string                 { return "/tileMatrixSets" }
func matrixSetPath() string                  { return matrixSetsPath() + "/" + webMercatorQuad }
func collectionTiles(layer geo.Layer) string { return collectionPath(layer) + "/tiles" }

// tilesetsOf is what /tiles or /collections/{layer}/tiles is about: a set of layers
// and the path of its tilesets.
type tilesetsOf struct {
	set         *tiles.Set
	path, title string
}

// datasetTiles is the tiles of everything.
func datasetTiles() (tilesetsOf, error) {
	set, err := parseSet("collections", "map")
	return tilesetsOf{set, "/tiles", "地图 map"}, err
}

// layerTiles is the tiles of one collection; one without geometry has none.
func layerTiles(r *http.Request) (tilesetsOf, error) {
	schema, err := schemaOf(r)
	if err != nil {
		return tilesetsOf{}, err
	}
	set, err := tiles.ParseSet(tiles.Public, string(schema.Layer))
	if err != nil {
		return tilesetsOf{}, problem.NotFound("%s has no tiles", schema.Layer)
	}
	return tilesetsOf{set, collectionTiles(schema.Layer), schema.Zh + " " + schema.En}, nil
}

// tileset is what both the list and the description of a tileset say.
type tileset struct {
	Title        string `json:"title"`
	DataType     string `json:"dataType"`
	CRS          string `json:"crs"`
	MatrixSetURI string `json:"tileMatrixSetURI"`
	Links        []link `json:"links"`
}

func (s *server) tileset(r *http.Request, of tilesetsOf) tileset {
	base := s.base(r)
	self := base + of.path + "/" + webMercatorQuad
	return tileset{
		Title: of.title, DataType: "vector", CRS: webMercator, MatrixSetURI: matrixSetURI,
		Links: []link{
			{Href: self, Rel: "self", Type: typeJSON},
			{Href: base + matrixSetPath(), Rel: relScheme, Type: typeJSON},
			{Href: self + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: typeTile, Templated: true},
		},
	}
}

// tilesets makes the handler of a list of tilesets, which has one.
func (s *server) tilesets(find func(*http.Request) (tilesetsOf, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := find(r)
		if err != nil {
			return err
		}
		if _, err := readQuery(r); err != nil {
			return err
		}
		w.Header().Set("Cache-Control", revalidate)
		return writeDocument(w, typeJSON, map[string]any{
			"links":    []link{{Href: s.base(r) + of.path, Rel: "self", Type: typeJSON}},
			"tilesets": []tileset{s.tileset(r, of)},
		})
	}
}

// matrixLimits says that all tiles of a matrix are there.
type matrixLimits struct {
	Matrix string `json:"tileMatrix"`
	MinRow int    `json:"minTileRow"`
	MaxRow int    `json:"maxTileRow"`
	MinCol int    `json:"minTileCol"`
	MaxCol int    `json:"maxTileCol"`
}

// tilesetLayer describes a layer of a tileset.
type tilesetLayer struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	DataType string `json:"dataType"`
	Min      string `json:"minTileMatrix"`
	Max      string `json:"maxTileMatrix"`
}

type tilesetBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

// describeTileset makes the handler of one tileset.
func (s *server) describeTileset(find func(*http.Request) (tilesetsOf, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, err := find(r)
		if err != nil {
			return err
		}
		if _, err := readQuery(r); err != nil {
			return err
		}
		snap, err := s.snapshot(w)
		if err != nil || unchanged(w, r, s.etag(snap), revalidate) {
			return err
		}
		return writeDocument(w, typeJSON, s.tilesetOf(r, snap, of))
	}
}

func (s *server) tilesetOf(r *http.Request, snap *snapshot.Snapshot, of tilesetsOf) any {
	doc := struct {
		tileset
		Attribution string         `json:"attribution,omitempty"`
		Limits      []matrixLimits `json:"tileMatrixSetLimits"`
		Box         *tilesetBox    `json:"boundingBox,omitempty"`
		Layers      []tilesetLayer `json:"layers"`
	}{tileset: s.tileset(r, of), Attribution: s.attribution(snap)}
	for z := of.set.MinZoom(); z <= tiles.MaxZoom; z++ {
		last := 1<<z - 1
		doc.Limits = append(doc.Limits, matrixLimits{Matrix: strconv.Itoa(z), MaxRow: last, MaxCol: last})
	}
	described := of.set.Describe(snap, "")
	if b := described.Bounds; b != nil {
		doc.Box = &tilesetBox{LowerLeft: [2]float64{b[0], b[1]}, UpperRight: [2]float64{b[2], b[3]}, CRS: crs.CRS84.String()}
	}
	for _, layer := range described.VectorLayers {
		doc.Layers = append(doc.Layers, tilesetLayer{
			ID: layer.ID, Title: layer.Description, DataType: "vector",
			Min: strconv.Itoa(layer.MinZoom), Max: strconv.Itoa(tiles.MaxZoom),
		})
	}
	return doc
}

// layerTile answers /collections/{layer}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}.
func (s *server) layerTile(w http.ResponseWriter, r *http.Request) error {
	of, err := layerTiles(r)
	if err != nil {
		return err
	}
	q, err := tileQuery(r)
	if err != nil {
		return err
	}
	vars := mux.Vars(r)
	return s.serveTile(w, r, of.set, q, vars["tileMatrix"], vars["tileCol"], vars["tileRow"])
}

// datasetTile answers /tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}, of
// the collections that are asked for, else of the whole map.
func (s *server) datasetTile(w http.ResponseWriter, r *http.Request) error {
	q, err := tileQuery(r, "collections")
	if err != nil {
		return err
	}
	text := "map"
	if q.has("collections") {
		if text = q.text("collections"); slices.Contains(tiles.Names(), text) {
			return problem.Parameter("collections", "%q is not a collection", text)
		}
	}
	set, err := tiles.ParseSet(tiles.Public, text)
	if err != nil {
		return problem.Parameter("collections", "%v", err)
	}
	vars := mux.Vars(r)
	return s.serveTile(w, r, set, q, vars["tileMatrix"], vars["tileCol"], vars["tileRow"])
}

// matrixSets answers /tileMatrixSets.
func (s *server) matrixSets(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", revalidate)
	return writeDocument(w, typeJSON, map[string]any{"tileMatrixSets": []any{map[string]any{
		"id": webMercatorQuad, "uri": matrixSetURI, "crs": webMercator,
		"links": []link{{Href: s.base(r) + matrixSetPath(), Rel: "self", Type: typeJSON}},
	}}})
}

// matrix is one zoom of a tile matrix set.
type matrix struct {
	ID     string     `json:"id"`
	Scale  float64    `json:"scaleDenominator"`
	Cell   float64    `json:"cellSize"` // metres at the equator
	Corner string     `json:"cornerOfOrigin"`
	Origin [2]float64 `json:"pointOfOrigin"`
	TileW  int        `json:"tileWidth"`
	TileH  int        `json:"tileHeight"`
	Width  int        `json:"matrixWidth"`
	Height int        `json:"matrixHeight"`
}

// matrixSet answers /tileMatrixSets/WebMercatorQuad, as annex D of the standard of
// tile matrix sets (17-083r4) has it: tiles of 256 cells, of a cell of 0.28 mm on
// the screen.
func (s *server) matrixSet(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	const (
		end   = 6378137 * math.Pi // of the square, in metres
		cells = 256
		pixel = 0.00028 // metres
	)
	var list []matrix
	for z := range tiles.MaxZoom + 1 {
		side := 1 << z
		cell := 2 * end / float64(cells*side)
		list = append(list, matrix{
			ID: strconv.Itoa(z), Scale: cell / pixel, Cell: cell, Corner: "topLeft", Origin: [2]float64{-end, end},
			TileW: cells, TileH: cells, Width: side, Height: side,
		})
	}
	w.Header().Set("Cache-Control", revalidate)
	return writeDocument(w, typeJSON, map[string]any{
		"id": webMercatorQuad, "title": "Google Maps Compatible for the World", "uri": matrixSetURI, "crs": webMercator,
		"orderedAxes": []string{"X", "Y"}, "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
		"tileMatrices": list,
	})
}

// tileRoutes are the routes of OGC API Tiles.
func (s *server) tileRoutes(route func(string, class, handler), small, tile class) {
	dataset := func(*http.Request) (tilesetsOf, error) { return datasetTiles() }
	const address = "/{tileMatrix}/{tileRow}/{tileCol}"
	route(matrixSetsPath(), small, s.matrixSets)
	route(matrixSetPath(), small, s.matrixSet)
	route("/tiles", small, s.tilesets(dataset))
	route("/tiles/"+webMercatorQuad, small, s.describeTileset(dataset))
	route("/tiles/"+webMercatorQuad+address, tile, s.datasetTile)
	route("/collections/{layer}/tiles", small, s.tilesets(layerTiles))
	route("/collections/{layer}/tiles/"+webMercatorQuad, small, s.describeTileset(layerTiles))
	route("/collections/{layer}/tiles/"+webMercatorQuad+address, tile, s.layerTile)
}
