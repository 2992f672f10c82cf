package geopackage

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"gridatlas/geo"
)

// ColumnValue is what the column of a field holds, from geo.Field.Pointer; nil
// when it is unknown.
func ColumnValue(pointer any) (driver.Value, error) {
	switch p := pointer.(type) {
	case *string:
		if *p == "" {
			return nil, nil
		}
		return *p, nil
	case *geo.Hours:
		if *p == "" {
			return nil, nil
		}
		return string(*p), nil
	case *[]string:
		if len(*p) == 0 {
			return nil, nil
		}
		text, err := json.Marshal(*p)
		return string(text), err
	case *geo.Opt[int32]:
		if !p.Known {
			return nil, nil
		}
		return int64(p.Value), nil
	case *geo.Opt[float64]:
		if !p.Known {
			return nil, nil
		}
		return p.Value, nil
	case *geo.Opt[bool]:
		if !p.Known {
			return nil, nil
		}
		return p.Value, nil
	case *bool:
		return *p, nil
	case *geo.Date:
		if *p == 0 {
			return nil, nil
		}
		return p.String(), nil
	case *geo.Instant:
		if *p == 0 {
			return nil, nil
		}
		return p.Time().Format(instantForm), nil
	}
	return nil, fmt.Errorf("no column for %T", pointer)
}

// instantForm is DATETIME as GeoPackage writes it.
const instantForm = "2006-01-02T15:04:05.000Z"
