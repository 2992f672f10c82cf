package match

import (
	"cmp"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/walk"
)

// Query holds the texts of one row, each empty where the row has none. Each is
// read as a free text, so a column that holds more than its title says is no
// harm; only the first 160 characters of a text count.
type Query struct {
	Community string // community, also with street office and district
	Compound  string
	Building  string // the number: 14, 14号楼, 十四栋
	Unit      string // tells only houses that are numbered 14-2; units are not on the map
	Street    string // also with a number: 健康街12号
	Landmark  string // 五道庙小区东门北50米路西
	Name      string // of the thing itself
	Address   string
}

// Candidate is one thing that a row may mean.
type Candidate struct {
	Key     geo.Key   // what it is, or what the point is reckoned from
	At      geo.Point // where the row would be placed
	Score   float64   // 0 to 1, comparable within one result
	Reasons []Reason  // what speaks for it and against it

	kind    kind
	exactly bool    // every name that leads here is written as on the map
	loose   bool    // there is more beside the name that nobody understood
	context context // against the community that the row states
}

// Reason is one thing that a person should know to judge a candidate.
type Reason struct{ Zh, En string }

// Result is what was found, the best first.
type Result struct {
	Candidates []Candidate
	Sure       bool     // the first is meant beyond reasonable doubt
	Unread     []string // pieces of the texts that name nothing on the map
}

// kind is how closely a candidate says where the row is; the scores are what one
// with every name exact and no word on the community gets.
type kind uint8

const (
	ofHouse     kind = iota // the building of a compound and number
	ofName                  // a thing by its name
	ofLandmark              // a booth whose landmark is the same
	ofAddress               // a facility at the number of a street
	ofGate                  // the gate of a compound, or a spot reckoned from it
	ofSpot                  // a spot reckoned from something else
	ofCrossing              // where two streets meet
	ofCompound              // a compound when no building is named
	ofNear                  // beside a thing
	ofBareHouse             // a compound that has no such building
	ofSide                  // the side of a compound where no gate is known
	ofStreet
	ofPlace
)

var worth = [...]float64{0.95, 0.92, 0.95, 0.85, 0.9, 0.65, 0.75, 0.6, 0.5, 0.45, 0.5, 0.25, 0.12}

const (
	sureScore  = 0.8
	sureLead   = 0.85 // a rival may have this share of the best score
	samePlace  = 30   // m; candidates nearer to each other are no rivals
	beside     = 150  // m from a compound, what is said to be at it may be
	nearWeight = 0.6
)

// finding gathers the candidates of one query.
type finding struct {
	x          *Index
	stated     stated
	candidates []Candidate
}

// Find returns what a row may mean, at most limit candidates. It is sure only of a
// building found by compound and number, of a gate, and of a named place in the
// community that the row states; where names disagree it is not. A query without
// texts, or a limit of zero, finds nothing.
func (x *Index) Find(q Query, limit int) Result {
	texts := []struct {
		text  string
		whole bool
	}{{q.Compound, false}, {q.Building, true}, {q.Street, false}, {q.Landmark, false}, {q.Name, false}, {q.Address, false}}
	all := &reading{}
	var result Result
	landmark := ""
	for _, t := range texts {
		if t.text == "" {
			continue
		}
		r := x.read(t.text, t.whole)
		if !r.spot.isZero() {
			landmark = r.key()
		}
		all.join(r)
	}
	community := &reading{}
	if q.Community != "" {
		community = x.read(q.Community, false)
	}
	if all.house.unit == "" {
		all.house.unit = numeral(strings.TrimSuffix(normal(q.Unit), "单元"))
	}
	f := &finding{x: x, stated: x.statedBy(community, all)}
	all.join(community.besidesPlaces(x)) // a column may hold more than its title says
	result.Unread = all.unread
	f.gather(all, landmark)
	f.gatherPlaces()
	result.Candidates, result.Sure = f.decide(limit)
	return result
}

// join adds what another text of the same row says; the first word on a thing
// counts.
func (r *reading) join(other *reading) {
	span := len(r.hits)
	for _, h := range other.hits {
		h.span += span
		r.hits = append(r.hits, h)
	}
	if r.house.isZero() || r.house.number == "" {
		r.house = other.house
	}
	if r.spot.isZero() {
		r.spot = other.spot
	}
	if r.number == "" {
		r.number = other.number
	}
	r.unread = append(r.unread, other.unread...)
}

// besidesPlaces returns what a text says besides the places it names.
func (r *reading) besidesPlaces(x *Index) *reading {
	rest := *r
	rest.hits = slices.DeleteFunc(slices.Clone(r.hits), func(h hit) bool {
		return x.entries[h.entry].feature.Layer() == geo.Places
	})
	return &rest
}

