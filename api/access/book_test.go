package access_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridatlas/api/access"
	"gridatlas/data"
	"gridatlas/data/gpkg"
	"gridatlas/data/postgis/pgtest"
	"gridatlas/data/storetest/both"
	"gridatlas/geo"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// wall is a clock that stands until it is moved.
type wall struct {
	mu  sync.Mutex
	now time.Time
}

func newWall() *wall { return &wall{now: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)} }

func (w *wall) read() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *wall) move(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(by)
}

const password = "five willows by the river"

func add(t *testing.T, b *access.Book, name, grants string) *access.Factor {
	t.Helper()
	var list []access.Grant
	for _, word := range strings.Fields(grants) {
		list = append(list, access.ParseGrant(word))
	}
	factor, err := b.Add(t.Context(), "test", name, password, list)
	if err != nil {
		t.Fatal(err)
	}
	return factor
}

func signIn(t *testing.T, b *access.Book, name string) string {
	t.Helper()
	secret, _, err := b.SignIn(t.Context(), access.Credentials{Name: name, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestSession goes through the life of a session: opened, used, left too long.
func TestSession(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		clock := newWall()
		b, other := access.NewBook(store, clock.read), access.NewBook(store, clock.read) // two nodes
		add(t, b, "wang", "planner:370705001001 emergency")
		for _, c := range []access.Credentials{
			{Name: "wang", Password: password + "!"}, {Name: "wang"}, {Name: "li", Password: password}, {Password: password},
			{Name: "Wang", Password: password}, {Name: strings.Repeat("w", 1<<20), Password: password}, {Name: "wang", Password: strings.Repeat("w", 1<<20)},
		} {
			if secret, who, err := b.SignIn(t.Context(), c); !errors.Is(err, access.ErrWrong) || secret != "" || who.SignedIn() {
				t.Errorf("%.20q with %.20q: %v", c.Name, c.Password, err)
			}
		}
		secret := signIn(t, b, "wang")
		for name, book := range map[string]*access.Book{"the node": b, "another node": other} {
			who, err := book.BySession(t.Context(), secret)
			if err != nil || who.Name != "wang" || len(who.Grants) != 2 || who.Token != "" {
				t.Errorf("%s takes %v for %+v", name, err, who)
			}
		}
		if _, err := b.BySession(t.Context(), secret+"x"); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("a secret that nobody has: %v", err)
		}
		// Used now and then it goes on, up to its whole length.
		for range 23 {
			clock.move(29 * time.Minute)
			if _, err := b.BySession(t.Context(), secret); err != nil {
				t.Fatalf("a session in use ends at %s: %v", clock.read(), err)
			}
		}
		clock.move(29 * time.Minute)
		_, _ = b.BySession(t.Context(), secret)
		clock.move(29 * time.Minute)
		if _, err := b.BySession(t.Context(), secret); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("a session of more than twelve hours: %v", err)
		}
		idle := signIn(t, b, "wang")
		clock.move(30 * time.Minute)
		if _, err := other.BySession(t.Context(), idle); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("a session left for half an hour: %v", err)
		}
		// What is over is swept away when somebody signs in.
		signIn(t, b, "wang")
		n := 0
		if err := store.Records(t.Context(), "session", func(geo.Record) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("%d sessions are kept, %v", n, err)
		}
	})
}

