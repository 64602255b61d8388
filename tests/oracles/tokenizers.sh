#!/usr/bin/env bash
# The full tokenizer check: every shared text and 20,000 torture texts on the LLaMA-2, LLaMA-3, Gemma and Qwen 3 vocabularies
# against both Hugging Face libraries, and the speed against the npm one. Takes about ten minutes on one core.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -d tests/oracles/node_modules ] || (cd tests/oracles && npm install --no-package-lock --no-audit --no-fund --loglevel=error)
ANIT_TOKENIZER_TEXTS=all dotnet test tests/Anit.Models.Tests -c Release --filter FullyQualifiedName~TokenizerEqualityTests \
  --logger "console;verbosity=detailed"
