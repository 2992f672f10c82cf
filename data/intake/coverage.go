package intake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/coverage"
	"gridatlas/geo/crs"
	"gridatlas/geo/geojson"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/source"
	"gridatlas/geo/valid"
	"gridatlas/geo/worklist"
)

// member is a feature of a coverage as it will be: of the rows, or one that stands.
type member struct {
	feature geo.Feature
	stands  bool // not changed by the rows
}

// mend makes the coverage share its borders, with what stands beside the rows as
// well, closes what is narrow and lists the rest. Places of each level are a
// coverage of their own.
func (in *Intake) mend(ctx context.Context, s *snapshot.Snapshot, layer geo.Layer, plan *source.Plan, o Options) error {
	box := geo.NoBox
	levels := map[string][]member{}
	for _, m := range members(s, layer, plan, geo.InstantOf(o.Now)) {
		box = box.Union(m.feature.Common().Shape.Box())
		level := coverage.LevelOf(m.feature)
		levels[level] = append(levels[level], m)
	}
	in.relies = append(in.relies, geo.Reliance{Layer: layer, Box: box})
	for _, level := range slices.Sorted(maps.Keys(levels)) {
		if err := in.mendLevel(ctx, s, layer, levels[level], plan, o); err != nil {
			return fmt.Errorf("borders of %s: %w", layer, err)
		}
	}
	return nil
}

// members lists the polygons of a layer once the plan is carried out.
func members(s *snapshot.Snapshot, layer geo.Layer, plan *source.Plan, now geo.Instant) []member {
	var list []member
	add := func(f geo.Feature, stands bool) {
		base := f.Common()
		if base.Shape.Kind() == geo.Polygons && (base.Until == 0 || base.Until > now) {
			list = append(list, member{f, stands})
		}
	}
	changed := map[int64]bool{}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		if step.After == nil {
			continue
		}
		if step.Before != nil {
			changed[step.Before.Common().ID] = true
		}
		add(step.After, false)
	}
	for f := range s.Layer(layer).After(0) {
		if !changed[f.Common().ID] {
			add(f, true)
		}
	}
	return list
}

// mendLevel mends first against the parents that are drawn, then all together:
// only a parent tells that ground at the edge is missing, and only all together
// that members of two parents overlap.
func (in *Intake) mendLevel(ctx context.Context, s *snapshot.Snapshot, layer geo.Layer, list []member, plan *source.Plan, o Options) error {
	whole := valid.Coverage{Members: make([]geo.Shape, len(list))}
	for i, m := range list {
		whole.Members[i] = m.feature.Common().Shape
	}
	within, err := in.mendWithin(ctx, s, layer, list, whole.Members, o)
	if err != nil {
		return err
	}
	mended, faults, err := valid.MendCoverage(ctx, whole, o.Repair)
	if err != nil {
		return err
	}
	for i, shape := range mended.Members {
		f := list[i].feature
		switch {
		case shape.Equal(f.Common().Shape):
		case !list[i].stands:
			f.Common().Shape = shape
		case !plan.Reshape(f.Common().ID, shape):
			f = geo.Clone(f)
			f.Common().Shape = shape
			in.others = append(in.others, f)
		}
	}
	found := map[geo.Point]bool{}
	var closed []string
	noded := 0
	for _, fault := range faults {
		switch {
		case fault.Kind == valid.Unnoded:
			noded += len(fault.Corners)
		case fault.Mended:
			closed = append(closed, describe(fault, list))
		default:
			found[fault.At] = true
			in.Worklist = append(in.Worklist, itemOf(fault, layer, list))
		}
	}
	for _, fault := range within.open {
		if !found[fault.At] { // a gap that members enclose is found by both
			in.Worklist = append(in.Worklist, fault.item)
		}
	}
	closed = append(within.closed, closed...)
	noded += within.noded
	if noded > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("%s: %d corners were added where borders meet", layer, noded))
	}
	if len(closed) > 0 {
		in.Notes = append(in.Notes, fmt.Sprintf("%s: %d gaps and overlaps narrower than %.2f m were closed", layer, len(closed), float64(o.Repair)))
		for _, line := range closed {
			in.Notes = append(in.Notes, "  closed: "+line)
		}
	}
	return nil
}

// inside is what mending within parents found.
type inside struct {
	closed []string
	open   []openFault
	noded  int
}

type openFault struct {
	At   geo.Point
	item worklist.Item
}

// mendWithin mends the members of each parent against it, in shapes. Overlaps
// that stay open are left to the judgement of all together.
func (in *Intake) mendWithin(ctx context.Context, s *snapshot.Snapshot, layer geo.Layer, list []member, shapes []geo.Shape, o Options) (inside, error) {
	var found inside
	of := map[string][]int{}
	for i, m := range list {
		if layer != geo.Places { // of which parents come with the same rows
			code := coverage.ParentOf(m.feature)
			of[code] = append(of[code], i)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(of)) {
		parent, ok := s.Layer(geo.Places).ByCode(code)
		if !ok || parent.Common().Shape.Kind() != geo.Polygons {
			continue
		}
		part := valid.Coverage{Parent: parent.Common().Shape}
		var members []member
		for _, i := range of[code] {
			part.Members = append(part.Members, shapes[i])
			members = append(members, list[i])
		}
		mended, faults, err := valid.MendCoverage(ctx, part, o.Repair)
		if err != nil {
			return found, fmt.Errorf("in %s %s: %w", code, parent.Common().Name, err)
		}
		for k, i := range of[code] {
			shapes[i] = mended.Members[k]
		}
		for _, fault := range faults {
			switch {
			case fault.Kind == valid.Unnoded:
				found.noded += len(fault.Corners)
			case fault.Mended:
				found.closed = append(found.closed, describe(fault, members))
			case fault.Kind == valid.Gap || fault.Kind == valid.Beyond:
				item := itemOf(fault, layer, members)
				item.Parent = strings.TrimSpace(code + " " + parent.Common().Name)
				found.open = append(found.open, openFault{fault.At, item})
			}
		}
	}
	return found, nil
}

// kinds are the worklist's words for faults.
var kinds = map[valid.CoverageKind]worklist.Kind{
	valid.Gap: worklist.Gap, valid.Overlapped: worklist.Overlap, valid.Duplicate: worklist.Overlap,
	valid.Beyond: worklist.Outside, valid.Collapsed: worklist.Collapsed,
}

func itemOf(fault valid.CoverageFault, layer geo.Layer, list []member) worklist.Item {
	lon, lat := crs.ToDegrees(fault.At)
	item := worklist.Item{
		Kind: kinds[fault.Kind], Layer: layer,
		At: &[2]float64{lon, lat}, AreaM2: fault.Area, WidthM: float64(fault.Width),
	}
	for _, i := range fault.Members {
		item.Members = append(item.Members, called(list[i].feature))
	}
	if !fault.Shape.IsZero() {
		item.Geometry = geojson.AppendGeometry(nil, fault.Shape)
	}
	return item
}

// describe is a fault with its place, for the report.
func describe(fault valid.CoverageFault, list []member) string {
	lon, lat := crs.ToDegrees(fault.At)
	text := fmt.Sprintf("%s of %.2f m2, %.2f m wide, at %.7f, %.7f", fault.Kind, fault.Area, float64(fault.Width), lon, lat)
	for i, m := range fault.Members {
		text += []string{", between ", " and "}[min(i, 1)] + called(list[m].feature)
	}
	return text
}

// called is how a file's author knows a feature.
func called(f geo.Feature) string {
	base := f.Common()
	return cmp.Or(base.Code, base.Name, geo.KeyOf(f).String())
}
