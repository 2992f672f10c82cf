package stalls

import (
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/relate"
	"gridatlas/geo/snapshot"
)

// Wish is a row with what its spaces say of themselves.
type Wish struct {
	Row
	First        string // the number of the first space
	Kind         string
	FeeYuanMonth geo.Opt[float64]
	PublicIncome geo.Opt[bool]
}

// What is in the way of a space. The first four forbid it; of the others somebody who
// stands there may know better.
const (
	RuleTaken    Rule = "number_taken" // the compound has given its number
	RuleOverlap  Rule = "overlap"      // another parking space or car park lies there
	RuleItself   Rule = "itself"       // another space of the row lies there
	RuleLeave    Rule = "leave"        // who asks may not write there; a plan does not know
	RuleOutside  Rule = "outside"      // it reaches out of the compound
	RuleBuilding Rule = "building"     // a building stands there
)

// Forbids reports whether nothing is drawn while that is in the way of a space.
func (r Rule) Forbids() bool { return r != RuleOutside && r != RuleBuilding }

// Obstacle is what is in the way of one space of a plan, by its place in the row. With
// is what lies there, nil where the rule says it all.
type Obstacle struct {
	Space int
	Rule  Rule
	With  geo.Feature
}

// Plan is what would be drawn.
type Plan struct {
	Spaces    []*geo.ParkingSpace
	Obstacles []Obstacle // in the order of the spaces
	Metres    float64    // of the line on which spaces may stand
	Fits      int        // spaces for which that has room, at most MaxCount
}

// Area is how many square metres the spaces take up.
func (p *Plan) Area() (squareMetres float64) {
	for _, space := range p.Spaces {
		squareMetres += crs.Area(space.Shape)
	}
	return squareMetres
}

// Outside counts the spaces that reach out of the compound.
func (p *Plan) Outside() (n int) {
	for _, obstacle := range p.Obstacles {
		if obstacle.Rule == RuleOutside {
			n++
		}
	}
	return n
}

// Forbidden reports whether something forbids a space.
func (p *Plan) Forbidden() bool { return p.any(true) }

// Doubtful reports whether something is in the way that does not forbid a space.
func (p *Plan) Doubtful() bool { return p.any(false) }

func (p *Plan) any(forbids bool) bool {
	for _, obstacle := range p.Obstacles {
		if obstacle.Rule.Forbids() == forbids {
			return true
		}
	}
	return false
}

// Plan draws the row in a compound of a map. The error is a *Fault.
func (w *Wish) Plan(s *snapshot.Snapshot, compound *geo.Compound, at geo.Instant) (*Plan, error) {
	shapes, err := w.Spaces()
	if err != nil {
		return nil, err
	}
	numbers, err := Numbers(w.First, w.Count)
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	p.Fits, p.Metres = w.Fits()
	given := map[string]bool{}
	for _, space := range In(s, compound, at) {
		given[space.Number] = true
	}
	ground := relate.Prepare(compound.Shape)
	for i, shape := range shapes {
		p.Spaces = append(p.Spaces, &geo.ParkingSpace{
			Base:     geo.Base{Shape: shape, Name: compound.Name + numbers[i] + "号车位"},
			Compound: compound.Code, Number: numbers[i], Kind: w.Kind, Capacity: geo.Some[int32](1),
			FeeYuanMonth: w.FeeYuanMonth, PublicIncome: w.PublicIncome,
		})
		find := func(rule Rule, with geo.Feature) { p.Obstacles = append(p.Obstacles, Obstacle{i, rule, with}) }
		if given[numbers[i]] {
			find(RuleTaken, nil)
		}
		ready := relate.Prepare(shape)
		for other := range snapshot.Search[*geo.ParkingSpace](s, shape.Box()) {
			if other.InEffect(at) && liesOver(other.Shape, ready) {
				find(RuleOverlap, other)
			}
		}
		for k := range i { // where a line bends twice within a step, the one before too
			if box := shape.Box(); box.Intersects(shapes[k].Box()) && liesOver(shapes[k], ready) {
				find(RuleItself, p.Spaces[k])
			}
		}
		if !relate.Of(shape, ground).Within() {
			find(RuleOutside, nil)
		}
		for building := range snapshot.Search[*geo.Building](s, shape.Box()) {
			if building.InEffect(at) && liesOver(building.Shape, ready) {
				find(RuleBuilding, building)
			}
		}
	}
	return p, nil
}

// liesOver reports whether two areas have more in common than a border.
func liesOver(shape geo.Shape, ready *relate.Shape) bool {
	if shape.Kind() != geo.Polygons {
		return false
	}
	relation := relate.Of(shape, ready)
	return relation.Intersects() && !relation.Touches()
}
