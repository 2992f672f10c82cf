package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gridatlas/data"
	"gridatlas/geo"
)

// digest stands for one change in the audit chain.
type digest struct {
	layer int // place of the layer in the catalog
	id    int64
	sum   geo.Hash
}

func layerIndex(layer geo.Layer) int {
	return slices.IndexFunc(geo.Catalog(), func(s *geo.Schema) bool { return s.Layer == layer })
}

func state(f geo.Feature) digest {
	key := geo.KeyOf(f)
	return digest{layerIndex(key.Layer), key.ID, sha256.Sum256(geo.AppendCanonical(nil, f))}
}

func deletion(key geo.Key) digest {
	return digest{layerIndex(key.Layer), key.ID, sha256.Sum256([]byte("deleted"))}
}

// link is hash(n) = SHA-256(hash(n-1), header, changes sorted by layer and id),
// each change by layer number, id and the SHA-256 of its canonical encoding.
func link(previous geo.Hash, header geo.Header, digests []digest) geo.Hash {
	slices.SortFunc(digests, func(a, b digest) int {
		return cmp.Or(cmp.Compare(a.layer, b.layer), cmp.Compare(a.id, b.id))
	})
	h := sha256.New()
	h.Write(previous[:])
	text, err := json.Marshal([]any{
		header.Revision, header.At.UTC().Format(time.RFC3339), header.Author, header.Note, header.Source, header.Changed,
	})
	if err != nil { // numbers and strings always marshal
		panic(err)
	}
	h.Write(text)
	var number [12]byte
	for _, d := range digests {
		binary.BigEndian.PutUint32(number[:4], uint32(d.layer))
		binary.BigEndian.PutUint64(number[4:], uint64(d.id))
		h.Write(number[:])
		h.Write(d.sum[:])
	}
	return geo.Hash(h.Sum(nil))
}

// Audit gathers every state that a store holds and compares it with the chain.
type Audit struct {
	byRevision map[int64][]digest
}

// NewAudit returns an audit that has seen nothing yet.
func NewAudit() *Audit { return &Audit{byRevision: map[int64][]digest{}} }

// Live adds a live feature.
func (a *Audit) Live(f geo.Feature) {
	revision := f.Common().Revision
	a.byRevision[revision] = append(a.byRevision[revision], state(f))
}

// Past adds a superseded feature; its own Revision must be set.
func (a *Audit) Past(p geo.Past) {
	a.Live(p.Feature)
	if p.Deleted {
		a.byRevision[p.Ended] = append(a.byRevision[p.Ended], deletion(geo.KeyOf(p.Feature)))
	}
}

// Faults compares what was added with the log, oldest entry first, and the head.
func (a *Audit) Faults(log []geo.Header, head geo.Head) []data.Fault {
	var faults []data.Fault
	var previous geo.Hash
	next := int64(1)
	for _, header := range log {
		for ; next < header.Revision; next++ {
			faults = append(faults, data.Fault{Revision: next, Detail: "the log entry is missing"})
		}
		digests := a.byRevision[header.Revision]
		delete(a.byRevision, header.Revision)
		if len(digests) != header.Changed {
			faults = append(faults, data.Fault{
				Revision: header.Revision,
				Detail:   fmt.Sprintf("%d features are stored, the log says %d", len(digests), header.Changed),
			})
		} else if link(previous, header, digests) != header.Hash {
			faults = append(faults, data.Fault{Revision: header.Revision, Detail: "content and hash differ: a row or the log entry was changed outside gridatlas"})
		}
		previous = header.Hash // go on from what is written, so that one fault is named once
		next = header.Revision + 1
	}
	if head.Revision != next-1 || head.Hash != previous {
		faults = append(faults, data.Fault{Detail: fmt.Sprintf("the head says revision %d, the log ends at %d or with another hash", head.Revision, next-1)})
	}
	for revision, digests := range a.byRevision {
		faults = append(faults, data.Fault{Revision: revision, Detail: fmt.Sprintf("%d rows belong to a revision that the log does not have", len(digests))})
	}
	slices.SortStableFunc(faults, func(x, y data.Fault) int { return cmp.Compare(x.Revision, y.Revision) })
	return faults
}
