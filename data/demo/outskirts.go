package demo

// roundOutskirts takes the corners off the built-up ground: where two sides of a
// cell face the country, a road leads around in an arc and what lies outside
// goes back to the fields.
func (c *city) roundOutskirts() {
	l := &c.lattice
	town := func(i, j int) bool {
		return i >= 0 && j >= 0 && i < len(l.town) && j < len(l.town[0]) && l.town[i][j]
	}
	for i := range l.cell {
		for j := range l.cell[i] {
			ring := (i == ringWest || i == ringEast-1) && (j == ringSouth || j == ringNorth-1)
			if !town(i, j) || ring || c.m.faces[l.cell[i][j]].ground != urban {
				continue
			}
			w, e, s, n := town(i-1, j), town(i+1, j), town(i, j-1), town(i, j+1)
			var from, to, corner [2]int
			switch {
			case !w && !s && e && n:
				from, to, corner = [2]int{i, j + 1}, [2]int{i + 1, j}, [2]int{i, j}
			case !e && !s && w && n:
				from, to, corner = [2]int{i, j}, [2]int{i + 1, j + 1}, [2]int{i + 1, j}
			case !e && !n && w && s:
				from, to, corner = [2]int{i + 1, j}, [2]int{i, j + 1}, [2]int{i + 1, j + 1}
			case !w && !n && e && s:
				from, to, corner = [2]int{i + 1, j + 1}, [2]int{i, j}, [2]int{i, j + 1}
			default:
				continue
			}
			bulge := 0.25 + 0.35*c.random(12, i*100+j).Float64()
			country := l.cell[i][j]
			l.cell[i][j] = c.arc(country, from, to, corner, bulge, newRoad(mainRoad, noLine))
			c.m.faces[country].town, c.m.faces[country].ground = false, farm
		}
	}
	c.builtUp = 0
	for f := range c.m.faces {
		if c.m.faces[f].town {
			c.builtUp += areaOf(c.m.outline(int32(f)))
		}
	}
}

// arc cuts a cell by a curve from one crossing to another, bent towards a
// corner. What lies left of it becomes the new face.
func (c *city) arc(f int32, from, to, corner [2]int, bulge float64, r road) int32 {
	l := &c.lattice
	a, b := l.cross[from[0]][from[1]], l.cross[to[0]][to[1]]
	pa, pb := c.m.xy[a], c.m.xy[b]
	pull := mix(mix(pa, pb, 0.5), c.m.xy[l.cross[corner[0]][corner[1]]], bulge)
	chain := []node{a}
	const steps = 7
	for k := 1; k < steps; k++ {
		t := float64(k) / steps
		chain = append(chain, c.m.add(mix(mix(pa, pull, t), mix(pull, pb, t), t))) // quadratic curve
	}
	return c.m.splitFace(f, append(chain, b), r)
}

// avenues run slantwise through the lattice from crossing to crossing: the cells
// they cut, from south to north, and whether they lean east or west.
var avenues = []struct {
	cells [][2]int
	east  bool
}{
	{[][2]int{{16, 10}, {17, 11}, {18, 12}}, true},
	{[][2]int{{6, 4}, {7, 5}, {8, 6}}, true},
	{[][2]int{{7, 11}, {6, 12}, {5, 13}}, false},
	{[][2]int{{13, 5}, {12, 6}}, false},
}

// layAvenues cuts the slanting avenues. Each bends a little in every cell.
func (c *city) layAvenues() {
	l := &c.lattice
	for n, avenue := range avenues {
		line := c.newAvenue(n)
		for k, at := range avenue.cells {
			i, j := at[0], at[1]
			from, to, corner := [2]int{i, j}, [2]int{i + 1, j + 1}, [2]int{i + 1, j}
			if !avenue.east {
				from, to, corner = [2]int{i + 1, j}, [2]int{i, j + 1}, [2]int{i + 1, j + 1}
			}
			bulge := 0.07
			if k%2 == 1 {
				bulge = -0.07
			}
			c.arc(l.cell[i][j], from, to, corner, bulge, newRoad(mainRoad, line))
		}
	}
}
