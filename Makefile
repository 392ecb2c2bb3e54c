PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check unit bench docs postgresql clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(INSTALLED)  ## Run examples/diabetes.ipynb as a tracked job and show what came of it
	@test -d .jupyter-ml || $(BIN)/jupyter ml workspace init .
	$(BIN)/jupyter ml --workspace . run examples/diabetes.ipynb -p alpha=0.5

test: check unit  ## Every check and every test

check: $(INSTALLED)  ## Style, types, layers, docstrings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/interrogate --quiet jupyter_ml

unit: $(INSTALLED) postgresql  ## The tests alone
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

bench: $(INSTALLED)  ## Measure against papermill and MLflow
	$(BIN)/python -m benchmarks

docs: $(INSTALLED)  ## Write docs/reference anew
	$(BIN)/python -m docs.generate

postgresql:  # Debian's PostgreSQL, for the tests of shared workspaces
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq postgresql >/dev/null; } || \
	{ echo "The tests need PostgreSQL's initdb: install your system's postgresql package."; exit 1; }

clean:  ## Remove what was built and installed
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
