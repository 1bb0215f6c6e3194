# Everything one does here; `make help` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench soak constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/audit ## 26 weeks of generated traffic, imported and reported; leaves demo/ to play with
	@$(BIN)/python examples/demo/make.py demo

test: $(VENV)/all ## install everything and run the whole suite but what is slow
	$(BIN)/pytest -n auto -m "not slow"

lint: $(VENV)/all ## format, lint, types, import rules, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cog --check README.md docs/*.md

docs: $(VENV)/all ## write the generated regions of README.md and docs/ again
	$(BIN)/cog -r README.md docs/*.md

bench: $(VENV)/all ## every benchmark; each prints a ratio
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

soak: $(VENV)/all ## long property tests
	HYPOTHESIS_PROFILE=soak $(BIN)/pytest -n auto -m "not slow" -k "law or agrees or delivery"

constraints: $(VENV)/all ## pin the newest versions that fit
	$(PIP) install -q uv
	echo "torch==2.13.0" > $(VENV)/torch.txt
	{ head -1 constraints.txt; $(BIN)/uv pip compile -q --universal --python-version 3.11 \
		pyproject.toml --extra all --extra dev --no-header --no-annotate \
		-c $(VENV)/torch.txt; } > $(VENV)/constraints.txt
	mv $(VENV)/constraints.txt constraints.txt

clean: ## remove what the targets made
	rm -rf $(VENV) demo

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/audit: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e '.[audit]'
	@touch $@

# torch first: on its own, so that nothing that needs it can choose another build.
$(VENV)/all: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -q torch==2.13.0
	$(PIP) install -q -c constraints.txt -e '.[all,dev]'
	@touch $@ $(VENV)/audit
