package register

import (
	"cmp"
	"slices"
	"strings"
)

// Sheet is what a page of the registers shows: one of the tables, in an order.
type Sheet struct {
	View string // of Views
	Sort string // a column that the table can be ordered by; empty: as the register is
	All  bool   // all rows, however many
	// Community is that whose rows alone are shown; empty: all.
	Community string

	Cap       int // 0: any number
	Booths    *Booths
	Parking   *Parking
	Decisions []Decision
	Decided   bool // the decisions are known
	Draws     bool // who asks may draw parking spaces
}

// Views lists the tables: booths counted by community, booths one by one, those that
// stand close, parking by compound.
var Views = []string{"communities", "booths", "pairs", "parking"}

// Sorts lists the columns that each table can be ordered by.
var Sorts = map[string][]string{
	"communities": {"booths", "overdue", "failing", "close", "near"},
	"booths":      {"due", "failed", "metres"},
	"parking":     {"spaces", "income", "known"},
}

// Usual is the order of each table where nobody names one: what there is most of, or
// what is longest overdue, comes first.
var Usual = map[string]string{"communities": "booths", "booths": "due", "parking": "spaces"}

// Arrange keeps the rows of the community and orders them: what wants a look comes
// first, the most, the longest overdue, the nearest, the least that is known.
func (s *Sheet) Arrange() {
	if s.Booths != nil {
		s.arrangeBooths()
	}
	if s.Parking == nil {
		return
	}
	if s.Community != "" {
		s.Parking = s.Parking.Of(s.Community)
	}
	order(s.Parking.Rows, map[string]func(a, b ParkingRow) int{
		"spaces": func(a, b ParkingRow) int { return cmp.Compare(b.Spaces.Spaces, a.Spaces.Spaces) },
		"income": func(a, b ParkingRow) int { return cmp.Compare(b.Income, a.Income) },
		"known":  func(a, b ParkingRow) int { return cmp.Compare(a.Known(), b.Known()) },
	}[s.Sort])
}

func (s *Sheet) arrangeBooths() {
	r := s.Booths
	if s.Community != "" {
		r.Rows = slices.DeleteFunc(r.Rows, func(row BoothRow) bool { return row.Community == nil || row.Community.Code != s.Community })
		r.List = slices.DeleteFunc(r.List, func(b Booth) bool { return b.Community == nil || b.Community.Code != s.Community })
	}
	order(r.Rows, map[string]func(a, b BoothRow) int{
		"booths":  func(a, b BoothRow) int { return cmp.Compare(b.Booths, a.Booths) },
		"overdue": func(a, b BoothRow) int { return cmp.Compare(b.Overdue, a.Overdue) },
		"failing": func(a, b BoothRow) int { return cmp.Compare(b.Failing, a.Failing) },
		"close":   func(a, b BoothRow) int { return cmp.Compare(b.Close, a.Close) },
		"near": func(a, b BoothRow) int {
			x, knownX := a.Reach.Share()
			y, knownY := b.Reach.Share()
			return cmp.Or(cmp.Compare(one(!knownX), one(!knownY)), cmp.Compare(x, y))
		},
	}[s.Sort])
	order(r.List, map[string]func(a, b Booth) int{
		"due": func(a, b Booth) int {
			return cmp.Or(cmp.Compare(one(a.Due == 0), one(b.Due == 0)), cmp.Compare(a.Due, b.Due))
		},
		"failed": func(a, b Booth) int {
			return cmp.Or(cmp.Compare(len(b.Failed), len(a.Failed)), strings.Compare(strings.Join(a.Failed, " "), strings.Join(b.Failed, " ")))
		},
		"metres": func(a, b Booth) int {
			if len(a.Near) == 0 || len(b.Near) == 0 {
				return cmp.Compare(len(b.Near), len(a.Near))
			}
			return cmp.Compare(a.Near[0].Metres, b.Near[0].Metres)
		},
	}[s.Sort])
}

// order sorts rows; those that are alike stay as they are.
func order[T any](rows []T, by func(a, b T) int) {
	if by != nil {
		slices.SortStableFunc(rows, by)
	}
}
