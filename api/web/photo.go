package web

import (
	"context"
	"net/http"
	"net/url"

	"gridatlas/api/access"
	"gridatlas/geo"
	"gridatlas/geo/photo"
	"gridatlas/geo/plate"
)

var photoTemplate = smallPage("photo.html")

// photoView is the photo of a place on a page.
type photoView struct {
	Path, Name    string
	Width, Height int // of the box, which stands before the photo has come
}

// photo is that of a place; nil: it has none, and there is no box.
func (s speech) photo(f geo.Feature) *photoView {
	path := photo.Path(f)
	if path == "" {
		return nil
	}
	return &photoView{path, s.name(f), photo.Width, photo.Height}
}

// photoPage is what the template of the page sees on which staff set the photo of a
// place.
type photoPage struct {
	shell
	*photo.Page
	Kind, Number string
	Photo        *photoView
	Action, Back string
	Result       string // of what was just done
}

// photoPathOf is the page on which the photo of a place is set.
func photoPathOf(f geo.Feature) string { return "/photos/" + geo.KeyOf(f).String() }

// photoLink is where who asks may set the photo of a place; empty: nowhere.
func (h *Handler) photoLink(ctx context.Context, f geo.Feature) string {
	if !h.config.SignIn || geo.PhotoOf(f) == nil || !access.From(ctx).MayAnywhere(access.Writing(f.Layer())) {
		return ""
	}
	return photoPathOf(f)
}

// photoFaults say which field a fault is of, and which text says it.
var photoFaults = map[photo.Fault]fieldFault{
	photo.FaultMissing: {"photo", "photo.fault.missing"}, photo.FaultKind: {"photo", "photo.fault.kind"},
	photo.FaultLarge: {"photo", "photo.fault.large"}, photo.FaultBroken: {"photo", "photo.fault.broken"},
	photo.FaultBusy: {"", "photo.fault.busy"}, photo.FaultAway: {"", "photo.fault.away"}, photo.FaultChanged: {"", "photo.fault.changed"},
}

// Photo writes the page on which staff set the photo of a place, with what was just done
// and why nothing was.
func (h *Handler) Photo(w http.ResponseWriter, r *http.Request, status int, of *photo.Page) {
	beginSmall(w)
	s := h.config.Live.Current()
	p := &photoPage{shell: h.shell(w, r, s), Page: of}
	f := of.Feature
	p.Action, p.Back = photoPathOf(f), addressOf(f)
	p.standsAt(&url.URL{Path: p.Action})
	p.Heading, p.Unlisted = p.fill("photo.title", "name", p.name(f)), true
	p.Kind, p.Number, p.Photo = p.kind(f), f.Common().Code, p.photo(f)
	if b, isBooth := f.(*geo.Booth); isBooth {
		p.Number = plate.Number(b.Number).Grouped()
	}
	for _, fault := range of.Faults {
		said := photoFaults[fault]
		p.say(said.Field, p.T(said.Text))
	}
	if did := of.Done; did != nil {
		key := map[[2]bool]string{{false, true}: "photo.done.set", {true, true}: "photo.done.replaced", {true, false}: "photo.done.removed"}
		p.Result = p.T(key[[2]bool{did.Was != "", did.Is != ""}])
	}
	h.write(w, r, status, photoTemplate, p)
}
