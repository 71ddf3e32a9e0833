.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
DISTRIBUTIONS := clients/service-kit clients/bus-client clients/bus-drain clients/bids-client .
CODE := bus bids_service auction_app mailer_service accounting_service stages clients docs tests

ROUNDS ?= 100
ENGINE ?= both
COUNT ?= 300
SEED ?= 1

# Tests start hundreds of processes: none of them shall compile the same modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install run test test-fast chaos cluster mutants screens check format lock clean

help: ## show what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

install: .venv/installed ## create .venv and install everything that runs

run: .venv/installed ## migrate, load demo data once, start everything, say when it is ready; STAGE=mvp, background, bus; ARGS=--help
	@$(BIN)/python -m service_kit.run $(ARGS)

test: .venv/installed-dev ## run every test that can run without root
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: .venv/installed-dev ## run the tests that start nothing: no process, browser or PostgreSQL
	$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

chaos: .venv/installed-dev ## kill the bus's processes and break its machine, ROUNDS=100 times; ARGS="--seed 7" repeats; ENGINE=cluster: every strike on three database hosts; ENGINE=books: who is between a press, a payment, the books and the mails, until each of 16 arrows had ROUNDS kills at least (ARGS="--engine postgresql --minutes 15")
ifeq ($(ENGINE),cluster)
	$(BIN)/python -m tests.cluster --strikes $(ARGS)
else ifeq ($(ENGINE),books)
	$(BIN)/python -m tests.chaos.books --each $(ROUNDS) $(ARGS)
else
	$(BIN)/python -m tests.chaos --engine $(ENGINE) --rounds $(ROUNDS) $(ARGS)
endif

cluster: .venv/installed-dev ## start three database hosts, two buses and two pushers in network namespaces, and say where; needs root
	@$(BIN)/python -m tests.cluster

mutants: .venv/installed-dev ## change the code in COUNT=300 places, drawn from SEED=1: does a test notice?
	$(BIN)/python -m tests.mutants --count $(COUNT) --seed $(SEED) $(ARGS)

screens: .venv/installed-dev ## photograph every page into var/screens
	$(BIN)/python -m tests.screens

# Each looks for itself, the longest first; what one says stays together, where make knows how.
CHECKS := check-types check-lint check-format check-boundaries check-dependencies
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
check: .venv/installed-dev ## format, lint, types, boundaries, dependencies
	@$(MAKE) --no-print-directory --jobs=2 --keep-going $(TOGETHER) $(CHECKS)

.PHONY: $(CHECKS)
check-format:
	$(BIN)/ruff format --check $(CODE)

check-lint:
	$(BIN)/ruff check $(CODE)

check-types:
	$(BIN)/mypy

check-boundaries:
	$(BIN)/lint-imports

check-dependencies:
	for folder in $(DISTRIBUTIONS); do (cd $$folder && $(CURDIR)/$(BIN)/deptry $$(test -d src && echo src || echo .)) || exit 1; done
	cd deploy/gavel-bus && $(CURDIR)/$(BIN)/deptry src/bus/

.PHONY: styles
styles: .venv/installed-dev ## cut Pico CSS anew to what pages use
	$(BIN)/python -m tests.pico

.PHONY: docs
docs: .venv/installed-dev ## build the documentation as a site, into var/docs; a link that leads nowhere is an error
	$(BIN)/sphinx-build -q -W --keep-going -d var/docs-cache -c docs . var/docs
	@echo "var/docs/docs/index.html"

.PHONY: node
node: ## install the standards' own tools in JavaScript into var/node; tests that want them are skipped without
	mkdir -p var/node && cp tests/node/package.json var/node/
	npm install --prefix var/node --no-package-lock --no-audit --no-fund --silent

.PHONY: lighthouse
lighthouse: .venv/installed-dev ## audit home, item, search, account and wizard on a phone; 1 when a bar is missed
	@mkdir -p var/lighthouse && cp tests/lighthouse/package.json var/lighthouse/
	@npm install --prefix var/lighthouse --no-package-lock --no-audit --no-fund --silent
	$(BIN)/python -m tests.lighthouse

.PHONY: bench
bench: .venv/installed-dev ## measure beside a ceiling; ONLY= all, how a name begins or words of a row; 1 when a bar is missed
	$(BIN)/python -m tests.bench "$(ONLY)"

.PHONY: bench-compare
bench-compare: .venv/installed-dev ## measure two commits side by side: A=main B=HEAD, ONLY= as of bench; 1 when B is worse
	$(BIN)/python -m tests.bench.compare "$(A)" "$(B)" "$(ONLY)"

.PHONY: journey
journey: .venv/installed-dev ## measure what each stage buys and costs, into var/journey.html; 1 when a promise is not kept
	$(BIN)/python -m tests.journey $(ARGS)

format: .venv/installed-dev ## let ruff mend what it can
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

lock: .venv/installed-dev ## write the hash-pinned requirements anew
	for name in requirements requirements-dev; do \
	  $(BIN)/pip-compile --quiet --upgrade --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --output-file $$name.txt $$name.in || exit 1; done

clean: ## forget .venv and var
	rm -rf .venv var

.venv/installed: requirements.txt pyproject.toml $(wildcard clients/*/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gavel needs Python 3.11 or newer; this is " + sys.version.split()[0] + " (set PYTHON=)")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ./,$(DISTRIBUTIONS))
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	@echo "Installing what tests and checks need into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
