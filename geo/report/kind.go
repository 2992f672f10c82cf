package report

import (
	"slices"

	"gridatlas/geo"
)

// Kind is what is wrong.
type Kind string

// The kinds. The first three say that the map is wrong, the others that the place is.
const (
	Moved  Kind = "moved"
	Closed Kind = "closed" // though it should be open now
	Hours  Kind = "hours"
	Dirty  Kind = "dirty"
	Price  Kind = "price"
	Other  Kind = "other" // which needs a note
)

// AllKinds lists the kinds in the order of the form.
var AllKinds = []Kind{Moved, Closed, Hours, Dirty, Price, Other}

// Zh returns the kind in the words of the pages.
func (k Kind) Zh() string {
	switch k {
	case Moved:
		return "已搬走，找不到"
	case Closed:
		return "没出摊或没开门"
	case Hours:
		return "营业时间不对"
	case Dirty:
		return "环境脏乱"
	case Price:
		return "收费与公示不符"
	case Other:
		return "其他问题"
	}
	return string(k)
}

// En returns the kind in English.
func (k Kind) En() string {
	switch k {
	case Moved:
		return "Moved, or not to be found"
	case Closed:
		return "Closed when it should be open"
	case Hours:
		return "Opening hours are wrong"
	case Dirty:
		return "Dirty or untidy"
	case Price:
		return "Prices are other than posted"
	case Other:
		return "Something else"
	}
	return string(k)
}

// KindsOf lists what may be wrong at a place of a layer, in the order of AllKinds; of
// no layer, at a point. None: the layer has nothing that residents report on.
func KindsOf(layer geo.Layer) []Kind {
	switch layer {
	case geo.Booths, geo.Facilities:
		return slices.Clone(AllKinds)
	case geo.Shelters, geo.Gates:
		return []Kind{Closed, Dirty, Other}
	case geo.Parking:
		return []Kind{Dirty, Price, Other}
	case geo.Compounds, geo.Buildings, "":
		return []Kind{Dirty, Other}
	}
	return nil
}
