package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/estimate"
	"gridatlas/geo/snapshot"
)

// Limits of one change set that is sent.
const (
	maxChangeSet = 32 << 20 // bytes
	maxChanges   = 10_000
)

// sentSet is the body of POST /changes: many changes that are stored as one
// revision, all or none.
type sentSet struct {
	Note     string       `json:"note"`
	Source   string       `json:"source"`
	Decision string       `json:"decision"` // by which there may be more booths than the cap
	Changes  []sentChange `json:"changes"`
}

// sentChange is one step. Version is that of the feature as the writer saw it.
type sentChange struct {
	Action  string          `json:"action"`
	Layer   geo.Layer       `json:"layer"`
	ID      int64           `json:"id"`
	Version int64           `json:"version"`
	Feature json.RawMessage `json:"feature"`

	entered *entered // of Feature
}

// Actions of a change.
const (
	actionInsert  = "insert"
	actionReplace = "replace"
	actionPatch   = "patch"
	actionDelete  = "delete"
)

// change answers POST /changes.
func (s *server) change(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	in, body, err := readPlaced(w, r, typeJSON)
	if err != nil {
		return err
	}
	var sent sentSet
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &sent); err != nil {
		return badBody(err)
	}
	if n := len(sent.Changes); n == 0 || n > maxChanges {
		return unreadable(fmt.Sprintf("there are %d changes; 1 to %d are taken at once", n, maxChanges), 0)
	}
	if faults := sent.read(in); len(faults) > 0 {
		return problem.Faults(faults, true)
	}
	if sent.Decision, err = readDecision(sent.Decision); err != nil {
		return err
	}
	done, err := s.commit(w, r, &writing{
		note: sent.Note, source: sent.Source, decision: sent.Decision, fingerprint: fingerprint(r, body), many: true,
		prepare: sent.on,
	})
	if err != nil {
		return err
	}
	if done.Proposal != "" {
		return s.writeProposed(w, r, done.Proposal)
	}
	return s.writtenSet(w, r, done)
}

// read takes the features apart, of which positions are in a coordinate system, and returns every change that is not one.
func (sent *sentSet) read(in crs.Reference) (faults []entry.Fault) {
	seen := map[geo.Key]bool{}
	for i := range sent.Changes {
		c := &sent.Changes[i]
		fault := func(field, rule, format string, args ...any) {
			faults = append(faults, entry.Fault{Change: i, Violation: geo.Violation{
				Rule: rule, Layer: c.Layer, ID: c.ID, Field: field, Detail: fmt.Sprintf(format, args...),
			}})
		}
		if _, ok := geo.SchemaOf(c.Layer); !ok {
			fault("layer", "change", "there is no layer %q", c.Layer)
		}
		stands, brings := c.Action != actionInsert, c.Action != actionDelete
		switch c.Action {
		case actionInsert, actionReplace, actionPatch, actionDelete:
		default:
			fault("action", "change", "%q is none of insert, replace, patch and delete", c.Action)
			continue
		}
		if stands != (c.ID > 0) {
			fault("id", "change", "%d is no id for %s", c.ID, c.Action)
		}
		if stands != (c.Version > 0) {
			fault("version", "change", "%d is not the version of a feature that was seen", c.Version)
		}
		if stands && seen[c.key()] {
			fault("id", "changed_twice", "%v occurs twice in one change set", c.key())
		}
		seen[c.key()] = true
		if brings != (c.Feature != nil) {
			fault("feature", "change", "%s goes with a feature, delete without one", c.Action)
		}
		if c.Feature != nil {
			var err error
			if c.entered, err = readFeature(c.Feature, in, c.Action == actionPatch); err != nil {
				fault("feature", "change", "%v", problem.Of(err).Detail)
			}
		}
	}
	return faults
}

func (c *sentChange) key() geo.Key { return geo.Key{Layer: c.Layer, ID: c.ID} }

// on works out the changes on a map.
func (sent *sentSet) on(snap *snapshot.Snapshot) (changes []geo.Change, faults []entry.Fault, err error) {
	var conflict geo.Conflict
	for i := range sent.Changes {
		c := &sent.Changes[i]
		if c.Action == actionInsert {
			f := geo.MustSchema(c.Layer).New()
			faults = append(faults, ofChange(i, c.entered.fill(f))...)
			changes = append(changes, geo.Insert(f))
			continue
		}
		before, ok := snap.Get(c.key())
		if !ok || before.Common().Version != c.Version {
			conflict.Keys, conflict.Theirs = append(conflict.Keys, c.key()), append(conflict.Theirs, before)
			continue
		}
		if c.Action == actionDelete {
			changes = append(changes, geo.Delete(before))
			continue
		}
		after := geo.Clone(before)
		if c.Action == actionReplace {
			after = emptied(before)
		}
		faults = append(faults, ofChange(i, c.entered.fill(after))...)
		estimate.Settle(before, after)
		changes = append(changes, geo.Replace(after))
	}
	if len(conflict.Keys) > 0 {
		return nil, nil, &conflict
	}
	return changes, faults, nil
}

// writtenSet says what a change set left behind, in the order of its changes.
func (s *server) writtenSet(w http.ResponseWriter, r *http.Request, done outcome) error {
	v, err := s.view(w, r)
	if err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	epoch := snap.Head().Epoch
	o := object{}
	o.open()
	if done.Nothing {
		o.raw("revision", "null")
	} else {
		o.int("revision", done.Revision)
	}
	o.str("epoch", epochText(epoch))
	array(&o, "wrote", done.Wrote, func(wrote state) {
		o.open()
		o.str("layer", string(wrote.Layer))
		o.int("id", wrote.ID)
		if wrote.Version > 0 {
			o.int("version", wrote.Version)
			o.str("etag", itemTag(epoch, wrote.Version, v.name()))
			if wrote.Unchanged {
				o.raw("unchanged", "true")
			}
		} else {
			o.raw("deleted", "true")
		}
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// changes answers GET /changes: the change sets after a revision, oldest first.
func (s *server) changes(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.signedIn(w, r); err != nil {
		return err
	}
	q, err := readQuery(r, "since", "limit")
	if err != nil {
		return err
	}
	since, err := q.integer("since", 0, 0)
	if err != nil {
		return err
	}
	limit, err := q.limit()
	if err != nil {
		return err
	}
	log, err := s.Store.Log(r.Context(), int64(since), limit+1)
	if err != nil {
		return err
	}
	self := s.base(r) + "/changes"
	links := []link{{Href: withQuery(self, q.values), Rel: "self", Type: typeJSON}}
	if len(log) > limit {
		log = log[:limit]
		next := cloneValues(q.values)
		next.Set("since", strconv.FormatInt(log[limit-1].Revision, 10))
		links = append(links, link{Href: withQuery(self, next), Rel: "next", Type: typeJSON})
	}
	o := object{}
	o.open()
	o.links(links)
	array(&o, "changes", log, func(h geo.Header) {
		o.open()
		o.header(h)
		o.int("changed", int64(h.Changed))
		o.str("href", fmt.Sprintf("%s/%d", self, h.Revision))
		o.close()
	})
	o.close()
	return write(w, typeJSON, o.text)
}

// header appends which change set something is of, and who made it.
func (o *object) header(h geo.Header) {
	o.int("revision", h.Revision)
	o.str("at", h.At.UTC().Format(time.RFC3339))
	o.str("author", h.Author)
	o.str("note", h.Note)
	o.str("source", h.Source)
}
