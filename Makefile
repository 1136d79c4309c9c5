# DevMatrix. `make` alone lists the targets; each sets up what it needs.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench format lock clean

BIN := .venv/bin
PYTEST_FLAGS ?= -n 2 --dist loadfile

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## set everything up (quick when nothing changed)
	@scripts/setup

demo: setup ## build the example into build/user-management
	$(BIN)/devmatrix build "Create a REST API for user management" --out build/user-management --yes

test: setup ## run all tests
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

check: setup ## lint, formatting, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest tests/unit/test_house.py

bench: setup ## measure: make bench NAME=build
	@test -f "benchmarks/$(NAME).py" || { echo "make bench NAME=...: one of" $(basename $(notdir $(wildcard benchmarks/*.py))) >&2; exit 2; }
	$(BIN)/python benchmarks/$(NAME).py

format: setup ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## write the hash-locked requirement files anew
	scripts/lock

clean: ## remove what can be made again, the virtual environment too
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
