package style

import (
	"embed"
	"slices"
	"strings"
)

// The pictures that the styles name, drawn by hand: icons on a grid of 24 with
// room for their white ring, and patterns. A file is named after the layer and the
// value that it stands for, booths-shoe.svg. The shape of the body carries the
// class: a drop is a booth, a square a shelter or a parking space, a circle another
// facility, a diamond a hazard or a thing of the staff; colour is decoration.
//
//go:embed icons/*.svg
var pictures embed.FS

// Pictures lists the names of all pictures of the sprite, sorted.
func Pictures() []string {
	files, err := pictures.ReadDir("icons")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(file.Name(), ".svg")
	}
	slices.Sort(names)
	return names
}

// Picture returns the SVG of a picture, and whether there is one of that name. Its
// width and height are in pixels of the map at the scale 1.
func Picture(name string) ([]byte, bool) {
	text, err := pictures.ReadFile("icons/" + name + ".svg")
	return text, err == nil
}

// values returns what stands after the layer in the names of its pictures: the
// values that have one of their own.
func values(layer string) []string {
	var out []string
	for _, name := range Pictures() {
		if value, ok := strings.CutPrefix(name, layer+"-"); ok {
			out = append(out, value)
		}
	}
	return out
}
