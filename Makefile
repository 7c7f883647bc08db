# The commands of this project; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

HOST ?= 127.0.0.1
PORT ?= 8080
CONTACTSGROUPS_STATE ?= var

# Each stamp says that what it depends on is installed, so that a second run takes no time.
RUN_STAMP := $(VENV)/.run-is-installed
DEV_STAMP := $(VENV)/.dev-is-installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test lint format docs bench lock dist

help: ## Show what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV_STAMP) ## Create .venv with everything to run, test and change the product.

run: $(RUN_STAMP) ## Start the product on HOST (127.0.0.1) and PORT (8080), data in CONTACTSGROUPS_STATE (var).
	@HOST='$(HOST)' PORT='$(PORT)' CONTACTSGROUPS_STATE='$(CONTACTSGROUPS_STATE)' \
		exec $(BIN)/contactsgroups run

test: ## Install what the tests need, and run them. ARGS="-k posting" chooses, as for pytest.
	@tests/system-packages
	@$(MAKE) --no-print-directory setup
	@$(BIN)/python -m pytest $(ARGS) --numprocesses=2 --dist=loadfile --cov

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
	$(BIN)/python -m contactsgroups.directory.ldap_schema

bench: $(DEV_STAMP) ## Run every benchmark in tests/bench; bench-autocomplete runs one.
	@for name in autocomplete carddav http policy; do \
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

dist: $(DEV_STAMP) ## Build the source archive and the wheel in dist/.
	$(BIN)/python -m build --no-isolation

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
	@$(PIP_INSTALL) --no-deps --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements/dev.txt requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo 'Installing what runs and tests the product (requirements/dev.txt) ...'
	@$(PIP_INSTALL) --no-deps --require-hashes -r requirements/dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(RUN_STAMP) $@
