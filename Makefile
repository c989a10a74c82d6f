# Everything a developer does, with make, git and any Python from 3.9 on. `make help` explains.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Never fetch another Python: the one of the machine is the one that is tested. Only where there is
# no 3.13 at all, tools/find_python.sh fetches one.
export UV_PYTHON_DOWNLOADS := never
export SAM_CLI_TELEMETRY := 0
# Where it is set, as in many containers, each of a hundred processes compiles all it imports anew
export PYTHONDONTWRITEBYTECODE :=
export EXACT_URL MILESTONES_URL HOST

# Several targets at once; each shows what it has to say when it ends, where make can do so (4.0).
# `unit` steps back for `stack`: calls of a function to the emulator have the short time-outs of AWS
SIDE_BY_SIDE := $(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),-Otarget)

PYTHON := .venv/bin/python
UV := .venvs/uv/bin/uv
SAM := .venvs/sam/bin
ENVIRONMENTS := .venv .venvs/sam .venvs/emulator .venvs/runtime
CODE := layers/koppeling functions tools tests

STAGE ?= production
ARCHITECTURE ?= arm64
FUNCTION ?= PullAccountsFunction
EVENT ?= events/pull_accounts_direct.json
SCALE ?= 1
# Of a first load, in accounts: it takes minutes, so it is measured only when asked for
SIZE ?=
# Of the cost: measure times and memory anew
MEASURE ?=
# How many runs of the state machines
SOAK ?= 10000
SOAK_PULLS ?= 400
# 0 leaves the drill of a restore out of it
DRILL ?= 1
# Of the package, in which faults are put; without it those that changed
FILES ?=
# Of a run of invoices through the deployed stack, likewise
INVOICES ?=
# Of people who read the pages at the same time, likewise
PEOPLE ?=

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

# ------------------------------------------------------------------ what people run

.PHONY: demo
demo: setup ## Customers in, invoices out, on a local stack; ends by itself (3 minutes at the most)
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.demo

.PHONY: test
test: lint ## Everything: lint, types, and all tests up to a real deploy into the emulator
	+@$(SIDE_BY_SIDE) unit stack

.PHONY: quick
quick: setup ## Style, types, unit and property tests: a minute. Those of the sandboxes if they changed
	+@$(SIDE_BY_SIDE) style mypy pyright quick-tests

.PHONY: lint
lint: setup ## Style, types, and the template (ruff, mypy, pyright, sam validate, cfn-lint)
	+@$(SIDE_BY_SIDE) style mypy pyright template

.PHONY: unit
unit: setup .venvs/audit/.made ## All tests that start no stack: the link, the sandboxes, and the template
	@nice $(PYTHON) -m pytest -n auto --dist worksteal --ignore=tests/e2e --ignore=tests/browser

.PHONY: coverage
coverage: setup .venvs/audit/.made ## What those tests cover
	@nice $(PYTHON) -m pytest -n auto --dist worksteal --cov --cov-report=term \
	  --ignore=tests/infra --ignore=tests/e2e --ignore=tests/browser

.PHONY: stack
stack: setup ## A real deploy into the emulator, the pages in a browser, and what people run with make
	@$(PYTHON) -m pytest tests/e2e tests/browser --ignore=tests/e2e/test_restore_drill.py

.PHONY: pictures
pictures: setup ## The pictures of the pages in docs/images anew, by a browser on a stack of its own (2 minutes)
	@PICTURES=1 $(PYTHON) -m pytest -q tests/browser/test_screens.py

.PHONY: style mypy pyright template quick-tests
style: setup
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check $(CODE)

mypy: setup
	@.venv/bin/mypy $(CODE)

pyright: setup
	@.venv/bin/pyright

template: setup
	@$(PYTHON) -m tools.lint_template

quick-tests: setup
	@$(PYTHON) -m pytest -n auto --dist worksteal tests/unit tests/property \
	  $(shell [ -z "$$(git status --porcelain tests/sandbox tests/contract)" ] || echo tests/contract)

.PHONY: audit
audit: setup .venvs/audit/.made ## Known mistakes in the template and the packages, and an SBOM (Checkov, pip-audit, CycloneDX)
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.audit

.PHONY: up
up: setup ## Start the local stack and leave it running (EXACT_URL=, MILESTONES_URL= replace a sandbox; HOST=0.0.0.0: for containers; NEW=yes: a company that is yet to be approved)
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.stack up

.PHONY: down
down: setup ## End the local stack and remove what it left behind
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.stack down

.PHONY: build
build: setup ## `sam build` for this machine, only when something changed
	@$(PYTHON) -m tools.stack.build

.PHONY: package
package: setup ## `sam build` for AWS, into .aws-sam/<stage> (STAGE=production, ARCHITECTURE=arm64)
	@PATH="$(CURDIR)/$(SAM):$$PATH" LAYER_ARCHITECTURE=$(ARCHITECTURE) $(SAM)/sam build \
	  --config-env $(STAGE) --build-dir .aws-sam/$(STAGE) --parameter-overrides Architecture=$(ARCHITECTURE)

