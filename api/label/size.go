package label

// Size is a kind of sheet that labels are printed on.
type Size struct {
	Name          string // a4, plate120, plate200; of cards: cards, a6
	Across, Down  int    // labels on a sheet
	Width, Height int    // of a sheet in mm
}

// PerSheet is how many labels a sheet takes.
func (s Size) PerSheet() int { return s.Across * s.Down }

// Sizes are the sheets there are, the usual one first: A4 with 21 labels of 62 x 36 mm
// to be cut, and plates of 120 x 80 and 200 x 130 mm, one a page. Eight rows of 36 mm
// would not fit on A4 with its margins.
var Sizes = []Size{
	{Name: "a4", Across: 3, Down: 7, Width: 210, Height: 297},
	{Name: "plate120", Across: 1, Down: 1, Width: 120, Height: 80},
	{Name: "plate200", Across: 1, Down: 1, Width: 200, Height: 130},
}

// SizeOf finds a size by its name; the empty name is the usual one.
func SizeOf(name string) (Size, bool) { return sizeIn(Sizes, name) }

func sizeIn(sizes []Size, name string) (Size, bool) {
	for _, size := range sizes {
		if name == "" || name == size.Name {
			return size, true
		}
	}
	return Size{}, false
}
