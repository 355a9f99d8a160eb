# make run    set everything up and open the app with the demonstration project
# make test   set everything up and run every test, browser and PostgreSQL included
# make lint   format and types only
# make audit  pins, known holes and licences of what it is made of, and a search for secrets among its files
# make check  lint, audit and test

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test lint audit check catalogues clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m dashboard init --demo || echo "opening the project as it is, without the demonstration"
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/dev.stamp
	@$(BIN)/python tests/support/browser.py
	$(BIN)/python -m pytest -n 2 $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

audit: $(VENV)/dev.stamp
	$(BIN)/python -m tools.audit

check: lint audit test

# Collect the interface's messages and bring the catalogue up to date; new messages wait there for a translation.
catalogues: $(VENV)/dev.stamp
	$(BIN)/pybabel -q extract -k N_ -k _ -k ngettext:1,2 --no-location --sort-output --project=Veredito -o messages.pot dashboard pages app.py
	$(BIN)/pybabel -q update -i messages.pot -d dashboard/ui/locale -D veredito --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 110
	rm messages.pot

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Veredito needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
