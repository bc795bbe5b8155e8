# The one list of commands. CI calls `make test` and `make check` and nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
TESTS := PYTHONPATH=tests $(BIN)/python -m
STAMP := $(VENV)/.installed
DEMO := demo-archive
SOURCES := normalise scraper tests
SECONDS := 60

.DEFAULT_GOAL := help
.PHONY: help install demo crawl test check docs fmt bench torture long fuzz advisories conformance golden screenshots probe-table lock clean

help:  ## List what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## Make .venv with the command in .venv/bin/hkcnews.

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint requirements.lock --editable '.[dev]'
	@touch $@

demo: install  ## Crawl a small archive on this machine, offline, and show what comes out.
	@$(TESTS) demo $(DEMO)

crawl: install  ## Crawl the real archive: make crawl OUT=folder CONTACT=you@example.org
	@test -n '$(OUT)' || { echo 'where to? make crawl OUT=folder'; exit 2; }
	$(BIN)/hkcnews crawl --out '$(OUT)' $(if $(CONTACT),--contact '$(CONTACT)')

test: install  ## Run all tests, and see that they go through enough of the branches.
	@# what is compiled is kept, also where the environment says otherwise: hundreds of processes start
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses 2 --dist worksteal --quiet \
		--cov --cov-report=
	@$(TESTS) checks.branches

check: install  ## Look at format, lint, strict types and the docs.
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS) checks.sizes
	$(TESTS) checks.docs
	$(TESTS) checks.architecture

docs: install  ## Draw the pictures of the packages in docs/architecture.md again.
	$(TESTS) checks.architecture --write

fmt: install  ## Format the code and mend what the linter can.
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: install  ## Measure what others would use beside us, 15 minutes: make bench SMALL=1 tries it.
	@# pip 23 can't resolve the extras of lxml that these packages ask for
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint requirements.lock --editable '.[bench]'
	$(TESTS) bench.text $(if $(SMALL),--small)
	$(TESTS) bench.quality $(if $(SMALL),--small)
	$(TESTS) bench.index $(if $(SMALL),--small)
	$(TESTS) bench.ledger $(if $(SMALL),--small)
	$(TESTS) bench.export $(if $(SMALL),--small)
	$(TESTS) bench.browse $(if $(SMALL),--small)
	$(TESTS) bench.report $(if $(SMALL),--small)
	$(TESTS) bench.crawl $(if $(SMALL),--small)

torture: install  ## Crawl through every fault at once, killed again and again, and count.
	$(TESTS) stress.torture
	$(TESTS) stress.pictures

long: install  ## Crawl 50,000 articles and render them again: memory, files, growth.
	$(TESTS) stress.long_run

fuzz: install  ## Feed every reader hostile bytes, some seconds each: make fuzz SECONDS=600
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint requirements.lock --editable '.[fuzz]' \
		|| echo 'atheris does not install here'
	$(TESTS) fuzz.run --seconds $(SECONDS)
	$(BIN)/python -m pytest --quiet --numprocesses 2 -m hypothesis --hypothesis-profile thorough tests/unit

advisories: install  ## Ask OSV.dev for known vulnerabilities of the locked packages.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint requirements.lock --editable '.[advisories]'
	@$(TESTS) checks.advisories

conformance: install  ## Compare with the reference archive, where ../shared has it.
	$(TESTS) conformance

golden: install  ## Refresh what is expected of the saved pages; then read the diff.
	$(BIN)/python -m scraper.testing.fixtures refresh

screenshots: install  ## Make the pictures of the documents again, in a browser that is installed.
	$(TESTS) tools.make_screenshots

probe-table: install  ## Make the table of hkcnews probe anew, where ../shared has the reference.
	$(TESTS) tools.make_probe_table

lock: install  ## Write requirements.lock anew from what is installed now.
	$(BIN)/python -m pip install --quiet --upgrade --editable '.[dev,bench]'
	$(BIN)/python -m pip freeze --exclude-editable > requirements.lock

clean:  ## Remove what was made.
	rm -rf $(VENV) $(DEMO) $(DEMO)-* .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis
