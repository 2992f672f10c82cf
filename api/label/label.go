package label

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"gridatlas/api/qr"
	"gridatlas/geo"
	"gridatlas/geo/belong"
	"gridatlas/geo/plate"
	"gridatlas/geo/snapshot"
)

// Label is what stands on one label.
type Label struct {
	Name    string
	Number  string // of a booth in groups of four, of another place its code
	Code    qr.Code
	Address string // that the code holds
}

// Choice says which labels are wanted.
type Choice struct {
	// Of is a layer, booths, shelters, gates or compounds, or a kind of facilities, as
	// facilities.station.
	Of string
	// Community is the code of a community that the places lie in; empty: of all.
	Community string
	// Numbers are numbers of booths, or codes of places of another layer; empty: all.
	Numbers []string
	At      geo.Instant
	// Most is how many labels are made; 0: all. Others are counted.
	Most int
}

// Kinds are what labels are offered of, in order, as Choice.Of has it.
var Kinds = []string{"booths", "facilities.station", "facilities.contact_point", "facilities.bus_stop", "shelters", "compounds", "gates"}

// Set is the labels of a choice.
type Set struct {
	Labels   []Label  // by number
	More     int      // labels beyond Choice.Most
	Bare     int      // places that have no number or code yet
	Unknown  []string // numbers that were asked for and are nobody's here
	Suggests []string // numbers of booths that may have been meant, in groups of four
}

// Choose makes the labels of a choice, with addresses that begin with base. Places that
// are out of use have none. The error says what of the choice is unknown, or is that of
// a context that ended.
func Choose(ctx context.Context, s *snapshot.Snapshot, c Choice, base string) (*Set, error) {
	layer, kind, _ := strings.Cut(cmp.Or(c.Of, "booths"), ".")
	if !slices.Contains([]geo.Layer{geo.Booths, geo.Shelters, geo.Gates, geo.Compounds, geo.Facilities}, geo.Layer(layer)) || (kind != "") != (layer == string(geo.Facilities)) {
		return nil, fmt.Errorf("%w: labels of %q", geo.ErrNotFound, c.Of)
	}
	if field, _ := geo.MustSchema(geo.Facilities).Field("kind"); kind != "" {
		if _, is := field.Term(kind); !is {
			return nil, fmt.Errorf("%w: a kind of facilities %q", geo.ErrNotFound, kind)
		}
	}
	p := &picker{choice: c, kind: kind, base: base, snap: s, wanted: map[string]bool{}, areas: belong.New(s, c.At)}
	if c.Community != "" {
		f, there := s.Layer(geo.Places).ByCode(c.Community)
		if !there || f.(*geo.Place).Kind != "community" {
			return nil, fmt.Errorf("%w: a community with the code %q", geo.ErrNotFound, c.Community)
		}
		p.community = f.(*geo.Place)
	}
	for _, text := range c.Numbers {
		p.wanted[canonical(text, geo.Layer(layer))] = false
	}
	for f := range s.Layer(geo.Layer(layer)).After(0) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.take(f); err != nil {
			return nil, err
		}
	}
	return p.finish(), nil
}

// canonical is a number as it is stored; what is no plate number stays as it is.
func canonical(text string, layer geo.Layer) string {
	if layer == geo.Booths {
		if number, err := plate.Parse(text); err == nil {
			return string(number)
		}
	}
	return strings.TrimSpace(text)
}

// picker gathers labels.
type picker struct {
	choice    Choice
	kind      string
	base      string
	snap      *snapshot.Snapshot
	areas     *belong.Map
	community *geo.Place      // nil: any
	wanted    map[string]bool // numbers asked for, and whether they were found; empty: all
	set       Set
}

// take makes the label of a feature if it is wanted.
func (p *picker) take(f geo.Feature) error {
	base := f.Common()
	if !geo.ForPublic(f) || base.Until != 0 && base.Until <= p.choice.At {
		return nil
	}
	number, path := base.Code, "/p/"+url.PathEscape(base.Code)
	switch f := f.(type) {
	case *geo.Booth:
		if f.Status == "moved" || f.Status == "retired" {
			return nil
		}
		number, path = f.Number, "/b/"+f.Number
	case *geo.Facility:
		if f.Kind != p.kind {
			return nil
		}
	}
	if len(p.wanted) > 0 {
		if _, is := p.wanted[number]; !is {
			return nil
		}
	}
	if p.community != nil && p.areas.Community(f) != p.community {
		return nil
	}
	if number == "" {
		p.set.Bare++
		return nil
	}
	if len(p.wanted) > 0 {
		p.wanted[number] = true
	}
	if p.choice.Most > 0 && len(p.set.Labels) == p.choice.Most {
		p.set.More++
		return nil
	}
	code, err := qr.Of(p.base + path)
	if err != nil {
		return fmt.Errorf("label of %s: %w", number, err)
	}
	p.set.Labels = append(p.set.Labels, Label{Name: p.nameOf(f), Number: number, Code: code, Address: p.base + path})
	return nil
}

// nameOf is what a place is called; a gate without a name after what it leads into.
func (p *picker) nameOf(f geo.Feature) string {
	if name := f.Common().Name; name != "" {
		return name
	}
	if gate, is := f.(*geo.Gate); is {
		for _, layer := range []geo.Layer{geo.Compounds, geo.Buildings, geo.Shelters} {
			if of, there := p.snap.Layer(layer).ByCode(gate.Of); there && of.Common().Name != "" {
				return of.Common().Name
			}
		}
	}
	return geo.MustSchema(f.Layer()).Zh
}

// finish sorts the labels and looks for what was asked for in vain.
func (p *picker) finish() *Set {
	set := &p.set
	slices.SortFunc(set.Labels, func(a, b Label) int { return cmp.Compare(a.Number, b.Number) })
	booths := map[plate.Number]bool{}
	if cmp.Or(p.choice.Of, "booths") == "booths" {
		for i := range set.Labels {
			set.Labels[i].Number = plate.Number(set.Labels[i].Number).Grouped()
		}
		for booth := range snapshot.All[*geo.Booth](p.snap) {
			booths[plate.Number(booth.Number)] = true
		}
	}
	for _, text := range p.choice.Numbers {
		if p.wanted[canonical(text, geo.Layer(cmp.Or(p.choice.Of, "booths")))] || slices.Contains(set.Unknown, text) {
			continue
		}
		set.Unknown = append(set.Unknown, text)
		for _, number := range plate.Suggest(text, func(n plate.Number) bool { return booths[n] }) {
			if grouped := number.Grouped(); !slices.Contains(set.Suggests, grouped) {
				set.Suggests = append(set.Suggests, grouped)
			}
		}
	}
	return set
}
