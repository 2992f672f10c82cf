package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"net/url"

	"gridatlas/api/problem"
	"gridatlas/geo"
)

// pageToken is where a next page begins: in which map, after which id, and for
// which question. Clients hand it back as they got it.
type pageToken struct {
	epoch, revision int64
	after           int64
	matched         int64  // numberMatched, counted once on the first page
	question        uint32 // hash of the other parameters
}

const tokenForm = 1 // raised when the fields change

func (t pageToken) String() string {
	raw := []byte{tokenForm}
	for _, v := range [4]int64{t.epoch, t.revision, t.after, t.matched} {
		raw = binary.AppendVarint(raw, v)
	}
	raw = binary.BigEndian.AppendUint32(raw, t.question)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parsePageToken(text string) (pageToken, error) {
	var t pageToken
	bad := problem.Parameter("page", "is not a page of this service")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) == 0 || raw[0] != tokenForm {
		return t, bad
	}
	raw = raw[1:]
	for _, v := range []*int64{&t.epoch, &t.revision, &t.after, &t.matched} {
		value, n := binary.Varint(raw)
		if n <= 0 {
			return pageToken{}, bad
		}
		*v, raw = value, raw[n:]
	}
	if len(raw) != 4 || t.after < 0 || t.matched < 0 || t.revision < 0 {
		return pageToken{}, bad
	}
	t.question = binary.BigEndian.Uint32(raw)
	if t.String() != text { // numbers can be written longer than needed
		return pageToken{}, bad
	}
	return t, nil
}

// question is the hash of what is asked, whatever page of it.
func question(layer geo.Layer, q query, view string) uint32 {
	rest := url.Values{}
	for name, values := range q.values {
		if name != "page" && name != "limit" && name != "f" {
			rest[name] = values
		}
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(string(layer) + "?" + rest.Encode()))
	_, _ = hash.Write([]byte("\x00" + view)) // another sees other features
	return hash.Sum32()
}
