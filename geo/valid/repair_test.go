package valid_test

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
	"gridatlas/geo/valid/repair"
)

func TestRepair(t *testing.T) {
	big := square(0, 0, 1000)
	for _, test := range []struct {
		name  string
		shape geo.Shape
		want  geo.Shape // compared by its parts in any order of corners
		fails string
	}{
		{name: "valid", shape: geo.PolygonShape(big), want: geo.PolygonShape(big)},
		{name: "repeated corner", shape: geo.PolygonShape(ring(0, 0, 5, 0, 5, 0, 0, 5)), want: geo.PolygonShape(ring(0, 0, 5, 0, 0, 5))},
		{name: "spike", shape: geo.PolygonShape(ring(0, 0, 5, 0, 5, 5, 5, 9, 5, 5, 0, 5)), want: geo.PolygonShape(ring(0, 0, 5, 0, 5, 5, 0, 5))},
		{
			name: "slip at a corner", shape: geo.PolygonShape(ring(0, 0, 1000, 0, 1000, 1000, 10, 1000, 0, 990, 10, 990, 0, 1000)),
			want: geo.PolygonShape(ring(0, 0, 1000, 0, 1000, 1000, 10, 1000, 5, 995, 0, 1000)),
		},
		{
			name:  "outer rings overlap a little",
			shape: outers(big, square(990, 0, 1000)),
			want:  geo.PolygonShape(ring(0, 0, 990, 0, 1000, 0, 1990, 0, 1990, 1000, 1000, 1000, 990, 1000, 0, 1000)),
		},
		{name: "ring of two corners beside a good one", shape: outers(big, ring(5000, 0, 6000, 0)), want: geo.PolygonShape(big)},
		{
			name: "bow tie", shape: geo.PolygonShape(ring(0, 0, 10, 10, 10, 0, 0, 10)),
			want: outers(ring(0, 0, 5, 5, 0, 10), ring(10, 0, 10, 10, 5, 5)),
		},
		{
			name: "bow tie of unlike lobes", shape: geo.PolygonShape(ring(0, 0, 30, 30, 30, 10, 0, 20)),
			want: outers(ring(0, 0, 15, 15, 0, 20), ring(15, 15, 30, 10, 30, 30)),
		},
		{
			name: "bow tie for a hole", shape: geo.PolygonShape(big, ring(100, 100, 200, 200, 200, 100, 100, 200)),
			want: geo.PolygonShape(big, ring(100, 100, 150, 150, 100, 200), ring(200, 100, 200, 200, 150, 150)),
		},
		{
			name: "ring that touches itself", shape: geo.PolygonShape(ring(0, 0, 10, 0, 10, 10, 5, 0, 0, 10)),
			want: outers(ring(0, 0, 5, 0, 0, 10), ring(5, 0, 10, 0, 10, 10)),
		},
		{
			name: "ring that touches itself at a corner", shape: geo.PolygonShape(ring(0, 0, 10, 0, 10, 10, 20, 10, 20, 20, 10, 20, 10, 10, 0, 10)),
			want: outers(square(0, 0, 10), square(10, 10, 10)),
		},
		{name: "collapsed sliver", shape: geo.PolygonShape(ring(0, 0, 1000, 0, 2000, 0, 500, 0)), fails: "nothing is left"},
		{name: "there and back", shape: geo.PolygonShape(ring(0, 0, 9, 0, 9, 9, 9, 0)), fails: "nothing is left"},
		{name: "flat", shape: geo.PolygonShape(ring(0, 0, 5, 5, 9, 9)), fails: "nothing is left"},
		{name: "large hole outside", shape: geo.PolygonShape(big, square(5000, 0, 500)), fails: "the area would change"},
		{name: "outside the world", shape: geo.PolygonShape(ring(0, 0, 1, 0, 0, 90e7+1)), fails: "outside the world"},
		{name: "line with repeated corner", shape: geo.LineShape(ring(0, 0, 0, 0, 1, 1)), want: geo.LineShape(ring(0, 0, 1, 1))},
		{name: "line of one place", shape: geo.LineShape(ring(1, 1, 1, 1)), fails: "nothing is left"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, faults, err := repair.Shape(test.shape)
			if test.fails != "" {
				if !errors.Is(err, repair.ErrBeyondRepair) || !strings.Contains(err.Error(), test.fails) {
					t.Fatalf("got %v, want %q", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if (len(faults) == 0) != (len(valid.Check(test.shape)) == 0) {
				t.Errorf("faults %v", faults)
			}
			if got.NumParts() != test.want.NumParts() || got.Box() != test.want.Box() ||
				areaOf(got) != areaOf(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// areaOf is twice the area of a valid shape.
func areaOf(s geo.Shape) (twice int64) {
	for part := range s.Parts() {
		twice += geo.RingArea2(part.Points)
	}
	return twice
}

// Whatever comes back from Repair passes Check.
func TestRepairGivesValidShapes(t *testing.T) {
	random := seedtest.New(t)
	mended := 0
	for range 5000 {
		shape := randomPolygons(random)
		got, faults, err := repair.Shape(shape)
		if err != nil {
			continue
		}
		if left := valid.Check(got); len(left) > 0 {
			t.Fatalf("%v became %v: %v", shape, got, left)
		}
		if len(faults) > 0 {
			mended++
		}
	}
	t.Logf("%d mended", mended)
	if mended < 20 {
		t.Error("too few were mended to prove anything")
	}
}

func TestRepairConcurrently(t *testing.T) {
	shape := geo.PolygonShape(ring(0, 0, 1000, 0, 1000, 1000, 10, 1000, 0, 990, 10, 990, 0, 1000))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				if _, _, err := repair.Shape(shape); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// GEOS memory is not seen by the Go collector: thousands of repairs, also ones
// that fail, must not make the process grow.
func TestRepairKeepsNoMemory(t *testing.T) {
	good := star(1000)
	good[100], good[102] = good[102], good[100] // a short piece runs the wrong way
	bad := geo.PolygonShape(ring(0, 0, 10, 10, 10, 0, 0, 10), square(500, 500, 9))
	work := func(n int) {
		for range n {
			if _, _, err := repair.Shape(geo.PolygonShape(good)); err != nil {
				t.Fatal(err)
			}
			if _, _, err := repair.Shape(bad); err == nil {
				t.Fatal("a bow tie with a far hole was mended")
			}
		}
		runtime.GC()
	}
	work(10)
	before := residentKiB(t)
	const rounds = 100
	work(rounds)
	after := residentKiB(t)
	t.Logf("resident memory %d KiB before, %d KiB after %d rounds", before, after, rounds)
	// One round takes some 100 KiB of C memory.
	if grown := after - before; grown > 5*1024 {
		t.Errorf("grew by %d KiB", grown)
	}
}

func residentKiB(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("needs /proc/self/status: ", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Skip("no VmRSS in /proc/self/status")
	return 0
}
