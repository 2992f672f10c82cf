package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Token lets a program act for an account.
type Token struct {
	ID      string    `json:"id"` // to speak of it: the beginning of its hash
	Account string    `json:"account"`
	Label   string    `json:"label"`
	Scope   []Action  `json:"scope"` // what it may be used for at most
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
}

// tokenPrefix tells a token from other secrets, so that one which lies in a public
// place by mistake can be found.
const tokenPrefix = "gridatlas_"

// Bounds of a token.
const (
	LongestToken = 366 * 24 * time.Hour
	longestLabel = 60
)

// tokenIDLength is how much of the hash names a token: 48 bits, of some hundred tokens.
const tokenIDLength = 12

// AddToken makes a token for an account; the secret is returned once.
func (b *Book) AddToken(ctx context.Context, by, name, label string, scope []Action, lasts time.Duration) (secret string, token Token, err error) {
	account, _, found, err := fetch(ctx, b, accounts, name)
	switch {
	case err != nil:
		return "", Token{}, err
	case !found || account.Closed:
		return "", Token{}, ErrNoAccount
	case label == "" || len(label) > longestLabel:
		return "", Token{}, fmt.Errorf("a token needs a label of at most %d bytes that says what it is for", longestLabel)
	case lasts <= 0 || lasts > LongestToken:
		return "", Token{}, errors.New("a token lasts at most a year")
	case len(scope) == 0:
		return "", Token{}, errors.New("a token needs a scope")
	}
	for i, action := range scope {
		if !slices.Contains(AllActions, action) || slices.Contains(scope[:i], action) {
			return "", Token{}, fmt.Errorf("%q is no action, or named twice", action)
		}
		if !(Who{Name: name, Grants: account.Grants}).MayAnywhere(action) {
			return "", Token{}, fmt.Errorf("the account %s itself may not %s", name, action)
		}
	}
	secret = newSecret(tokenPrefix)
	key := hashed(secret)
	now := b.now().UTC()
	token = Token{ID: key[:tokenIDLength], Account: name, Label: label, Scope: scope, Made: now, Expires: now.Add(lasts)}
	err = b.write(ctx, Entry{By: by, Account: name, What: "was given the token " + token.ID}, put(tokens, key, 0, token))
	return secret, token, err
}

// ByToken says for whom a token acts. ErrUnknown if it is not known, or expired; what
// was made up is told without asking the store.
func (b *Book) ByToken(ctx context.Context, secret string) (Who, error) {
	if !wellMade(tokenPrefix, secret) {
		return Who{}, ErrUnknown
	}
	key := hashed(secret)
	who, err := b.byToken(ctx, key)
	return b.known.orElse(key, who, err, b.now())
}

func (b *Book) byToken(ctx context.Context, key string) (Who, error) {
	token, _, found, err := fetch(ctx, b, tokens, key)
	if err != nil {
		return Who{}, err
	}
	if !found || !b.now().Before(token.Expires) {
		return Who{}, ErrUnknown
	}
	account, _, found, err := fetch(ctx, b, accounts, token.Account)
	if err != nil {
		return Who{}, err
	}
	if !found || account.Closed {
		return Who{}, ErrUnknown
	}
	return Who{Name: token.Account, Grants: account.Grants, Scope: token.Scope, Token: token.Label}, nil
}

// Tokens gives all tokens in no promised order.
func (b *Book) Tokens(ctx context.Context, each func(Token) error) error {
	return tokens.All(ctx, b.store, func(_ string, _ int64, t Token) error { return each(t) })
}

// RevokeToken ends a token by its ID.
func (b *Book) RevokeToken(ctx context.Context, by, id string) error {
	var found *Token
	var key string
	err := tokens.All(ctx, b.store, func(k string, _ int64, t Token) error {
		if t.ID == id {
			found, key = &t, k
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for the token: %w", err)
	}
	if found == nil {
		return ErrUnknown
	}
	b.known.drop(key)
	return b.write(ctx, Entry{By: by, Account: found.Account, What: "lost the token " + id}, remove(tokens, key))
}
