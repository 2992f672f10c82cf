package postgis

import "gridatlas/geo"

// AppendEWKB and ParseEWKB lend the geometry codec to its tests.
func AppendEWKB(dst []byte, s geo.Shape) ([]byte, error) {
	if err := checkShape(s); err != nil {
		return nil, err
	}
	return appendEWKB(dst, s), nil
}

func ParseEWKB(raw []byte) (geo.Shape, error) { return new(ewkbParser).parse(raw) }

// MigrationLock lends the number of the lock that a starting node takes.
var MigrationLock = migrationLock
