package web

// smallMap is what the script of a small map reads; src/smallmap.ts is its twin.
type smallMap struct {
	MapStyle string        `json:"mapStyle"`
	Worker   string        `json:"worker"`
	Words    smallMapWords `json:"words"`
}

type smallMapWords struct {
	Title   string `json:"title"`
	Mac     string `json:"mac"`
	Other   string `json:"other"`
	Touch   string `json:"touch"`
	ZoomIn  string `json:"zoomIn"`
	ZoomOut string `json:"zoomOut"`
}

func (h *Handler) smallMap(s speech) smallMap {
	return smallMap{
		MapStyle: "/assets/" + h.bundle.Map, Worker: "/assets/" + h.bundle.Worker,
		Words: smallMapWords{
			Title: s.T("map.title"), Mac: s.T("map.scroll.mac"), Other: s.T("map.scroll"), Touch: s.T("map.fingers"),
			ZoomIn: s.T("map.zoom.in"), ZoomOut: s.T("map.zoom.out"),
		},
	}
}
