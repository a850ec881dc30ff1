# Everything a person does with this repository. `make` alone is `make course`.
#
#   PYTHON=python3.12      the interpreter that makes .venv
#   PIP_ARGS="..."         passed to pip (README: which argument gives a CPU torch on ordinary Linux machines)

PYTHON ?= python3
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
RUN := OMP_NUM_THREADS=1 $(BIN)/python
COURSE := OMP_NUM_THREADS=1 $(BIN)/course

# The environment is installed again only when the pins, the package's own declaration or the Python version change.
FINGERPRINT := $(shell { cat requirements.txt pyproject.toml; $(PYTHON) --version 2>&1; } | cksum | tr ' ' '-')
STAMP := $(VENV)/.installed-$(FINGERPRINT)
# ipywidgets as Colab has it, in a folder of its own: a test operates the pages' sliders under it as well as under ours.
COLAB := $(VENV)/colab/ipywidgets

.PHONY: help course test test-all system book serve pdf notebooks looks release grade publish colab report-failure bench pins canary clean python-is-new-enough
.DEFAULT_GOAL := course

help:
	@sed -n 's/^\([a-z][a-z-]*\):.*/make \1/p' Makefile

course: $(STAMP)
	@$(COURSE) first-run

test: $(STAMP) $(COLAB)
	@$(RUN) tests/run.py

test-all: $(STAMP) $(COLAB)
	@$(RUN) tests/run.py --all --coverage

# Programs of the distribution, not of Python: the browser for the book's tests, the wall for grading.
system:
	@sh .ci/system

book: $(STAMP)
	@$(COURSE) book

serve: book
	@$(BIN)/python -m http.server --directory _build/html 8000

# The whole book as one PDF, and its link on the site; needs Chromium (make system).
pdf: book
	@$(COURSE) pdf

notebooks: $(STAMP)
	@$(COURSE) notebooks

looks: book
	@$(COURSE) looks

release: $(STAMP)
	@$(COURSE) release

# make grade ASSIGNMENT=a1_lorenz SUBMISSIONS=path [GRADE_ARGS=--unsandboxed]
grade: $(STAMP)
	@$(COURSE) grade $(ASSIGNMENT) --submissions $(SUBMISSIONS) $(GRADE_ARGS)

# make publish TO=../public [PUBLISH_ARGS=--push]
publish: book
	@$(COURSE) publish --to $(TO) $(PUBLISH_ARGS)

# Every page and solved set with the packages of PYTHON, which are Colab's when this runs in Colab's image.
colab:
	@$(PYTHON) tests/colab.py

# After a failed weekly run, on the host that ran it: an issue, or a line in the one that is open.
report-failure:
	@sh .ci/report-failure

# make bench [ROW=name]
bench: $(STAMP)
	@$(RUN) -m tests.benchmarks.run $(ROW)

pins: python-is-new-enough
	@PYTHON="$(PYTHON)" PIP_ARGS="$(PIP_ARGS)" sh .ci/pins

# The book as Jupyter Book 2 reads it: what it does not know, by kind.
canary: python-is-new-enough
	@PYTHON="$(PYTHON)" PIP_ARGS="$(PIP_ARGS)" sh .ci/canary

clean:
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find book course_lib solutions tests -name __pycache__ -type d -prune -exec rm -rf {} +

python-is-new-enough:
	@PYTHON="$(PYTHON)" sh .ci/python-is-new-enough

$(STAMP): | python-is-new-enough
	@echo "Installing the course's packages into $(VENV) (2.1 GB, some minutes) ..."
	@test -x $(BIN)/python && $(BIN)/python --version 2>/dev/null | grep -qxF "$$($(PYTHON) --version 2>&1)" \
		|| { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.installed-*
	@touch $@

$(COLAB): | $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/colab \
		ipywidgets==7.7.1 ipython_genutils==0.2.0
