package valid_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/seedtest"
	"gridatlas/geo/valid"
)

// rect is a rectangle in centimetres east and north of a place on the equator.
func rect(x, y, width, height float64) []geo.Point {
	local := crs.NewLocal(geo.Point{})
	low, high := local.Point(x/100, y/100), local.Point((x+width)/100, (y+height)/100)
	return ring(low.X, low.Y, high.X, low.Y, high.X, high.Y, low.X, high.Y)
}

func TestCoverage(t *testing.T) {
	seen := map[valid.CoverageKind]bool{}
	left, right := geo.PolygonShape(rect(0, 0, 10000, 10000)), geo.PolygonShape(rect(10000, 0, 10000, 10000))
	for _, test := range []struct {
		name    string
		members []geo.Shape
		parent  geo.Shape
		faults  string // kind members corners|width area mended:to, in order
		after   string // what a second run finds
	}{
		{name: "nothing"},
		{name: "one", members: []geo.Shape{left}},
		{name: "side by side", members: []geo.Shape{left, right}},
		{name: "apart", members: []geo.Shape{left, geo.PolygonShape(rect(30000, 0, 10, 10))}},
		{name: "points take no part", members: []geo.Shape{left, geo.PointShape(geo.Point{X: 5, Y: 5}), {}}},
		{
			name: "a corner on one side only", members: []geo.Shape{left, geo.PolygonShape(rect(10000, 0, 500, 5000)), geo.PolygonShape(rect(10000, 5000, 500, 5000))},
			faults: "noding [0] 1",
		},
		{
			name: "a gap of 30 cm", members: []geo.Shape{left, geo.PolygonShape(rect(10030, 0, 10000, 10000)), geo.PolygonShape(rect(0, 10000, 20030, 500)), geo.PolygonShape(rect(0, -500, 20030, 500))},
			faults: "noding [2] 2, noding [3] 2, gap [0 1 3 2] 0.30 30 mended:0",
		},
		{
			name: "a gap of 70 cm", members: []geo.Shape{left, geo.PolygonShape(rect(10070, 0, 10000, 10000)), geo.PolygonShape(rect(0, 10000, 20070, 500)), geo.PolygonShape(rect(0, -500, 20070, 500))},
			faults: "noding [2] 2, noding [3] 2, gap [0 1 3 2] 0.70 70", after: "gap [0 1 3 2] 0.70 70",
		},
		{name: "a gap that is open to the outside", members: []geo.Shape{left, geo.PolygonShape(rect(10030, 0, 10000, 10000))}},
		{
			name: "the same in a parent", members: []geo.Shape{left, geo.PolygonShape(rect(10030, 0, 9970, 10000))}, parent: geo.PolygonShape(rect(0, 0, 20000, 10000)),
			faults: "gap [0 1] 0.30 30 mended:0",
		},
		{
			name: "an overlap of 30 cm", members: []geo.Shape{left, geo.PolygonShape(rect(9970, 0, 10000, 10000))},
			faults: "noding [0] 2, noding [1] 2, overlap [0 1] 0.30 30 mended:0",
		},
		{
			name: "an overlap of 2 m", members: []geo.Shape{left, geo.PolygonShape(rect(9800, 1000, 10000, 500))},
			faults: "overlap [0 1] 2.00 10", after: "overlap [0 1] 2.00 10",
		},
		{
			name: "the same twice", members: []geo.Shape{left, right, left},
			faults: "duplicate [0 2] 100.00 10000", after: "duplicate [0 2] 100.00 10000",
		},
		{
			name: "nearly the same twice", members: []geo.Shape{left, geo.PolygonShape(rect(3, 3, 10000, 10000))},
			faults: "duplicate [0 1] 99.96 9994", after: "duplicate [0 1] 99.96 9994",
		},
		{
			name: "an island that nobody left out", members: []geo.Shape{left, geo.PolygonShape(rect(1000, 1000, 2000, 2000))},
			faults: "overlap [0 1] 20.00 400", after: "overlap [0 1] 20.00 400",
		},
		{
			name: "a thin one is not swallowed", members: []geo.Shape{left, geo.PolygonShape(rect(1000, 1000, 2000, 20))},
			faults: "overlap [0 1] 0.20 4", after: "overlap [0 1] 0.20 4",
		},
		{name: "an island in its hole", members: []geo.Shape{geo.PolygonShape(rect(0, 0, 9000, 9000), rect(1000, 1000, 2000, 2000)), geo.PolygonShape(rect(1000, 1000, 2000, 2000))}},
		{
			name: "an island too small for its hole", members: []geo.Shape{geo.PolygonShape(rect(0, 0, 9000, 9000), rect(1000, 1000, 2000, 2000)), geo.PolygonShape(rect(1020, 1020, 1960, 1960))},
			faults: "gap [0 1] 0.23 16 mended:0",
		},
		{
			name: "a lake", members: []geo.Shape{geo.PolygonShape(rect(0, 0, 9000, 9000), rect(1000, 1000, 2000, 2000))},
			faults: "gap [0] 20.00 400", after: "gap [0] 20.00 400",
		},
		{
			name: "beyond the parent", members: []geo.Shape{left, right}, parent: geo.PolygonShape(rect(0, 0, 19970, 10000)),
			faults: "noding [1] 2, outside [1] 0.30 30 mended:-1",
		},
		{
			name: "far beyond the parent", members: []geo.Shape{left, right}, parent: geo.PolygonShape(rect(0, 0, 15000, 10000)),
			faults: "noding [1] 2, outside [1] 49.99 5000", after: "outside [1] 49.99 5000",
		},
		{name: "a parent without members", parent: left, faults: "gap [] 100.00 10000", after: "gap [] 100.00 10000"},
		{name: "a member of no width", members: []geo.Shape{geo.PolygonShape(ring(0, 0, 1000, 1, 2000, 1))}, faults: "collapsed [0]", after: "collapsed [0]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			given := valid.Coverage{Members: test.members, Parent: test.parent}
			mended, faults, err := valid.MendCoverage(context.Background(), given, 0.5)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				seen[f.Kind] = true
			}
			if got := inShort(faults); got != test.faults {
				t.Errorf("got  %s\nwant %s", got, test.faults)
			}
			if left := checkMended(t, given, mended, faults, 0.5); inShort(left) != test.after {
				t.Errorf("afterwards got  %s\nwant %s", inShort(left), test.after)
			}
		})
	}
	for _, kind := range valid.AllCoverageKinds {
		if !seen[kind] {
			t.Errorf("no case has a fault of kind %s", kind)
		}
	}
}

