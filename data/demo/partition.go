package demo

import (
	"container/heap"
	"math"
	"slices"
)

// graph is a set of blocks with the cost of stepping from one to a neighbour:
// the distance of their centres, more across a wide road, much more across
// water or a railway.
type graph struct {
	centre []vec
	weight []float64
	steps  [][]step
}

type step struct {
	to   int32
	cost float64
}

// borderCost is how unwillingly a region grows across a road.
var borderCost = [...]float64{noRoad: 0.9, local: 1, collector: 1.35, mainRoad: 2.2, trunk: 2, expressway: 3.2}

// partition grows one connected region from each seed until every member of the
// graph belongs to one. It then shifts the seeds' head starts until the regions
// have weights in proportion to target. Members lists the blocks in play; the
// answer is a region number for each of them, in the same order.
func (g *graph) partition(members, seeds []int32, target []float64, rounds int) []int32 {
	index := make(map[int32]int32, len(members)) // only looked up
	total, radius := 0.0, 0.0
	for i, b := range members {
		index[b] = int32(i)
		total += g.weight[b]
		radius += g.steps[b][0].cost
	}
	radius = radius / float64(len(members)) * math.Sqrt(float64(len(members))/float64(len(seeds)))
	targetSum := 0.0
	for _, t := range target {
		targetSum += t
	}
	lead := make([]float64, len(seeds))
	var best []int32
	least := math.Inf(1)
	for round := range rounds {
		region := g.grow(members, index, seeds, lead)
		have := make([]float64, len(seeds))
		for i, k := range region {
			have[k] += g.weight[members[i]]
		}
		// Steps get smaller, and the best round counts: where regions are small a
		// long step swings to and fro.
		step := 0.25 * radius * (1 - 0.8*float64(round)/float64(rounds))
		worst := 0.0
		for k := range lead {
			excess := min(max(have[k]/(target[k]/targetSum*total)-1, -1), 1)
			worst += float64(excess * excess)
			lead[k] += float64(step * excess)
		}
		if worst < least {
			least, best = worst, region
		}
		low := slices.Min(lead)
		for k := range lead {
			lead[k] -= low
		}
	}
	return best
}

// reach is an entry of the queue of grow.
type reach struct {
	cost   float64
	member int32
	region int32
}

type reaches []reach

func (h reaches) Len() int { return len(h) }
func (h reaches) Less(i, j int) bool {
	if h[i].cost != h[j].cost {
		return h[i].cost < h[j].cost
	}
	return h[i].member < h[j].member || h[i].member == h[j].member && h[i].region < h[j].region
}
func (h reaches) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *reaches) Push(x any)   { *h = append(*h, x.(reach)) }
func (h *reaches) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// grow is one search from all seeds at once. A seed always keeps its own block,
// however small its lead.
func (g *graph) grow(members []int32, index map[int32]int32, seeds []int32, lead []float64) []int32 {
	region := make([]int32, len(members))
	for i := range region {
		region[i] = -1
	}
	queue := &reaches{}
	spread := func(member, k int32, cost float64) {
		for _, s := range g.steps[members[member]] {
			if to, in := index[s.to]; in && region[to] < 0 {
				heap.Push(queue, reach{cost + s.cost, to, k})
			}
		}
	}
	for k, seed := range seeds {
		region[index[seed]] = int32(k)
	}
	for k, seed := range seeds {
		spread(index[seed], int32(k), lead[k])
	}
	for queue.Len() > 0 {
		r := heap.Pop(queue).(reach)
		if region[r.member] >= 0 {
			continue
		}
		region[r.member] = r.region
		spread(r.member, r.region, r.cost)
	}
	return region
}

// spreadSeeds picks n blocks spread evenly over the weight: it starts from a
// regular pick along a sweep and moves each seed to the middle of what it gets.
func (g *graph) spreadSeeds(members []int32, n int, fixed ...int32) []int32 {
	order := slices.Clone(members)
	slices.SortStableFunc(order, func(a, b int32) int {
		return compare(sweepKey(g.centre[a]), sweepKey(g.centre[b]))
	})
	total := 0.0
	for _, b := range order {
		total += g.weight[b]
	}
	seeds := slices.Clone(fixed)
	passed := 0.0
	for _, b := range order {
		passed += g.weight[b]
		if len(seeds) < n && passed >= total*(float64(len(seeds))+0.5)/float64(n) && !slices.Contains(seeds, b) {
			seeds = append(seeds, b)
		}
	}
	for i := 0; len(seeds) < n; i++ {
		if !slices.Contains(seeds, order[i]) {
			seeds = append(seeds, order[i])
		}
	}
	equal := make([]float64, n)
	for k := range equal {
		equal[k] = 1
	}
	for range 5 {
		region := g.partition(members, seeds, equal, 1)
		middle, weight := make([]vec, n), make([]float64, n)
		for i, b := range members {
			w := g.weight[b] + 1e-3
			middle[region[i]] = middle[region[i]].add(g.centre[b].mul(w))
			weight[region[i]] += w
		}
		best := make([]float64, n)
		next := slices.Clone(seeds)
		for k := range best {
			best[k] = math.Inf(1)
		}
		for i, b := range members {
			k := region[i]
			if d := distance(g.centre[b], middle[k].mul(1/weight[k])); d < best[k] {
				best[k], next[k] = d, b
			}
		}
		copy(next, fixed)
		seeds = next
	}
	return seeds
}

// sweepKey orders places along strips of a kilometre, to and fro.
func sweepKey(p vec) float64 {
	strip := math.Floor(p.x / 1000)
	y := p.y
	if math.Mod(math.Abs(strip), 2) == 1 {
		y = -y
	}
	return float64(strip*1e6) + y
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
