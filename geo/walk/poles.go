package walk

import (
	"cmp"
	"slices"
)

// pole is where a building's own arrival stands in the field of samples: the
// sample south-west of its pole of inaccessibility.
type pole struct {
	block       int64
	column, row int32
	place       int32 // index into places.list
}

// placePoles sorts the poles of the buildings by block of the field.
func (p *places) placePoles(f *field) {
	if f.dx == 0 {
		return
	}
	p.poles = make([]pole, 0, len(p.list)-p.buildings)
	for i := p.buildings; i < len(p.list); i++ {
		at := p.list[i].pole
		x, y := int64(at.X)-int64(f.corner.X), int64(at.Y)-int64(f.corner.Y)
		if x < 0 || y < 0 {
			continue
		}
		column, row := int32(x/int64(f.dx)), int32(y/int64(f.dy))
		if column/blockSide >= f.cols || row/blockSide >= f.rows {
			continue
		}
		block := int64(row/blockSide)*int64(f.cols) + int64(column/blockSide)
		p.poles = append(p.poles, pole{block, column, row, int32(i)})
	}
	slices.SortFunc(p.poles, func(a, b pole) int {
		return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.place, b.place))
	})
	p.poleFirst = make([]int32, int64(f.cols)*int64(f.rows)+1)
	for _, at := range p.poles {
		p.poleFirst[at.block+1]++
	}
	for b := range len(p.poleFirst) - 1 {
		p.poleFirst[b+1] += p.poleFirst[b]
	}
}

// polesIn returns the poles in a block of the field.
func (p *places) polesIn(f *field, column, row int32) []pole {
	if len(p.poleFirst) == 0 {
		return nil
	}
	block := int64(row)*int64(f.cols) + int64(column)
	return p.poles[p.poleFirst[block]:p.poleFirst[block+1]]
}
