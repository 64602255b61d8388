# The tiny base model, from nothing: rows -> tokenizer -> weights. data/base/README.md explains the choices.
# `make base` trains it (about 25 minutes on two cores); `make base-check` says whether the files are the committed ones.

BASE_ROWS ?= 180000
BASE_SEED ?= 1
BASE_WORK := artifacts/base
GENERATOR := artifacts/bin/Anit.Samples/release/Anit.Samples.dll

.PHONY: base-model base-check samples

$(BASE_WORK)/rows.jsonl:
	@mkdir -p $(BASE_WORK)
	@dotnet build data/generator -c Release -v quiet
	@dotnet $(GENERATOR) base --rows $(BASE_ROWS) --seed $(BASE_SEED) -o $@

$(BASE_WORK)/model/tokenizer.json: $(BASE_WORK)/rows.jsonl
	@bin/anit-train tokenizer $< --vocab-size 4096 --out $(BASE_WORK)/model
	@cp data/base/config.json $(BASE_WORK)/model/

base-model: $(BASE_WORK)/model/tokenizer.json
	@bin/anit-train $(BASE_WORK)/rows.jsonl --model $(BASE_WORK)/model --init random --tune full --method plain \
	  --epochs 1 --lr 3e-3 --warmup 0.02 --weight-decay 0.05 --max-grad-norm 1.0 --batch 64 --seed $(BASE_SEED) --out $(BASE_WORK)/out
	@cp $(BASE_WORK)/out/model.safetensors $(BASE_WORK)/model/tokenizer.json $(BASE_WORK)/model/tokenizer_config.json data/base/
	@cd data/base && sha256sum config.json tokenizer.json tokenizer_config.json model.safetensors > SHA256SUMS && cat SHA256SUMS

base-check:
	@cd data/base && sha256sum --check --quiet SHA256SUMS && echo "data/base is as committed"

# The demo's rows, which are committed too.
samples:
	@dotnet build data/generator -c Release -v quiet
	@dotnet $(GENERATOR) demo -o data/samples
