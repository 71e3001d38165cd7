# One command for each job; `make` lists them. Paths are relative, so a folder's name may hold a space.

PYTHON ?= python3
ADDRESS ?= 127.0.0.1:8000
# The index to take torch from, for example one with CPU-only builds. Empty: the platform's default.
TORCH_INDEX ?=
PYTEST_ARGS ?=
# How many tests run at once; a file's tests stay together, so that each costly fixture is made once.
WORKERS ?= 2
# How many programs and blocks are run at once for their records.
JOBS ?= 2
# text, json or github (annotations in a pull request)
FORMAT ?= text

PY := .venv/bin/python
# -qq: errors only. Build isolation would fetch the build backend once more, unpinned by constraints.txt.
PIP := $(PY) -m pip install -qq -c constraints.txt
INSTALL := $(PIP) --no-build-isolation -e

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Material prints its end-of-life notice on every run otherwise (docs/contribute/ speaks of its successor, Zensical).
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help serve build test check format precompute bench fuzz clean distclean
.PHONY: check-format check-lint check-types check-js check-questions check-html check-links browser node

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

serve: .venv/.site ## set up, build, serve with live reload
	@echo "Building; then the site is at http://$(ADDRESS) and follows your changes (Ctrl-C stops it)"
	@exec $(PY) -m mkdocs serve --livereload --dev-addr "$(ADDRESS)"

build: .venv/.site ## set up, build site/ (a warning is an error)
# Not --quiet: MkDocs counts the warnings that it prints, and a strict build fails by that count.
	@$(PY) -m mkdocs build --strict
	@echo "Built site/"

test: .venv/.torch node browser ## install what the tests need, run every test
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: check-format check-lint check-types check-js check-questions build check-html check-links ## format, lint, types, questions, strict build, HTML, links

check-format: .venv/.check
	@$(PY) -m ruff format --check --quiet . || { echo "Run  make format" >&2; exit 1; }

check-lint: .venv/.check
	@$(PY) -m ruff check --quiet .

check-types: .venv/.check
	@$(PY) -m mypy

check-js: node
	@if [ -f node_modules/.stamp ]; then echo "tsc -p tsconfig.json" && node node_modules/typescript/bin/tsc -p tsconfig.json; fi

check-questions: .venv/.site
	@$(PY) -m quiz_plugin check docs --strict --format $(FORMAT)

check-html: build node
	@if [ -f node_modules/.stamp ]; then echo "html-validate" && node node_modules/html-validate/bin/html-validate.mjs --config htmlvalidate.config.mjs "site/**/*.html"; fi

check-links: build
	@$(PY) -m tools.links site

format: .venv/.check ## format the Python files, mend what ruff can
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

precompute: .venv/.torch ## run what is new or changed, write its records
	@$(PY) -m quiz_plugin record --jobs $(JOBS)

bench: .venv/.test browser ## measure: builds, bytes of a page, Python in the page, the bank, Check, Lighthouse
	@$(PY) -m tools.bench

fuzz: .venv/.torch ## search for input that breaks a property (20 000 examples a test)
	@$(PY) -m pytest tests -p tools.fuzz -m hypothesis --hypothesis-profile=fuzz $(PYTEST_ARGS)

clean: ## remove what was built, and caches
	@rm -rf site build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

distclean: clean ## remove what was installed as well
	@rm -rf .venv node_modules *.egg-info

# Each installation leaves a stamp, so that it runs again only when what it depends on has changed.

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Quizproof needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1 | head -n 1)" >&2; \
	  echo "Name another one, for example:  make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { \
	  echo "Python could not make .venv; on Debian and Ubuntu install python3-venv first" >&2; rm -rf .venv; exit 1; }
	@touch $@

.venv/.site: .venv/.made pyproject.toml constraints.txt
	@echo "Installing what the site needs into .venv (once)"
	@$(PIP) setuptools
	@$(INSTALL) '.[site,runtime]'
	@touch $@

.venv/.check: .venv/.site
	@echo "Installing the linters into .venv (once)"
	@$(INSTALL) '.[site,runtime,check]'
	@touch $@

.venv/.test: .venv/.site
	@echo "Installing what the tests need into .venv (once)"
	@$(INSTALL) '.[site,runtime,test]'
	@touch $@

.venv/.torch: .venv/.test
	@echo "Installing torch into .venv (once; hundreds of megabytes)"
	@$(PIP) torch $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)")
	@touch $@

browser: .venv/.test
	@$(PY) -m tools.browser

# Developer tools of the checks and tests. What readers get needs none of them.
node:
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
	  echo "Skipped: checks that need Node 20 or newer with npm (here: $$(node --version 2>/dev/null || echo none))"; \
	else $(MAKE) -s --no-print-directory node_modules/.stamp; fi

node_modules/.stamp: package.json package-lock.json
	@echo "Installing the Node tools into node_modules (once)"
	@npm ci --silent
	@touch $@
