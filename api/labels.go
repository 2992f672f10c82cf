package api

import (
	"errors"
	"net/http"
	"strings"

	"gridatlas/api/label"
	"gridatlas/geo"
	"gridatlas/geo/belong"
)

// Limits of one page of labels: each is some 5 KB of picture.
const (
	maxLabels       = 500
	maxLabelNumbers = 300
)

// labels answers /labels, on which signed-in staff choose and print labels. What stands
// on them is public, but making plates is work of the office.
func (s *server) labels(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "of", "community", "number", "size", "lang", "big")
	if err != nil {
		return err
	}
	_, led, err := s.orSignIn(w, r, "labels")
	if led || err != nil {
		return err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return err
	}
	at := s.Clock().In(s.Zone)
	page := &label.Page{Of: q.text("of"), Community: q.text("community"), Size: q.text("size"), Numbers: listed(q.text("number")), Most: maxLabels}
	for _, place := range belong.New(snap, geo.InstantOf(at)).Communities() {
		page.Communities = append(page.Communities, label.Community{Code: place.Code, Name: place.Name})
	}
	size, known := label.SizeOf(page.Size)
	page.Sheets = label.Sheets{Size: size, Service: s.ServicePhone, Demo: s.isDemo(snap), Printed: at, DataTime: at.Add(-s.Live.Age())}
	status := http.StatusOK
	switch {
	case s.PublicURL == nil && !page.Sheets.Demo:
		page.Fault = label.FaultNoAddress
	case !known || len(page.Numbers) > maxLabelNumbers:
		page.Fault, status = label.FaultUnknown, http.StatusNotFound
	case page.Of == "": // nothing is chosen yet
	default:
		page.Set, err = label.Choose(r.Context(), snap, label.Choice{Of: page.Of, Community: page.Community, Numbers: page.Numbers, At: geo.InstantOf(at), Most: maxLabels}, s.base(r))
		switch {
		case errors.Is(err, geo.ErrNotFound):
			page.Fault, status = label.FaultUnknown, http.StatusNotFound
		case err != nil:
			return err
		case page.Set.More > 0:
			page.Fault = label.FaultTooMany
		default:
			page.Sheets.Labels = page.Set.Labels
		}
	}
	s.LabelsPage(w, r, status, page)
	return nil
}

// listed parts a list of numbers as people type or paste it: one a line, or with commas
// between. Spaces may stand within a number.
func listed(text string) (numbers []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r,;，；、", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			numbers = append(numbers, part)
		}
	}
	return numbers
}