.PHONY: invoke
invoke: setup ## Run a built function under Lambda's own runtime client (FUNCTION=, EVENT=); needs `up`
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.invoke $(FUNCTION) $(EVENT)

.PHONY: events
events: setup ## Write the events of `events/` for the stack of `up` into .local/events: slots of now, a new invoice, a new login
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.events

.PHONY: sam-local
sam-local: setup ## Run all functions with all events by `sam local invoke`, on a stack of its own; needs a Docker engine
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.sam_local

.PHONY: restore-drill
restore-drill: setup ## Lose both tables on a stack of its own, restore them, and show what that costs (2 minutes)
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.restore_drill

.PHONY: bench
bench: setup ## Measure: imports, layers, mapping, own work of a first load (OWN=2000 accounts, 0: none), ticks (SCALE=0: none); INVOICES=1000; PEOPLE=50: the pages; SIZE=100000: a first load (KILL=1: killed too)
	@PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.imports_and_layers
	@[ "$(OWN)" = 0 ] || OWN=$(OWN) PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.own_work
	@[ "$(SCALE)" = 0 ] || PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.scale
	@[ -z "$(INVOICES)" ] || INVOICES=$(INVOICES) PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.push
	@[ -z "$(SIZE)" ] || PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.first_load
	@[ -z "$(PEOPLE)" ] || PEOPLE=$(PEOPLE) PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.bench.pages

.PHONY: cost
cost: setup ## What a month costs at AWS: calls counted, times and memory measured (MEASURE=1: anew)
	@MEASURE="$(MEASURE)" PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.cost

.PHONY: soak
soak: setup ## Play the drill of a restore, hand in a hundred invoices, then draw the state machines for long: 10,000 runs of invoices, 400 of pulls and of tokens (an hour and a half)
	@[ "$(DRILL)" = 0 ] || $(PYTHON) -m pytest -q tests/e2e/test_restore_drill.py
	@[ "$(DRILL)" = 0 ] || HANDED_IN=100 $(PYTHON) -m pytest -q tests/e2e/test_hand_in.py
	@SOAK=$(SOAK) $(PYTHON) -m pytest -q tests/integration/machines/invoices
	@SOAK=$(SOAK_PULLS) $(PYTHON) -m pytest -q -n 2 tests/integration/machines/tokens tests/integration/machines/pulls

.PHONY: mutants
mutants: setup .venvs/mutants/.made ## Put one-line faults into changed files, and show what no test notices (FILES='push/entry.py', SAMPLE=60 of each room, FILES=all: hours)
	@FILES="$(FILES)" SAMPLE="$(SAMPLE)" SEED="$(SEED)" nice $(PYTHON) -m tools.mutants

.PHONY: deps
deps: .venvs/uv/.made ## Compile requirements anew; versions younger than 7 days wait
	@$(SHELL) tools/compile_requirements.sh

.PHONY: clean
clean: ## Remove builds, caches and environments (first ends the local stack)
	@if [ -x $(PYTHON) ]; then PYTHONPATH=layers/koppeling:. $(PYTHON) -m tools.stack.stack down; fi
	@rm -rf .aws-sam .local .mutants .venv .venvs .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	@find . -type d -name __pycache__ -prune -exec rm -r {} +

# ------------------------------------------------------------------ environments, made once

.PHONY: setup
setup: $(ENVIRONMENTS:%=%/.made)

# The first one is made by any Python from 3.9 on: it only holds uv, which makes the others.
.venvs/uv/.made: requirements/bootstrap.txt
	@echo "setting up: uv"
	@python="$$($(SHELL) tools/find_python.sh any)"; "$$python" -m venv --clear .venvs/uv
	@.venvs/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venvs/python-path: .venvs/uv/.made
	@$(SHELL) tools/find_python.sh 3.13 > $@

$(ENVIRONMENTS:%=%/pyvenv.cfg) .venvs/mutants/pyvenv.cfg .venvs/audit/pyvenv.cfg: .venvs/python-path
	@$(UV) venv --quiet --clear --python "$$(< $<)" $(@D)

.venv/.made: requirements/dev.txt pyproject.toml .venv/pyvenv.cfg
	@echo "setting up: tests, tools and the command koppeling"
	@$(UV) pip sync --quiet --python $(PYTHON) --require-hashes $<
	@$(UV) pip install --quiet --offline --python $(PYTHON) --no-deps --no-build-isolation --editable .
	@touch $@

# The emulator, SAM CLI and the runtime client, each apart: what they pin must not meet our own code.
.venvs/%/.made: requirements/%.txt .venvs/%/pyvenv.cfg
	@echo "setting up: $*"
	@$(UV) pip sync --quiet --python .venvs/$*/bin/python --require-hashes $<
	@touch $@
