package geo

import "strings"

// ForPublic reports whether the public may know of the feature at all. Cameras
// and duties that are not posted in public are for staff; of everything else
// only the staff fields are hidden (Field.Staff).
func ForPublic(f Feature) bool {
	switch f := f.(type) {
	case *Facility:
		return !strings.HasPrefix(f.Kind, "camera_")
	case *Assignment:
		return f.Public.Or(false)
	}
	return true
}

// AllForPublic reports whether the public may know of every feature that a layer can
// hold.
func AllForPublic(layer Layer) bool { return layer != Facilities && layer != Assignments }
