package api

import (
	"errors"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gridatlas/api/access"
	"gridatlas/api/problem"
	"gridatlas/geo"
)

// maxForm is how large the form of a sign-in may be.
const maxForm = 4 << 10

// afterwards says where a sign-in leads, by a word: no address that a link brings is
// ever followed.
var afterwards = map[string]string{"": "/", "worklist": "/?desk=worklist", "proposals": "/?desk=proposals", "staff": "/staff", "registers": "/registers", "my": "/my", "plain": plainPath, "labels": "/labels", "cards": "/cards", "docs": "/docs"}

// signInPage answers GET /signin.
func (s *server) signInPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "to", "lang", "big")
	if err != nil {
		return err
	}
	who, err := s.who(w, r)
	if err != nil {
		return err
	}
	s.SignInPage(w, r, http.StatusOK, access.Form{Who: who, To: destination(q.text("to")), Plain: !s.isSecure(r)})
	return nil
}

// destination is a word of afterwards; others lead to the map.
func destination(word string) string {
	if _, known := afterwards[word]; known {
		return word
	}
	return ""
}

// signIn answers POST /signin: it opens a session, or shows the form again and says
// why not.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	again := access.Form{Name: form.Get("name"), To: destination(form.Get("to")), Plain: !s.isSecure(r), Code: form.Has("code")}
	if len(again.Name) > 64 {
		again.Name = ""
	}
	refuse := func(status int, fault access.Fault) error {
		again.Fault = fault
		s.SignInPage(w, r, status, again)
		return nil
	}
	if err := crossOrigin.Check(r); err != nil {
		return refuse(http.StatusForbidden, access.FaultOrigin)
	}
	secret, who, err := s.Accounts.SignIn(r.Context(), access.Credentials{
		Name: form.Get("name"), Password: form.Get("password"), Code: form.Get("code"), Network: s.networkOf(r),
	})
	var tooSoon *access.TooSoon
	switch {
	case err == nil:
		setCookie(w, secret, access.SessionLength)
		nameAccount(w, who.Name, access.SessionLength)
		w.Header().Set("Cache-Control", "no-store")
		// Who it was is for the book of accounts: the log has no names.
		s.signIns.Add(1)
		s.Log.Info("signed in", "id", recordOf(r).id)
		http.Redirect(w, r, afterwards[again.To], http.StatusSeeOther)
		return nil
	case errors.Is(err, access.ErrWrong):
		s.failedSignIns.Add(1)
		return refuse(http.StatusUnauthorized, access.FaultWrong)
	case errors.Is(err, access.ErrCodeNeeded):
		again.Code = true
		return refuse(http.StatusUnauthorized, access.FaultCode)
	case errors.As(err, &tooSoon):
		again.Wait = int(math.Ceil(tooSoon.Wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(again.Wait))
		return refuse(http.StatusTooManyRequests, access.FaultTooSoon)
	case errors.Is(err, access.ErrBusy):
		w.Header().Set("Retry-After", "2")
		return refuse(http.StatusServiceUnavailable, access.FaultBusy)
	case errors.Is(err, geo.ErrUnavailable):
		w.Header().Set("Retry-After", "5")
		return refuse(http.StatusServiceUnavailable, access.FaultAway)
	}
	return err
}

// signOut answers POST /signout.
func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if _, err := readForm(r); err != nil {
		return err
	}
	if err := crossOrigin.Check(r); err != nil {
		return &problem.Problem{Name: "cross-origin", Status: http.StatusForbidden, Title: "The request comes from the page of another host"}
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := s.Accounts.SignOut(r.Context(), cookie.Value); err != nil {
			return err // the session would go on: say so instead of pretending
		}
	}
	endCookie(w)
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// me answers GET /me: who asks, and what they may do where.
func (s *server) me(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r); err != nil {
		return err
	}
	who, err := s.signedIn(w, r)
	if err != nil {
		return err
	}
	return writeDocument(w, typeJSON, struct {
		Name   string          `json:"name"`
		Grants []access.Grant  `json:"grants"`
		Scope  []access.Action `json:"scope,omitempty"`
		Token  string          `json:"token,omitempty"`
	}{who.Name, who.Grants, who.Scope, who.Token})
}

// readForm reads the fields of a form, those of the body alone.
func readForm(r *http.Request) (url.Values, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, &problem.Problem{
			Name: "unsupported-media-type", Status: http.StatusUnsupportedMediaType, Detail: "the body is to be application/x-www-form-urlencoded",
		}
	}
	if _, err := readQuery(r); err != nil {
		return nil, err
	}
	if err := r.ParseForm(); err != nil {
		return nil, unreadable("the form cannot be read", 0)
	}
	return r.PostForm, nil
}

func setCookie(w http.ResponseWriter, secret string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: secret, Path: "/", MaxAge: int(lasts.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func endCookie(w http.ResponseWriter) {
	setCookie(w, "", -time.Second)
	nameAccount(w, "", -time.Second)
}

// nameAccount tells the page /my who is signed in at this browser: it may be opened
// without a net, and must show nobody what somebody else left to be sent. It is no
// proof of anything, and no route reads it.
func nameAccount(w http.ResponseWriter, name string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: "gridatlas-account", Value: name, Path: "/my", MaxAge: int(lasts.Seconds()),
		Secure: true, SameSite: http.SameSiteLaxMode,
	})
}
