package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/entry"
	"gridatlas/geo/hours"
	"gridatlas/geo/snapshot"
)

// boothAct is the last thing that a master said by the card, for its undoing.
type boothAct struct {
	At      time.Time    `json:"at"`
	Version int64        `json:"version"` // of the booth that the act left
	Before  booth.Status `json:"before"`
}

// boothActs are kept by the id of the booth.
var boothActs = geo.RecordTable[boothAct]{Kind: "booth act"}

func actKey(id int64) string { return strconv.FormatInt(id, 10) }

// undoable is for how long an act may be undone: who notices later says how it is now.
const undoable = time.Hour

// undoes is the word of the form for the undoing of the last act.
const undoes = "undo"

// masterPage answers GET /m/{secret}: how the booth of a card stands, and what its
// master may say.
func (s *server) masterPage(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, "done", "lang", "big")
	if err != nil {
		return err
	}
	page, status, err := s.openCard(w, r)
	if err != nil {
		return err
	}
	page.Done = page.Fault == "" && q.has("done")
	s.CardPage(w, r, status, page)
	return nil
}

// openCard makes the page of the card that a path names, or of why it opens nothing.
func (s *server) openCard(w http.ResponseWriter, r *http.Request) (page booth.Card, status int, err error) {
	ctx := r.Context()
	secret := mux.Vars(r)["secret"]
	id, err := s.Cards.ByCard(ctx, secret)
	switch {
	case errors.Is(err, access.ErrUnknown):
		return booth.Card{Fault: booth.FaultCard, Service: s.ServicePhone}, http.StatusNotFound, nil
	case errors.Is(err, geo.ErrUnavailable):
		w.Header().Set("Retry-After", "5")
		return booth.Card{Fault: booth.FaultAway, Service: s.ServicePhone}, http.StatusServiceUnavailable, nil
	case err != nil:
		return page, 0, err
	}
	snap, err := s.snapshot(w)
	if err != nil {
		return page, 0, err
	}
	f, there := snap.Layer(geo.Booths).Get(id)
	if !there {
		return booth.Card{Fault: booth.FaultCard, Service: s.ServicePhone}, http.StatusNotFound, nil
	}
	b := f.(*geo.Booth)
	now := s.Clock().In(s.Zone)
	timetable := booth.Read(b)
	page = booth.Card{
		Booth: b, Action: CardPath(secret), Now: now, Once: rand.Text(), Service: s.ServicePhone,
		State: timetable.At(now, hours.China()), Today: timetable.Today(now, hours.China()),
	}
	if outOfUse(b, geo.InstantOf(now)) {
		page.Fault = booth.FaultEnded
		return page, http.StatusGone, nil
	}
	last, _, err := boothActs.Get(ctx, s.Store, actKey(id))
	if err != nil && !errors.Is(err, geo.ErrNotFound) && !errors.Is(err, geo.ErrUnavailable) {
		return page, 0, err
	}
	page.Undo = err == nil && last.holds(b, now)
	return page, http.StatusOK, nil
}

// holds reports whether the act is the last thing that was done to the booth, and
// short enough ago to be undone.
func (a *boothAct) holds(b *geo.Booth, now time.Time) bool {
	return a.Version == b.Version && now.Sub(a.At) < undoable
}

// masterActs answers POST /m/{secret}: what a master says of the booth is carried out
// as a change set, once for each form. The secret in the path is all that gives leave:
// no page of another host can know it, so none is kept off.
func (s *server) masterActs(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	page, status, err := s.openCard(w, r)
	if err != nil {
		return err
	}
	refuse := func(status int, fault booth.Fault) error {
		page.Fault = fault
		s.CardPage(w, r, status, page)
		return nil
	}
	if page.Fault != "" {
		return refuse(status, page.Fault)
	}
	id := page.Booth.ID
	if wait := s.cardPace.wait(actKey(id)); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		return refuse(http.StatusTooManyRequests, booth.FaultTooSoon)
	}
	page.Act = booth.Deed(form.Get("deed"))
	page.Back, page.From, page.To = form.Get("back_at"), form.Get("from"), form.Get("to")
	work := s.masterWork(r.Context(), id, form, page.Now)
	key := form.Get("once")
	if key == "" {
		key = rand.Text()
	}
	if len(key) > 64 {
		return unreadable("the form cannot be read", 0)
	}
	sum := sha256.Sum256([]byte(key))
	_, err = s.carryOut(r.Context(), w, fmt.Sprintf("CARD %d %s", id, hex.EncodeToString(sum[:12])), work)
	switch {
	case err == nil:
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, page.Action+"?done=1", http.StatusSeeOther)
		return nil
	case errors.Is(err, booth.ErrBack):
		return refuse(http.StatusUnprocessableEntity, booth.FaultBack)
	case errors.Is(err, booth.ErrSpan):
		return refuse(http.StatusUnprocessableEntity, booth.FaultSpan)
	case errors.Is(err, booth.ErrDeed):
		return unreadable("the form has no deed that is known", 0)
	case errors.Is(err, errNotLast):
		return refuse(http.StatusConflict, booth.FaultUndo)
	case errors.Is(err, geo.ErrUnavailable), errors.Is(err, geo.ErrFull):
		w.Header().Set("Retry-After", "5")
		return refuse(http.StatusServiceUnavailable, booth.FaultAway)
	}
	return err
}

