package label

import (
	"fmt"
	"time"

	"gridatlas/api/qr"
	"gridatlas/geo"
	"gridatlas/geo/plate"
)

// CardSizes are the sheets that cards of masters are printed on, the usual one first:
// A4 with ten of the size of a bank card (ISO/IEC 7810 ID-1, 85.6 x 54 mm) to be cut,
// and pages of A6 with one each.
var CardSizes = []Size{
	{Name: "cards", Across: 2, Down: 5, Code: 144},
	{Name: "a6", Across: 1, Down: 1, Code: 264},
}

// CardSizeOf finds a size of cards by its name; the empty name is the usual one.
func CardSizeOf(name string) (Size, bool) { return sizeIn(CardSizes, name) }

// OfMaster is what is printed of the card of a booth's master, with the link that the
// card opens. Whoever sees its code can say how the booth stands.
func OfMaster(b *geo.Booth, link string) (Label, error) {
	code, err := qr.Of(link)
	if err != nil {
		return Label{}, fmt.Errorf("card of booth %s: %w", b.Number, err)
	}
	name := b.Name
	if name == "" {
		name = geo.MustSchema(geo.Booths).Zh
	}
	return Label{Name: name, Number: plate.Number(b.Number).Grouped(), Code: code, Address: link}, nil
}

// CardPage is what the page of cards shows: the booths of a community, and which of
// them have a card; or the cards that were made just now.
type CardPage struct {
	Community   string // as chosen
	Communities []Community
	Booths      []CardBooth // by number
	More        int         // booths beyond those
	Bare        int         // booths that have no number yet, and so get no card
	Once        string      // makes a form that is sent twice count once
	Size        string      // as chosen
	Sheets      Sheets      // of cards made just now
	Ended       string      // the number of the booth whose card was ended just now
	Fault       CardFault
}

// CardBooth is a booth on the page of cards.
type CardBooth struct {
	ID           int64
	Name, Number string
	Made         time.Time // of its card; zero: it has none
	By           string    // who made the card
	Chosen       bool
}

// CardFault is why no card was made.
type CardFault string

// The faults of a choice of booths.
const (
	CardsNoAddress CardFault = "no_address" // nobody said under which address the server is reached
	CardsNone      CardFault = "none"       // no booth is chosen
	CardsMade      CardFault = "made"       // with this form, already
	CardsChanged   CardFault = "changed"    // somebody else made cards at the same time
	CardsGone      CardFault = "gone"       // a booth is out of use meanwhile, or not to be written by the account
)
