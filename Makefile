# Two commands are all that a new user needs:
#   make demo   a synthetic database, labelled, trained on and served in the browser
#   make test   lint, type checks and every test
# Both prepare .venv once (make install).

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The first of these that is Python 3.11 or newer; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

DEMO ?=
TESTS ?=
# Browsers at once in the tests.
BROWSERS ?= 1

# What reads the widgets' scripts; needs Node 18.18 or newer with npm, which only `make lint` asks for.
TOOLS := node_modules/.installed
NODE := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 18 || (a === 18 && b >= 18) ? 0 : 1)' 2>/dev/null && command -v npm)

.PHONY: help install demo test lint lint-scripts format clean

help:
	@echo "make demo     synthesise, import, train and serve (DEMO='--no-browser --port 8750')"
	@echo "make test     lint, type checks, all tests (TESTS=tests/unit for some)"
	@echo "make install  prepare .venv; demo and test do it by themselves"
	@echo "make lint     ruff, mypy, notebooks without outputs; eslint, prettier and tsc where there is Node"
	@echo "make format   bring the code into shape"
	@echo "make clean    remove .venv, caches and the demo's workspace"

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { \
		echo "mexlab needs Python 3.11 or newer, and found none." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mexlab needs Python 3.11 or newer, but $(PYTHON) is $$("$(PYTHON)" --version 2>&1 | head -n 1)." >&2; \
		exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV) || { \
		echo "Python's venv module is missing; on Debian: apt-get install python3-venv" >&2; \
		rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --quiet \
		--constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: install
	$(BIN)/mexlab demo $(DEMO)

# Where the time went, from both runs of pytest; its last lines say so.
TIMES := .pytest_cache/mexlab-times.json

# The browser's tests are a run of their own: what drives a browser leaves its event loop running
# beside whatever comes after. One browser unless `make test BROWSERS=2` says otherwise: each has a
# server and a copy of the demo of its own.
test: lint
	@rm -f $(TIMES)
ifeq ($(TESTS),)
	MEXLAB_TEST_TIMES=$(TIMES) $(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/ui tests
	MEXLAB_TEST_TIMES=$(TIMES) $(BIN)/python -m pytest $(if $(filter-out 1,$(BROWSERS)),-n $(BROWSERS) --dist loadfile )tests/ui
else
	MEXLAB_TEST_TIMES=$(TIMES) $(BIN)/python -m pytest $(TESTS)
endif

lint: install lint-scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@notebooks=$$(git ls-files '*.ipynb' 2>/dev/null); \
		test -z "$$notebooks" || $(BIN)/nbstripout --keep-id --verify $$notebooks

# A machine without Node (or without the network, to fetch the tools once) lints what it can, and says
# what it left out; where the browser is required, as in .ci/run, so are they.
lint-scripts:
ifneq ($(NODE),)
	@if $(MAKE) --no-print-directory $(TOOLS); then npm run --silent lint; else $(NO_SCRIPTS); fi
else
	@$(NO_SCRIPTS)
endif

NO_SCRIPTS = echo "NOT CHECKED: the widgets' scripts (eslint, prettier, tsc). They need Node 18.18 or newer;" \
	"on Debian: apt-get install nodejs npm" >&2; test "$$MEXLAB_REQUIRE_BROWSER" != 1

$(TOOLS): package.json package-lock.json
	npm ci --silent
	@touch $@

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
ifneq ($(NODE),)
	@if $(MAKE) --no-print-directory $(TOOLS); then npm run --silent format; fi
endif

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist mexlab-demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
