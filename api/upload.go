package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"unicode/utf8"

	"gridatlas/api/problem"
	"gridatlas/geo/photo"
)

// Limits of a form with a photo, in bytes: maxUpload is a photo and what is typed
// beside it. Of a photo that is larger, so much is read away that its sender is told
// instead of hung up on.
const (
	maxUpload     = photo.MaxUpload + 64<<10
	maxUploadText = 4 << 10
	readAway      = 40 << 20
)

// photosWaiting is how many photos wait for the one that is being made small.
const photosWaiting = 6

// upload is what came of a form with a photo.
type upload struct {
	fields map[string]string
	photo  []byte
	cut    bool // the end did not come: the photo is too large
}

// readUpload reads a form with a photo and fields of these names, from a body whose end
// may be missing.
func readUpload(r *http.Request, names ...string) (upload, error) {
	sent := upload{fields: map[string]string{}}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return sent, &problem.Problem{
			Name: "unsupported-media-type", Status: http.StatusUnsupportedMediaType, Detail: "the body is to be multipart/form-data",
		}
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	for seen := map[string]bool{}; ; {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return sent, nil
		case errors.Is(err, errCut):
			sent.cut = true
			return sent, nil
		case err != nil:
			return sent, unreadable("the form cannot be read", 0)
		}
		name := part.FormName()
		if seen[name] || name != "photo" && !slices.Contains(names, name) {
			return sent, unreadable("the form has a field that is none of it, or one twice", 0)
		}
		seen[name] = true
		var content bytes.Buffer
		if _, err = content.ReadFrom(part); errors.Is(err, errCut) {
			sent.cut = true
			return sent, nil
		}
		switch {
		case err != nil:
			return sent, unreadable("the form cannot be read", 0)
		case name == "photo":
			sent.photo = content.Bytes()
		case content.Len() > maxUploadText || !utf8.Valid(content.Bytes()):
			return sent, unreadable(name+" is too long, or no text", 0)
		default:
			sent.fields[name] = content.String()
		}
	}
}

// isLarge reports whether a photo is too large to be looked at.
func (sent *upload) isLarge() bool { return sent.cut || len(sent.photo) > photo.MaxUpload }

// clean makes a photo one that may be kept, when it is its turn.
func (s *server) clean(ctx context.Context, make func() ([]byte, error)) ([]byte, error) {
	if err := s.photos.enter(ctx); err != nil {
		return nil, err
	}
	defer s.photos.leave()
	return make()
}

// photoFault says what is wrong with a photo; nothing: empty.
func photoFault(err error) (status int, fault photo.Fault) {
	var own *problem.Problem
	switch {
	case errors.Is(err, photo.ErrKind):
		return http.StatusUnsupportedMediaType, photo.FaultKind
	case errors.Is(err, photo.ErrLarge):
		return http.StatusRequestEntityTooLarge, photo.FaultLarge
	case errors.Is(err, photo.ErrBroken):
		return http.StatusUnprocessableEntity, photo.FaultBroken
	case errors.As(err, &own), errors.Is(err, context.DeadlineExceeded): // too many at once
		return http.StatusServiceUnavailable, photo.FaultBusy
	}
	return 0, ""
}
