# Wadul. `make help` lists what there is; every target can be run again safely.
PYTHON ?= python3
BIN := .venv/bin
RASA := .venv-rasa/bin/python
export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3

.DEFAULT_GOAL := help
.PHONY: help run test setup train check format bench bench-active bench-check bench-console \
	bench-nlu lock migration browser \
	test-system test-parts test-rasa test-conversations

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 22

run: setup ## Start everything; sets up, migrates and trains what is missing. Ctrl-C stops it
	@exec $(BIN)/wadul run

test: setup browser train ## Set up what is missing, then all tests, two groups at a time
	@$(MAKE) --no-print-directory -j2 test-system test-parts test-rasa test-conversations

test-system: train browser ## Tests of the whole running system, most of them in a browser
	$(BIN)/pytest tests/e2e

test-parts: train ## Tests of everything else but the Rasa process
	$(BIN)/pytest tests --ignore=tests/e2e --ignore=tests/components --ignore=tests/conversations

test-rasa: setup ## Tests of the components inside the Rasa process
	PYTHONPATH=. $(RASA) -m pytest tests/components

test-conversations: train ## Rasa's own check of the training data, and the conversation stories
	$(BIN)/python scripts/test_conversations.py

setup: ## Both environments, from the pinned lists
	@$(PYTHON) scripts/setup_environments.py

browser: setup ## Chromium for the browser tests, if there is none
	@$(BIN)/python scripts/ensure_browser.py

train: setup ## A model for the current data, unless there is one
	@$(BIN)/wadul train

check: setup ## Lint, types, import directions, docs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_docs.py
	$(BIN)/wadul office check

format: setup ## Let ruff put everything in shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: train ## Speed and memory, beside stock Rasa (several minutes)
	$(BIN)/python -m benchmarks.system

bench-console: setup ## The console with a million messages and 50 operators (ten minutes; PostgreSQL 15)
	PYTHONPATH=tests $(BIN)/python -m benchmarks.console

bench-nlu: train ## Accuracy and speed of the language model, beside stock Rasa
	PYTHONPATH=. $(RASA) -m benchmarks.nlu

bench-active: setup ## Order of the trainers' inbox against chance, on the public sets
	PYTHONPATH=. $(RASA) -m benchmarks.active

bench-check: setup ## `wadul nlu check` on all examples, and on ten thousand more
	$(BIN)/python -m benchmarks.check

migration: setup ## Write the next migration from the models: make migration NAME="add x"
	$(BIN)/python -m wadul.migrations.runner $(NAME)

lock: setup ## Compile the pinned lists anew from pyproject.toml and envs/
	$(BIN)/python scripts/lock_requirements.py