// TestEndsAtOnce: what ends a session or token ends it on every node at once.
func TestEndsAtOnce(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		clock := newWall()
		b, other := access.NewBook(store, clock.read), access.NewBook(store, clock.read)
		ctx := t.Context()
		for name, c := range map[string]struct {
			end              func(name, session, token string) error
			session, program bool // whether they go on
		}{
			"left":    {func(_, session, _ string) error { return b.SignOut(ctx, session) }, false, true},
			"ended":   {func(name, _, _ string) error { return b.SignOutEverywhere(ctx, "admin", name) }, false, true},
			"renamed": {func(name, _, _ string) error { return b.SetPassword(ctx, "admin", name, "six herons at the weir") }, false, true},
			"closed":  {func(name, _, _ string) error { return b.Close(ctx, "admin", name) }, false, false},
			"revoked": {func(_, _, token string) error { return b.RevokeToken(ctx, "admin", token) }, true, false},
			"regraded": {func(name, _, _ string) error {
				_, err := b.Grant(ctx, "admin", name, []access.Grant{{Role: access.GridWorker}})
				return err
			}, true, true},
		} {
			add(t, b, name, "planner")
			session := signIn(t, b, name)
			program, token, err := b.AddToken(ctx, "admin", name, "nightly export", []access.Action{access.See, access.Draw}, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			for _, book := range []*access.Book{b, other} { // both have seen them
				who, err := book.ByToken(ctx, program)
				if err != nil || who.Name != name || who.Token != "nightly export" || !who.May(access.Draw, nil) || who.May(access.Record, nil) {
					t.Errorf("%s: the token is taken for %+v, %v", name, who, err)
				}
				if _, err := book.BySession(ctx, session); err != nil {
					t.Error(err)
				}
			}
			if err := c.end(name, session, token.ID); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for node, book := range []*access.Book{b, other} {
				bySession, err := book.BySession(ctx, session)
				if errors.Is(err, access.ErrUnknown) == c.session {
					t.Errorf("%s: on node %d the session: %v", name, node, err)
				}
				byToken, err := book.ByToken(ctx, program)
				if errors.Is(err, access.ErrUnknown) == c.program {
					t.Errorf("%s: on node %d the token: %v", name, node, err)
				}
				if name == "regraded" && (bySession.May(access.Draw, nil) || !bySession.May(access.Record, nil) || byToken.May(access.Draw, nil)) {
					t.Errorf("on node %d another role is not taken at once", node)
				}
			}
		}
		if err := b.Reopen(ctx, "admin", "closed"); err != nil {
			t.Fatal(err)
		}
		signIn(t, b, "closed")
	})
}

// TestTokenExpires and is refused what it cannot be.
func TestToken(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		clock := newWall()
		b, ctx := access.NewBook(store, clock.read), t.Context()
		add(t, b, "wang", "planner")
		see := []access.Action{access.See}
		secret, _, err := b.AddToken(ctx, "admin", "wang", "qgis", see, time.Hour)
		if err != nil || !strings.HasPrefix(secret, "gridatlas_") {
			t.Fatalf("%s, %v", secret, err)
		}
		clock.move(time.Hour)
		if _, err := b.ByToken(ctx, secret); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("a token after its time: %v", err)
		}
		for name, err := range map[string]error{
			"nobody":     second(b.AddToken(ctx, "admin", "nobody", "qgis", see, time.Hour)),
			"no label":   second(b.AddToken(ctx, "admin", "wang", "", see, time.Hour)),
			"for ever":   second(b.AddToken(ctx, "admin", "wang", "qgis", see, 400*24*time.Hour)),
			"no scope":   second(b.AddToken(ctx, "admin", "wang", "qgis", nil, time.Hour)),
			"no action":  second(b.AddToken(ctx, "admin", "wang", "qgis", []access.Action{"rule"}, time.Hour)),
			"more":       second(b.AddToken(ctx, "admin", "wang", "qgis", []access.Action{access.Manage}, time.Hour)),
			"not there":  b.RevokeToken(ctx, "admin", "0123456789ab"),
			"no account": b.Close(ctx, "admin", "nobody"),
		} {
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		var ids []string
		if err := b.Tokens(ctx, func(t access.Token) error { ids = append(ids, t.ID); return nil }); err != nil || len(ids) != 1 {
			t.Errorf("%v, %v", ids, err)
		}
	})
}

func second(_ string, _ access.Token, err error) error { return err }

