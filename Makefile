# Two commands set up everything on a machine with Python 3.11 or newer and git: make demo, make test.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVERS := .servers
LOADERS := .loaders
PYTEST_ARGS ?= --numprocesses auto

.PHONY: help demo test coverage hostile check bench golden docs replay editor browser vscode servers loaders pull dist lock
.DEFAULT_GOAL := help

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

$(READY): pyproject.toml requirements/dev.txt
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with its venv module is needed, and none was found." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## check the sample project: its scorecard, and the gate that a missed target shuts
	@code=0; $(BIN)/kpi check || code=$$?; \
	if [ $$code -ne 1 ]; then echo "kpi check ended with exit code $$code instead of 1" >&2; exit 1; fi; \
	echo "kpi check ended with exit code 1: that is the gate working"

test: $(READY) ## run the tests; a skip that tests/allowed_skips.txt does not list fails
	$(BIN)/python -m pytest $(PYTEST_ARGS)

coverage: $(READY) ## run the tests and measure what they reach, the worker too; under 95 % fails
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -p tests.measured.measure_worker $(PYTEST_ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

hostile: $(READY) ## bad input and kills in large numbers, an hour or more: figures, and what broke
	KPI_EDITS=3000 $(BIN)/python -m pytest tests/lsp/test_typing.py
	$(BIN)/python -m tests.hostile --large $(HOSTILE_ARGS)

replay: $(READY) ## three hundred random repositories: replaying their history gives the last commit, some minutes
	KPI_REPLAYS=300 $(BIN)/python -m pytest -n 0 -q tests/history/test_replay.py

check: $(READY) ## lint, format, types, imports, workflows, definitions, schemas
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --persona pedantic .github
	$(BIN)/python .ci/starter.py
	$(BIN)/kpi lint
	$(BIN)/kpi schema --check
	$(BIN)/python docs/generate.py --check

bench: $(READY) ## print the speed table
	$(BIN)/python -m benchmarks

golden: $(READY) ## write the expected texts anew; read the diff before committing it
	$(BIN)/python -m pytest $(PYTEST_ARGS) --update-goldens

docs: $(READY) ## write the reference pages and the picture anew
	$(BIN)/python docs/generate.py

servers: $(SERVERS)/.ready ## install the server of buckets that tests/pull starts
$(SERVERS)/.ready: requirements/servers.txt
	$(BIN)/python -m venv --clear $(SERVERS)
	$(SERVERS)/bin/python -m pip install --quiet --require-hashes -r requirements/servers.txt
	@touch $@

pull: $(READY) ## kill a pull at 50 instants, and measure pulls of five million rows
	KPI_PULL_KILLS=50 $(BIN)/python -m pytest --numprocesses 0 tests/pull
	$(BIN)/python -m benchmarks.pull

editor: ## install the language server that tests/editor drives (needs npm)
	npm ci --prefix tests/editor --no-audit --no-fund --ignore-scripts

browser: ## install what drives the browser of tests/browser (needs npm, and Chromium)
	npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts

loaders: $(LOADERS)/.ready ## install the loaders that tests/getting_data runs (dlt)
$(LOADERS)/.ready: examples/getting-data/loaders/requirements.txt
	$(PYTHON) -m venv --clear $(LOADERS)
	$(LOADERS)/bin/python -m pip install --quiet --require-hashes -r $<
	@touch $@

vscode: ## test the extension for VS Code, and pack it into dist/ (needs npm)
	npm ci --prefix editors/vscode --no-audit --no-fund --ignore-scripts
	npm test --prefix editors/vscode
	cp LICENSE editors/vscode/LICENSE
	mkdir -p dist
	cd editors/vscode && npx --no-install vsce package --allow-missing-repository --out ../../dist/kpi-framework.vsix

dist: $(READY) ## build the wheel and the sdist into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build -d dist

lock: $(READY) ## renew the locked versions and their hashes
	$(BIN)/python -m pip install --quiet 'uv>=0.9,<1'
	$(BIN)/uv pip compile $(UV_FLAGS) --group build --extra editor --extra xlsx --extra zst --output-file requirements/run.txt \
		pyproject.toml
	$(BIN)/uv pip compile $(UV_FLAGS) --group build --extra dev --extra xlsx --extra zst --extra postgres --extra mysql \
		--extra sqlserver --extra buckets --constraints requirements/run.txt \

	$(BIN)/uv pip compile $(UV_FLAGS) --group build --extra dev --extra editor --extra xlsx --extra zst --constraints requirements/run.txt \
		--output-file requirements/dev.txt pyproject.toml
	$(BIN)/uv pip compile $(UV_FLAGS) --output-file examples/getting-data/loaders/requirements.txt \
		examples/getting-data/loaders/requirements.in
	$(BIN)/uv pip compile $(UV_FLAGS) --output-file requirements/servers.txt requirements/servers.in
	npm update --prefix tests/editor --package-lock-only --no-audit --no-fund
	npm update --prefix tests/browser --package-lock-only --no-audit --no-fund
	npm update --prefix editors/vscode --package-lock-only --no-audit --no-fund

# Hashes of every wheel of a version, for every platform and Python that the project supports; no addresses.
UV_FLAGS = --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
