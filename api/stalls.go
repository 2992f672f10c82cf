package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
)

// maxRow is how large the body of a row may be.
const maxRow = 16 << 10

// sentRow is the body of POST /registers/parking/row.
type sentRow struct {
	Compound string       `json:"compound"`
	Line     [][2]float64 `json:"line"`
	Count    int          `json:"count"`
	First    string       `json:"first"`
	Angle    stalls.Angle `json:"angle"`
	Side     string       `json:"side"`
	LengthM  float64      `json:"length_m"`
	WidthM   float64      `json:"width_m"`
	Kind     string       `json:"kind"`
	Fee      *float64     `json:"fee_yuan_month"`
	Public   *bool        `json:"public_income"`
	Preview  bool         `json:"preview"`

	wish stalls.Wish
}

// parkingRow answers POST /registers/parking/row: parking spaces along a line as one
// change set, or, as a preview, what they would be.
func (s *server) parkingRow(w http.ResponseWriter, r *http.Request) error {
	if err := s.begin(w, r); err != nil {
		return err
	}
	body, err := readBody(w, r, typeJSON)
	if err != nil {
		return err
	}
	var sent sentRow
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decodeOne(decoder, &sent); err != nil {
		return badBody(err)
	}
	if err := sent.read(); err != nil {
		return err
	}
	if sent.Preview {
		return s.previewRow(w, &sent)
	}
	done, err := s.commit(w, r, s.drawing(&sent.wish, sent.Compound, fingerprint(r, body)))
	if err != nil {
		return err
	}
	return s.writtenSet(w, r, done)
}

// drawing is the write of a row in the compound of a code.
func (s *server) drawing(wish *stalls.Wish, compound, fingerprint string) *writing {
	return &writing{
		deed: fmt.Sprintf("draw %d parking spaces from %s on", wish.Count, wish.First), fingerprint: fingerprint, many: true,
		prepare: func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			plan, err := s.planRow(snap, wish, compound)
			if err != nil {
				return nil, nil, err
			}
			changes := make([]geo.Change, len(plan.Spaces))
			for i, space := range plan.Spaces {
				changes[i] = geo.Insert(space)
			}
			var faults []entry.Fault
			for _, obstacle := range plan.Obstacles {
				if obstacle.Rule.Forbids() {
					faults = append(faults, faultOf(plan, &obstacle))
				}
			}
			return changes, faults, nil
		},
	}
}

// planRow draws a row in the compound of a code.
func (s *server) planRow(snap *snapshot.Snapshot, wish *stalls.Wish, compound string) (*stalls.Plan, error) {
	at := geo.InstantOf(s.Clock())
	f, there := snap.Layer(geo.Compounds).ByCode(compound)
	if !there || compound == "" {
		return nil, badRow("compound", fmt.Sprintf("no compound has the code %s", compound))
	}
	plan, err := wish.Plan(snap, f.(*geo.Compound), at)
	var fault *stalls.Fault
	if errors.As(err, &fault) {
		return nil, badRow(fault.Field, fault.Detail)
	}
	return plan, err
}

// faultOf says what is in the way of a space as a fault of its change.
func faultOf(plan *stalls.Plan, obstacle *stalls.Obstacle) entry.Fault {
	violation := geo.Violation{Rule: string(obstacle.Rule), Layer: geo.Parking}
	number := plan.Spaces[obstacle.Space].Number
	switch obstacle.Rule {
	case stalls.RuleTaken:
		violation.Field, violation.Detail = "number", number+" is a space of the compound already"
	case stalls.RuleItself:
		violation.Detail = number + " lies over another space of the row"
	case stalls.RuleOutside:
		violation.Detail = number + " reaches out of the compound"
	default:
		violation.Detail = fmt.Sprintf("%s lies over %v", number, geo.KeyOf(obstacle.With))
	}
	return entry.Fault{Change: obstacle.Space, Violation: violation}
}

// read takes the positions and words of the body apart.
func (sent *sentRow) read() error {
	sent.wish = stalls.Wish{
		Row:   stalls.Row{Count: sent.Count, Angle: sent.Angle, LengthM: sent.LengthM, WidthM: sent.WidthM, Right: sent.Side == "right"},
		First: sent.First, Kind: sent.Kind,
	}
	if sent.Side != "left" && sent.Side != "right" {
		return badRow("side", fmt.Sprintf("%q is neither left nor right", sent.Side))
	}
	if sent.Fee != nil && !(*sent.Fee >= 0) {
		return badRow("fee_yuan_month", fmt.Sprintf("%v is less than nothing", *sent.Fee))
	}
	if sent.Fee != nil {
		sent.wish.FeeYuanMonth = geo.Some(*sent.Fee)
	}
	if sent.Public != nil {
		sent.wish.PublicIncome = geo.Some(*sent.Public)
	}
	for _, at := range sent.Line {
		p, err := fromDatum(at[0], at[1], crs.WGS84)
		if err != nil {
			return badRow("line", err.Error())
		}
		sent.wish.Line = append(sent.wish.Line, p)
	}
	return nil
}

func badRow(field, detail string) *problem.Problem {
	return problem.Faults([]entry.Fault{{Violation: geo.Violation{Rule: "row", Layer: geo.Parking, Field: field, Detail: detail}}}, false)
}

// previewRow answers with the spaces that would be drawn, whether each lies in the
// compound, and what is wrong with them.
func (s *server) previewRow(w http.ResponseWriter, sent *sentRow) error {
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	plan, err := s.planRow(snap, &sent.wish, sent.Compound)
	if err != nil {
		return err
	}
	outside := map[int]bool{}
	for _, obstacle := range plan.Obstacles {
		if obstacle.Rule == stalls.RuleOutside {
			outside[obstacle.Space] = true
		}
	}
	length, width := sent.wish.Size()
	o := object{text: make([]byte, 0, 16<<10)}
	o.open()
	o.str("type", "FeatureCollection")
	o.num("length_m", length, 2)
	o.num("width_m", width, 2)
	o.int("fits", int64(plan.Fits))
	i := 0
	array(&o, "features", plan.Spaces, func(space *geo.ParkingSpace) {
		o.open()
		o.str("type", "Feature")
		o.geometry("geometry", space.Shape)
		o.name("properties")
		o.open()
		o.str("number", space.Number)
		o.str("name", space.Name)
		o.raw("inside", fmt.Sprint(!outside[i]))
		o.close()
		o.close()
		i++
	})
	o.int("outside", int64(len(outside)))
	o.obstacles("faults", plan, true)
	o.obstacles("warnings", plan, false)
	o.close()
	return write(w, typeGeoJSON, o.text)
}

// obstacles lists what is in the way of the spaces of a plan: what forbids them, or
// what does not.
func (o *object) obstacles(name string, plan *stalls.Plan, forbid bool) {
	of := slices.DeleteFunc(slices.Clone(plan.Obstacles), func(one stalls.Obstacle) bool { return one.Rule.Forbids() != forbid })
	array(o, name, of, func(obstacle stalls.Obstacle) {
		o.open()
		o.str("rule", string(obstacle.Rule))
		o.str("number", plan.Spaces[obstacle.Space].Number)
		o.str("detail", faultOf(plan, &obstacle).Detail)
		o.close()
	})
}
