# The only commands a person has to know. Each does its own set-up; all that is needed is make, npm and any Node 20 or newer.
#
#   make demo     a year with the examples, against an Azure on this machine
#   make test     everything that must be right before a change is merged
#   make chaos    every fault at every request, every process killed: minutes, writes docs/reliability.md; make test runs a sample
#   make year     a company's year, month by month with each host: minutes; make test takes three months at a time
#   make bench    measurements against the limit and against others: minutes; writes docs/performance.md
#   make planted  plants known bugs one by one and sees that each is caught; writes test/scenarios/invariants.md
#   make lint     format and lint, without changing anything      make format   the same, and repairs what it can
#   make build    compiles the package into dist/
#   make schema   writes schema.yaml, sdk/nodejs/generated/ and the reference in docs/ from the definitions
#   make setup    only the set-up

# This package runs on Node 22.19 and later. Where the machine's Node is older, one is brought into .node/ and nothing
# else is touched: the packages node-<platform>-<arch> are what npm's own `node` package installs.
BROUGHT_NODE := 22.23.3
MACHINE_NODE := $(shell node -p 'const [a, b] = process.versions.node.split(".").map(Number); [process.platform + "-" + process.arch, a > 22 || (a === 22 && b >= 19) ? "recent" : "old"].join(" ")' 2>/dev/null)
ifeq ($(MACHINE_NODE),)
$(error This needs Node and npm on the PATH, version 20 or later: https://nodejs.org)
endif
PLATFORM := $(word 1,$(MACHINE_NODE))

ifeq ($(word 2,$(MACHINE_NODE)),old)
NODE_BIN := $(CURDIR)/.node/node_modules/node-$(PLATFORM)/bin
NODE := $(NODE_BIN)/node
export PATH := $(NODE_BIN):$(PATH)
endif

# One file for each lock file that was installed: a new lock file installs again, and nothing else does.
INSTALLED := node_modules/.installed-by-make

.PHONY: setup demo test chaos year planted bench build lint schema format
.NOTPARALLEL:
.DELETE_ON_ERROR:

headline = @printf '\n=== %s\n' "$(1)"

setup: $(INSTALLED)

ifdef NODE
$(NODE):
	$(call headline,node $(BROUGHT_NODE) into .node/)
	@npm install --prefix .node --no-save --no-package-lock --no-audit --no-fund --loglevel=error node-$(PLATFORM)@$(BROUGHT_NODE)
endif

$(INSTALLED): package-lock.json package.json | $(NODE)
	$(call headline,dependencies: npm ci)
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build: setup
	$(call headline,build: dist/)
	@npm run --silent build

demo: build
	$(call headline,demo)
	@npm run --silent demo

lint: setup
	$(call headline,lint and format: biome)
	@npm run --silent lint

format: setup
	@npm run --silent format

schema: setup
	@npm run --silent schema

test: lint
	$(call headline,types: tsc)
	@npm run --silent types
	$(call headline,dead code: knip)
	@npm run --silent unused
	@$(MAKE) --no-print-directory build
	$(call headline,unit tests)
	@npm run --silent test:unit
	$(call headline,contract tests: client and emulator)
	@npm run --silent test:contract
	$(call headline,chaos: a kill at every effect and a sample of the faults)
	@npm run --silent test:chaos
	$(call headline,properties: sequences against the emulator and hostile input)
	@npm run --silent test:properties
	$(call headline,scenarios: whole programs through an engine)
	@npm run --silent test:scenarios
	$(call headline,package: publint and are-the-types-wrong on the packed result)
	@npm run --silent package
	$(call headline,all passed)
	@npx --no-install tsx scripts/suiteTable.ts

# The document is written whatever came of it: failures belong into it.
chaos: build
	$(call headline,chaos: every fault at every request and a kill of every process)
	@results=$$(mktemp -d) && { CHAOS=all CHAOS_RESULTS=$$results npm run --silent test:chaos; result=$$?; \
	  npx --no-install tsx scripts/writeReliability.ts $$results && rm -r $$results && exit $$result; }
	@PROPERTIES=all npm run --silent test:properties

year: build
	$(call headline,a year of people who come and go: month by month with each host)
	@YEAR=all npm run --silent test:scenarios -- companyYear

# One bug alone: npm run planted -- "revoked were a date"
planted: setup
	$(call headline,planted: bugs that must be caught)
	@npm run --silent planted

# One measurement alone: npm run bench -- --only issuing
bench: build
	$(call headline,bench: every measurement by itself)
	@npm run --silent bench