func inShort(faults []valid.CoverageFault) string {
	var texts []string
	for _, f := range faults {
		text := fmt.Sprint(f.Kind, " ", f.Members)
		switch f.Kind {
		case valid.Unnoded:
			text += fmt.Sprint(" ", len(f.Corners))
		case valid.Collapsed:
		default:
			text += fmt.Sprintf(" %.2f %.0f", float64(f.Width), f.Area)
		}
		if f.Mended {
			text += fmt.Sprint(" mended:", f.GivenTo)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// checkMended holds what MendCoverage promises and returns what a second run
// finds.
func checkMended(t testing.TB, given, mended valid.Coverage, faults []valid.CoverageFault, size geo.Metres) []valid.CoverageFault {
	t.Helper()
	again, left, err := valid.MendCoverage(context.Background(), mended, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if f.Mended || f.Kind == valid.Unnoded {
			t.Errorf("a second run finds %v", f)
		}
	}
	open := func(f valid.CoverageFault) bool { return !f.Mended && f.Kind != valid.Unnoded }
	before := 0
	for _, f := range faults {
		if open(f) {
			before++
		}
	}
	if before != len(left) {
		t.Errorf("%d faults were left, a second run finds %d", before, len(left))
	}
	if !again.Parent.Equal(mended.Parent) {
		t.Errorf("a second run changes the parent")
	}
	for m, shape := range mended.Members {
		if faults := valid.Check(shape); len(faults) > 0 {
			t.Fatalf("member %d: %v", m, faults[0])
		}
		if !again.Members[m].Equal(shape) {
			t.Errorf("a second run changes member %d: %v, %v", m, shape, again.Members[m])
		}
		checkMember(t, m, given.Members[m], shape, faults)
	}
	return left
}

// checkMember holds that a member changed by what the faults say and not more.
func checkMember(t testing.TB, m int, before, after geo.Shape, faults []valid.CoverageFault) {
	t.Helper()
	var grown, shrunk float64
	noded := false
	for _, f := range faults {
		noded = noded || f.Kind == valid.Unnoded && f.Members[0] == m
		switch {
		case !f.Mended:
		case f.GivenTo == m && f.Kind == valid.Gap:
			grown += f.Area
		case f.GivenTo != m && f.Kind != valid.Gap && slices.Contains(f.Members, m):
			shrunk += f.Area
		}
	}
	change := crs.Area(after) - crs.Area(before)
	var perimeter float64
	for part := range before.Parts() {
		perimeter += crs.Length(append(slices.Clone(part.Points), part.Points[0]))
	}
	// Edges may move by somewhat more than half the diagonal of a step.
	if most := 0.012*perimeter + 1e-3; math.Abs(change-(grown-shrunk)) > most {
		t.Errorf("member %d changed by %.3f m2, faults say %.3f - %.3f, lattice %.3f", m, change, grown, shrunk, most)
	}
	if grown > 0 || shrunk > 0 || before.Kind() != geo.Polygons || before.Equal(after) {
		return
	}
	if box := before.Box(); box.E-box.W < 1000 && box.N-box.S < 1000 {
		return // parts of it may be thinner than a step, and folded
	}
	// Corners were added and none was lost.
	points := after.Points()
	for _, p := range before.Points() {
		i := slices.Index(points, p)
		if i < 0 {
			t.Errorf("member %d lost corner %v though its ground did not change: %v, %v", m, p, before, after)
			return
		}
		points = points[i+1:]
	}
}

// Everything holds on small boards too, where corners meet corners and edges all
// the time and faults are a few steps wide.
func TestMendRandomCoverages(t *testing.T) {
	random := seedtest.New(t)
	closed := 0
	for range 3000 {
		data := make([]byte, 4+random.IntN(100))
		for i := range data {
			data[i] = byte(random.Uint32())
		}
		closed += mendSmall(t, data)
	}
	if closed < 1000 {
		t.Errorf("%d faults closed are too few to prove anything", closed)
	}
}

func FuzzMendCoverage(f *testing.F) {
	f.Add([]byte{10, 0, 0, 0, 9, 0, 0, 9, 0, 1, 1, 8, 2, 3, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 300 {
			mendSmall(t, data)
		}
	})
}

func isCollapsed(f valid.CoverageFault) bool { return f.Kind == valid.Collapsed }

// mendSmall mends polygons on a small board, read out of any bytes: the size of
// the board, that of faults to close, whether the first polygon is the parent, and
// three corners or more for each polygon. It returns how many faults were closed.
func mendSmall(t testing.TB, data []byte) int {
	t.Helper()
	if len(data) < 3 {
		return 0
	}
	board := 3 + int32(data[0])%60
	size := geo.Metres(data[1]%100) / 1000
	withParent := data[2]%2 == 0
	data = data[3:]
	var given valid.Coverage
	for len(data) > 6 && len(given.Members) < 8 {
		n := min(3+int(data[0])%6, (len(data)-1)/2)
		points := make([]geo.Point, n)
		for i := range points {
			points[i] = geo.Point{X: int32(data[2*i+1]) % board, Y: int32(data[2*i+2]) % board}
		}
		data = data[1+2*n:]
		for _, r := range [][]geo.Point{points, points[:3]} {
			if s := geo.PolygonShape(r); len(valid.Check(s)) == 0 {
				given.Members = append(given.Members, s)
				break
			}
		}
	}
	if withParent && len(given.Members) > 0 {
		given.Parent, given.Members = given.Members[0], given.Members[1:]
	}
	mended, faults, err := valid.MendCoverage(context.Background(), given, size)
	// What is thinner than a step at one time may not be so at another, when edges
	// around it have moved.
	for err == nil && slices.ContainsFunc(faults, isCollapsed) {
		for i, member := range mended.Members {
			if slices.ContainsFunc(faults, func(f valid.CoverageFault) bool { return isCollapsed(f) && f.Members[0] == i }) {
				if !member.Equal(given.Members[i]) {
					t.Fatalf("%v collapsed and became %v", given.Members[i], member)
				}
				given.Members[i] = geo.Shape{}
			}
		}
		mended, faults, err = valid.MendCoverage(context.Background(), given, size)
	}
	if err != nil {
		if withParent && err.Error() == "parent: is thinner than the lattice" {
			return 0
		}
		t.Fatal(err)
	}
	checkMended(t, given, mended, faults, size)
	if t.Failed() {
		t.Fatalf("size %v, %v\nfaults %v\nmended %v", size, given, faults, mended)
	}
	closed := 0
	for _, f := range faults {
		if f.Mended {
			closed++
		}
	}
	return closed
}

func TestCoverageRefuses(t *testing.T) {
	bow := geo.PolygonShape(ring(0, 0, 10, 10, 10, 0, 0, 10))
	good := geo.PolygonShape(square(0, 0, 100))
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, test := range []struct {
		name  string
		ctx   context.Context
		given valid.Coverage
		want  string
	}{
		{"a broken member", context.Background(), valid.Coverage{Members: []geo.Shape{good, bow}}, "member 1: the ring crosses itself at 0.0000005, 0.0000005"},
		{"a broken parent", context.Background(), valid.Coverage{Members: []geo.Shape{good}, Parent: bow}, "parent: "},
		{"a parent of no width", context.Background(), valid.Coverage{Members: []geo.Shape{good}, Parent: geo.PolygonShape(ring(0, 0, 1000, 1, 2000, 1))}, "parent: is thinner than the lattice"},
		{"far apart", context.Background(), valid.Coverage{Members: []geo.Shape{good, geo.PolygonShape(square(110e7, 0, 100))}}, "more than 100 degrees"},
		{"cancelled", cancelled, valid.Coverage{Members: []geo.Shape{good}}, context.Canceled.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := valid.CheckCoverage(test.ctx, test.given)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("check: %v", err)
			}
			same, _, err := valid.MendCoverage(test.ctx, test.given, 1)
			if err == nil || !strings.Contains(err.Error(), test.want) || len(same.Members) != len(test.given.Members) {
				t.Errorf("mend: %v, %v", same, err)
			}
			if test.ctx == cancelled && !errors.Is(err, context.Canceled) {
				t.Errorf("%v does not wrap it", err)
			}
		})
	}
}

func TestCoverageFaultAsJSON(t *testing.T) {
	fault := valid.CoverageFault{
		Kind: valid.Overlapped, Members: []int{3, 7}, At: geo.Point{X: 1_191_070_000, Y: 367_090_001},
		Area: 12.5, Width: 0.25, Mended: true, GivenTo: 3,
	}
	got, err := json.Marshal(fault)
	want := `{"kind":"overlap","lon":119.107,"lat":36.7090001,"area_m2":12.5,"width_m":0.25,"members":[3,7],"mended":true,"given_to":3}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if got, want := fault.String(), "12.50 m2, 0.25 m wide, of 3, 7 at 119.1070000, 36.7090001 (overlap)"; got != want {
		t.Errorf("%s", got)
	}
}
