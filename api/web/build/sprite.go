package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gridatlas/tiles/style"
)

// The pictures of the styles are made into a sprite for the map, at two scales, and
// into a sheet of symbols for the lists of the page, which stay sharp at any size
// and on paper.

// picture is one SVG of ours, taken apart.
type picture struct {
	name          string
	width, height int // pixels at scale 1
	viewBox       string
	content       string // between the tags of the root
}

var root = regexp.MustCompile(`(?s)^<svg xmlns="http://www\.w3\.org/2000/svg" width="(\d+)" height="(\d+)" viewBox="([-\d. ]+)">\n(.*)</svg>\n$`)

func readPictures() ([]picture, error) {
	var out []picture
	for _, name := range style.Pictures() {
		text, _ := style.Picture(name)
		parts := root.FindSubmatch(text)
		if parts == nil {
			return nil, fmt.Errorf("picture %s: the root says not just width, height and viewBox", name)
		}
		width, _ := strconv.Atoi(string(parts[1]))
		height, _ := strconv.Atoi(string(parts[2]))
		out = append(out, picture{name, width, height, string(parts[3]), string(parts[4])})
	}
	return out, nil
}

// symbols is one SVG that pages take single pictures from.
func symbols(pictures []picture) []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, p := range pictures {
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="%s">%s</symbol>`, p.name, p.viewBox, p.content)
	}
	b.WriteString(`</svg>`)
	return regexp.MustCompile(`>\s+<`).ReplaceAll([]byte(b.String()), []byte("><"))
}

// place is where a picture lies in a sprite; the names are those of the style
// specification.
type place struct {
	X          int `json:"x"`
	Y          int `json:"y"`
	Width      int `json:"width"`
	Height     int `json:"height"`
	PixelRatio int `json:"pixelRatio"`
}

// makeSprite returns the files of the sprite by name. The pictures stand in cells of
// one size with a clear pixel around each, so that none bleeds into its neighbour.
func makeSprite(web string, pictures []picture) (map[string][]byte, error) {
	cell := 0
	for _, p := range pictures {
		cell = max(cell, p.width+2, p.height+2)
	}
	columns := int(math.Ceil(math.Sqrt(float64(len(pictures)))))
	rows := (len(pictures) + columns - 1) / columns
	var sheet strings.Builder
	fmt.Fprintf(&sheet, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d">`, columns*cell, rows*cell)
	for i, p := range pictures {
		fmt.Fprintf(&sheet, `<svg x="%d" y="%d" width="%d" height="%d" viewBox="%s">%s</svg>`,
			i%columns*cell+1, i/columns*cell+1, p.width, p.height, p.viewBox, p.content)
	}
	sheet.WriteString(`</svg>`)

	files := map[string][]byte{}
	for _, ratio := range []int{1, 2} {
		name := "map"
		if ratio != 1 {
			name = fmt.Sprintf("map@%dx", ratio)
		}
		index := map[string]place{}
		for i, p := range pictures {
			index[p.name] = place{(i%columns*cell + 1) * ratio, (i/columns*cell + 1) * ratio, p.width * ratio, p.height * ratio, ratio}
		}
		text, err := json.Marshal(index)
		if err != nil {
			return nil, err
		}
		image, err := raster(web, sheet.String(), ratio)
		if err != nil {
			return nil, err
		}
		files[name+".json"], files[name+".png"] = text, image
	}
	return files, nil
}

// raster paints an SVG as a PNG. It is done by resvg, which npm brings with the
// other parts of the page: the libraries in Go that draw SVG are not kept, or paint
// less than all of it.
func raster(web, svg string, ratio int) ([]byte, error) {
	command := exec.CommandContext(context.Background(), "node", filepath.Join(web, "build", "raster.mjs"), strconv.Itoa(ratio))
	command.Stdin = strings.NewReader(svg)
	var out, fault bytes.Buffer
	command.Stdout, command.Stderr = &out, &fault
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("paint the sprite: %w: %s", err, bytes.TrimSpace(fault.Bytes()))
	}
	return out.Bytes(), nil
}
