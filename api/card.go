package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/api/qr"
	"gridatlas/geo"
)

// Cards is what the routes ask of the cards of masters: access.Book has it.
type Cards interface {
	AddCard(ctx context.Context, by string, booth int64) (secret string, err error)
	AddCards(ctx context.Context, by, once string, booths []int64, show func(secrets []string) error) error
	EachCard(ctx context.Context, each func(access.Card) error) error
	ByCard(ctx context.Context, secret string) (booth int64, err error)
	CardOf(ctx context.Context, booth int64) (access.Card, error)
	RevokeCard(ctx context.Context, by string, booth int64) error
}

// CardPath is the path that the card of a booth opens.
func CardPath(secret string) string { return "/m/" + url.PathEscape(secret) }

// beginCard lets only those go on who may record at a booth in use.
func (s *server) beginCard(w http.ResponseWriter, r *http.Request) (*geo.Booth, access.Who, error) {
	key, err := boothKey(r)
	if err != nil {
		return nil, access.Who{}, err
	}
	if err := s.begin(w, r); err != nil {
		return nil, access.Who{}, err
	}
	who, err := s.who(w, r)
	if err != nil {
		return nil, who, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return nil, who, err
	}
	f, there := snap.Get(key)
	if !there {
		return nil, who, problem.NotFound("there is no booth %d", key.ID)
	}
	if !who.May(access.Record, s.groundsOf(snap).place(f, geo.InstantOf(s.Clock()))) {
		return nil, who, notHere(who, access.Record, "look after the card of this booth")
	}
	return f.(*geo.Booth), who, nil
}

// card answers GET /booths/{id}/card: since when the booth has one. Its secret is not
// kept, so nobody can be told it again.
func (s *server) card(w http.ResponseWriter, r *http.Request) error {
	b, _, err := s.beginCard(w, r)
	if err != nil {
		return err
	}
	card, err := s.Cards.CardOf(r.Context(), b.ID)
	if err != nil {
		return noCard(b, err)
	}
	return writeDocument(w, typeJSON, struct {
		Made string `json:"made"`
		By   string `json:"by"`
	}{card.Made.Format(time.RFC3339), card.By})
}

func noCard(b *geo.Booth, err error) error {
	if errors.Is(err, access.ErrUnknown) {
		return problem.NotFound("booth %d has no card", b.ID)
	}
	return err
}

// newCard answers POST /booths/{id}/card: a new card, in place of the one that the
// booth had. The link is told this once.
func (s *server) newCard(w http.ResponseWriter, r *http.Request) error {
	b, who, err := s.beginCard(w, r)
	if err != nil {
		return err
	}
	if outOfUse(b, geo.InstantOf(s.Clock())) {
		return errOutOfUse
	}
	secret, err := s.Cards.AddCard(r.Context(), who.Name, b.ID)
	if err != nil {
		return err
	}
	link := s.base(r) + CardPath(secret)
	code, err := qr.Of(link)
	if err != nil {
		return fmt.Errorf("draw the code of a card: %w", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	return writeDocument(w, typeJSON, struct {
		Link string `json:"link"`
		SVG  string `json:"svg"`
	}{link, string(code.SVG())})
}

// endCard answers DELETE /booths/{id}/card.
func (s *server) endCard(w http.ResponseWriter, r *http.Request) error {
	b, who, err := s.beginCard(w, r)
	if err != nil {
		return err
	}
	if err := s.Cards.RevokeCard(r.Context(), who.Name, b.ID); err != nil {
		return noCard(b, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
