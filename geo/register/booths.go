package register

import (
	"slices"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/upkeep"
)

// Checks are the seven things that are the same at every booth (七统一), and Statuses
// the states of booths, in the order of the catalog.
var (
	Checks   = termsOf("checks")
	Statuses = termsOf("status")
)

func termsOf(field string) []geo.Term {
	f, _ := geo.MustSchema(geo.Booths).Field(field)
	return f.Terms
}

// Booth is one line of the register.
type Booth struct {
	*geo.Booth
	Community *geo.Place // nil: in none
	// Checked and Due are when somebody last looked at it and when that is to be done
	// again; zero: not known. They are looked for at booths in use alone.
	Checked, Due       geo.Date
	Overdue, Unchecked bool
	Failed             []string // of Checks, in their order
	// Near are the other booths in use by the walk to them, the nearest first: the
	// nearest, and all that are closer than the spacing. None where none is reached.
	Near []Neighbour
}

// Close reports whether another booth stands closer than so many metres.
func (b *Booth) Close(spacing float64) bool { return len(b.Near) > 0 && b.Near[0].Metres < spacing }

// Count adds booths up.
type Count struct {
	// Booths are those in use: they count against the cap.
	Booths, Moved, Retired int
	Overdue, Unchecked     int
	Failing                int   // booths with a check that failed
	Failed                 []int // how many failed each of Checks
	Status                 []int // how many have each of Statuses; those without one are not among them
	Close                  int   // booths that another stands closer to than the spacing
}

func newCount() Count {
	return Count{Failed: make([]int, len(Checks)), Status: make([]int, len(Statuses))}
}

func (c *Count) add(b *Booth, spacing float64) {
	for i, term := range Statuses {
		if term.Value == b.Status {
			c.Status[i]++
		}
	}
	switch {
	case b.Status == "moved":
		c.Moved++
		return
	case !b.InUse():
		c.Retired++
		return
	}
	c.Booths++
	c.Overdue += one(b.Overdue)
	c.Unchecked += one(b.Unchecked)
	c.Failing += one(len(b.Failed) > 0)
	c.Close += one(b.Close(spacing))
	for i, term := range Checks {
		c.Failed[i] += one(slices.Contains(b.Failed, term.Value))
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// BoothRow counts the booths of a community; nil: those in none.
type BoothRow struct {
	Community *geo.Place
	Count
	Reach Reach
}

// Booths is the register of booths on one map on one day. It does not change.
type Booths struct {
	Revision int64
	On       geo.Date
	// InUse is how many booths count against the cap, in the whole city.
	InUse   int
	Spacing *Spacing // nil: there are no walks
	reaches map[int64]Reach
	// Rows has every community in effect by code, and in the end, where there are some,
	// the booths in none. Total adds them up.
	Rows  []BoothRow
	Total BoothRow
	// List has the booths that have not ended by number, then id.
	List []Booth
	// Pairs stand closer than the spacing, the closest first.
	Pairs []Pair
}

// ListBooths makes the register of booths. Now is the instant for what is in effect,
// and its day, in its own location, is today. Spacing may be that of a map a little
// older; nil: nothing is known of it. Reaches say by the id of a community who lives
// near a booth.
func ListBooths(s *snapshot.Snapshot, spacing *Spacing, reaches map[int64]Reach, now time.Time) *Booths {
	on, today := geo.InstantOf(now), geo.DateOf(now)
	ground := belong.New(s, on)
	r := &Booths{Revision: s.Head().Revision, On: today, Spacing: spacing, reaches: reaches}
	for booth := range snapshot.All[*geo.Booth](s) {
		if ended(booth, on) {
			continue
		}
		b := Booth{Booth: booth, Community: ground.Community(booth)}
		if booth.InUse() {
			r.InUse++
			b.judge(today)
			b.Near = spacing.near(s, booth.ID)
		}
		r.List = append(r.List, b)
	}
	slices.SortFunc(r.List, byNumber)
	r.count(ground.Communities())
	r.Pairs = spacing.pairs(s)
	return r
}

// judge fills in what there is to say of the checks of a booth in use.
func (b *Booth) judge(today geo.Date) {
	b.Checked, b.Due = upkeep.Due(b.Booth)
	b.Unchecked = b.Checked == 0 && b.Due == 0
	b.Overdue = b.Due != 0 && b.Due < today
	if b.LastChecked == 0 && len(b.Checks) == 0 {
		return
	}
	for _, term := range Checks {
		if !slices.Contains(b.Checks, term.Value) {
			b.Failed = append(b.Failed, term.Value)
		}
	}
}

// count makes the rows of communities, and one for none where it is needed.
func (r *Booths) count(communities []*geo.Place) {
	index := map[*geo.Place]int{}
	for i, community := range communities {
		index[community] = i
		reach := r.reaches[community.ID]
		r.Rows = append(r.Rows, BoothRow{community, newCount(), reach})
		r.Total.Reach.join(reach)
	}
	none := BoothRow{Count: newCount()}
	r.Total.Count = newCount()
	strays := false
	for i := range r.List {
		b := &r.List[i]
		r.Total.add(b, r.spacing())
		if k, is := index[b.Community]; is {
			r.Rows[k].add(b, r.spacing())
			continue
		}
		strays = true
		none.add(b, r.spacing())
	}
	if strays {
		r.Rows = append(r.Rows, none)
	}
}

func (r *Booths) spacing() float64 {
	if r.Spacing == nil {
		return 0
	}
	return r.Spacing.Metres
}

// Within is the part of a register for somebody who looks after a part of the city:
// the booths that they see, the communities that are theirs or hold one of these, and
// the pairs of which they see one.
func (r *Booths) Within(isTheirs func(community *geo.Place) bool, sees func(geo.Feature) bool) *Booths {
	part := &Booths{Revision: r.Revision, On: r.On, InUse: r.InUse, Spacing: r.Spacing, reaches: r.reaches}
	seen, near := map[int64]bool{}, map[*geo.Place]bool{}
	for _, b := range r.List {
		if sees(b.Booth) {
			seen[b.ID], near[b.Community] = true, true
			part.List = append(part.List, b)
		}
	}
	var theirs []*geo.Place
	for _, row := range r.Rows {
		if row.Community != nil && (near[row.Community] || isTheirs(row.Community)) {
			theirs = append(theirs, row.Community)
		}
	}
	part.count(theirs)
	for _, pair := range r.Pairs {
		if seen[pair.A.ID] || seen[pair.B.ID] {
			part.Pairs = append(part.Pairs, pair)
		}
	}
	return part
}
