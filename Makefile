# Sluice on one machine. Needs python3.11, pip, make and git; everything else is installed below this folder.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Whatever the machine says: each module is compiled once, not by each of the many processes that a test run starts.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3.11
PORT   ?= 4566
VIDEO  ?=

BIN   := .venv/bin
DEV   := .venv/installed
SAM   := .local/venvs/sam/installed
CLOUD := .local/venvs/cloud/installed
TOOLS := $(DEV) $(SAM) $(CLOUD)
LOCAL := $(BIN)/python -m local
TEST  := $(BIN)/python -m pytest --durations=10
# A process a core, a file at a time; names of tests may hang on the order of sets, which must be one in all processes.
TESTS := PYTHONHASHSEED=0 $(TEST) -n auto --dist loadfile --no-loadscope-reorder
E2E_PORT ?= 4610

##@ Run it on this machine
up: $(TOOLS)             ## start the local cloud and deploy what has changed (PORT=4566)
	@$(LOCAL) up --port $(PORT)

run: $(TOOLS)            ## up, then upload a video and follow it (VIDEO=path)
	@$(LOCAL) run --port $(PORT) $(if $(VIDEO),"$(VIDEO)")

status: $(TOOLS)         ## tell what runs
	@$(LOCAL) status --port $(PORT)

down: $(DEV)             ## stop the local cloud; what it holds stays in .local/
	@$(LOCAL) down --port $(PORT)

##@ Work on it
test: unit integration browser e2e  ## all of them

unit: $(DEV)             ## tests that touch nothing
	@$(TESTS) tests/unit

integration: $(TOOLS)    ## tests on moto, real ffmpeg and real models
	@$(TESTS) tests/integration

browser: $(DEV)          ## tests of the console in a real browser (apt-get install chromium)
	@$(TESTS) tests/browser

e2e: $(TOOLS)            ## tests on a stack deployed into a local cloud of their own
	@E2E_PORT=$(E2E_PORT) $(TEST) tests/e2e

check: $(DEV) $(SAM)     ## format, lint, types, template
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/cfn-lint template.yaml
	@SAM_CLI_TELEMETRY=0 .local/venvs/sam/bin/sam validate --lint --region us-east-1

tools: $(TOOLS)          ## install what the others need; they do it themselves otherwise (-j3: at once)

format: $(DEV)           ## format, and mend what the linter can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: $(DEV)             ## write requirements/*.txt anew from pyproject.toml
	@tools/lock $(BIN)/uv

bench: $(TOOLS)          ## measure: upload to succeeded next to bare ffmpeg, recognition, hearing (writes docs/benchmarks/)
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.flow --port $(PORT)
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.kinds --port $(PORT)
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.recognition
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.hearing
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.listing
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.vmaf
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.sharing
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.chunks
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.imports
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.simulation
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.long
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.figures

hostile: $(DEV)          ## put all hostile files through validation and a few kinds (writes docs/benchmarks/hostile.md)
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.hostile

films: $(DEV)            ## make films and ladders in chunks and in one go, of every awkward source and with all that may be asked
	@SLUICE_EVERY_FILM=1 $(TESTS) tests/integration/chunking

faults: $(TOOLS)         ## prove: never lost, never doubled (writes docs/benchmarks/faults.md); every write of every step is killed
	@PYTHONPATH=layers/core $(BIN)/python -m benchmarks.faults
	@SLUICE_EVERY_WRITE=1 $(TEST) tests/integration/test_killed_anywhere.py

docs: $(DEV)             ## draw the pictures in docs/ from the template and the state machine, and the table of dialects
	@PYTHONPATH=layers/core $(BIN)/python -m tools.draw
	@PYTHONPATH=layers/core $(BIN)/python -m tools.dialects

##@ Else
deploy: $(SAM)           ## how to deploy into an AWS account
	@echo "With AWS credentials in the environment:"
	@echo "  export PATH=$(CURDIR)/.local/venvs/sam/bin:\$$PATH"
	@echo "  sam build && sam deploy --guided"

forget: $(DEV)           ## stop the local cloud and remove what it holds
	@$(LOCAL) forget --port $(PORT)

clean: down              ## stop the local cloud on PORT and remove all that was built or stored
	@rm -rf .aws-sam .local .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

help:                    ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9]+:.*## / {sub(/:.*## /, "\t"); split($$0, p, "\t"); printf "  make %-12s %s\n", p[1], p[2]}' $(MAKEFILE_LIST)

# An environment is made anew when its lock changes. pip installs into it from outside, so neither the ensurepip that
# Debian leaves out nor its "externally managed" mark matters.
$(DEV): requirements/dev.txt
$(SAM): requirements/sam.txt
$(CLOUD): requirements/cloud.txt
$(TOOLS):
	@tools/install $(PYTHON) $(@D) $<

.PHONY: up run status down test unit integration browser e2e check tools format lock bench films faults hostile docs deploy forget clean help
