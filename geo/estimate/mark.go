package estimate

import (
	"slices"
	"strings"

	"gridatlas/geo"
)

// Mark says which figures of a building are estimates, and how they were made.
type Mark struct {
	Households, People bool
	Of                 Level // whose figures were spread
	On                 geo.Date
}

// Level is the kind of place whose figures are spread.
type Level string

// The levels, as geo.Place.Kind names them.
const (
	Community Level = "community"
	Street    Level = "street"
	District  Level = "district"
)

// levels are the levels, those whose figures go first in front.
var levels = []Level{Community, Street, District}

var titles = map[Level]string{Community: "社区", Street: "街道", District: "区县"}

func (l Level) rank() int { return slices.Index(levels, l) }

// The mark is the last part of the source, after a separator if there is another:
//
//	OSM; 估算（户数、人口）：按住宅建筑面积分摊社区统计数 2026-11-25
const (
	separator = "; "
	begin     = "估算（"
	method    = "）：按住宅建筑面积分摊"
	figures   = "统计数 "
)

func (m Mark) isZero() bool { return !m.Households && !m.People }

// String returns the mark as it stands in a source; empty when nothing is
// estimated.
func (m Mark) String() string {
	var what []string
	if m.Households {
		what = append(what, "户数")
	}
	if m.People {
		what = append(what, "人口")
	}
	if len(what) == 0 {
		return ""
	}
	return begin + strings.Join(what, "、") + method + titles[m.Of] + figures + m.On.String()
}

// split parts a source into what else it says and the mark; a mark that cannot be
// read is none.
func split(source string) (rest string, m Mark) {
	at := strings.LastIndex(source, begin)
	if at < 0 || at > 0 && !strings.HasSuffix(source[:at], separator) {
		return source, Mark{}
	}
	what, how, ok := strings.Cut(source[at+len(begin):], method)
	whose, day, ok2 := strings.Cut(how, figures)
	if !ok || !ok2 {
		return source, Mark{}
	}
	for figure := range strings.SplitSeq(what, "、") {
		switch figure {
		case "户数":
			m.Households = true
		case "人口":
			m.People = true
		}
	}
	for level, title := range titles {
		if whose == title {
			m.Of = level
		}
	}
	var err error
	if m.On, err = geo.ParseDate(day); err != nil || m.Of == "" || m.isZero() {
		return source, Mark{}
	}
	// Of several marks the last counts, and none is left over.
	rest, _ = split(strings.TrimSuffix(source[:at], separator))
	return rest, m
}

// join puts a mark behind what else a source says.
func join(rest string, m Mark) string {
	switch text := m.String(); {
	case text == "":
		return rest
	case rest == "":
		return text
	default:
		return rest + separator + text
	}
}

// Is reports whether any figure of a feature is an estimate.
func Is(f geo.Feature) bool { return !Of(f).isZero() }

// Of returns which figures of a feature are estimates. Only buildings have such.
func Of(f geo.Feature) Mark {
	b, ok := f.(*geo.Building)
	if !ok || !strings.Contains(b.Source, begin) {
		return Mark{}
	}
	_, m := split(b.Source)
	m.Households = m.Households && b.Households.Known
	m.People = m.People && b.Residents.Known
	return m
}

// Unmarked returns a feature as the public may see it: that its figures are estimated,
// and not counted, is for staff as the figures are. It is the feature itself when it
// has no mark, else a copy.
func Unmarked(f geo.Feature) geo.Feature {
	base := f.Common()
	rest := BesidesMark(base.Source)
	if rest == base.Source {
		return f
	}
	bare := geo.Clone(f)
	bare.Common().Source = rest
	return bare
}

// BesidesMark is what a source says beside a mark.
func BesidesMark(source string) string {
	if !strings.Contains(source, begin) {
		return source
	}
	rest, _ := split(source)
	return rest
}

// Without returns a feature as it would be without its estimates: the feature
// itself when it has none, else a copy whose estimated figures are unknown.
func Without(f geo.Feature) geo.Feature {
	if b, ok := f.(*geo.Building); ok {
		return cleared(b)
	}
	return f
}

// Settle keeps the mark true when somebody writes a feature: figures that differ
// from before were entered and lose it, the others keep it, whatever source was
// written. Whoever changes counts of a building calls it with the building as it
// stands and as it will; only after's source is changed. A new feature, before
// nil, keeps the mark it came with.
func Settle(before, after geo.Feature) {
	was, isBuilding := before.(*geo.Building)
	now, ok := after.(*geo.Building)
	if !ok || !isBuilding {
		return
	}
	m := Of(was)
	m.Households = m.Households && was.Households == now.Households
	m.People = m.People && was.Residents == now.Residents
	rest, _ := split(now.Source)
	now.Source = join(rest, m)
}
