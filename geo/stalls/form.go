package stalls

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Form is a row as somebody typed it.
type Form struct {
	Line   string // longitude and latitude of each point in degrees of WGS 84
	Count  string
	First  string
	Angle  string
	Side   string // left, right
	Length string // empty: as usual
	Width  string
	Kind   string // of the terms of the catalog; empty: not known
	Fee    string // yuan a month; empty: not known
	Public string // yes, no; empty: not known
	Sure   bool   // what is in the way but forbids nothing was seen
	Once   string // makes what is sent twice one
}

// ReadForm takes a form from its fields.
func ReadForm(field func(name string) string) Form {
	return Form{
		Line: field("line"), Count: field("count"), First: strings.TrimSpace(narrow(field("first"))), Angle: field("angle"), Side: field("side"),
		Length: field("length_m"), Width: field("width_m"), Kind: field("kind"), Fee: field("fee_yuan_month"), Public: field("public_income"),
		Sure: field("sure") != "", Once: field("once"),
	}
}

// MostFee is the highest fee of a space, in yuan a month.
const MostFee = 100_000

// Wish reads the form. All that is wrong with it is told at once.
func (f *Form) Wish() (w Wish, faults []Fault) {
	wrong := func(field string, rule Rule, format string, args ...any) {
		faults = append(faults, Fault{Field: field, Rule: rule, Detail: fmt.Sprintf(format, args...)})
	}
	number := func(field, text string, least, most float64) (v float64, known bool) {
		text = strings.TrimSpace(narrow(text))
		if text == "" {
			return 0, false
		}
		v, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || math.IsNaN(v):
			wrong(field, RuleBad, "%q is no number", text)
			return 0, false
		case v < least || v > most:
			wrong(field, RuleRange, "%v is not from %v to %v", v, least, most)
			return 0, false
		}
		return v, true
	}
	line, err := ReadLine(f.Line)
	var fault *Fault
	if errors.As(err, &fault) {
		faults = append(faults, *fault)
	}
	w.Line = line
	if count := strings.TrimSpace(narrow(f.Count)); count == "" {
		wrong("count", RuleMissing, "nothing says how many spaces")
	} else if n, known := number("count", count, 1, MaxCount); known && n != math.Trunc(n) {
		wrong("count", RuleBad, "%v is no whole number", n)
	} else if known {
		w.Count = int(n)
	}
	if w.First = f.First; w.First == "" {
		wrong("first", RuleMissing, "nothing says the number of the first space")
	} else if _, err := Numbers(w.First, 1); errors.As(err, &fault) {
		faults = append(faults, *fault)
	}
	if w.Angle = Angle(f.Angle); !slices.Contains(AllAngles, w.Angle) {
		wrong("angle", RuleBad, "%q is none of %v", f.Angle, AllAngles)
	}
	if w.Right = f.Side == "right"; !w.Right && f.Side != "left" {
		wrong("side", RuleBad, "%q is neither left nor right", f.Side)
	}
	w.LengthM, _ = number("length_m", f.Length, LeastM, MostM)
	w.WidthM, _ = number("width_m", f.Width, LeastM, MostM)
	if w.Kind = f.Kind; w.Kind != "" && !slices.ContainsFunc(Kinds, func(t geo.Term) bool { return t.Value == w.Kind }) {
		wrong("kind", RuleBad, "%q is no kind of parking space", w.Kind)
	}
	if fee, known := number("fee_yuan_month", f.Fee, 0, MostFee); known {
		w.FeeYuanMonth = geo.Some(fee)
	}
	switch f.Public {
	case "":
	case "yes", "no":
		w.PublicIncome = geo.Some(f.Public == "yes")
	default:
		wrong("public_income", RuleBad, "%q is neither yes nor no", f.Public)
	}
	return w, faults
}

// Kinds are the kinds of parking spaces, in the order of the catalog.
var Kinds = func() []geo.Term {
	field, _ := geo.MustSchema(geo.Parking).Field("kind")
	return field.Terms
}()

// ReadLine reads the points of a line as people type or paste them, longitude before
// latitude: "119.1 36.7, 119.2 36.7"; commas, semicolons, spaces and new lines all part
// numbers. The error is a *Fault; points that were read come with it.
func ReadLine(text string) (line []geo.Point, err error) {
	fields := strings.FieldsFunc(narrow(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；、\u00a0", r) })
	wrong := func(rule Rule, format string, args ...any) ([]geo.Point, error) {
		return line, &Fault{Field: "line", Rule: rule, Detail: fmt.Sprintf(format, args...)}
	}
	if len(fields) == 0 {
		return wrong(RuleMissing, "there is no point")
	}
	if len(fields) > 2*MaxPoints {
		return wrong(RulePoints, "there are more than %d points", MaxPoints)
	}
	var degrees []float64
	for _, field := range fields {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil || math.IsNaN(v) {
			return wrong(RuleBad, "%q is no number", field)
		}
		degrees = append(degrees, v)
	}
	for ; len(degrees) > 1; degrees = degrees[2:] {
		p, err := crs.ToLattice(degrees[0], degrees[1])
		switch {
		case err == nil:
			line = append(line, p)
		case math.Abs(degrees[0]) <= 90 && math.Abs(degrees[1]) <= 180:
			return wrong(RuleSwapped, "%v %v: longitude stands first", degrees[0], degrees[1])
		default:
			return wrong(RuleBad, "%v %v: %v", degrees[0], degrees[1], err)
		}
	}
	if len(degrees) > 0 {
		return wrong(RuleBad, "%v has no second number", degrees[0])
	}
	if len(line) < 2 {
		return wrong(RulePoints, "one point is no line")
	}
	return line, nil
}

// narrow writes figures and marks that an input method made wide as ours.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		}
		return r
	}, text)
}
