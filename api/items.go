package api

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
)

// items answers /collections/{layer}/items: one page of the features of a layer
// that the parameters ask for, in order of id.
func (s *server) items(w http.ResponseWriter, r *http.Request) error {
	schema, err := schemaOf(r)
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	allowed, fields := []string{"bbox", "bbox-crs", "crs", "datetime", "filter", "filter-crs", "filter-lang", "limit", "page", "titles"}, v.fields(schema)
	for _, field := range fields {
		allowed = append(allowed, field.Name)
	}
	q, err := readQueryIn(r, s.formats(), allowed...)
	if err != nil {
		return err
	}
	out := output{schema: schema, fields: fields, form: s.formatOf(w, r, q)}
	if out.in, err = q.reference("crs"); err != nil {
		return err
	}
	if out.titles, err = q.flag("titles", false); err != nil {
		return err
	}
	if out.titles && out.form != asCSV {
		return problem.Parameter("titles", "there are none but in f=csv")
	}
	box, err := q.reference("bbox-crs")
	if err != nil {
		return err
	}
	want, err := readFilter(q, schema, box, v)
	if err != nil {
		return err
	}
	limit, err := q.integer("limit", 1, out.form.usual)
	if err != nil {
		return err
	}
	limit = min(limit, out.form.most) // OGC API Features asks to clamp, not to refuse
	snap, token, err := s.pageOf(w, r, question(schema.Layer, q, v.name()), schema.Layer, q)
	if err != nil {
		return err
	}
	layer := snap.Layer(schema.Layer)
	reach := v.box(layer)
	if err := q.checkReach("crs", out.in, reach); err != nil {
		return err
	}
	if err := q.checkReach("bbox-crs", box, reach); err != nil {
		return err
	}
	setContentCRS(w, out.in)
	if unchanged(w, r, tagIn(out.form, s.etagFor(snap, v.name())), revalidate) {
		s.promises.keep(snap, s.Live.Current(), s.Clock()) // of the page that the client has
		return nil
	}
	want.view = s.on(v, snap)
	if out.page, err = readPage(r.Context(), layer, want, token, limit); err != nil {
		return err
	}
	out.links = s.itemsLinks(r, q, schema, out.form)
	if out.more {
		next := cloneValues(q.values)
		token.after, token.matched = out.features[len(out.features)-1].Common().ID, out.matched
		next.Set("page", token.String())
		out.links = append(out.links, link{Href: withQuery(s.base(r)+itemsPath(schema.Layer), next), Rel: "next", Type: out.form.mediaType})
		s.promises.keep(snap, s.Live.Current(), s.Clock())
	}
	switch out.form {
	case asCSV:
		return writeCSV(w, r, out)
	case asPackage:
		return s.writePackage(w, r, Package{
			Layer: schema.Layer, System: out.in.System, Staff: v.staff,
			Attribution: s.attribution(snap), Features: slices.Values(out.features),
		}, out)
	default:
		return s.writeCollection(w, snap, out)
	}
}

// output is a page of features and how it is to be written.
type output struct {
	page
	schema *geo.Schema
	fields []*geo.Field
	form   *format
	in     crs.Reference
	titles bool // of the columns of a table
	links  []link
}

// itemsLinks are the links of a page of features but that to the next: to itself, to
// the same in the other forms, to the collection.
func (s *server) itemsLinks(r *http.Request, q query, schema *geo.Schema, form *format) []link {
	address := s.base(r) + itemsPath(schema.Layer)
	links := []link{{Href: withQuery(address, q.values), Rel: "self", Type: form.mediaType, Title: schema.Zh}}
	for _, other := range s.formats() {
		if other == form {
			continue
		}
		values := cloneValues(q.values)
		values.Set("f", other.name)
		values.Del("titles")
		links = append(links, link{Href: withQuery(address, values), Rel: "alternate", Type: other.mediaType})
	}
	return append(links, link{Href: s.base(r) + collectionPath(schema.Layer), Rel: "collection", Type: typeJSON})
}

// writeCollection answers with a FeatureCollection.
func (s *server) writeCollection(w http.ResponseWriter, snap *snapshot.Snapshot, out output) error {
	o := object{text: make([]byte, 0, 512+512*len(out.features))}
	o.open()
	o.str("type", "FeatureCollection")
	o.links(out.links)
	o.str("timeStamp", s.Clock().UTC().Format(time.RFC3339))
	o.int("numberMatched", out.matched)
	o.int("numberReturned", int64(len(out.features)))
	o.int("revision", snap.Head().Revision)
	position := positionIn(out.in)
	array(&o, "features", out.features, func(f geo.Feature) {
		o.text = geojson.AppendFeatureIn(o.text, f, out.fields, position)
	})
	o.close()
	return write(w, typeGeoJSON, o.text)
}

