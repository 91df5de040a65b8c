# Everything a newcomer or CI needs. `make` alone lists it. PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin
DEMO   ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench docs lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.demo: pyproject.toml requirements/demo.txt
	test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: pyproject.toml requirements/dev.txt
	test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## tell a true story on real data, in a new directory (DEMO=…)
	$(RUN)/goldfish demo $(DEMO)

test: $(VENV)/.dev  ## run every test
	$(RUN)/python -m pytest -n auto

check: $(VENV)/.dev  ## lint, formatting, types, import contracts, generated pages
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-cache
	$(RUN)/python docs/generate.py --check

format: $(VENV)/.dev  ## put the code into its standard form
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .

bench: $(VENV)/.dev  ## measure everything, and write the table in docs/benchmarks.md
	$(RUN)/python -m benchmarks

docs: $(VENV)/.dev  ## write the reference pages from the code, and real output into the others
	$(RUN)/python docs/generate.py
	$(RUN)/python -m tests.docs.blocks README.md docs/*.md docs/how-to/*.md

lock: $(VENV)/.dev  ## choose the newest allowed versions again, with their hashes
	$(RUN)/python -m pip install --quiet uv
	$(RUN)/uv pip compile --quiet --generate-hashes --extra demo -o requirements/demo.txt pyproject.toml
	$(RUN)/uv pip compile --quiet --generate-hashes --extra dev -o requirements/dev.txt pyproject.toml

clean:  ## remove what was made here
	rm -rf $(VENV) goldfish-demo* build dist *.egg-info
