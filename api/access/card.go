package access

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gridatlas/geo"
)

// Card lets the master of one booth say how the booth stands, without an account: a
// secret on a printed card, one a booth. It says nothing of who holds it.
type Card struct {
	Booth int64     `json:"booth"` // the id of the feature
	Hash  string    `json:"hash"`
	Made  time.Time `json:"made"`
	By    string    `json:"by"`             // the account that made it, or a command
	Once  string    `json:"once,omitempty"` // a hash of what was asked for once
}

// cards are kept by the id of the booth, with which their secrets begin.
var cards = geo.RecordTable[Card]{Kind: "booth card"}

func cardKey(booth int64) string { return strconv.FormatInt(booth, 10) }

// cardPrefix is how the secret of a booth's card begins.
func cardPrefix(booth int64) string { return cardKey(booth) + "." }

// AddCard makes the card of a booth; the secret is returned once. A card that the
// booth had opens nothing from then on.
func (b *Book) AddCard(ctx context.Context, by string, booth int64) (secret string, err error) {
	err = b.AddCards(ctx, by, "", []int64{booth}, func(secrets []string) error {
		secret = secrets[0]
		return nil
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// ErrMade says that what was asked for is done already.
var ErrMade = errors.New("the cards are made already, and their secrets were told then")

// AddCards makes the cards of booths, all or none. Show is told their secrets, in the
// order of the booths, before any of them counts; an error of it leaves all cards as
// they were. Once, if not empty, makes what is asked for twice one: ErrMade.
func (b *Book) AddCards(ctx context.Context, by, once string, booths []int64, show func(secrets []string) error) error {
	if len(booths) == 0 {
		return nil
	}
	if once != "" {
		once = hashed(by + " " + once)
	}
	secrets, made := make([]string, len(booths)), b.now().UTC().Truncate(time.Second)
	var entries []Entry
	var changes []change
	for i, booth := range booths {
		before, version, _, err := fetch(ctx, b, cards, cardKey(booth))
		switch {
		case err != nil:
			return err
		case once != "" && before.Once == once:
			return ErrMade
		}
		secrets[i] = newSecret(cardPrefix(booth))
		entries = append(entries, cardEntry(by, booth, "was given a card"))
		changes = append(changes, put(cards, cardKey(booth), version, Card{Booth: booth, Hash: hashed(secrets[i]), Made: made, By: by, Once: once}))
	}
	if err := show(secrets); err != nil {
		return err
	}
	return b.writeAll(ctx, entries, changes...)
}

func cardEntry(by string, booth int64, what string) Entry {
	return Entry{By: by, Account: geo.Key{Layer: geo.Booths, ID: booth}.String(), What: what}
}

// ByCard says of which booth a secret is the card. ErrUnknown if it is of none, or not
// any more; of what no AddCard made the store is not asked.
func (b *Book) ByCard(ctx context.Context, secret string) (booth int64, err error) {
	text, _, _ := strings.Cut(secret, ".")
	booth, err = strconv.ParseInt(text, 10, 64)
	if err != nil || cardKey(booth) != text || !wellMade(cardPrefix(booth), secret) {
		return 0, ErrUnknown
	}
	card, err := b.CardOf(ctx, booth)
	if err == nil && !same(card.Hash, hashed(secret)) {
		err = ErrUnknown
	}
	return booth, err
}

// CardOf returns the card of a booth. ErrUnknown if it has none.
func (b *Book) CardOf(ctx context.Context, booth int64) (Card, error) {
	card, _, err := cards.Get(ctx, b.store, cardKey(booth))
	switch {
	case errors.Is(err, geo.ErrNotFound):
		return Card{}, ErrUnknown
	case err != nil:
		return Card{}, fmt.Errorf("read the card of a booth: %w", err)
	}
	return card, nil
}

// EachCard gives all cards in no promised order.
func (b *Book) EachCard(ctx context.Context, each func(Card) error) error {
	return cards.All(ctx, b.store, func(_ string, _ int64, c Card) error { return each(c) })
}

// RevokeCard ends the card of a booth. ErrUnknown if it has none.
func (b *Book) RevokeCard(ctx context.Context, by string, booth int64) error {
	if _, err := b.CardOf(ctx, booth); err != nil {
		return err
	}
	return b.write(ctx, cardEntry(by, booth, "lost its card"), remove(cards, cardKey(booth)))
}

// CardEnd is the change of records that ends the card of a booth, if it has one, for
// the change set that ends the booth.
func CardEnd(booth int64) geo.RecordChange { return cards.Delete(cardKey(booth), geo.AnyVersion) }