// TestSecondFactor: reviewers and administrators need a code, each code opens once.
func TestSecondFactor(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		clock := newWall()
		b, ctx := access.NewBook(store, clock.read), t.Context()
		if factor := add(t, b, "wang", "planner"); factor != nil {
			t.Error("a planner gets a second factor")
		}
		factor := add(t, b, "li", "planner reviewer")
		if factor == nil || !strings.HasPrefix(factor.Address, "otpauth://totp/gridatlas:li?") || !strings.Contains(factor.Address, factor.Secret) {
			t.Fatalf("no second factor to show: %+v", factor)
		}
		try := func(code string) error {
			_, _, err := b.SignIn(ctx, access.Credentials{Name: "li", Password: password, Code: code})
			return err
		}
		code := func(after time.Duration) string {
			code, err := access.Code(factor.Secret, clock.read().Add(after))
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		if err := try(""); !errors.Is(err, access.ErrCodeNeeded) {
			t.Errorf("without a code: %v", err)
		}
		if _, _, err := b.SignIn(ctx, access.Credentials{Name: "li", Password: "wrong"}); !errors.Is(err, access.ErrWrong) {
			t.Errorf("the need of a code is told to who does not know the password: %v", err)
		}
		for _, wrong := range []string{code(-time.Hour), code(time.Hour), "000", code(0) + "1"} {
			if err := try(wrong); !errors.Is(err, access.ErrWrong) {
				t.Errorf("with %q: %v", wrong, err)
			}
		}
		clock.move(time.Hour)
		// Of many who send one code at once, one is let in.
		var wait sync.WaitGroup
		var in atomic.Int32
		now := code(0)[:3] + " " + code(0)[3:]
		for range 8 {
			wait.Go(func() {
				if try(now) == nil {
					in.Add(1)
				}
			})
		}
		wait.Wait()
		if in.Load() != 1 {
			t.Errorf("one code lets %d in", in.Load())
		}
		clock.move(time.Hour)
		if err := try(code(30 * time.Second)); err != nil {
			t.Errorf("a clock half a minute ahead: %v", err)
		}
		if err := try(code(0)); !errors.Is(err, access.ErrWrong) {
			t.Errorf("a code of before the last one used: %v", err)
		}
		other, err := b.RenewFactor(ctx, "admin", "li")
		if err != nil || other == nil || other.Secret == factor.Secret {
			t.Errorf("%+v, %v", other, err)
		}
		if _, err := b.RenewFactor(ctx, "admin", "wang"); err == nil {
			t.Error("a factor for who needs none")
		}
		if made, err := b.Grant(ctx, "admin", "wang", []access.Grant{{Role: access.Administrator}}); err != nil || made == nil {
			t.Errorf("no factor for who becomes administrator: %v, %v", made, err)
		}
	})
}

// TestGuessing is slowed down, by account and by network, and the owner is not
// locked out.
func TestGuessing(t *testing.T) {
	store, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "book.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	clock := newWall()
	b := access.NewBook(store, clock.read)
	add(t, b, "wang", "planner")
	guess := func(name, network string) error {
		_, _, err := b.SignIn(t.Context(), access.Credentials{Name: name, Password: "a wrong one", Network: network})
		return err
	}
	tried, wait := 0, time.Duration(0)
	for clock.read().Before(newWall().read().Add(time.Hour)) {
		err := guess("wang", "")
		var soon *access.TooSoon
		if errors.As(err, &soon) {
			wait = max(wait, soon.Wait)
			clock.move(soon.Wait)
			continue
		}
		if !errors.Is(err, access.ErrWrong) {
			t.Fatal(err)
		}
		tried++
	}
	if tried > 80 || wait > time.Minute {
		t.Errorf("%d guesses in an hour, and the owner waits %s", tried, wait)
	}
	clock.move(time.Minute)
	signIn(t, b, "wang")
	var soon *access.TooSoon
	names := 0
	for ; names < 100 && !errors.As(err, &soon); names++ {
		err = guess("user"+strings.Repeat("x", names), "192.0.2.0/24")
	}
	if names < 30 || names > 32 {
		t.Errorf("%d accounts are tried from one network before it has to wait", names)
	}
	if err := guess("wang", "198.51.100.0/24"); !errors.Is(err, access.ErrWrong) {
		t.Errorf("another network has to wait, too: %v", err)
	}
}

