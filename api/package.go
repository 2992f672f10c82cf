package api

import (
	"bufio"
	"context"
	"io"
	"iter"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"gridatlas/geo"
	"gridatlas/geo/crs"
)

// Package says what a GeoPackage is to hold.
type Package struct {
	Layer       geo.Layer
	System      crs.System // of the coordinates
	Staff       bool       // with fields for staff
	Attribution string     // whose data it is
	Features    iter.Seq[geo.Feature]
}

// Limits of GeoPackages: how many there are on the disk at once, and how long one may
// be made.
const (
	maxPackages = 16
	packingTime = time.Minute
)

// writePackage answers with a GeoPackage. It is made when the turn of the request is
// over: who reads lists does not wait for those who want files.
func (s *server) writePackage(w http.ResponseWriter, r *http.Request, p Package, out output) error {
	setTableHeaders(w, out)
	w.Header().Set("Content-Type", typeGeoPackage)
	later(w, r, func(w http.ResponseWriter, r *http.Request) (err error) {
		defer func() {
			if err != nil { // a problem is no file to be kept
				w.Header().Del("Content-Disposition")
			}
		}()
		if wait := s.packingPace.wait(s.networkOf(r)); wait > 0 {
			return tooFast(wait)
		}
		if err := s.packages.enter(r.Context()); err != nil {
			return err
		}
		defer s.packages.leave()
		file, err := s.pack(r.Context(), p)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		w.Header().Set(gzhttp.HeaderNoCompression, "1") // so that a browser knows how much is to come
		buffer := bufio.NewWriterSize(sendPieces(w, r), pieceSize)
		if _, err := io.Copy(struct{ io.Writer }{buffer}, file); err != nil { // piece by piece
			return err
		}
		return buffer.Flush()
	})
	return nil
}

// pack makes a GeoPackage, in its turn.
func (s *server) pack(ctx context.Context, p Package) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, packingTime)
	defer cancel()
	if err := s.packing.enter(ctx); err != nil {
		return nil, err
	}
	defer s.packing.leave()
	return s.GeoPackage(ctx, p)
}
