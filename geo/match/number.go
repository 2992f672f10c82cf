package match

import (
	"regexp"
	"strings"
)

// Words before and after a building's number.
const (
	before = `([甲乙丙丁戊东西南北中]|[a-z]{1,2})?-?`
	houses = `(?:号楼|号栋|号幢|号座|号#|#楼|#|栋楼|栋|幢|座)`
)

var (
	// 14号楼2单元301, 14#2-301, 甲3栋, b座
	building = regexp.MustCompile(before + `(` + number + `)-?([a-z甲乙丙])?` + houses + doors)
	lettered = regexp.MustCompile(`()([a-z]{1,2})()` + houses + doors)
	// 14-2-301, 14-2单元, 14-301; a lone 14-2 is left to tail.
	dashed = regexp.MustCompile(before + `([0-9]{1,3})()-([0-9]{1,2}|[a-z])(?:单元|-[0-9]{2,4}(?:室|房|户)?)`)
	floors = regexp.MustCompile(before + `([0-9]{1,3})()()-[0-9]{3,4}(?:室|房|户)?`)
	tail   = regexp.MustCompile(before + `(` + number + `)([a-z甲乙丙])?(?:号院|号|楼|-([0-9]{1,2}))?$`)
	unit   = regexp.MustCompile(`()()()(` + number + `|[a-z东西中甲乙丙丁])单元(?:-?[0-9]{2,4}(?:室|房|户)?)?`)
)

// doors is what may follow a building: unit, floor, room.
const doors = `(?:-?(` + number + `|[a-z东西中甲乙丙丁])(?:单元|门洞|-[0-9]{2,4}))?(?:-?[0-9]{1,2}(?:层|楼))?(?:-?[0-9]{3,4})?(?:室|房|户)?`

// house is a building's number and its unit, in the form they are compared in.
type house struct{ number, unit string }

func (h house) isZero() bool { return h == house{} }

// readHouse finds the number of a building in a text and returns the text without
// it. whole says that the text is nothing else, as in a column of numbers.
func readHouse(text string, whole bool) (house, string) {
	for _, pattern := range []*regexp.Regexp{building, lettered, dashed, floors} {
		if m := pattern.FindStringSubmatchIndex(text); m != nil {
			h := houseOf(text, m)
			rest := text[:m[0]] + string(gap) + text[m[1]:]
			if h.unit == "" {
				if u := unit.FindStringSubmatchIndex(rest); u != nil {
					h.unit = houseOf(rest, u).unit
					rest = rest[:u[0]] + string(gap) + rest[u[1]:]
				}
			}
			return h, rest
		}
	}
	h := house{}
	if u := unit.FindStringSubmatchIndex(text); u != nil {
		h.unit = houseOf(text, u).unit
		text = text[:u[0]] + string(gap) + text[u[1]:]
	}
	trimmed := strings.TrimRight(text, " -")
	if m := tail.FindStringSubmatchIndex(trimmed); m != nil {
		found := houseOf(trimmed, m)
		// 七马路五 is no building: characters count alone or with 号 after them.
		plain := isDigit([]rune(trimmed[m[4]:m[5]])[0]) || strings.HasSuffix(trimmed, "号") || strings.HasSuffix(trimmed, "楼")
		if whole || plain {
			if found.unit == "" {
				found.unit = h.unit
			}
			return found, trimmed[:m[0]]
		}
	}
	return h, text
}

// houseOf makes the house of the groups: before, number, after, unit.
func houseOf(text string, m []int) house {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	return house{number: group(1) + numeral(group(2)) + group(3), unit: numeral(group(4))}
}

// plainHouse takes a direction off a number that no building has with it.
func plainHouse(number string) string { return strings.TrimLeft(number, "东西南北中") }
