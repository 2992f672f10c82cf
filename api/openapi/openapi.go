// Package openapi reads the description of the routes (OpenAPI 3.0), so far as the
// page for people and the tests need it: operations in the order in which they
// stand, with their parameters, bodies and answers. References are followed.
package openapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is a description of routes. It does not change once read.
type Document struct {
	Title       string
	Version     string
	Description string
	Tags        []Tag
	Operations  []Operation
	JSON        []byte // all of it
}

// Tag is a group of operations.
type Tag struct {
	Name        string
	Description string
}

// Operation is one method of one path.
type Operation struct {
	ID          string // operationId
	Method      string // in capitals
	Path        string
	Tag         string
	Summary     string
	Description string
	Secured     bool // for who brings the token
	Parameters  []Parameter
	Bodies      []string // media types of the body, in order
	Body        string   // what it is
	Responses   []Response
}

// Parameter is one of the path, the query or the header.
type Parameter struct {
	Name        string
	In          string
	Required    bool
	Description string
	Schema      Schema
}

// Schema is what the value of a parameter may be.
type Schema struct {
	Type    string
	Format  string
	Enum    []string
	Default string // as text; empty for none
	Minimum string
	Maximum string
	Items   *Schema
}

// Response is an answer.
type Response struct {
	Status      string
	Description string
	MediaTypes  []string
}

// Parse reads a document from YAML.
func Parse(text []byte) (*Document, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("read the description of the routes: %w", err)
	}
	var whole any
	if err := root.Decode(&whole); err != nil {
		return nil, fmt.Errorf("read the description of the routes: %w", err)
	}
	packed, err := json.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("write the description of the routes as JSON: %w", err)
	}
	r := reader{root: root.Content[0]}
	info := r.get(r.root, "info")
	d := &Document{Title: r.text(info, "title"), Version: r.text(info, "version"), Description: r.text(info, "description"), JSON: packed}
	for _, tag := range r.list(r.root, "tags") {
		d.Tags = append(d.Tags, Tag{Name: r.text(tag, "name"), Description: r.text(tag, "description")})
	}
	for path, item := range r.members(r.get(r.root, "paths")) {
		shared := r.list(item, "parameters")
		for method, node := range r.members(item) {
			if method != "parameters" {
				d.Operations = append(d.Operations, r.operation(strings.ToUpper(method), path, shared, node))
			}
		}
	}
	return d, r.fault
}

// operation reads an operation of a path, whose shared parameters come first.
func (r *reader) operation(method, path string, shared []*yaml.Node, node *yaml.Node) Operation {
	op := Operation{
		ID: r.text(node, "operationId"), Method: method, Path: path,
		Summary: r.text(node, "summary"), Description: r.text(node, "description"), Secured: r.get(node, "security") != nil,
	}
	for _, tag := range r.list(node, "tags") {
		op.Tag = tag.Value
	}
	for _, parameter := range append(shared[:len(shared):len(shared)], r.list(node, "parameters")...) {
		op.Parameters = append(op.Parameters, Parameter{
			Name: r.text(parameter, "name"), In: r.text(parameter, "in"), Required: r.text(parameter, "required") == "true",
			Description: r.text(parameter, "description"), Schema: r.schema(r.get(parameter, "schema")),
		})
	}
	body := r.get(node, "requestBody")
	op.Body, op.Bodies = r.text(body, "description"), r.names(r.get(body, "content"))
	for status, answer := range r.members(r.get(node, "responses")) {
		op.Responses = append(op.Responses, Response{
			Status: status, Description: r.text(answer, "description"), MediaTypes: r.names(r.get(answer, "content")),
		})
	}
	return op
}

func (r *reader) schema(node *yaml.Node) Schema {
	s := Schema{
		Type: r.text(node, "type"), Format: r.text(node, "format"),
		Minimum: r.text(node, "minimum"), Maximum: r.text(node, "maximum"),
	}
	for _, value := range r.list(node, "enum") {
		s.Enum = append(s.Enum, value.Value)
	}
	if value := r.get(node, "default"); value != nil {
		s.Default = value.Value
		for i, item := range value.Content { // of a list
			s.Default += [2]string{"", ","}[min(i, 1)] + item.Value
		}
	}
	if items := r.get(node, "items"); items != nil {
		of := r.schema(items)
		s.Items = &of
	}
	return s
}
