package upkeep

import (
	"cmp"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Steward (责任人) is who looks after features, as the assignments name them: a
// person's post or a unit. Assignments that name the same are of one steward.
type Steward struct {
	Who string
	// Found is how many findings of each kind are theirs.
	Found [len(kindWords)]int
}

// order is who looks after something, the nearest first: the keeper of the shelter
// itself, the worker of the grid, its head, then those of the community.
var order = map[geo.Layer][]string{
	geo.Shelters: {"shelter_keeper"},
	geo.Grids:    {"grid_worker", "grid_head"},
	geo.Places:   {"contact_officer", "first_secretary"},
}

// stewards finds who looks after a feature. It may be asked by several goroutines.
type stewards struct {
	byWho map[string]*Steward
	named map[object]*geo.Assignment
}

type object struct {
	layer geo.Layer
	code  string
}

func newStewards(s *snapshot.Snapshot, on geo.Instant) *stewards {
	w := &stewards{byWho: map[string]*Steward{}, named: map[object]*geo.Assignment{}}
	for duty := range snapshot.All[*geo.Assignment](s) {
		of := object{geo.Layer(duty.OfLayer), duty.OfCode}
		if !duty.InEffect(on) || of.code == "" || whoOf(duty) == "" || rank(of.layer, duty.Role) < 0 {
			continue
		}
		if other := w.named[of]; other == nil || rank(of.layer, duty.Role) < rank(of.layer, other.Role) {
			w.named[of] = duty // of equal rank the first by id
			w.byWho[whoOf(duty)] = &Steward{Who: whoOf(duty)}
		}
	}
	return w
}

func whoOf(duty *geo.Assignment) string { return strings.TrimSpace(duty.Who) }

func rank(layer geo.Layer, role string) int { return slices.Index(order[layer], role) }

// of returns who looks after a feature in a grid and a community; nil: nobody.
func (w *stewards) of(f geo.Feature, grid *geo.Grid, community *geo.Place) *Steward {
	chain := []object{{f.Layer(), f.Common().Code}}
	if grid != nil {
		chain = append(chain, object{geo.Grids, grid.Code})
	}
	if community != nil {
		chain = append(chain, object{geo.Places, community.Code})
	}
	for _, of := range chain {
		if duty := w.named[of]; duty != nil && of.code != "" {
			return w.byWho[whoOf(duty)]
		}
	}
	return nil
}

// busy counts findings by steward and returns those who have some, and how many of
// each kind are nobody's.
func (w *stewards) busy(findings []Finding) (list []*Steward, nobody [len(kindWords)]int) {
	for i := range findings {
		found := &nobody
		if steward := findings[i].Steward; steward != nil {
			found = &steward.Found
		}
		found[findings[i].Kind]++
	}
	for _, steward := range w.byWho {
		if steward.Found != [len(kindWords)]int{} {
			list = append(list, steward)
		}
	}
	slices.SortFunc(list, func(a, b *Steward) int { return cmp.Compare(a.Who, b.Who) })
	return list, nobody
}
