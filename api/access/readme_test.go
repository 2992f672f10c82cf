package access_test

import (
	"os"
	"strings"
	"testing"

	"gridatlas/api/access"
)

// TestReadmeTable: the table of roles in the README is the one that is kept.
func TestReadmeTable(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range access.AllRoles {
		var row strings.Builder
		row.WriteString("| " + role.En() + " |")
		for _, action := range access.AllActions {
			cell := " |"
			if (access.Who{Name: "somebody", Grants: []access.Grant{{Role: role}}}).May(action, nil) {
				cell = " yes |"
			}
			row.WriteString(cell)
		}
		if !strings.Contains(string(readme), "\n"+row.String()+"\n") {
			t.Errorf("README.md has no row %s", row.String())
		}
	}
}
