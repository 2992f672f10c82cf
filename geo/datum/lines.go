package datum

import "fmt"

// Lines returns the finding as a table for people, with the verdict below.
func (f Finding) Lines() []string {
	lines := []string{fmt.Sprintf("%d things looked at, %d of them comparable with the map", f.Claims, f.Judged)}
	if len(f.Candidates) > 0 {
		lines = append(lines, fmt.Sprintf("%-32s %8s %8s %10s %8s", "system", "inside", "fits", "by chance", "margin"))
	}
	for _, c := range f.Candidates {
		if f.Judged == 0 {
			lines = append(lines, fmt.Sprintf("%-32s %6.0f %% %8s %10s %8s", c, c.Inside*100, "-", "-", "-"))
			continue
		}
		lines = append(lines, fmt.Sprintf("%-32s %6.0f %% %6.0f %% %8.0f %% %8.1f", c, c.Inside*100, c.Fits*100, c.Chance*100, c.Margin))
	}
	verdict := "not clear: "
	if f.Clear {
		verdict = "clear: "
	}
	return append(lines, verdict+f.Why)
}
