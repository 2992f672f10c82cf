package tiles

import (
	"bytes"
	"hash/maphash"
	"sync"

	"gridatlas/tiles/mvt"
)

// dictionary gives each attribute value of a layer a number. Values are only
// added, so drawings of older states go on reading what they were made with. It is
// safe for use by several goroutines.
type dictionary struct {
	mu     sync.Mutex
	values mvt.Values
	// slots is a hash table with open addressing: the number of a value plus one,
	// zero where it is free. At most half of it is used.
	slots []uint32
	seed  maphash.Seed
}

func newDictionary() *dictionary {
	return &dictionary{slots: make([]uint32, 64), seed: maphash.MakeSeed()}
}

// numbers gives the numbers of values, new ones for those not known yet.
func (d *dictionary) numbers(values [][]byte, into []uint32) []uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, value := range values {
		into = append(into, d.number(value))
	}
	return into
}

func (d *dictionary) number(value []byte) uint32 {
	slot := d.find(value)
	if n := d.slots[slot]; n != 0 {
		return n - 1
	}
	n := d.values.Add(value)
	d.slots[slot] = n + 1
	if 2*d.values.Len() > len(d.slots) {
		d.slots = make([]uint32, 2*len(d.slots))
		for i := range uint32(d.values.Len()) {
			d.slots[d.find(d.values.At(i))] = i + 1
		}
	}
	return n
}

// find returns the slot of a value, or the free one where it belongs.
func (d *dictionary) find(value []byte) int {
	mask := len(d.slots) - 1
	slot := int(maphash.Bytes(d.seed, value)) & mask
	for d.slots[slot] != 0 && !bytes.Equal(d.values.At(d.slots[slot]-1), value) {
		slot = (slot + 1) & mask
	}
	return slot
}

// known returns the values numbered so far.
func (d *dictionary) known() mvt.Values {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.values
}
