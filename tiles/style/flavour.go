package style

// flavour is one flat list of named colours and the few sizes in which the
// flavours differ. Empty colours mean: not drawn.
type flavour struct {
	name string
	dark bool

	land, builtUp, green, water, square string
	compound, wall                      string
	building, buildingEdge              string

	trunk, trunkEdge         string // expressway too
	main, mainEdge           string
	collector, collectorEdge string
	local, localEdge         string
	lane, laneEdge           string
	path                     string
	rail, railDash           string

	border, grid, gridUnder string
	band, bandLine          string
	tints                   []string // of grids, by the state tint; nil: grids have none
	tintOpacity             float64
	route, routeUnder       string
	closure, closureHatch   string // the hatch is a picture
	selection, selectionRim string
	gainedHatch             string // a picture, in the colour of the selection
	focus, focusRim         string

	shares              []string // of coverageBreaks
	classes             []string // of coverageClasses
	outside, outsideRim string   // the dot of a building that is outside

	text, textSoft, textStreet, textLocal, textBuilding, textPlace string
	textBooth, textShelter, textWater, textGreen                   string
	halo                                                           string

	localFrom, laneFrom, pathFrom float64 // zoom at which these streets begin
	wallWidth                     float64 // factor
	gridsOn                       bool    // grid borders drawn without asking
	gridWidths, communityWidths   []stop
	gatesFrom                     float64 // gates as icons; 0: as dots from 16.5
	numbersFrom                   float64 // building numbers
	onlyCommunities               bool    // no borders of districts and streets
}

// The colours were chosen so that data stands out and every name can be read;
// promise_test.go holds them to it.
var day = flavour{
	name: "day",

	land: "#F5F3EE", builtUp: "#ECE9E2", green: "#D3E5C8", water: "#B3D3EA", square: "#EFEBE3",
	compound: "#F0ECE4", wall: "#B9AFA0",
	building: "#E2DCD3", buildingEdge: "#C9C1B4",

	trunk: "#F7C37A", trunkEdge: "#C98A3C",
	main: "#FCE3A4", mainEdge: "#CFAE63",
	collector: "#FFF4D2", collectorEdge: "#CDBF9B",
	local: "#FFFFFF", localEdge: "#CFC9BE",
	lane: "#FFFFFF", laneEdge: "#D8D3C9",
	path: "#A08F7A", rail: "#9A9DA3", railDash: "#FFFFFF",

	border: "#6B5B73", grid: "#6B5B73",
	band: "#5B2A86", bandLine: "#4A1D73",
	route: "#0B5CAD", routeUnder: "#FFFFFF",
	closure: "#B3261E", closureHatch: "hatch-closure", selection: "#C2185B", selectionRim: "#FFFFFF", gainedHatch: "hatch-gained",
	focus: "#FFD400", focusRim: "#1B1F24",

	// The least share is near to the land, as hardly anybody is reached there.
	shares:  []string{"#EAF1F7", "#BCD3E6", "#84AFD3", "#3A76AA", "#0F4F8A"},
	classes: []string{"#4A1D73", "#7B4FA6", "#A583C6", "#CDBBDF", "#F08A24", "#A03C00"},
	outside: "#D55E00", outsideRim: "#FFFFFF",

	text: "#23272E", textSoft: "#5A5363", textStreet: "#4E4A44", textLocal: "#4E4A44", textBuilding: "#575146", textPlace: "#3A4048",
	textBooth: "#084A8C", textShelter: "#005C2A", textWater: "#1D5685", textGreen: "#36622C",
	halo: "#FFFFFF",

	localFrom: 13, laneFrom: 14.5, pathFrom: 15,
	wallWidth: 1, gridWidths: []stop{{13, 1.2}}, communityWidths: []stop{{13, .8}, {16, 1.2}}, numbersFrom: 17,
}

