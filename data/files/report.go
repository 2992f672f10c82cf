package files

import (
	"fmt"
	"slices"
)

// Report is what the reading of a table has to say besides features and faults.
type Report struct {
	Features int        // good ones
	Refused  int        // rows with a fault
	Unplaced int        // good rows of a layer that needs a place, without one
	Unknown  []string   // columns that went to no field, each once
	Words    []string   // columns that only say where a row lies, in words
	Heights  int        // positions with a height or measure, which was dropped
	Mended   []RowFault // polygons that were broken and were mended
	Notes    []string   // of the file itself: its encoding, its deleted records
}

// Lines returns the report for people to read.
func (r *Report) Lines() []string {
	lines := []string{fmt.Sprintf("%d features read, %d refused", r.Features, r.Refused)}
	if r.Unplaced > 0 {
		lines = append(lines, fmt.Sprintf("%d rows have no coordinates", r.Unplaced))
	}
	lines = append(lines, r.Notes...)
	passed := r.Unknown
	if r.Unplaced == 0 { // every row has coordinates: nobody asks
		passed = append(slices.Clone(r.Unknown), r.Words...)
	}
	for _, name := range passed {
		lines = append(lines, fmt.Sprintf("property %q is not a field of the layer and was passed over", name))
	}
	if r.Heights > 0 {
		lines = append(lines, fmt.Sprintf("%d positions have a height, which was dropped", r.Heights))
	}
	for i := range r.Mended {
		lines = append(lines, "mended: "+r.Mended[i].Error())
	}
	return lines
}

// noteOnce adds a column to a list that has some bound.
func noteOnce(list *[]string, name string) {
	const most = 200
	if len(*list) < most && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

// note adds a sentence about the file, once.
func (r *Report) note(text string) {
	if text != "" && !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}
