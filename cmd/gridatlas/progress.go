package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"gridatlas/geo"
)

// progress shows how far a long step has come: a bar on a terminal, elsewhere a
// plain line every few seconds and one at the end. Steps under a second leave
// no trace off a terminal.
type progress struct {
	what string
	unit string
	w    io.Writer

	bars *mpb.Progress
	bar  *mpb.Bar

	mu      sync.Mutex
	started time.Time
	spoke   time.Time
	done    int64
	total   int64
}

const plainEvery = 3 * time.Second

// newProgress starts a step; total 0 means that the end is not known yet.
func newProgress(w io.Writer, what, unit string, total int64) *progress {
	p := &progress{what: what, unit: unit, w: w, total: total, started: time.Now(), spoke: time.Now()}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
		p.bar = p.bars.AddBar(total,
			mpb.PrependDecorators(decor.Name(what+" ")),
			mpb.AppendDecorators(decor.CurrentNoUnit("%d "), decor.Name(unit+" "), decor.Percentage()),
		)
	}
	return p
}

// set says how much is done of how much.
func (p *progress) set(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	if p.bar != nil {
		p.bar.SetTotal(total, false)
		p.bar.SetCurrent(done)
		return
	}
	if time.Since(p.spoke) >= plainEvery {
		p.spoke = time.Now()
		if total > 0 {
			fmt.Fprintf(p.w, "%s: %d of %d %s\n", p.what, done, total, p.unit)
		} else {
			fmt.Fprintf(p.w, "%s: %d %s\n", p.what, done, p.unit)
		}
	}
}

// add counts n more.
func (p *progress) add(n int64) {
	p.mu.Lock()
	done, total := p.done+n, p.total
	p.mu.Unlock()
	p.set(done, total)
}

// finish ends the step; it may be called more than once.
func (p *progress) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		p.bar.SetTotal(p.done, true)
		p.bars.Wait()
		p.bar = nil
		return
	}
	if p.bars == nil && time.Since(p.started) >= time.Second {
		fmt.Fprintf(p.w, "%s: %d %s in %.1f s\n", p.what, p.done, p.unit, time.Since(p.started).Seconds())
	}
}

// counted passes changes on and counts them.
func (p *progress) counted(changes iter.Seq2[geo.Change, error]) iter.Seq2[geo.Change, error] {
	return func(yield func(geo.Change, error) bool) {
		for change, err := range changes {
			if !yield(change, err) {
				return
			}
			p.add(1)
		}
	}
}
