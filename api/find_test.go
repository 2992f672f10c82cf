package api_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/geo"
)

func names(t testing.TB, n *node, q, more string) []string {
	t.Helper()
	var list []string
	for _, item := range n.getJSON(t, "/search?q="+url.QueryEscape(q)+more)["items"].([]any) {
		list = append(list, item.(map[string]any)["name"].(string))
	}
	return list
}

func TestFind(t *testing.T) {
	n := newTown(t)
	for _, test := range []struct {
		q    string
		more string
		want []string
	}{
		{"370705", "&limit=1", []string{"奎文区"}},                 // the exact code before the codes it begins
		{"370702000186", "", []string{"新华路小蓝棚"}},                // the number on the plate
		{"３７０７０２０００１８６", "", []string{"新华路小蓝棚"}},                // full width
		{"xlp-2", "", []string{"健康街小蓝棚"}},                       // whatever the case
		{"健康街", "", []string{"健康街", "健康街小蓝棚"}},                  // one entry for both pieces of the street
		{"新华路", "", []string{"新华路", "新华路小蓝棚"}},                  // names that are it before those that begin with it
		{"五道庙", "", []string{"五道庙小区", "五道庙小区3号楼", "五道庙小区13号楼"}}, // prefix: layers in order, short first
		{"五道庙　3号楼", "", []string{"五道庙小区3号楼", "五道庙小区13号楼"}},      // two words, ideographic space
		{"卫生站", "", []string{"南关卫生站"}},
		{"wdm", "", []string{"五道庙小区"}},
		{"WuDaoMiao", "", []string{"五道庙小区"}},
		{"jiankang", "", []string{"健康街", "健康街小蓝棚"}},
		{"angjie", "", nil}, // the middle of a name is not what one types
		{"鹰眼", "", nil},
		{"yingyan", "", nil},
		{"没有这个", "", nil},
		{"第24", "&limit=3", []string{"第241社区", "第243社区", "第245社区"}}, // even ones are out of effect
		{"%_", "", nil},
	} {
		if got := names(t, n, test.q, test.more); !cmp.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.q, got, test.want)
		}
	}
}

// A river that is a line is found by its name, once for all its pieces.
func TestFindRiver(t *testing.T) {
	n := newTown(t)
	river := func(id int64, x float64) *geo.Barrier {
		line := geo.LineShape([]geo.Point{at(x, 40).Points()[0], at(x+40, 50).Points()[0]})
		return &geo.Barrier{Base: geo.Base{ID: id, Version: 1, Name: "信江", Shape: line}, Kind: "river"}
	}
	n.put(river(950, 0), river(951, 40))
	for _, q := range []string{"信江", "xinjiang", "xj"} {
		if got := names(t, n, q, ""); !cmp.Equal(got, []string{"信江"}) {
			t.Errorf("%s: got %v", q, got)
		}
	}
}

func TestFindPosition(t *testing.T) {
	n := newTown(t)
	for q, want := range map[string]any{
		"119.1,36.7": map[string]any{"lon": 119.1, "lat": 36.7}, "36.7，119.1": map[string]any{"lon": 119.1, "lat": 36.7},
		"119.1 36.7": map[string]any{"lon": 119.1, "lat": 36.7}, "190,95": nil, "1,2,3": nil, "新华路": nil, "NaN,1": nil,
	} {
		if got := n.getJSON(t, "/search?q="+url.QueryEscape(q))["position"]; !cmp.Equal(got, want) {
			t.Errorf("%s: %v", q, got)
		}
	}
}

// After a change the new name is found and the old one is not.
func TestFindFollowsTheMap(t *testing.T) {
	n := newTown(t)
	if got := names(t, n, "第249社区", ""); len(got) != 1 {
		t.Fatalf("got %v", got)
	}
	advance(n)
	if got := names(t, n, "第249社区", ""); got != nil {
		t.Errorf("got %v", got)
	}
	if got := names(t, n, "r2", "&limit=50"); len(got) != 50 {
		t.Errorf("%d new names", len(got))
	}
	if got := names(t, n, "健康街", ""); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}
