.DEFAULT_GOAL := help
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
RUN_STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev
SOURCES := wizamart modules tests migrations scripts wsgi.py
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export HOST ?= 127.0.0.1
export PORT ?= 5000

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

run: $(RUN_STAMP) ## Install, migrate, fill in demo data, serve on HOST and PORT
	$(BIN)/wizamart demo --quiet
	$(BIN)/wizamart serve --host $(HOST) --port $(PORT)

test: lint types imports catalogues pytest ## Check everything: style, types, imports, catalogues, tests

lint: $(DEV_STAMP) ## Check style and format
	$(BIN)/ruff check $(wildcard $(SOURCES))
	$(BIN)/ruff format --check $(wildcard $(SOURCES))

types: $(DEV_STAMP) ## Check types
	$(BIN)/mypy

imports: $(DEV_STAMP) ## Check who imports whom
	$(BIN)/lint-imports

catalogues: $(DEV_STAMP) ## Check the translations
	$(BIN)/wizamart i18n compile
	$(BIN)/wizamart i18n check

pytest: $(DEV_STAMP) ## Run the tests only; ARGS go to pytest
	$(BIN)/pytest -n $${WIZAMART_TEST_PROCESSES:-2} --dist loadfile --no-loadscope-reorder $(ARGS)

bench: $(DEV_STAMP) ## Measure against plain Flask and print a table
	$(BIN)/python -m tests.bench

format: $(DEV_STAMP) ## Put the code into its format
	$(BIN)/ruff check --fix-only --quiet $(wildcard $(SOURCES))
	$(BIN)/ruff format $(wildcard $(SOURCES))

constraints: $(DEV_STAMP) ## Write down the exact versions of everything installed
	$(BIN)/pip freeze --exclude-editable --exclude wizamart | grep -E '^[A-Za-z0-9._-]+==' > constraints.txt

clean: ## Remove the environment and all caches; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_STAMP): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what is needed; the first time this takes a minute or two"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what the checks need"
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(RUN_STAMP)

.PHONY: help run test lint types imports catalogues pytest bench format constraints clean
