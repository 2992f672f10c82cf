package osm

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Limits of an XML file. A tag of real data is below 1 KiB (values have at most
// 255 characters), and elements nest three deep.
const (
	maxTagBytes = 1 << 20
	maxDepth    = 16
	maxMembers  = 1 << 20 // nodes of a way, members of a relation, tags of an object
)

type xmlScanner struct {
	file   io.ReadSeeker
	stated geo.Box // around all <bounds>: a file of several downloads has several
}

func (s *xmlScanner) bounds() geo.Box { return s.stated }

func looksLikeXML(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<"))
}

func (s *xmlScanner) scan(ctx context.Context, wanted objectType, each func(*object) error) error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.stated = geo.NoBox
	decoder := xml.NewDecoder(&tagGuard{reader: s.file})
	fail := func(err error) error { return fmt.Errorf("byte %d: %w", decoder.InputOffset(), err) }
	var open []string // names of the open elements
	var current *object
	var object object
	var seenRoot bool
	for count := 0; ; count++ {
		if count&4095 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			if len(open) > 0 {
				return fail(fmt.Errorf("the file ends inside <%s>", open[len(open)-1]))
			}
			if !seenRoot {
				return fail(errors.New("there is no <osm> element"))
			}
			return nil
		}
		if err != nil {
			return fail(err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return fail(errors.New("a document type (<!...>) is refused"))
		case xml.StartElement:
			name := token.Name.Local
			if len(open) == 0 && name != "osm" {
				return fail(fmt.Errorf("the outer element is <%s>, not <osm>", name))
			}
			if len(open) == maxDepth {
				return fail(fmt.Errorf("elements nest more than %d deep", maxDepth))
			}
			seenRoot = true
			open = append(open, name)
			switch {
			case len(open) == 2 && name == "bounds":
				err = s.readBounds(token.Attr)
			case len(open) == 2:
				current = object.start(name, wanted)
				if current != nil {
					err = current.readAttributes(token.Attr)
				}
			case len(open) == 3 && current != nil:
				err = current.readChild(name, token.Attr)
			}
			if err != nil {
				return fail(fmt.Errorf("<%s>: %w", name, err))
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != token.Name.Local {
				return fail(fmt.Errorf("</%s> closes nothing", token.Name.Local))
			}
			open = open[:len(open)-1]
			if len(open) == 1 && current != nil {
				if !current.deleted {
					if err := each(current); err != nil {
						return err
					}
				}
				current = nil
			}
		}
	}
}

func (s *xmlScanner) readBounds(attributes []xml.Attr) error {
	sides := map[string]float64{"minlon": math.NaN(), "minlat": math.NaN(), "maxlon": math.NaN(), "maxlat": math.NaN()}
	for _, a := range attributes {
		if _, side := sides[a.Name.Local]; side {
			v, err := strconv.ParseFloat(a.Value, 64)
			if err != nil {
				return fmt.Errorf("%s: %w", a.Name.Local, err)
			}
			sides[a.Name.Local] = v
		}
	}
	if box := boxOf(sides["minlon"], sides["minlat"], sides["maxlon"], sides["maxlat"]); !box.Empty() {
		s.stated = s.stated.Union(box)
	}
	return nil
}

// start makes the object ready for the next element; nil when it is not wanted.
func (o *object) start(name string, wanted objectType) *object {
	var kind objectType
	switch name {
	case "node":
		kind = node
	case "way":
		kind = way
	case "relation":
		kind = relation
	}
	if kind&wanted == 0 {
		return nil
	}
	*o = object{ref: ref{kind: kind}, tags: o.tags[:0], nodes: o.nodes[:0], members: o.members[:0]}
	return o
}

func (o *object) readAttributes(attributes []xml.Attr) error {
	lon, lat := math.NaN(), math.NaN()
	for _, a := range attributes {
		var err error
		switch a.Name.Local {
		case "id":
			o.id, err = strconv.ParseInt(a.Value, 10, 64)
		case "lon":
			lon, err = strconv.ParseFloat(a.Value, 64)
		case "lat":
			lat, err = strconv.ParseFloat(a.Value, 64)
		case "visible": // in answers of the OSM server
			o.deleted = o.deleted || a.Value == "false"
		case "action": // in files of the editor JOSM
			o.deleted = o.deleted || a.Value == "delete"
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name.Local, err)
		}
	}
	if o.kind == node {
		at, err := crs.ToLattice(lon, lat)
		o.at, o.placed = at, err == nil
	}
	return nil
}

func (o *object) readChild(name string, attributes []xml.Attr) error {
	if len(o.tags) >= maxMembers || len(o.nodes) >= maxMembers || len(o.members) >= maxMembers {
		return fmt.Errorf("more than %d members", maxMembers)
	}
	value := func(key string) string {
		for _, a := range attributes {
			if a.Name.Local == key {
				return a.Value
			}
		}
		return ""
	}
	switch name {
	case "tag":
		o.tags = append(o.tags, tag{value("k"), value("v")})
	case "nd":
		id, err := strconv.ParseInt(value("ref"), 10, 64)
		if err != nil {
			return fmt.Errorf("ref: %w", err)
		}
		o.nodes = append(o.nodes, id)
	case "member":
		id, err := strconv.ParseInt(value("ref"), 10, 64)
		if err != nil {
			return fmt.Errorf("ref: %w", err)
		}
		kind := map[string]objectType{"node": node, "way": way, "relation": relation}[value("type")]
		o.members = append(o.members, member{ref{kind, id}, value("role")})
	}
	return nil
}

// tagGuard ends the reading when no tag closes for too long, so that a hostile
// file cannot make the decoder hold one endless tag.
type tagGuard struct {
	reader io.Reader
	since  int // bytes since the last '>'
}

func (g *tagGuard) Read(p []byte) (int, error) {
	n, err := g.reader.Read(p[:min(len(p), maxTagBytes)])
	if i := bytes.LastIndexByte(p[:n], '>'); i >= 0 {
		g.since = n - 1 - i
	} else {
		g.since += n
	}
	if g.since > maxTagBytes {
		return n, fmt.Errorf("a tag is longer than %d bytes", maxTagBytes)
	}
	return n, err
}
