package data

import "errors"

// ErrUnavailable says that the store cannot be reached now: a server that is
// down, starting or lost on the way. The same call may succeed later. An Apply
// that ends with it may have been stored; repeated with its idempotency key it
// is stored once.
var ErrUnavailable = errors.New("the store cannot be reached")

// ErrFull says that the disk of the store is full. Reading goes on, and writing
// does when there is room again: repeat the Apply as after ErrUnavailable.
var ErrFull = errors.New("the disk of the store is full")

// ErrNotEmpty says that a store was to be filled and holds something already.
var ErrNotEmpty = errors.New("the store is not empty")
