package api

import (
	"strings"
	"sync"
	"weak"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// Texts that must stand beside a map.
const (
	demoText = "演示数据"                         // the source of made-up features begins with it
	osmText  = "© OpenStreetMap contributors" // asked for by the ODbL
)

// attributions remembers whose data each layer of the newest map holds, so that
// it is looked for once a layer. The zero value is ready.
type attributions struct {
	mu     sync.Mutex
	layers []attributed // in catalog order
}

type attributed struct {
	layer weak.Pointer[snapshot.Layer]
	makers
}

// makers are the sources that must be named.
type makers struct{ demo, osm bool }

// attribution says whose data a map shows and under which number it was approved;
// empty when neither must be said. No map, nil, shows nobody's.
func (s *server) attribution(snap *snapshot.Snapshot) string {
	var by makers
	if snap != nil {
		by = s.attributions.of(snap)
	}
	var texts []string
	if s.Demo || by.demo {
		texts = append(texts, demoText)
	}
	if by.osm {
		texts = append(texts, osmText)
	}
	if s.Approval != "" {
		texts = append(texts, "审图号："+s.Approval)
	}
	return strings.Join(texts, "；")
}

// isDemo reports whether a map shows made-up ground.
func (s *server) isDemo(snap *snapshot.Snapshot) bool { return s.Demo || s.attributions.of(snap).demo }

func (a *attributions) of(snap *snapshot.Snapshot) makers {
	a.mu.Lock()
	defer a.mu.Unlock()
	layers := snap.Layers()
	if a.layers == nil {
		a.layers = make([]attributed, len(layers))
	}
	var all makers
	for i, layer := range layers {
		known := &a.layers[i]
		if known.layer != weak.Make(layer) {
			*known = attributed{weak.Make(layer), makersOf(layer)}
		}
		all.demo = all.demo || known.demo
		all.osm = all.osm || known.osm
	}
	return all
}

func makersOf(layer *snapshot.Layer) makers {
	var by makers
	for f := range layer.After(0) {
		if !geo.ForPublic(f) {
			continue
		}
		source := f.Common().Source
		by.demo = by.demo || strings.HasPrefix(source, demoText)
		by.osm = by.osm || strings.HasPrefix(source, "osm:")
		if by.demo && by.osm {
			break
		}
	}
	return by
}
