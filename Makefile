# make demo   the main job in minutes, on a built-in corpus (or CORPUS=PREFIX SRC=en TGT=fr LABELS=FILE,FILE on yours)
# make paper  the paper's experiments on your corpora: CORPUS=FOLDER PAIR=en-fr SIZE=small [STEPS=probe,sum]
# make test   lint and the tests that take minutes; make test-all adds the slow ones
# make attack thousands of damaged and hostile files, hundreds of kills (OPTIONS='--files 1000 --seed 2'); it resumes
# OPTIONS='epochs=30 hidden=128' are further options of demo and paper.
# Each makes .venv itself if it is missing.

PYTHON ?= python3
OUT ?= $(if $(filter paper,$(MAKECMDGOALS)),runs/paper,demo)
SRC ?= en
TGT ?= fr
PAIR ?= en-fr
SIZE ?= small
BIN := .venv/bin

.PHONY: install demo paper test test-all attack lint clean

install: .venv/installed

.venv/installed: pyproject.toml setup.py constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13) and "Python 3.11 or 3.12 is needed: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

demo: install
	$(BIN)/fairseq-neurons-demo out='$(OUT)' src=$(SRC) tgt=$(TGT) $(if $(CORPUS),corpus='$(CORPUS)') \
	    $(if $(LABELS),labels='[$(LABELS)]') $(OPTIONS)

paper: install
	$(if $(CORPUS),,$(error CORPUS= is missing: the folder with the texts that configs/experiment/$(PAIR).yaml names))
	$(BIN)/fairseq-neurons-paper experiment=$(PAIR) size=$(SIZE) corpus='$(CORPUS)' out='$(OUT)' \
	    $(if $(STEPS),steps=[$(STEPS)]) $(OPTIONS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: PYTEST_OPTIONS := --hypothesis-profile few -m 'not slow'
test-all: PYTEST_OPTIONS := --hypothesis-profile many

# mypy takes one core for half a minute when it runs for the first time: it runs beside the tests.
test test-all: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/mypy > .venv/mypy.log 2>&1 & types=$$!; \
	    echo "$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_OPTIONS)"; \
	    $(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_OPTIONS); tests=$$?; \
	    echo "$(BIN)/mypy"; wait $$types; types=$$?; cat .venv/mypy.log; exit $$((tests + types))

attack: install
	OMP_NUM_THREADS=1 nice $(BIN)/python -m tests.attack $(OPTIONS)

clean:
	rm -rf .venv demo
