package api

import (
	"net/http"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// collection describes one layer as OGC API Features has it.
type collection struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	TitleEn     string   `json:"title_en"`
	Attribution string   `json:"attribution,omitempty"`
	ItemType    string   `json:"itemType"`
	Kinds       []string `json:"geometry_kinds"`
	Extent      *extent  `json:"extent,omitempty"`
	CRS         []string `json:"crs"`
	StorageCRS  string   `json:"storageCrs"`
	Links       []link   `json:"links"`
}

type extent struct {
	Spatial spatial `json:"spatial"`
}

type spatial struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

// collections answers /collections: every layer of the catalog.
func (s *server) collections(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil || unchanged(w, r, s.etag(snap), revalidate) {
		return err
	}
	list := make([]collection, 0, len(geo.Catalog()))
	for _, schema := range geo.Catalog() {
		list = append(list, s.describe(r, snap, schema))
	}
	return writeDocument(w, typeJSON, map[string]any{
		"links":       []link{{Href: s.base(r) + "/collections", Rel: "self", Type: typeJSON}},
		"collections": list,
		"revision":    snap.Head().Revision,
	})
}

// collection answers /collections/{layer}.
func (s *server) collection(w http.ResponseWriter, r *http.Request) error {
	schema, err := schemaOf(r)
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
	return writeDocument(w, typeJSON, s.describe(r, snap, schema))
}

func (s *server) describe(r *http.Request, snap *snapshot.Snapshot, schema *geo.Schema) collection {
	address := s.base(r) + collectionPath(schema.Layer)
	box := snap.Layer(schema.Layer).PublicBox()
	c := collection{
		ID: string(schema.Layer), Title: schema.Zh, TitleEn: schema.En, ItemType: "feature",
		Attribution: s.attribution(snap), CRS: addresses(box), StorageCRS: crs.CRS84.String(), Kinds: []string{},
		Links: []link{
			{Href: address, Rel: "self", Type: typeJSON},
			{Href: address + "/items", Rel: "items", Type: typeGeoJSON, Title: schema.Zh},
			{Href: address + "/queryables", Rel: "http://www.opengis.net/def/rel/ogc/1.0/queryables", Type: typeSchema},
			{Href: address + "/schema", Rel: "describedby", Type: typeSchema},
		},
	}
	if _, err := tiles.ParseSet(tiles.Public, string(schema.Layer)); err == nil {
		c.Links = append(c.Links, link{Href: s.base(r) + collectionTiles(schema.Layer), Rel: relTilesets, Type: typeJSON})
	}
	for _, form := range s.formats()[1:] {
		c.Links = append(c.Links, link{Href: address + "/items?f=" + form.name, Rel: "items", Type: form.mediaType, Title: schema.Zh})
	}
	for _, kind := range schema.Kinds {
		c.Kinds = append(c.Kinds, kind.String())
	}
	if !box.Empty() {
		// The lattice has 7 decimals, so the box is exact: nothing to round outwards.
		west, south := crs.ToDegrees(geo.Point{X: box.W, Y: box.S})
		east, north := crs.ToDegrees(geo.Point{X: box.E, Y: box.N})
		c.Extent = &extent{spatial{BBox: [][4]float64{{west, south, east, north}}, CRS: crs.CRS84.String()}}
	}
	return c
}
