package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// offline is the worker that keeps the page /my for where there is no net. It is one
// script by itself, which knows the names of the files that the page needs; so it is
// another script whenever one of them is another file, and browsers fetch them anew.
func offline(root string, keep []string) (name string, text []byte, err error) {
	slices.Sort(keep)
	list, err := json.Marshal(slices.Compact(keep))
	if err != nil {
		return "", nil, err
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: []string{"src/my/worker.ts"}, Define: map[string]string{"FILES": string(list)},
		Bundle: true, Format: api.FormatIIFE, Target: api.ES2022, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, LogLevel: api.LogLevelWarning,
		Outdir: filepath.Join(root, "dist", "assets"),
	})
	if len(result.Errors) > 0 {
		return "", nil, fmt.Errorf("%d faults in the worker of /my", len(result.Errors))
	}
	text = result.OutputFiles[0].Contents
	return hashed("my-worker.js", text), text, nil
}
