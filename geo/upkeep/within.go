package upkeep

import (
	"cmp"
	"slices"

	"gridatlas/geo"
)

// Within is the part of a report for somebody who looks after a part of the city: the
// rows of communities that are theirs, and the findings about features that they may
// see, wherever those count. Totals are of these rows, counts of stewards of these
// findings.
func (r *Report) Within(isTheirs func(community *geo.Place) bool, sees func(geo.Feature) bool) *Report {
	part := &Report{Revision: r.Revision, On: r.On, Total: make([]Count, len(Layers))}
	for _, row := range r.Rows {
		if row.Community == nil || !isTheirs(row.Community) {
			continue
		}
		part.Rows = append(part.Rows, row)
		for i := range row.Layers {
			part.Total[i].add(&row.Layers[i])
		}
	}
	stewards := map[*Steward]*Steward{}
	var seen geo.Feature // the findings of a feature follow each other
	var isSeen bool
	for _, finding := range r.Findings {
		if finding.Feature != seen {
			seen, isSeen = finding.Feature, sees(finding.Feature)
		}
		if !isSeen {
			continue
		}
		found := &part.Nobody
		if of := finding.Steward; of != nil {
			if stewards[of] == nil {
				stewards[of] = &Steward{Who: of.Who}
				part.Stewards = append(part.Stewards, stewards[of])
			}
			finding.Steward = stewards[of]
			found = &finding.Steward.Found
		}
		found[finding.Kind]++
		part.Findings = append(part.Findings, finding)
	}
	slices.SortFunc(part.Stewards, func(a, b *Steward) int { return cmp.Compare(a.Who, b.Who) })
	return part
}
