package access

import "slices"

// Role is what somebody is in the work of the city.
type Role string

// The roles. A Resident is anybody who has not signed in.
const (
	Resident      Role = "resident"
	GridWorker    Role = "grid_worker"
	Planner       Role = "planner"
	Reviewer      Role = "reviewer"
	Emergency     Role = "emergency"
	Administrator Role = "administrator"
)

// AllRoles lists the roles from the one that may least.
var AllRoles = []Role{Resident, GridWorker, Planner, Reviewer, Emergency, Administrator}

// Zh returns the role as a city worker calls it.
func (r Role) Zh() string {
	switch r {
	case Resident:
		return "居民"
	case GridWorker:
		return "网格员"
	case Planner:
		return "规划员"
	case Reviewer:
		return "审核员"
	case Emergency:
		return "应急人员"
	case Administrator:
		return "管理员"
	}
	return string(r)
}

// En returns the role in English.
func (r Role) En() string {
	switch r {
	case GridWorker:
		return "grid worker"
	case Planner, Reviewer, Administrator, Resident:
		return string(r)
	case Emergency:
		return "emergency team"
	}
	return string(r)
}

// needsSecondFactor reports whether a password alone does not let the role in:
// whoever can make another's work public or open accounts.
func (r Role) needsSecondFactor() bool { return r == Reviewer || r == Administrator }

// Action is something that needs a leave.
type Action string

// The actions.
const (
	// See shows the fields and features that are for staff.
	See Action = "see"
	// Record writes what is found on the spot: buildings, booths, parking, gates and
	// the like, their checks, and what imports left to decide.
	Record Action = "record"
	// Alert writes what an emergency is about: shelters, incidents, closures.
	Alert Action = "alert"
	// Draw proposes other borders: places, grids, blocks and who is in charge of them.
	Draw Action = "draw"
	// Publish makes public what somebody else proposed, and takes change sets back.
	Publish Action = "publish"
	// Manage opens and closes accounts and reads what was done with them.
	Manage Action = "manage"
)

// AllActions lists the actions.
var AllActions = []Action{See, Record, Alert, Draw, Publish, Manage}

// leaves says which actions a role has at the places it is bound to. The table of
// README.md is made from it.
var leaves = map[Role][]Action{
	Resident:      {},
	GridWorker:    {See, Record},
	Planner:       {See, Record, Draw},
	Reviewer:      {See, Publish},
	Emergency:     {See, Alert},
	Administrator: {See, Manage},
}

// Grant binds a role to a place: the code of a city, a district, a zone, a street,
// a community or a grid; empty: everywhere.
type Grant struct {
	Role  Role   `json:"role"`
	Place string `json:"place,omitempty"`
}

// covers reports whether the grant reaches a place.
func (g Grant) covers(place Place) bool {
	return g.Place == "" || slices.Contains(place, g.Place)
}

// Place is where something lies: the codes of every area around it, its grid,
// community, street, district, city and zone. None: nowhere in particular, which
// only grants for everywhere reach.
type Place []string

// Who is asking. The zero value is a resident.
type Who struct {
	Name   string // of the account; empty: has not signed in
	Grants []Grant
	// Scope is what a token may be used for at most; nil: whatever its account may.
	Scope []Action
	// Token is the label of the token that was brought; empty: a person signed in.
	Token string
}

// SignedIn reports whether it is known who asks.
func (w Who) SignedIn() bool { return w.Name != "" }

// May reports whether somebody may do something at a place.
func (w Who) May(do Action, at Place) bool {
	if !w.SignedIn() || w.Scope != nil && !slices.Contains(w.Scope, do) {
		return false
	}
	return slices.ContainsFunc(w.Grants, func(g Grant) bool {
		return slices.Contains(leaves[g.Role], do) && g.covers(at)
	})
}

// MayAnywhere reports whether there is a place where somebody may do something.
func (w Who) MayAnywhere(do Action) bool {
	if !w.SignedIn() || w.Scope != nil && !slices.Contains(w.Scope, do) {
		return false
	}
	return slices.ContainsFunc(w.Grants, func(g Grant) bool { return slices.Contains(leaves[g.Role], do) })
}
