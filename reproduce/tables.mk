# The paper's tables and figures from raw files (docs/results.md, "The paper's tables"):
#   make table1 table2 table3 table4 figure2a figure2bc MODEL=<folder> DATA=<folder> [SCALE=smoke] [SETS="conll2003 sst2"] [SEEDS="1 2 3"] [-j2]
# DATA holds a folder for each dataset that is given, named as below; a dataset without its files is "not given" in the table. With SCALE=smoke
# the same commands run over few rows, by default with the model and the samples of data/. Every training and every set of answers is a target:
# what is there stays, what was cut off goes on.
#
# A setting is a dataset, a wording of the instructions, a share of the rows (full, few5) and the rows' noise: sst2/detailed/full/replace-0.2.
# In each one every arm is trained with the same trials on development rows, the best trial is taken, and the test rows are read once.
SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
ROOT := $(patsubst %/,%,$(abspath $(HERE)..))
export PATH := $(ROOT)/bin:$(PATH)
comma := ,

# Scale: what smoke sets, and what stands otherwise.
SCALE ?= full
ifeq ($(SCALE),smoke)
MODEL ?= $(ROOT)/data/base
OUT ?= out/tables-smoke
RESULTS ?= results/smoke
SEEDS ?= 1 2
TRAIN ?= 16
FEW_TRAIN ?= 200
DEV ?= 6
TEST ?= 12
ANSWER ?= 12
BATCH ?= 4
KINDS ?= replace
OMEGAS ?= 0.1 0.2 0.5
SHARES ?= 1 5 10
LRS ?= 1e-2
PLAIN_LRS ?= 1e-2
RADII ?= 0.003
ALPHAS ?= 5
PAPER_RADII ?= 1
else
MODEL ?= $(error MODEL=<folder of a model>)
DATA ?= $(error DATA=<folder with a folder for each dataset>; or SCALE=smoke)
OUT ?= out/tables
RESULTS ?= results
SEEDS ?= 1 2 3 4 5
TRAIN ?= all
FEW_TRAIN ?= all
DEV ?= 500
TEST ?= all
ANSWER ?= 128
KINDS ?= replace truncate shuffle insert pad opposite
OMEGAS ?= 0.1 0.2 0.3 0.4 0.5
SHARES ?= 1 5 10
# Eight trials for each arm: two learning rates by four radii, or eight learning rates where there is no radius.
LRS ?= 3e-4 1e-3
PLAIN_LRS ?= 3e-4 1e-3 1e-4 2e-4 5e-4 7e-4 2e-3 3e-3
RADII ?= 0.003 0.001 0.01 0.0003
ALPHAS ?= 5 2 10 15
PAPER_RADII ?= 1 0.5 0.3 0.1
endif
EPOCHS ?= 1
BATCH ?= 8
PROMPT ?= anit
DEVICE ?= cpu
DTYPE ?= float32
# Whose vectors are Table 3's other distortion.
EMBEDDER ?= $(MODEL)

# Datasets: what stands in DATA, importer, heading. The test file, where it is not given, is the development file; the rows that choose a trial
# are always a tenth of the training file.
first = $(firstword $(wildcard $(foreach f,$(2),$(DATA)/$(1)/$(f) $(DATA)/$(1)/$(f).gz)))
PAPERS := conll2003 ontonotes nyt scierc sst2 agnews 14lap 14res
TITLES := conll2003=CoNLL03 ontonotes=OntoNotes nyt=NYT scierc=SciERC sst2=SST2 agnews=AGNews 14lap=14Lap 14res=14Res
ifneq ($(DATA),)
conll2003 := $(call first,conll2003,eng.train) $(call first,conll2003,eng.testb eng.testa)
ontonotes := $(call first,ontonotes,train.gold_conll onto.train.ner) $(call first,ontonotes,test.gold_conll onto.test.ner)
nyt := $(call first,nyt,train.json) $(call first,nyt,test.json dev.json)
scierc := $(call first,scierc,train.json) $(call first,scierc,test.json dev.json)
sst2 := $(call first,sst2,train.tsv) $(call first,sst2,dev.tsv)
agnews := $(call first,agnews,train.csv train*.csv) $(call first,agnews,test.csv valid.csv)
14lap := $(call first,14lap,train_triplets.txt) $(call first,14lap,test_triplets.txt dev_triplets.txt)
14res := $(call first,14res,train_triplets.txt) $(call first,14res,test_triplets.txt dev_triplets.txt)
FEW ?= ontonotes:conll2003 14res:14lap
else
OURS := samples-tc
$(foreach s,ner tc,$(eval samples-$(s) := $(ROOT)/data/samples/$(s).train.jsonl $(ROOT)/data/samples/$(s).test.jsonl))
TITLES := samples-tc=our-TC $(TITLES)
FEW ?= samples-tc:samples-ner ontonotes:conll2003
endif
SETS ?= $(OURS) $(PAPERS)
# Headings of what is asked for.
ALL-TITLES := $(TITLES)
TITLES := $(foreach s,$(SETS),$(filter $(s)=%,$(TITLES)))
given = $(foreach s,$(1),$(if $(word 2,$($(s))),$(s)))
GIVEN := $(call given,$(SETS))
FIRST := $(firstword $(GIVEN))
ONE := $(firstword $(SEEDS))
WORDINGS := concise detailed

