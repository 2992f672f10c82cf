package api_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"gridatlas/geo"
)

// owslibReads lists collections, pages through each by its next links, asks by box
// and by field, and fetches the first feature of each, with the client of OWSLib.
const owslibReads = `
import json, sys
from urllib.parse import parse_qsl, urlsplit
from owslib.ogcapi.features import Features
w = Features(sys.argv[1])
assert any("features-1/1.0/conf/core" in c for c in w.conformance()["conformsTo"])
told = {}
for name in w.feature_collections():
    assert w.collection(name)["id"] == name
    assert w.collection_queryables(name)["type"] == "object"
    ids, more = [], {"limit": 40}
    while more is not None:
        page = w.collection_items(name, **more)
        ids += [f["id"] for f in page["features"]]
        nexts = [l["href"] for l in page["links"] if l["rel"] == "next"]
        more = dict(parse_qsl(urlsplit(nexts[0]).query)) if nexts else None
    assert len(ids) == page["numberMatched"], name
    if ids:
        assert w.collection_item(name, str(ids[0]))["id"] == ids[0]
    told[name] = ids
near = w.collection_items("booths", bbox=[119.0999, 36.701, 119.101, 36.71])
told["in box"] = [f["id"] for f in near["features"]]
told["by field"] = [f["id"] for f in w.collection_items("places", kind="district")["features"]]
print(json.dumps(told))
`

// OWSLib's client of OGC API Features lists, pages and fetches every collection.
func TestOWSLibReadsUs(t *testing.T) {
	python := ""
	// The package is one of the system's Python; another one may come first in the path.
	for _, program := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), program, "-c", "import owslib.ogcapi.features").Run() == nil {
			python = program
			break
		}
	}
	if python == "" {
		missing(t, "OWSLib", "python3-owslib")
	}
	n := newTown(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "-c", owslibReads, newServer(t, n).URL).CombinedOutput()
	if err != nil {
		t.Fatalf("OWSLib: %v\n%s", err, out)
	}
	var told map[string][]int64
	if err := json.Unmarshal(out, &told); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, layer := range n.live.Current().Layers() {
		var want []int64
		for f := range layer.After(0) {
			if geo.ForPublic(f) {
				want = append(want, f.Common().ID)
			}
		}
		got := told[string(layer.Schema().Layer)]
		if len(got) != len(want) {
			t.Errorf("%s: %d features, want %d", layer.Schema().Layer, len(got), len(want))
			continue
		}
		for i, id := range want {
			if got[i] != id {
				t.Errorf("%s: feature %d is %d, want %d", layer.Schema().Layer, i, got[i], id)
			}
		}
	}
	if len(told["in box"]) != 1 || told["in box"][0] != 8 || len(told["by field"]) != 1 {
		t.Errorf("in a box %v, by a field %v", told["in box"], told["by field"])
	}
}
