package geo

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound says that there is no feature, record or revision of the name asked
// for.
var ErrNotFound = errors.New("not found")

// ErrUnavailable says that the store cannot be reached now: a server that is
// down, starting or lost on the way. The same call may succeed later. A write that
// ends with it may have been stored; repeated with its idempotency key it is stored
// once.
var ErrUnavailable = errors.New("the store cannot be reached")

// ErrFull says that the disk of the store is full. Reading goes on, and writing
// does when there is room again: repeat the write as after ErrUnavailable.
var ErrFull = errors.New("the disk of the store is full")

// Conflict says that features were changed by somebody else after the writer
// read them: nothing was written, and Theirs holds what stands now.
type Conflict struct {
	Keys   []Key
	Theirs []Feature // same order as Keys; nil where the feature is gone
}

func (c *Conflict) Error() string {
	names := make([]string, len(c.Keys))
	for i, key := range c.Keys {
		names[i] = key.String()
	}
	return "changed meanwhile: " + strings.Join(names, ", ")
}

// Stale says that something a change set relied on was changed after its base
// revision; the writer refreshes, checks again and retries.
type Stale struct{ Layers []Layer }

func (s *Stale) Error() string {
	return fmt.Sprintf("what this change relied on was changed meanwhile, in %v", s.Layers)
}

// Violation says which rule a change breaks, on which feature and field, and
// where on the ground when the place is known.
type Violation struct {
	Rule   string // short name, as code_taken
	Layer  Layer
	ID     int64  // zero for a feature that is not stored yet
	Field  string // empty when the whole feature is meant
	Detail string
	At     *Point
}

func (v *Violation) Error() string {
	text := fmt.Sprintf("%s: %s", v.Layer, v.Detail)
	if v.Field != "" {
		text = fmt.Sprintf("%s.%s: %s", v.Layer, v.Field, v.Detail)
	}
	return text + " (" + v.Rule + ")"
}

// Retryable reports whether the same change may succeed when it is made anew on
// a fresh snapshot and freshly read records.
func Retryable(err error) bool {
	var conflict *Conflict
	var stale *Stale
	var record *RecordConflict
	return errors.As(err, &conflict) || errors.As(err, &stale) || errors.As(err, &record)
}
