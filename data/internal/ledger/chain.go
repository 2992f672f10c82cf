package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

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
