package api

import (
	"net/http"
	"runtime"
	"time"

	"github.com/gorilla/mux"
)

// class is a kind of work: how long it may take, and how much of it at a time.
type class struct {
	timeout time.Duration
	gate    *gate // nil: no bound
	pace    *limiter
	packed  bool // the answer is compressed on its way out
	// methods are those beside GET, HEAD and OPTIONS, and body is how large a body
	// of theirs may be. A POST may also be a longer question that stores nothing.
	methods []string
	body    int64
	unread  bool // there is neither GET nor HEAD
	shared  bool // those who ask the same at the same time share the work
	cut     bool // a body that is too long is cut, for its handler to find errCut at its end
	signed  bool // methods are for who has signed in: nobody else's body is read
}

func (s *server) router() *mux.Router {
	cores := runtime.GOMAXPROCS(0)
	at := func(p pace) *limiter { return newLimiter(p, s.Paces, s.Clock) }
	var (
		small  = class{timeout: 5 * time.Second, packed: true, pace: at(paceOfPages)}
		items  = class{timeout: 10 * time.Second, packed: true, gate: newGate(4*cores, 64), pace: at(paceOfLists)}
		search = class{timeout: 3 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfSearch)}
		walks  = class{timeout: 5 * time.Second, packed: true, shared: true, gate: newGate(2*cores, 32), pace: at(paceOfWalks)}
		whatIf = walks
		cover  = class{timeout: 10 * time.Second, packed: true, shared: true, gate: newGate(2*cores, 4), pace: at(paceOfCover)}
		tile   = class{timeout: 15 * time.Second, pace: at(paceOfTiles)} // its work is bounded by the cache
		health = class{timeout: time.Second}
		pages  = class{timeout: 10 * time.Second, pace: at(paceOfTiles)}
		front  = class{timeout: 10 * time.Second, packed: true, pace: at(paceOfPages)}
	)
	s.gates = map[string]*gate{"items": items.gate, "search": search.gate, "walk": walks.gate, "coverage": cover.gate, "package": s.packing, "photo": s.photos}
	s.packingPace, s.reportPace, s.cardPace = at(paceOfPacking), at(paceOfReports), at(paceOfCards)
	whatIf.methods, whatIf.body = []string{http.MethodPost}, maxChange
	// Who turns the pages of a register asks for one coverage, which is kept.
	office := class{timeout: cover.timeout, packed: true, gate: newGate(cores, 16), pace: at(paceOfPages)}
	supposed := cover
	supposed.methods, supposed.body = whatIf.methods, maxChange
	item, readItems, readItem := small, handler(s.items), handler(s.item)
	if s.Store != nil {
		items.methods, items.body, items.signed = []string{http.MethodPost}, maxFeature, true
		item = class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPut, http.MethodPatch, http.MethodDelete}, body: maxFeature, signed: true}
		readItems = byMethod(s.items, map[string]handler{http.MethodPost: s.create})
		readItem = byMethod(s.item, map[string]handler{http.MethodPut: s.replace, http.MethodPatch: s.patch, http.MethodDelete: s.remove})
	}
	router := mux.NewRouter().SkipClean(true)
	route := func(path string, c class, h handler) { router.Handle(path, s.adapt(c, h)) }

	route("/", front, s.root)
	route("/conformance", small, s.conformance)
	route("/collections", small, s.collections)
	route("/collections/{layer}", small, s.collection)
	route("/collections/{layer}/queryables", small, s.queryables)
	route("/collections/{layer}/schema", small, s.schema)
	route("/collections/{layer}/items", items, readItems)
	route("/collections/{layer}/items/{id}", item, readItem)
	route("/grids/at", small, s.gridAt)
	route("/grids/tints", small, s.gridTints)
	route("/search", search, s.find)
	route("/tiles/{layers}.json", small, s.tileJSON)
	route("/tiles/{layers}/{z}/{x}/{y}.mvt", tile, s.tile)
	route("/tiles/{layers}/{z}/{x}/{y}.pbf", tile, s.tile)
	s.tileRoutes(route, small, tile)
	route("/styles/{name}.json", small, s.style)
	route("/qr/{number}.svg", small, s.plateCode(asSVG))
	route("/qr/{number}.png", small, s.plateCode(asPNG))
	route("/qr/p/{code}.svg", small, s.placeCode(asSVG))
	route("/qr/p/{code}.png", small, s.placeCode(asPNG))
	route("/walk/circle", whatIf, s.circle)
	route("/walk/nearest", whatIf, s.nearest)
	route("/walk/route", whatIf, s.route)
	route("/coverage", supposed, s.coverage)
	route("/coverage/outside", cover, s.coverageOutside)
	route("/coverage/buildings", cover, s.coverageBuildings)
	if s.Store != nil {
		sets := items
		sets.timeout, sets.body = 30*time.Second, maxChangeSet
		undo := sets
		undo.body, undo.unread = 0, true
		route("/changes", sets, byMethod(s.changes, map[string]handler{http.MethodPost: s.change}))
		route("/changes/{revision}", small, s.revision)
		route("/changes/{revision}/revert", undo, s.revert)
		route("/collections/{layer}/items/{id}/history", small, s.history)
	}
	if s.Store != nil && s.Accounts != nil {
		deciding := class{timeout: 30 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxChoice, unread: true}
		route("/proposals", small, s.listProposals)
		route("/proposals/{proposal}", small, s.oneProposal)
		route("/proposals/{proposal}/publish", deciding, s.publish)
		route("/proposals/{proposal}/refuse", deciding, s.refuse)
		route("/proposals/{proposal}/withdraw", deciding, s.withdraw)
		logging := items // a month of visits is read from the store
		logging.methods, logging.body, logging.signed = []string{http.MethodPost}, maxVisit, true
		route("/visits", logging, byMethod(s.listVisits, map[string]handler{http.MethodPost: s.logVisit}))
		route("/visits.csv", cover, s.visitsCSV)
		atBooth := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost}, body: maxBoothWork, unread: true, signed: true}
		route("/booths/{id}/inspections", atBooth, s.inspect)
		route("/booths/{id}/move", atBooth, s.moveBooth)
		route("/booths/{id}/retire", atBooth, s.retireBooth)
		if s.Cards != nil {
			ofCard := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost, http.MethodDelete}, body: maxBoothWork, signed: true}
			route("/booths/{id}/card", ofCard, byMethod(s.card, map[string]handler{http.MethodPost: s.newCard, http.MethodDelete: s.endCard}))
		}
		route("/my/work", class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 64), pace: at(paceOfLists)}, s.ownWork)
		settling := class{timeout: 15 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxChoice, unread: true}
		route("/worklist", cover, s.worklist)
		route("/worklist/{id}", small, s.workItem)
		route("/worklist/{id}/settle", settling, s.settle)
		route("/worklist/{id}/reopen", settling, s.reopen)
	}
	if s.Accounts != nil {
		route("/me", small, s.me)
		// A survey of a large city takes a second.
		route("/upkeep", cover, s.upkeep)
		route("/upkeep/stewards", cover, s.upkeepStewards)
		route("/upkeep/items", cover, s.upkeepItems)
		route("/upkeep.csv", cover, s.upkeepCSV)
		route("/registers/booths", office, s.registerOfBooths)
		route("/registers/booths.csv", office, s.boothsCSV)
		route("/registers/parking", office, s.registerOfParking)
		route("/registers/parking.csv", office, s.parkingCSV)
		if s.Store != nil {
			drawing := class{timeout: 15 * time.Second, packed: true, pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxRow, unread: true, signed: true}
			route("/registers/parking/row", drawing, s.parkingRow)
		}
	}
	if s.Accounts != nil && s.LabelsPage != nil {
		route("/labels", class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 4), pace: at(paceOfLists)}, s.labels)
	}
	if s.Store != nil && s.Accounts != nil && s.Cards != nil && s.CardsPage != nil {
		cards := class{timeout: 15 * time.Second, packed: true, gate: newGate(2*cores, 4), pace: at(paceOfLists), methods: []string{http.MethodPost}, body: maxCardForm, signed: true}
		route("/cards", cards, byMethod(s.cardsPage, map[string]handler{http.MethodPost: s.makeCards}))
	}
	if s.Accounts != nil && s.SignInPage != nil {
		forms := class{timeout: 10 * time.Second, packed: true, pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxForm}
		route("/signin", forms, byMethod(s.signInPage, map[string]handler{http.MethodPost: s.signIn}))
		forms.unread = true
		route("/signout", forms, s.signOut)
	}
	if s.Store != nil && s.Accounts != nil && s.Reports != nil && s.ReportPages != nil {
		form := class{timeout: 20 * time.Second, packed: true, gate: newGate(2*cores, 16), pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxUpload, cut: true}
		route("/report", form, byMethod(s.reportPage, map[string]handler{http.MethodPost: s.accept}))
		receipts := class{timeout: 5 * time.Second, packed: true, pace: at(paceOfReceipts)}
		route("/r", receipts, s.askReceipt)
		route("/r/{receipt}", receipts, s.receipt)
		moving := class{timeout: 15 * time.Second, packed: true, methods: []string{http.MethodPost}, body: maxChoice, unread: true, signed: true}
		listing := class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfLists)}
		route("/reports", listing, s.listReports)
		route("/reports.csv", cover, s.reportsCSV)
		route("/reports/{receipt}", small, s.oneReport)
		route("/reports/{receipt}/photo", small, s.reportPhoto)
		route("/reports/{receipt}/state", moving, s.moveReport)
	}
	if s.Store != nil {
		route("/photos/{layer}/{id}/{mark}.jpg", class{timeout: 5 * time.Second, shared: true, gate: newGate(2*cores, 64), pace: at(paceOfTiles)}, s.showPhoto)
	}
	if s.Store != nil && s.Accounts != nil && s.PhotoPage != nil {
		setting := class{timeout: 20 * time.Second, packed: true, gate: newGate(2*cores, 16), pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxUpload, cut: true, signed: true}
		route("/photos/{layer}/{id}", setting, byMethod(s.photoPage, map[string]handler{http.MethodPost: s.setPhoto}))
	}
	if s.Store != nil && s.Cards != nil && s.CardPage != nil {
		cards := class{timeout: 10 * time.Second, packed: true, pace: at(paceOfForms), methods: []string{http.MethodPost}, body: maxForm}
		route("/m/{secret}", cards, byMethod(s.masterPage, map[string]handler{http.MethodPost: s.masterActs}))
	}
	router.HandleFunc("/events", s.events) // has no end, and is sent as it comes
	route("/openapi.yaml", small, s.openapi)
	route("/openapi.json", small, s.openapiJSON)
	route("/docs", front, s.docs)
	route("/healthz", health, s.healthz)
	route("/readyz", health, s.readyz)
	route("/version", health, s.version)
	s.verifications(route, health)
	if s.Pages != nil {
		if s.Store != nil && s.Accounts != nil {
			route("/staff", front, s.staffPage)
			route("/my", front, s.myPage)
			route("/my/worker.js", front, s.assets)
			if s.RoundPages != nil {
				lists := class{timeout: 10 * time.Second, packed: true, gate: newGate(2*cores, 64), pace: at(paceOfLists)}
				route(plainPath, lists, s.roundSheet)
				// Who is not signed in any more is shown what was sent, so anybody's form is read.
				forms := class{timeout: 15 * time.Second, packed: true, gate: newGate(2*cores, 64), pace: at(paceOfPages), methods: []string{http.MethodPost}, body: maxRoundForm}
				if s.Reports != nil {
					route("/my/reports/{receipt}", forms, byMethod(s.roundReport, map[string]handler{http.MethodPost: s.workReport}))
				}
				route("/my/{layer}/{id}", forms, byMethod(s.roundPlace, map[string]handler{http.MethodPost: s.savePlace}))
			}
		}
		route("/near", class{timeout: 5 * time.Second, packed: true, gate: newGate(2*cores, 32), pace: at(paceOfPages)}, s.page)
		route("/b", pages, s.page)
		route("/b/{number}", pages, s.page)
		route("/p/{code}", pages, s.page)
		if s.Accounts != nil && s.RegisterPage != nil {
			route("/registers", office, s.registerPage)
			if s.Store != nil && s.RowPage != nil {
				byHand := office
				byHand.methods, byHand.body, byHand.signed = []string{http.MethodPost}, maxRow, true
				route(drawPath, byHand, byMethod(s.rowPage, map[string]handler{http.MethodPost: s.drawsRow}))
			}
		}
		for _, files := range []string{"/assets/", "/sprites/"} {
			router.PathPrefix(files).Handler(s.adapt(pages, s.assets))
		}
	}
	router.NotFoundHandler = s.adapt(health, noRoute)
	return router
}
