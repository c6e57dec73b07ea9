# notificationd's commands. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

DEV := .venv/.ready
SAM := .venvs/sam/.ready
EMULATOR := .venvs/emulator/.ready
AUDIT := .venvs/audit/.ready
UV := .venvs/uv/.ready

PYTHON := .venv/bin/python
# PATH for `sam build`: it wants python3.13, and the layer's recipe wants pip with it.
SAM_CLI := PATH="$(CURDIR)/.venv/bin:$$PATH" .venvs/sam/bin/sam
PYTEST := $(PYTHON) -m pytest

# Functions run on the host here, so they are built for its architecture (macOS says arm64 itself).
export NOTIFICATIOND_ARCHITECTURE ?= $(subst aarch64,arm64,$(shell uname -m))
export SAM_CLI_TELEMETRY := 0
# Outside the source folders, which `sam build` packs and whose contents decide what it builds anew.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
export PYTHONPATH := $(CURDIR):$(CURDIR)/layers/shared:$(CURDIR)/clients/python
# The layers' recipes are make's too: they must not take over the options of this run.
unexport MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# make takes the login name for USER from the environment: only `make listen USER=4` counts.
LISTENER := $(if $(findstring command line,$(origin USER)),$(USER),4)

.PHONY: help
help: ## List the commands
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | \
		while IFS=$$'\t' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

# --- The local run ------------------------------------------------------------

.PHONY: run
run: $(DEV) $(SAM) $(EMULATOR) ## Run the whole service on this machine until Ctrl-C
	@exec $(PYTHON) -m local run

.PHONY: start
start: $(DEV) $(SAM) $(EMULATOR) ## The same in the background
	@exec $(PYTHON) -m local start

.PHONY: stop
stop: $(DEV) ## Stop what `make start` started
	@exec $(PYTHON) -m local stop

.PHONY: listen
listen: $(DEV) ## Print what is pushed to a user's browser (USER=4)
	@exec $(PYTHON) -m local listen --user '$(LISTENER)'

.PHONY: build
build: $(DEV) $(SAM) ## Build functions and layers into .aws-sam/build, for this machine
	@$(SAM_CLI) build --config-env local \
		--parameter-overrides Architecture=$(NOTIFICATIOND_ARCHITECTURE)

# --- Checks and tests ---------------------------------------------------------

.PHONY: check
check: $(DEV) $(SAM) ## Lint, format, types, import rules, template
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports
	@.venvs/sam/bin/cfn-lint template.yaml
	@$(SAM_CLI) validate --lint --config-env local

.PHONY: scan
scan: $(AUDIT) ## Look for known mistakes in code and template: bandit, checkov
	@.venvs/audit/bin/bandit --quiet --configfile pyproject.toml --recursive \
		layers/shared functions console local clients
	@PATH="$(CURDIR)/.venvs/audit/bin:$$PATH" LOG_LEVEL=ERROR \
		.venvs/audit/bin/checkov --config-file .checkov.yaml

.PHONY: audit
audit: scan audit-packages ## The same, and known holes in what is installed

.PHONY: audit-packages
audit-packages: $(AUDIT) $(DEV) ## Look for known holes in what is installed: pip-audit
	@$(PYTHON) -m local.audit

.PHONY: test
test: ## Everything: check, scan, unit, contract, integration and end-to-end tests
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory scan
	@$(MAKE) --no-print-directory test-unit
	@$(MAKE) --no-print-directory test-stack

.PHONY: test-unit
test-unit: $(DEV) ## Unit and contract tests: no network, no emulator
	@$(PYTEST) --numprocesses auto -m 'not integration and not e2e'

.PHONY: test-stack
test-stack: build $(EMULATOR) ## Integration and end-to-end tests, on a stack of their own
	@$(PYTEST) -m 'integration or e2e'

.PHONY: chaos
chaos: build $(EMULATOR) ## 1,000 notifications through a storm of faults (SEED=1 NOTIFICATIONS=1000)
	@$(PYTHON) -m tests.chaos --seed $(or $(SEED),1) --notifications $(or $(NOTIFICATIONS),1000)

.PHONY: soak
soak: build $(EMULATOR) ## Cut a client off all the time while 500 notifications are sent (SEED=…)
	@SOAK_NOTIFICATIONS=$(or $(NOTIFICATIONS),500) SEED='$(SEED)' $(PYTEST) -s tests/e2e/test_gap_free.py

.PHONY: screenshots
screenshots: build $(EMULATOR) ## Take the README's pictures of the console and the inbox anew
	@$(PYTHON) -m tests.screenshots

.PHONY: bench
bench: build $(EMULATOR) ## Print what it costs, and how fast it is: docs/performance.md (some minutes)
	@$(PYTHON) -m bench

.PHONY: fuzz
fuzz: build $(EMULATOR) ## Ask the running service all that its documentation allows, and more (SEED=1)
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),200) SEED='$(or $(SEED),1)' $(PYTEST) tests/e2e/test_fuzz.py

.PHONY: docs
docs: $(DEV) ## Make docs/openapi.json, docs/asyncapi.json and the page at /docs from the code
	@$(PYTHON) -m documents

.PHONY: format
format: $(DEV) ## Format the code and mend what ruff can mend by itself
	@.venv/bin/ruff format --quiet
	@.venv/bin/ruff check --fix

# --- Environments and locks ---------------------------------------------------

$(UV): local/requirements-uv.txt local/bootstrap.sh
	@local/bootstrap.sh uv

$(DEV): $(UV) requirements-dev.txt
	@local/bootstrap.sh dev

$(SAM): $(UV) local/requirements-sam.txt
	@local/bootstrap.sh sam

$(EMULATOR): $(UV) local/requirements-emulator.txt
	@local/bootstrap.sh emulator

$(AUDIT): $(UV) local/requirements-audit.txt
	@local/bootstrap.sh audit

# No index addresses go into the locks: whoever installs has a registry configured.
COMPILE := .venvs/uv/bin/uv pip compile --quiet --universal --python-version 3.13 \
	--generate-hashes --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(UV) ## Bring the locks in line with requirements*.in (UPGRADE=1: to the newest releases)
	@$(COMPILE) --output-file layers/dependencies/requirements.txt \
		--excludes layers/dependencies/requirements-unneeded.txt \
		layers/dependencies/requirements.in
	@$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	@for name in uv sam emulator audit; do \
		$(COMPILE) --output-file local/requirements-$$name.txt local/requirements-$$name.in; \
	done

.PHONY: clean
clean: ## Remove everything that make made, the environments too
	rm -rf .venv .venvs .aws-sam .local .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
