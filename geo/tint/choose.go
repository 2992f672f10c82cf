package tint

import "slices"

// None is the tint of an area that has none yet.
const None int8 = -1

// Choose returns a tint for each area, given the neighbours of each. Known holds the
// tints that the areas had before, None for those that had none; they are kept
// wherever neighbours differ. Where two are alike, the later one is tinted anew; if
// its neighbours leave no tint free, they are tinted anew with it, and if that does
// not do, all areas are. Equal arguments give equal tints.
func Choose(neighbours [][]int32, known []int8) []int8 {
	tints := slices.Clone(known)
	var open []int32
	for i := range tints {
		if tints[i] != None && slices.ContainsFunc(neighbours[i], func(j int32) bool { return j < int32(i) && tints[j] == tints[i] }) {
			tints[i] = None
		}
		if tints[i] == None {
			open = append(open, int32(i))
		}
	}
	if fill(neighbours, tints, open) {
		return tints
	}
	for _, i := range slices.Clone(open) {
		if !alike(neighbours, tints, i) {
			continue
		}
		for _, j := range append([]int32{i}, neighbours[i]...) {
			tints[j] = None
			open = append(open, j)
		}
	}
	slices.Sort(open)
	if fill(neighbours, tints, slices.Compact(open)) {
		return tints
	}
	open = open[:0]
	for i := range tints {
		tints[i] = None
		open = append(open, int32(i))
	}
	fill(neighbours, tints, open)
	return tints
}

// fill tints the open areas, which must be in order, and reports whether each has a
// tint that no neighbour has. An area takes, of the tints that its neighbours lack,
// the one that fewest areas have.
func fill(neighbours [][]int32, tints []int8, open []int32) bool {
	for _, i := range open {
		tints[i] = None
	}
	var uses [Count]int
	for _, tint := range tints {
		if tint != None {
			uses[tint]++
		}
	}
	whole := true
	for _, i := range smallestLast(neighbours, open) {
		var near [Count]int
		for _, j := range neighbours[i] {
			if tints[j] != None {
				near[tints[j]]++
			}
		}
		best := 0
		for tint := 1; tint < Count; tint++ {
			if near[tint] < near[best] || near[tint] == near[best] && uses[tint] < uses[best] {
				best = tint
			}
		}
		// Free tints are equal here: fewest neighbours is none of them.
		whole = whole && near[best] == 0
		tints[i] = int8(best)
		uses[best]++
	}
	return whole
}

func alike(neighbours [][]int32, tints []int8, i int32) bool {
	return slices.ContainsFunc(neighbours[i], func(j int32) bool { return tints[j] == tints[i] })
}

// smallestLast orders areas so that each has, among those before it, as few
// neighbours as can be: the area of the fewest neighbours is taken away first and
// comes last. Neighbours that are not among the areas count as staying.
func smallestLast(neighbours [][]int32, areas []int32) []int32 {
	degree := make(map[int32]int, len(areas))
	var byDegree [][]int32 // may name an area again under a degree it no longer has
	push := func(i int32, d int) {
		for len(byDegree) <= d {
			byDegree = append(byDegree, nil)
		}
		byDegree[d] = append(byDegree[d], i)
	}
	for _, i := range areas {
		degree[i] = len(neighbours[i])
	}
	for _, i := range slices.Backward(areas) {
		push(i, degree[i])
	}
	order := make([]int32, 0, len(areas))
	for d := 0; len(order) < len(areas); {
		last := len(byDegree[d]) - 1
		if last < 0 {
			d++
			continue
		}
		i := byDegree[d][last]
		byDegree[d] = byDegree[d][:last]
		if now, waits := degree[i]; !waits || now != d {
			continue
		}
		delete(degree, i)
		order = append(order, i)
		for _, j := range neighbours[i] {
			if now, waits := degree[j]; waits {
				degree[j] = now - 1
				push(j, now-1)
				d = min(d, now-1)
			}
		}
	}
	slices.Reverse(order)
	return order
}
