package entry

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/hours"
	"gridatlas/geo/plate"
)

// Set writes a value into a field of the feature, as people write it: values of
// closed lists may be given by title, days in the ways of Chinese offices, numbers of
// booths in any grouping. Spellings, if any, say what a text stands for. Whether a
// value is one of a closed list is judged by Faults.
func Set(field *geo.Field, feature geo.Feature, value any, spellings map[string]string) error {
	if kept, ok := spellings[Text(value)]; ok {
		value = kept
	}
	switch v := value.(type) {
	case map[string]any:
		return errors.New("an object is not a value")
	case bool:
		if field.Type != geo.Boolean && field.Type != geo.Flag {
			return fmt.Errorf("%v is not of type %s", v, field.Type)
		}
	case []any:
		if field.Type != geo.List {
			return fmt.Errorf("a list is not of type %s", field.Type)
		}
	case string:
		switch field.Type {
		case geo.Day, geo.Moment:
			value = plainDay(v)
		case geo.List:
			if list, ok := jsonList(v); ok {
				value = list
			}
		}
	}
	if err := field.Set(feature, value); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), field.Name+": "))
	}
	if text, ok := field.Pointer(feature).(*geo.Hours); ok {
		_, err := hours.Parse(*text) // what cannot be read answers nobody who asks what is open
		return err
	}
	if text, _ := field.Get(feature).(string); field.Plate && text != "" {
		number, err := plate.Parse(text)
		if err != nil {
			return fmt.Errorf("%.40q is no number of a plate: %w", text, err)
		}
		return field.Set(feature, string(number))
	}
	if field.Terms == nil {
		return nil
	}
	values := slices.Clone(field.Values(feature))
	for i, text := range values {
		if kept, ok := spellings[text]; ok {
			text, values[i] = kept, kept
		}
		if _, ok := field.Term(text); ok {
			continue
		}
		for _, term := range field.Terms {
			if text == term.Zh || strings.EqualFold(text, term.En) {
				values[i] = term.Value
			}
		}
	}
	if field.Type == geo.List {
		return field.Set(feature, values)
	}
	if len(values) == 1 {
		return field.Set(feature, values[0])
	}
	return nil
}

// InRange says why the number that a field holds is not between what people may
// enter. Files are taken as they are: what offices have counted is theirs.
func InRange(field *geo.Field, feature geo.Feature) error {
	number, known := numberOf(field.Pointer(feature))
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case !known || number >= field.Least && number <= field.Most:
		return nil
	case math.IsInf(field.Most, 1):
		return fmt.Errorf("%s is less than %s", text(number), text(field.Least))
	}
	return fmt.Errorf("%s is not between %s and %s", text(number), text(field.Least), text(field.Most))
}

func numberOf(pointer any) (number float64, known bool) {
	switch p := pointer.(type) {
	case *geo.Opt[int32]:
		return float64(p.Value), p.Known
	case *geo.Opt[float64]:
		return p.Value, p.Known
	}
	return 0, false
}

// jsonList reads a list that stands as JSON in one text, as exports write it where
// an item holds what parts items.
func jsonList(text string) (list []any, ok bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "[") {
		return nil, false
	}
	return list, json.Unmarshal([]byte(text), &list) == nil
}

// dayLayouts are the ways a day is written, the year first in all of them, so
// that nothing is left to guess. Those with a time are what GIS programs make of
// days.
var dayLayouts = []string{
	time.DateOnly, "2006/1/2", "2006-1-2", "2006.1.2", "2006年1月2日", "20060102",
	"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", time.DateTime, "2006/1/2 15:04:05", "2006/1/2 15:04",
}

// plainDay turns such a day into 2006-01-02 and leaves other text alone, as it
// does a day with a time other than midnight.
func plainDay(text string) string {
	for _, layout := range dayLayouts {
		if day, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && day.Equal(day.Truncate(24*time.Hour)) {
			return day.Format(time.DateOnly)
		}
	}
	return text
}

// Text returns a value as text; empty for none and for lists and objects.
func Text(value any) string {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
