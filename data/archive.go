package data

import "gridatlas/geo"

// Entry is one change set in the log.
type Entry struct {
	geo.Header
	IdempotencyKey string // empty: none
}
