# make            build everything; launchers in bin/
# make demo       set up what is missing, then noise -> score -> train -> eval on our own samples
# make test       set up what is missing, then every test; ends with "N passed, N failed"
# make real DATA=<folder>   the same comparison on SST-2 and CoNLL2003 in their native formats, with a model from scratch; hours
# make carried MODEL=<folder> DATA=<folder>   the comparison of docs/results.md where instructions carry the task; hours
# make table1 table2 table3 table4 figure2a figure2bc MODEL=<folder> DATA=<folder> [-j2]   the paper's tables and figures into results/; with
#                 SCALE=smoke over a few rows of our own samples, some minutes
# make base       train the tiny base model of data/base again from nothing
# LIBTORCH=<dir>  points at another libtorch (a PyTorch 2.x install, say)

SHELL := /bin/bash
.DEFAULT_GOAL := build
TABLES := table1 table2 table3 table4 figure2a figure2bc
.DELETE_ON_ERROR:
.PHONY: build setup native demo real carried $(TABLES) tables-asked base test bench pack man try-packages try-debian format accept clean

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

ARTIFACTS := artifacts
NATIVE := $(ARTIFACTS)/native/libanit_torch.so
SOURCES := $(shell find src tools tests data bench -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.json' -o -name '*.txt' \) \
             -not -path '*/node_modules/*' 2>/dev/null) Directory.Build.props Directory.Packages.props .editorconfig global.json
TOOLS := anit-data anit-noise anit-score anit-train anit-eval

build: $(ARTIFACTS)/.built $(TOOLS:%=bin/%)

# The shim is built against one libtorch and, by CMake, for one place: another libtorch, or a moved folder, begins anew.
BASIS := $(CURDIR) $(LIBTORCH)
$(ARTIFACTS)/.basis: $(if $(filter-out $(file < $(ARTIFACTS)/.basis),$(BASIS))$(filter-out $(BASIS),$(file < $(ARTIFACTS)/.basis)),FORCE)
	@mkdir -p $(ARTIFACTS) && rm -rf $(ARTIFACTS)/native && echo '$(BASIS)' > $@
FORCE:

# What the machine lacks: a compiler, CMake, libtorch, the .NET SDK. Asked once for each libtorch.
setup: $(ARTIFACTS)/.setup
$(ARTIFACTS)/.setup: build/setup $(ARTIFACTS)/.basis
	@build/setup native
	@touch $@

native: $(NATIVE)
$(NATIVE): $(wildcard native/*) $(ARTIFACTS)/.basis | $(ARTIFACTS)/.setup
	@cmake -S native -B $(ARTIFACTS)/native -DCMAKE_BUILD_TYPE=Release $(if $(LIBTORCH),-DCMAKE_PREFIX_PATH=$(LIBTORCH)) > $(ARTIFACTS)/native.log 2>&1 \
	  && cmake --build $(ARTIFACTS)/native >> $(ARTIFACTS)/native.log 2>&1 || { cat $(ARTIFACTS)/native.log >&2; exit 1; }
	@touch $@

$(ARTIFACTS)/.built: $(SOURCES) $(NATIVE)
	@dotnet build Anit.sln -c Release -v quiet
	@touch $@

bin/%: build/launcher
	@mkdir -p bin && sed 's/@TOOL@/$*/g' build/launcher > $@ && chmod +x $@

demo: build
	@build/demo

real: build
	@build/real $(DATA)

carried: build
	@$(MAKE) -f reproduce/carried.mk MODEL=$(MODEL) DATA=$(DATA)

# One make for all that are asked for: they share trainings.
$(TABLES): tables-asked ;
tables-asked: build
	@$(MAKE) -f reproduce/tables.mk $(filter $(TABLES),$(MAKECMDGOALS))

base: build
	@build/base

test: build $(ARTIFACTS)/.oracles
	@build/test

# Other implementations that the tests compare with, from npm; never needed at run time.
$(ARTIFACTS)/.oracles: tests/oracles/package.json | $(ARTIFACTS)/.setup
	@build/setup oracles
	@touch $@

bench: build
	@build/bench

pack: build man
	@dotnet pack Anit.sln -c Release --no-build -o $(ARTIFACTS)/packages -v quiet
	@cp -r $(ARTIFACTS)/man $(ARTIFACTS)/packages

# From the tools' own help.
man: build
	@mkdir -p $(ARTIFACTS)/man && for tool in $(TOOLS); do bin/$$tool --man > $(ARTIFACTS)/man/$$tool.1 || exit 1; done

try-packages: pack
	@build/try-packages

try-debian: pack
	@build/try-debian

format:
	@dotnet format Anit.sln

# Takes what the tests found for the approved snapshots; read the diff afterwards.
accept: build
	@build/test || true
	@find tests -name '*.received.txt' -not -path '*/node_modules/*' | \
	  while read -r found; do mv -v "$$found" "$${found%.received.txt}.approved.txt"; done

clean:
	@rm -rf $(ARTIFACTS) bin
