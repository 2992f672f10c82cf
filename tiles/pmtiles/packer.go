package pmtiles

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/klauspost/compress/gzip"

	"gridatlas/geo"
	"gridatlas/geo/snapshot"
	"gridatlas/tiles"
)

// packer draws and compresses tiles, for one goroutine.
type packer struct {
	atlas *tiles.Atlas
	plain []byte
	zip   *gzip.Writer
	out   bytes.Buffer
}

// tile returns a tile as an archive has it, nil when nothing appears in it, and
// until when it is true.
func (p *packer) tile(ctx context.Context, s *snapshot.Snapshot, set *tiles.Set, a tiles.Address, at geo.Instant) ([]byte, geo.Instant, error) {
	plain, until, err := p.atlas.Append(ctx, p.plain[:0], s, set, a, at)
	if err != nil || len(plain) == 0 {
		return nil, until, err
	}
	p.plain = plain
	p.out.Reset()
	if p.zip == nil {
		if p.zip, err = gzip.NewWriterLevel(&p.out, packLevel); err != nil {
			return nil, 0, err
		}
	} else {
		p.zip.Reset(&p.out)
	}
	if _, err = p.zip.Write(plain); err == nil {
		err = p.zip.Close()
	}
	if err != nil {
		return nil, 0, fmt.Errorf("compress tile %v: %w", a, err)
	}
	return slices.Clone(p.out.Bytes()), until, nil
}

// packLevel is that of gzip: an archive is made once and read for months.
const packLevel = gzip.BestCompression
