package web

import "embed"

// Embedded is the bundle in the program.
func Embedded() embed.FS { return embedded }
