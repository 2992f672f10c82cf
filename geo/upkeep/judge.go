package upkeep

import (
	"math"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
)

// Tolerances.
const (
	// OutsideMetres is how far outside what it names a feature may lie: a handset's
	// fix among houses is good to some 5 to 10 metres.
	OutsideMetres = 10
	// GroundTolerance is the share by which a stated ground area may be off: two
	// people who draw the border of one park differ by a few parts in a hundred.
	GroundTolerance = 0.10
	// FloorTolerance is the same of floor areas: a footprint times its levels counts
	// walls and stairs, and not what steps back.
	FloorTolerance = 0.25
	// FloorLeast is how many m2 of floor are worth a way: a gatehouse is not.
	FloorLeast = 200
)

// judge holds the features of a layer to the rules.
type judge struct {
	*survey
	schema     *geo.Schema
	references []*geo.Field
}

func newJudge(v *survey, schema *geo.Schema) *judge {
	return &judge{v, schema, referencesOf(schema)}
}

// referencesOf returns the fields by which a feature names what lies around it.
func referencesOf(schema *geo.Schema) (fields []*geo.Field) {
	for i := range schema.Fields {
		if schema.Fields[i].Refs != nil {
			fields = append(fields, &schema.Fields[i])
		}
	}
	return fields
}

// features judges some features and adds them to counts, which are by index of the
// community, the last for none.
func (j *judge) features(list []geo.Feature, counts []Count) (found []Finding) {
	for _, f := range list {
		if !f.Common().InEffect(j.on) || withdrawn(f) {
			continue
		}
		first := len(found)
		for _, rule := range []func(geo.Feature) (Finding, bool){j.check, hoursOf, j.outside, j.area} {
			if finding, is := rule(f); is {
				finding.Feature = f
				found = append(found, finding)
			}
		}
		community := j.Community(f)
		row, ok := j.Index(community)
		if !ok {
			row = len(counts) - 1
		}
		counts[row].Features++
		if len(found) == first {
			continue
		}
		grid := j.Grid(f)
		steward := j.stewards.of(f, grid, community)
		for i := range found[first:] {
			finding := &found[first+i]
			finding.Community, finding.Grid, finding.Steward = community, grid, steward
			counts[row].Found[finding.Kind]++
		}
	}
	return found
}

func withdrawn(f geo.Feature) bool {
	booth, is := f.(*geo.Booth)
	return is && booth.Status == "retired"
}

// check finds checks that are overdue or were never made.
func (j *judge) check(f geo.Feature) (Finding, bool) {
	checked, due := Due(f)
	switch {
	case due != 0:
		return Finding{Kind: Overdue, Due: due, Checked: checked}, due < j.today
	case checked == 0 && j.schema.CheckDays > 0:
		return Finding{Kind: Unchecked}, true
	}
	return Finding{}, false
}

// Due tells when a feature was last checked and by when it is to be looked at again;
// zero: not known, or never.
func Due(f geo.Feature) (checked, due geo.Date) {
	base := f.Common()
	checked, due = base.SurveyedOn, base.DueOn
	if booth, is := f.(*geo.Booth); is {
		checked = max(checked, booth.LastChecked)
	}
	if due <= checked && checked != 0 {
		due = 0
		if days := geo.MustSchema(f.Layer()).CheckDays; days > 0 {
			due = checked + geo.Date(days)
		}
	}
	return checked, due
}

// open are the kinds of facilities that stand in the open or are never shut.
var open = map[string]bool{
	"park": true, "fitness": true, "sports": true, "pavilion": true, "bus_stop": true, "charger": true, "charging_shed": true,
}

// hoursOf finds features that need hours and have none that can be read.
func hoursOf(f geo.Feature) (Finding, bool) {
	switch f := f.(type) {
	case *geo.Booth:
	case *geo.Facility:
		if open[f.Kind] || strings.HasPrefix(f.Kind, "camera_") {
			return Finding{}, false
		}
	default:
		return Finding{}, false
	}
	text := hoursText(f)
	if text != "" {
		if _, err := hours.Parse(text); err == nil {
			return Finding{}, false
		}
	}
	return Finding{Kind: NoHours}, true
}

func hoursText(f geo.Feature) geo.Hours {
	switch f := f.(type) {
	case *geo.Booth:
		return f.Hours
	case *geo.Facility:
		return f.Hours
	}
	return ""
}

// outside finds features that lie outside what they name; of several such things
// it names the one that is farthest.
func (j *judge) outside(f geo.Feature) (finding Finding, is bool) {
	for _, field := range j.references {
		parent := j.named(field, f)
		if parent == nil || parent == f {
			continue
		}
		if metres := beyond(f.Common().Shape, parent.Common().Shape); metres > OutsideMetres && metres > finding.Metres {
			finding, is = Finding{Kind: Outside, Parent: parent, Metres: metres}, true
		}
	}
	return finding, is
}

// named returns the polygon that a feature names by a field; nil: none.
func (j *judge) named(field *geo.Field, f geo.Feature) geo.Feature {
	code := *field.Pointer(f).(*string)
	if code == "" {
		return nil
	}
	for _, layer := range field.Refs {
		if parent, ok := j.standing.Layer(layer).ByCode(code); ok && parent.Common().Shape.Kind() == geo.Polygons {
			return parent
		}
	}
	return nil
}

// beyond is how many metres the farthest corner of a shape lies outside a polygon.
func beyond(shape, outline geo.Shape) (metres float64) {
	for _, corner := range shape.Points() {
		if !outline.Covers(corner) {
			metres = max(metres, crs.ToOutline(outline, corner))
		}
	}
	return metres
}

// area finds stated areas that are not those drawn.
func (j *judge) area(f geo.Feature) (Finding, bool) {
	switch f := f.(type) {
	case *geo.Shelter:
		drawn := crs.Area(f.Shape)
		if drawn == 0 {
			return Finding{}, false
		}
		if off(f.GrossM2, drawn, GroundTolerance) {
			return j.differs("gross_m2", f.GrossM2, drawn), true
		}
		if f.EffectiveM2.Known && f.EffectiveM2.Value > drawn*(1+GroundTolerance) {
			return j.differs("effective_m2", f.EffectiveM2, drawn), true
		}
	case *geo.Compound:
		floor := j.floors[f.Code]
		if floor.m2 > 0 && !floor.unknown && off(f.AreaM2, floor.m2, FloorTolerance) && math.Abs(f.AreaM2.Value-floor.m2) >= FloorLeast {
			return j.differs("area_m2", f.AreaM2, floor.m2), true
		}
	}
	return Finding{}, false
}

func off(stated geo.Opt[float64], drawn, tolerance float64) bool {
	return stated.Known && (stated.Value < drawn*(1-tolerance) || stated.Value > drawn*(1+tolerance))
}

func (j *judge) differs(name string, stated geo.Opt[float64], drawn float64) Finding {
	field, _ := j.schema.Field(name)
	return Finding{Kind: AreaDiffers, Field: field, Stated: stated.Value, Drawn: drawn}
}

// floor is the floor area of the buildings of a compound.
type floor struct {
	m2      float64
	unknown bool // the levels of a building are
}

func floorsOf(s *snapshot.Snapshot, on geo.Instant) map[string]floor {
	floors := map[string]floor{}
	for b := range snapshot.All[*geo.Building](s) {
		if b.Compound == "" || !b.InEffect(on) {
			continue
		}
		sum := floors[b.Compound]
		sum.m2 += crs.Area(b.Shape) * float64(b.Levels.Value)
		sum.unknown = sum.unknown || !b.Levels.Known
		floors[b.Compound] = sum
	}
	return floors
}
