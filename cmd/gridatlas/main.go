// Command gridatlas is the one binary: it serves the map, fills and checks
// stores and answers walking questions on the command line. This package wires
// the others together and holds no map logic of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // the city's time zone on machines that have none

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"gridatlas/data/files"
	"gridatlas/geo"
	"gridatlas/tiles"
)

// Exit codes, as README.md lists them.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitProblems = 3
	exitNotFound = 4
	exitConflict = 5
)

// problems is returned by a command that ran well and found something wrong.
type problems struct{ error }

// console is where a command talks: data to out, everything else to err.
type console struct {
	out, err io.Writer
	log      *slog.Logger
}

// ask puts a question to whoever sits at the terminal; asked is false when nobody
// does.
func (con *console) ask(question string) (yes, asked bool) {
	out, isFile := con.err.(*os.File)
	if !isFile || !term.IsTerminal(int(out.Fd())) || !term.IsTerminal(int(os.Stdin.Fd())) {
		return false, false
	}
	fmt.Fprintf(con.err, "%s. Go on? [y/N] ", question)
	var answer string
	_, _ = fmt.Scanln(&answer) // no answer is a no
	return slices.Contains([]string{"y", "yes", "是"}, strings.ToLower(answer)), true
}

type commandLine struct {
	Serve    serveCommand    `cmd:"" help:"Serve the map, the pages and the walking answers."`
	Demo     demoCommand     `cmd:"" help:"Fill a new store with a made-up city."`
	Import   importCommand   `cmd:"" help:"Read files into a store: OpenStreetMap, GeoJSON, GeoPackage, shapefiles, workbooks, CSV, KML."`
	Export   exportCommand   `cmd:"" help:"Write layers of a store into a file of another format."`
	Template templateCommand `cmd:"" help:"Write an empty list of a layer to fill in."`
	Estimate estimateCommand `cmd:"" help:"Spread the people and households that places state over residential floor area."`
	Number   numberCommand   `cmd:"" help:"Give booths that have no number yet the next one of their county."`
	Circle   circleCommand   `cmd:"" help:"Answer what can be reached on foot from a place."`
	Coverage coverageCommand `cmd:"" help:"Count by areas who reaches a place of some kinds on foot in time, and list the buildings that do not."`
	Labels   labelsCommand   `cmd:"" help:"Print labels with QR codes of booths and of other places, as HTML or PDF."`
	Tiles    tilesCommand    `cmd:"" help:"Write all tiles of a city into one PMTiles archive, for web servers without a program."`
	Worklist worklistCommand `cmd:"" help:"List and settle what imports left for people to decide."`
	Check    checkCommand    `cmd:"" help:"Read a whole store again and name what does not hold."`
	Copy     copyCommand     `cmd:"" help:"Carry a whole city into another store, with ids, history, audit and records."`
	Backup   backupCommand   `cmd:"" help:"Write a whole store into one sealed GeoPackage."`
	Restore  restoreCommand  `cmd:"" help:"Fill a store from a backup."`
	User     userCommand     `cmd:"" help:"Open and close accounts, and make tokens for programs."`
	Master   masterCommand   `cmd:"" help:"Make and end the cards with which masters say how their booths stand."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	LogFormat string `enum:"text,json" default:"text" help:"Form of the log on stderr: text or json."`
	LogLevel  string `enum:"debug,info,warn,error" default:"info" help:"What is worth logging: debug, info, warn, error."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who says it twice does not want to wait
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if err := secretsFromFiles(); err != nil {
		fmt.Fprintln(stderr, "gridatlas:", err)
		return exitUsage
	}
	var line commandLine
	ended := -1
	parser, err := newParser(&line,
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { ended = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		panic(err) // the structs above do not describe a command line
	}
	command, err := parser.Parse(args)
	if ended >= 0 { // --help
		return ended
	}
	if err != nil {
		fmt.Fprintln(stderr, "gridatlas:", err)
		fmt.Fprintln(stderr, "Try gridatlas --help.")
		return exitUsage
	}
	err = command.Run(&console{out: stdout, err: stderr, log: line.logger(stderr)})
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(stderr, "gridatlas: stopped before the end; what was under way is undone")
	default:
		fmt.Fprintln(stderr, "gridatlas:", err)
	}
	return exitCode(err)
}

// newParser makes the parser of the command line; what it reads goes into line.
func newParser(line *commandLine, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(line, append([]kong.Option{
		kong.Name("gridatlas"),
		kong.Description("The map layer of grassroots city work: grids, walking circles, vector tiles."),
		kong.Vars{"formats": joined(files.AllFormats), "cache_dir": defaultCacheDir()},
		kong.DefaultEnvars("GRIDATLAS"),
		kong.Vars{"encodings": files.Encodings},
		kong.Vars{"tile_sets": strings.Join(tiles.Names(), ", "), "tile_zoom": strconv.Itoa(tiles.Advertised)},
		kong.UsageOnError(),
	}, options...)...)
}

func (line *commandLine) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(line.LogLevel)); err != nil {
		panic(err) // kong has checked it against the list
	}
	options := &slog.HandlerOptions{Level: level}
	if line.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func exitCode(err error) int {
	var found problems
	var conflict *geo.Conflict
	var stale *geo.Stale
	var usage usageError
	var standing standingError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &found):
		return exitProblems
	case errors.Is(err, geo.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.As(err, &conflict), errors.As(err, &stale), errors.As(err, &standing):
		return exitConflict
	}
	return exitFailed
}

// standingError says that what stands in the store is in the way.
type standingError struct{ error }

// usageError is a fault in what was asked for, found after parsing.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// joined lists the names of a closed list for a help text.
func joined[T ~string](names []T) string {
	var texts []string
	for _, name := range names {
		texts = append(texts, string(name))
	}
	return strings.Join(texts, ", ")
}

// secretsFromFiles sets GRIDATLAS_X from the file that GRIDATLAS_X_FILE names,
// so that a store's password need not stand in the environment.
func secretsFromFiles() error {
	for _, entry := range os.Environ() {
		name, file, _ := strings.Cut(entry, "=")
		target, isFile := strings.CutSuffix(name, "_FILE")
		if !isFile || !strings.HasPrefix(name, "GRIDATLAS_") || os.Getenv(target) != "" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.Setenv(target, strings.TrimSpace(string(content))); err != nil {
			return err
		}
	}
	return nil
}
