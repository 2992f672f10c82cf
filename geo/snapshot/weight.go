package snapshot

// About how many bytes things take, on 64-bit machines.
const (
	indexWeight   = 45  // of one feature in a base: pointers, boxes, orders
	featureWeight = 500 // a feature itself
	nodeWeight    = 150 // its places in the trees of an overlay
)

// Weight is about how many bytes of memory some snapshots take that another one, which
// is held anyway, does not share with them.
func Weight(held []*Snapshot, beside *Snapshot) (bytes int64) {
	layers, bases := map[*Layer]bool{}, map[*base]bool{}
	for _, layer := range beside.layers {
		layers[layer], bases[layer.base] = true, true
	}
	for _, s := range held {
		each := int64(indexWeight) // features that did not change are shared
		if s.head.Epoch != beside.head.Epoch {
			each += featureWeight
		}
		for _, layer := range s.layers {
			if layers[layer] {
				continue
			}
			layers[layer] = true
			if over := layer.over; over != nil {
				bytes += int64(8*len(over.replaced)) + int64(over.byID.Len()+over.gone)*(featureWeight+nodeWeight)
			}
			if !bases[layer.base] {
				bases[layer.base] = true
				bytes += each * int64(len(layer.base.features))
			}
		}
	}
	return bytes
}
