package match

import (
	"cmp"
	"slices"

	"gridatlas/geo/pinyin"
)

// how a name was found, the surest first.
type how uint8

const (
	exact    how = iota
	alias        // by its stem alone: 五道庙 for 五道庙小区
	sound        // other characters of the same sound, or pinyin
	amiss        // one character is wrong, missing or too many
	swapped      // the stem with another end: 五道庙花园 for 五道庙小区
	initials     // wdm
	nowhere
)

// trust is what a name found that way is worth, as a whole and by a shorter form.
var trust = [nowhere][2]float64{{1, 1}, {0.93, 0.93}, {0.9, 0.82}, {0.84, 0.72}, {0.78, 0.78}, {0.6, 0.55}}

// Words at the end of names that are left out or swapped in speech.
var (
	compoundEnds = []string{"居住小区", "生活小区", "生活区", "家属院", "家属楼", "宿舍区", "宿舍", "小区", "花园", "家园", "新村", "新城", "社区", "公寓", "大院", "苑"}
	placeEnds    = []string{"社区居民委员会", "社区居委会", "社区村委会", "居民委员会", "村民委员会", "居委会", "村委会", "社区", "街道办事处", "街道办", "街道", "自治县", "新区", "地区", "镇", "乡", "村", "区", "县", "市", "省"}
	streetEnds   = []string{"大街", "大道", "东路", "西路", "南路", "北路", "中路", "东街", "西街", "南街", "北街", "胡同", "路", "街", "巷", "道"}
)

// form is one way of writing or saying an entry's name.
type form struct {
	hash  uint64
	entry int32
	short uint8 // 0: the whole name; else which of its shorter forms
}

// names finds entries by the forms of their names: sorted by hash, 16 bytes a
// form. Hashes of 64 bits are taken for the names: among a million names and as
// many questions one pair in ten million runs is taken for another.
type names struct {
	written  []form // characters
	sounds   []form // whole pinyin
	initials []form
	typos    []form // characters without one
}

// add takes in a name, the whole one first.
func (n *names) add(entry int32, forms ...string) {
	for i, text := range forms {
		short := uint8(i)
		runes := []rune(text)
		n.written = append(n.written, form{hash(runes), entry, short})
		if len(runes) >= 3 {
			for k := range runes {
				n.typos = append(n.typos, form{hashWithout(runes, k), entry, short})
			}
		}
		for _, s := range pinyin.Spellings(text) {
			n.sounds = append(n.sounds, form{hashText(s), entry, short})
		}
		if len(runes) >= 3 {
			for _, s := range pinyin.Initials(text) {
				n.initials = append(n.initials, form{hashText(s), entry, short})
			}
		}
	}
}

func (n *names) sort() {
	for _, list := range []*[]form{&n.written, &n.sounds, &n.initials, &n.typos} {
		slices.SortFunc(*list, func(a, b form) int {
			return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.entry, b.entry))
		})
		*list = slices.Clip(*list)
	}
}

// of returns the forms of a hash.
func of(list []form, h uint64) []form {
	first, ok := slices.BinarySearchFunc(list, h, func(f form, h uint64) int { return cmp.Compare(f.hash, h) })
	if !ok {
		return nil
	}
	end := first
	for end < len(list) && list[end].hash == h {
		end++
	}
	return list[first:end]
}

// The hash is FNV-1a over runes.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

func hashOn(h uint64, r rune) uint64 { return (h ^ uint64(r)) * hashPrime }

func hash(runes []rune) uint64 {
	h := uint64(hashStart)
	for _, r := range runes {
		h = hashOn(h, r)
	}
	return h
}

func hashText(text string) uint64 {
	h := uint64(hashStart)
	for _, r := range text {
		h = hashOn(h, r)
	}
	return h
}

func hashWithout(runes []rune, k int) uint64 {
	h := uint64(hashStart)
	for i, r := range runes {
		if i != k {
			h = hashOn(h, r)
		}
	}
	return h
}
