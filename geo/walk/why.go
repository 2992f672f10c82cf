package walk

import (
	"context"
	"fmt"
	"math"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/street"
)

// Why says why something cannot be reached.
type Why struct {
	// Reason is OtherIsland, NoStreet, TooLong, Shut or NoPlace.
	Reason string
	// Metres to the nearest street, with NoStreet; 0: none within 2 km.
	Metres float64
	// Minutes the walk would take, with TooLong; 0: more than twice MaxMinutes.
	Minutes float64
	// Gate or Closure is the first that stands in the way, with Shut; neither when it
	// is more than one thing or a residents' ground.
	Gate    *geo.Gate
	Closure *geo.Closure
}

// Texts says it in Chinese and in English.
func (w *Why) Texts() (zh, en string) {
	switch w.Reason {
	case OtherIsland:
		return "两地的步行道路互不相连", "No street on foot joins the two places"
	case NoStreet:
		switch {
		case w.Metres == 0:
			return fmt.Sprintf("%.0f 米内没有可步行的街道", farLook), fmt.Sprintf("There is no street to walk on within %.0f m", farLook)
		case w.Metres > street.Reach:
			return fmt.Sprintf("离最近的街道 %.0f 米，超出 %.0f 米", w.Metres, w.Metres-street.Reach),
				fmt.Sprintf("The nearest street is %.0f m away, %.0f m too far", w.Metres, w.Metres-street.Reach)
		}
		return fmt.Sprintf("最近的街道在 %.0f 米外，中间隔着水面、围墙或封闭区", w.Metres),
			fmt.Sprintf("Water, a wall or a closure lies before the nearest street, %.0f m away", w.Metres)
	case TooLong:
		if w.Minutes > 0 {
			return fmt.Sprintf("步行要 %.0f 分钟，超过 %d 分钟", w.Minutes, MaxMinutes), fmt.Sprintf("The walk takes %.0f minutes, more than %d", w.Minutes, MaxMinutes)
		}
		return fmt.Sprintf("步行超过 %d 分钟", MaxMinutes), fmt.Sprintf("The walk takes more than %d minutes", MaxMinutes)
	case Shut:
		switch {
		case w.Gate != nil && w.Gate.Hours != "":
			return fmt.Sprintf("%s关着（开放时间 %s）", gateName(w.Gate, "门"), w.Gate.Hours), fmt.Sprintf("%s is shut (open %s)", gateName(w.Gate, "A gate"), w.Gate.Hours)
		case w.Gate != nil:
			return gateName(w.Gate, "门") + "不让行人通过", gateName(w.Gate, "A gate") + " lets nobody through"
		case w.Closure != nil:
			if name := closureName(w.Closure); name != "" {
				return fmt.Sprintf("被封闭区隔断：%s", name), fmt.Sprintf("A closure is in the way: %s", name)
			}
			return "被封闭区隔断", "A closure is in the way"
		}
		return "被关着的门、只供居民的小区或封闭区隔断", "Gates, a compound for residents only or closures are in the way"
	}
	return "没有这样的地点", "There is no such place"
}

func gateName(gate *geo.Gate, otherwise string) string {
	if gate.Name != "" {
		return gate.Name
	}
	return otherwise
}

func closureName(closure *geo.Closure) string {
	if closure.Name != "" {
		return closure.Name
	}
	return closure.Reason
}

// apartFrom says why a point joins no street: that one closure keeps it from the
// street it would join, or how far the nearest is.
func (m *Map) apartFrom(p geo.Point, closed *street.Closed) Why {
	if foot, ok := m.net.Snap(p, nil); ok && closed != nil {
		closure := closed.ClosureAcross(p, foot.At)
		if closure == nil {
			closure = closed.ClosureOn(foot.Edge, foot.MM, foot.MM)
		}
		if closure != nil {
			return Why{Reason: Shut, Closure: closure}
		}
	}
	return Why{Reason: NoStreet, Metres: m.net.Distance(p, farLook)}
}

// seeker looks for what stands between a start and places of its island. It
// searches at most twice, when it is first asked.
type seeker struct {
	m     *Map
	q     *Query
	now   *situation
	start street.Foot
	// free walks through gates and closures up to MaxMinutes; far keeps to them and
	// goes twice as long.
	free, far *search
}

func (k *seeker) release() {
	for _, s := range []*search{k.free, k.far} {
		if s != nil {
			s.release()
		}
	}
}

// why says why none of the goals is reached within MaxMinutes.
func (k *seeker) why(ctx context.Context, goals []access) (Why, error) {
	var err error
	if k.free == nil {
		k.free = k.m.newSearch(k.q, k.now.closed.Opening(), k.start)
		k.free.free = true
		if err = k.free.run(ctx, longestMS); err != nil {
			return Why{}, err
		}
	}
	if goal, ms := k.free.nearestOf(goals); ms <= longestMS {
		why := Why{Reason: Shut}
		why.Gate, why.Closure = k.obstacle(goal)
		return why, nil
	}
	if k.far == nil {
		if k.far, err = k.m.searchFrom(ctx, k.q, k.now, k.start, 2*longestMS); err != nil {
			return Why{}, err
		}
	}
	why := Why{Reason: TooLong}
	if _, ms := k.far.nearestOf(goals); ms != math.MaxInt64 {
		why.Minutes = float64(ms) / 60_000
	}
	return why, nil
}

// nearestOf returns the goal that is reached soonest with its time, access legs
// included; math.MaxInt64 when none is.
func (s *search) nearestOf(goals []access) (access, int64) {
	var best access
	least := int64(math.MaxInt64)
	for _, goal := range goals {
		ms, _, _ := s.reach(goal.foot.Edge, goal.foot.MM)
		if ms == unreached {
			continue
		}
		if all := int64(ms) + int64(s.legMS(s.start.Leg)) + int64(s.legMS(goal.foot.Leg)); all < least {
			best, least = goal, all
		}
	}
	return best, least
}

// obstacle returns the first gate or closure on the free walk to a goal.
func (k *seeker) obstacle(goal access) (*geo.Gate, *geo.Closure) {
	s, closed := k.free, k.now.closed
	hops := s.hops(goal.foot)
	for i, hop := range hops {
		if closure := closed.ClosureOn(hop.edge, min(hop.from, hop.to), max(hop.from, hop.to)); closure != nil {
			return nil, closure
		}
		if i == len(hops)-1 {
			break
		}
		e := &s.net.Edges[hop.edge]
		node := e.Tail
		if hop.to == e.MM {
			node = e.Head
		}
		if closure := closed.ClosureAtNode(node); closure != nil {
			return nil, closure
		}
		later := time.Duration(s.nodeMS(node)+s.legMS(s.start.Leg)) * time.Millisecond
		if s.toward {
			later = -later
		}
		for _, gate := range s.net.Gates(node) {
			if isShut(gate, s.at.Add(later), s.cal) && !closed.Opens(gate.Feature) {
				return gate.Feature, nil
			}
		}
	}
	return nil, nil
}
