# make demo    segment a sentence in a bundled scan and name the picture
# make test    run the tests, on all cores
# make check   style, types, import rules
# Each sets itself up in .venv; nothing is needed but make and Python 3.11 or newer (make demo PYTHON=python3.12).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_SCAN := examples/data/room.ply
DEMO_SENTENCE := the red chair next to the screen

.PHONY: demo test check clean

demo: $(VENV)/.plain
	$(BIN)/less3d segment $(DEMO_SCAN) "$(DEMO_SENTENCE)" -o out/demo

test: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto

check: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

clean:
	rm -rf $(VENV) out build

# Stamps: installed as pyproject.toml and constraints.txt say now. The plain package is enough for the demo.
$(VENV)/.plain: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.plain

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "less3d needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
