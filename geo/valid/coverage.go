package valid

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/planar"
)

// Coverage is a set of polygons that should share borders corner by corner and
// leave no ground between them and none twice: grids, places of one rank, blocks.
// Members of other kinds of geometry, as a place of which only the seat is known,
// take no part and come back as they are.
type Coverage struct {
	Members []geo.Shape
	// Parent is what the members should fill, as a community for its grids. Without
	// one any outline will do, and only ground that they enclose is a gap.
	Parent geo.Shape
}

// CoverageKind is the short name of what can be wrong with a coverage, as it
// stands in reports and on the worklist.
type CoverageKind string

// The faults of a coverage.
const (
	Gap        CoverageKind = "gap"       // enclosed or in the parent, and in no member
	Overlapped CoverageKind = "overlap"   // in several members
	Duplicate  CoverageKind = "duplicate" // an overlap that is most of each of its members
	Beyond     CoverageKind = "outside"   // in a member, and not in the parent
	Unnoded    CoverageKind = "noding"    // edges lack corners of others that lie on them
	Collapsed  CoverageKind = "collapsed" // a member is thinner than the lattice
)

// AllCoverageKinds is the closed list that tests go through.
var AllCoverageKinds = []CoverageKind{Gap, Overlapped, Duplicate, Beyond, Unnoded, Collapsed}

// CoverageFault is one piece of ground that is not in exactly one member, or
// (noding, collapsed) one member whose border does not fit.
type CoverageFault struct {
	Kind CoverageKind
	// Members are indices into Coverage.Members, of the members that cover the
	// ground in rising order; of a gap those beside it, longest common border
	// first; of noding and collapsed the member itself.
	Members []int
	// Shape is the ground, on the lattice; the zero Shape for noding and collapsed.
	Shape geo.Shape
	// At is a place to look at: the middle of the largest circle that fits in,
	// which for what is thinner than the lattice may lie a step beside it.
	At geo.Point
	// Area is in square metres.
	Area float64
	// Width is the diameter of the largest circle that fits in: a sliver is
	// under 0.5 m when it is so at its widest place.
	Width geo.Metres
	// Corners are those that a noding fault lacks; At is the first.
	Corners []geo.Point
	// Mended says that MendCoverage closed it.
	Mended bool
	// GivenTo is the member that has the ground now; -1 for none.
	GivenTo int
}

// String is the fault in words, without names: callers know members by code.
func (f CoverageFault) String() string {
	members := strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Members), " ", ", "), "[]")
	lon, lat := crs.ToDegrees(f.At)
	place := fmt.Sprintf("at %.7f, %.7f (%s)", lon, lat, f.Kind)
	switch f.Kind {
	case Unnoded:
		return fmt.Sprintf("member %s lacks %d corners that lie on its border %s", members, len(f.Corners), place)
	case Collapsed:
		return fmt.Sprintf("member %s is thinner than the lattice %s", members, place)
	case Gap:
		if members == "" {
			members = "nobody"
		}
		return fmt.Sprintf("%.2f m2, %.2f m wide, of no member, beside %s %s", f.Area, float64(f.Width), members, place)
	}
	return fmt.Sprintf("%.2f m2, %.2f m wide, of %s %s", f.Area, float64(f.Width), members, place)
}

// Without returns the fault on what of its ground lies in none of the shapes, which
// have passed Check; false when nothing of it does.
func (f CoverageFault) Without(ctx context.Context, shapes []geo.Shape) (CoverageFault, bool, error) {
	if len(shapes) == 0 {
		return f, true, nil
	}
	a, err := planar.Build(ctx, append([]geo.Shape{f.Shape}, shapes...))
	if err != nil {
		return f, false, fmt.Errorf("ground of a fault: %w", err)
	}
	var rest []int32
	all := true
	for face := range a.Faces() {
		switch cover := a.Cover(int32(face)); {
		case len(cover) == 1 && cover[0] == 0:
			rest = append(rest, int32(face))
		case len(cover) > 0 && cover[0] == 0:
			all = false
		}
	}
	if all || len(rest) == 0 {
		return f, len(rest) > 0, nil
	}
	f.Shape = a.Outline(rest)
	f.measure(0)
	return f, true, nil
}

