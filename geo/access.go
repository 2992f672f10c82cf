package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Pointer returns a pointer to the field's Go value, for stores that scan into
// it: *string, *[]string, *Opt[int32], *Opt[float64], *Opt[bool], *bool, *Date,
// *Instant or *Hours.
func (f *Field) Pointer(feature Feature) any {
	return reflect.ValueOf(feature).Elem().FieldByIndex(f.index).Addr().Interface()
}

// Get returns the value of the field, or nil when it is unknown: string for
// text, hours, dates and instants, []string, int64, float64 or bool.
func (f *Field) Get(feature Feature) any {
	switch p := f.Pointer(feature).(type) {
	case *string:
		return known(*p, *p != "")
	case *[]string:
		return known(*p, len(*p) > 0)
	case *Opt[int32]:
		return known(int64(p.Value), p.Known)
	case *Opt[float64]:
		return known(p.Value, p.Known)
	case *Opt[bool]:
		return known(p.Value, p.Known)
	case *bool:
		return *p
	case *Date:
		return known(p.String(), *p != 0)
	case *Instant:
		return known(p.String(), *p != 0)
	case *Hours:
		return known(string(*p), *p != "")
	}
	panic("unreachable: " + f.Name)
}

func known[T any](v T, is bool) any {
	if !is {
		return nil
	}
	return v
}

// Set writes a value as it comes from JSON, a form or a file: nil for unknown,
// strings in any field (numbers and dates are read from them, and lists, with
// semicolons or commas between or as a JSON array), []any or []string for lists. It checks the type and the range, not the terms.
func (f *Field) Set(feature Feature, value any) error {
	if err := f.set(feature, value); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

func (f *Field) set(feature Feature, value any) error {
	if text, ok := value.(string); ok {
		text = strings.TrimSpace(text)
		value = text
		if text == "" {
			value = nil
		}
	}
	switch p := f.Pointer(feature).(type) {
	case *string:
		text, err := asText(value)
		*p = text
		return err
	case *Hours:
		text, err := asText(value)
		*p = Hours(text)
		return err
	case *[]string:
		list, err := asList(value)
		*p = list
		return err
	case *Opt[int32]:
		number, ok, err := asNumber(value)
		if err == nil && ok && (number != math.Trunc(number) || number < math.MinInt32 || number > math.MaxInt32) {
			err = fmt.Errorf("%v is not a whole number in range", value)
		}
		*p = Opt[int32]{Value: int32(number), Known: ok && err == nil}
		return err
	case *Opt[float64]:
		number, ok, err := asNumber(value)
		*p = Opt[float64]{Value: number, Known: ok && err == nil}
		return err
	case *Opt[bool]:
		truth, ok, err := asBool(value)
		*p = Opt[bool]{Value: truth, Known: ok && err == nil}
		return err
	case *bool:
		truth, _, err := asBool(value)
		*p = truth
		return err
	case *Date:
		text, err := asText(value)
		if err == nil {
			*p, err = ParseDate(text)
		}
		return err
	case *Instant:
		text, err := asText(value)
		if err == nil {
			*p, err = ParseInstant(text)
		}
		return err
	}
	panic("unreachable: " + f.Name)
}

func asText(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case fmt.Stringer: // json.Number
		return v.String(), nil
	}
	return "", fmt.Errorf("%v is not text", value)
}

func asNumber(value any) (number float64, ok bool, err error) {
	switch v := value.(type) {
	case nil:
		return 0, false, nil
	case float64:
		number = v
	case int64:
		number = float64(v)
	case int:
		number = float64(v)
	case bool:
		return 0, false, fmt.Errorf("%v is not a number", v)
	default:
		text, err := asText(value)
		if err != nil {
			return 0, false, fmt.Errorf("%v is not a number", value)
		}
		if number, err = strconv.ParseFloat(text, 64); err != nil {
			return 0, false, fmt.Errorf("%q is not a number", text)
		}
	}
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return 0, false, fmt.Errorf("%v is not a finite number", value)
	}
	return number, true, nil
}

func asBool(value any) (truth, ok bool, err error) {
	switch v := value.(type) {
	case nil:
		return false, false, nil
	case bool:
		return v, true, nil
	}
	text, err := asText(value)
	if err == nil {
		switch strings.ToLower(text) {
		case "true", "yes", "1", "是":
			return true, true, nil
		case "false", "no", "0", "否":
			return false, true, nil
		}
	}
	return false, false, fmt.Errorf("%v is neither true nor false", value)
}

func asList(value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case []string:
		return v, nil
	case string:
		var list []string
		if strings.HasPrefix(v, "[") && json.Unmarshal([]byte(v), &list) == nil {
			return list, nil // as stores and exports keep lists in text
		}
		return strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(";,；，、", r) }), nil
	case []any:
		list := make([]string, 0, len(v))
		for _, item := range v {
			text, err := asText(item)
			if err != nil {
				return nil, err
			}
			list = append(list, text)
		}
		return list, nil
	}
	return nil, fmt.Errorf("%v is not a list", value)
}

// Values returns what a text or list field holds, one string each; nil when it
// is unknown or of another type.
func (f *Field) Values(feature Feature) []string {
	switch v := f.Get(feature).(type) {
	case string:
		return []string{v}
	case []string:
		return v
	}
	return nil
}
