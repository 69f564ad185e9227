# Dure. `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup web build build-all demo settle grant unfreeze status audit contract book changelog tag test test-rust test-web test-browser test-long sim sim-canary kill fuzz check bench package package-test screenshots clean

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dure
export CARGO_TARGET_DIR ?= $(CACHE)/target
export DURE_XSD_DIR ?= $(CACHE)/xsd
export DURE_PY_DIR ?= $(CACHE)/py
export DURE_WEB_DIST ?= $(CURDIR)/web/dist
# Set-up unpacks a Node there only where the machine's own is too old.
export PATH := $(CACHE)/node/bin:$(PATH)
DURE := $(CARGO_TARGET_DIR)/debug/dure
# What `dure demo` starts, and so what a build of the product is. Crates of tests and tools are not among them.
PRODUCT := dure ledger-node wallet-api merchant-pos settlement sandbox-bank
PRODUCT_FLAGS := $(addprefix -p ,$(PRODUCT)) --bins
# `make package` and `make bench` build with the profile that operators run; PROFILE=dev packs what the tests have built.
PROFILE ?= production
PACKED := $(CARGO_TARGET_DIR)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
# Everything that tests run, in one selection: Cargo unifies features over it, and another would compile half of it again.
EVERYTHING := --workspace --bins --tests --examples
CARGO := scripts/progress.py cargo
WEB_SOURCES := $(shell find web/ts web/openapi web/styles web/static web/scripts web/package.json web/package-lock.json web/tsconfig.json -type f 2>/dev/null)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22
	@echo
	@echo "  make demo ONCE=1    plays the main job once, checks every step, prints a JSON line, stops everything"
	@echo "  build folder: $(CARGO_TARGET_DIR)"

setup: ## installs what this machine lacks (Debian: apt), says what it does
	@scripts/setup.sh

web: setup web/dist/manifest.json ## bundles scripts and styles of the pages

web/dist/manifest.json: $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

build: web ## builds the product: what `make demo` starts
	@$(CARGO) build $(PRODUCT_FLAGS)

build-all: web ## builds everything, tests included
	@$(CARGO) build $(EVERYTHING) --features dure-sim/planted

demo: build ## starts the whole product on this machine; ONCE=1: plays the main job once; LAN=1: phones may come in
	$(DURE) demo $(if $(filter 1,$(ONCE)),--once) $(if $(filter 1,$(LAN)),--lan)

settle: ## runs today's settlement of the running demo
	$(CARGO_TARGET_DIR)/debug/settlement run --date "$(or $(DATE),$(shell TZ=Asia/Seoul date +%F))" --config data/config/gateway.toml

grant: ## grants food vouchers to the list CSV=… in the running demo
	$(DURE) grant --campaign $(or $(CAMPAIGN),2) --csv $(or $(CSV),dure/demo/recipients.csv)

unfreeze: ## lets the frozen account of EMAIL=… go on, with two officers' keys, in the running demo
	$(DURE) unfreeze --email "$(EMAIL)"

audit: ## re-applies every block of the demo's first validator and checks all of it
	$(DURE) audit

status: ## tells how the processes of the running demo are
	$(DURE) status

contract: ## writes docs/contract.md, the contract as a page to read, from the code's own tables
	cargo run --quiet -p dure-score --example contract

book: setup ## makes a book of the documents; a link that leads nowhere is an error
	scripts/book.py $(CARGO_TARGET_DIR)/book

changelog: setup ## lists what has changed since the last version, from the commits
	@scripts/changelog.py

tag: setup ## dates the changelog, adds the commits, and tags VERSION=…, on a clean main
	@scripts/changelog.py --tag "$(VERSION)"

test: build-all ## every test: Rust, both databases, four processes, web, browser; prints what each suite costs
	@scripts/suites.py --clear
	@code=0; $(MAKE) --no-print-directory test-rust test-web test-browser || code=$$?; scripts/suites.py --table; exit $$code
	@echo "make test: every runner passed"

