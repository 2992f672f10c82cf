package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/tiles"
)

// current lets caches show a tile for a minute, and an older one while they ask
// for the new one.
const current = "public, max-age=60, stale-while-revalidate=600"

func tileSet(r *http.Request) (*tiles.Set, error) {
	set, err := tiles.ParseSet(tiles.Public, mux.Vars(r)["layers"])
	switch {
	case errors.Is(err, geo.ErrNotFound):
		return nil, problem.NotFound("%v; sets are %s, or layers with commas between", err, strings.Join(tiles.Names(), ", "))
	case err != nil:
		return nil, problem.Parameter("layers", "%v", err)
	}
	return set, nil
}

// tileJSON answers /tiles/{layers}.json.
func (s *server) tileJSON(w http.ResponseWriter, r *http.Request) error {
	set, err := tileSet(r)
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
	doc := set.Describe(snap, fmt.Sprintf("%s/tiles/%s/{z}/{x}/{y}.mvt", s.base(r), set.Name))
	doc.Description, doc.Attribution = s.Title, s.attribution(snap)
	return writeDocument(w, typeJSON, doc)
}

// tile answers /tiles/{layers}/{z}/{x}/{y}.mvt as it is kept: compressed, with
// the hash of its content as its tag. A tile with nothing in it is 204.
func (s *server) tile(w http.ResponseWriter, r *http.Request) error {
	set, err := tileSet(r)
	if err != nil {
		return err
	}
	if r.URL.RawQuery != "" {
		if _, err := readQuery(r); err != nil {
			return err
		}
	}
	vars := mux.Vars(r)
	address, err := tiles.ParseAddress(vars["z"], vars["x"], vars["y"])
	if err != nil {
		return &problem.Problem{Name: "tile-out-of-range", Status: http.StatusNotFound, Detail: err.Error()}
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	tile, err := s.tiles.Get(r.Context(), snap, set, address, geo.InstantOf(s.Clock()))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Add("Vary", "Accept-Encoding")
	if tile.Empty() {
		header.Set("Cache-Control", current)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	packed := takesGzip(r.Header.Get("Accept-Encoding"))
	etag := `"` + tile.Hash + `"`
	if packed {
		etag = `"` + tile.Hash + packSuffix + `"`
	}
	if unchanged(w, r, etag, current) {
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
