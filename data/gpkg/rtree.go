package gpkg

import (
	"gridatlas/geo"
)

type rtreeEntry struct {
	id  int64
	box geo.Box
}

func writeRTree(c session, name string, entries []rtreeEntry) error {
	for _, e := range entries {
		s := degreesOf(e.box)
		if err := c.exec("INSERT INTO "+name+" VALUES (?, ?, ?, ?, ?)", e.id, s[0], s[1], s[2], s[3]); err != nil {
			return err
		}
	}
	return nil
}
