# gridatlas: few targets, each installs what it needs.
#   make run     the demo city on http://localhost:8080
#   make test    everything: unit, both stores, pages in a real browser
#   make build   bin/gridatlas with its pages
#   make bench   what README.md says in numbers    make lint    make golden
#   make fuzz    strangers' bytes for FUZZTIME each    make soak    other random numbers each time

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

TOOLS := $(CURDIR)/bin/tools
GOLANGCI := $(TOOLS)/golangci-lint
GOLANGCI_VERSION := v2.15.0
FUZZTIME ?= 30s
COUNT ?= 3

.PHONY: run build test test-go test-race test-fuzz test-web bench lint fuzz soak golden pages clean

run: build
	bin/gridatlas serve

build: pages
	go build -trimpath -o bin/gridatlas ./cmd/gridatlas

# The pages: npm brings MapLibre and the type checker, esbuild (a Go library) bundles.
pages: api/web/node_modules/.installed
	@.ci/install build
	go run ./api/web/build

api/web/node_modules/.installed: api/web/package-lock.json
	npm ci --prefix api/web --no-audit --no-fund --loglevel=error
	@touch $@

test: build
	@.ci/install test
	$(MAKE) test-go
	$(MAKE) test-race
	$(MAKE) test-fuzz
	$(MAKE) test-web

test-go:
	go test ./...

# What several goroutines share, under the race detector.
test-race:
	go test -race -short ./geo/snapshot ./geo/walk ./geo/street ./geo/upkeep ./tiles ./tiles/pmtiles ./data/internal/ledger ./api ./api/port

# What strangers send, for FUZZTIME each and side by side: a body of GeoJSON, a
# filter, a box, well-known binary, a path. `make fuzz` runs all targets.
test-fuzz:
	@.ci/install build
	@printf '%s\n' ./api:FuzzFeatureBody ./geo/cql:FuzzText ./api:FuzzBBox ./data/internal/wkb:FuzzParse ./api:FuzzPath | \
	  xargs -P 5 -I{} bash -c 'target={}; go test -run "^$$" -fuzz "^$${target##*:}\$$" -fuzztime $(FUZZTIME) -parallel 1 "$${target%%:*}"'

test-web: build
	npm run --prefix api/web check
	GRIDATLAS_BIN=$(CURDIR)/bin/gridatlas npm test --prefix api/web

# Medians: run with COUNT=10 and feed the output to benchstat.
bench:
	@.ci/install test
	go test -run '^$$' -bench . -benchmem -count=$(COUNT) ./...

lint: $(GOLANGCI)
	@.ci/install build
	@test -z "$$(gofmt -l cmd geo tiles api data)" || { gofmt -l cmd geo tiles api data; exit 1; }
	go mod verify >/dev/null
	$(GOLANGCI) run ./...

$(GOLANGCI):
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

# Every fuzz target for FUZZTIME each, which is spent on inputs: making an interesting
# one shorter takes up to a minute by default.
fuzz:
	@.ci/install build
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package; \
	  done; \
	done

# Random tests with other numbers in each of COUNT runs: what fails says with which SEED
# it fails again.
soak: build
	@.ci/install test
	SEED=0 go test -count=$(COUNT) ./...
	for run in $$(seq $(COUNT)); do SEED=0 node --test api/web/test/{apart,names,outbox}.mjs; done

# Rewrite the golden tiles; review the difference.
golden:
	go test ./tiles -run Golden -update

clean:
	rm -rf bin api/web/node_modules
