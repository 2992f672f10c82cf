package register

import (
	"cmp"
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
)

// Spaces adds parking spaces up.
type Spaces struct {
	// Features are what is drawn: single spaces, and car parks as a whole. Unknown are
	// those of which nobody knows how many spaces they have.
	Features, Unknown int
	Spaces            int64
	Numbered          int64   // of Spaces, with a number of their own
	Kinds             []int64 // of Spaces, by stalls.Kinds; those without a kind are not among them
	// Public are the spaces whose fee goes to the owners of the compound, and Private
	// those whose fee does not; of the rest nobody knows.
	Public, Private int64
	// Income is what the fees of the public spaces bring in a year, in yuan, where the
	// fee is known: of Priced spaces.
	Income float64
	Priced int64
}

// months of a year: fees are by the month.
const months = 12

func newSpaces() Spaces { return Spaces{Kinds: make([]int64, len(stalls.Kinds))} }

func (s *Spaces) add(p *geo.ParkingSpace) {
	s.Features++
	n := int64(p.Capacity.Value)
	switch {
	case p.Capacity.Known:
	case p.Number != "":
		n = 1
	default:
		s.Unknown++
		return
	}
	s.Spaces += n
	if p.Number != "" {
		s.Numbered += n
	}
	for i, kind := range stalls.Kinds {
		if kind.Value == p.Kind {
			s.Kinds[i] += n
		}
	}
	switch {
	case !p.PublicIncome.Known:
	case !p.PublicIncome.Value:
		s.Private += n
	default:
		s.Public += n
		if p.FeeYuanMonth.Known {
			s.Priced += n
			s.Income += p.FeeYuanMonth.Value * months * float64(n)
		}
	}
}

func (s *Spaces) join(other *Spaces) {
	s.Features += other.Features
	s.Unknown += other.Unknown
	s.Spaces += other.Spaces
	s.Numbered += other.Numbered
	for i, n := range other.Kinds {
		s.Kinds[i] += n
	}
	s.Public += other.Public
	s.Private += other.Private
	s.Income += other.Income
	s.Priced += other.Priced
}

// Share is which part of the spaces are of a kind, 0 where there are none.
func (s *Spaces) Share(kind string) float64 {
	i := slices.IndexFunc(stalls.Kinds, func(t geo.Term) bool { return t.Value == kind })
	if i < 0 || s.Spaces == 0 {
		return 0
	}
	return float64(s.Kinds[i]) / float64(s.Spaces)
}

// Known is of which part of the spaces it is known what they bring the owners: the fee
// of those that do, and of the others that they do not. 1 where there are none.
func (s *Spaces) Known() float64 {
	if s.Spaces == 0 {
		return 1
	}
	return float64(s.Priced+s.Private) / float64(s.Spaces)
}

// ParkingRow adds up the parking of a compound, or that of a community which is of no
// compound.
type ParkingRow struct {
	Compound  *geo.Compound // nil: of none
	Community *geo.Place    // nil: in none
	Spaces
}

// Parking is the register of parking on one map on one day. It does not change.
type Parking struct {
	Revision int64
	On       geo.Date
	// Rows come by community and then by compound, each by code. Compounds without
	// parking have none.
	Rows  []ParkingRow
	Total Spaces
	// Compounds is how many of the rows are of a compound.
	Compounds int
}

// ListParking makes the register of parking, as ListBooths does that of booths.
func ListParking(s *snapshot.Snapshot, now time.Time) *Parking {
	on := geo.InstantOf(now)
	ground := belong.New(s, on)
	type place struct {
		compound  *geo.Compound
		community *geo.Place
	}
	rows := map[place]*ParkingRow{}
	communities := map[*geo.Compound]*geo.Place{}
	for p := range snapshot.All[*geo.ParkingSpace](s) {
		if !p.InEffect(on) {
			continue
		}
		at := place{}
		if f, there := s.Layer(geo.Compounds).ByCode(p.Compound); there {
			at.compound = f.(*geo.Compound)
			community, known := communities[at.compound]
			if !known {
				community = ground.Community(at.compound)
				communities[at.compound] = community
			}
			at.community = community
		} else {
			at.community = ground.Community(p)
		}
		row := rows[at]
		if row == nil {
			row = &ParkingRow{Compound: at.compound, Community: at.community, Spaces: newSpaces()}
			rows[at] = row
		}
		row.add(p)
	}
	r := &Parking{Revision: s.Head().Revision, On: geo.DateOf(now)}
	for _, row := range rows {
		r.Rows = append(r.Rows, *row)
	}
	slices.SortFunc(r.Rows, byPlace)
	r.sum()
	return r
}

func (r *Parking) sum() {
	r.Total, r.Compounds = newSpaces(), 0
	for i := range r.Rows {
		r.Total.join(&r.Rows[i].Spaces)
		r.Compounds += one(r.Rows[i].Compound != nil)
	}
}

// byPlace orders rows by community and compound; what is in none comes last.
func byPlace(a, b ParkingRow) int {
	var x, y *geo.Base
	if a.Community != nil {
		x = &a.Community.Base
	}
	if b.Community != nil {
		y = &b.Community.Base
	}
	if c := byCode(x, y); c != 0 {
		return c
	}
	x, y = nil, nil
	if a.Compound != nil {
		x = &a.Compound.Base
	}
	if b.Compound != nil {
		y = &b.Compound.Base
	}
	return byCode(x, y)
}

func byCode(a, b *geo.Base) int {
	if a == nil || b == nil {
		return cmp.Compare(one(a == nil), one(b == nil))
	}
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
}

// Within is the part of a register for somebody who looks after a part of the city:
// the rows of communities and of compounds that they see.
func (r *Parking) Within(isTheirs func(community *geo.Place) bool, sees func(geo.Feature) bool) *Parking {
	part := &Parking{Revision: r.Revision, On: r.On}
	for _, row := range r.Rows {
		if row.Community != nil && isTheirs(row.Community) || row.Compound != nil && sees(row.Compound) {
			part.Rows = append(part.Rows, row)
		}
	}
	part.sum()
	return part
}

// Of is the part of a register that is of a community.
func (r *Parking) Of(community string) *Parking {
	return r.Within(func(place *geo.Place) bool { return place.Code == community }, func(geo.Feature) bool { return false })
}
