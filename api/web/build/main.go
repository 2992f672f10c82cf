// Command build bundles the pages: TypeScript and style sheets of ../src through
// esbuild into ../dist, each file named by its content and stored plain, as gzip
// and as brotli; and the pictures of tiles/style as a sprite. It is run from the module root or from any folder under it:
//
//	go run ./api/web/build [-maps]
//
// Types are not checked here; `npm run check` does that.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	maps := flag.Bool("maps", false, "write source maps")
	flag.Parse()
	if err := build(*maps); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// manifest is what web.New reads.
type manifest struct {
	Main   string `json:"main"`
	Styles string `json:"styles"`
	Map    string `json:"map"`
	Worker string `json:"worker"`
	Docs   string `json:"docs"`
	Small  string `json:"small"`
	Place  string `json:"place"`
	Near   string `json:"near"`

	Registers string `json:"registers"`
	Master    string `json:"master"`
	Draw      string `json:"draw"`
	Site      string `json:"site"`
	Staff     string `json:"staff"`

	Labels string `json:"labels"`

	My       string `json:"my"`
	MyStyles string `json:"my_styles"`
	MyWorker string `json:"my_worker"`

	// SiteAssets are all files that the page of an archive needs.
	SiteAssets []string `json:"site_assets"`
}

func build(maps bool) error {
	root, err := webFolder()
	if err != nil {
		return err
	}
	worker := filepath.Join(root, "node_modules", "maplibre-gl", "dist", "maplibre-gl-worker.mjs")
	workerText, err := os.ReadFile(worker)
	if err != nil {
		return fmt.Errorf("run `npm ci` in api/web first: %w", err)
	}
	pictures, err := readPictures()
	if err != nil {
		return err
	}
	sheet := symbols(pictures)
	sheetName := hashed("icons.svg", sheet)
	files, names, err := bundle(root, maps, pictures, sheetName)
	if err != nil {
		return err
	}
	files[sheetName] = sheet
	sprite, err := makeSprite(root, pictures)
	if err != nil {
		return err
	}
	// MapLibre starts its worker from an address, so the file lies beside the
	// bundle; the two must be of one version, which the lock file sees to.
	names.Worker = hashed("maplibre-gl-worker.mjs", workerText)
	files[names.Worker] = workerText
	names.SiteAssets = append(names.SiteAssets, sheetName, names.Worker, names.Styles, names.Map)
	return write(filepath.Join(root, "dist"), files, sprite, names)
}

// bundle returns the files of the pages by name, and which is which. The script
// learns the names of the pictures and of the sheet that holds them.
func bundle(root string, maps bool, pictures []picture, sheet string) (map[string][]byte, manifest, error) {
	pictureNames := make([]string, len(pictures))
	for i, p := range pictures {
		pictureNames[i] = p.name
	}
	known, err := json.Marshal(strings.Join(pictureNames, " "))
	if err != nil {
		return nil, manifest{}, err
	}
	options := api.BuildOptions{
		Define:            map[string]string{"PICTURES": string(known), "PICTURE_SHEET": strconv.Quote(sheet)},
		AbsWorkingDir:     root,
		EntryPoints:       []string{"src/main.ts", "src/site.ts", "src/staff.ts", "src/my.ts", "src/place.ts", "src/near.ts", "src/registers.ts", "src/draw.ts", "src/master.ts", "src/my.css", "src/styles.css", "src/map.css", "src/docs.css", "src/small.css", "src/labels.css"},
		EntryNames:        "[name]-[hash]",
		ChunkNames:        "[name]-[hash]",
		Outdir:            "dist/assets",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsEndOfFile,
		Metafile:          true,
		LogLevel:          api.LogLevelWarning,
	}
	if maps {
		options.Sourcemap = api.SourceMapLinked
	}
	result := api.Build(options)
	var names manifest
	if len(result.Errors) > 0 {
		return nil, names, fmt.Errorf("%d faults in the sources", len(result.Errors))
	}
	files := map[string][]byte{}
	for _, file := range result.OutputFiles {
		files[filepath.Base(file.Path)] = file.Contents
	}
	var meta metafile
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, names, fmt.Errorf("metafile: %w", err)
	}
	var keep []string // what /my needs without a net
	for path, output := range meta.Outputs {
		switch output.EntryPoint {
		case "src/main.ts":
			names.Main = filepath.Base(path)
		case "src/site.ts":
			names.Site = filepath.Base(path)
			names.SiteAssets = meta.needs(path)
		case "src/staff.ts":
			names.Staff = filepath.Base(path)
		case "src/my.ts":
			names.My = filepath.Base(path)
			keep = append(keep, meta.needs(path)...)
		case "src/my.css":
			names.MyStyles = filepath.Base(path)
		case "src/styles.css":
			names.Styles = filepath.Base(path)
		case "src/map.css":
			names.Map = filepath.Base(path)
		case "src/docs.css":
			names.Docs = filepath.Base(path)
		case "src/place.ts":
			names.Place = filepath.Base(path)
		case "src/near.ts":
			names.Near = filepath.Base(path)
		case "src/master.ts":
			names.Master = filepath.Base(path)
		case "src/registers.ts":
			names.Registers = filepath.Base(path)
		case "src/draw.ts":
			names.Draw = filepath.Base(path)
		case "src/small.css":
			names.Small = filepath.Base(path)
		case "src/labels.css":
			names.Labels = filepath.Base(path)
		}
	}
	name, worker, err := offline(root, append(keep, names.Small, names.MyStyles))
	if err != nil {
		return nil, names, err
	}
	files[name], names.MyWorker = worker, name
	return files, names, nil
}