# What is there was made with these; make sees only whether a file is there, so other settings want another OUT.
settings := MODEL=$(MODEL) DATA=$(DATA) TRAIN=$(TRAIN) FEW_TRAIN=$(FEW_TRAIN) DEV=$(DEV) TEST=$(TEST) ANSWER=$(ANSWER) LRS=$(strip $(LRS)) \
  PLAIN_LRS=$(strip $(PLAIN_LRS)) RADII=$(strip $(RADII)) ALPHAS=$(strip $(ALPHAS)) PAPER_RADII=$(strip $(PAPER_RADII)) EPOCHS=$(EPOCHS) BATCH=$(BATCH) \
  PROMPT=$(PROMPT) DEVICE=$(DEVICE) DTYPE=$(DTYPE) EMBEDDER=$(EMBEDDER) first seed $(ONE)
ifneq ($(wildcard $(OUT)/settings),)
ifneq ($(file < $(OUT)/settings),$(settings))
$(error $(OUT) was made with other settings ($(file < $(OUT)/settings)); name another OUT, or remove it)
endif
endif
$(OUT)/settings:
	@mkdir -p $(@D) && echo '$(settings)' > $@

# Arms, all alike but for the method; plain also for as many passes as the others take. On clean rows every beta is 0.
ARMS_NOISY := plain plain-2x plain-3x plain-4x neftune fgsm fgm pgd freelb freeat paper nrm nrm-beta0
ARMS_CLEAN := $(filter-out nrm-beta0,$(ARMS_NOISY))
# Those that read beta: the only ones that Table 3 asks again.
ARMS_BETA := paper nrm
epochs = --epochs $(shell echo $$(($(1) * $(EPOCHS))))
method = $(if $(filter plain%,$(1)),--method plain $(call epochs,$(patsubst plain-%x,%,$(1:plain=1))),$(call epochs,1) --method $(1:-beta0= --beta 0))
trials = $(if $(filter plain%,$(1)),$(foreach l,$(PLAIN_LRS),--lr=$(l)),$(foreach l,$(LRS),$(foreach r,$(call radii,$(1)),--lr=$(l)@$(r))))
radii = $(if $(filter neftune,$(1)),$(ALPHAS:%=--neftune-alpha=%),$(if $(filter paper,$(1)),$(PAPER_RADII:%=--epsilon=%),$(RADII:%=--epsilon-relative=%)))
numbers = $(wordlist 1,$(words $(call trials,$(1))),1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
common := --model $(MODEL) --prompt $(PROMPT) --device $(DEVICE) --dtype $(DTYPE) --batch $(BATCH) --accumulate 1 --clip 1 --dropout 0.05 --threads 1 --quiet
asking := --model $(MODEL) --device $(DEVICE) --dtype $(DTYPE) --max-new-tokens $(ANSWER) --omega 0.3 --noise-seed 1 --threads 1 --quiet

# A few rows of a table, or all.
some = $(if $(filter all,$(3)),cp $(1) $(2),anit-data sample $(1) -n $(3) --seed 1 -o $(2) --quiet)

# Rows of a dataset in a wording: all.parquet is split into pool (to learn from) and held (to choose by).
read-concise = anit-data import $(1) $(2) --instructions concise --split $(3) --quiet
read-detailed = anit-data import $(1) $(2) --instructions detailed --split $(3) --quiet
read-samples-concise = anit-data convert $(2) -o - --to arrows --quiet
read-samples-detailed = anit-data select $(2) --columns id task options text target | anit-data join - --with $(HERE)samples.detailed.jsonl --on task --quiet
read = $(call read-$(if $(filter samples-%,$(1)),samples-)$(2),$(1),$(3),$(4))

define dataset
$(OUT)/$(1)/$(2)/all.parquet: $(word 1,$($(1))) | $(OUT)/settings
	@mkdir -p $$(@D)
	$(call read,$(1),$(2),$$<,train) | anit-data convert - -o $$@ --quiet
$(OUT)/$(1)/$(2)/test.parquet: $(word 2,$($(1)))
	@mkdir -p $$(@D)
	$(call read,$(1),$(2),$$<,test) | anit-data convert - -o $$(@D)/test-all.parquet --quiet
	$$(call some,$$(@D)/test-all.parquet,$$@,$(TEST))
endef
$(foreach s,$(sort $(call given,$(SETS) $(subst :, ,$(FEW)))),$(foreach w,$(WORDINGS),$(eval $(call dataset,$(s),$(w)))))
$(OUT)/%/pool.parquet $(OUT)/%/held.parquet: $(OUT)/%/all.parquet
	anit-data split $< --parts held=0.1,pool=0.9 --seed 1 -o $(@D)/{}.parquet --quiet
$(OUT)/%/full.parquet: $(OUT)/%/pool.parquet
	$(call some,$<,$@,$(TRAIN))
$(OUT)/%/dev.parquet: $(OUT)/%/held.parquet
	$(call some,$<,$@,$(DEV))
$(foreach n,$(SHARES),$(OUT)/%/few$(n).parquet): $(OUT)/%/pool.parquet
	$(call some,$<,$(@D)/few.parquet,$(FEW_TRAIN))
	anit-data fewshot $(@D)/few.parquet --shares $(subst $() ,$(comma),$(strip $(SHARES))) --seed 1 -o $(@D)/few{}.parquet --quiet

# Settings. rows-<seed>.parquet are the training rows: clean, or noisy as <kind>-<omega>[-<how beta is measured>].
beta-row := --normalize length --scope row
beta-lme := --method lme --embedder model:$(EMBEDDER)
part = $(word $(2),$(subst /, ,$(1)))
rows = $(call part,$(1),4)
arms = $(if $(filter clean,$(call rows,$(1))),$(ARMS_CLEAN),$(if $(word 3,$(subst -, ,$(call rows,$(1)))),$(ARMS_BETA),$(ARMS_NOISY)))
# Where the answers to the test rows go: a folder for each wording, a file for each dataset (or share of one) and rows.
answers = $(OUT)/answers/$(call part,$(1),2)/$(call part,$(1),1)$(patsubst %,-%,$(filter-out full,$(call part,$(1),3))).$(call rows,$(1)).parquet
# Few rows go on from the same arm's adapter for the other dataset.
source = $(patsubst $(call part,$(1),1):%,%,$(filter $(call part,$(1),1):%,$(FEW)))
from = $(if $(filter full,$(call part,$(1),3)),,$(OUT)/$(call source,$(1))/$(call part,$(1),2)/full/$(call rows,$(1))/$(2)/$(3))
# Answers of runs to rows; the kinds of instruction come first: swap chooses, typo is a noise that no arm was trained with or chosen by.
ask = anit-eval $(2) $(asking) $(1) $(3) --predictions $@ > /dev/null

define noisy
$(OUT)/$(1)/rows-$(2).parquet: $(OUT)/$(call part,$(1),1)/$(call part,$(1),2)/$(call part,$(1),3).parquet
	@mkdir -p $$(@D)
	$(if $(filter clean,$(call rows,$(1))),cp $$< $$@,anit-noise $$< --noise $(word 1,$(subst -, ,$(call rows,$(1)))) \
	  --omega $(word 2,$(subst -, ,$(call rows,$(1)))) --phi 0.5 --seed $(2) --quiet | anit-score \
	  $(beta-$(word 3,$(subst -, ,$(call rows,$(1))))) --threads 1 -o $$@ --quiet)
endef

# train SETTING ARM SEED OPTIONS: into the target's folder. The seconds that it took are beside it, with those of attempts that ended in a checkpoint:
# of the processor, start-up included, or by the clock on a GPU.
run-name = $(call rows,$(1)):$(2)$(comma)$(3)
lines = $(if $(filter cpu,$(DEVICE)),$$'$(1)$(comma)%U\n$(1)$(comma)%S',$$'$(1)$(comma)%R')
train = rm -rf $(@D); mkdir -p $(dir $(@D)); [ -e $(@D).checkpoint ] || echo arm,seed,seconds > $(@D).seconds.csv; \
	TIMEFORMAT=$(call lines,$(run-name)); { time anit-train $< $(common) $(call method,$(2)) $(4) --seed $(3) \
	  $(patsubst %,--init-adapter %,$(call from,$(1),$(2),$(3))) --out $(@D) 2>&3; } 3>&2 2>> $(@D).seconds.csv

define trial
$(OUT)/$(1)/$(2)/trial-$(3)/anit-train.json: $(OUT)/$(1)/rows-$(ONE).parquet $(addsuffix /anit-train.json,$(call from,$(1),$(2),$(ONE)))
	$$(call train,$(1),$(2),$(ONE),$(subst @, ,$(word $(3),$(call trials,$(2)))))
endef

# The first seed's run is its best trial; the other seeds train with that trial's options.
define run
$(OUT)/$(1)/$(2)/$(3)/anit-train.json: $(OUT)/$(1)/rows-$(3).parquet $(OUT)/$(1)/chosen $(addsuffix /anit-train.json,$(call from,$(1),$(2),$(3)))
$(if $(filter $(ONE),$(3)),	n=$$$$(sed -n 's/^$(2)@//p' $(OUT)/$(1)/chosen); rm -rf $$(@D); cp $$(dir $$(@D))trial-$$$$n.seconds.csv $$(@D).seconds.csv; \
	  cp -r $$(dir $$(@D))trial-$$$$n $$(@D),	trials=($(call trials,$(2))); n=$$$$(sed -n 's/^$(2)@//p' $(OUT)/$(1)/chosen); chosen=$$$${trials[n-1]//@/ }; \
	$$(call train,$(1),$(2),$(3),$$$$chosen))
endef

define setting
$(foreach s,$(SEEDS),$(eval $(call noisy,$(1),$(s))))
$(foreach a,$(call arms,$(1)),$(foreach n,$(call numbers,$(a)),$(eval $(call trial,$(1),$(a),$(n))))$(foreach s,$(SEEDS),$(eval $(call run,$(1),$(a),$(s)))))
$(OUT)/$(1)/dev-answers.parquet: $(OUT)/$(call part,$(1),1)/$(call part,$(1),2)/dev.parquet \
  $(foreach a,$(call arms,$(1)),$(foreach n,$(call numbers,$(a)),$(OUT)/$(1)/$(a)/trial-$(n)/anit-train.json))
	$$(call ask,--instruction raw --noise swap,$$<,$(foreach a,$(call arms,$(1)),$(foreach n,$(call numbers,$(a)),--adapter \
	  $(a)@$(n)/$(ONE)=$(OUT)/$(1)/$(a)/trial-$(n))))
$(OUT)/$(1)/chosen: $(OUT)/$(1)/dev-answers.parquet
	anit-eval arms $$< --best > $$@
$(call answers,$(1)): $(OUT)/$(call part,$(1),1)/$(call part,$(1),2)/test.parquet \
  $(foreach a,$(call arms,$(1)),$(foreach s,$(SEEDS),$(OUT)/$(1)/$(a)/$(s)/anit-train.json))
	@mkdir -p $$(@D)
	$$(call ask,--instruction raw$$(comma)empty --noise typo,$$<,$(foreach a,$(call arms,$(1)),$(foreach s,$(SEEDS),--adapter \
	  $(call rows,$(1)):$(a)/$(s)=$(OUT)/$(1)/$(a)/$(s))))
endef
NOISE := replace-0.2
main-rows := clean $(KINDS:%=%-0.2)
beta-rows := $(NOISE)-row $(NOISE)-lme
omega-rows := $(OMEGAS:%=replace-%)
few-pairs := $(foreach p,$(FEW),$(if $(word 2,$(call given,$(subst :, ,$(p)))),$(p)))
few-rows := clean $(NOISE)
settings-table1 := $(foreach s,$(GIVEN),$(main-rows:%=$(s)/detailed/full/%))
settings-table2 := $(foreach s,$(GIVEN),$(main-rows:%=$(s)/concise/full/%))
settings-table3 := $(foreach s,$(GIVEN),$(addprefix $(s)/detailed/full/,$(NOISE) $(beta-rows)))
settings-table4 := $(foreach p,$(few-pairs),$(foreach n,$(SHARES),$(few-rows:%=$(word 1,$(subst :, ,$(p)))/detailed/few$(n)/%)))
sources := $(foreach p,$(few-pairs),$(few-rows:%=$(word 2,$(subst :, ,$(p)))/detailed/full/%))
settings-figure2a := $(addprefix $(FIRST)/detailed/full/,clean $(omega-rows))
settings-figure2bc := $(addprefix $(FIRST)/detailed/full/,$(NOISE))
ALL := table1 table2 table3 table4 figure2a figure2bc
$(foreach s,$(sort $(if $(FIRST),$(foreach t,$(ALL),$(settings-$(t))) $(sources))),$(eval $(call setting,$(s))))

# The tables.
name-of = $(patsubst $(1)=%,%,$(filter $(1)=%,$(ALL-TITLES)))
columns-table4 := $(foreach p,$(FEW),$(foreach n,$(SHARES),$(word 1,$(subst :, ,$(p)))-few$(n)=$(call name-of,$(word 1,$(subst :, ,$(p))))-$(n)%))
columns-figure2a := $(filter $(FIRST)=%,$(TITLES))
columns-figure2bc := $(columns-figure2a)
title-table1 := Table 1: noises, detailed instructions
title-table2 := Table 2: noises, concise instructions
title-table3 := Table 3: how distortion is measured
title-table4 := Table 4: few rows, from an adapter for another dataset
title-figure2a := Figure 2a: the strength of noise
title-figure2bc := Figure 2b and c: what training costs
options-table1 := --published $(HERE)paper.csv --note 'The paper: lowest and highest over Gemma-2B, LLaMA2-7B and LLaMA3-8B, single runs, of its plain tuning and of \
  the best of its noises, with distortion by vectors. Its models, rows and test files are not ours: the numbers stand here to be seen, not to be compared.'
options-table2 := --note 'No numbers of this table of the paper are known to this project.'
options-table3 := --against $(NOISE):plain --note 'Rows: beta by words, Eq. 1 ($(NOISE)); of each row, by words over the longer text ($(NOISE)-row); by vectors ($(NOISE)-lme). \
  Only the arms that read beta differ. No numbers of this table of the paper are known to this project.'
options-table4 := --note 'Each run goes on from the adapter of the same arm, rows and seed for the other dataset ($(strip $(FEW)), target:source). \
  No numbers of this table of the paper are known to this project.'
options-figure2a := --draw curves --note 'No numbers of this figure of the paper are known to this project.'
options-figure2bc := --draw cost --against $(NOISE):plain --note 'No numbers of this figure of the paper are known to this project.'
fair := Arms differ in the method alone: the same rows, order, clipping, batches and schedule. Each has $(words $(call trials,plain)) trial(s) of learning rate and radius on \
  development rows; test rows are read once. Equal steps: all arms but plain-2x, -3x and -4x, which have the passes of the adversaries.
smoke := SCALE=smoke: $(TRAIN) training rows and $(TEST) test rows show that the commands work. They say nothing about any method.

define table
.PHONY: $(1)
$(1): $(RESULTS)/$(1).md
$(RESULTS)/$(1).md: $(if $(FIRST),$(foreach s,$(settings-$(1)),$(call answers,$(s)))) $(HERE)arms.csv $(HERE)paper.csv
	@mkdir -p $$(@D)
	anit-eval table $$(filter %.parquet,$$^) --title '$(title-$(1))' --columns '$(subst $() ,$(comma),$(or $(columns-$(1)),$(TITLES)))' \
	  --arms $(HERE)arms.csv $(if $(findstring --against,$(options-$(1))),,--against clean:plain) $(options-$(1)) --note '$(fair)' \
	  $(if $(filter smoke,$(SCALE)),--note '$(smoke)') --csv $$(basename $$@).csv --svg $$(basename $$@).svg --force \
	  $(if $(filter figure2bc,$(1)),$(if $(FIRST),$(foreach a,$(ARMS_NOISY),$(foreach s,$(SEEDS),--seconds $(OUT)/$(settings-$(1))/$(a)/$(s).seconds.csv)))) > $$@
	@echo "$$@"
endef
$(foreach t,$(ALL),$(eval $(call table,$(t))))
