package match

import (
	"strconv"
	"strings"
	"unicode"
)

// maxText bounds the characters of a text that are looked at.
const maxText = 160

// gap parts two texts that commas and the like kept apart.
const gap = ' '

// normal folds the ways of writing a text: full-width and circled digits, small
// letters, traditional characters, brackets and blanks away, all dashes one,
// other signs a gap.
func normal(text string) string {
	out := make([]rune, 0, len(text))
	blank := false // a blank or bracket was passed over
	read := 0
	for _, r := range text {
		if read++; read > maxText {
			break
		}
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		case r >= '①' && r <= '⑳':
			out = append(out, []rune(strconv.Itoa(int(r-'①')+1))...)
			continue
		case r == '〇':
			r = '零'
		}
		if plain, ok := simplified[r]; ok {
			r = plain
		}
		r = unicode.ToLower(r)
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune("()[]{}<>（）【】〔〕《》「」『』“”\"'‘’·•*_", r):
			blank = true
			continue
		case strings.ContainsRune("-—–－~～﹣−‐‑", r):
			r = '-'
		case r == '#' || r == '＃' || r == '﹟':
			r = '#'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = gap
		}
		last := rune(0)
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		if blank && isDigit(last) && isDigit(r) {
			out = append(out, '-') // "14 2 301"
		}
		blank = false
		if r == gap && (last == gap || last == 0) || r == '-' && last == '-' {
			continue
		}
		out = append(out, r)
	}
	return strings.TrimRight(string(out), " -")
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

// number is the pattern of a number in digits or characters.
const number = `(?:[0-9]{1,5}|[零一二两三四五六七八九十百]{1,6})`

const numerals = "零一二两三四五六七八九十百"

var digitOf = map[rune]int{'零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// numeral reads a number below a thousand in characters (十四, 一百零二, 二三), or
// any in digits, and returns it in digits without leading zeros; other texts come
// back as they are.
func numeral(text string) string {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return strconv.Itoa(n)
	}
	total, digit, row, units := 0, 0, "", false
	for _, r := range text {
		switch d, ok := digitOf[r]; {
		case ok:
			digit = d
			row += strconv.Itoa(d)
		case r == '十', r == '百':
			unit := 10
			if r == '百' {
				unit = 100
			}
			if digit == 0 {
				digit = 1
			}
			total += digit * unit
			digit, units = 0, true
		default:
			return text
		}
	}
	if units {
		return strconv.Itoa(total + digit)
	}
	if row == "" {
		return text
	}
	if n, err := strconv.Atoi(row); err == nil {
		return strconv.Itoa(n)
	}
	return text
}

// simplified has the traditional characters that names and addresses use most.
var simplified = pairs("號号樓楼棟栋單单門门東东長长廣广龍龙華华園园莊庄區区縣县鎮镇鄉乡衛卫國国際际學学廠厂陽阳關关萬万興兴業业聯联馬马" +
	"寶宝慶庆豐丰濰潍東东運运橋桥灣湾鐵铁電电廟庙醫医藥药車车庫库場场廳厅機机會会銀银錦锦麗丽樂乐義义僑侨倉仓農农紡纺織织紅红綠绿藍蓝黃黄" +
	"鴻鸿鳳凤鶴鹤鷺鹭蘭兰葉叶槍枪樹树榮荣勝胜飛飞騰腾開开發发達达遠远達达鄰邻隊队階阶陸陆陳陈雲云靜静順顺頤颐頂顶顏颜風风館馆員员" +
	"側侧對对於于過过邊边後后裡里裏里面面圖图書书爾尔買买賣卖點点無无熱热煙烟環环璽玺瑪玛畫画臺台舊旧與与豪豪貝贝貿贸質质軍军辦办農农")

func pairs(text string) map[rune]rune {
	runes := []rune(text)
	m := make(map[rune]rune, len(runes)/2)
	for i := 0; i+1 < len(runes); i += 2 {
		m[runes[i]] = runes[i+1]
	}
	return m
}
