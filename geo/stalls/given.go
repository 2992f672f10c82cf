package stalls

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// In lists the spaces of a compound that have a number, in the order in which people
// count: A-9 stands before A-10.
func In(s *snapshot.Snapshot, compound *geo.Compound, at geo.Instant) (spaces []*geo.ParkingSpace) {
	for space := range snapshot.All[*geo.ParkingSpace](s) {
		if space.Compound == compound.Code && space.Number != "" && space.InEffect(at) {
			spaces = append(spaces, space)
		}
	}
	slices.SortFunc(spaces, func(a, b *geo.ParkingSpace) int {
		headA, nA, _ := parted(a.Number)
		headB, nB, _ := parted(b.Number)
		return cmp.Or(strings.Compare(headA, headB), cmp.Compare(nA, nB), strings.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	})
	return spaces
}

// Next is the number that follows the highest of those that begin as most of the
// spaces do; 001 where there is none. The spaces are in the order of In.
func Next(spaces []*geo.ParkingSpace) string {
	type series struct {
		count, width int
		highest      int64
	}
	all := map[string]*series{}
	best := ""
	for _, space := range spaces {
		head, n, digits := parted(space.Number)
		if digits == 0 {
			continue
		}
		s := all[head]
		if s == nil {
			s = &series{}
			all[head] = s
		}
		s.count++
		s.highest, s.width = n, digits // the last is the highest
		if all[best] == nil || s.count > all[best].count {
			best = head
		}
	}
	if len(all) == 0 {
		return "001"
	}
	next := strconv.FormatInt(all[best].highest+1, 10)
	return best + strings.Repeat("0", max(0, all[best].width-len(next))) + next
}

// parted is a number as its head, what the digits at its end count, and how many these
// are; where one more would not fit into a number they are a part of the head.
func parted(number string) (head string, n int64, digits int) {
	head = strings.TrimRight(number, "0123456789")
	n, err := strconv.ParseInt(number[len(head):], 10, 64)
	if err != nil || n == math.MaxInt64 {
		return number, 0, 0
	}
	return head, n, len(number) - len(head)
}
