package api

import (
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
)

// The parts to which each leads on are the whole list, each row once, and none is
// longer than a list may be.
func TestParts(t *testing.T) {
	s := &server{}
	for _, n := range []int{0, 1, 2, 7, maxLimit, maxLimit + 1, 2*maxLimit + 5} {
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		for _, limit := range []string{"", "1", "3", "7", "1000", "5000"} {
			if n > 100 && len(limit) == 1 {
				continue
			}
			values := url.Values{}
			if limit != "" {
				values.Set("limit", limit)
			}
			var read []int
			for asked := 0; ; asked++ {
				r := httptest.NewRequest(http.MethodGet, "/list?"+values.Encode(), nil)
				q, err := readQuery(r, partParameters...)
				if err != nil {
					t.Fatal(err)
				}
				p, err := q.part()
				if err != nil {
					t.Fatal(err)
				}
				found := partOf(list, p)
				if len(found) > maxLimit || asked > n {
					t.Fatalf("%d rows by %s: part %d has %d", n, limit, asked, len(found))
				}
				read = append(read, found...)
				links := s.partLinks(r, "/list", q, p, n, typeJSON)
				if len(links) == 1 {
					break
				}
				next, err := url.Parse(links[1].Href)
				if err != nil || links[1].Rel != "next" || next.Path != "/list" {
					t.Fatalf("%+v, %v", links, err)
				}
				values = next.Query()
			}
			if !slices.Equal(read, list) {
				t.Errorf("%d rows by %q: %d are read", n, limit, len(read))
			}
		}
	}
	if p := (part{math.MaxInt, maxLimit}); len(partOf([]int{1, 2}, p)) != 0 {
		t.Error("something is beyond the end")
	}
}
