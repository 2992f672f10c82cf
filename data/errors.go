package data

import (
	"errors"

	"gridatlas/geo"
)

// What stands in the way of a store, under the names that its callers above data
// know, too.
var (
	ErrUnavailable = geo.ErrUnavailable
	ErrFull        = geo.ErrFull
)

// ErrNotEmpty says that a store was to be filled and holds something already.
var ErrNotEmpty = errors.New("the store is not empty")
