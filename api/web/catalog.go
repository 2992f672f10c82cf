package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gridatlas/geo"
	"gridatlas/geo/report"
)

// catalogFile is the titles of layers, public fields and terms in both
// languages, as the script reads them: one asset named by its content.
type catalogFile struct {
	name string
	text []byte
}

type titles [2]string // zh, en

type catalogField struct {
	Name  string            `json:"name"`
	Title titles            `json:"title"`
	Unit  string            `json:"unit,omitempty"`
	Type  string            `json:"type"`
	Terms map[string]titles `json:"terms,omitempty"`
	Refs  []geo.Layer       `json:"refs,omitempty"`
}

type catalogLayer struct {
	Title   titles         `json:"title"`
	Kind    string         `json:"kind,omitempty"`    // the field that names the kind
	Reports bool           `json:"reports,omitempty"` // residents report what is wrong there
	Fields  []catalogField `json:"fields"`
}

func makeCatalog() catalogFile {
	layers := map[geo.Layer]catalogLayer{}
	for _, schema := range geo.Catalog() {
		l := catalogLayer{Title: titles{schema.Zh, schema.En}, Kind: schema.KindField, Reports: len(report.KindsOf(schema.Layer)) > 0}
		for i := range schema.Fields {
			field := &schema.Fields[i]
			if field.Staff {
				continue
			}
			f := catalogField{Name: field.Name, Title: titles{field.Zh, field.En}, Unit: field.Unit, Type: field.Type.String(), Refs: field.Refs}
			for _, term := range field.Terms {
				if f.Terms == nil {
					f.Terms = map[string]titles{}
				}
				f.Terms[term.Value] = titles{term.Zh, term.En}
			}
			l.Fields = append(l.Fields, f)
		}
		layers[schema.Layer] = l
	}
	text, err := json.Marshal(layers)
	if err != nil {
		panic(fmt.Sprintf("web: catalog: %v", err)) // strings only
	}
	sum := sha256.Sum256(text)
	return catalogFile{name: "catalog-" + hex.EncodeToString(sum[:5]) + ".json", text: text}
}
