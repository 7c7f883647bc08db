# The commands of this project; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

HOST ?= 127.0.0.1
PORT ?= 8080
CONTACTSGROUPS_STATE ?= var
SUITE ?= trixie

# Each stamp says that what it depends on is installed, so that a second run takes no time.
RUN_STAMP := $(VENV)/.run-is-installed
DEV_STAMP := $(VENV)/.dev-is-installed
LOWEST_STAMP := $(VENV)/.lowest-is-installed
INSTALL := requirements/install $(BIN)/python .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test coverage test-bare test-lowest lint format docs translations picture bench lock dist

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV_STAMP) ## Create .venv with everything to run, test and change the product.

run: $(RUN_STAMP) ## Start the product on HOST (127.0.0.1) and PORT (8080), data in CONTACTSGROUPS_STATE (var).
	@HOST='$(HOST)' PORT='$(PORT)' CONTACTSGROUPS_STATE='$(CONTACTSGROUPS_STATE)' \
		exec $(BIN)/contactsgroups run

test: ## Install what the tests need, and run them. ARGS="-k posting" chooses, as for pytest.
	@tests/system-packages
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m pytest $(ARGS) --numprocesses=2 --dist=loadfile

# Counting takes as long again as testing.
coverage: ## The same, and then which lines no test reaches.
	@$(MAKE) --no-print-directory test ARGS='$(ARGS) --cov'

test-lowest: ## Run the tests with the lowest versions that pyproject.toml allows, on Python 3.11.
	@tests/system-packages
	@$(MAKE) --no-print-directory VENV=.venv-lowest .venv-lowest/.lowest-is-installed
	@.venv-lowest/bin/python -m pytest $(ARGS) --numprocesses=2 --dist=loadfile

test-bare: ## As root: make run, then make test, in a bare Debian, SUITE=bookworm or trixie.
	@tests/bare/tree '$(SUITE)'

lint: $(DEV_STAMP) ## Check style, types, import rules and spelling; change nothing.
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(DEV_STAMP) ## Lay out the code and mend what the linter can mend.
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

docs: $(DEV_STAMP) ## Make anew what is made from the code: pages in docs/ and the LDAP schema.
	$(BIN)/contactsgroups settings --markdown > docs/settings.md
	$(BIN)/python -m contactsgroups.cli.commands_page > docs/commands.md
	$(BIN)/python -m contactsgroups.cli.group_settings_page > docs/group-settings.md
	$(BIN)/python -m contactsgroups.web.api.document_page > docs/openapi.json
	$(BIN)/python -m contactsgroups.directory.ldap_schema

translations: $(DEV_STAMP) ## Collect the pages' texts, and compile what is translated of them.
	$(BIN)/python -m tests.web.catalogues

picture: $(DEV_STAMP) ## Make the README's pictures anew, in Chromium: docs/images/*.png.
	$(BIN)/python -m tests.browser.readme_picture

BENCHES := admin autocomplete carddav contacts corrections http policy

bench: $(DEV_STAMP) ## Run every benchmark in tests/bench; bench-autocomplete runs one.
	@for name in $(BENCHES); do \
		$(MAKE) --no-print-directory "bench-$$name" || exit 1; \
	done

bench-%: $(DEV_STAMP)
	$(BIN)/python -m tests.bench.$* $(ARGS)

# Taking the versions from an index is the job of a person; its answer is pinned by hashes.
UV_COMPILE = $(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command 'make lock'

lock: $(DEV_STAMP) ## Pin the newest versions that fit together, with hashes, in requirements/.
	$(UV_COMPILE) pyproject.toml --all-extras --output-file requirements/run.txt
	$(UV_COMPILE) requirements/build.in --constraint requirements/run.txt \
		--output-file requirements/build.txt
	$(UV_COMPILE) pyproject.toml --all-extras requirements/dev.in \
		--constraint requirements/run.txt --constraint requirements/build.txt \
		--output-file requirements/dev.txt
	$(UV_COMPILE) pyproject.toml --all-extras --resolution lowest-direct \
		--output-file requirements/lowest.txt
	$(UV_COMPILE) requirements/pip-oldest.in --output-file requirements/pip-oldest.txt
	echo pip | $(UV_COMPILE) - --output-file requirements/pip-newest.txt

dist: $(DEV_STAMP) ## Build the source archive, the wheel, and the front-end modules as one file each in dist/.
	$(BIN)/python -m build --no-isolation
	@$(MAKE) --no-print-directory dist/recipient-field.js dist/contacts-dialog.js

dist/contacts-dialog.js: $(wildcard static/contacts-dialog/*.js)
dist/%.js: static/%.js $(wildcard static/recipient-field/*.js)
	@command -v esbuild >/dev/null || { \
		echo 'One file of the modules needs esbuild. On Debian: apt-get install esbuild' >&2; \
		exit 1; }
	esbuild $< --bundle --minify --charset=utf8 --format=esm --log-level=warning --outfile=$@
	cp static/$*.css static/$*.d.ts $(@D)
	cp -R static/icons $(@D)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'contactsgroups needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; \
		exit 1; }
	@echo 'Creating $(VENV) ...'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'On Debian, the package python3-venv is needed: apt-get install python3-venv' >&2; \
		exit 1; }

$(RUN_STAMP): requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what runs the product (requirements/run.txt) ...'
	@$(INSTALL) requirements/run.txt requirements/build.txt
	@touch $@

$(DEV_STAMP): requirements/dev.txt requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what runs and tests the product (requirements/dev.txt) ...'
	@$(INSTALL) requirements/dev.txt
	@touch $(RUN_STAMP) $@

$(LOWEST_STAMP): requirements/dev.txt requirements/lowest.txt pyproject.toml | $(BIN)/python
	@echo 'Installing the lowest versions that run the product (requirements/lowest.txt) ...'
	@$(INSTALL) requirements/dev.txt requirements/lowest.txt
	@touch $@