// measure finds area, width and place of the ground; the width exactly at size.
func (f *CoverageFault) measure(size geo.Metres) {
	f.Area = crs.Area(f.Shape)
	width, at := widthOf(f.Shape, float64(size))
	f.Width, f.At = geo.Metres(width), at
}

// MarshalJSON gives the fields a worklist or a report shows; the ground itself is
// Shape.
func (f CoverageFault) MarshalJSON() ([]byte, error) {
	lon, lat := crs.ToDegrees(f.At)
	report := struct {
		Kind    CoverageKind `json:"kind"`
		Lon     float64      `json:"lon"`
		Lat     float64      `json:"lat"`
		Area    float64      `json:"area_m2"`
		Width   float64      `json:"width_m"`
		Members []int        `json:"members"`
		Corners int          `json:"corners,omitempty"`
		Mended  bool         `json:"mended"`
		GivenTo *int         `json:"given_to,omitempty"`
	}{f.Kind, lon, lat, f.Area, float64(f.Width), f.Members, len(f.Corners), f.Mended, nil}
	if f.GivenTo >= 0 {
		report.GivenTo = &f.GivenTo
	}
	return json.Marshal(report)
}

// duplicateShare is how much of each member an overlap is from which on they are
// the same area entered twice, and not neighbours that reach into each other.
const duplicateShare = 0.95

// CheckCoverage returns what is wrong between the members, nil when nothing is:
// collapsed members and noding first, then ground from south to north as the map
// is walked. Ground is found exactly, in integers, once edges run through the
// lattice points they pass (see planar): what is left of a border drawn twice
// within a step of some 11 mm is noding, not ground.
//
// Members and parent must pass Check; the first that does not is an error, as are
// members more than 100 degrees apart and a cancelled context. Nothing is kept:
// any number of goroutines may check.
func CheckCoverage(ctx context.Context, c Coverage) ([]CoverageFault, error) {
	s, err := surveyed(ctx, c, 0)
	if err != nil {
		return nil, err
	}
	return s.faults(), nil
}

// survey is a coverage as a planar map.
type survey struct {
	coverage Coverage
	planar   *planar.Arrangement
	parent   int32 // its number in the map; -1 without one
	// Every face of the map but the unbounded one.
	covers [][]int32 // the members that cover it
	area   []float64 // of the members in square metres
	ground []*piece
	border []CoverageFault // noding and collapsed
}

// piece is a face that is not in exactly one member.
type piece struct {
	face  int32
	fault CoverageFault
}

// surveyed builds the map and finds the faults; widths are told apart exactly at
// size.
func surveyed(ctx context.Context, c Coverage, size geo.Metres) (*survey, error) {
	for i, member := range c.Members {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if faults := polygonFaults(member); len(faults) > 0 {
			return nil, fmt.Errorf("member %d: %v", i, faults[0])
		}
	}
	if faults := polygonFaults(c.Parent); len(faults) > 0 {
		return nil, fmt.Errorf("parent: %v", faults[0])
	}
	s := &survey{coverage: c, parent: -1}
	shapes := slices.Clone(c.Members)
	if c.Parent.Kind() == geo.Polygons {
		s.parent = int32(len(shapes))
		shapes = append(shapes, c.Parent)
	}
	for {
		var err error
		if s.planar, err = planar.Build(ctx, shapes); err != nil {
			return nil, fmt.Errorf("coverage: %w", err)
		}
		collapsed := s.collapsed(shapes)
		if len(collapsed) == 0 {
			break
		}
		for _, i := range collapsed {
			if i == int(s.parent) {
				return nil, errors.New("parent: is thinner than the lattice")
			}
			s.border = append(s.border, CoverageFault{
				Kind: Collapsed, Members: []int{i}, At: shapes[i].Points()[0], Area: crs.Area(shapes[i]), GivenTo: -1,
			})
			shapes[i] = geo.Shape{} // its edges must not bend others
		}
	}
	s.judgeBorders(shapes)
	return s, s.judgeGround(ctx, size)
}

