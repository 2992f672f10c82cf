package access_test

import (
	"context"
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridatlas/api/access"
	"gridatlas/data/gpkg"
	"gridatlas/geo"
	"gridatlas/geo/seedtest"
)

// counted is a store that counts what it is asked.
type counted struct {
	access.Store
	asked int
}

func (c *counted) Record(ctx context.Context, kind, key string) (geo.Record, error) {
	c.asked++
	return c.Store.Record(ctx, kind, key)
}

// TestAbuse19MadeUpSecrets: what nobody was ever given is refused without a question
// to the store; what was given is looked up.
func TestAbuse19MadeUpSecrets(t *testing.T) {
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "book.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	asked := &counted{Store: store}
	b := access.NewBook(asked, newWall().read)
	add(t, b, "wang", "planner")
	session := signIn(t, b, "wang")
	token, _, err := b.AddToken(t.Context(), "test", "wang", "export", []access.Action{access.See}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	asked.asked = 0
	for range 3 {
		bySession, sessionErr := b.BySession(t.Context(), session)
		byToken, tokenErr := b.ByToken(t.Context(), token)
		if sessionErr != nil || tokenErr != nil || bySession.Name != "wang" || byToken.Name != "wang" {
			t.Fatalf("what was given opens nothing: %v, %v", sessionErr, tokenErr)
		}
	}
	if asked.asked != 3*(2+2) { // the secret and its account
		t.Errorf("the store is asked %d times, not at each use", asked.asked)
	}
	asked.asked = 0
	madeUp := []string{
		"", "x", session + "x", session[1:], token + "x", token[1:], token[:len(token)-6], "gridatlas_", "gridatlas_" + session, strings.TrimPrefix(token, "gridatlas_"),
		session[:20] + "\n" + session[21:], strings.ToUpper(token), strings.Repeat("A", 48), strings.Repeat("A", 1<<20), "gridatlas_" + strings.Repeat("=", 48),
	}
	for _, secret := range []string{session, token} { // one letter is another
		for i := range secret {
			other := byte('A')
			if secret[i] == other {
				other = 'B'
			}
			madeUp = append(madeUp, secret[:i]+string(other)+secret[i+1:])
		}
	}
	random := seedtest.New(t)
	for range 1000 { // of the right length and letters
		raw := make([]byte, 36)
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		text := base64.RawURLEncoding.EncodeToString(raw)
		madeUp = append(madeUp, text, "gridatlas_"+text)
	}
	for _, secret := range madeUp {
		_, sessionErr := b.BySession(t.Context(), secret)
		_, tokenErr := b.ByToken(t.Context(), secret)
		if !errors.Is(sessionErr, access.ErrUnknown) || !errors.Is(tokenErr, access.ErrUnknown) || b.SignOut(t.Context(), secret) != nil {
			t.Errorf("%.80q: %v, %v", secret, sessionErr, tokenErr)
		}
	}
	if asked.asked != 0 {
		t.Errorf("%d made-up secrets cost the store %d questions", len(madeUp), asked.asked)
	}
}
