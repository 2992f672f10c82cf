package api

import "net/http"

// verifications answers the files by which others check that a host is ours: WeChat
// asks for MP_verify_….txt at the root, and for a code of its own beside the
// addresses that its scanner is to open.
func (s *server) verifications(route func(string, class, handler), c class) {
	for name, text := range s.Verify {
		answer := func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Cache-Control", "no-cache")
			_, err := w.Write(text)
			return err
		}
		route("/"+name, c, answer)
		route("/p/"+name, c, answer)
	}
}
