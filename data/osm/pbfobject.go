package osm

import "gridatlas/geo"

// The messages Node, DenseNodes, Way and Relation of osmformat.proto. Versions,
// users and times are passed over.

func (o *object) readNode(message []byte, b *block) error {
	*o = object{ref: ref{kind: node}, tags: o.tags[:0], nodes: o.nodes[:0], members: o.members[:0]}
	var keys, values packed
	var lon, lat int64
	err := fields(message, func(number int, value uint64, data []byte) error {
		signed := unzigzag(value)
		switch number {
		case 1:
			o.id = signed
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			lat = signed
		case 9:
			lon = signed
		}
		return nil
	})
	if err != nil {
		return err
	}
	o.place(lon, lat, b)
	return o.readTags(keys, values, b)
}

func (o *object) place(lon, lat int64, b *block) {
	o.placed = false
	if limit := int64(1 << 31 * 200); lon > -limit && lon < limit && lat > -limit && lat < limit { // no overflow below
		o.at, o.placed = inWorld(b.lonOffset+b.granularity*lon, b.latOffset+b.granularity*lat)
	}
}

func (o *object) readTags(keys, values packed, b *block) error {
	for {
		k, ok := keys.next()
		if !ok {
			return nil
		}
		if err := o.readTag(k, &values, b); err != nil {
			return err
		}
	}
}

// readTag reads the tag of a key's string number; that of its value is the next.
func (o *object) readTag(k uint64, values *packed, b *block) error {
	v, ok := values.next()
	if !ok {
		return errWire
	}
	key, err := b.string(k)
	if err != nil {
		return err
	}
	value, err := b.string(v)
	if err != nil {
		return err
	}
	o.tags = append(o.tags, tag{key, value})
	return nil
}

// readDense reads nodes as columns of differences; the tags of all nodes are one
// list of string numbers with a zero after each node.
func (o *object) readDense(message []byte, b *block, each func(*object) error) error {
	var ids, lons, lats, keysValues packed
	err := fields(message, func(number int, _ uint64, data []byte) error {
		switch number {
		case 1:
			ids = data
		case 8:
			lats = data
		case 9:
			lons = data
		case 10:
			keysValues = data
		}
		return nil
	})
	if err != nil {
		return err
	}
	var id, lon, lat int64
	for {
		step, ok := ids.signed()
		if !ok {
			return nil
		}
		east, ok := lons.signed()
		north, ok2 := lats.signed()
		if !ok || !ok2 {
			return errWire
		}
		id, lon, lat = id+step, lon+east, lat+north
		*o = object{ref: ref{node, id}, tags: o.tags[:0], nodes: o.nodes[:0], members: o.members[:0]}
		o.place(lon, lat, b)
		for len(keysValues) > 0 {
			k, ok := keysValues.next()
			if !ok {
				return errWire
			}
			if k == 0 {
				break
			}
			if err := o.readTag(k, &keysValues, b); err != nil {
				return err
			}
		}
		if err := each(o); err != nil {
			return err
		}
	}
}

func (o *object) readWay(message []byte, b *block) error {
	*o = object{ref: ref{kind: way}, tags: o.tags[:0], nodes: o.nodes[:0], members: o.members[:0]}
	var keys, values, refs packed
	err := fields(message, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			o.id = int64(value)
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			refs = data
		}
		return nil
	})
	if err != nil {
		return err
	}
	var id int64
	for {
		step, ok := refs.signed()
		if !ok {
			break
		}
		id += step
		o.nodes = append(o.nodes, id)
	}
	return o.readTags(keys, values, b)
}

func (o *object) readRelation(message []byte, b *block) error {
	*o = object{ref: ref{kind: relation}, tags: o.tags[:0], nodes: o.nodes[:0], members: o.members[:0]}
	var keys, values, roles, ids, types packed
	err := fields(message, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			o.id = int64(value)
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			roles = data
		case 9:
			ids = data
		case 10:
			types = data
		}
		return nil
	})
	if err != nil {
		return err
	}
	var id int64
	for {
		step, ok := ids.signed()
		if !ok {
			break
		}
		id += step
		roleNumber, ok := roles.next()
		kind, ok2 := types.next()
		if !ok || !ok2 || kind > 2 {
			return errWire
		}
		role, err := b.string(roleNumber)
		if err != nil {
			return err
		}
		o.members = append(o.members, member{ref{node << kind, id}, role})
	}
	return o.readTags(keys, values, b)
}

// inWorld returns the lattice point of 1e-9 degrees, the unit of PBF files.
func inWorld(lon, lat int64) (geo.Point, bool) {
	const nano = 100 // nanodegrees a lattice step
	if lon < -180e9 || lon > 180e9 || lat < -90e9 || lat > 90e9 {
		return geo.Point{}, false
	}
	return geo.Point{X: int32(roundDiv(lon, nano)), Y: int32(roundDiv(lat, nano))}, true
}

func roundDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}