// pageOf returns the map that a request is about, and the token of the page: of a
// first page, the one that all following pages share.
func (s *server) pageOf(w http.ResponseWriter, r *http.Request, asked uint32, layer geo.Layer, q query) (*snapshot.Snapshot, pageToken, error) {
	current, err := s.snapshot(w)
	if err != nil {
		return nil, pageToken{}, err
	}
	if !q.has("page") {
		head := current.Head()
		return current, pageToken{epoch: head.Epoch, revision: head.Revision, question: asked}, nil
	}
	token, err := parsePageToken(q.text("page"))
	if err != nil {
		return nil, token, err
	}
	if token.question != asked {
		return nil, token, problem.Parameter("page", "belongs to another question")
	}
	if head := current.Head(); head.Epoch == token.epoch && head.Revision == token.revision {
		return current, token, nil
	}
	if kept := s.heldSnapshot(token.epoch, token.revision); kept != nil {
		return kept, token, nil
	}
	start := cloneValues(q.values)
	start.Del("page")
	again := withQuery(s.base(r)+itemsPath(layer), start)
	w.Header().Set("Link", fmt.Sprintf("<%s>; rel=%q", again, "start"))
	return nil, token, &problem.Problem{
		Name: "page-expired", Status: http.StatusGone, Title: "This page is of a map that is no longer kept",
		Detail:  fmt.Sprintf("revision %d is no longer kept; begin again at the first page", token.revision),
		Members: map[string]any{"start": again},
	}
}

// page is a run of features, how many there are in all, and whether some follow.
type page struct {
	features []geo.Feature
	matched  int64
	more     bool
}

// readPage gathers the page after a token. The first page goes through the whole
// layer to count; later ones stop when they are full.
func readPage(ctx context.Context, layer *snapshot.Layer, want filter, token pageToken, limit int) (page, error) {
	counted := token.after > 0
	p := page{matched: token.matched}
	steps := 0
	for f := range candidates(layer, want, token.after) {
		// A comparison of geometries may take long: look often.
		if steps++; steps%64 == 0 && ctx.Err() != nil {
			return p, ctx.Err()
		}
		f, taken := want.takes(f)
		if !taken {
			continue
		}
		if !counted {
			p.matched++
		}
		if len(p.features) < limit {
			p.features = append(p.features, f)
			continue
		}
		p.more = true
		if counted {
			break
		}
	}
	return p, ctx.Err()
}

// candidates walks over the features that a filter may take, after an id and in
// order of it, by the best index there is.
func candidates(layer *snapshot.Layer, want filter, after int64) iter.Seq[geo.Feature] {
	var found []geo.Feature
	if codes, ok := want.codes(); ok {
		for _, code := range codes {
			if f, ok := layer.ByCode(code); ok {
				found = append(found, f)
			}
		}
	} else if boxes, ok := want.places(layer.Schema()); ok {
		for _, box := range boxes {
			found = slices.AppendSeq(found, layer.Search(box))
		}
	} else {
		return layer.After(after)
	}
	found = slices.DeleteFunc(found, func(f geo.Feature) bool { return f.Common().ID <= after })
	slices.SortFunc(found, func(f, g geo.Feature) int { return cmp.Compare(f.Common().ID, g.Common().ID) })
	// Two boxes may both find one, and a code may be asked for twice.
	return slices.Values(slices.CompactFunc(found, func(f, g geo.Feature) bool { return f == g }))
}

// item answers /collections/{layer}/items/{id}.
func (s *server) item(w http.ResponseWriter, r *http.Request) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	q, err := readQuery(r, "crs")
	if err != nil {
		return err
	}
	in, err := q.reference("crs")
	if err != nil {
		return err
	}
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	v = s.on(v, snap)
	f, ok := snap.Get(key)
	if ok {
		f, ok = v.of(f)
	}
	if !ok {
		return problem.NotFound("%s has no feature %d", key.Layer, key.ID)
	}
	if err := q.checkReach("crs", in, v.box(snap.Layer(key.Layer))); err != nil {
		return err
	}
	setContentCRS(w, in)
	if unchanged(w, r, itemTag(snap.Head().Epoch, f.Common().Version, v.name()), revalidate) {
		return nil
	}
	return write(w, typeGeoJSON, s.appendItem(r, f, v, in))
}

// appendItem is the document of one feature, its positions in a coordinate system.
func (s *server) appendItem(r *http.Request, f geo.Feature, v view, in crs.Reference) []byte {
	layer, base := f.Layer(), f.Common()
	self := url.Values{}
	if in != crs.CRS84 {
		self.Set("crs", in.String())
	}
	o := object{text: geojson.AppendFeatureIn(nil, f, v.fields(geo.MustSchema(layer)), positionIn(in))}
	o.text = o.text[:len(o.text)-1]
	o.int("version", base.Version)
	o.int("revision", base.Revision)
	o.links([]link{
		{Href: withQuery(fmt.Sprintf("%s%s/%d", s.base(r), itemsPath(layer), base.ID), self), Rel: "self", Type: typeGeoJSON},
		{Href: s.base(r) + collectionPath(layer), Rel: "collection", Type: typeJSON},
	})
	o.close()
	return o.text
}

func (o *object) links(links []link) {
	array(o, "links", links, func(l link) {
		o.open()
		o.str("href", l.Href)
		o.str("rel", l.Rel)
		o.str("type", l.Type)
		if l.Title != "" {
			o.str("title", l.Title)
		}
		o.close()
	})
}

func collectionPath(layer geo.Layer) string { return "/collections/" + string(layer) }

func itemsPath(layer geo.Layer) string { return collectionPath(layer) + "/items" }

func withQuery(address string, values url.Values) string {
	if len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}

func cloneValues(values url.Values) url.Values {
	clone := make(url.Values, len(values))
	for name, list := range values {
		clone[name] = slices.Clone(list)
	}
	return clone
}

// schemaOf returns the layer that a path names.
func schemaOf(r *http.Request) (*geo.Schema, error) {
	name := mux.Vars(r)["layer"]
	schema, ok := geo.SchemaOf(geo.Layer(name))
	if !ok {
		return nil, problem.NotFound("there is no collection %q", name)
	}
	return schema, nil
}
