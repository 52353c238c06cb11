# tongban: the commands. `make help` lists them.
BUILD ?= build
CITY ?= demo
PORT ?= 8080
DATA ?= $(CURDIR)/var/$(CITY)

.DEFAULT_GOAL := help
.PHONY: help setup build run trust test bench fuzz faults conformance check clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 22

setup: ## install what is missing (Debian packages; npm packages for the pages)
	@tools/setup.sh

build: setup ## build/tongban, build/tongban-signd and build/tongban-witness
	@tools/build.sh $(BUILD)

run: build ## start the city (CITY=demo, plan or empty, PORT=8080; YEAR=no: no year of cases), walk a case through it, stay up
	@BUILD=$(BUILD) CITY=$(CITY) PORT=$(PORT) DATA=$(DATA) tools/run.sh

trust: build ## a city with three witnesses: a licence verified with nothing but the file, then the database edited and noticed
	@python3 tools/demo_trust.py --build $(BUILD)

test: setup ## everything CI runs
	@tools/test.sh

bench: build ## measurements, as ratios in one run
	@tools/bench.sh

fuzz: setup ## search with every fuzz target (SECONDS_EACH=60)
	@tools/fuzz.sh

faults: setup ## search with the fault simulator (MODELS=10000 random processes, SEED=1)
	@tools/faults.sh

conformance: setup ## known-answer suites: DMN TCK, BPMN, JSON Schema, Merkle proofs, certificates
	@tools/conformance.sh

check: ## layering, banned functions, lengths, format
	@tools/check.sh

clean: ## remove builds (keeps var/, the cities' data)
	rm -rf build build-*
