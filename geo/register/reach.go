package register

import (
	"gridatlas/geo"
	"gridatlas/geo/walk"
)

// ReachMinutes is how far a booth reaches: those count as near it who walk to it
// within a quarter of an hour (15分钟服务圈).
const ReachMinutes = 15

// Reach says how many households there are in an area, and how many of them walk to
// a booth in time; not known where no figures are.
type Reach struct{ Households, Near geo.Opt[int64] }

// Reaches are those of the rows of a coverage, by the id of the community. As says
// how a sum of people may be seen.
func Reaches(rows []walk.Row, as func(geo.Opt[int64]) geo.Opt[int64]) map[int64]Reach {
	reaches := map[int64]Reach{}
	for _, row := range rows {
		if row.Area == nil {
			continue
		}
		reach := Reach{as(row.All.Households), as(row.In.Households)}
		if row.In.Buildings == 0 { // nobody
			reach.Near = geo.Some[int64](0)
		}
		reaches[row.Area.Common().ID] = reach
	}
	return reaches
}

// join adds what is known.
func (r *Reach) join(other Reach) {
	if other.Households.Known && other.Near.Known {
		r.Households = geo.Some(r.Households.Value + other.Households.Value)
		r.Near = geo.Some(r.Near.Value + other.Near.Value)
	}
}

// Share is which part of the households is near a booth; false: nobody knows.
func (r *Reach) Share() (float64, bool) {
	if !r.Households.Known || !r.Near.Known || r.Households.Value == 0 {
		return 0, false
	}
	return float64(r.Near.Value) / float64(r.Households.Value), true
}