// errNotLast says that an act is not to be undone any more.
var errNotLast = errors.New("the booth was changed since, or long ago")

// masterWork is the write that a form asks for.
func (s *server) masterWork(ctx context.Context, id int64, form url.Values, now time.Time) *writing {
	deed := form.Get("deed")
	sent := fmt.Sprintf("%d %q %q %q %q", id, deed, form.Get("back")+form.Get("back_at"), form.Get("from"), form.Get("to"))
	work := &writing{byCard: true, whatever: true, deed: "the master's card: " + deed, fingerprint: sent}
	work.prepare = func(snap *snapshot.Snapshot) ([]geo.Change, []entry.Fault, error) {
		f, there := snap.Layer(geo.Booths).Get(id)
		if !there {
			return nil, nil, fmt.Errorf("booth %d: %w", id, geo.ErrNotFound)
		}
		before, after := f.(*geo.Booth), geo.Clone(f).(*geo.Booth)
		work.author, work.records = "booth card "+before.Number, nil
		if deed == undoes {
			last, version, err := boothActs.Get(ctx, s.Store, actKey(id))
			if errors.Is(err, geo.ErrNotFound) || err == nil && !last.holds(before, now) {
				return nil, nil, errNotLast
			}
			if err != nil {
				return nil, nil, err
			}
			last.Before.Restore(after)
			work.records = geo.RecordChanges(boothActs.Delete(actKey(id), version))
		} else {
			act, err := readAct(form, now)
			if err == nil {
				err = act.Apply(after, now)
			}
			if err != nil {
				return nil, nil, err
			}
			work.records = keepAct(before, after, now)
		}
		return []geo.Change{geo.Replace(after)}, nil, nil
	}
	return work
}

// keepAct notes what an act changed, when it is known which version of the booth it
// left; nothing of one that changed nothing.
func keepAct(before, after *geo.Booth, now time.Time) func(yield func(geo.RecordChange, error) bool) {
	if booth.StatusOf(before) == booth.StatusOf(after) {
		return nil
	}
	return func(yield func(geo.RecordChange, error) bool) {
		yield(boothActs.Put(actKey(after.ID), geo.AnyVersion, boothAct{At: now.UTC(), Version: after.Version, Before: booth.StatusOf(before)}))
	}
}

// readAct reads what a master says from the fields of the form. A time of return is the
// next at which clocks show it.
func readAct(form url.Values, now time.Time) (act booth.Act, err error) {
	act.Deed = booth.Deed(form.Get("deed"))
	switch act.Deed {
	case booth.GoesAway:
		if minutes, err := strconv.Atoi(form.Get("back")); err == nil {
			act.Back = now.Add(time.Duration(min(max(minutes, 0), 24*60)) * time.Minute)
			return act, nil
		}
		at, ok := readClock(form.Get("back_at"))
		if !ok {
			return act, booth.ErrBack
		}
		year, month, day := now.Date()
		act.Back = time.Date(year, month, day, 0, int(at), 0, 0, now.Location())
		if !act.Back.After(now) {
			act.Back = time.Date(year, month, day+1, 0, int(at), 0, 0, now.Location())
		}
	case booth.SaysToday:
		var ok, also bool
		act.From, ok = readClock(form.Get("from"))
		act.To, also = readClock(form.Get("to"))
		if !ok || !also {
			return act, booth.ErrSpan
		}
	}
	return act, nil
}

// readClock reads a time of day as a field of a form has it, 08:30; 24:00 ends the day.
func readClock(text string) (hours.Clock, bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", text)
	return hours.Clock(t.Hour()*60 + t.Minute()), err == nil
}
