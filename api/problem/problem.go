// Package problem turns errors into answers: one table from the kinds of errors
// to a status and a type, written as application/problem+json (RFC 9457). It is
// the only place where an error meets an HTTP status. What it does not know
// becomes a plain 500 whose text says nothing of the inside.
package problem

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"gridatlas/geo"
	"gridatlas/geo/crs"
	"gridatlas/geo/entry"
	"gridatlas/geo/street"
	"gridatlas/geo/walk"
)

// MediaType is what Write sends.
const MediaType = "application/problem+json"

// Problem is an error with an answer of its own. Handlers make one where they
// know best what to say; other errors go through Of.
type Problem struct {
	Name       string // names the kind for programs: urn:gridatlas:problem:NAME
	Status     int
	Title      string // the same for all of a kind; empty: the text of the status
	Detail     string // what is wrong here
	Members    map[string]any
	RetryAfter time.Duration // 0: no advice
}

func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Name
	}
	return p.Name + ": " + p.Detail
}

// Parameter is a 400 about one parameter of the query.
func Parameter(name, format string, args ...any) *Problem {
	return &Problem{
		Name: "bad-parameter", Status: http.StatusBadRequest, Title: "A parameter cannot be read",
		Detail: name + ": " + fmt.Sprintf(format, args...), Members: map[string]any{"parameter": name},
	}
}

// NotFound is a 404 with a reason.
func NotFound(format string, args ...any) *Problem {
	return &Problem{Name: "not-found", Status: http.StatusNotFound, Detail: fmt.Sprintf(format, args...)}
}

// Of finds the answer of an error. It is nil for a cancelled request, which gets
// no answer: nobody waits for it.
func Of(err error) *Problem {
	var (
		own       *Problem
		conflict  *geo.Conflict
		stale     *geo.Stale
		violation *geo.Violation
		tooFar    *walk.TooFar
		noRoute   *walk.NoRoute
		change    *walk.ChangeError
		tooLarge  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return &Problem{
			Name: "too-slow", Status: http.StatusServiceUnavailable, Title: "The answer took too long",
			Detail: "the time allowed for this question has passed", RetryAfter: 5 * time.Second,
		}
	case errors.Is(err, geo.ErrNotFound):
		return NotFound("%v", err)
	case errors.As(err, &conflict):
		keys := make([]string, len(conflict.Keys))
		for i, key := range conflict.Keys {
			keys[i] = key.String()
		}
		return &Problem{
			Name: "conflict", Status: http.StatusConflict, Title: "Changed by somebody else meanwhile",
			Detail: conflict.Error(), Members: map[string]any{"features": keys},
		}
	case errors.As(err, &stale):
		return &Problem{
			Name: "stale", Status: http.StatusConflict, Title: "Checked against an older map",
			Detail: stale.Error(), Members: map[string]any{"layers": stale.Layers},
		}
	case errors.As(err, &violation):
		return violated([]map[string]any{member(violation)}, violation.Error())
	case errors.Is(err, geo.ErrUnavailable):
		return &Problem{
			Name: "store-unavailable", Status: http.StatusServiceUnavailable, Title: "The store does not answer",
			Detail: "what was asked may or may not have been done; with an Idempotency-Key it can be asked again", RetryAfter: 5 * time.Second,
		}
	case errors.Is(err, geo.ErrFull):
		return &Problem{
			Name: "store-full", Status: http.StatusInsufficientStorage, Title: "The store has no room left",
			Detail: "nothing was written", RetryAfter: time.Minute,
		}
	case errors.As(err, &tooFar):
		return ofTooFar(tooFar)
	case errors.As(err, &noRoute):
		return &Problem{
			Name: "no-route", Status: http.StatusNotFound, Title: "There is no way on foot",
			Detail: noRoute.Error(), Members: ofWhy(noRoute.Why, nil),
		}
	case errors.As(err, &change):
		return &Problem{
			Name: "bad-change", Status: http.StatusUnprocessableEntity, Title: "This cannot be supposed",
			Detail: change.Error(), Members: map[string]any{"field": change.Field, "index": change.Index},
		}
	case errors.As(err, &tooLarge):
		return &Problem{
			Name: "body-too-large", Status: http.StatusRequestEntityTooLarge,
			Detail: fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit),
		}
	}
	return &Problem{Name: "internal", Status: http.StatusInternalServerError}
}

