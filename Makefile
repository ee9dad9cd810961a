PYTHON ?= python3
POSTGRES ?= postgres://root@127.0.0.1:5432/postgres
REDIS ?= redis://127.0.0.1:6379/15
OF_VERSIONS := tests/versions tests/versions_bulk tests/versions_pure
VENV := .venv
BIN := $(VENV)/bin
SECONDS ?= 600

.PHONY: run test browser sites services lint types docs check lock audit fuzz clean
.DEFAULT_GOAL := check

run: $(VENV)/.run  ## bring up the dashboard and its workers; Ctrl-C stops them
	@exec $(BIN)/python manage.py up

test: $(VENV)/.dev  ## run the tests, those of the version service without the graph
	@BOTSITE_APPS=versions $(BIN)/pytest -q -n auto $(OF_VERSIONS)
	@$(BIN)/pytest -q -n auto -m "not browser" \
	    $(OF_VERSIONS:%=--ignore=%) --ignore=tests/chaos --ignore=tests/deploy

browser: $(VENV)/.dev  ## the tests that drive a browser over every page
	@$(BIN)/pytest -q -n auto tests/browser

sites: $(VENV)/.dev  ## the tests that start whole sites: entry points, https, behind a proxy
	@$(BIN)/pytest -q -n auto tests/deploy

services: $(VENV)/.dev  ## on PostgreSQL and Redis: what meets database and queue; and random kills
	@DATABASE_URL=$(POSTGRES) $(BIN)/pytest -q -n auto tests/core tests/versions tests/graph tests/pulls tests/api tests/backup tests/decisions
	@DATABASE_URL=$(POSTGRES) REDIS_URL=$(REDIS) \
	    $(BIN)/pytest -q -m cluster tests/core tests/versions
	@$(BIN)/pytest -q tests/chaos

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy .

docs: $(VENV)/.dev  ## the documentation as a site, in var/docs; warnings are errors
	@$(BIN)/python manage.py write_reference --check
	@$(BIN)/sphinx-build -q -W --keep-going -d var/doctrees docs var/docs

check: lint types docs test browser sites  ## all that CI runs
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

lock:  ## compile requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev \
	    --custom-compile-command "make lock" pyproject.toml -o requirements/dev.txt

audit: $(VENV)/.dev  ## what the package index says of the pinned dependencies; by hand
	@$(BIN)/python -m tests.audit

fuzz: $(VENV)/.dev  ## spoilt recipes and servers' answers for SECONDS; what it finds is in var/fuzz
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
