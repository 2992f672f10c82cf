package access

import "time"

// Code returns the code of a second factor at an instant, as the app of its owner
// shows it.
func Code(secret string, at time.Time) (string, error) {
	return codeOf(secret, at.Unix()/int64(codePeriod/time.Second))
}
