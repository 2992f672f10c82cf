package files

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/transform"
)

// maxXMLDepth is how deep elements may nest.
const maxXMLDepth = 64

// xmlReader reads XML token by token within limits: no DOCTYPE, and so no
// entities but those of XML itself, bounded depth, bounded pieces.
type xmlReader struct {
	file    io.ReadCloser
	held    *heldReader
	decoder *xml.Decoder
	depth   int
}

func openXML(ctx context.Context, in stream) (*xmlReader, error) {
	file, err := in.open()
	if err != nil {
		return nil, err
	}
	held := &heldReader{ctx: ctx, reader: file, progress: in.progress, what: "one piece of its XML is larger than 16 MiB"}
	r := &xmlReader{file: file, held: held, decoder: xml.NewDecoder(held)}
	r.decoder.CharsetReader = func(name string, text io.Reader) (io.Reader, error) {
		c, ok := charsetNamed(name)
		if !ok {
			return nil, fmt.Errorf("the encoding %q is not known", name)
		}
		if c.isUTF8() {
			return text, nil
		}
		return transform.NewReader(text, c.decode.NewDecoder()), nil
	}
	return r, nil
}

func (r *xmlReader) Close() error { return r.file.Close() }

// next returns the next start, end or text; io.EOF behind the last. Texts are
// good until the next one.
func (r *xmlReader) next() (xml.Token, error) {
	for {
		r.held.within(maxRecord)
		token, err := r.decoder.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				err = fmt.Errorf("line %d: %w", r.line(), err)
			}
			return nil, err
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, fmt.Errorf("line %d: <!%.20s> is refused: the file may have no document type and no entities of its own", r.line(), t)
		case xml.StartElement:
			if r.depth++; r.depth > maxXMLDepth {
				return nil, fmt.Errorf("line %d: elements nest deeper than %d", r.line(), maxXMLDepth)
			}
			return token, nil
		case xml.EndElement:
			r.depth--
			return token, nil
		case xml.CharData:
			return token, nil
		}
	}
}

func (r *xmlReader) line() int {
	line, _ := r.decoder.InputPos()
	return line
}

// text reads to the end of the element that has just begun and returns its text,
// that of elements inside of it too but for those named in without.
func (r *xmlReader) text(without ...string) (string, error) {
	var b strings.Builder
	depth, passed := r.depth, 0
	for {
		token, err := r.next()
		if err != nil {
			return "", inside(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			for _, name := range without {
				if t.Name.Local == name && passed == 0 {
					passed = r.depth
				}
			}
		case xml.EndElement:
			if r.depth < depth {
				return b.String(), nil
			}
			if r.depth < passed {
				passed = 0
			}
		case xml.CharData:
			if passed > 0 {
				continue
			}
			if b.Len()+len(t) > maxRecord {
				return "", fmt.Errorf("line %d: a text is larger than %d MiB", r.line(), maxRecord>>20)
			}
			b.Write(t)
		}
	}
}

// elements calls each for every start of an element of a name.
func (r *xmlReader) elements(name string, each func(xml.StartElement) error) error {
	for {
		token, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			if err := each(start); err != nil {
				return err
			}
		}
	}
}

// attribute returns the attribute of a local name; empty when there is none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
