package demo

import (
	"fmt"
	"math/rand/v2"
)

// Names of the main roads, west to east and south to north. Some are as common
// in Weifang as elsewhere; the ground under them is made up.
var (
	northSouthNames = []string{"西环", "永安", "长松", "清溪", "安顺", "腾飞", "青年", "月河", "向阳", "和平",
		"滨河西", "滨河东", "四平", "潍州", "文化", "虞河西", "虞河东", "新华", "北海", "金马", "银枫", "志远", "东明"}
	eastWestNames = []string{"南外环", "双羊", "翠坊", "凤凰", "宝通", "樱前", "健康", "民生", "站南", "站前",
		"胜利", "东风", "福寿", "玄武", "北宫", "玉清", "卧龙", "泰祥", "鸢都", "渤海", "北外环"}
)

var (
	localFirst = []rune("春夏安泰康宁和顺嘉祥瑞福德仁义明朗清晨松柏梧桐杏桃槐榆枫兰竹荷菊书文笃学勤工建新富民利永昌盛兴锦云霞虹星海潮鹤鹭燕鸿")
	localLast  = []rune("安宁和平丰乐华光景阳昌隆裕达通远林园泉溪坪岭台庄亭桥晖韵苑芳")
)

// wordMill makes names and gives none of them twice.
type wordMill struct {
	r     *rand.Rand
	taken map[string]bool // only looked up
}

func newWordMill(r *rand.Rand) *wordMill { return &wordMill{r: r, taken: map[string]bool{}} }

func (w *wordMill) once(make func(try int) string) string {
	for try := 0; ; try++ {
		name := make(try)
		if !w.taken[name] {
			w.taken[name] = true
			return name
		}
	}
}

func (w *wordMill) pair() string {
	return string(localFirst[w.r.IntN(len(localFirst))]) + string(localLast[w.r.IntN(len(localLast))])
}

// street returns a name for a local street or collector: 路 runs north, 街 east,
// 巷 in the old town.
func (w *wordMill) street(suffix string) string {
	return w.once(func(try int) string {
		name := w.pair()
		if try > 8 {
			name = string(localFirst[w.r.IntN(len(localFirst))]) + w.pair()
		}
		return name + suffix
	})
}

var (
	oldDormOwners = []string{"棉纺厂", "毛巾厂", "柴油机厂", "拖拉机厂", "面粉厂", "印刷厂", "粮食局", "供销社", "百货公司", "运输公司",
		"建筑公司", "水利局", "邮电局", "化工厂", "造纸厂", "酿酒厂", "机床厂", "轴承厂", "钢厂", "食品厂", "针织厂", "玻璃厂", "农机厂", "制药厂", "木器厂", "煤建公司", "五金公司", "园林处", "自来水公司", "热电厂"}
	newSuffixes = []string{"花园", "家园", "苑", "名都", "华庭", "雅居", "新城", "公馆", "御园", "府", "小镇", "国际", "城", "悦府", "嘉苑", "豪庭"}
	midSuffixes = []string{"小区", "花园", "新村", "家园", "苑", "生活区"}
)

// compound returns a name for a compound of a year.
func (w *wordMill) compound(year int) string {
	return w.once(func(try int) string {
		switch {
		case year < 1998 && w.r.IntN(2) == 0:
			name := oldDormOwners[w.r.IntN(len(oldDormOwners))]
			if try > 2 {
				name = fmt.Sprintf("%s第%s", name, []string{"一", "二", "三", "四", "五", "六", "七"}[w.r.IntN(7)])
			}
			return name + "宿舍"
		case year < 2005:
			return w.pair() + midSuffixes[w.r.IntN(len(midSuffixes))]
		default:
			return w.pair() + newSuffixes[w.r.IntN(len(newSuffixes))]
		}
	})
}