// Faults is a 422 that names everything that is wrong with what was to be written.
// Of many changes, each fault says which one it is of, counted from 0.
func Faults(faults []entry.Fault, many bool) *Problem {
	members := make([]map[string]any, min(len(faults), maxFaults))
	for i := range members {
		members[i] = member(&faults[i].Violation)
		if many {
			members[i]["change"] = faults[i].Change
		}
	}
	detail := faults[0].Error()
	if more := len(faults) - 1; more > 0 {
		detail += fmt.Sprintf(", and %d faults more", more)
	}
	return violated(members, detail)
}

// maxFaults is how many faults one answer names.
const maxFaults = 200

func violated(violations []map[string]any, detail string) *Problem {
	return &Problem{
		Name: "violation", Status: http.StatusUnprocessableEntity, Title: "A rule is broken",
		Detail: detail, Members: map[string]any{"violations": violations},
	}
}

func member(v *geo.Violation) map[string]any {
	member := map[string]any{"rule": v.Rule, "layer": v.Layer, "detail": v.Detail}
	if v.ID != 0 {
		member["id"] = v.ID
	}
	if v.Field != "" {
		member["field"] = v.Field
	}
	if v.At != nil {
		member["lon"], member["lat"] = crs.ToDegrees(*v.At)
	}
	return member
}

func ofTooFar(e *walk.TooFar) *Problem {
	lon, lat := crs.ToDegrees(e.From)
	members := map[string]any{"lon": lon, "lat": lat, "distance_metres": nil, "reach_metres": street.Reach}
	if e.Metres > 0 {
		members["distance_metres"] = math.Round(e.Metres)
	}
	ofWhy(e.Why, members)
	return &Problem{
		Name: "too-far-from-street", Status: http.StatusUnprocessableEntity,
		Title: "Too far from any street that can be walked", Detail: e.Error(), Members: members,
	}
}

// ofWhy adds why something is not reached to members, as answers say it.
func ofWhy(w walk.Why, members map[string]any) map[string]any {
	if members == nil {
		members = map[string]any{}
	}
	members["reason"] = w.Reason
	if w.Metres > 0 {
		members["metres"] = math.Round(w.Metres)
	}
	if w.Minutes > 0 {
		members["minutes"] = math.Round(w.Minutes*10) / 10
	}
	if w.Gate != nil {
		members["gate"] = map[string]any{"id": w.Gate.ID, "name": w.Gate.Name, "hours": w.Gate.Hours}
	}
	if w.Closure != nil {
		members["closure"] = map[string]any{"id": w.Closure.ID, "name": w.Closure.Name, "reason": w.Closure.Reason}
	}
	members["text_zh"], members["text_en"] = w.Texts()
	return members
}

// Write sends the problem. Instance is the request id, by which the log knows
// the rest.
func (p *Problem) Write(w http.ResponseWriter, instance string) {
	title := p.Title
	if title == "" {
		title = http.StatusText(p.Status)
	}
	body := map[string]any{
		"type": "urn:gridatlas:problem:" + p.Name, "title": title, "status": p.Status,
	}
	if p.Detail != "" {
		body["detail"] = p.Detail
	}
	if instance != "" {
		body["instance"] = "urn:gridatlas:request:" + instance
	}
	for name, value := range p.Members {
		body[name] = value
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil { // a member that JSON cannot say
		text.Reset()
		text.WriteString(`{"type":"urn:gridatlas:problem:internal","status":500}`)
		p = &Problem{Status: http.StatusInternalServerError}
	}
	w.Header().Set("Content-Type", MediaType)
	p.Head(w.Header())
	w.WriteHeader(p.Status)
	_, _ = w.Write(text.Bytes()) // the client may have gone; nothing is left to tell it
}

// Head sets what the header of the answer says whatever its body is.
func (p *Problem) Head(header http.Header) {
	header.Del("ETag")
	header.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
}
