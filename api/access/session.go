package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gridatlas/geo"
)

// How long a session lasts: since it began, and since it was last used (OWASP ASVS
// 3.3 for applications of this kind).
const (
	SessionLength = 12 * time.Hour
	SessionIdle   = 30 * time.Minute
	// A use is noted when the last note is so old: not every look at the map writes.
	sessionNote = 5 * time.Minute
)

// session is somebody who signed in.
type session struct {
	Account    string    `json:"account"`
	Generation int       `json:"generation"`
	Began      time.Time `json:"began"`
	Used       time.Time `json:"used"`
}

func (s session) over(now time.Time) bool {
	return now.Sub(s.Began) >= SessionLength || now.Sub(s.Used) >= SessionIdle
}

// Why nobody was let in.
var (
	// ErrWrong says that name, password or code do not belong together, and not
	// which of them.
	ErrWrong = errors.New("the name, the password or the code is wrong")
	// ErrCodeNeeded says that the password is right and the account needs the code of
	// its second factor beside it.
	ErrCodeNeeded = errors.New("this account needs the code of its second factor")
	// ErrUnknown says that a session or token is not known, or not any more.
	ErrUnknown = errors.New("the session or token is not known, or not any more")
)

// Credentials are what somebody signs in with. Network says from where, for the
// brake on guessing alone; it is stored nowhere.
type Credentials struct{ Name, Password, Code, Network string }

// SignIn opens a session and returns its secret. It answers ErrWrong, ErrCodeNeeded,
// ErrBusy or *TooSoon.
func (b *Book) SignIn(ctx context.Context, c Credentials) (secret string, who Who, err error) {
	if CheckName(c.Name) != nil {
		c.Name = "" // nobody's, and too strange to be remembered
	}
	if len(c.Password) > 4*LongestPassword { // bytes; nobody could have set it
		c.Password = ""
	}
	if err := b.brake.allow(c.Name, c.Network); err != nil {
		return "", Who{}, err
	}
	var account Account
	var version int64
	if c.Name != "" {
		var found bool
		account, version, found, err = fetch(ctx, b, accounts, c.Name)
		if err != nil {
			return "", Who{}, err
		}
		if !found || account.Closed {
			account = Account{}
		}
	}
	right, err := b.hasher.Matches(ctx, account.Password, c.Password)
	if err != nil {
		return "", Who{}, err
	}
	if right && account.needsFactor() {
		if c.Code == "" {
			return "", Who{}, ErrCodeNeeded
		}
		if account.UsedStep, err = stepOf(account.Factor, c.Code, b.now(), account.UsedStep); err != nil {
			return "", Who{}, err
		}
		right = account.UsedStep != 0
	}
	if !right {
		b.brake.missed(c.Name, c.Network)
		return "", Who{}, ErrWrong
	}
	b.brake.met(c.Name)
	secret = newSecret("")
	now := b.now().UTC()
	changes := []change{put(sessions, hashed(secret), 0, session{Account: c.Name, Generation: account.Generation, Began: now, Used: now})}
	if account.needsFactor() {
		// The code is used up in the same write: of two who send it at once one is let in.
		changes = append(changes, put(accounts, c.Name, version, account))
	}
	over, err := b.overSessions(ctx, now)
	if err != nil {
		return "", Who{}, err
	}
	for _, key := range over {
		changes = append(changes, remove(sessions, key))
	}
	err = b.write(ctx, Entry{By: c.Name, Account: c.Name, What: "signed in"}, changes...)
	var conflict *geo.RecordConflict
	if errors.As(err, &conflict) {
		return "", Who{}, ErrWrong
	}
	if err != nil {
		return "", Who{}, err
	}
	return secret, Who{Name: c.Name, Grants: account.Grants}, nil
}

// overSessions lists sessions that nobody can use any more, some at a time.
func (b *Book) overSessions(ctx context.Context, now time.Time) (keys []string, err error) {
	const most = 1000
	enough := errors.New("enough")
	err = sessions.All(ctx, b.store, func(key string, _ int64, s session) error {
		if s.over(now) {
			keys = append(keys, key)
		}
		if len(keys) == most {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return nil, fmt.Errorf("look for old sessions: %w", err)
	}
	return keys, nil
}

// BySession says who a session is of. ErrUnknown if it is not known, or over; what was
// made up is told without asking the store.
func (b *Book) BySession(ctx context.Context, secret string) (Who, error) {
	if !wellMade("", secret) {
		return Who{}, ErrUnknown
	}
	key := hashed(secret)
	who, err := b.bySession(ctx, key)
	return b.known.orElse(key, who, err, b.now())
}

func (b *Book) bySession(ctx context.Context, key string) (Who, error) {
	s, version, found, err := fetch(ctx, b, sessions, key)
	if err != nil {
		return Who{}, err
	}
	now := b.now().UTC()
	if !found || s.over(now) {
		return Who{}, ErrUnknown
	}
	account, _, found, err := fetch(ctx, b, accounts, s.Account)
	if err != nil {
		return Who{}, err
	}
	if !found || account.Closed || account.Generation != s.Generation {
		return Who{}, ErrUnknown
	}
	if now.Sub(s.Used) >= sessionNote {
		s.Used = now
		note, err := sessions.Put(key, version, s)
		if err != nil {
			return Who{}, err
		}
		// That another request noted it first, or that the store is read-only now, is
		// no reason to send anybody away.
		_, _ = b.store.Apply(ctx, geo.ChangeSet{Author: s.Account, At: now, Records: geo.RecordChanges(note)})
	}
	return Who{Name: s.Account, Grants: account.Grants}, nil
}

// SignOut ends one session. That there is none is no fault.
func (b *Book) SignOut(ctx context.Context, secret string) error {
	if !wellMade("", secret) {
		return nil
	}
	key := hashed(secret)
	s, _, found, err := fetch(ctx, b, sessions, key)
	if err != nil || !found {
		return err
	}
	b.known.drop(key)
	return b.write(ctx, Entry{By: s.Account, Account: s.Account, What: "signed out"}, remove(sessions, key))
}

// SignOutEverywhere ends all sessions of an account.
func (b *Book) SignOutEverywhere(ctx context.Context, by, name string) error {
	return b.alter(ctx, Entry{By: by, Account: name, What: "was signed out everywhere"}, func(a *Account) error {
		a.Generation++
		return nil
	})
}
