package snapshot

import (
	"bytes"
	"context"
	"time"
)

// Encode and Decode are the form of the file without the file.
func (s *Snapshot) Encode(confirmed time.Time) ([]byte, error) {
	var out bytes.Buffer
	err := s.encode(context.Background(), &out, confirmed)
	return out.Bytes(), err
}

func Decode(raw []byte) (*Snapshot, time.Time, error) {
	return decode(context.Background(), bytes.NewReader(raw), int64(len(raw)))
}
