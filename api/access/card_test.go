package access_test

import (
	"errors"
	"strings"
	"testing"

	"gridatlas/api/access"
	"gridatlas/data"
	"gridatlas/data/storetest/both"
)

// A card opens its own booth until there is a newer one, or none; its secret is not in
// the store.
func TestCards(t *testing.T) { both.Stores(t, testCards) }

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
	if err := b.EachCard(ctx, func(access.Card) error { n++; return nil }); err != nil || n != 2 {
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

// Many cards are made at once or not at all, and once with one key.
func TestAddCards(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		b, ctx := access.NewBook(store, newWall().read), t.Context()
		var told [][]string
		note := func(secrets []string) error { told = append(told, secrets); return nil }
		if err := b.AddCards(ctx, "wang", "a", nil, note); err != nil || told != nil {
			t.Errorf("no booths: %v %v", told, err)
		}
		failed := errors.New("no paper")
		if err := b.AddCards(ctx, "wang", "a", []int64{3, 4}, func([]string) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("%v", err)
		}
		if _, err := b.CardOf(ctx, 3); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("cards that nobody was told count: %v", err)
		}
		if err := b.AddCards(ctx, "wang", "a", []int64{3, 4}, note); err != nil {
			t.Fatal(err)
		}
		if err := b.AddCards(ctx, "wang", "a", []int64{3, 4}, note); !errors.Is(err, access.ErrMade) {
			t.Errorf("a second time: %v", err)
		}
		for i, booth := range []int64{3, 4} {
			if got, err := b.ByCard(ctx, told[0][i]); got != booth || err != nil {
				t.Errorf("%d, %v", got, err)
			}
		}
		if len(told) != 1 {
			t.Errorf("told %d times", len(told))
		}
		if err := b.AddCards(ctx, "li", "a", []int64{4}, note); err != nil { // somebody else's key
			t.Errorf("%v", err)
		}
		lines := 0
		if err := b.Log(ctx, func(access.Entry) error { lines++; return nil }); err != nil || lines != 3 {
			t.Errorf("%d lines, %v", lines, err)
		}
	})
}
