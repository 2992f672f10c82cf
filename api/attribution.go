package api

import (
	"strings"
	"sync/atomic"
	"weak"

	"gridatlas/geo/snapshot"
)

// Texts that must stand beside a map.
const (
	demoText = "演示数据"
	osmText  = "© OpenStreetMap contributors" // asked for by the ODbL
)

// attributions remembers whose data the newest map shows, so that it is looked
// for once a map. The zero value is ready.
type attributions struct{ last atomic.Pointer[attributed] }

type attributed struct {
	snap weak.Pointer[snapshot.Snapshot]
	osm  bool
}

// attribution says whose data a map shows; empty when nobody must be named.
func (s *server) attribution(snap *snapshot.Snapshot) string {
	switch {
	case s.Demo:
		return demoText
	case snap != nil && s.attributions.osm(snap):
		return osmText
	}
	return ""
}

func (a *attributions) osm(snap *snapshot.Snapshot) bool {
	if last := a.last.Load(); last != nil && last.snap == weak.Make(snap) {
		return last.osm
	}
	found := hasOSM(snap)
	a.last.Store(&attributed{weak.Make(snap), found})
	return found
}

// hasOSM reports whether any feature was read from OpenStreetMap.
func hasOSM(snap *snapshot.Snapshot) bool {
	for _, layer := range snap.Layers() {
		for f := range layer.After(0) {
			if strings.HasPrefix(f.Common().Source, "osm:") {
				return true
			}
		}
	}
	return false
}
