# The few commands of the project; `make` alone lists them.
#
# Every target that builds first runs scripts/setup, which fetches what the machine lacks into
# .tools/ and does nothing the second time.

CARGO ?= cargo
MODEL ?= balanced
WAVE ?= datasets/quickstart

# A pkg-config or cmake that setup had to fetch.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
# .cargo/config.toml says where the solver is, unless the variable is set to something else.
ifdef PKG_CONFIG_PATH
export PKG_CONFIG_PATH := $(CURDIR)/.tools/pkgconfig:$(PKG_CONFIG_PATH)
endif

.DEFAULT_GOAL := help
.PHONY: help setup browser notebooks postgres build demo test fmt clippy check docs deny bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

setup: ## Fetch what the build needs beyond Rust, gcc and Python
	@scripts/setup

build: setup ## Build the program
	$(CARGO) build --release --locked

demo: build ## Plan the quickstart wave (or WAVE=folder MODEL=name) and print the plan's summary
	$(CARGO) run --release --locked --quiet -- plan $(WAVE) --model $(MODEL) --out out/$(notdir $(WAVE))

browser: ## Install Chromium where there is none: tests open pages in it
	@scripts/browser

notebooks: ## Make the Python environment of the notebooks
	@scripts/notebooks

postgres: ## Install PostgreSQL where there is none: tests of the state store run on it
	@scripts/postgres

test: setup browser notebooks postgres ## Run every test
	$(CARGO) test --release --locked

fmt: ## Format the code
	$(CARGO) fmt --all

clippy: setup ## Lint; a warning is an error
	$(CARGO) clippy --release --locked --all-targets -- --deny warnings

check: ## Everything that a change must pass: format, tests, lints, licences
	$(CARGO) fmt --all --check
	$(MAKE) test
	$(MAKE) clippy
	$(MAKE) deny

docs: setup ## Build the API documentation, and the book where mdbook is installed
	$(CARGO) doc --release --locked --no-deps
	@if command -v mdbook >/dev/null; then mdbook build docs; \
	else echo "mdbook is not installed: read docs/ as it is" >&2; fi

deny: ## Check licences and sources of the dependencies, without network
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
		$(CARGO) deny check licenses bans sources && scripts/licences vendored; \
	else scripts/licences; fi

bench: setup ## Time reading a large wave, options and pricing, a million events, their store, and the strategies
	$(CARGO) bench --locked --bench ingest --bench pricing --bench events --bench store --bench strategies

clean: ## Remove plans and the book; `cargo clean` removes the build, which takes minutes to repeat
	rm -rf out docs/book
