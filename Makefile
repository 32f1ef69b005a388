# Everything this repository can do, from a bare machine; see README.md.
.DEFAULT_GOAL := help
.PHONY: help demo run test test-upstream chaos lint format bench bench-full docs screenshots clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{printf "%-22s %s\n", $$1, $$2}'

demo: ## a running Odoo with the addon and demo leads (SERVE=0: only the table; PORT=8069)
	@scripts/demo

run: ## serve the demo database again
	@scripts/demo --run

test: ## all tests of the addon (TEST_ARGS=engine for a part; scripts/test --help)
	@scripts/test $(TEST_ARGS)

test-upstream: ## Odoo's own crm and sales_team tests, without and with the addon
	@scripts/test-upstream

chaos: ## clients, faults and a judge (CHAOS_ARGS="--seconds 60 --seed 1")
	@scripts/chaos $(CHAOS_ARGS)

lint: ## all checks of style
	@scripts/lint

format: ## repair what a formatter can repair
	@for hook in ruff ruff-format prettier eslint; do scripts/lint $$hook; done; true

bench: ## the benchmarks (BENCH_ARGS=--smoke for a short run)
	@scripts/bench $(BENCH_ARGS)

bench-full: ## the same, and the figures kept for docs/speed.md
	@bash -o pipefail -c 'scripts/bench $(BENCH_ARGS) | tee /dev/stderr | benchmarks/report.py /dev/stdin'

docs: ## the site of the documentation, in site/
	@scripts/tool mkdocs build --strict --quiet && echo "site/index.html"

screenshots: ## all pictures of the documentation, and the film, from the demo database
	@scripts/screenshots

clean: ## stop PostgreSQL and remove the environment
	@scripts/clean
