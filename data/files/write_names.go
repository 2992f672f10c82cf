package files

import (
	"strconv"
	"strings"

	"gridatlas/geo"
)

// shortName is the longest name of a column of a Shapefile, in bytes.
const shortName = 10

// shortNames gives each field of a layer a name that a Shapefile can hold: its
// own, or that without vowels from behind, cut when it must be; a unit at the end
// stays. No two are the same whatever the case.
func shortNames(schema *geo.Schema) map[string]string {
	short, taken := map[string]string{}, map[string]bool{}
	for i := range schema.Fields { // names that fit stay
		if name := schema.Fields[i].Name; len(name) <= shortName {
			short[name], taken[name] = name, true
		}
	}
	for i := range schema.Fields {
		name := schema.Fields[i].Name
		if short[name] != "" {
			continue
		}
		brief := shorten(name)
		for n := 2; taken[brief]; n++ {
			number := strconv.Itoa(n)
			brief = brief[:min(len(brief), shortName-len(number))] + number
		}
		short[name], taken[brief] = brief, true
	}
	return short
}

func shorten(name string) string {
	words := strings.Split(name, "_")
	unit := ""
	if last := words[len(words)-1]; len(words) > 1 && len(last) <= 2 {
		unit = "_" + last
		name = strings.TrimSuffix(name, unit)
	}
	letters := []byte(name)
	for i := len(letters) - 1; i > 0 && len(letters)+len(unit) > shortName; i-- {
		if strings.IndexByte("aeiou", letters[i]) >= 0 && letters[i-1] != '_' {
			letters = append(letters[:i], letters[i+1:]...)
		}
	}
	return string(letters[:min(len(letters), shortName-len(unit))]) + unit
}
