package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridatlas/api/access"
)

// A place in the middle of the city, with everything around it.
var courtyard = access.Place{"grid-1", "community-1", "street-1", "district-1", "city"}

// TestMay goes through role x action x place. The table is written out here, on
// purpose a second time.
func TestMay(t *testing.T) {
	may := map[access.Role]string{ // in the order of AllActions: see record alert draw publish manage
		access.Resident:      "------",
		access.GridWorker:    "sr----",
		access.Planner:       "sr-d--",
		access.Reviewer:      "s---p-",
		access.Emergency:     "s-a---",
		access.Administrator: "s----m",
	}
	grants := map[string]bool{ // of a role at this place: does it reach the courtyard
		"": true, "city": true, "district-1": true, "street-1": true, "community-1": true, "grid-1": true,
		"grid-2": false, "community-2": false, "district-2": false, "gri": false, "grid-11": false,
	}
	if len(may) != len(access.AllRoles) {
		t.Fatalf("%d roles in the table, %d roles", len(may), len(access.AllRoles))
	}
	for _, role := range access.AllRoles {
		for i, action := range access.AllActions {
			for place, reaches := range grants {
				want := may[role][i] != '-' && reaches
				who := access.Who{Name: "wang", Grants: []access.Grant{{Role: role, Place: place}}}
				if got := who.May(action, courtyard); got != want {
					t.Errorf("%s at %q may %s: %v, want %v", role, place, action, got, want)
				}
				if got, want := who.May(action, nil), may[role][i] != '-' && place == ""; got != want {
					t.Errorf("%s at %q may %s nowhere in particular: %v, want %v", role, place, action, got, want)
				}
				if got, want := who.MayAnywhere(action), may[role][i] != '-'; got != want {
					t.Errorf("%s at %q may %s somewhere: %v, want %v", role, place, action, got, want)
				}
			}
		}
	}
}

// TestNobodyMayUnlessSignedIn: grants without a name open nothing.
func TestNobodyMayUnlessSignedIn(t *testing.T) {
	var nobody access.Who
	nameless := access.Who{Grants: []access.Grant{{Role: access.Administrator}, {Role: access.Planner}}}
	for _, action := range access.AllActions {
		if nobody.May(action, courtyard) || nameless.May(action, courtyard) || nameless.MayAnywhere(action) {
			t.Errorf("a resident may %s", action)
		}
	}
}

// TestRolesAddUp: two roles of one person each hold at their own places.
func TestRolesAddUp(t *testing.T) {
	who := access.Who{Name: "li", Grants: []access.Grant{
		{Role: access.Planner, Place: "community-1"}, {Role: access.Emergency, Place: "district-2"},
	}}
	other := access.Place{"grid-9", "community-9", "district-2", "city"}
	for _, c := range []struct {
		do   access.Action
		at   access.Place
		want bool
	}{
		{access.Draw, courtyard, true}, {access.Draw, other, false},
		{access.Alert, courtyard, false}, {access.Alert, other, true},
		{access.See, courtyard, true}, {access.See, other, true}, {access.See, access.Place{"city"}, false},
	} {
		if got := who.May(c.do, c.at); got != c.want {
			t.Errorf("may %s at %v: %v", c.do, c.at, got)
		}
	}
}

// TestScope: a token may do less than its account and never more.
func TestScope(t *testing.T) {
	who := access.Who{Name: "li", Grants: []access.Grant{{Role: access.Planner}}, Scope: []access.Action{access.See, access.Manage}}
	if !who.May(access.See, courtyard) || who.May(access.Record, courtyard) || who.May(access.Manage, courtyard) || who.MayAnywhere(access.Record) {
		t.Error("the scope of a token does not bind it")
	}
	none := access.Who{Name: "li", Grants: who.Grants, Scope: []access.Action{}}
	if none.May(access.See, courtyard) {
		t.Error("an empty scope is taken for none")
	}
}

func TestCheckGrants(t *testing.T) {
	isPlace := func(code string) bool { return code == "community-1" }
	for text, want := range map[string]string{
		"planner:community-1":          "",
		"planner:community-1 reviewer": "",
		"":                             "needs a role",
		"resident":                     "no role of an account",
		"king":                         "no role of an account",
		"planner:community-2":          "no place or grid with the code \"community-2\"",
		"administrator:community-1":    "everywhere",
		"planner planner":              "named twice",
		"king planner:community-2 planner:nowhere": "\"nowhere\"",
	} {
		var grants []access.Grant
		for _, word := range strings.Fields(text) {
			grants = append(grants, access.ParseGrant(word))
		}
		err := access.CheckGrants(grants, isPlace)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestWordsOfRoles: each has a name in both languages, no two the same.
func TestWordsOfRoles(t *testing.T) {
	var words []string
	for _, r := range access.AllRoles {
		words = append(words, r.Zh(), r.En())
		if r.Zh() == string(r) {
			t.Errorf("%s has no Chinese name", r)
		}
	}
	slices.Sort(words)
	if n := len(slices.Compact(slices.Clone(words))); n != len(words) {
		t.Error(fmt.Sprint("two have one name: ", words))
	}
}