// metafile is what esbuild tells of the files that it made.
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Imports    []struct{ Path string }
	}
}

// needs returns the names of a file and of all that it imports, at once or later.
func (m *metafile) needs(path string) (names []string) {
	seen := map[string]bool{path: true}
	for next := []string{path}; len(next) > 0; next = next[1:] {
		names = append(names, filepath.Base(next[0]))
		for _, imported := range m.Outputs[next[0]].Imports {
			if !seen[imported.Path] {
				seen[imported.Path] = true
				next = append(next, imported.Path)
			}
		}
	}
	return names
}

// write replaces what lies in dist, the kept placeholder aside. The manifest
// comes last: without it the server knows that there is no whole bundle.
func write(dist string, files, sprite map[string][]byte, names manifest) error {
	os.Remove(filepath.Join(dist, "manifest.json"))
	total, packed := 0, 0
	for folder, files := range map[string]map[string][]byte{"assets": files, "sprites": sprite} {
		folder = filepath.Join(dist, folder)
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		for name, text := range files {
			size, err := writeForms(filepath.Join(folder, name), text)
			if err != nil {
				return err
			}
			total, packed = total+len(text), packed+size
		}
	}
	text, err := json.MarshalIndent(names, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dist, "manifest.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Printf("pages: %d files, %d KB, %d KB as brotli\n", len(files)+len(sprite), total>>10, packed>>10)
	return nil
}

// writeForms writes a file plain, as gzip and as brotli, and returns the size of
// the last. Images are packed already.
func writeForms(path string, text []byte) (int, error) {
	if filepath.Ext(path) == ".png" {
		return len(text), os.WriteFile(path, text, 0o644)
	}
	var gz, br bytes.Buffer
	zipper, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := zipper.Write(text); err != nil {
		return 0, err
	}
	if err := zipper.Close(); err != nil {
		return 0, err
	}
	brotlier := brotli.NewWriterLevel(&br, brotli.BestCompression)
	if _, err := brotlier.Write(text); err != nil {
		return 0, err
	}
	if err := brotlier.Close(); err != nil {
		return 0, err
	}
	for _, form := range []struct {
		suffix string
		text   []byte
	}{{"", text}, {".gz", gz.Bytes()}, {".br", br.Bytes()}} {
		if err := os.WriteFile(path+form.suffix, form.text, 0o644); err != nil {
			return 0, err
		}
	}
	return br.Len(), nil
}

func hashed(name string, text []byte) string {
	sum := sha256.Sum256(text)
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + strings.ToUpper(hex.EncodeToString(sum[:4])) + ext
}

// webFolder is api/web of the checkout this program was compiled from; a build
// with -trimpath knows it only from the module root.
func webFolder() (string, error) {
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		return filepath.Dir(filepath.Dir(file)), nil
	}
	return filepath.Abs(filepath.Join("api", "web"))
}
