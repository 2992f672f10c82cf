package walk

import "sync"

// keptCounts is how many countings of a coverage are kept: the page asks by
// community for the public and for staff; a row takes about 150 bytes.
const keptCounts = 8

// counts keeps the rows that were counted of a coverage, the last used in the end.
// Its zero value is ready; it is safe for several goroutines.
type counts struct {
	mu   sync.Mutex
	kept []*count
}

// count is a coverage counted by areas.
type count struct {
	areas   *areas
	figures []figures
	minutes int
	rows    []Row
	total   Row
}

// find returns what was counted by the same areas with the same figures; nil: it was
// not. Areas and figures are made anew when they change, and never changed.
func (c *counts) find(a *areas, figures []figures, minutes int) *count {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, kept := range c.kept {
		if kept.areas == a && kept.minutes == minutes && sameFigures(kept.figures, figures) {
			copy(c.kept[i:], c.kept[i+1:])
			c.kept[len(c.kept)-1] = kept
			return kept
		}
	}
	return nil
}

func (c *counts) keep(made *count) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) == keptCounts {
		c.kept = append(c.kept[:0], c.kept[1:]...)
	}
	c.kept = append(c.kept, made)
}

// sameFigures reports whether two lists are the same list.
func sameFigures(a, b []figures) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
