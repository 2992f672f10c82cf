package postgis

import (
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"

	"gridatlas/data/internal/wkb"
	"gridatlas/geo"
)

// ewkb is how PostGIS sends and takes geometry. An empty one is a fault here: a
// feature without a place has NULL.
var ewkb = wkb.Form{Extended: true}

// geometryCodec teaches pgx the geometry type: geo.Shape to and from extended
// well-known binary without anything between. The zero shape is NULL.
type geometryCodec struct{}

var _ pgtype.Codec = geometryCodec{}

func (geometryCodec) FormatSupported(format int16) bool { return format == pgtype.BinaryFormatCode }
func (geometryCodec) PreferredFormat() int16            { return pgtype.BinaryFormatCode }

func (geometryCodec) PlanEncode(_ *pgtype.Map, _ uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(geo.Shape); !ok || format != pgtype.BinaryFormatCode {
		return nil
	}
	return encodeShape{}
}

type encodeShape struct{}

func (encodeShape) Encode(value any, buf []byte) ([]byte, error) {
	s := value.(geo.Shape)
	if s.IsZero() {
		return nil, nil
	}
	return wkb.Append(buf, s, ewkb)
}

func (geometryCodec) PlanScan(_ *pgtype.Map, _ uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(*geo.Shape); !ok || format != pgtype.BinaryFormatCode {
		return nil
	}
	return scanShape{}
}

type scanShape struct{}

func (scanShape) Scan(src []byte, target any) error {
	s := target.(*geo.Shape)
	if src == nil {
		*s = geo.Shape{}
		return nil
	}
	var err error
	*s, err = wkb.Parse(src, ewkb)
	return err
}

func (geometryCodec) DecodeDatabaseSQLValue(_ *pgtype.Map, _ uint32, _ int16, src []byte) (driver.Value, error) {
	return src, nil
}

func (geometryCodec) DecodeValue(_ *pgtype.Map, _ uint32, format int16, src []byte) (any, error) {
	if format != pgtype.BinaryFormatCode {
		return nil, fmt.Errorf("geometry in format %d", format)
	}
	var s geo.Shape
	err := scanShape{}.Scan(src, &s)
	return s, err
}
