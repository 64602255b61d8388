# One adapter for three tasks whose instructions alone say what is asked (docs/results.md, "Instructions that carry the task"):
#   make -f reproduce/carried.mk MODEL=<folder> DATA=<folder with conll2003/ agnews/ 14res/> [SEEDS="1 2 3"] [-j2]
# Every arm and seed is a target of its own: what is there stays, what was cut off goes on. Results as they come: make ... table.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all table dev
MODEL ?= $(error MODEL=<folder of a model>)
DATA ?= $(error DATA=<folder with conll2003/, agnews/ and 14res/>)
OUT ?= out/carried
SEEDS ?= 1 2 3
# Chosen by `make dev`, below.
RADIUS ?= 0.01
RADII := 0.0003 0.001 0.003 0.01
# The last two ask what NRM is worth where more epochs help less: three epochs of it against nine plain ones.
ARMS := plain-noisy nrm nrm-beta0 freelb plain-noisy-3x plain-clean neftune nrm-3x plain-noisy-9x
DTYPE ?= bfloat16
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
export PATH := $(abspath $(HERE)../bin):$(PATH)
include $(HERE)../Makefile.anit

all: $(foreach s,$(SEEDS),$(ARMS:%=$(OUT)/answers/%-$(s).parquet))

# Rows. Training rows differ by seed, in choice, wording, labels and noise; dev and test are the same for all, in wordings that no run saw.
ner_train := $(firstword $(wildcard $(DATA)/conll2003/eng.train $(DATA)/conll2003/eng.train.gz))
ner_test := $(DATA)/conll2003/eng.testa
tc_train := $(firstword $(wildcard $(DATA)/agnews/train*.csv))
tc_test := $(DATA)/agnews/valid.csv
absa_train := $(DATA)/14res/train_triplets.txt
absa_test := $(DATA)/14res/dev_triplets.txt
ner_import := conll2003 --labels $(HERE)conll-labels.json
tc_import := agnews
absa_import := 14res --labels $(HERE)polarities.json
ner_rows := 260 200
tc_rows := 120 100
absa_rows := 120 100

define rows
$(OUT)/$(1)-train-%.parquet: $($(1)_train)
	@mkdir -p $(OUT)
	anit-data import $($(1)_import) $$< --instructions-file $(HERE)carried.train.json --label-subsets --seed $$* --quiet | \
	  anit-data sample -n $(word 1,$($(1)_rows)) --seed $$* -o $$@ --quiet
$(OUT)/$(1)-held.parquet: $($(1)_test)
	@mkdir -p $(OUT)
	anit-data import $($(1)_import) $$< --split test --instructions-file $(HERE)carried.heldout.json --label-subsets --quiet | \
	  anit-data sample -n $(word 2,$($(1)_rows)) --seed 1 -o $$@ --quiet
endef
$(foreach t,ner tc absa,$(eval $(call rows,$(t))))

$(OUT)/clean-%.parquet: $(OUT)/ner-train-%.parquet $(OUT)/tc-train-%.parquet $(OUT)/absa-train-%.parquet
	$(call anit.do.concat)
$(OUT)/noisy-%.parquet: $(OUT)/clean-%.parquet
	anit-noise $< --noise replace --omega 0.2 --phi 0.5 --seed $* --quiet | anit-score -o $@ --quiet
$(OUT)/test.parquet: $(OUT)/ner-held.parquet $(OUT)/tc-held.parquet $(OUT)/absa-held.parquet
	anit-data concat $^ --quiet | anit-data split --parts dev=0.4,test=0.6 --by task --seed 1 -o $(OUT)/{}.parquet --quiet

# Arms: all alike but for the method and, in the last one, the epochs: NRM and FreeLB take three passes a step.
common := --model $(MODEL) --prompt chat --dtype $(DTYPE) --batch 8 --accumulate 1 --lr 1e-3 --clip 1 --dropout 0.05 --threads 1
plain-clean := --method plain --epochs 1
plain-noisy := --method plain --epochs 1
plain-noisy-3x := --method plain --epochs 3
plain-noisy-9x := --method plain --epochs 9
neftune := --method neftune --epochs 1
freelb := --method freelb --epochs 1 --epsilon-relative $(RADIUS)
nrm := --method nrm --epochs 1 --epsilon-relative $(RADIUS)
nrm-3x := --method nrm --epochs 3 --epsilon-relative $(RADIUS)
nrm-beta0 := --method nrm --epochs 1 --epsilon-relative $(RADIUS) --beta 0

ask = anit-eval $(1) --model $(MODEL) --dtype $(DTYPE) --adapter $(2)=$(3) --instruction raw,empty \
  --noise $(4) --omega 0.3 --noise-seed 1 --max-new-tokens 64 --threads 1 --quiet --predictions $@ > /dev/null

define arm
$(OUT)/adapters/$(1)-$(2)/anit-train.json: $(OUT)/$(if $(findstring clean,$(1)),clean,noisy)-$(2).parquet
	$$(call anit.do.train,$(common) $($(1)) --seed $(2))
$(OUT)/answers/$(1)-$(2).parquet: $(OUT)/adapters/$(1)-$(2)/anit-train.json $(OUT)/test.parquet
	@mkdir -p $$(@D)
	$$(call ask,$(OUT)/test.parquet,$(1)/$(2),$(OUT)/adapters/$(1)-$(2),replace$$(comma)typo$$(comma)shuffle$$(comma)truncate)
endef
comma := ,
$(foreach a,$(ARMS),$(foreach s,$(SEEDS),$(eval $(call arm,$(a),$(s)))))

# The radius, on development rows, one seed that the arms do not use; plain beside it.
define radius
$(OUT)/adapters/dev-$(1)/anit-train.json: $(OUT)/noisy-11.parquet
	$$(call anit.do.train,$(common) $(if $(filter plain,$(1)),--method plain,--method nrm --epsilon-relative $(1)) --epochs 1 --seed 11)
$(OUT)/dev-answers/$(1).parquet: $(OUT)/adapters/dev-$(1)/anit-train.json $(OUT)/test.parquet
	@mkdir -p $$(@D)
	$$(call ask,$(OUT)/dev.parquet,$(1)/11,$(OUT)/adapters/dev-$(1),typo$$(comma)shuffle)
endef
$(foreach r,plain $(RADII),$(eval $(call radius,$(r))))
dev: $(RADII:%=$(OUT)/dev-answers/%.parquet) $(OUT)/dev-answers/plain.parquet
	anit-eval arms $^

table:
	@anit-eval arms $(wildcard $(OUT)/answers/*.parquet) --against plain-noisy