// collapsed lists the polygons that cover no face.
func (s *survey) collapsed(shapes []geo.Shape) []int {
	covers := make([]bool, len(shapes))
	for face := range s.planar.Faces() {
		for _, i := range s.planar.Cover(int32(face)) {
			covers[i] = true
		}
	}
	var list []int
	for i, shape := range shapes {
		if shape.Kind() == geo.Polygons && !covers[i] {
			list = append(list, i)
		}
	}
	return list
}

func polygonFaults(s geo.Shape) []Fault {
	if s.Kind() != geo.Polygons {
		return nil
	}
	return Check(s)
}

// judgeBorders notes members that lack corners, and what covers each face.
func (s *survey) judgeBorders(shapes []geo.Shape) {
	s.covers = make([][]int32, s.planar.Faces())
	for face := range s.covers {
		s.covers[face] = slices.DeleteFunc(slices.Clone(s.planar.Cover(int32(face))), func(m int32) bool { return m == s.parent })
	}
	s.area = make([]float64, len(s.coverage.Members))
	for m := range s.coverage.Members {
		s.area[m] = crs.Area(shapes[m])
		if corners := s.planar.Missing(m); len(corners) > 0 {
			s.border = append(s.border, CoverageFault{Kind: Unnoded, Members: []int{m}, At: corners[0], Corners: corners, GivenTo: -1})
		}
	}
}

// judgeGround finds the faces that are faults.
func (s *survey) judgeGround(ctx context.Context, size geo.Metres) error {
	for i := range s.covers[1:] {
		face := int32(i + 1)
		cover := s.covers[face]
		inParent := s.parent >= 0 && slices.Contains(s.planar.Cover(face), s.parent)
		fault := CoverageFault{GivenTo: -1}
		switch {
		case len(cover) == 0 && (inParent || s.parent < 0):
			fault.Kind, fault.Members = Gap, s.beside(face)
		case len(cover) > 0 && s.parent >= 0 && !inParent:
			fault.Kind = Beyond
		case len(cover) > 1:
			fault.Kind = Overlapped
		default:
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, m := range cover {
			fault.Members = append(fault.Members, int(m))
		}
		fault.Shape = s.planar.Outline([]int32{face})
		fault.measure(size)
		if fault.Kind == Overlapped && s.twice(fault) {
			fault.Kind = Duplicate
		}
		s.ground = append(s.ground, &piece{face, fault})
	}
	return nil
}

// twice reports whether the fault is most of at least two of its members.
func (s *survey) twice(f CoverageFault) bool {
	same := 0
	for _, m := range f.Members {
		if f.Area >= duplicateShare*s.area[m] {
			same++
		}
	}
	return same > 1
}

// borders adds up the metres of border a face has with each cover beside it that
// is one member alone.
func (s *survey) borders(face int32) map[int32]float64 {
	metres := map[int32]float64{}
	for h := range s.planar.Around(face) {
		if cover := s.covers[s.planar.Face(h.Twin())]; len(cover) == 1 {
			metres[cover[0]] += crs.Distance(s.planar.Ends(h))
		}
	}
	return metres
}

// beside lists the members around a gap, longest common border first.
func (s *survey) beside(face int32) []int {
	metres := map[int]float64{}
	for h := range s.planar.Around(face) {
		for _, m := range s.covers[s.planar.Face(h.Twin())] {
			metres[int(m)] += crs.Distance(s.planar.Ends(h))
		}
	}
	members := []int{} // a parent without members has a gap beside nobody
	for m := range metres {
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b int) int { return cmp.Or(-cmp.Compare(metres[a], metres[b]), cmp.Compare(a, b)) })
	return members
}

func (s *survey) faults() []CoverageFault {
	all := s.border
	for _, g := range s.ground {
		all = append(all, g.fault)
	}
	return all
}
