package numbering_test

import (
	"fmt"
	"testing"

	"gridatlas/geo"
	"gridatlas/geo/numbering"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

func square(x, y, size int32) geo.Shape {
	return geo.PolygonShape([]geo.Point{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}})
}

func place(kind, code string, shape geo.Shape) *geo.Place {
	return &geo.Place{Base: geo.Base{Code: code, Shape: shape}, Kind: kind}
}

func booth(x, y int32, edit func(*geo.Booth)) *geo.Booth {
	b := &geo.Booth{Base: geo.Base{Shape: geo.PointShape(geo.Point{X: x, Y: y})}, Status: "open"}
	if edit != nil {
		edit(b)
	}
	return b
}

func build(features ...geo.Feature) *snapshot.Snapshot {
	builder := snapshot.NewBuilder()
	for i, f := range features {
		f.Common().ID, f.Common().Version = int64(i+1), 1
		builder.Add(f)
	}
	return builder.Build(geo.Head{Revision: 1})
}

func TestGive(t *testing.T) {
	const now geo.Instant = 1000
	s := build(
		place("city", "370700", square(0, 0, 3000)),
		place("district", "370702", square(0, 0, 1000)),
		place("district", "370703", square(1000, 0, 1000)),
		place("zone", "370700-GX", square(0, 0, 3000)),
		place("community", "370704001002", square(2000, 0, 500)), // its district is not drawn
		place("street", "XB-1", square(2500, 0, 500)),            // a code of the city's own
		booth(10, 10, func(b *geo.Booth) { b.Number, b.Code = "370702500124", "370702500124" }),
		booth(20, 20, nil),
		booth(30, 30, func(b *geo.Booth) { b.Code = "B-7" }),
		booth(1500, 30, func(b *geo.Booth) { b.From = now + 100 }), // planned
		booth(1000, 30, nil), // on the border: the first by code
		booth(2100, 30, nil),
		booth(2600, 30, nil), // in no county
		booth(40, 40, func(b *geo.Booth) { b.Until = now }),
		booth(50, 50, func(b *geo.Booth) { b.Status = "retired" }),
		booth(60, 60, func(b *geo.Booth) { b.Status = "moved" }),
	)
	given := &numbering.Given{}
	given.Add("370703000159") // of a booth that is gone
	given.Add("17")           // of before there was a form
	give := func(county string) (got []string) {
		t.Helper()
		plan, err := numbering.Give(t.Context(), s, given, numbering.Options{County: county, At: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range plan.Numbered {
			if err := plate.Check(b.Number); err != nil || b.Version != 1 {
				t.Errorf("%s, version %d: %v", b.Number, b.Version, err)
			}
			got = append(got, fmt.Sprintf("%d %s %s", b.ID, plate.Number(b.Number).Grouped()[:12], b.Code[:min(len(b.Code), 10)]))
		}
		for _, left := range plan.Left {
			got = append(got, fmt.Sprintf("%d %s", left.Booth.ID, left.Reason))
		}
		return got
	}
	want := []string{
		"8 3707 0250 02 3707025002", "9 3707 0250 03 B-7", "10 3707 0300 02 3707030002", "11 3707 0250 04 3707025004",
		"12 3707 0400 01 3707040001", "13 no county around it",
	}
	if got := give(""); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	// What was given is not given again, though the map has not changed.
	want = []string{"10 3707 0300 03 3707030003"}
	if got := give("370703"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// When the last serial is gone, those that were never given are used up, and then
// there is an end.
func TestSerialsRunOut(t *testing.T) {
	given := &numbering.Given{}
	for serial := 1; serial <= plate.MaxSerial; serial++ {
		n, err := plate.Make("370702", serial)
		if err != nil {
			t.Fatal(err)
		}
		if serial != 3 && serial != 700 {
			given.Add(string(n))
		}
	}
	for _, want := range []int{3, 700} {
		if n, err := given.Next("370702"); err != nil || n.Serial() != want {
			t.Errorf("got %s, %v, want serial %d", n, err, want)
		}
	}
	if n, err := given.Next("370702"); err == nil {
		t.Errorf("got %s, and there is none", n)
	}
	if n, err := given.Next("370703"); err != nil || n.Serial() != 1 {
		t.Errorf("another county: %s, %v", n, err)
	}
}
