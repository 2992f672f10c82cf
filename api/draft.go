package api

import "net/http"

// draft holds an answer back until it is whole. A handler writes into memory, and
// only afterwards, when its turn is over, does the client take what it wants at
// its own pace: who reads slowly keeps nobody else from being served.
type draft struct {
	http.ResponseWriter // its headers are those of the answer
	status              int
	body                []byte
}

func (d *draft) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

func (d *draft) Write(b []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	d.body = append(d.body, b...)
	return len(b), nil
}

// send gives the answer away.
func (d *draft) send() {
	d.WriteHeader(http.StatusOK)
	d.ResponseWriter.WriteHeader(d.status)
	if len(d.body) > 0 {
		_, _ = d.ResponseWriter.Write(d.body) // the client may have gone; nothing is left to tell it
	}
}
