package files

import (
	"fmt"
	"strings"

	"gridatlas/geo/crs"
)

// describable is an error for systems that a format cannot name: a file that says
// nothing of them would be taken for another.
func describable(system crs.System, format Format) error {
	if system.EPSG() == 0 {
		return fmt.Errorf("%w: a %s file cannot say that it is in %s; .csv and .xlsx can", ErrUnsuited, format, system.Title())
	}
	return nil
}

// systemOfHeading returns the system that columns of coordinates name by such a
// tag, as lon_gcj02 does; nil when none does or two differ.
func systemOfHeading(columns []string) (found System) {
	for _, column := range columns {
		_, system := cutTag(column)
		if system == nil {
			continue
		}
		if found != nil && found != system {
			return nil
		}
		found = system
	}
	return found
}

// cutTag parts x_epsg4549 into x and the system; a nil system when the name of a
// column is not of that kind.
func cutTag(column string) (name string, system System) {
	name, tag, ok := strings.Cut(strings.ToLower(strings.TrimSpace(column)), "_")
	switch name {
	case "经度":
		name = targetLon
	case "纬度":
		name = targetLat
	case targetLon, targetLat, "x", "y", targetWKT:
	default:
		return "", nil
	}
	known, err := crs.ParseSystem(strings.Replace(tag, "epsg", "epsg:", 1))
	if !ok || err != nil {
		return "", nil
	}
	return name, known
}