var night = flavour{
	name: "night", dark: true,

	land: "#1B1F26", builtUp: "#20252D", green: "#1C2C25", water: "#142A40", square: "#242A33",
	compound: "#232932", wall: "#4A525E",
	building: "#272E38", buildingEdge: "#38424F",

	trunk: "#7A5A2A", trunkEdge: "#0F1216",
	main: "#5C4D2E", mainEdge: "#0F1216",
	collector: "#464034", collectorEdge: "#0F1216",
	local: "#3A424E", localEdge: "#0F1216",
	lane: "#333A45", laneEdge: "#0F1216",
	path: "#66707D", rail: "#4A5058", railDash: "#1B1F26",

	border: "#8C7F96", grid: "#8C7F96",
	band: "#C7A6F5", bandLine: "#D9C2FA",
	route: "#7DB6F2", routeUnder: "#10141A",
	closure: "#FF9A8F", closureHatch: "hatch-closure-night", selection: "#FF6FA8", selectionRim: "#10141A", gainedHatch: "hatch-gained-night",
	focus: "#FFD400", focusRim: "#10141A",

	shares:  []string{"#22384F", "#2F5F8C", "#4A87BE", "#7DB2E2", "#C3DFF7"},
	classes: []string{"#E6D5FB", "#B893EA", "#8A63BE", "#5E4487", "#F2A35E", "#D55E00"},
	outside: "#FF8A3D", outsideRim: "#10141A",

	text: "#EEF1F5", textSoft: "#C3CAD4", textStreet: "#C3CAD4", textLocal: "#BAC2CD", textBuilding: "#BAC2CD", textPlace: "#D2D8E0",
	textBooth: "#9CC8F7", textShelter: "#7FD69A", textWater: "#9CC8EC", textGreen: "#A3D6AF",
	halo: "#10141A",

	localFrom: 13, laneFrom: 14.5, pathFrom: 15,
	wallWidth: 1, gridWidths: []stop{{13, 1.2}}, communityWidths: []stop{{13, .8}, {16, 1.2}}, numbersFrom: 17,
}

// planner and emergency are maps with a grey ground, by day and by night, so that
// tints and alerts are the only colours on them.
var (
	planner        = forPlanner(greyDay("planner", "#B9B9B5", "#C4C4C0"))
	plannerNight   = forPlanner(greyNight("planner-night"))
	emergency      = forEmergency(greyDay("emergency", "#B0B0AC", "#BDBDB9"))
	emergencyNight = forEmergency(greyNight("emergency-night"))
)

func greyDay(name, trunkEdge, mainEdge string) flavour {
	f := day
	f.name = name
	f.trunk, f.trunkEdge, f.main, f.mainEdge = "#FFFFFF", trunkEdge, "#FFFFFF", mainEdge
	f.collector, f.collectorEdge, f.localEdge, f.laneEdge = "#FFFFFF", "#CBCBC7", "#D6D6D2", "#D8D8D4"
	return f
}

func greyNight(name string) flavour {
	f := night
	f.name = name
	f.trunk, f.main, f.collector = "#58606B", "#474F5A", "#404853"
	return f
}

// forPlanner draws the borders that work is divided by, and tells each grid from its
// neighbours.
func forPlanner(f flavour) flavour {
	if f.dark {
		f.green, f.water = "#1D2724", "#17263A"
		f.grid, f.gridUnder, f.border = "#D2D8E0", "#10141A", "#D2D8E0"
		f.textStreet = "#D2D8E0"
		f.tintOpacity, f.tints = .6, []string{"#494B71", "#7C8880", "#976C4E", "#4B4416", "#5985A7", "#124333"}
	} else {
		f.land, f.builtUp, f.green, f.water, f.square = "#F7F7F6", "#F1F1EF", "#E6ECE3", "#D7E2EA", "#F1F1EF"
		f.compound, f.building, f.buildingEdge = "#F1F1EF", "#E1E1DE", "#CFCFCB"
		f.grid, f.gridUnder, f.border = "#3A4048", "#FFFFFF", "#3A4048"
		f.tintOpacity, f.tints = .48, []string{"#B8A855", "#DECEFC", "#A6CEAB", "#3FBDBD", "#8EA1EF", "#F1D586"}
	}
	f.localFrom, f.wallWidth, f.gridsOn = 12, 1.2, true
	f.gridWidths, f.communityWidths = []stop{{13, 1.2}, {15, 2}}, []stop{{13, 2.5}, {16, 6}}
	f.band = "" // its tints are those of the grids
	return f
}

// forEmergency draws ways, gates and numbers of buildings earlier.
func forEmergency(f flavour) flavour {
	if !f.dark {
		f.land, f.builtUp, f.green, f.water, f.square = "#F4F4F3", "#EDEDEB", "#DCE8D6", "#BBD6EA", "#EDEDEB"
		f.compound = "#EDEDEB"
	}
	f.localFrom, f.laneFrom, f.pathFrom, f.numbersFrom, f.gatesFrom = 12, 14, 14.5, 16, 15
	f.communityWidths, f.onlyCommunities = []stop{{13, 1}, {15, 1.5}}, true
	return f
}

var flavours = [...]flavour{day, night, planner, plannerNight, emergency, emergencyNight}
