package tiles

import "gridatlas/geo"

// View is somebody's sight of the map: which features tiles made for it show. Of
// the features it shows, every view has the same attributes, all of them public.
type View struct {
	name  string
	shows func(geo.Feature) bool
}

// Public is what everybody may see.
var Public = View{name: "public", shows: geo.ForPublic}