func (f *finding) add(c Candidate) {
	c.Score *= worth[c.kind]
	c.context = context{weight: 1}
	if c.kind != ofPlace {
		c.context = f.stated.against(f.x, &c)
	}
	c.Score = min(c.Score*c.context.weight, 1)
	for i := range f.candidates {
		if f.candidates[i].Key == c.Key {
			if f.candidates[i].Score < c.Score {
				f.candidates[i] = c
			}
			return
		}
	}
	f.candidates = append(f.candidates, c)
}

// gather adds what the texts lead to; the communities come last.
func (f *finding) gather(r *reading, landmark string) {
	for _, booth := range f.x.booths[landmark] {
		if landmark != "" {
			f.add(Candidate{Key: geo.KeyOf(booth), At: f.x.middle(booth), Score: 1, kind: ofLandmark, exactly: true,
				Reasons: []Reason{{"位置说明相同：" + booth.Landmark, "the same landmark: " + booth.Landmark}}})
		}
	}
	compounds := r.of(f.x, geo.Compounds)
	for _, h := range compounds {
		f.addCompound(h, r)
	}
	for _, h := range r.hits {
		e := &f.x.entries[h.entry]
		switch e.feature.Layer() {
		case geo.Places, geo.Compounds, geo.Streets:
		default:
			f.addNamed(h, r, compounds)
		}
	}
	f.addStreets(r)
}

// addNamed adds a thing by its name, or the spot that is reckoned from it.
func (f *finding) addNamed(h hit, r *reading, compounds []hit) {
	feature := f.x.entries[h.entry].feature
	c := Candidate{Key: geo.KeyOf(feature), At: f.x.middle(feature), Score: h.trust(), kind: ofName, exactly: h.how == exact && !h.loose, loose: h.loose,
		Reasons: []Reason{f.x.reason(h)}}
	if r.house.number != "" && len(compounds) == 0 {
		c.loose = true // 超市（2） and its like: which one?
	}
	switch {
	case r.spot.metres > 0:
		c.kind = ofSpot
		c.At = f.x.along(c.At, r.spot)
		c.Reasons = append(c.Reasons, r.spot.reason())
	case r.spot.near:
		c.kind = ofNear
	}
	if len(compounds) > 0 && !f.besideOne(c.At, compounds) {
		c.Score *= nearWeight
		c.Reasons = append(c.Reasons, Reason{"不在所写小区附近", "not near the compound that is written"})
		c.exactly = false
	}
	f.add(c)
}

func (f *finding) besideOne(at geo.Point, compounds []hit) bool {
	for _, h := range compounds {
		shape := f.x.entries[h.entry].feature.Common().Shape
		box := shape.Box()
		dx, dy := crs.NewLocal(at).Steps(beside)
		if box.Grown(dx, dy).Holds(at) {
			return true
		}
	}
	return false
}

// decide sorts the candidates and says whether the first is beyond doubt.
func (f *finding) decide(limit int) ([]Candidate, bool) {
	list := f.candidates
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Key.Layer, b.Key.Layer), cmp.Compare(a.Key.ID, b.Key.ID))
	})
	sure := len(list) > 0 && list[0].certain()
	for i := 1; sure && i < len(list); i++ {
		rival := &list[i]
		apart := crs.Distance(list[0].At, rival.At) > samePlace || list[0].kind == ofHouse && rival.kind == ofHouse
		if apart && rival.Score > sureLead*list[0].Score {
			sure = false
		}
	}
	list = slices.Clip(list[:min(len(list), max(limit, 0))])
	for i := range list {
		c := &list[i]
		c.Reasons = append(c.Reasons, c.context.reasons...)
	}
	return list, sure && len(list) > 0
}

// and returns the reasons with one more, in a list of their own.
func (c *Candidate) and(more Reason) []Reason { return append(slices.Clone(c.Reasons), more) }

// certain reports whether a candidate is close enough to what is meant, its
// rivals aside.
func (c *Candidate) certain() bool {
	if c.Score < sureScore || c.context.conflict {
		return false
	}
	switch c.kind {
	case ofHouse, ofGate:
		return c.exactly || c.context.agrees && !c.loose
	case ofName, ofLandmark, ofAddress:
		return c.context.agrees && !c.loose
	}
	return false
}

// middle is the point that stands for a feature: the place inside a polygon that
// is farthest from its outline, the middle corner of a line.
func (x *Index) middle(f geo.Feature) geo.Point {
	// Outlines of places and grounds are long, and few: theirs are kept.
	key := geo.KeyOf(f)
	kept := key.Layer == geo.Places || key.Layer == geo.Land
	if known, ok := x.poles.Load(key); kept && ok {
		return known.(geo.Point)
	}
	shape := f.Common().Shape
	switch shape.Kind() {
	case geo.Polygons:
		pole := walk.Pole(shape)
		if kept {
			x.poles.Store(key, pole)
		}
		return pole
	case geo.NoShape:
		return geo.Point{}
	}
	return shape.Points()[len(shape.Points())/2]
}
