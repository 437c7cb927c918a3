# Needs make and a Python >= 3.11, nothing else. Everything is installed into .venv, from locked and hashed packages.

# The environment's own Python, or the newest that works: a name on the PATH may be a shim with nothing behind it.
PYTHON = $(shell for python in .venv/bin/python python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && break; done)
INSTALL = @set -- $(PYTHON); test -n "$$1" || { echo "Onsite needs Python 3.11 or newer: install python3." >&2; exit 1; }; \
	"$$1" install.py
RUN = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test check format openapi docs reset bench nightly install develop lock

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## Start Onsite with the sample company: database, data, API and docs. Ctrl-C stops it
	@.venv/bin/onsite demo

test: develop ## Run every test, against a real PostgreSQL and a real server
	@$(RUN) -m pytest --numprocesses=logical --dist=loadfile --max-worker-restart=0

check: develop ## Lint, format, types, layers and the published API document
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(RUN) -m pytest -q tests/test_layers.py
	.venv/bin/onsite openapi --check
	$(RUN) -m openapi_spec_validator openapi/openapi.json

format: develop ## Put the code into its form
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

openapi: install ## Write openapi/openapi.json anew from the code
	.venv/bin/onsite openapi

docs: develop ## Write the pages of docs/ that come from the code anew
	@$(RUN) -m tests.reference_pages

reset: install ## Delete the demo's database for ever
	@.venv/bin/onsite reset

bench: develop ## Measure pulls and pushes against a server of its own
	@$(RUN) -m benchmarks

nightly: develop ## The tests that take minutes, twenty times the examples for each law, 100,000 histories
	@$(RUN) -m pytest -m nightly -o faulthandler_timeout=0
	@$(RUN) -m pytest tests/domain tests/sync --hypothesis-profile=nightly -o faulthandler_timeout=0
	@$(RUN) -m tests.simulation --histories 100000 --seed 1 --processes 2

install:
	$(INSTALL)

develop:
	$(INSTALL) --dev

lock: ## Renew the lock files from requirements*.in
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	$(COMPILE) requirements.in --output-file requirements.lock
	$(COMPILE) requirements-dev.in --constraint requirements.lock --output-file requirements-dev.lock

COMPILE = build/lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
