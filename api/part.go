package api

import (
	"net/http"
	"strconv"
)

// part is which part of a list is asked for. Such a list is read anew for each part,
// so one may meet a row twice when the list changes between two parts.
type part struct{ skip, limit int }

// partParameters are the names of those that query.part reads.
var partParameters = []string{"limit", "skip"}

// limit is how many rows are asked for at most; of more than one answer holds, so many.
func (q query) limit() (int, error) {
	limit, err := q.integer("limit", 1, defaultLimit)
	return min(limit, maxLimit), err
}

func (q query) part() (p part, err error) {
	if p.limit, err = q.limit(); err != nil {
		return p, err
	}
	p.skip, err = q.integer("skip", 0, 0)
	return p, err
}

// partOf is the part of a list.
func partOf[T any](list []T, p part) []T {
	list = list[min(p.skip, len(list)):]
	return list[:min(p.limit, len(list))]
}

// partLinks lead to a part of a list of so many, and to the part after it, if there is
// one.
func (s *server) partLinks(r *http.Request, path string, q query, p part, matched int, mediaType string) []link {
	self := s.base(r) + path
	links := []link{{Href: withQuery(self, q.values), Rel: "self", Type: mediaType}}
	if p.skip < matched && matched-p.skip > p.limit {
		next := cloneValues(q.values)
		next.Set("skip", strconv.Itoa(p.skip+p.limit))
		links = append(links, link{Href: withQuery(self, next), Rel: "next", Type: mediaType})
	}
	return links
}
