package access

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gridatlas/geo"
)

// Account is somebody who may sign in.
type Account struct {
	Name     string    `json:"name"`
	Grants   []Grant   `json:"grants"`
	Password string    `json:"password"`         // its hash; empty: only tokens open it
	Factor   string    `json:"factor,omitempty"` // the secret of the second factor; empty: none
	UsedStep int64     `json:"used_step,omitempty"`
	Closed   bool      `json:"closed,omitempty"`
	Made     time.Time `json:"made"`
	// Generation rises when all sessions of the account are to end.
	Generation int `json:"generation,omitempty"`
}

// Faults in what was asked of a book.
var (
	ErrNoAccount = errors.New("there is no such account")
	ErrTaken     = errors.New("there is such an account already")
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// CheckName says what is wrong with the name of an account; nil: nothing is.
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%.40q is no name of an account: 2 to 32 of a-z, 0-9, point, dash and underscore, the first a letter", name)
	}
	return nil
}

// CheckGrants says what is wrong with grants, all at once; nil: nothing is. isPlace
// reports whether a code is that of a place or grid.
func CheckGrants(grants []Grant, isPlace func(code string) bool) error {
	var faults []error
	if len(grants) == 0 {
		faults = append(faults, errors.New("an account needs a role"))
	}
	for i, g := range grants {
		switch {
		case g.Role == Resident || !slices.Contains(AllRoles, g.Role):
			faults = append(faults, fmt.Errorf("%q is no role of an account: %s", g.Role, roleNames()))
		case g.Role == Administrator && g.Place != "":
			faults = append(faults, errors.New("an administrator is one everywhere: accounts lie at no place"))
		case g.Place != "" && !isPlace(g.Place):
			faults = append(faults, fmt.Errorf("there is no place or grid with the code %q", g.Place))
		case slices.Contains(grants[:i], g):
			faults = append(faults, fmt.Errorf("%s is named twice", g))
		}
	}
	return errors.Join(faults...)
}

func roleNames() string {
	var names []string
	for _, role := range AllRoles[1:] {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}

func (g Grant) String() string {
	if g.Place == "" {
		return string(g.Role)
	}
	return string(g.Role) + ":" + g.Place
}

// ParseGrant reads ROLE or ROLE:PLACE.
func ParseGrant(text string) Grant {
	role, place, _ := strings.Cut(text, ":")
	return Grant{Role: Role(role), Place: place}
}

// needsFactor reports whether a password alone does not open the account.
func (a Account) needsFactor() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role.needsSecondFactor() })
}

// Factor is the second factor of an account as it is shown once, to be put into an
// authenticator app.
type Factor struct {
	Secret  string // base32, to be typed
	Address string // otpauth://..., to be scanned
}

// Add opens an account. Roles that need a second factor get one; it is returned
// once and nowhere shown again. ErrTaken if the name is taken.
func (b *Book) Add(ctx context.Context, by, name, password string, grants []Grant) (*Factor, error) {
	if err := errors.Join(CheckName(name), CheckPassword(name, password)); err != nil {
		return nil, err
	}
	account := Account{Name: name, Grants: grants, Made: b.now().UTC()}
	var err error
	if account.Password, err = b.hasher.Hash(ctx, password); err != nil {
		return nil, err
	}
	factor, err := account.renewFactor()
	if err != nil {
		return nil, err
	}
	err = b.write(ctx, Entry{By: by, Account: name, What: "opened as " + grantNames(grants)}, put(accounts, name, 0, account))
	var conflict *geo.RecordConflict
	if errors.As(err, &conflict) {
		return nil, ErrTaken
	}
	return factor, err
}

// renewFactor gives the account another second factor if it needs one.
func (a *Account) renewFactor() (*Factor, error) {
	a.Factor, a.UsedStep = "", 0
	if !a.needsFactor() {
		return nil, nil
	}
	secret, address, err := newFactor("gridatlas", a.Name)
	a.Factor = secret
	return &Factor{Secret: secret, Address: address}, err
}

func grantNames(grants []Grant) string {
	var names []string
	for _, g := range grants {
		names = append(names, g.String())
	}
	return strings.Join(names, ", ")
}

// tries is how often a change of an account is worked out anew when somebody else
// changed it meanwhile.
const tries = 5

// alter changes an account. ErrNoAccount if there is none.
func (b *Book) alter(ctx context.Context, entry Entry, how func(*Account) error) error {
	for try := 1; ; try++ {
		account, version, found, err := fetch(ctx, b, accounts, entry.Account)
		if err != nil {
			return err
		}
		if !found {
			return ErrNoAccount
		}
		if err := how(&account); err != nil {
			return err
		}
		err = b.write(ctx, entry, put(accounts, entry.Account, version, account))
		var conflict *geo.RecordConflict
		if errors.As(err, &conflict) && try < tries {
			continue
		}
		b.known.forget(entry.Account)
		return err
	}
}

// Grant gives an account other roles. Its sessions go on with these; a second
// factor is made if the roles need one that there is not, and returned once.
func (b *Book) Grant(ctx context.Context, by, name string, grants []Grant) (factor *Factor, err error) {
	err = b.alter(ctx, Entry{By: by, Account: name, What: "made " + grantNames(grants)}, func(a *Account) (err error) {
		factor = nil
		had := a.Factor != ""
		a.Grants = grants
		if !had || !a.needsFactor() {
			factor, err = a.renewFactor()
		}
		return err
	})
	return factor, err
}

// SetPassword gives an account another password and ends its sessions.
func (b *Book) SetPassword(ctx context.Context, by, name, password string) error {
	if err := CheckPassword(name, password); err != nil {
		return err
	}
	hash, err := b.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return b.alter(ctx, Entry{By: by, Account: name, What: "was given another password"}, func(a *Account) error {
		a.Password = hash
		a.Generation++
		return nil
	})
}

// RenewFactor gives an account another second factor, which is returned once, and
// ends its sessions.
func (b *Book) RenewFactor(ctx context.Context, by, name string) (factor *Factor, err error) {
	err = b.alter(ctx, Entry{By: by, Account: name, What: "was given another second factor"}, func(a *Account) (err error) {
		a.Generation++
		if factor, err = a.renewFactor(); err == nil && factor == nil {
			err = errors.New("no role of the account needs a second factor")
		}
		return err
	})
	return factor, err
}

// Close shuts an account, with all its sessions and tokens; Reopen opens it again.
func (b *Book) Close(ctx context.Context, by, name string) error {
	return b.alter(ctx, Entry{By: by, Account: name, What: "was closed"}, func(a *Account) error {
		a.Closed = true
		a.Generation++
		return nil
	})
}

// Reopen lets a closed account in again. Its tokens count again, its sessions do
// not.
func (b *Book) Reopen(ctx context.Context, by, name string) error {
	return b.alter(ctx, Entry{By: by, Account: name, What: "was opened again"}, func(a *Account) error {
		a.Closed = false
		return nil
	})
}

// Accounts gives all accounts by name, without what opens them.
func (b *Book) Accounts(ctx context.Context, each func(Account) error) error {
	return accounts.All(ctx, b.store, func(_ string, _ int64, a Account) error {
		a.Password, a.Factor = "", ""
		return each(a)
	})
}
