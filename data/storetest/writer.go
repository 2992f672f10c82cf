package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"gridatlas/data"
	"gridatlas/geo"
)

// write is the writing program: it writes one change set after the other, the
// first one with a key that the program before it may already have used. It
// prints "ready" when the store is open, and "ack" with the serial when the store
// said that it is kept.
func write(b Backend, address string) error {
	from, err := strconv.Atoi(os.Getenv(envSerial))
	if err != nil {
		return fmt.Errorf("%s: %w", envSerial, err)
	}
	ctx := context.Background()
	s, err := b.Open(ctx, address)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	w := writing{out: os.Stdout, from: from, last: math.MaxInt, tries: 1}
	if text := os.Getenv(envLast); text != "" { // under faults, not kills
		if w.last, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%s: %w", envLast, err)
		}
		w.tries = 3
	}
	fmt.Println("ready")
	return errors.Join(w.write(ctx, s), s.Close())
}

// newest is a record that every change set writes: its own serial.
var newest = geo.RecordTable[int]{Kind: "storetest"}

const newestKey = "newest"

// writing is the change sets of some serials, one after the other.
type writing struct {
	from, last int
	tries      int       // of each, at most
	bare       bool      // without a record, into the store of a program that had none
	out        io.Writer // takes the acknowledgements
}

func (w *writing) write(ctx context.Context, s data.Store) error {
	var carried []geo.Feature
	_, err := s.Load(ctx, func(f geo.Feature) error {
		if f.Common().Source == "carrier" {
			carried = append(carried, f)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	for serial := w.from; serial <= w.last; serial++ {
		changes := changesOf(serial, carried)
		record, err := newest.Put(newestKey, geo.AnyVersion, serial)
		if err != nil {
			return err
		}
		for try := 1; ; try++ {
			set := geo.ChangeSet{IdempotencyKey: mark(serial), Note: mark(serial), Changes: geo.Changes(changes...)}
			if !w.bare {
				set.Records = func(yield func(geo.RecordChange, error) bool) { yield(record, nil) }
			}
			_, err := s.Apply(ctx, set)
			if err == nil {
				break
			}
			err = fmt.Errorf("serial %d: %w", serial, err)
			if try == w.tries {
				return err
			}
			fmt.Fprintln(os.Stderr, err)
		}
		fmt.Fprintln(w.out, "ack", serial)
		carried = carried[:0]
		for _, change := range changes[:carriers] {
			carried = append(carried, change.After)
		}
	}
	return nil
}

// changesOf is the change set of a serial: new carriers in a store without any,
// else all of them rewritten, and then the features that only this set adds.
func changesOf(serial int, carried []geo.Feature) []geo.Change {
	var changes []geo.Change
	for i := range carriers {
		schema := geo.Catalog()[i*4]
		shapes := shapesOf(schema.Kinds[0])
		var f geo.Feature
		if len(carried) == 0 {
			f = schema.New()
			f.Common().Source = "carrier"
			changes = append(changes, geo.Insert(f))
		} else {
			f = geo.Clone(carried[i])
			changes = append(changes, geo.Replace(f))
		}
		f.Common().Name, f.Common().Shape = mark(serial), shapes[serial%len(shapes)]
	}
	for i := range inserts(serial) {
		f := full(geo.MustSchema(geo.Land), i)
		f.Common().Code, f.Common().Name = "", mark(serial)
		changes = append(changes, geo.Insert(f))
	}
	return changes
}
