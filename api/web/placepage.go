package web

import (
	"fmt"
	"strconv"
	"strings"

	"gridatlas/api/resident"
	"gridatlas/geo"
	"gridatlas/geo/booth"
	"gridatlas/geo/crs"
	"gridatlas/geo/plate"
	"gridatlas/geo/report"
)

var placeTemplate = smallPage("place.html")

// placePage is what the template of a place sees: what stands on a plate, said whole
// before any script has run.
type placePage struct {
	shell
	Kind, Number, Name string
	Standing           badge
	Until, Today       string
	Notices            []notice
	Gone               bool      // nobody serves here any more
	Instead            *handover // where to go instead; nil: nowhere
	What, Where        string
	Prices             []string
	Phone              string
	Photo              *photoView
	PhotoLink          string // where staff set it; empty: not for who looks
	Links              []handover
	Degrees            string // latitude and longitude, as people type them
	Checks             *checks
	NearTitle          string
	Near               []nearRow
	NearNone           string
	NearLink           string // everything else near
	Contact            *contact
	MapLink            string
	ReportLink         string
	Walk               *walkText // how to walk here from where somebody was
	Config             placeConfig
}

// notice is a sentence about the place that must not be overlooked.
type notice struct{ Is, Text string }

// handover is a link to somewhere that goes on: a map app, another booth.
type handover struct{ Name, URL string }

// checks is how the place did in the inspection of seven things.
type checks struct{ Text, Missing string }

type contact struct{ Text, Phone string }

// contact says whom people of a community ask; nil: nobody is known.
func (s speech) contact(community *geo.Place, of *geo.Facility) *contact {
	if of == nil {
		return nil
	}
	return &contact{s.fill("place.contact", "community", s.name(community), "name", s.name(of)), of.Phone}
}

type walkText struct {
	From, Minutes, Metres string
	Steps                 []string
}

// placeConfig is what the script of the page reads; src/place.ts is its twin.
type placeConfig struct {
	At     [2]float64   `json:"at"`
	Line   [][2]float64 `json:"line,omitempty"` // of the walk
	Copied string       `json:"copied"`
	Fails  string       `json:"fails"` // the map
	Map    smallMap     `json:"map"`
}

// describe fills the page with what is told.
func (p *placePage) describe(told *resident.Place) {
	f := told.Feature
	b, isBooth := f.(*geo.Booth)
	p.Kind, p.Name, p.Heading = p.kind(f), p.name(f), p.name(f)
	p.Photo = p.photo(f)
	p.Standing = p.badge(told.State.Kind, stancesOf(f))
	p.Until = p.untilText(told.State, isBooth, told.At)
	p.Today = p.todayLine(told)
	lon, lat := crs.ToDegrees(told.Point)
	p.Degrees = fmt.Sprintf("%.6f, %.6f", lat, lon)
	p.MapLink = fmt.Sprintf("/?view=%.6f,%.6f,17&show=%s/%d", lon, lat, f.Layer(), f.Common().ID)
	p.ReportLink = fmt.Sprintf("/report?of=%s/%d", f.Layer(), f.Common().ID)
	if len(report.KindsOf(f.Layer())) == 0 {
		p.ReportLink = fmt.Sprintf("/report?lon=%.6f&lat=%.6f", lon, lat)
	}
	for _, link := range resident.Links(p.Name, told.Point) {
		p.Links = append(p.Links, handover{p.T(appTexts[link.App]), link.URL})
	}
	p.Number = f.Common().Code
	switch f := f.(type) {
	case *geo.Booth:
		p.booth(f, told)
	case *geo.Facility:
		p.Phone, p.Where = f.Phone, f.Address
	case *geo.Shelter:
		p.Phone = f.DutyPhone
		p.What = p.shelter(f)
	case *geo.Gate:
		if words := p.terms(f, "foot"); len(words) > 0 {
			p.What = p.fill("place.gate.foot", "who", words[0])
		}
	}
	p.near(told, isBooth && b != nil)
	p.Contact = p.contact(told.Community, told.Contact)
}

var appTexts = map[resident.App]string{resident.AMap: "app.amap", resident.Tencent: "app.tencent", resident.Baidu: "app.baidu"}

// todayLine says the hours of today, or that there are none.
func (p *placePage) todayLine(told *resident.Place) string {
	switch told.State.Kind {
	case booth.Moved, booth.Retired:
		return ""
	}
	if len(told.Today) > 0 {
		return p.fill("place.today", "hours", p.todayText(told.Today))
	}
	return ""
}

