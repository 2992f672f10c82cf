package api

import (
	"context"
	"strings"
	"sync"

	"gridatlas/geo"
	"gridatlas/geo/find"
	"gridatlas/geo/snapshot"
)

// searchIndexes keeps the index of the newest map; that of a following map is made from
// it. An index is made beside the requests:
// who asks for it waits no longer than it may, and what was begun is ended for
// those who come later. The zero value is ready.
type searchIndexes struct {
	mu   sync.Mutex
	last *indexing
}

// indexing is the index of one map, finished when done is closed.
type indexing struct {
	snap  *snapshot.Snapshot
	asked bool // somebody waits for it; guarded by searchIndexes.mu
	done  chan struct{}
	index *find.Index // not read before done
}

// of returns the index of a map, and waits for it while ctx lasts.
func (x *searchIndexes) of(ctx context.Context, snap *snapshot.Snapshot) (*find.Index, error) {
	x.mu.Lock()
	wanted := x.begin(snap)
	wanted.asked = true
	x.mu.Unlock()
	select {
	case <-wanted.done:
		return wanted.index, nil
	default:
	}
	select {
	case <-wanted.done:
		return wanted.index, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// prepare begins the index of a map, unless that was done, and does not wait for
// its end.
func (x *searchIndexes) prepare(snap *snapshot.Snapshot) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.begin(snap)
}

// begin is called under the lock. One index is made at a time: the next takes over
// what did not change. One that is overtaken before its turn and that nobody
// asked for is left out, so that a quick row of maps does not queue up.
func (x *searchIndexes) begin(snap *snapshot.Snapshot) *indexing {
	before := x.last
	if before != nil && before.snap == snap {
		return before
	}
	next := &indexing{snap: snap, done: make(chan struct{})}
	x.last = next
	go func() {
		defer close(next.done)
		if before != nil {
			<-before.done
			x.mu.Lock()
			overtaken := x.last != next && !next.asked
			x.mu.Unlock()
			if overtaken {
				next.index = before.index // for the one after
				return
			}
			next.index = before.index.Advance(snap)
			return
		}
		next.index = find.Of(snap)
	}()
	return next
}

// middle is where a marker stands: a point itself, the middle corner of a line,
// the middle of a polygon's box when it lies inside, else a corner.
func middle(s geo.Shape) geo.Point {
	points := s.Points()
	if centre := s.Box().Centre(); s.Kind() == geo.Polygons && s.Covers(centre) {
		return centre
	}
	return points[len(points)/2]
}

// kind appends the kind of a feature: the field that the catalog names, several
// values with commas between, null when there is none.
func (o *object) kind(f geo.Feature) {
	schema := geo.MustSchema(f.Layer())
	field, ok := schema.Field(schema.KindField)
	if !ok {
		o.raw("kind", "null")
		return
	}
	o.code("kind", strings.Join(field.Values(f), ","))
}

// code appends a text, null for none.
func (o *object) code(name, text string) {
	if text == "" {
		o.raw(name, "null")
		return
	}
	o.str(name, text)
}
