# Bình dân học AI. `make run` opens the school on this machine, `make test` checks everything.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-e2e test-llm lint format lock

PORT ?= 8000
AI ?=
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

export PORT VENV
export BDHAI_AI := $(AI)

help:  ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run:  ## install what is missing, open the school at http://127.0.0.1:$(PORT)/ (AI=none|local)
	@scripts/bootstrap run
	@exec $(BIN)/bdhai run

test: lint  ## lint, then every test except those that need the local model
	@scripts/system-test
	@unit=0; $(MAKE) --no-print-directory test-unit || unit=1; \
	$(MAKE) --no-print-directory test-e2e && exit $$unit

test-unit:  ## tests without a hub or a browser, side by side
	@scripts/bootstrap test
	$(PYTEST) -q -n auto -m "not e2e and not llm"

test-e2e:  ## tests that drive a real hub and a browser, two at a time
	@scripts/bootstrap test
	$(PYTEST) -q -n 2 -m "e2e and not llm"

test-llm:  ## tests against the real local model (installs it first)
	@scripts/bootstrap test local-ai
	$(PYTEST) -q -m llm

lint:  ## ruff, mypy, import-linter
	@scripts/bootstrap test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format:  ## put the code in shape
	@scripts/bootstrap test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## write the locks for pyproject.toml (needs uv); they hold names, versions and hashes only
	@scripts/lock
