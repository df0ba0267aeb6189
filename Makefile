# Set-up needs Python 3.11 or newer, make and PyPI; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAMBDA_PYTHON ?= python3.13
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
PACKAGES := canonical channels store activities workflows workers bridge sandbox
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: run test test-parts test-edges test-whole test-slow conformance conformance-mutants walk kill-tests bench bench-bus bench-lambda quota-bench lambda check-aws check format lock clean

$(RUN_READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Souk needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@# Bytecode of the hundred AWS services that nobody starts: 24 MB.
	@find $(VENV)/lib -path '*/site-packages/moto/*' -name __pycache__ -prune -exec rm -r {} +
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

$(DEV_READY): $(RUN_READY) requirements-dev.lock
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

run: $(RUN_READY) ## everything embedded, with orders at a pleasant pace
	@$(BIN)/souk up

check: $(DEV_READY) ## format, lint, types, layers, every statement as T-SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tests.store.tsql_check

test: $(DEV_READY) ## all tests of a change, three thirds side by side: under 12 minutes on 2 cores
	@$(MAKE) --no-print-directory -j3 test-parts test-edges test-whole

EDGES := tests/bridge tests/sandbox tests/workers
WHOLE := tests/e2e

test-parts: $(DEV_READY) ## each part by itself, and a sample of kills
	$(BIN)/pytest -m "not slow" $(addprefix --ignore=,$(EDGES) $(WHOLE))

test-edges: $(DEV_READY) ## bridge, marketplaces' and bus's stand-ins, processes and command line
	$(BIN)/pytest -m "not slow" $(EDGES)

test-whole: $(DEV_READY) ## the whole by the command line
	$(BIN)/pytest -m "not slow" $(WHOLE)

test-slow: $(DEV_READY) ## long races, a million messages, ten thousand connections, 200 runs
	$(BIN)/pytest -m slow --timeout 900

conformance: $(DEV_READY) ## every case against every channel with its sandbox, and the table
	SOUK_CONFORMANCE_TABLE=1 $(BIN)/pytest tests/conformance/test_suite.py tests/conformance/test_table.py

walk: $(DEV_READY) ## docs/add-a-marketplace.md performed in a copy of the sources
	$(BIN)/pytest tests/workers/scaffold

conformance-mutants: $(DEV_READY) ## a fault planted for each case, which the case must catch
	$(BIN)/pytest tests/conformance/test_mutants.py

kill-tests: $(DEV_READY) ## every process killed at seeded moments, and the broker on 20 schedules
	$(BIN)/pytest tests/chaos tests/sandbox/servicebus/test_kills.py --timeout 900

bench: $(DEV_READY) ## orders a second beside bare Temporal, times, events and actions; settlement rows a second beside COPY
	$(BIN)/python -m tests.bench.orders
	$(BIN)/python -m tests.bench.documents
	$(BIN)/python -m tests.bench.lambda_bridge

bench-bus: $(DEV_READY) ## the broker beside SQLite committing the same rows
	$(BIN)/python -m tests.bench.bus

bench-lambda: $(DEV_READY) ## messages a second through the handler, and its cold start
	$(BIN)/python -m tests.bench.lambda_bridge

lambda: $(RUN_READY) ## the functions' package for AWS: python3.13 on arm64, pinned and hashed
	@$(BIN)/python deploy/aws/package.py --out build/lambda.zip --compile-with $(LAMBDA_PYTHON)

check-aws: ## the template translated and linted; tools in an environment of their own
	@test -x .aws-venv/bin/cfn-lint || { $(PYTHON) -m venv .aws-venv && .aws-venv/bin/pip install --quiet --disable-pip-version-check "aws-sam-translator>=1.115" "cfn-lint>=1.58"; }
	@.aws-venv/bin/python deploy/aws/check.py

quota-bench: $(DEV_READY) ## share of each kind of quota used, and refusals, beside two other clients
	$(BIN)/python -m tests.bench.quota

format: $(DEV_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: ## re-pin every dependency with its hashes
	$(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet uv
	.lock-venv/bin/uv pip compile pyproject.toml --extra build $(LOCK) -o requirements.lock
	.lock-venv/bin/uv pip compile pyproject.toml --extra build --extra dev -c requirements.lock $(LOCK) -o requirements-dev.lock
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) .aws-venv build .souk .mypy_cache .ruff_cache .pytest_cache
