package osm

import (
	"context"
	"fmt"
	"io"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// objectType is node, way or relation.
type objectType uint8

const (
	node objectType = 1 << iota
	way
	relation
)

func (t objectType) String() string {
	return map[objectType]string{node: "node", way: "way", relation: "relation"}[t]
}

// ref names one OSM object for ever, in the form that Source has.
type ref struct {
	kind objectType
	id   int64
}

func (r ref) String() string { return fmt.Sprintf("osm:%s/%d", r.kind, r.id) }

type tag struct{ key, value string }

// tags are few for each object: a linear search is the fastest.
type tags []tag

func (t tags) get(key string) string {
	for i := range t {
		if t[i].key == key {
			return t[i].value
		}
	}
	return ""
}

// yes reports whether the key is there with another value than no.
func (t tags) yes(key string) bool {
	value := t.get(key)
	return value != "" && value != "no"
}

type member struct {
	ref
	role string
}

// object is one node, way or relation. Readers use one again for the next:
// what is kept must be copied.
type object struct {
	ref
	tags    tags
	at      geo.Point // nodes
	placed  bool      // whether the node has a place in the world
	deleted bool      // XML only
	nodes   []int64   // ways
	members []member  // relations
}

// scanner walks over the objects of a file, as often as asked. Objects of types
// that are not wanted may be passed over.
type scanner interface {
	scan(ctx context.Context, wanted objectType, each func(*object) error) error
	// bounds returns the box that the file states for itself, known after a scan;
	// empty when it states none on earth.
	bounds() geo.Box
}

// boxOf is a box of degrees; empty when it does not lie on earth or has no area.
func boxOf(w, s, e, n float64) geo.Box {
	low, lowErr := crs.ToLattice(w, s)
	high, highErr := crs.ToLattice(e, n)
	if lowErr != nil || highErr != nil || low.X >= high.X || low.Y >= high.Y {
		return geo.NoBox
	}
	return geo.Box{W: low.X, S: low.Y, E: high.X, N: high.Y}
}

// open tells the format by the first bytes.
func open(file io.ReadSeeker) (scanner, error) {
	var head [16]byte
	n, err := io.ReadFull(file, head[:])
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read the head of the file: %w", err)
	}
	switch {
	case n >= 15 && string(head[6:15]) == "OSMHeader":
		return &pbfScanner{file: file, stated: geo.NoBox}, nil
	case looksLikeXML(head[:n]):
		return &xmlScanner{file: file, stated: geo.NoBox}, nil
	}
	return nil, fmt.Errorf("the file is neither OSM XML nor OSM PBF")
}
