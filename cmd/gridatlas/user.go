package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/snapshot"
)

// byUser stands in the log for what was done on the command line.
const byUser = "gridatlas user"

type userCommand struct {
	Add      userAddCommand      `cmd:"" help:"Open an account: planner:370705001 for a role at a place, planner for everywhere."`
	List     userListCommand     `cmd:"" help:"List the accounts."`
	Grant    userGrantCommand    `cmd:"" help:"Give an account other roles, in place of those it has."`
	Password userPasswordCommand `cmd:"" help:"Give an account another password and end its sessions."`
	Factor   userFactorCommand   `cmd:"" help:"Give an account another second factor and end its sessions."`
	Close    userCloseCommand    `cmd:"" help:"Shut an account with its sessions and tokens."`
	Reopen   userReopenCommand   `cmd:"" help:"Let a closed account in again."`
	SignOut  userSignOutCommand  `cmd:"" name:"sign-out" help:"End all sessions of an account."`
	Token    userTokenCommand    `cmd:"" help:"Make a token with which a program acts for an account."`
	Tokens   userTokensCommand   `cmd:"" help:"List the tokens."`
	Revoke   userRevokeCommand   `cmd:"" help:"End a token."`
	Log      userLogCommand      `cmd:"" help:"List what was done with accounts and who signed in."`
}

// bookFlags name the store that a command of accounts works on.
type bookFlags struct {
	Store string `required:"" help:"GeoPackage file or postgres:// URL."`
}

// open opens the book of accounts of the store, for as long as use takes.
func (f bookFlags) open(ctx context.Context, use func(*access.Book) error) error {
	store, err := openExisting(ctx, f.Store)
	if err != nil {
		return err
	}
	err = use(access.NewBook(store, time.Now))
	switch {
	case errors.Is(err, access.ErrNoAccount), errors.Is(err, access.ErrUnknown):
		err = fmt.Errorf("%w: %w", err, geo.ErrNotFound)
	case errors.Is(err, access.ErrTaken):
		err = standingError{err}
	}
	return errors.Join(err, store.Close())
}

// grants reads and checks roles with their places against the map.
func (f bookFlags) grants(ctx context.Context, words []string) ([]access.Grant, error) {
	store, s, err := openMap(ctx, f.Store)
	if err != nil {
		return nil, err
	}
	var grants []access.Grant
	for _, word := range words {
		grants = append(grants, access.ParseGrant(word))
	}
	if err := access.CheckGrants(grants, func(code string) bool { return isArea(s, code) }); err != nil {
		return nil, errors.Join(usageError{err}, store.Close())
	}
	return grants, store.Close()
}

// isArea reports whether a code is that of a place or a grid.
func isArea(s *snapshot.Snapshot, code string) bool {
	for _, layer := range []geo.Layer{geo.Places, geo.Grids} {
		if _, there := s.Layer(layer).ByCode(code); there {
			return true
		}
	}
	return false
}

// passwordFlag takes a password from where no other user of the machine sees it.
type passwordFlag struct {
	Password string `placeholder:"SECRET" help:"The password. Better left out, and typed when asked for; or given as GRIDATLAS_USER_PASSWORD, or in a file as GRIDATLAS_USER_PASSWORD_FILE: other users of the machine see command lines." env:"GRIDATLAS_USER_PASSWORD"`
}

// ask returns the password that was given; else it asks at the terminal, twice; else
// it makes one up for an account of that name, which it tells.
func (f passwordFlag) ask(con *console, name string) (string, error) {
	if f.Password != "" {
		return f.Password, nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		made := strings.ToLower(rand.Text())
		for range 100 { // one in forty has the two letters of a short name in it
			if access.CheckPassword(name, made) == nil {
				break
			}
			made = strings.ToLower(rand.Text())
		}
		fmt.Fprintf(con.out, "password: %s\n", made)
		return made, nil
	}
	var typed [2]string
	for i, question := range []string{"Password: ", "Once more: "} {
		fmt.Fprint(con.err, question)
		raw, err := term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(con.err)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(raw)
	}
	if typed[0] != typed[1] {
		return "", usagef("the two passwords differ")
	}
	return typed[0], nil
}

// showFactor tells a second factor, which is shown this once.
func showFactor(out io.Writer, factor *access.Factor) {
	if factor == nil {
		return
	}
	fmt.Fprintf(out, "second factor, for an authenticator app: %s\n%s\n", factor.Secret, factor.Address)
}

type userAddCommand struct {
	bookFlags
	passwordFlag
	Name  string   `arg:"" help:"Name to sign in with."`
	Roles []string `arg:"" name:"role" help:"grid_worker, planner, reviewer, emergency or administrator; with :CODE at that place or grid."`
}

// Run opens an account.
func (c *userAddCommand) Run(ctx context.Context, con *console) error {
	if err := access.CheckName(c.Name); err != nil {
		return usageError{err}
	}
	grants, err := c.grants(ctx, c.Roles)
	if err != nil {
		return err
	}
	password, err := c.ask(con, c.Name)
	if err != nil {
		return err
	}
	if err := access.CheckPassword(c.Name, password); err != nil {
		return usageError{err}
	}
	return c.open(ctx, func(b *access.Book) error {
		factor, err := b.Add(ctx, byUser, c.Name, password, grants)
		showFactor(con.out, factor)
		return err
	})
}

type userListCommand struct{ bookFlags }

