package upkeep

import (
	"fmt"
	"math"
	"strconv"

	"gridatlas/geo"
)

var titles = [...][2]string{
	Overdue:     {"超期未核查", "Check overdue"},
	Unchecked:   {"从未核查", "Never checked"},
	NoHours:     {"缺服务时间", "Hours missing"},
	Outside:     {"位置不在所属范围", "Outside its parent"},
	AreaDiffers: {"面积不符", "Area differs"},
}

// Titles are the kind in Chinese and in English.
func (k Kind) Titles() (zh, en string) { return titles[k][0], titles[k][1] }

// Texts say in a sentence of each language what is to be looked after.
func (f *Finding) Texts() (zh, en string) {
	switch f.Kind {
	case Overdue:
		zh, en = fmt.Sprintf("应于 %v 前核查", f.Due), fmt.Sprintf("Was due on %v", f.Due)
		if f.Checked == 0 {
			return zh + "，没有核查记录", en + "; no check is known"
		}
		return zh + fmt.Sprintf("，上次核查 %v", f.Checked), en + fmt.Sprintf("; last checked on %v", f.Checked)
	case Unchecked:
		return "没有核查记录", "No check is known"
	case NoHours:
		if text := hoursText(f.Feature); text != "" {
			return fmt.Sprintf("服务时间“%s”无法识别", text), fmt.Sprintf("The hours %q cannot be read", text)
		}
		return "没有填写服务时间", "No hours are given"
	case Outside:
		parent := nameOf(f.Parent)
		return fmt.Sprintf("登记属于%s，实际超出其范围 %.0f 米", parent, f.Metres), fmt.Sprintf("Said to be of %s, %.0f metres outside it", parent, f.Metres)
	}
	off := math.Round(100 * (f.Stated/f.Drawn - 1))
	return fmt.Sprintf("登记%s %s 平方米，图上 %s 平方米，相差 %+.0f%%", f.Field.Zh, whole(f.Stated), whole(f.Drawn), off),
		fmt.Sprintf("%s stated as %s m², drawn as %s m²: %+.0f%%", f.Field.En, whole(f.Stated), whole(f.Drawn), off)
}

func whole(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', 0, 64) }

func nameOf(f geo.Feature) string {
	if base := f.Common(); base.Name != "" {
		return base.Name
	}
	return f.Common().Code
}
