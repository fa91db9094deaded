# Each target is enough on a fresh machine with Python 3.11: it sets up what it needs, once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo run test check bench faults soak reproduce stop requirements

VENV ?= .venv
PY := $(VENV)/bin/python
# /usr/bin first: a version manager's python3 may lie in a home that other users cannot enter.
BASE_PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11 /usr/local/bin/python3.11) python3.11)
export PYTHONPATH := platform:.

# Named by the pins' hash: a change of the pins installs again, nothing else does.
PINS := $(shell cat requirements/dev.txt 2>/dev/null | sha256sum | cut -c1-16)
STAMP := $(VENV)/.installed-$(PINS)

help:
	@echo 'make demo | run | test | check | bench | faults | soak | reproduce | stop   (see README.md)'

$(STAMP):
	@{ test -x $(PY) || $(BASE_PYTHON) -m venv $(VENV); } >&2
	@echo 'installing the pinned requirements into $(VENV) (minutes, once)' >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt >&2
	@rm -f $(VENV)/.installed-*
	@touch $@

run: $(STAMP)
	@$(PY) -m devstack run

# PORT=0: any free port, so that a stack which already serves 8000 is no obstacle.
demo: $(STAMP)
	@PORT=$${PORT:-0} $(PY) -m devstack with -- $(PY) manage.py demo \
	    $(if $(VIDEO),--video '$(VIDEO)') $(if $(OUT),--out '$(OUT)') $(if $(SECONDS),--seconds $(SECONDS)) $(if $(JSON),--json)

stop: $(STAMP)
	@$(PY) -m devstack stop

test: $(STAMP)
	@sh .ci/browser
	@VENV=$(VENV) sh .ci/tests

check: $(STAMP)
	@sh .ci/checks
	@sh .ci/browser
	@VENV=$(VENV) sh .ci/tests

bench: $(STAMP)
	@$(PY) -m devstack.bench $(if $(PART),--part $(PART)) $(if $(MINUTES),--minutes $(MINUTES))

faults: $(STAMP)
	@sh .ci/browser
	@$(PY) -m pytest -m 'fault or compiles' --timeout=1800

soak: $(STAMP)
	@$(PY) -m devstack.bench --part sessions --minutes $(or $(MINUTES),30)

reproduce: $(STAMP)
	@sh .ci/reproduce

requirements: $(STAMP)
	@requirements/compile.sh
