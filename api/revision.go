package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// revision answers /changes/{revision}: what one change set did, feature by feature,
// page by page in the order of layers and ids.
func (s *server) revision(w http.ResponseWriter, r *http.Request) error {
	hides, err := s.hiding(w, r)
	if err != nil {
		return err
	}
	if _, err := s.signedIn(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, "limit", "beyond")
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	beyond, err := q.key("beyond")
	if err != nil {
		return err
	}
	header, err := s.changeSet(r.Context(), mux.Vars(r)["revision"])
	if err != nil {
		return err
	}
	deeds, err := s.Store.Deeds(r.Context(), header.Revision, beyond, limit+1)
	if err != nil {
		return err
	}
	self := s.base(r) + "/changes/" + strconv.FormatInt(header.Revision, 10)
	links := []link{{Href: withQuery(self, q.values), Rel: "self", Type: typeJSON}}
	if len(deeds) > limit {
		deeds = deeds[:limit]
		next := cloneValues(q.values)
		next.Set("beyond", deeds[limit-1].Key.String())
		links = append(links, link{Href: withQuery(self, next), Rel: "next", Type: typeJSON})
	}
	deeds = slices.DeleteFunc(deeds, hides) // what is left out is on no page
	o := object{}
	o.open()
	o.header(header)
	o.int("changed", int64(header.Changed))
	o.links(links)
	array(&o, "features", deeds, func(deed geo.Deed) {
		o.open()
		o.str("layer", string(deed.Key.Layer))
		o.int("id", deed.Key.ID)
		o.deed(deed)
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// key reads the layer and id of a feature, as booths/12; the zero key when not given.
func (q query) key(name string) (geo.Key, error) {
	if !q.has(name) {
		return geo.Key{}, nil
	}
	layer, text, _ := strings.Cut(q.text(name), "/")
	id, err := strconv.ParseInt(text, 10, 64)
	if _, ok := geo.SchemaOf(geo.Layer(layer)); !ok || err != nil || id < 1 {
		return geo.Key{}, problem.Parameter(name, "%q is not a layer and an id, as booths/12", q.text(name))
	}
	return geo.Key{Layer: geo.Layer(layer), ID: id}, nil
}

// changeSet finds the change set of a revision as it stands in a path or a field. The map
// of this node is waited for.
func (s *server) changeSet(ctx context.Context, text string) (header geo.Header, err error) {
	revision, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(revision, 10) != text || revision < 1 {
		return header, problem.NotFound("there is no revision %q", text)
	}
	found, err := s.Store.Headers(ctx, []int64{revision})
	if err != nil {
		return header, err
	}
	if len(found) == 0 {
		return header, problem.NotFound("there is no revision %d", revision)
	}
	s.await(ctx, func(snap *snapshot.Snapshot) bool { return snap.Head().Revision >= revision })
	return found[0], nil
}

// eachDeed reads everything that a change set did, a page at a time.
func (s *server) eachDeed(ctx context.Context, revision int64, each func(geo.Deed)) error {
	for beyond := (geo.Key{}); ; {
		deeds, err := s.Store.Deeds(ctx, revision, beyond, maxLimit)
		if err != nil {
			return err
		}
		for _, deed := range deeds {
			each(deed)
		}
		if len(deeds) < maxLimit {
			return nil
		}
		beyond = deeds[maxLimit-1].Key
	}
}
