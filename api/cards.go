package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"gridatlas/api/access"
	"gridatlas/api/label"
	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// Limits of the page of cards.
const (
	maxCards    = 300      // of one page
	maxCardForm = 16 << 10 // bytes: as many booths as a page has
)

// cardsPage answers GET /cards, on which staff see which booths have a card, make cards
// anew and end them. No page ever shows the secret of a card that was made before.
func (s *server) cardsPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "community", "size", "ended", "lang", "big")
	if err != nil {
		return err
	}
	who, led, err := s.orSignIn(w, r, "cards")
	if led || err != nil {
		return err
	}
	page, _, err := s.openCards(w, r, who, q.text("community"), q.text("size"))
	if err != nil {
		return err
	}
	for i := range page.Booths {
		page.Booths[i].Chosen = page.Booths[i].Made.IsZero() && page.Community != ""
	}
	if number, err := plate.Parse(q.text("ended")); err == nil {
		page.Ended = number.Grouped()
	}
	s.CardsPage(w, r, http.StatusOK, page)
	return nil
}

// openCards lists the booths in use at whose place the account may record: those that
// have a number are on the page, and in the map by their ids.
func (s *server) openCards(w http.ResponseWriter, r *http.Request, who access.Who, community, size string) (*label.CardPage, map[int64]*geo.Booth, error) {
	snap, err := s.snapshot(w)
	if err != nil {
		return nil, nil, err
	}
	at := s.Clock().In(s.Zone)
	areas, grounds := belong.New(snap, geo.InstantOf(at)), s.groundsOf(snap)
	page := &label.CardPage{Once: rand.Text()}
	if f, there := snap.Layer(geo.Places).ByCode(community); there && f.(*geo.Place).Kind == "community" {
		page.Community = community
	}
	chosen, _ := label.CardSizeOf(size)
	page.Size = cmp.Or(chosen.Name, label.CardSizes[0].Name)
	page.Sheets = label.Sheets{Masters: true, Service: s.ServicePhone, Demo: s.isDemo(snap), Printed: at, DataTime: at.Add(-s.Live.Age())}
	page.Sheets.Size, _ = label.CardSizeOf(page.Size)
	if s.PublicURL == nil && !page.Sheets.Demo {
		page.Fault = label.CardsNoAddress
	}
	made := map[int64]access.Card{}
	if err := s.Cards.EachCard(r.Context(), func(card access.Card) error { made[card.Booth] = card; return nil }); err != nil {
		return nil, nil, err
	}
	booths, within := map[int64]*geo.Booth{}, map[*geo.Place]bool{}
	for b := range snapshot.All[*geo.Booth](snap) {
		if err := r.Context().Err(); err != nil {
			return nil, nil, err
		}
		if outOfUse(b, geo.InstantOf(at)) || !who.May(access.Record, grounds.place(b, geo.InstantOf(at))) {
			continue
		}
		place := areas.Community(b)
		within[place] = true
		if page.Community != "" && (place == nil || place.Code != page.Community) {
			continue
		}
		if b.Number == "" {
			page.Bare++
			continue
		}
		booths[b.ID] = b
		page.Booths = append(page.Booths, label.CardBooth{ID: b.ID, Name: b.Name, Number: plate.Number(b.Number).Grouped(), Made: made[b.ID].Made, By: made[b.ID].By})
	}
	for _, place := range areas.Communities() {
		if within[place] || place.Code == page.Community {
			page.Communities = append(page.Communities, label.Community{Code: place.Code, Name: place.Name})
		}
	}
	slices.SortFunc(page.Booths, func(a, b label.CardBooth) int { return cmp.Compare(a.Number, b.Number) })
	if page.More = max(0, len(page.Booths)-maxCards); page.More > 0 {
		page.Booths = page.Booths[:maxCards]
	}
	return page, booths, nil
}

// makeCards answers POST /cards: new cards of the booths that are ticked, which are
// shown to be printed and never again, or the end of one.
func (s *server) makeCards(w http.ResponseWriter, r *http.Request) error {
	who, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	form, err := readForm(r)
	if err != nil {
		return err
	}
	page, booths, err := s.openCards(w, r, who, form.Get("community"), form.Get("size"))
	if err != nil {
		return err
	}
	chosen, gone := choiceOf(form["booth"], booths)
	for i := range page.Booths {
		page.Booths[i].Chosen = slices.Contains(chosen, page.Booths[i].ID)
	}
	ends, _ := strconv.ParseInt(form.Get("end"), 10, 64)
	switch {
	case page.Fault != "":
	case form.Has("end") && booths[ends] == nil, gone && !form.Has("end"):
		page.Fault = label.CardsGone
	case form.Has("end"):
		if err := s.Cards.RevokeCard(r.Context(), who.Name, ends); err != nil && !errors.Is(err, access.ErrUnknown) {
			return err
		}
		query := url.Values{"community": {page.Community}, "ended": {booths[ends].Number}}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/cards?"+query.Encode(), http.StatusSeeOther)
		return nil
	case len(chosen) == 0:
		page.Fault = label.CardsNone
	default:
		page.Sheets.Labels, page.Fault, err = s.addCards(r.Context(), who.Name, form.Get("once"), s.base(r), chosen, booths)
		if err != nil {
			return err
		}
	}
	status := http.StatusOK
	if page.Fault != "" {
		status = http.StatusUnprocessableEntity
	}
	s.CardsPage(w, r, status, page)
	return nil
}

// choiceOf reads which booths are ticked, each once; gone: one is not among those that
// can be.
func choiceOf(ticked []string, booths map[int64]*geo.Booth) (chosen []int64, gone bool) {
	for _, text := range ticked {
		id, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err != nil || booths[id] == nil:
			gone = true
		case !slices.Contains(chosen, id):
			chosen = append(chosen, id)
		}
	}
	slices.SortFunc(chosen, func(a, b int64) int { return cmp.Compare(booths[a].Number, booths[b].Number) })
	return chosen, gone
}

// addCards makes cards and what is printed of them, which is there before they count.
func (s *server) addCards(ctx context.Context, by, once, base string, chosen []int64, booths map[int64]*geo.Booth) (cards []label.Label, fault label.CardFault, err error) {
	err = s.Cards.AddCards(ctx, by, once, chosen, func(secrets []string) error {
		for i, id := range chosen {
			card, err := label.OfMaster(booths[id], base+CardPath(secrets[i]))
			if err != nil {
				return err
			}
			cards = append(cards, card)
		}
		return nil
	})
	var conflict *geo.RecordConflict
	switch {
	case errors.Is(err, access.ErrMade):
		return nil, label.CardsMade, nil
	case errors.As(err, &conflict):
		return nil, label.CardsChanged, nil
	case err != nil:
		return nil, "", err
	}
	return cards, "", nil
}