// TestStoreAway: who was known goes on being known while the store is away, and
// whoever was not is not.
func TestStoreAway(t *testing.T) {
	inner, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "book.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	store, clock := &cutStore{Store: inner}, newWall()
	b, ctx := access.NewBook(store, clock.read), t.Context()
	add(t, b, "wang", "emergency")
	known, unseen, left := signIn(t, b, "wang"), signIn(t, b, "wang"), signIn(t, b, "wang")
	for _, secret := range []string{known, left} {
		if _, err := b.BySession(ctx, secret); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.SignOut(ctx, left); err != nil {
		t.Fatal(err)
	}
	store.away.Store(true)
	clock.move(3 * time.Hour)
	if who, err := b.BySession(ctx, known); err != nil || !who.May(access.Alert, nil) {
		t.Errorf("who was signed in is not, without the store: %v", err)
	}
	if _, err := b.BySession(ctx, unseen); !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("a session that this node has not seen: %v", err)
	}
	if _, err := b.BySession(ctx, left); err == nil {
		t.Error("who signed out is signed in again")
	}
	if _, _, err := b.SignIn(ctx, access.Credentials{Name: "wang", Password: password}); !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("signing in without a store: %v", err)
	}
	clock.move(10 * time.Hour)
	if _, err := b.BySession(ctx, known); err == nil {
		t.Error("a session of yesterday goes on for ever without the store")
	}
}

// cutStore is a store that can be cut off.
type cutStore struct {
	data.Store
	away atomic.Bool
}

func (c *cutStore) Record(ctx context.Context, kind, key string) (geo.Record, error) {
	if c.away.Load() {
		return geo.Record{}, geo.ErrUnavailable
	}
	return c.Store.Record(ctx, kind, key)
}

// TestNothingThatOpensIsStored: no secret lies in the records as it is.
func TestNothingThatOpensIsStored(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		b, ctx := access.NewBook(store, newWall().read), t.Context()
		add(t, b, "wang", "planner")
		session := signIn(t, b, "wang")
		token, _, err := b.AddToken(ctx, "admin", "wang", "qgis", []access.Action{access.See}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, kind := range []string{"account", "session", "access token", "access log"} {
			err := store.Records(ctx, kind, func(r geo.Record) error {
				n++
				for _, secret := range []string{password, session, token} {
					if strings.Contains(r.Key+string(r.Value), secret) {
						t.Errorf("a %s holds a secret: %s", kind, r.Value)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n != 6 {
			t.Errorf("%d records", n)
		}
		err = b.Accounts(ctx, func(a access.Account) error {
			if a.Password != "" || a.Factor != "" {
				t.Error("the list of accounts holds what opens them")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestLog: each step is in the log, in order, with who did it.
func TestLog(t *testing.T) {
	both.Stores(t, func(t *testing.T, store data.Store) {
		clock := newWall()
		b, ctx := access.NewBook(store, clock.read), t.Context()
		add(t, b, "wang", "planner:c1")
		session := signIn(t, b, "wang")
		if err := errors.Join(b.SignOut(ctx, session), b.Close(ctx, "li", "wang")); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Add(ctx, "test", "wang", password, []access.Grant{{Role: access.Planner}}); !errors.Is(err, access.ErrTaken) {
			t.Errorf("a name twice: %v", err)
		}
		var lines []string
		if err := b.Log(ctx, func(e access.Entry) error { lines = append(lines, e.By+" "+e.Account+" "+e.What); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines) // the clock stands, so their order is chance
		want := []string{"li wang was closed", "test wang opened as planner:c1", "wang wang signed in", "wang wang signed out"}
		if !slices.Equal(lines, want) {
			t.Errorf("%q", lines)
		}
	})
}
