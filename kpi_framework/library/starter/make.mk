# Written by `kpi init --ci make`, for any other system: run `make kpi`. Exit code 0: passed; 1: not; 2: not usable.
KPI_INSTALL ?= @INSTALL@ #@

.PHONY: kpi
kpi: .kpi-venv/bin/kpi ## check the KPIs; BASE=REVISION compares a proposed change with its base
	.kpi-venv/bin/kpi ci $(if $(BASE),--base "$(BASE)")

.kpi-venv/bin/kpi:
	python3 -m venv .kpi-venv
	.kpi-venv/bin/python -m pip install "$(or $(KPI_INSTALL),$(error set KPI_INSTALL to what pip can install))"