// booth fills the page with what only booths have.
func (p *placePage) booth(b *geo.Booth, told *resident.Place) {
	p.Number = plate.Number(b.Number).Grouped()
	p.Phone, p.Where = b.Phone, b.Landmark
	p.What = strings.Join(p.terms(b, "trades"), " · ")
	if b.Prices != "" {
		p.Prices = strings.FieldsFunc(b.Prices, func(r rune) bool { return strings.ContainsRune("，,；;", r) })
	}
	switch told.State.Kind {
	case booth.Unconfirmed:
		p.Notices = append(p.Notices, notice{Is: "warn", Text: p.T("place.unconfirmed")})
	case booth.Moved, booth.Retired:
		p.gone(b)
		n := notice{Is: "warn", Text: p.T("place.retired")}
		if told.State.Kind == booth.Moved {
			n.Text = p.T("place.moved")
			if b.MovedOn != 0 {
				n.Text = p.fill("place.moved.on", "day", p.monthDay(b.MovedOn))
			}
		}
		if told.Successor != nil {
			p.Instead = &handover{p.fill("place.successor", "name", p.name(told.Successor)), "/b/" + told.Successor.Number}
		}
		p.Notices = append(p.Notices, n)
	default:
		if b.MovedOn != 0 && geo.DateOf(told.At)-b.MovedOn < newPlace {
			p.Notices = append(p.Notices, notice{Is: "warn", Text: p.fill("place.newly", "day", p.monthDay(b.MovedOn), "from", b.MovedFrom)})
		}
	}
	if b.LastChecked != 0 && !p.Gone {
		p.Checks = p.inspected(b)
	}
}

// gone leaves out what would lead people to where nobody serves any more: the phone,
// the prices, the way and the map.
func (p *placePage) gone(b *geo.Booth) {
	p.Gone, p.Scripts, p.Phone, p.Prices = true, nil, "", nil
	if b.Landmark != "" {
		p.Where = p.fill("place.was", "where", b.Landmark)
	}
}

// shelter says whether a shelter is in use, and for how many people it is.
func (p *placePage) shelter(f *geo.Shelter) string {
	words := p.terms(f, "state")
	if f.State == "ready" {
		words = []string{p.T("place.shelter.ready")}
	}
	if f.Capacity.Value > 0 {
		words = append(words, p.fill("place.shelter.holds", "n", strconv.Itoa(int(f.Capacity.Value))))
	}
	return strings.Join(words, " · ")
}

// newPlace is for how many days a booth that moved says so.
const newPlace = 180

// inspected says how many of the seven checks a booth passed, which not, and when.
func (p *placePage) inspected(b *geo.Booth) *checks {
	field, _ := geo.MustSchema(geo.Booths).Field("checks")
	passed := map[string]bool{}
	for _, value := range field.Values(b) {
		passed[value] = true
	}
	var missing []string
	for _, term := range field.Terms {
		if !passed[term.Value] {
			missing = append(missing, titles{term.Zh, term.En}[p.language])
		}
	}
	c := &checks{Text: p.fill("place.checked", "n", strconv.Itoa(len(field.Terms)-len(missing)), "of", strconv.Itoa(len(field.Terms)), "day", p.monthDay(b.LastChecked))}
	if len(missing) > 0 {
		c.Missing = p.fill("place.unchecked", "list", strings.Join(missing, p.pause()))
	}
	return c
}

// monthDay writes a date of the last months as people here do.
func (p *placePage) monthDay(d geo.Date) string {
	return d.Time().Format([...]string{"1月2日", "2 Jan"}[p.language])
}

// near fills the page with the list of what is near.
func (p *placePage) near(told *resident.Place, isBooth bool) {
	p.NearTitle = p.fill("place.near", "n", strconv.Itoa(resident.Near))
	if isBooth && !told.IsOpen() {
		p.NearTitle = p.T("place.elsewhere")
	}
	here := reference(told.Feature)
	p.NearLink = nearPath + "?from=" + here
	for i := range told.Nearby {
		p.Near = append(p.Near, p.nearRow(&told.Nearby[i], told.At, here))
	}
	switch {
	case len(told.Nearby) > 0:
	case told.OffStreet:
		p.NearNone = p.T("place.offstreet")
	case told.Beyond != nil:
		p.NearNone = p.fill("place.none.near", "n", strconv.Itoa(resident.Near))
		p.Near = append(p.Near, p.nearRow(told.Beyond, told.At, here))
	default:
		p.NearNone = p.T("place.none")
	}
}
