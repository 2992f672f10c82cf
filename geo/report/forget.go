package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gridatlas/geo"
)

// forgottenAtOnce is how many reports are written by one change set: few enough that
// who works on others hardly waits.
const forgottenAtOnce = 50

// Forget drops what was typed in reports that were answered before a time: the note of
// who reported, those of staff, and the answer. What is left is the number, what it was
// about, and when it went through its states; so numbers stay known and counts right.
// Photos are gone since the answer. It returns how many reports it was; several may do
// it at once, and each report is counted by one of them.
func (b *Book) Forget(ctx context.Context, before time.Time) (forgotten int, err error) {
	var old []Receipt
	err = b.Answered(ctx, func(held Held) error {
		if !held.Forgotten && held.Since(Answered).Before(before) {
			old = append(old, held.Receipt)
		}
		return ctx.Err()
	})
	for numbers := range slices.Chunk(old, forgottenAtOnce) {
		if err != nil {
			break
		}
		var n int
		n, err = b.forget(ctx, numbers)
		forgotten += n
	}
	if err != nil {
		return forgotten, fmt.Errorf("forget what was typed in reports: %w", err)
	}
	return forgotten, nil
}

// forget writes answered reports without what was typed, but for those of which
// somebody else did it, and returns how many it wrote.
func (b *Book) forget(ctx context.Context, numbers []Receipt) (int, error) {
	for try := 1; ; try++ {
		var changes []geo.RecordChange
		for _, number := range numbers {
			r, version, err := answered.Get(ctx, b.store, string(number))
			if err != nil {
				return 0, err
			}
			if r.Forgotten {
				continue
			}
			change, err := answered.Put(string(number), version, r.bare())
			if err != nil {
				return 0, err
			}
			changes = append(changes, change)
		}
		if len(changes) == 0 {
			return 0, nil
		}
		_, err := b.store.Apply(ctx, geo.ChangeSet{
			Note: fmt.Sprintf("forget what was typed in %d reports", len(changes)), At: b.now().UTC(), Records: geo.RecordChanges(changes...),
		})
		var elsewhere *geo.RecordConflict
		if err == nil {
			return len(changes), nil
		}
		if !errors.As(err, &elsewhere) || try == tries {
			return 0, err
		}
	}
}

// bare is a report without what was typed.
func (r *Report) bare() Report {
	bare := *r
	bare.Note, bare.Answer, bare.Forgotten = "", "", true
	bare.Steps = make([]Step, len(r.Steps))
	for i, step := range r.Steps {
		step.Note = ""
		bare.Steps[i] = step
	}
	return bare
}