test-rust:
	@if cargo nextest --version >/dev/null 2>&1; \
	then scripts/suites.py --run rust cargo nextest run --workspace --features dure-sim/planted --no-fail-fast; \
	else scripts/suites.py --run rust cargo test --workspace --features dure-sim/planted --no-fail-fast; fi

test-web:
	cd web && npm run --silent check
	@scripts/suites.py --run web npm --prefix web test --silent

test-browser:
	@scripts/suites.py --run browser npm --prefix tests test --silent

test-long: build-all ## before a tag: the histories of which `make test` plays the beginning; SEEDS=, CYCLES=, SECONDS=
	$(CARGO_TARGET_DIR)/debug/dure-sim run --seeds $(or $(SEEDS),5000)
	$(CARGO_TARGET_DIR)/debug/dure-sim canary
	$(CARGO_TARGET_DIR)/debug/dure-kill --cycles $(or $(CYCLES),500) --seed 7
	SECONDS_EACH=$(or $(SECONDS),60) scripts/fuzz.sh
	@echo "make test-long: every history holds"

sim: web ## plays whole networks in a simulated world; SEEDS=20000, or SEED= for one of them
	@$(CARGO) build $(EVERYTHING)
	$(CARGO_TARGET_DIR)/debug/dure-sim run $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),2000))

sim-canary: build-all ## shows that the simulation finds every planted bug
	$(CARGO_TARGET_DIR)/debug/dure-sim canary

kill: build-all ## kills validators under load again and again, and judges what they say; CYCLES=2000, SEED=1
	$(CARGO_TARGET_DIR)/debug/dure-kill --cycles $(or $(CYCLES),100) --seed $(or $(SEED),1)

fuzz: ## fuzzes every decoder and HTTP body; SECONDS=600 for each target, TARGETS=
	SECONDS_EACH=$(or $(SECONDS),60) scripts/fuzz.sh $(TARGETS)

check: web ## before each commit: format, lints, arrows between crates and modules, licences, types, quick tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	scripts/arrows.sh
	scripts/modules.py
	scripts/paths.py
	scripts/licences.py
	scripts/selections.py $(PRODUCT)
	scripts/formats.py
	scripts/book.py $(CARGO_TARGET_DIR)/book
	python3 -m unittest discover --quiet --start-directory scripts/tests
	cd web && npm run --silent check
	cd tests && node --test --test-reporter=dot api/description.test.mjs
	cargo test --quiet --workspace --test calls --test bounds --test vectors --test reference
	@echo "make check: all good"

bench: web ## measures payments through four validators beside PostgreSQL, growth, faults, proofs, with the profile that operators run; writes bench/results.json and docs/benchmarks (some 20 minutes)
	@$(CARGO) build $(PRODUCT_FLAGS) --profile $(PROFILE)
	@mkdir -p bench
	$(PACKED)/dure bench --repository $(CURDIR) > bench/results.json.new
	@mv bench/results.json.new bench/results.json
	$(PACKED)/dure bench-page bench/results.json --folder docs/benchmarks

package: web ## makes the Debian package: programs, pages, units, documents; PROFILE=dev packs the tests' programs
	@$(CARGO) build $(PRODUCT_FLAGS) --profile $(PROFILE)
	@scripts/package.sh $(PACKED) $(PRODUCT)

package-test: ## installs the package in a bare Debian and plays the main job there (root, debootstrap); PROFILE=dev takes minutes less
	@$(MAKE) --no-print-directory package PROFILE=$(PROFILE)
	scripts/package-test.sh "$$(ls -t $(CARGO_TARGET_DIR)/debian/dure_*.deb | head -n 1)"

screenshots: build ## pictures of every screen and its states, in screenshots/
	node tests/browser/screenshots.mjs

clean: ## removes build output and the demo's data
	cargo clean
	rm -rf data web/dist web/ts/generated web/node_modules tests/node_modules
