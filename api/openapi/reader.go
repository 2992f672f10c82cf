package openapi

import (
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader finds its way in a document. A reference that leads nowhere is kept as its
// fault. Asked of nothing, it finds nothing.
type reader struct {
	root  *yaml.Node
	fault error
}

// members are the members of a mapping in the order in which they stand, references
// followed.
func (r *reader) members(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, r.follow(node.Content[i+1])) {
				return
			}
		}
	}
}

// get returns a member of a mapping; nil for none.
func (r *reader) get(node *yaml.Node, name string) *yaml.Node {
	for member, value := range r.members(node) {
		if member == name {
			return value
		}
	}
	return nil
}

func (r *reader) text(node *yaml.Node, name string) string {
	if value := r.get(node, name); value != nil {
		return strings.TrimSpace(value.Value)
	}
	return ""
}

func (r *reader) names(node *yaml.Node) (names []string) {
	for name := range r.members(node) {
		names = append(names, name)
	}
	return names
}

func (r *reader) list(node *yaml.Node, name string) (items []*yaml.Node) {
	if list := r.get(node, name); list != nil {
		for _, item := range list.Content {
			items = append(items, r.follow(item))
		}
	}
	return items
}

// maxReferences is how long a chain of references may be: one that is longer leads
// round in a circle.
const maxReferences = 10

// follow returns what a reference stands for: #/components/parameters/limit.
func (r *reader) follow(node *yaml.Node) *yaml.Node {
	for range maxReferences {
		if node == nil || node.Kind != yaml.MappingNode || len(node.Content) != 2 || node.Content[0].Value != "$ref" {
			return node
		}
		address := node.Content[1].Value
		at := r.root
		for name := range strings.SplitSeq(strings.TrimPrefix(address, "#/"), "/") {
			if at = member(at, name); at == nil {
				r.fault = fmt.Errorf("nothing stands at %s", address)
				return nil
			}
		}
		node = at
	}
	r.fault = fmt.Errorf("%s leads round in a circle", node.Content[1].Value)
	return nil
}

// member is get without following.
func member(node *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}
