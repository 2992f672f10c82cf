package osm

import (
	"fmt"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// maxListed is how many objects a Tally names; Total counts all of them.
const maxListed = 50

// Item is one object that a report names.
type Item struct {
	Object string // as osm:way/123
	Name   string
	Detail string
	At     *geo.Point // where on the ground, when known
}

func (i Item) String() string {
	text := i.Object
	if i.Name != "" {
		text += " " + i.Name
	}
	if i.At != nil {
		lon, lat := crs.ToDegrees(*i.At)
		text += fmt.Sprintf(" at %.7f, %.7f", lon, lat)
	}
	if i.Detail != "" {
		text += ": " + i.Detail
	}
	return text
}

// Tally counts objects and names the first of them.
type Tally struct {
	Total int
	Items []Item
}

func (t *Tally) add(item Item) {
	t.Total++
	if len(t.Items) < maxListed {
		t.Items = append(t.Items, item)
	}
}

// Report says what was read and what was not, and why.
type Report struct {
	Nodes, Ways, Relations int               // objects in the file
	Features               map[geo.Layer]int // what came of them

	MissingNodes Tally            // nodes that ways name and the file does not hold, by way
	MissingWays  Tally            // the same for ways that areas and boundaries are made of
	Unclosed     Tally            // boundaries and areas whose ring does not close, with the number of missing ways
	Clipped      Tally            // lines that were split where nodes are missing
	Mended       Tally            // broken polygons that were mended
	Broken       Tally            // broken polygons and values that were left out
	Coast        Tally            // coastlines that do not tell water from land, with the place of the fault: no sea is drawn there
	Hours        Tally            // features whose opening hours could not be read and were dropped
	Merged       Tally            // places that are in the file as node and as boundary
	LeftOut      map[string]Tally // what is not mapped, by reason
}

func (r *Report) leaveOut(reason string, item Item) {
	t := r.LeftOut[reason]
	t.add(item)
	r.LeftOut[reason] = t
}

// Lines returns the report for people to read.
func (r *Report) Lines() []string {
	lines := []string{fmt.Sprintf("%d nodes, %d ways and %d relations read", r.Nodes, r.Ways, r.Relations)}
	for _, schema := range geo.Catalog() {
		if n := r.Features[schema.Layer]; n > 0 {
			lines = append(lines, fmt.Sprintf("  %s: %d", schema.Layer, n))
		}
	}
	section := func(title string, t Tally) {
		if t.Total == 0 {
			return
		}
		lines = append(lines, fmt.Sprintf("%s: %d", title, t.Total))
		for _, item := range t.Items {
			lines = append(lines, "  "+item.String())
		}
		if more := t.Total - len(t.Items); more > 0 {
			lines = append(lines, fmt.Sprintf("  and %d more", more))
		}
	}
	section("ways with nodes outside the file", r.MissingNodes)
	section("relations with ways outside the file", r.MissingWays)
	section("boundaries and areas that do not close", r.Unclosed)
	section("lines split where nodes are missing", r.Clipped)
	section("broken polygons mended", r.Mended)
	section("broken objects left out", r.Broken)
	section("coastlines that could not be closed", r.Coast)
	section("opening hours that could not be read", r.Hours)
	section("places joined from node and boundary", r.Merged)
	reasons := make([]string, 0, len(r.LeftOut))
	for reason := range r.LeftOut {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	for _, reason := range reasons {
		section("left out, "+reason, r.LeftOut[reason])
	}
	return lines
}

func (r *Report) String() string { return strings.Join(r.Lines(), "\n") }
