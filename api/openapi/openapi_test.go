package openapi_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gridatlas/api/openapi"
)

const small = `
openapi: 3.0.3
info: {title: T, version: "1", description: D}
tags: [{name: a, description: A}]
paths:
  /b/{id}:
    parameters: [{$ref: "#/components/parameters/id"}]
    get:
      operationId: getB
      tags: [a]
      summary: S
      parameters:
        - {name: minutes, in: query, schema: {type: array, items: {type: integer, minimum: 1, maximum: 30}, default: [5, 10]}, description: M}
      responses: {"200": {$ref: "#/components/responses/ok"}}
    post:
      security: [{token: []}]
      requestBody: {description: B, content: {a/b: {}, c/d: {}}}
      responses: {"201": {description: made}}
components:
  parameters:
    id: {name: id, in: path, required: true, schema: {type: string, enum: [x, y], default: x}}
  responses:
    ok: {description: fine, content: {text/plain: {}}}
`

func TestParse(t *testing.T) {
	d, err := openapi.Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	id := openapi.Parameter{Name: "id", In: "path", Required: true, Schema: openapi.Schema{Type: "string", Enum: []string{"x", "y"}, Default: "x"}}
	minutes := openapi.Parameter{Name: "minutes", In: "query", Description: "M", Schema: openapi.Schema{
		Type: "array", Default: "5,10", Items: &openapi.Schema{Type: "integer", Minimum: "1", Maximum: "30"},
	}}
	want := []openapi.Operation{
		{
			ID: "getB", Method: "GET", Path: "/b/{id}", Tag: "a", Summary: "S", Parameters: []openapi.Parameter{id, minutes},
			Responses: []openapi.Response{{Status: "200", Description: "fine", MediaTypes: []string{"text/plain"}}},
		},
		{
			Method: "POST", Path: "/b/{id}", Secured: true, Parameters: []openapi.Parameter{id}, Bodies: []string{"a/b", "c/d"}, Body: "B",
			Responses: []openapi.Response{{Status: "201", Description: "made"}},
		},
	}
	if !cmp.Equal(d.Operations, want) {
		t.Error(cmp.Diff(want, d.Operations))
	}
	if d.Title != "T" || d.Description != "D" || d.Version != "1" || !cmp.Equal(d.Tags, []openapi.Tag{{Name: "a", Description: "A"}}) {
		t.Errorf("%q %q %q %v", d.Title, d.Description, d.Version, d.Tags)
	}
	for name, fault := range map[string]string{
		strings.Replace(small, "parameters/id", "parameters/no", 1):                                   "nothing stands at #/components/parameters/no",
		strings.Replace(small, "{name: id, in: path,", "{$ref: \"#/components/parameters/id\"} #", 1): "leads round in a circle",
		"\t": "read the description",
	} {
		if _, err := openapi.Parse([]byte(name)); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("got %v, want %s", err, fault)
		}
	}
}

// The description of this program is read whole: every operation has an id of its own,
// a summary and a tag that is explained, and nothing is lost in JSON.
func TestOwnDocument(t *testing.T) {
	text, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := openapi.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(regexp.MustCompile(`(?m)^    (get|post|put|patch|delete):$`).FindAll(text, -1)); n != len(d.Operations) || n < 50 {
		t.Errorf("%d operations of %d", len(d.Operations), n)
	}
	tags, seen := map[string]bool{}, map[string]bool{}
	for _, tag := range d.Tags {
		tags[tag.Name] = true
	}
	for _, op := range d.Operations {
		if op.ID == "" || op.Summary == "" || !tags[op.Tag] || seen[op.ID] || len(op.Responses) == 0 {
			t.Errorf("%s %s: id %q, tag %q, %d responses", op.Method, op.Path, op.ID, op.Tag, len(op.Responses))
		}
		seen[op.ID] = true
	}
	var packed struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]any
	}
	if err := json.Unmarshal(d.JSON, &packed); err != nil || packed.OpenAPI != "3.0.3" || packed.Paths["/collections/{layer}/items"]["post"] == nil {
		t.Errorf("%v: %d paths in JSON", err, len(packed.Paths))
	}
}
