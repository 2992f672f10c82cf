package mvt

import (
	"encoding/binary"
	"slices"
)

// Version of the specification that layers follow.
const Version = 2

// Type says what the geometry of a feature is.
type Type uint8

// The types of geometry. Each stands for one or several of its kind.
const (
	Unknown Type = iota
	Points
	Lines
	Polygons
)

// Fields of a tile, a layer and a feature.
const (
	tileLayer = 3

	layerName    = 1
	layerFeature = 2
	layerKey     = 3
	layerValue   = 4
	layerExtent  = 5
	layerVersion = 15

	featureID       = 1
	featureTags     = 2
	featureType     = 3
	featureGeometry = 4
)

// Writer appends the layers of a tile to a buffer. Keys and values are written
// once a layer, in the order in which features first use them, so equal calls give
// equal bytes. It keeps its memory from tile to tile and allocates nothing once
// that has grown. One goroutine uses it at a time.
//
//	w.Reset(dst)
//	w.BeginLayer("booths", keys, values)
//	w.Tags(AppendTag(nil, 0, number))
//	w.Feature(id, mvt.Points, geometry)
//	w.EndLayer()
//	dst = w.Bytes()
type Writer struct {
	dst   []byte
	start int // of the layer in dst
	body  int // where its message begins, with room before it for its length

	keys   []string
	dict   Values
	values []byte // fields of the layer's values, ready
	count  uint32 // of the layer's values
	used   []byte // fields of the layer's keys, ready
	uses   uint32 // of the layer's keys
	tags   []byte // room for those of the next feature
	tagged int    // bytes of them

	features  bool // the layer has some
	epoch     uint32
	keyPlace  []place // by key
	dictPlace []place // by value number
}

// place is where a key or a value stands in the layer that has the epoch.
type place struct{ epoch, at uint32 }

// Reset starts a tile behind the bytes of dst, which it may write into.
func (w *Writer) Reset(dst []byte) { w.dst = dst }

// Bytes returns dst with the layers ended so far. A tile without layers has none.
func (w *Writer) Bytes() []byte { return w.dst }

// lengthRoom is how many bytes are left for the length of a layer, which is known
// when it ends: as many as one of 16 KiB to 2 MiB takes. Others are moved.
const lengthRoom = 3

// BeginLayer starts a layer, the name of which no other in the tile has. Attributes
// name keys by their place in keys, which must differ and are at most 128, and values
// by their number in values; both stay as they are until EndLayer.
func (w *Writer) BeginLayer(name string, keys []string, values Values) {
	w.keys, w.dict = keys, values
	w.values, w.used, w.tagged = w.values[:0], w.used[:0], 0
	w.count, w.uses, w.features = 0, 0, false
	w.epoch++
	if w.epoch == 0 { // come round: old marks would look new
		clear(w.keyPlace)
		clear(w.dictPlace)
		w.epoch = 1
	}
	w.keyPlace = grow(w.keyPlace, len(keys))
	if most := 2 * binary.MaxVarintLen32 * len(keys); len(w.tags) < most {
		w.tags = make([]byte, most)
	}
	w.dictPlace = grow(w.dictPlace, values.Len())

	w.start = len(w.dst)
	var room [1 + lengthRoom]byte
	w.dst = append(w.dst, room[:]...)
	w.body = len(w.dst)
	w.dst = append(w.dst, layerVersion<<3|wireVarint, Version, layerName<<3|wireBytes)
	w.dst = binary.AppendUvarint(w.dst, uint64(len(name)))
	w.dst = append(w.dst, name...)
}

// grow returns places for n numbers, those known kept.
func grow(places []place, n int) []place {
	if n <= len(places) {
		return places
	}
	return append(places, make([]place, n-len(places))...)
}

// AppendTag appends an attribute as Tags reads it: a key and a value, by number. A
// value that is not known gets no tag: there is no null.
func AppendTag(dst []byte, key int, value uint32) []byte {
	return binary.AppendUvarint(append(dst, byte(key<<1)), uint64(value))
}

// AppendUniqueTag appends an attribute that no other feature has, such as its code:
// the bytes of the value as the Append functions make them. They are written as they
// come, without being looked for among the others.
func AppendUniqueTag(dst []byte, key int, value []byte) []byte {
	dst = binary.AppendUvarint(append(dst, byte(key<<1|1)), uint64(len(value)))
	return append(dst, value...)
}

