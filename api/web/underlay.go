package web

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Underlay is a map of somebody else under ours: images by the tile, in web mercator,
// as a WMTS or an XYZ service gives them. It is off until a visitor turns it on.
type Underlay struct {
	Template    string `json:"template"`    // the address of a tile with {z}, {x} and {y}
	Attribution string `json:"attribution"` // whose it is; shown while it is on
	Origin      string `json:"origin"`      // scheme and host, the one host besides ours that the page may ask
}

var (
	inBraces = regexp.MustCompile(`\{([^{}]*)\}`)
	// What tiles are asked by, in the words of pages and in those of OGC 07-057.
	tileWords = map[string]string{"z": "z", "x": "x", "y": "y", "tilematrix": "z", "tilecol": "x", "tilerow": "y"}
)

// ParseUnderlay reads a template: an http or https address, whose path or query has
// the zoom, the column and the row of a tile once each, as {z} {x} {y} or as
// {TileMatrix} {TileCol} {TileRow}. The host is written out.
func ParseUnderlay(template, attribution string) (*Underlay, error) {
	seen := map[string]bool{}
	var fault error
	plain := inBraces.ReplaceAllStringFunc(template, func(word string) string {
		name := tileWords[strings.ToLower(word[1:len(word)-1])]
		switch {
		case name == "":
			fault = fmt.Errorf("%s is not one of {z} {x} {y}", word)
		case seen[name]:
			fault = fmt.Errorf("%s stands there twice", word)
		}
		seen[name] = true
		return "{" + name + "}"
	})
	if fault == nil && len(seen) != 3 {
		fault = errors.New("it takes {z}, {x} and {y}")
	}
	if fault != nil {
		return nil, fault
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(plain))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("it is not an http or https address")
	case u.User != nil:
		return nil, errors.New("it holds a password, which every visitor would see")
	case !hostName.MatchString(u.Host):
		return nil, fmt.Errorf("%q is not a host", u.Host)
	}
	origin := u.Scheme + "://" + u.Host
	if !strings.HasPrefix(plain, origin+"/") {
		return nil, errors.New("the host is not written out before the first /")
	}
	if attribution == "" {
		attribution = u.Hostname()
	}
	return &Underlay{Template: plain, Attribution: attribution, Origin: origin}, nil
}

// hostName is what may stand in a Content-Security-Policy.
var hostName = regexp.MustCompile(`^[a-z0-9.-]+(:\d+)?$`)
