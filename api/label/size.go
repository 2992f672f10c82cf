package label

// Size is a kind of sheet that labels are printed on. How large a sheet is and where
// labels stand on it is in the style of the sheets.
type Size struct {
	Name         string // a4, plate120, plate200; of cards: cards, a6
	Across, Down int    // labels on a sheet
	Code         int    // how wide the code with its margin is, in CSS pixels (1/96 inch)
}

// PerSheet is how many labels a sheet takes.
func (s Size) PerSheet() int { return s.Across * s.Down }

// Sizes are the sheets there are, the usual one first: A4 with 21 labels of 61 x 36 mm
// to be cut, and plates of 120 x 80 and 200 x 130 mm, one a page. Eight rows of 36 mm
// would not fit on A4 with its margins.
var Sizes = []Size{
	{Name: "a4", Across: 3, Down: 7, Code: 120},
	{Name: "plate120", Across: 1, Down: 1, Code: 224},
	{Name: "plate200", Across: 1, Down: 1, Code: 392},
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
