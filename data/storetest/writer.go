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
	last, tries := math.MaxInt, 1
	if text := os.Getenv(envLast); text != "" { // under faults, not kills
		if last, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("%s: %w", envLast, err)
		}
		tries = 3
	}
	fmt.Println("ready")
	return errors.Join(writeSets(ctx, s, os.Stdout, from, last, tries), s.Close())
}

// writeSets writes the change sets of some serials, each at most so many times,
// and acknowledges each to out.
func writeSets(ctx context.Context, s data.Store, out io.Writer, from, last, tries int) error {
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
	for serial := from; serial <= last; serial++ {
		changes := changesOf(serial, carried)
		for try := 1; ; try++ {
			set := geo.ChangeSet{IdempotencyKey: mark(serial), Note: mark(serial), Changes: geo.Changes(changes...)}
			_, err := s.Apply(ctx, set)
			if err == nil {
				break
			}
			err = fmt.Errorf("serial %d: %w", serial, err)
			if try == tries {
				return err
			}
			fmt.Fprintln(os.Stderr, err)
		}
		fmt.Fprintln(out, "ack", serial)
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
