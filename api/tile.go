package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/tiles"
)

// parseSet reads the layers of a tile as a parameter names them.
func parseSet(name, text string) (*tiles.Set, error) {
	set, err := tiles.ParseSet(tiles.Public, text)
	switch {
	case errors.Is(err, geo.ErrNotFound):
		return nil, problem.NotFound("%v; sets are %s, or layers with commas between", err, strings.Join(tiles.Names(), ", "))
	case err != nil:
		return nil, problem.Parameter(name, "%v", err)
	}
	return set, nil
}

// tileQuery reads the query of a tile or of what describes it: revision and epoch
// name a map.
func tileQuery(r *http.Request, more ...string) (query, error) {
	if r.URL.RawQuery == "" {
		return query{}, nil
	}
	return readQuery(r, append(more, "revision", "epoch")...)
}

// tileJSON answers /tiles/{layers}.json. Asked for a revision, it leads to tiles of
// that one.
func (s *server) tileJSON(w http.ResponseWriter, r *http.Request) error {
	set, err := parseSet("layers", mux.Vars(r)["layers"])
	if err != nil {
		return err
	}
	q, err := tileQuery(r)
	if err != nil {
		return err
	}
	snap, err := s.named(w, q)
	if err != nil || unchanged(w, r, s.etag(snap), revalidate) {
		return err
	}
	head := snap.Head()
	address := fmt.Sprintf("%s/tiles/%s/{z}/{x}/{y}.mvt", s.base(r), set.Name)
	if q.has("revision") {
		address += fmt.Sprintf("?revision=%d&epoch=%s", head.Revision, epochText(head.Epoch))
	}
	doc := struct {
		tiles.TileJSON
		Revision int64  `json:"revision"`
		Epoch    string `json:"epoch"`
	}{set.Describe(snap, address), head.Revision, epochText(head.Epoch)}
	doc.Description, doc.Attribution = s.Title, s.attribution(snap)
	return writeDocument(w, typeJSON, doc)
}

// tile answers /tiles/{layers}/{z}/{x}/{y}.mvt.
func (s *server) tile(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	set, err := parseSet("layers", vars["layers"])
	if err != nil {
		return err
	}
	q, err := tileQuery(r)
	if err != nil {
		return err
	}
	return s.serveTile(w, r, set, q, vars["z"], vars["x"], vars["y"])
}

// serveTile answers with a tile as it is kept: compressed, with the hash of its
// content as its tag. A tile with nothing in it is 204; one at a zoom that the set
// does not have is none.
func (s *server) serveTile(w http.ResponseWriter, r *http.Request, set *tiles.Set, q query, z, x, y string) error {
	address, err := tiles.ParseAddress(z, x, y)
	if err == nil && int(address.Z) < set.MinZoom() {
		err = fmt.Errorf("zoom %d is below %d, where %s begins", address.Z, set.MinZoom(), set.Name)
	}
	if err != nil {
		return &problem.Problem{Name: "tile-out-of-range", Status: http.StatusNotFound, Detail: err.Error()}
	}
	snap, err := s.named(w, q)
	if err != nil {
		return err
	}
	now := s.Clock()
	tile, err := s.tiles.Get(r.Context(), snap, set, address, geo.InstantOf(now))
	if err != nil {
		return err
	}
	cache := cacheOf(tile, now, q.has("revision"))
	header := w.Header()
	header.Add("Vary", "Accept-Encoding")
	if tile.Empty() {
		header.Set("Cache-Control", cache)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	packed := takesGzip(r.Header.Get("Accept-Encoding"))
	etag := `"` + tile.Hash + `"`
	if packed {
		etag = `"` + tile.Hash + packSuffix + `"`
	}
	if unchanged(w, r, etag, cache) {
		return nil
	}
	body := tile.Gzip
	if packed {
		header.Set("Content-Encoding", "gzip")
	} else if body, err = tile.Bytes(); err != nil {
		return err
	}
	return write(w, typeTile, body)
}

const year = 365 * 24 * time.Hour

// cacheOf says how long caches may show a tile. One of a named revision never
// changes, but for what comes into effect or goes out of it at an instant known
// beforehand. Any other is asked about each time, which is answered by its tag; the
// age at which it ends is for maps, which ask again then.
func cacheOf(tile *tiles.Tile, now time.Time, pinned bool) string {
	left := year
	if tile.Until != 0 {
		left = min(tile.Until.Time().Sub(now), year)
	}
	age := "max-age=" + strconv.Itoa(int(max(left.Seconds(), 0)))
	switch {
	case pinned && left == year:
		return "public, " + age + ", immutable"
	case pinned:
		return "public, " + age
	case left < year:
		return revalidate + ", " + age
	}
	return revalidate
}

// takesGzip reads Accept-Encoding: gzip, or anything, unless with weight zero.
func takesGzip(accept string) bool {
	takes := false
	for part := range strings.SplitSeq(accept, ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err == nil {
				weight = v
			}
		}
		if takes = weight > 0; coding == "gzip" {
			break // the name says more than the star
		}
	}
	return takes
}
