# Everything a fresh machine with Python 3.11+ needs. `make help` lists the targets.
# EXTRA=xray-training also installs PyTorch, which only the training of the X-ray detector needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
EXTRA ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export OMP_WAIT_POLICY := passive
PACKAGES := features models sop service training cli

.PHONY: help run test soak fuzz contract check format audit lock wheel system clean
help:
	@echo "make run     environment, service on loopback, sample parcels screened (Ctrl-C stops)"
	@echo "make test    environment and the whole test suite"
	@echo "make check   formatting, lint, types, import rule, SOP check and test"
	@echo "make soak    kill, cut, fill and crowd the service for a quarter of an hour; nothing may be lost"
	@echo "make fuzz    feed the readers hostile bytes, SECONDS=600 each; nothing may crash, hang or come out clear"
	@echo "make contract   hold the running service against its OpenAPI document, ten minutes"
	@echo "make format  format the code      make lock   renew requirements/*.lock"
	@echo "make audit   ask for known vulnerabilities of everything that is locked (needs the internet)"
	@echo "make wheel   build dist/*.whl     make clean  remove what make made"
	@echo "add EXTRA=xray-training to install PyTorch too (training of the X-ray detector)"

# The stamps name what they were made from, so that a second call costs nothing and a changed lock is noticed.
$(VENV)/.runtime: requirements/runtime.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (set PYTHON=...)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tools/system-packages python3-venv
	@tools/system-packages --library libgomp.so.1 libgomp1
	@echo "Making the environment in $(VENV) (once; a minute or two) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.lock
	@echo "Adding the tools for development ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

$(VENV)/.xray-training: $(VENV)/.dev requirements/xray-training.lock
	@echo "Adding PyTorch (large) ..."
	@$(BIN)/python -m pip install --quiet -r requirements/xray-training.lock
	@touch $@

DEV := $(VENV)/.dev $(if $(EXTRA),$(VENV)/.$(EXTRA))

# The demo's store, key and log live in the checkout unless a home is named.
run: export PARCEL_SCREENING_HOME ?= $(CURDIR)/.home
run: $(VENV)/.runtime
	@exec $(BIN)/python -m cli demo

system: $(VENV)/.runtime
	@tools/system-packages --file /usr/lib/postgresql/*/bin/initdb postgresql
	@tools/system-packages --file /usr/bin/chromium chromium
	@tools/promtool $(BIN)/promtool

test: $(DEV) system
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --quiet

# SOAK=... names parts and options: make soak SOAK="kill --times 5". A quarter of an hour; needs root for the part `disk`.
soak: $(DEV) system
	$(BIN)/python -m tests.soak $(SOAK)

# Coverage-guided fuzzing of the readers, SECONDS each; what it finds is left in .fuzz/*/findings.
SECONDS ?= 600
$(VENV)/.fuzz: $(VENV)/.dev requirements/fuzz.txt
	@$(BIN)/python -m pip install --quiet -r requirements/fuzz.txt
	@touch $@

fuzz: $(VENV)/.fuzz
	@for target in manifest picture procedure; do \
	  OPENCV_LOG_LEVEL=SILENT $(BIN)/python tests/fuzz/run.py $$target --seconds $(SECONDS) || exit 1; done

# The running service against its OpenAPI document; schemathesis has an environment of its own.
.venv-contract/.ready: requirements/contract.txt
	@test -x .venv-contract/bin/python || $(PYTHON) -m venv .venv-contract
	@.venv-contract/bin/python -m pip install --quiet -r requirements/contract.txt
	@touch $@

contract: $(DEV) .venv-contract/.ready
	$(BIN)/python tests/fuzz/contract.py .venv-contract/bin/schemathesis

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m cli sop check
	$(BIN)/python -m cli sop test

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/.dev
	tools/lock $(BIN)/uv

# In an environment of its own: what looks at the locks must not be among what they pin.
$(VENV)-audit/.made: requirements/audit.lock
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip install --quiet --require-hashes -r requirements/audit.lock
	@touch $@

audit: $(VENV)-audit/.made
	tools/audit $(VENV)-audit/bin/pip-audit

wheel: $(DEV)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf $(VENV) $(VENV)-audit .venv-contract .fuzz dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