// Tags gives the next feature attributes, one after another as AppendTag and
// AppendUniqueTag make them. A feature has no key twice.
func (w *Writer) Tags(attributes []byte) {
	tags, at := w.tags, w.tagged
	for len(attributes) > 0 {
		key, unique := attributes[0]>>1, attributes[0]&1 != 0
		number, end := uint64(attributes[1]), 2
		if number >= 0x80 {
			var n int
			number, n = binary.Uvarint(attributes[1:])
			end = 1 + n
		}
		value := w.count
		if unique {
			start := end
			end += int(number)
			w.add(attributes[start:end])
		} else {
			p := &w.dictPlace[number]
			if p.epoch != w.epoch {
				*p = place{w.epoch, w.count}
				w.add(w.dict.At(uint32(number)))
			}
			value = p.at
		}
		attributes = attributes[end:]
		p := &w.keyPlace[key]
		if p.epoch != w.epoch {
			w.use(p, int(key))
		}
		tags[at] = byte(p.at)
		at = put(tags, at+1, uint64(value))
	}
	w.tagged = at
}

// add writes a value of the layer.
func (w *Writer) add(value []byte) {
	at := len(w.values)
	out := slices.Grow(w.values, 1+binary.MaxVarintLen64+len(value))
	out = out[:cap(out)]
	out[at] = layerValue<<3 | wireBytes
	at = put(out, at+1, uint64(len(value)))
	w.values = out[:at+copy(out[at:], value)]
	w.count++
}

// use writes a key.
func (w *Writer) use(p *place, key int) {
	*p = place{w.epoch, w.uses}
	w.uses++
	w.used = append(w.used, layerKey<<3|wireBytes)
	w.used = binary.AppendUvarint(w.used, uint64(len(w.keys[key])))
	w.used = append(w.used, w.keys[key]...)
}

// Feature writes a feature with the attributes given since the one before. No
// other feature of the layer has its id; one with the id zero has none. Geometry
// is what a Frame made, not empty.
func (w *Writer) Feature(id uint64, t Type, geometry []byte) {
	tags := w.tags[:w.tagged]
	size := 2 + 1 + uvarintLen(uint64(len(geometry))) + len(geometry)
	if id != 0 {
		size += 1 + uvarintLen(id)
	}
	if len(tags) > 0 {
		size += 1 + uvarintLen(uint64(len(tags))) + len(tags)
	}
	at := len(w.dst)
	out := slices.Grow(w.dst, 1+binary.MaxVarintLen64+size)
	out = out[:cap(out)]
	out[at] = layerFeature<<3 | wireBytes
	at = put(out, at+1, uint64(size))
	if id != 0 {
		out[at] = featureID<<3 | wireVarint
		at = put(out, at+1, id)
	}
	if len(tags) > 0 {
		out[at] = featureTags<<3 | wireBytes
		at = put(out, at+1, uint64(len(tags)))
		at += copy(out[at:], tags)
		w.tagged = 0
	}
	out[at], out[at+1], out[at+2] = featureType<<3|wireVarint, byte(t), featureGeometry<<3|wireBytes
	at = put(out, at+3, uint64(len(geometry)))
	w.dst = out[:at+copy(out[at:], geometry)]
	w.features = true
}

// uvarintLen returns the number of bytes that v takes.
func uvarintLen(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// EndLayer ends the layer. One without features leaves no trace in the tile.
func (w *Writer) EndLayer() {
	if !w.features {
		w.dst = w.dst[:w.start]
		return
	}
	w.dst = append(w.dst, w.used...)
	w.dst = append(w.dst, w.values...)
	w.dst = append(w.dst, layerExtent<<3|wireVarint)
	w.dst = binary.AppendUvarint(w.dst, Extent)

	length := len(w.dst) - w.body
	if body := w.start + 1 + uvarintLen(uint64(length)); body != w.body {
		w.dst = slices.Grow(w.dst, binary.MaxVarintLen64)[:body+length]
		copy(w.dst[body:], w.dst[w.body:w.body+length])
	}
	w.dst[w.start] = tileLayer<<3 | wireBytes
	put(w.dst, w.start+1, uint64(length))
}
