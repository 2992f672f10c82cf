package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
)

// Accounts is what the routes ask of the accounts: access.Book has it.
type Accounts interface {
	SignIn(ctx context.Context, c access.Credentials) (secret string, who access.Who, err error)
	SignOut(ctx context.Context, secret string) error
	BySession(ctx context.Context, secret string) (access.Who, error)
	ByToken(ctx context.Context, secret string) (access.Who, error)
}

// sessionCookie holds the secret of a session. Its prefix makes browsers take it from
// this very host alone, over a secure connection.
const sessionCookie = "__Host-gridatlas"

// isAnonymous reports whether a request brings nothing that says who asks. Such a
// request is answered from memory alone.
func isAnonymous(r *http.Request) bool {
	return r.Header.Get("Authorization") == "" && len(r.CookiesNamed(sessionCookie)) == 0
}

// crossOrigin refuses what the page of another host makes a browser send.
var crossOrigin = http.NewCrossOriginProtection()

// who says who asks: by the bearer token (RFC 6750) that a program brings, or by the
// session of somebody who signed in. A token that is not known is told so; a session
// that is over makes a resident. It asks the store once a request.
func (s *server) who(w http.ResponseWriter, r *http.Request) (access.Who, error) {
	if s.Accounts == nil {
		return access.Who{}, nil
	}
	rec := recordOf(r)
	if rec.asked {
		return rec.who, nil
	}
	w.Header().Add("Vary", "Authorization")
	w.Header().Add("Vary", "Cookie")
	who, err := s.identify(w, r)
	if err != nil {
		return access.Who{}, err
	}
	rec.who, rec.asked = who, true
	return who, nil
}

func (s *server) identify(w http.ResponseWriter, r *http.Request) (access.Who, error) {
	if credentials := r.Header.Get("Authorization"); credentials != "" {
		scheme, token, _ := strings.Cut(credentials, " ")
		if strings.EqualFold(scheme, "Bearer") {
			who, err := s.Accounts.ByToken(r.Context(), strings.TrimSpace(token))
			if !errors.Is(err, access.ErrUnknown) {
				return who, err
			}
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="gridatlas", error="invalid_token"`)
		return access.Who{}, &problem.Problem{
			Name: "token-invalid", Status: http.StatusUnauthorized, Detail: "the bearer token is not known, or not any more",
		}
	}
	cookies := r.CookiesNamed(sessionCookie)
	if len(cookies) == 0 {
		return access.Who{}, nil
	}
	who, err := s.Accounts.BySession(r.Context(), cookies[0].Value)
	switch {
	case errors.Is(err, access.ErrUnknown):
		endCookie(w)
		return access.Who{}, nil
	case errors.Is(err, geo.ErrUnavailable) && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		return access.Who{}, nil // what everybody may see is better than nothing
	case err != nil:
		return access.Who{}, err
	}
	// A browser sends the cookie also when the page of somebody else asks it to.
	if err := crossOrigin.Check(r); err != nil {
		return access.Who{}, &problem.Problem{
			Name: "cross-origin", Status: http.StatusForbidden, Title: "The request comes from the page of another host",
		}
	}
	return who, nil
}

// signedIn refuses a resident.
func (s *server) signedIn(w http.ResponseWriter, r *http.Request) (access.Who, error) {
	who, err := s.who(w, r)
	if err == nil && !who.SignedIn() {
		w.Header().Set("WWW-Authenticate", `Bearer realm="gridatlas"`)
		err = &problem.Problem{
			Name: "unauthorized", Status: http.StatusUnauthorized, Detail: "sign in at /signin, or bring a bearer token",
		}
	}
	return who, err
}

// staffOnly refuses who may not see what is for staff, at any place.
func (s *server) staffOnly(w http.ResponseWriter, r *http.Request) error {
	who, err := s.signedIn(w, r)
	if err == nil && !who.MayAnywhere(access.See) {
		err = &problem.Problem{
			Name: "forbidden", Status: http.StatusForbidden, Title: "The account may not do this",
			Detail:  who.Name + " has no role that shows what is for staff",
			Members: map[string]any{"account": who.Name, "action": access.See},
		}
	}
	return err
}
