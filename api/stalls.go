package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"gridatlas/api/problem"
	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/relate"
	"gridatlas/geo/snapshot"
	"gridatlas/geo/stalls"
)

// maxRow is how large the body of a row may be.
const maxRow = 16 << 10

// sentRow is the body of POST /registers/parking/row.
type sentRow struct {
	Compound string       `json:"compound"`
	From     [2]float64   `json:"from"`
	To       [2]float64   `json:"to"`
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

	row stalls.Row
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
	done, err := s.commit(w, r, &writing{
		deed: fmt.Sprintf("draw %d parking spaces from %s on", sent.Count, sent.First), fingerprint: fingerprint(r, body), many: true,
		prepare: func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
			spaces, faults, err := sent.draw(snap, geo.InstantOf(s.Clock()))
			var changes []geo.Change
			for _, space := range spaces {
				changes = append(changes, geo.Insert(space))
			}
			return changes, faults, err
		},
	})
	if err != nil {
		return err
	}
	return s.writtenSet(w, r, done)
}

// read takes the positions and words of the body apart.
func (sent *sentRow) read() (err error) {
	sent.row = stalls.Row{Count: sent.Count, Angle: sent.Angle, LengthM: sent.LengthM, WidthM: sent.WidthM, Right: sent.Side == "right"}
	if sent.Side != "left" && sent.Side != "right" {
		return badRow("side", fmt.Sprintf("%q is neither left nor right", sent.Side))
	}
	if sent.Fee != nil && !(*sent.Fee >= 0) {
		return badRow("fee_yuan_month", fmt.Sprintf("%v is less than nothing", *sent.Fee))
	}
	for _, end := range []struct {
		name string
		at   [2]float64
		into *geo.Point
	}{{"from", sent.From, &sent.row.From}, {"to", sent.To, &sent.row.To}} {
		if *end.into, err = fromDatum(end.at[0], end.at[1], crs.WGS84); err != nil {
			return badRow(end.name, err.Error())
		}
	}
	return nil
}

func badRow(field, detail string) *problem.Problem {
	return problem.Faults([]entry.Fault{{Violation: geo.Violation{Rule: "row", Layer: geo.Parking, Field: field, Detail: detail}}}, false)
}

// draw makes the spaces of the row on a map. Faults are numbers that the compound has
// given already, and ground on which a space is drawn.
func (sent *sentRow) draw(snap *snapshot.Snapshot, at geo.Instant) (spaces []*geo.ParkingSpace, faults []entry.Fault, err error) {
	shapes, err := sent.row.Spaces()
	var numbers []string
	if err == nil {
		numbers, err = stalls.Numbers(sent.First, sent.Count)
	}
	var fault *stalls.Fault
	if errors.As(err, &fault) {
		return nil, nil, badRow(fault.Field, fault.Detail)
	}
	compound, there := sent.compound(snap)
	if !there {
		return nil, nil, badRow("compound", fmt.Sprintf("no compound has the code %s", sent.Compound))
	}
	given := map[string]bool{}
	for space := range snapshot.All[*geo.ParkingSpace](snap) {
		if space.Compound == sent.Compound && space.InEffect(at) {
			given[space.Number] = true
		}
	}
	for i, shape := range shapes {
		space := &geo.ParkingSpace{
			Base:     geo.Base{Shape: shape, Name: compound.Name + numbers[i] + "号车位"},
			Compound: sent.Compound, Number: numbers[i], Kind: sent.Kind, Capacity: geo.Some[int32](1),
		}
		if sent.Fee != nil {
			space.FeeYuanMonth = geo.Some(*sent.Fee)
		}
		if sent.Public != nil {
			space.PublicIncome = geo.Some(*sent.Public)
		}
		spaces = append(spaces, space)
		say := func(rule, field, format string, args ...any) {
			faults = append(faults, entry.Fault{Change: i, Violation: geo.Violation{Rule: rule, Layer: geo.Parking, Field: field, Detail: fmt.Sprintf(format, args...)}})
		}
		if given[numbers[i]] {
			say("number_taken", "number", "%s is a space of the compound already", numbers[i])
		}
		ready := relate.Prepare(shape)
		for other := range snapshot.Search[*geo.ParkingSpace](snap, shape.Box()) {
			if other.InEffect(at) && other.Shape.Kind() == geo.Polygons {
				if relation := relate.Of(other.Shape, ready); relation.Intersects() && !relation.Touches() {
					say("overlap", "", "%s lies over %v", numbers[i], geo.KeyOf(other))
				}
			}
		}
	}
	return spaces, faults, nil
}

func (sent *sentRow) compound(snap *snapshot.Snapshot) (*geo.Compound, bool) {
	f, there := snap.Layer(geo.Compounds).ByCode(sent.Compound)
	compound, is := f.(*geo.Compound)
	return compound, there && is
}

// previewRow answers with the spaces that would be drawn, whether each lies in the
// compound, and what is wrong with them.
func (s *server) previewRow(w http.ResponseWriter, sent *sentRow) error {
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	spaces, faults, err := sent.draw(snap, geo.InstantOf(s.Clock()))
	if err != nil {
		return err
	}
	compound, _ := sent.compound(snap)
	ground := relate.Prepare(compound.Shape)
	length, width := sent.row.Size()
	outside := 0
	o := object{text: make([]byte, 0, 16<<10)}
	o.open()
	o.str("type", "FeatureCollection")
	o.num("length_m", length, 2)
	o.num("width_m", width, 2)
	array(&o, "features", spaces, func(space *geo.ParkingSpace) {
		inside := relate.Of(space.Shape, ground).Within()
		if !inside {
			outside++
		}
		o.open()
		o.str("type", "Feature")
		o.geometry("geometry", space.Shape)
		o.name("properties")
		o.open()
		o.str("number", space.Number)
		o.str("name", space.Name)
		o.raw("inside", fmt.Sprint(inside))
		o.close()
		o.close()
	})
	o.int("outside", int64(outside))
	array(&o, "faults", faults, func(fault entry.Fault) {
		o.open()
		o.str("rule", fault.Rule)
		o.str("number", spaces[fault.Change].Number)
		o.str("detail", fault.Detail)
		o.close()
	})
	o.close()
	return write(w, typeGeoJSON, o.text)
}
