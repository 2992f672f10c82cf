package pinyin

// polyphones are the characters of place names that are said in several ways, the
// likeliest in names first. Readings that no name uses (the particle 和 huo) are
// left out: each one more makes a name match more that is not meant.
var polyphones = map[rune][]string{
	'柏': {"bai", "bo"},
	'堡': {"bao", "pu", "bu"},
	'泊': {"bo", "po"},
	'埔': {"pu", "bu"},
	'藏': {"cang", "zang"},
	'曾': {"zeng", "ceng"},
	'查': {"cha", "zha"},
	'长': {"chang", "zhang"},
	'朝': {"chao", "zhao"},
	'车': {"che", "ju"},
	'盛': {"sheng", "cheng"},
	'乘': {"cheng", "sheng"},
	'重': {"zhong", "chong"},
	'传': {"chuan", "zhuan"},
	'单': {"dan", "shan"},
	'调': {"diao", "tiao"},
	'都': {"du", "dou"},
	'番': {"fan", "pan"},
	'行': {"hang", "xing"},
	'会': {"hui", "kuai"},
	'解': {"xie", "jie"},
	'卡': {"ka", "qia"},
	'乐': {"le", "yue"},
	'六': {"liu", "lu"},
	'落': {"luo", "lao"},
	'牟': {"mu", "mou"},
	'铅': {"qian", "yan"},
	'厦': {"sha", "xia"},
	'尉': {"wei", "yu"},
	'校': {"xiao", "jiao"},
	'仇': {"qiu", "chou"},
	'覃': {"qin", "tan"},
	'翟': {"zhai"},
	'圩': {"wei", "xu"},
	'涡': {"wo", "guo"},
	'莘': {"shen", "xin"},
	'郇': {"huan", "xun"},
	'乜': {"nie", "mie"},
	'隗': {"wei", "kui"},
	'弄': {"long", "nong"},
	'似': {"si"},
	'幢': {"zhuang"},
}

// words fix the reading of a polyphone by what follows it.
var words = []struct{ at, reading string }{
	{"重庆", "chong"}, {"重阳", "chong"}, {"重光", "chong"},
	{"行政", "xing"}, {"厦门", "xia"}, {"大夫", "dai"},
	{"单县", "shan"}, {"番禺", "pan"}, {"尉迟", "yu"}, {"六安", "lu"},
}
