package seedtest_test

import (
	"fmt"
	"strings"
	"testing"

	"gridatlas/geo/seedtest"
)

// failing is a test that has failed, and keeps what it says at its end.
type failing struct {
	testing.TB
	name string
	ends []func()
	said strings.Builder
}

func (f *failing) Name() string                   { return f.name }
func (f *failing) Helper()                        {}
func (f *failing) Failed() bool                   { return true }
func (f *failing) Cleanup(end func())             { f.ends = append(f.ends, end) }
func (f *failing) Logf(format string, v ...any)   { fmt.Fprintf(&f.said, format, v...) }
func (f *failing) Fatalf(format string, v ...any) { panic(fmt.Sprintf(format, v...)) }

// drawn returns the first numbers of a test of that name, and what it says as it fails.
func drawn(t *testing.T, name string) (numbers [4]uint64, said string) {
	test := &failing{TB: t, name: name}
	random := seedtest.New(test)
	for i := range numbers {
		numbers[i] = random.Uint64()
	}
	for _, end := range test.ends {
		end()
	}
	return numbers, test.said.String()
}

func TestRunsComeAgain(t *testing.T) {
	t.Setenv("SEED", "")
	first, said := drawn(t, "TestA")
	if said != "again with SEED=1" {
		t.Error(said)
	}
	if again, _ := drawn(t, "TestA"); again != first {
		t.Error("run 1 is another each time")
	}
	if other, _ := drawn(t, "TestB"); other == first {
		t.Error("two tests have the same numbers")
	}

	t.Setenv("SEED", "0")
	seen := map[[4]uint64]bool{first: true}
	for range 20 {
		t.Setenv("SEED", "0")
		numbers, said := drawn(t, "TestA")
		if seen[numbers] {
			t.Fatal("a run comes twice")
		}
		seen[numbers] = true
		t.Setenv("SEED", strings.TrimPrefix(said, "again with SEED="))
		if again, _ := drawn(t, "TestA"); again != numbers {
			t.Fatalf("%s: not the same again", said)
		}
	}

	t.Setenv("SEED", "one")
	defer func() {
		if fault := fmt.Sprint(recover()); !strings.HasPrefix(fault, "SEED: ") {
			t.Error(fault)
		}
	}()
	drawn(t, "TestA")
}
