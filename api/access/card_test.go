package access_test

import (
	"errors"
	"strings"
	"testing"

	"gridatlas/api/access"
	"gridatlas/data"
)

// A card opens its own booth until there is a newer one, or none; its secret is not in
// the store.
func TestCards(t *testing.T) { onBothStores(t, testCards) }

func testCards(t *testing.T, store data.Store) {
	b, ctx := access.NewBook(store, newWall().read), t.Context()
	opens := func(secret string) int64 {
		t.Helper()
		booth, err := b.ByCard(ctx, secret)
		if errors.Is(err, access.ErrUnknown) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		return booth
	}
	first, err := b.AddCard(ctx, "wang", 17)
	if err != nil {
		t.Fatal(err)
	}
	other, err := b.AddCard(ctx, "wang", 18)
	if err != nil {
		t.Fatal(err)
	}
	if opens(first) != 17 || opens(other) != 18 {
		t.Errorf("%d, %d", opens(first), opens(other))
	}
	_, tail, _ := strings.Cut(first, ".")
	for _, made := range []string{"", "17", "17.", first + "A", first[:len(first)-1], "18." + tail, "017." + tail, "x." + tail, strings.ToUpper(first)} {
		if got := opens(made); got != 0 {
			t.Errorf("%q opens booth %d", made, got)
		}
	}
	card, err := b.CardOf(ctx, 17)
	if err != nil || card.By != "wang" || strings.Contains(first, card.Hash) || strings.Contains(card.Hash, tail) {
		t.Errorf("%+v %v", card, err)
	}
	second, err := b.AddCard(ctx, "li", 17)
	if err != nil || opens(first) != 0 || opens(second) != 17 {
		t.Errorf("after a new card the old one opens %d, the new one %d: %v", opens(first), opens(second), err)
	}
	n := 0
	if err := b.Cards(ctx, func(access.Card) error { n++; return nil }); err != nil || n != 2 {
		t.Errorf("%d cards, %v", n, err)
	}
	if err := b.RevokeCard(ctx, "li", 17); err != nil || opens(second) != 0 {
		t.Errorf("revoked, it opens %d: %v", opens(second), err)
	}
	if err := b.RevokeCard(ctx, "li", 17); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("twice: %v", err)
	}
	var log []string
	if err := b.Log(ctx, func(e access.Entry) error { log = append(log, e.By+" "+e.Account+" "+e.What); return nil }); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(log, "\n"); strings.Count(text, "was given a card") != 3 || !strings.Contains(text, "li booths/17 lost its card") || strings.Contains(text, tail) {
		t.Errorf("%s", text)
	}
}
