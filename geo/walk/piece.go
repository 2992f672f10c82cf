package walk

// piece is a stretch of an edge that is reached from one side: from the place
// begin to the place end, in millimetres from the tail, in the order reached.
type piece struct {
	begin, end int32
	ms         uint32 // at begin, access leg of the start not counted
	walked     int32  // to end
}

// pieces cuts what is reached of an edge within a budget into stretches by the
// side from which they are reached soonest. The slice is good until the next call.
func (s *search) pieces(edge int32, budget uint32) []piece {
	e := &s.net.Edges[edge]
	whole := s.edgeMS(e)
	// reached returns how far one gets from a place with time in hand, at most mm.
	reached := func(ms uint32, mm int32) int32 {
		if whole == 0 {
			return mm
		}
		return min(mm, int32(uint64(budget-ms)*uint64(e.MM)/uint64(whole)))
	}
	out := s.stretches[:0]
	// between fills the stretch from lo to hi, which is entered at lo at time a
	// and at hi at time b, unreached for neither.
	between := func(lo, hi int32, a, b uint32, walkedA, walkedB int32) {
		span := hi - lo
		time := share(whole, span, e.MM)
		fromLo, fromHi := int32(0), int32(0)
		if a <= budget {
			fromLo = reached(a, span)
		}
		if b <= budget {
			fromHi = reached(b, span)
		}
		if a <= budget && b <= budget && fromLo+fromHi > span {
			// They meet where both come at the same time.
			diff := int64(b) - int64(a) + int64(time)
			meet := span
			if time > 0 {
				meet = int32(min(max(diff, 0), 2*int64(time)) * int64(span) / (2 * int64(time)))
			}
			fromLo = min(fromLo, meet)
			fromHi = min(fromHi, span-fromLo)
		}
		if a <= budget {
			out = append(out, piece{begin: lo, end: lo + fromLo, ms: a, walked: walkedA + fromLo})
		}
		if b <= budget {
			out = append(out, piece{begin: hi, end: hi - fromHi, ms: b, walked: walkedB + fromHi})
		}
	}
	tail, head := uint32(unreached), uint32(unreached)
	var walkedTail, walkedHead int32
	if t := s.nodeMS(e.Tail); s.along(e) && t != unreached {
		tail, walkedTail = t, s.labels[e.Tail].walked
	}
	if t := s.nodeMS(e.Head); s.against(e) && t != unreached {
		head, walkedHead = t, s.labels[e.Head].walked
	}
	// The start's own edge is entered in the middle too.
	before, after := uint32(unreached), uint32(unreached)
	if s.against(e) {
		before = 0
	}
	if s.along(e) {
		after = 0
	}
	for lo, hi := range s.closed.Gaps(edge, e.MM) {
		a, b := uint32(unreached), uint32(unreached)
		if lo == 0 {
			a = tail
		}
		if hi == e.MM {
			b = head
		}
		if edge == s.start.Edge && lo <= s.start.MM && s.start.MM <= hi {
			between(lo, s.start.MM, a, before, walkedTail, 0)
			between(s.start.MM, hi, after, b, 0, walkedHead)
		} else {
			between(lo, hi, a, b, walkedTail, walkedHead)
		}
	}
	s.stretches = out
	return out
}
