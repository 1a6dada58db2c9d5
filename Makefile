# Two commands: `make run` and `make test`. Everything they need is fetched into .venv by `make setup`.
PYTHON ?= python3
BIN := .venv/bin
LOCKED := --require-hashes --no-deps --disable-pip-version-check -q

# Tests start hundreds of processes: compiled once, each starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

# Three at a time on two cores, for they wait for servers half of the time; a file as a whole: what its tests share, a
# server or a store, is made once.
BY_FILE := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: setup setup-test run test check bench failover soak lock clean

setup: .venv/.ready

setup-test: .venv/.ready-test

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Caudal needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Set PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; \
	  $(PYTHON) -m pip install -q --user virtualenv 2>/dev/null || $(PYTHON) -m pip install -q --user --break-system-packages virtualenv; \
	  $(PYTHON) -m virtualenv -q .venv; }

.venv/.ready: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Caudal: installing locked packages into .venv (once)"
	@$(BIN)/python -m pip install $(LOCKED) -r requirements.lock
	@$(BIN)/python -m pip install --no-deps --no-build-isolation --disable-pip-version-check -q -e .
	@touch $@

.venv/.ready-test: requirements-test.lock .venv/.ready
	@echo "Caudal: installing locked test packages into .venv (once)"
	@$(BIN)/python -m pip install $(LOCKED) -r requirements-test.lock
	@touch $@

run: setup
	$(BIN)/caudal demo

check: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/completeness

# The browser tests run by themselves: the browser's event loop stays in the process that once opened it.
test: check
	@.ci/browser
	$(BIN)/python -m pytest -q $(BY_FILE) -m "not browser and not long" tests --ignore tests/completeness
	$(BIN)/python -m pytest -q $(BY_FILE) -m browser tests

bench: setup-test
	$(BIN)/python -m tests.bench

# Long: whole lives of a store with kills and corrections, compared at moments of them; a thousand deliveries in
# disorder at a server that is killed again and again.
failover: setup-test
	$(BIN)/python -m pytest -q -n 2 -m long tests

# Long: ten minutes of broken files, in processes with a ceiling of memory and time.
soak: setup-test
	$(BIN)/python -m tests.soak.fuzz_files --minutes 10

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header -q -c requirements.lock -o requirements-test.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache
