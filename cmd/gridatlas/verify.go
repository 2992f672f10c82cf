package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// verifyName is how files are called by which WeChat checks whose a host is:
// MP_verify_ and letters, or letters alone. Nothing else of the folder is served.
var verifyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}\.txt$`)

// maxVerify is how large such a file may be, in bytes; they hold a word.
const maxVerify = 1024

// readVerifyDir reads the files of a folder by which others check that the host is
// ours. An empty path has none.
func readVerifyDir(folder string) (map[string][]byte, error) {
	if folder == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("--verify-dir: %w", err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if !verifyName.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if err == nil && info.Size() > maxVerify {
			err = fmt.Errorf("%s has %d bytes; a file that proves a domain has %d at most", entry.Name(), info.Size(), maxVerify)
		}
		var text []byte
		if err == nil {
			text, err = os.ReadFile(filepath.Join(folder, entry.Name()))
		}
		if err != nil {
			return nil, fmt.Errorf("--verify-dir: %w", err)
		}
		files[entry.Name()] = text
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("--verify-dir: %s holds no file such as MP_verify_….txt", folder)
	}
	return files, nil
}