// Run lists the accounts with their roles.
func (c *userListCommand) Run(ctx context.Context, con *console) error {
	return c.open(ctx, func(b *access.Book) error {
		w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
		err := b.Accounts(ctx, func(a access.Account) error {
			state := ""
			if a.Closed {
				state = "closed"
			}
			var roles []string
			for _, grant := range a.Grants {
				roles = append(roles, grant.String())
			}
			_, err := fmt.Fprintf(w, "%s\t%s\t%s\n", a.Name, strings.Join(roles, " "), state)
			return err
		})
		return errors.Join(err, w.Flush())
	})
}

type userGrantCommand struct {
	bookFlags
	Name  string   `arg:"" help:"Name of the account."`
	Roles []string `arg:"" name:"role" help:"As for add."`
}

// Run gives an account other roles.
func (c *userGrantCommand) Run(ctx context.Context, con *console) error {
	grants, err := c.grants(ctx, c.Roles)
	if err != nil {
		return err
	}
	return c.open(ctx, func(b *access.Book) error {
		factor, err := b.Grant(ctx, byUser, c.Name, grants)
		showFactor(con.out, factor)
		return err
	})
}

type userPasswordCommand struct {
	bookFlags
	passwordFlag
	Name string `arg:"" help:"Name of the account."`
}

// Run gives an account another password.
func (c *userPasswordCommand) Run(ctx context.Context, con *console) error {
	password, err := c.ask(con, c.Name)
	if err != nil {
		return err
	}
	if err := access.CheckPassword(c.Name, password); err != nil {
		return usageError{err}
	}
	return c.open(ctx, func(b *access.Book) error { return b.SetPassword(ctx, byUser, c.Name, password) })
}

type userFactorCommand struct {
	bookFlags
	Name string `arg:"" help:"Name of the account."`
}

// Run gives an account another second factor.
func (c *userFactorCommand) Run(ctx context.Context, con *console) error {
	return c.open(ctx, func(b *access.Book) error {
		factor, err := b.RenewFactor(ctx, byUser, c.Name)
		showFactor(con.out, factor)
		return err
	})
}

type userCloseCommand struct {
	bookFlags
	Name string `arg:"" help:"Name of the account."`
}

// Run shuts an account.
func (c *userCloseCommand) Run(ctx context.Context, _ *console) error {
	return c.open(ctx, func(b *access.Book) error { return b.Close(ctx, byUser, c.Name) })
}

type userReopenCommand struct {
	bookFlags
	Name string `arg:"" help:"Name of the account."`
}

// Run opens a closed account again.
func (c *userReopenCommand) Run(ctx context.Context, _ *console) error {
	return c.open(ctx, func(b *access.Book) error { return b.Reopen(ctx, byUser, c.Name) })
}

type userSignOutCommand struct {
	bookFlags
	Name string `arg:"" help:"Name of the account."`
}

// Run ends the sessions of an account.
func (c *userSignOutCommand) Run(ctx context.Context, _ *console) error {
	return c.open(ctx, func(b *access.Book) error { return b.SignOutEverywhere(ctx, byUser, c.Name) })
}

type userTokenCommand struct {
	bookFlags
	Label string   `required:"" help:"What the token is for."`
	Scope []string `default:"see" help:"What it may be used for at most: see, record, alert, draw, publish, manage."`
	Days  int      `default:"90" help:"After how many days it ends; 366 at most."`
	Name  string   `arg:"" help:"Name of the account."`
}

// Run makes a token and tells it.
func (c *userTokenCommand) Run(ctx context.Context, con *console) error {
	var scope []access.Action
	for _, word := range c.Scope {
		scope = append(scope, access.Action(word))
	}
	return c.open(ctx, func(b *access.Book) error {
		secret, token, err := b.AddToken(ctx, byUser, c.Name, c.Label, scope, time.Duration(c.Days)*24*time.Hour)
		if err != nil {
			return err
		}
		fmt.Fprintf(con.err, "token %s of %s ends on %s; it is shown this once\n", token.ID, c.Name, token.Expires.Format(time.DateOnly))
		fmt.Fprintln(con.out, secret)
		return nil
	})
}

type userTokensCommand struct{ bookFlags }

// Run lists the tokens.
func (c *userTokensCommand) Run(ctx context.Context, con *console) error {
	return c.open(ctx, func(b *access.Book) error {
		w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
		err := b.Tokens(ctx, func(t access.Token) error {
			_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%v\tends on %s\n", t.ID, t.Account, t.Label, t.Scope, t.Expires.Format(time.DateOnly))
			return err
		})
		return errors.Join(err, w.Flush())
	})
}

type userRevokeCommand struct {
	bookFlags
	ID string `arg:"" help:"The token, as the list names it."`
}

// Run ends a token.
func (c *userRevokeCommand) Run(ctx context.Context, _ *console) error {
	return c.open(ctx, func(b *access.Book) error { return b.RevokeToken(ctx, byUser, c.ID) })
}

type userLogCommand struct{ bookFlags }

// Run lists the log, oldest first.
func (c *userLogCommand) Run(ctx context.Context, con *console) error {
	return c.open(ctx, func(b *access.Book) error {
		w := tabwriter.NewWriter(con.out, 0, 8, 2, ' ', 0)
		err := b.Log(ctx, func(e access.Entry) error {
			_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.At.Format(time.RFC3339), e.Account, e.What, e.By)
			return err
		})
		return errors.Join(err, w.Flush())
	})
}
