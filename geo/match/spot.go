package match

import (
	"regexp"
	"strconv"
)

// spot is a place described by a landmark: 东门北50米路西.
type spot struct {
	gate    string  // 东, 西南, 正; the side of the gate
	bearing string  // from there
	metres  float64 // in that direction
	side    string  // of the street
	near    bool    // 附近, 对面: the landmark itself is not meant
}

func (s spot) isZero() bool { return s == spot{} }

const bearing = `(东南|西南|东北|西北|东|南|西|北)`

var (
	gateWords   = regexp.MustCompile(`(东南|西南|东北|西北|东|南|西|北|正|大|主|后|前)(?:大|侧|边|面|小)?门(?:口|岗|卫|外)?`)
	offsetWords = regexp.MustCompile(`(?:往|向|朝|以|偏|沿街|沿路)*` + bearing + `?(?:方向|侧|边|面|行|走)*(?:约|大约)?(` + number + `)余?(?:米|m)处?`)
	sideWords   = regexp.MustCompile(`(?:马路|路|街|道)` + bearing + `(?:侧|边|面|首)?(?: |$)|` + bearing + `(?:侧|边|首)(?: |$)`)
	nearWords   = regexp.MustCompile(`对面|对过|附近|旁边?|隔壁|周边|斜对面`)
)

// maxOffset is the distance beyond which "in that direction" describes no spot.
const maxOffset = 1000 // m

// readSpot finds a described spot and returns the text without it.
func readSpot(text string) (spot, string) {
	var s spot
	cut := func(pattern *regexp.Regexp) []string {
		m := pattern.FindStringSubmatchIndex(text)
		if m == nil {
			return nil
		}
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = text[m[2*i]:m[2*i+1]]
			}
		}
		text = text[:m[0]] + string(gap) + text[m[1]:]
		return groups
	}
	if g := cut(gateWords); g != nil {
		s.gate = g[1]
	}
	if g := cut(offsetWords); g != nil {
		if metres, err := strconv.Atoi(numeral(g[2])); err == nil && metres <= maxOffset {
			s.bearing, s.metres = g[1], float64(metres)
		}
	}
	if g := cut(sideWords); g != nil {
		s.side = g[1] + g[2]
	}
	s.near = cut(nearWords) != nil
	return s, text
}

// said are the words of numbers and landmarks in pinyin, as they stand between
// names; the longer come first.
var said = []struct {
	pattern *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`([0-9])(?:haolou|hl|dong|zhuang|lou)`), "${1}号楼"},
	{regexp.MustCompile(`([0-9])(?:danyuan|dy)`), "${1}单元"},
	{regexp.MustCompile(`([0-9])hao`), "${1}号"},
	{regexp.MustCompile(`([0-9])mi`), "${1}米"},
	{regexp.MustCompile(`zhengmen|damen`), "正门"},
	{regexp.MustCompile(`dongmen`), "东门"},
	{regexp.MustCompile(`nanmen`), "南门"},
	{regexp.MustCompile(`ximen`), "西门"},
	{regexp.MustCompile(`beimen`), "北门"},
	{regexp.MustCompile(`ludong`), "路东"},
	{regexp.MustCompile(`lunan`), "路南"},
	{regexp.MustCompile(`luxi`), "路西"},
	{regexp.MustCompile(`lubei`), "路北"},
	{regexp.MustCompile(`dong([0-9])`), "东${1}"},
	{regexp.MustCompile(`nan([0-9])`), "南${1}"},
	{regexp.MustCompile(`xi([0-9])`), "西${1}"},
	{regexp.MustCompile(`bei([0-9])`), "北${1}"},
}

// spoken writes the words of numbers and landmarks that stand in pinyin in
// characters.
func spoken(text string) string {
	for _, s := range said {
		text = s.pattern.ReplaceAllString(text, s.words)
	}
	return text
}
