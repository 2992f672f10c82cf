package web

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"gridatlas/geo/snapshot"
)

// Site is the map page for a web server that only hands out files: the map of one
// revision, drawn from an archive of tiles beside it, with lists and cards made of
// the tiles. Nothing in it asks for an answer.
type Site struct {
	Snapshot *snapshot.Snapshot
	// Archive is the name of the archive in the folder of the page.
	Archive string
	// DataTime is when the newest change was made.
	DataTime time.Time
	// Title, Approval, Zone and Assets are as in Config.
	Title, Approval string
	Zone            *time.Location
	Assets          fs.FS
	// Style returns the style of a name for links that begin with a base.
	Style func(name, base string) ([]byte, bool)
}

// ErrUnbuilt says that the program was compiled before its pages.
var ErrUnbuilt = errors.New("the pages are not built: run make pages and compile again")

// siteStyles are those that the page chooses from.
var siteStyles = []string{"day", "night", "planner", "planner-night", "emergency", "emergency-night"}

// Write hands out the files of the page one after the other, by their paths in its
// folder. The last one, index.html, is what people open.
func (s Site) Write(put func(path string, content []byte) error) error {
	h := New(Config{Title: s.Title, Approval: s.Approval, Zone: s.Zone, Assets: s.Assets})
	if !h.built {
		return ErrUnbuilt
	}
	var names []string
	for _, name := range h.bundle.SiteAssets {
		names = append(names, path.Join("assets", name))
	}
	sprites, err := fs.Glob(h.assets, "sprites/*")
	if err != nil {
		return err
	}
	names = append(names, slices.DeleteFunc(sprites, func(name string) bool { return path.Ext(name) == ".gz" || path.Ext(name) == ".br" })...)
	for _, name := range names {
		text, err := fs.ReadFile(h.assets, name)
		if err != nil {
			return err
		}
		if err := put(name, text); err != nil {
			return err
		}
	}
	for _, name := range siteStyles {
		style, ok := s.Style(name, ".")
		if !ok {
			return fmt.Errorf("there is no style %s", name)
		}
		if err := put(path.Join("styles", name+".json"), style); err != nil {
			return err
		}
	}
	if err := put(path.Join("assets", h.catalog.name), h.catalog.text); err != nil {
		return err
	}
	facts := gather(s.Snapshot)
	for _, language := range []int{english, chinese} {
		var page bytes.Buffer
		if err := siteTemplate.Execute(&page, s.page(h, facts, language)); err != nil {
			return err
		}
		if err := put(sitePages[language], page.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// sitePages are the names of the page in each language.
var sitePages = [...]string{chinese: "index.html", english: "en.html"}

// sitePage is what the template sees.
type sitePage struct {
	facts
	speech
	Title, Approval   string
	Policy, OtherPage string
	Revision          int64
	DataTime          time.Time // in the zone of the city
	Assets            manifest
	Config            clientConfig
}

func (s Site) page(h *Handler, facts facts, language int) *sitePage {
	words := speech{language}
	p := &sitePage{
		facts: facts, speech: words, Title: h.title(language), Approval: s.Approval,
		Policy: filePolicy, OtherPage: sitePages[chinese+english-language],
		Revision: s.Snapshot.Head().Revision, DataTime: s.DataTime.In(h.config.Zone), Assets: h.bundle,
	}
	p.Config = clientConfig{
		Language: words.Language(), Title: p.Title, City: p.City, Demo: p.Demo,
		Bounds: p.Bounds, Centre: p.Centre, Head: s.Snapshot.Head().Name(),
		Catalog: "assets/" + h.catalog.name, MapStyle: "assets/" + h.bundle.Map, Worker: "assets/" + h.bundle.Worker,
		Archive: s.Archive,
	}
	return p
}

// DataDateText says from which day the data is.
func (s speech) DataDateText(t time.Time) string {
	return s.fill("foot.time", "time", t.Format(time.DateOnly))
}
