package walk

// queue is a 4-ary heap of packed items, the least first: a time in the upper 32
// bits, a node in the lower. Equal times come in order of node, so equal
// questions are searched alike.
type queue []uint64

func (q *queue) push(item uint64) {
	*q = append(*q, item)
	h := *q
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 4
		if h[up] <= item {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = item
}

// pop takes the least item off.
func (q *queue) pop() uint64 {
	h := *q
	top, item := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, len(h)); c++ {
			if h[c] < h[least] {
				least = c
			}
		}
		if item <= h[least] {
			break
		}
		h[i] = h[least]
		i = least
	}
	if len(h) > 0 {
		h[i] = item
	}
	return top
}
